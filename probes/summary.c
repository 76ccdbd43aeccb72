/* summary.c - what came of a few addresses asked from the command line, one paragraph each. */
#include "probes/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/stat.h"
#include "lib/rcode.h"

static const struct {
	const char *key; /* JSON */
	double ratio;
} quantiles[SUMMARY_QUANTILES] = {{"rtt_p50_us", 0.5}, {"rtt_p99_us", 0.99}, {"rtt_max_us", 1}};

static int
count(struct summary *s)
{
	struct answers_record r;

	answers_rewind(s->answers);
	while (answers_next(s->answers, &r)) {
		struct summary_target *t;

		if (r.type == ANSWERS_STRAY) {
			s->targets[r.stray.stream].strays[r.stray.kind]++;
			continue;
		}
		t = &s->targets[r.query.stream];
		t->by_status[r.query.status]++;
		t->sent += r.query.status != ANSWERS_SEND_FAILED;
		if (r.query.rcode == ANSWERS_RCODE_NONE)
			continue;
		t->answered++;
		t->rcodes[r.query.rcode]++;
		if (r.query.nsid != ANSWERS_NSID_NONE && r.query.nsid < s->nsids_len)
			t->nsids[r.query.nsid]++;
		if (t->rtt_us == NULL)
			continue;
		t->rtt_us[t->rtts_len] = (double)wall_diff_ns(r.query.received, r.query.sent) / 1e3;
		t->connect_us[t->rtts_len] = (double)r.query.tcp.connect_ns / 1e3;
		t->answer_us[t->rtts_len++] =
			(double)wall_diff_ns(r.query.received, r.query.tcp.asked) / 1e3;
	}
	return 0;
}

/* How many answers each address gave is known only after a first reading; so are the NSIDs. */
static int
make_room(struct summary *s)
{
	for (uint32_t i = 0; i < s->plan->streams_len; i++) {
		struct summary_target *t = &s->targets[i];
		uint64_t answered = t->answered;

		*t = (struct summary_target){0};
		t->rtt_us = calloc(answered + 1, sizeof(*t->rtt_us));
		t->connect_us = calloc(answered + 1, sizeof(*t->connect_us));
		t->answer_us = calloc(answered + 1, sizeof(*t->answer_us));
		t->nsids = calloc(s->nsids_len + 1, sizeof(*t->nsids));
		if (t->rtt_us == NULL || t->connect_us == NULL || t->answer_us == NULL ||
			t->nsids == NULL)
			return -ENOMEM;
	}
	return 0;
}

int
summary_read(const char *path, const struct plan *p, struct summary *ret, struct err *e)
{
	int rc;

	*ret = (struct summary){.plan = p};
	ret->targets = calloc(p->streams_len, sizeof(*ret->targets));
	if (ret->targets == NULL)
		return err_sys(e, ENOMEM, "no room for the summary");
	rc = answers_open(path, &ret->answers, e);
	if (rc < 0)
		return rc;
	count(ret);
	ret->nsids_len = answers_nsids(ret->answers);
	if (make_room(ret) < 0)
		return err_sys(e, ENOMEM, "no room for the summary");
	count(ret);
	for (uint32_t i = 0; i < p->streams_len; i++) {
		struct summary_target *t = &ret->targets[i];

		stat_sort(t->rtt_us, t->rtts_len);
		stat_sort(t->connect_us, t->rtts_len);
		stat_sort(t->answer_us, t->rtts_len);
	}
	return 0;
}

void
summary_done(struct summary *s)
{
	for (uint32_t i = 0; s->targets != NULL && i < s->plan->streams_len; i++) {
		free(s->targets[i].nsids);
		free(s->targets[i].rtt_us);
		free(s->targets[i].connect_us);
		free(s->targets[i].answer_us);
	}
	free(s->targets);
	answers_free(s->answers);
}

uint32_t
summary_silent(const struct summary *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->plan->streams_len; i++)
		n += s->targets[i].answered == 0;
	return n;
}

static json_t *
counts_json(const uint64_t *counts, unsigned int n, const char *(*name)(unsigned int))
{
	json_t *o = json_object();

	for (unsigned int i = 0; i < n; i++)
		if (counts[i] > 0)
			json_object_set_new(o, name(i), json_integer((json_int_t)counts[i]));
	return o;
}

static json_t *
target_json(const struct summary *s, uint32_t index)
{
	const struct plan_stream *stream = &s->plan->streams[index];
	const struct summary_target *t = &s->targets[index];
	json_t *rcodes = json_object(), *sites = json_object(), *o;
	char target[INET_TEXT_BYTES], source[INET_TEXT_BYTES], text[RCODE_NAME_BYTES];

	for (unsigned int i = 0; i < 256; i++)
		if (t->rcodes[i] > 0)
			json_object_set_new(rcodes, rcode_name(i, text),
				json_integer((json_int_t)t->rcodes[i]));
	for (uint16_t i = 0; i < s->nsids_len; i++)
		if (t->nsids[i] > 0)
			json_object_set_new(sites, answers_nsid(s->answers, i),
				json_integer((json_int_t)t->nsids[i]));
	o = json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "target",
		inet_show(&stream->target, target), "source", inet_show(&stream->source, source),
		"port", (int)stream->port, "sent", (json_int_t)t->sent, "answered",
		(json_int_t)t->answered, "unanswered", (json_int_t)(t->sent - t->answered),
		"statuses", counts_json(t->by_status, ANSWERS_STATUSES, answers_status_name),
		"strays", counts_json(t->strays, ANSWERS_STRAY_KINDS, answers_stray_name), "rcodes",
		rcodes, "nsids", sites);
	for (int q = 0; q < SUMMARY_QUANTILES && t->rtts_len > 0; q++)
		json_object_set_new(o, quantiles[q].key,
			json_real(stat_quantile(t->rtt_us, t->rtts_len, quantiles[q].ratio)));
	if (stream->transport == PLAN_TCP && t->rtts_len > 0) {
		json_object_set_new(o, "connect_p50_us",
			json_real(stat_quantile(t->connect_us, t->rtts_len, 0.5)));
		json_object_set_new(o, "answer_p50_us",
			json_real(stat_quantile(t->answer_us, t->rtts_len, 0.5)));
	}
	return o;
}

json_t *
summary_json(const struct summary *s)
{
	json_t *list = json_array(), *plan = json_loads(s->plan->json, 0, NULL);

	for (uint32_t i = 0; i < s->plan->streams_len; i++)
		json_array_append_new(list, target_json(s, i));
	json_object_del(plan, "streams");
	return json_pack("{s:s, s:o, s:o}", "schema", "catchment.probe-summary/1", "plan", plan,
		"targets", list);
}

static void
print_target(const struct summary *s, uint32_t index, FILE *to)
{
	const struct plan_stream *stream = &s->plan->streams[index];
	const struct summary_target *t = &s->targets[index];
	char target[INET_TEXT_BYTES], source[INET_TEXT_BYTES], text[RCODE_NAME_BYTES];
	const char *between = "";

	fprintf(to,
		"%s (from %s): sent %" PRIu64 ", answered %" PRIu64 ", unanswered %" PRIu64 "\n",
		inet_show(&stream->target, target), inet_show(&stream->source, source), t->sent,
		t->answered, t->sent - t->answered);
	for (unsigned int i = 0; i < ANSWERS_STATUSES; i++) {
		if (t->by_status[i] == 0 || i == ANSWERS_GOOD || i == ANSWERS_UNANSWERED ||
			i == ANSWERS_WRONG_RCODE)
			continue;
		fprintf(to, "%s%s %" PRIu64, between[0] != '\0' ? ", " : "  of which ",
			answers_status_name(i), t->by_status[i]);
		between = ", ";
	}
	if (between[0] != '\0')
		fputc('\n', to);
	if (t->rtts_len > 0)
		fprintf(to, "  rtt p50 %.2f ms, p99 %.2f ms, max %.2f ms\n",
			stat_quantile(t->rtt_us, t->rtts_len, 0.5) / 1e3,
			stat_quantile(t->rtt_us, t->rtts_len, 0.99) / 1e3,
			stat_quantile(t->rtt_us, t->rtts_len, 1) / 1e3);
	if (stream->transport == PLAN_TCP && t->rtts_len > 0)
		fprintf(to, "  of that connecting p50 %.2f ms, from query to answer p50 %.2f ms\n",
			stat_quantile(t->connect_us, t->rtts_len, 0.5) / 1e3,
			stat_quantile(t->answer_us, t->rtts_len, 0.5) / 1e3);
	between = "  rcodes ";
	for (unsigned int i = 0; i < 256; i++) {
		if (t->rcodes[i] == 0)
			continue;
		fprintf(to, "%s%s %" PRIu64, between, rcode_name(i, text), t->rcodes[i]);
		between = ", ";
	}
	if (t->answered > 0)
		fputc('\n', to);
	between = s->plan->site_in_txt ? "  names " : "  NSIDs ";
	for (uint16_t i = 0; i < s->nsids_len; i++) {
		if (t->nsids[i] == 0)
			continue;
		fprintf(to, "%s%s %" PRIu64, between, answers_nsid(s->answers, i), t->nsids[i]);
		between = ", ";
	}
	if (between[0] == ',')
		fputc('\n', to);
	between = "  strays ";
	for (unsigned int i = 1; i < ANSWERS_STRAY_KINDS; i++) {
		if (t->strays[i] == 0)
			continue;
		fprintf(to, "%s%s %" PRIu64, between, answers_stray_name(i), t->strays[i]);
		between = ", ";
	}
	if (between[0] == ',')
		fputc('\n', to);
}

void
summary_print(const struct summary *s, FILE *to)
{
	for (uint32_t i = 0; i < s->plan->streams_len; i++)
		print_target(s, i, to);
}
