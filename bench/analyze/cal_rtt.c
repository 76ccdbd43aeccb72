/*
 * cal_rtt.c - the probes' round trips against those that captures beside them show.
 *
 * A query is found in the capture by its name, which says stream and number (doc/formats.md), so
 * that nothing of what the probe noted is used to find it. A capture counts for its own city's probes
 * only: an exchange floods a frame to all members when it does not know yet where to send it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/cal.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/pcapfile.h"
#include "lib/dns.h"
#include "lib/num.h"
#include "lib/pkt.h"

enum { DNS_PORT = 53 };

/* When query and answer passed the capture; 0: not seen. */
struct passed {
	int64_t query_ns, answer_ns;
};

struct table {
	struct passed *at; /* [streams][seqs] */
	size_t streams, seqs;
};

/* "s00012-q00000345-tag.zone", of a probe in this city. */
static bool
which(const struct cal *c, int city, const char *qname, const struct table *t, size_t *ret)
{
	char digits[9];
	uint64_t stream, seq;

	if (strnlen(qname, 17) < 17 || qname[0] != 's' || qname[6] != '-' || qname[7] != 'q' ||
		qname[16] != '-')
		return false;
	memcpy(digits, qname + 1, 5);
	digits[5] = '\0';
	if (num_u64(digits, 0, t->streams - 1, &stream) < 0 ||
		c->trial->stream[stream].city != city)
		return false;
	memcpy(digits, qname + 8, 8);
	digits[8] = '\0';
	if (num_u64(digits, 0, t->seqs - 1, &seq) < 0)
		return false;
	*ret = (size_t)stream * t->seqs + (size_t)seq;
	return true;
}

static void
take(const struct cal *c, int city, struct table *t, uint32_t link, const struct pcap_record *r)
{
	struct pkt_view v;
	struct dns_msg m;
	size_t i;

	if (pkt_dissect(link, r->data, r->captured_bytes, &v) < 0 || v.later ||
		v.proto != PKT_UDP || (v.dport != DNS_PORT && v.sport != DNS_PORT) ||
		dns_read_question(v.payload, v.payload_bytes, &m) < 0 ||
		!which(c, city, m.qname, t, &i))
		return;
	if (m.flags & DNS_QR)
		t->at[i].answer_ns = r->seen.ns;
	else
		t->at[i].query_ns = r->seen.ns;
}

static int
read_capture(const struct cal *c, const json_t *beside, struct table *t, struct err *e)
{
	const char *name = json_string_value(json_object_get(beside, "capture"));
	int city = run_city(c->run, json_string_value(json_object_get(beside, "city")));
	char path[CAL_DIR_BYTES];
	struct pcap_record record;
	struct pcapfile *p;
	int rc;

	if (name == NULL || city < 0)
		return err_set(
			e, EBADMSG, "calibration-plan.json: beside_probes: no capture or city");
	cal_path(c, name, path);
	rc = pcapfile_open(path, &p, e);
	if (rc < 0)
		return rc;
	while ((rc = pcapfile_next(p, &record, e)) == 1)
		take(c, city, t, pcapfile_link(p), &record);
	pcapfile_free(p);
	return rc;
}

static int
compare(const struct cal *c, const struct table *t, struct samples *differences)
{
	for (size_t i = 0; i < c->trial->queries; i++) {
		const struct query *q = &c->trial->query[i];
		const struct passed *p = &t->at[q->stream * t->seqs + q->seq];

		if (q->received_ns == 0 || p->query_ns == 0 || p->answer_ns == 0)
			continue;
		if (samples_add(differences,
			    (double)(q->received_ns - q->sent_ns - p->answer_ns + p->query_ns) /
				    1e3,
			    0) < 0)
			return -ENOMEM;
	}
	return 0;
}

int
cal_rtt(struct cal *c, struct err *e)
{
	struct table t = {.streams = c->trial->streams};
	struct samples *differences = samples_new();
	const json_t *beside;
	double p50;
	size_t i;
	int rc = 0;

	for (i = 0; i < c->trial->queries; i++)
		if (c->trial->query[i].seq >= t.seqs)
			t.seqs = (size_t)c->trial->query[i].seq + 1;
	t.at = calloc(t.streams * t.seqs + 1, sizeof(t.at[0]));
	if (t.at == NULL || differences == NULL)
		rc = err_sys(e, ENOMEM, "calibration");
	json_array_foreach(json_object_get(c->plan, "beside_probes"), i, beside) if (rc == 0) rc =
		read_capture(c, beside, &t, e);
	if (rc == 0 && compare(c, &t, differences) < 0)
		rc = err_sys(e, ENOMEM, "calibration");
	if (rc == 0) {
		p50 = metric_statistic(differences, "median");
		json_object_set_new(c->result, "rtt_difference_us", cal_summary_us(differences));
		if (differences->n == 0)
			cal_complain(c, "no round trip was seen by a probe and by a capture");
		else if (fabs(p50) > cal_limit(c, "rtt_difference_p50_us"))
			cal_complain(c,
				"the probes' round trips differ from the captures' by %.0f us "
				"(median; limit %g)",
				p50, cal_limit(c, "rtt_difference_p50_us"));
	}
	free(t.at);
	samples_free(differences);
	return rc;
}
