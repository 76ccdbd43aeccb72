/* dns_show.c - what a DNS load came to, as text for people. */
#include "bench/load/dns_show.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "lib/num.h"
#include "lib/rcode.h"

static double
percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void
show_hist(const char *name, const struct hist *h, FILE *to)
{
	static const double ratios[] = {0.5, 0.9, 0.99, 0.999};
	char text[24];

	if (h->count == 0)
		return;
	fprintf(to, "%-14s", name);
	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++)
		fprintf(to, "p%g %s, ", ratios[i] * 100,
			num_show_ns(hist_quantile_ns(h, ratios[i]), text));
	fprintf(to, "max %s\n", num_show_ns(h->max_ns, text));
}

/* "NAME 3" for each that is not 0, with commas between; the separator to begin with is handed on. */
static const char *
part(FILE *to, const char *sep, const char *name, uint64_t n)
{
	if (n == 0)
		return sep;
	fprintf(to, "%s%" PRIu64 " %s", sep, n, name);
	return ", ";
}

static void
show_lost(const struct dns_stats *s, FILE *to)
{
	const char *sep = ": ";

	fprintf(to, "%-14s%" PRIu64 " (%.3f %%)", "lost", dns_stats_lost(s),
		percent(dns_stats_lost(s), s->sent));
	sep = part(to, sep, "without an answer in time", s->timed_out);
	sep = part(to, sep, "unreachable (ICMP)", s->unreachable);
	part(to, sep, "with their TCP connection", s->lost_connection);
	fputc('\n', to);
	if (s->send_failed > 0 || s->not_sent > 0) {
		fprintf(to, "%-14s", "not sent");
		sep = part(to, "", "because the generator was too far behind", s->not_sent);
		for (size_t i = 0; i < DNS_ERRNOS; i++)
			sep = part(
				to, sep, strerror(s->send_errnos[i].code), s->send_errnos[i].count);
		fputc('\n', to);
	}
}

static void
show_answers(const struct dns_stats *s, FILE *to)
{
	char name[RCODE_NAME_BYTES];
	const char *sep = "";

	if (s->answered > 0)
		fprintf(to, "%-14s", "response codes");
	for (unsigned int i = 0; i < DNS_RCODES; i++)
		sep = part(to, sep, i == DNS_RCODES - 1 ? "others" : rcode_name(i, name),
			s->rcodes[i]);
	if (s->answered > 0)
		fprintf(to, "%s%.0f bytes on average\n", sep,
			(double)s->answer_bytes / (double)s->answered);
	if (s->truncated + s->late + s->duplicate + s->mismatch + s->malformed +
			s->unmatched_errors + s->local_drops ==
		0)
		return;
	fprintf(to, "%-14s", "also");
	sep = part(to, "", "truncated (TC)", s->truncated);
	sep = part(to, sep, "too late", s->late);
	sep = part(to, sep, "twice", s->duplicate);
	sep = part(to, sep, "to no question of ours", s->mismatch);
	sep = part(to, sep, "malformed", s->malformed);
	sep = part(to, sep, "ICMP errors of no query under way", s->unmatched_errors);
	part(to, sep, "dropped by our own full buffer", s->local_drops);
	fputc('\n', to);
}

static void
show_sites(const struct dns_result *r, FILE *to)
{
	const char *name;
	uint64_t answered;

	for (size_t i = 0;
		r->timeline != NULL && dns_timeline_site(r->timeline, i, &name, &answered) > 0; i++)
		if (answered > 0)
			fprintf(to, "%-14s%s %" PRIu64 " (%.1f %%)\n", "site",
				name[0] == '\0' ? "without NSID" : name, answered,
				percent(answered, r->stats.answered));
}

static void
show_verdict(const struct dns_plan *p, const struct dns_result *r, FILE *to)
{
	const struct dns_stats *s = &r->stats;
	char text[24];

	fprintf(to, "%-14s%s", "verdict", dns_verdict_name(dns_judge(p, r)));
	if (dns_judge(p, r) == DNS_LATE)
		fprintf(to,
			": the generator could not keep up (%.2f %% late or not sent, at most %.2f "
			"%%)",
			percent(s->generator_late + s->not_sent, s->sent + s->not_sent),
			p->late_ratio * 100);
	else if (dns_judge(p, r) == DNS_DROPPED)
		fprintf(to, ": the generator lost %.2f %% of the answers itself",
			percent(s->local_drops, s->sent));
	else if (p->window == 0)
		fprintf(to, ": %" PRIu64 " queries left more than %s later than intended",
			s->generator_late, num_show_ns(p->late_ns, text));
	fputs(r->stopped ? "; stopped early\n" : "\n", to);
}

void
dns_show_text(const struct dns_plan *p, const struct dns_result *r, FILE *to)
{
	const struct dns_stats *s = &r->stats;
	char text[24];

	fprintf(to, "%-14s%" PRIu64 " in %s, %.1f q/s", "sent", s->sent,
		num_show_ns(r->sending_ns, text), r->sent_qps);
	if (!isnan(r->tick_deviation) && p->window == 0)
		fprintf(to, ", per millisecond %.2f ± %.2f", r->sent_qps / 1000, r->tick_deviation);
	fprintf(to, "\n%-14s%" PRIu64 " (%.3f %%), %.1f q/s\n", "answered", s->answered,
		percent(s->answered, s->sent), r->answered_qps);
	show_lost(s, to);
	show_hist("latency", &s->latency, to);
	if (p->window == 0) {
		show_hist("from intended", &s->latency_intended, to);
		show_hist("lateness", &s->lateness, to);
	}
	show_answers(s, to);
	show_sites(r, to);
	if (s->sent > 0)
		fprintf(to,
			"%-14s%u thread%s, %u socket%s each, %.2f µs of processor time a query\n",
			"generator", p->threads, p->threads == 1 ? "" : "s", p->sockets,
			p->sockets == 1 ? "" : "s", (double)s->cpu_ns / 1000 / (double)s->sent);
	show_verdict(p, r, to);
}

void
ramp_show_text(const struct ramp *r, FILE *to)
{
	char text[24], p50[24];

	fprintf(to, "%12s %12s %10s %10s %10s  %s\n", "rate q/s", "sent q/s", "lost", "p50", "p99",
		"");
	for (size_t i = 0; i < r->tries_len; i++) {
		const struct ramp_try *t = &r->tries[i];

		fprintf(to, "%12.0f %12.0f %8.3f %% %10s %10s  %s\n", t->rate_qps, t->sent_qps,
			t->loss_ratio * 100, num_show_ns(t->p50_ns, p50),
			num_show_ns(t->p99_ns, text), ramp_why_name(t->why));
	}
	fprintf(to, "knee          %.0f q/s: %s\n", r->held_qps, ramp_outcome(r));
	fprintf(to, "searched      %.0f to %.0f q/s, each for %s", r->from_qps, r->to_qps,
		num_show_ns(r->try_ns, text));
	fprintf(to,
		"; held: less than %g %% lost and p99 at most %s; failures tried twice; within %g "
		"%%\n",
		r->loss_max_ratio * 100, num_show_ns(r->p99_max_ns, text), r->within_ratio * 100);
}
