/*
 * dns_openmetrics.c - what a DNS load came to, as OpenMetrics text that Prometheus imports.
 *
 * Every sample carries the instant at which the load began, so that `promtool tsdb create-blocks-from
 * openmetrics` puts it there. Source: OpenMetrics 1.0, "Text format".
 */
#include <inttypes.h>
#include <string.h>

#include "bench/load/dns_show.h"
#include "lib/buf.h"
#include "lib/fs.h"
#include "lib/rcode.h"

struct page {
	struct buf text;
	double at_s;
};

static void
family(struct page *p, const char *name, const char *type, const char *unit, const char *help)
{
	buf_addf(&p->text, "# TYPE %s %s\n", name, type);
	if (unit[0] != '\0')
		buf_addf(&p->text, "# UNIT %s %s\n", name, unit);
	buf_addf(&p->text, "# HELP %s %s\n", name, help);
}

/* One sample; `labels` as they stand between the braces, or "". */
static void
sample(struct page *p, const char *name, const char *labels, double value)
{
	buf_addf(&p->text, "%s%s%s%s %.17g %.3f\n", name, labels[0] == '\0' ? "" : "{", labels,
		labels[0] == '\0' ? "" : "}", value, p->at_s);
}

static void
labelled(struct page *p, const char *name, const char *label, const char *value, uint64_t n)
{
	char labels[320];

	snprintf(labels, sizeof(labels), "%s=\"%s\"", label, value);
	sample(p, name, labels, (double)n);
}

static void
counts(struct page *p, const struct dns_stats *s)
{
	static const char name[] = "catchment_load_dns_queries";
	static const char total[] = "catchment_load_dns_queries_total";
	static const char strays[] = "catchment_load_dns_strays";
	static const char strays_total[] = "catchment_load_dns_strays_total";

	family(p, name, "counter", "queries", "Queries by what they came to.");
	labelled(p, total, "outcome", "answered", s->answered);
	labelled(p, total, "outcome", "timed_out", s->timed_out);
	labelled(p, total, "outcome", "unreachable", s->unreachable);
	labelled(p, total, "outcome", "lost_connection", s->lost_connection);
	labelled(p, total, "outcome", "send_failed", s->send_failed);
	labelled(p, total, "outcome", "not_sent", s->not_sent);
	family(p, strays, "counter", "", "Packets that decided no query.");
	labelled(p, strays_total, "kind", "late", s->late);
	labelled(p, strays_total, "kind", "duplicate", s->duplicate);
	labelled(p, strays_total, "kind", "mismatch", s->mismatch);
	labelled(p, strays_total, "kind", "malformed", s->malformed);
	labelled(p, strays_total, "kind", "unmatched_error", s->unmatched_errors);
	labelled(p, strays_total, "kind", "local_drop", s->local_drops);
}

static void
answers(struct page *p, const struct dns_stats *s)
{
	static const char name[] = "catchment_load_dns_answers";
	static const char total[] = "catchment_load_dns_answers_total";
	char rcode[RCODE_NAME_BYTES];

	family(p, name, "counter", "answers", "Answers by response code.");
	for (unsigned int i = 0; i < DNS_RCODES; i++)
		if (s->rcodes[i] > 0)
			labelled(p, total, "rcode",
				i == DNS_RCODES - 1 ? "other" : rcode_name(i, rcode), s->rcodes[i]);
	family(p, "catchment_load_dns_truncated_answers", "counter", "answers", "Answers with TC.");
	sample(p, "catchment_load_dns_truncated_answers_total", "", (double)s->truncated);
}

/* How many counted values are at most `ns`, to within the width of a bucket. */
static uint64_t
at_most(const struct hist *h, int64_t ns)
{
	uint64_t low = 0, high = h->count;

	while (low < high) { /* the highest rank whose quantile is not above */
		uint64_t middle = low + (high - low + 1) / 2;

		if (hist_quantile_ns(h, ((double)middle - 0.5) / (double)h->count) <= ns)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void
histogram(struct page *p, const char *name, const char *help, const struct hist *h)
{
	static const int64_t bounds_us[] = {10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
		20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000};
	char full[96], le[64];

	family(p, name, "histogram", "seconds", help);
	snprintf(full, sizeof(full), "%s_bucket", name);
	for (size_t i = 0; i < sizeof(bounds_us) / sizeof(bounds_us[0]); i++) {
		/* Whole seconds want their ".0" (Canonical Numbers). */
		snprintf(le, sizeof(le), bounds_us[i] < 1000000 ? "le=\"%g\"" : "le=\"%.1f\"",
			(double)bounds_us[i] / 1e6);
		sample(p, full, le, (double)at_most(h, bounds_us[i] * 1000));
	}
	/* No _count: it may not be without a _sum, which the histogram does not keep. */
	sample(p, full, "le=\"+Inf\"", (double)h->count);
}

static void
gauge(struct page *p, const char *name, const char *unit, const char *help, double value)
{
	family(p, name, "gauge", unit, help);
	sample(p, name, "", value);
}

static void
sites(struct page *p, const struct dns_result *r)
{
	const char *name;
	uint64_t answered;
	char label[256];

	family(p, "catchment_load_dns_site_answers", "counter", "answers", "Answers by NSID.");
	for (size_t i = 0; dns_timeline_site(r->timeline, i, &name, &answered) > 0; i++) {
		size_t n = 0;

		for (; *name != '\0' && n + 3 < sizeof(label); name++) {
			if (*name == '"' || *name == '\\')
				label[n++] = '\\';
			label[n++] = *name;
		}
		label[n] = '\0';
		if (answered > 0)
			labelled(p, "catchment_load_dns_site_answers_total", "site", label,
				answered);
	}
}

int
dns_write_openmetrics(
	const struct dns_plan *plan, const struct dns_result *r, const char *path, struct err *e)
{
	struct page p = {.at_s = (double)r->began.ns / 1e9};
	const struct dns_stats *s = &r->stats;
	int rc;

	counts(&p, s);
	answers(&p, s);
	histogram(&p, "catchment_load_dns_latency_seconds",
		"From the actual sending to the answer.", &s->latency);
	if (plan->window == 0) {
		histogram(&p, "catchment_load_dns_intended_latency_seconds",
			"From the intended sending to the answer.", &s->latency_intended);
		histogram(&p, "catchment_load_dns_lateness_seconds",
			"Actual minus intended sending.", &s->lateness);
		family(&p, "catchment_load_dns_generator_late_queries", "counter", "queries",
			"Sent later than intended by more than the bound.");
		sample(&p, "catchment_load_dns_generator_late_queries_total", "",
			(double)s->generator_late);
	}
	gauge(&p, "catchment_load_dns_sent_rate", "", "Mean of the sending, queries a second.",
		r->sent_qps);
	gauge(&p, "catchment_load_dns_answered_rate", "", "Of these answered, a second.",
		r->answered_qps);
	gauge(&p, "catchment_load_dns_sending_seconds", "seconds", "How long was sent.",
		(double)r->sending_ns / 1e9);
	if (r->timeline != NULL)
		sites(&p, r);
	buf_add(&p.text, "# EOF\n");
	rc = buf_check(&p.text, e);
	if (rc == 0)
		rc = fs_write(path, p.text.data, p.text.len, e);
	buf_done(&p.text);
	return rc;
}
