/* stats.c - probe-stats.json: how well the engine kept its schedule, and what came back. */
#include "probes/stats.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/hist_json.h"

static json_t *
send_errors(const struct engine_stats *s)
{
	json_t *o = json_object();

	for (int i = 0; i < ENGINE_ERRNOS; i++) {
		const char *name = strerrorname_np(i);

		if (s->send_errnos[i] > 0)
			json_object_set_new(o, name != NULL && i > 0 ? name : "other",
				json_integer((json_int_t)s->send_errnos[i]));
	}
	return o;
}

static json_t *
named(const char *(*name)(unsigned int), unsigned int from, unsigned int end,
	const uint64_t *counts)
{
	json_t *o = json_object();

	for (unsigned int i = from; i < end; i++)
		json_object_set_new(o, name(i), json_integer((json_int_t)counts[i]));
	return o;
}

/* Each kind of streams by itself. */
static json_t *
lanes_json(const struct lanes *l)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < l->len; i++) {
		const struct lane *lane = &l->list[i];
		json_t *o = json_pack("{s:s, s:s, s:f, s:I, s:I, s:o, s:o, s:o}", "service",
			plan_service_name(lane->service), "transport",
			plan_transport_name(lane->transport), "rate_qps", lane->rate_qps, "streams",
			(json_int_t)lane->streams_len, "sent",
			(json_int_t)(lane->queries - lane->by_status[ANSWERS_SEND_FAILED]),
			"lateness_us", hist_json_us(&lane->lateness), "rtt_us",
			hist_json_us(&lane->rtt), "statuses",
			named(answers_status_name, 0, ANSWERS_STATUSES, lane->by_status));

		if (lane->transport == PLAN_TCP) {
			json_object_set_new(o, "connect_us", hist_json_us(&lane->connect));
			json_object_set_new(o, "answer_us", hist_json_us(&lane->answer));
		}
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
build(const struct plan *p, const struct engine_stats *s)
{
	uint64_t answered = s->by_status[ANSWERS_GOOD] + s->by_status[ANSWERS_WRONG_RCODE] +
		s->by_status[ANSWERS_WRONG_DATA] + s->by_status[ANSWERS_NO_NSID] +
		s->by_status[ANSWERS_TRUNCATED];
	double sending_s = (double)s->sending_ns / 1e9;

	return json_pack("{s:s, s:I, s:f, s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:o, s:I, s:I, s:I, "
			 "s:I, s:f, s:f, s:s, s:b, s:o}",
		"schema", "catchment.probe-stats/1", "streams", (json_int_t)p->streams_len,
		"rate_qps", p->rate_qps, "sent",
		(json_int_t)(s->queries - s->by_status[ANSWERS_SEND_FAILED]), "answered",
		(json_int_t)answered, "lateness_us", hist_json_us(&s->lateness), "rtt_us",
		hist_json_us(&s->rtt), "statuses",
		named(answers_status_name, 0, ANSWERS_STATUSES, s->by_status), "strays",
		named(answers_stray_name, 1, ANSWERS_STRAY_KINDS, s->strays), "duplicated",
		(json_int_t)s->duplicated, "send_errors", send_errors(s), "icmp_unmatched",
		(json_int_t)s->icmp_unmatched, "icmp_other", (json_int_t)s->icmp_other,
		"receive_dropped", (json_int_t)s->receive_dropped, "forced", (json_int_t)s->forced,
		"sending_s", sending_s, "cpu_ratio",
		sending_s > 0 ? (double)s->cpu_ns / 1e9 / sending_s : 0.0, "scheduler",
		s->realtime ? "fifo" : "other", "told_to_stop", s->told_to_stop, "kinds",
		lanes_json(s->lanes));
}

int
probe_stats_write(const struct plan *p, const struct engine_stats *s, struct err *e)
{
	json_t *o = build(p, s);
	char *text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	int rc;

	json_decref(o);
	if (text == NULL)
		return err_sys(e, ENOMEM, "%s", p->stats_path);
	rc = fs_write(p->stats_path, text, strlen(text), e);
	free(text);
	return rc;
}
