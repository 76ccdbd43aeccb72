/* facts_text.c - what a capture says, for people: DNS servers first, then BGP, then what happened when. */
#include "bench/analyze/facts.h"

#include <inttypes.h>
#include <time.h>

#include "bench/analyze/facts_name.h"
#include "lib/num.h"

static void
print_rtt(FILE *to, const char *indent, const char *what, const struct dns_rtt *r)
{
	char p50[24], p90[24], p99[24], max[24], min[24];

	if (r == NULL)
		return;
	fprintf(to, "%sround trip %s: min %s, p50 %s, p90 %s, p99 %s, max %s (n = %" PRIu64 ")\n",
		indent, what, num_show_ns(r->hist.min_ns, min),
		num_show_ns(hist_quantile_ns(&r->hist, 0.5), p50),
		num_show_ns(hist_quantile_ns(&r->hist, 0.9), p90),
		num_show_ns(hist_quantile_ns(&r->hist, 0.99), p99),
		num_show_ns(r->hist.max_ns, max), r->hist.count);
}

/* ", N word" where there are any. */
static void
also(FILE *to, uint64_t n, const char *word)
{
	if (n > 0)
		fprintf(to, ", %" PRIu64 " %s", n, word);
}

static void
print_nsids(const struct dns_facts *d, size_t server, uint64_t answered, FILE *to)
{
	const struct dns_nsid *n;
	size_t nsids;
	char name[FACTS_NAME_BYTES], p50[24], p99[24];

	n = dns_facts_nsids(d, &nsids);
	for (size_t i = 0; i < nsids; i++) {
		if (n[i].server != server)
			continue;
		fprintf(to, "  NSID %s: %" PRIu64 " answers (%.1f %%)", facts_nsid(&n[i], name),
			n[i].answers, 100.0 * (double)n[i].answers / (double)answered);
		if (n[i].rtt != NULL)
			fprintf(to, ", p50 %s, p99 %s",
				num_show_ns(hist_quantile_ns(&n[i].rtt->hist, 0.5), p50),
				num_show_ns(hist_quantile_ns(&n[i].rtt->hist, 0.99), p99));
		putc('\n', to);
	}
}

static void
print_server(const struct dns_facts *d, const struct dns_server *s, size_t index, FILE *to)
{
	uint64_t queries = s->queries[0] + s->queries[1];
	uint64_t answered = s->answered[0] + s->answered[1];
	double seconds = (double)wall_diff_ns(s->last, s->first) / 1e9;
	char name[FACTS_NAME_BYTES];

	fprintf(to,
		"dns %s: %" PRIu64 " queries (%" PRIu64 " UDP, %" PRIu64 " TCP), %" PRIu64
		" answered, %" PRIu64 " unanswered",
		facts_address(s->family, s->addr, name), queries, s->queries[0], s->queries[1],
		answered, s->unanswered);
	also(to, s->open, "open at the end");
	also(to, s->answered_elsewhere, "answered at another point");
	also(to, s->forgotten, "forgotten");
	putc('\n', to);
	if (queries > 0 && seconds > 0)
		fprintf(to, "  rate: %.1f queries/s, at most %" PRIu64 " in a second\n",
			(double)(queries + s->retransmits - 1) / seconds, s->peak_queries);
	if (s->retransmits + s->duplicates + s->late + s->mismatched + s->orphans + s->truncated +
			s->icmp_errors + s->transfer_messages >
		0) {
		fprintf(to, "  also: %" PRIu64 " retransmitted queries", s->retransmits);
		also(to, s->duplicates, "duplicate answers");
		also(to, s->late, "late");
		also(to, s->mismatched, "mismatched");
		also(to, s->orphans, "to no query seen");
		also(to, s->transfer_messages, "further messages of transfers");
		also(to, s->truncated, "truncated");
		also(to, s->icmp_errors, "ICMP errors");
		putc('\n', to);
	}
	for (unsigned i = 0, n = 0; i < DNS_FACTS_RCODES; i++)
		if (s->rcode[i] > 0)
			fprintf(to, "%s%s %" PRIu64, n++ == 0 ? "  rcodes: " : ", ",
				facts_rcode(i, name), s->rcode[i]);
	if (answered > 0)
		putc('\n', to);
	print_rtt(to, "  ", "UDP", s->rtt[0]);
	print_rtt(to, "  ", "TCP", s->rtt[1]);
	print_nsids(d, index, answered, to);
}

static void
print_dns(const struct dns_facts *d, FILE *to)
{
	struct dns_facts_counts c = dns_facts_counts(d);
	const struct dns_server *s;
	size_t n;

	s = dns_facts_servers(d, &n);
	for (size_t i = 0; i < n; i++)
		print_server(d, &s[i], i, to);
	if (c.malformed + c.cut > 0)
		fprintf(to,
			"dns: %" PRIu64 " malformed messages, %" PRIu64 " cut by the snap length\n",
			c.malformed, c.cut);
}

static void
print_sender(const struct bgp_session *s, unsigned side, FILE *to)
{
	const struct bgp_sender *x = &s->sender[side];
	char name[FACTS_NAME_BYTES];

	fprintf(to,
		"  from %s: %" PRIu64 " updates, prefixes announced %" PRIu64 "+%" PRIu64
		", withdrawn %" PRIu64 "+%" PRIu64 " (IPv4+IPv6), %" PRIu64 " keepalives",
		facts_address(s->family, s->addr[side], name), x->messages[BGP_UPDATE],
		x->announced[0], x->announced[1], x->withdrawn[0], x->withdrawn[1],
		x->messages[BGP_KEEPALIVE]);
	also(to, x->messages[BGP_OPEN], "opens");
	also(to, x->messages[BGP_NOTIFICATION], "notifications");
	also(to, x->messages[BGP_ROUTE_REFRESH], "route refreshes");
	also(to, x->end_of_rib[0] + x->end_of_rib[1], "end-of-RIB");
	also(to, x->with_path_id, "with path id");
	also(to, x->guessed, "read by guess");
	also(to, x->malformed, "malformed");
	putc('\n', to);
}

static void
print_bursts(const char *indent, const struct bgp_bursts *b, int64_t quiet_ns, FILE *to)
{
	char quiet[24], took[24];

	if (b->n == 0)
		return;
	fprintf(to, "%sbursts (quiet for %s between): %" PRIu64 "\n", indent,
		num_show_ns(quiet_ns, quiet), b->n);
	for (size_t i = 0; i < b->kept; i++)
		fprintf(to,
			"%s  %lld.%09lld for %s: %" PRIu64 " updates, %" PRIu64
			" announced, %" PRIu64 " withdrawn\n",
			indent, (long long)(b->burst[i].first.ns / NS_PER_S),
			(long long)(b->burst[i].first.ns % NS_PER_S),
			num_show_ns(wall_diff_ns(b->burst[i].last, b->burst[i].first), took),
			b->burst[i].updates, b->burst[i].announced, b->burst[i].withdrawn);
	if (b->kept < b->n)
		fprintf(to, "%s  and %" PRIu64 " more\n", indent, b->n - b->kept);
}

static void
print_bgp(const struct facts *f, FILE *to)
{
	struct bgp_facts_counts c = bgp_facts_counts(f->bgp);
	const struct bgp_community *x;
	struct bgp_session *const *s;
	char a[FACTS_NAME_BYTES], b[FACTS_NAME_BYTES];
	size_t n;

	s = bgp_facts_sessions(f->bgp, &n);
	for (size_t i = 0; i < n; i++) {
		fprintf(to,
			"bgp %s - %s: established %" PRIu64 " times, lost %" PRIu64
			", %s at the end\n",
			facts_address(s[i]->family, s[i]->addr[0], a),
			facts_address(s[i]->family, s[i]->addr[1], b), s[i]->established,
			s[i]->lost, s[i]->up ? "up" : "not up");
		print_sender(s[i], 0, to);
		print_sender(s[i], 1, to);
		print_bursts("  ", &s[i]->bursts, f->options.quiet_ns, to);
	}
	if (n > 1)
		print_bursts(
			"bgp: all sessions, ", bgp_facts_bursts(f->bgp), f->options.quiet_ns, to);
	x = bgp_facts_communities(f->bgp, &n);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "bgp community %s (%s): %" PRIu64 " updates\n",
			facts_community(&x[i], a), facts_community_kind(&x[i]), x[i].updates);
	if (c.malformed + c.resyncs + c.tcp.streams.gap_bytes > 0)
		fprintf(to,
			"bgp: %" PRIu64 " malformed messages, %" PRIu64
			" resynchronisations, %" PRIu64 " bytes never captured\n",
			c.malformed, c.resyncs, c.tcp.streams.gap_bytes);
}

static void
print_neighbours(const struct neighbour_table *t, FILE *to)
{
	char a[FACTS_NAME_BYTES], b[FACTS_NAME_BYTES], gap[24];

	for (size_t i = 0; i < t->n; i++) {
		const struct neighbour_sender *s = &t->sender[i];

		fprintf(to, "%s %s", t->protocol, facts_address(s->family, s->src, a));
		if (t->protocol[0] == 'b')
			fprintf(to, " > %s: %s", facts_address(s->family, s->dst, b),
				bfd_state_name(s->bfd.state));
		else if (t->protocol[0] == 'o')
			fprintf(to, " router %s: hears %zu", facts_id(s->id, b), s->heard);
		else
			fprintf(to, " VRID %u: priority %u", s->id, s->vrrp.priority);
		fprintf(to,
			", %" PRIu64 " packets, %" PRIu64 " changes, %" PRIu64
			" silences, longest gap %s\n",
			s->packets, s->changes, s->silences, num_show_ns(s->longest_gap_ns, gap));
	}
	if (t->malformed > 0)
		fprintf(to, "%s: %" PRIu64 " malformed packets\n", t->protocol, t->malformed);
}

static void
print_events(const struct fact_events *events, const struct source *s, FILE *to)
{
	for (size_t i = 0; i < events->n; i++) {
		const struct fact_event *x = &events->event[i];
		time_t second = (time_t)(x->at.seen.ns / NS_PER_S);
		char stamp[32] = "";
		struct tm tm;

		if (gmtime_r(&second, &tm) != NULL)
			strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
		fprintf(to, "%s.%09lldZ %s %s: %s (", stamp, (long long)(x->at.seen.ns % NS_PER_S),
			x->protocol, x->what, x->text);
		if (source_files(s) > 1)
			fprintf(to, "%s ", source_path(s, x->at.file));
		fprintf(to, "packet %" PRIu64 ")\n", x->at.packet);
	}
	if (events->dropped > 0)
		fprintf(to, "and %" PRIu64 " events more\n", events->dropped);
}

void
facts_text(const struct facts *f, const struct source *s, FILE *to)
{
	const struct ipfrag_counts *g = ipfrag_counts(f->fragments);
	char took[24];

	fprintf(to, "%" PRIu64 " packets in %s", f->packets,
		num_show_ns(wall_diff_ns(f->last, f->first), took));
	also(to, f->other_link, "not IP");
	also(to, f->cut, "cut within the headers");
	also(to, f->malformed, "malformed");
	also(to, g->fragments, "fragments");
	also(to, g->whole, "packets put together from them");
	putc('\n', to);
	print_dns(f->dns, to);
	print_bgp(f, to);
	print_neighbours(&f->neighbours.bfd, to);
	print_neighbours(&f->neighbours.ospf, to);
	print_neighbours(&f->neighbours.vrrp, to);
	print_events(&f->events, s, to);
}
