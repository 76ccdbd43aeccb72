/* facts.c - all that a capture says, packet by packet in bounded memory: DNS, BGP, BFD, OSPF, VRRP. */
#include "bench/analyze/facts.h"

#include <errno.h>
#include <string.h>

enum { FRAGMENTED_PACKETS = 64, QUERIES = 1 << 18 };
#define FRAGMENT_TIMEOUT_NS                                                                        \
	(30 * NS_PER_S) /* RFC 8200 4.5 says 60 s from the first; Linux takes 30 */

int
facts_init(struct facts *f, const struct facts_options *options)
{
	*f = (struct facts){.options = *options};
	if (ipfrag_new(&f->fragments, FRAGMENTED_PACKETS, FRAGMENT_TIMEOUT_NS) < 0 ||
		dns_facts_new(&f->dns, options->expiry_ns,
			options->queries != 0 ? options->queries : QUERIES, options->seed,
			&f->events) < 0 ||
		bgp_facts_new(&f->bgp, options->quiet_ns, &f->events) < 0 ||
		neighbour_facts_init(&f->neighbours, &f->events) < 0) {
		facts_done(f);
		return -ENOMEM;
	}
	return 0;
}

void
facts_done(struct facts *f)
{
	ipfrag_free(f->fragments);
	dns_facts_free(f->dns);
	bgp_facts_free(f->bgp);
	neighbour_facts_done(&f->neighbours);
	fact_events_done(&f->events);
	*f = (struct facts){0};
}

static int
dispatch(struct facts *f, const struct pkt_view *v, const struct fact_place *at)
{
	bool ported = v->proto == PKT_UDP || v->proto == PKT_TCP;
	struct pkt_view quoted;

	if (ported && (v->sport == DNS_FACTS_PORT || v->dport == DNS_FACTS_PORT))
		return dns_facts_take(f->dns, v, at);
	if (v->proto == PKT_TCP && (v->sport == BGP_PORT || v->dport == BGP_PORT))
		return bgp_facts_take(f->bgp, v, at);
	neighbour_facts_take(&f->neighbours, v, at);
	if ((v->proto == PKT_ICMP || v->proto == PKT_ICMP6) && pkt_quoted(v, &quoted) == 0)
		dns_facts_take_error(f->dns, &quoted, at);
	return 0;
}

static void
refuse(struct facts *f, int rc, const struct fact_place *at)
{
	if (rc == -EPROTONOSUPPORT) {
		f->other_link++;
	} else if (rc == -EMSGSIZE) {
		f->cut++;
	} else {
		f->malformed++;
		fact_event(&f->events, at, "ip", "malformed",
			"a packet whose headers contradict each other");
	}
}

int
facts_take(struct facts *f, const struct source_record *rec)
{
	struct fact_place at = {rec->seen, rec->number, rec->file, rec->point};
	struct pkt_view v, whole;
	int rc;

	if (f->packets++ == 0)
		f->first = rec->seen;
	f->bytes += rec->wire_bytes;
	f->latest = at;
	if (wall_diff_ns(rec->seen, f->last) > 0)
		f->last = rec->seen;
	rc = pkt_dissect(rec->link, rec->data, rec->captured_bytes, &v);
	if (rc < 0) {
		refuse(f, rc, &at);
		return 0;
	}
	if (!v.fragment)
		return dispatch(f, &v, &at);
	rc = ipfrag_take(f->fragments, &v, rec->point, rec->seen, &whole);
	if (rc == 1)
		return dispatch(f, &whole, &at);
	return rc == -ENOMEM ? rc : 0;
}

void
facts_finish(struct facts *f)
{
	dns_facts_finish(f->dns);
	bgp_facts_finish(f->bgp);
	f->latest.seen = f->last;
	neighbour_facts_finish(&f->neighbours, &f->latest);
}
