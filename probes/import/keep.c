/* keep.c - what was imported as an answers file, so that who reads ours reads theirs. */
#include "probes/import/keep.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"

enum { DNS_PORT = 53 };

static void
set_address(json_t *o, const char *key, const struct inet *a)
{
	char text[INET_TEXT_BYTES];

	if (a->family != 0)
		json_object_set_new(o, key, json_string(inet_show(a, text)));
}

static json_t *
stream_json(const struct tally_stream *s, uint32_t index)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:s, s:s, s:i, s:s}", "id", (json_int_t)index,
		"probe", (json_int_t)s->probe, "measurement", (json_int_t)s->measurement, "family",
		s->family == AF_INET6 ? "v6" : "v4", "transport", s->tcp ? "tcp" : "udp", "port",
		DNS_PORT, "city", "");

	set_address(o, "source", s->source.family != 0 ? &s->source : &s->from);
	set_address(o, "from", &s->from);
	set_address(o, "target", &s->target);
	if (s->country[0] != '\0')
		json_object_set_new(o, "country", json_string(s->country));
	if (s->asn != 0)
		json_object_set_new(o, "asn", json_integer((json_int_t)s->asn));
	return o;
}

static char *
plan_text(const struct tally *t, const json_t *summary)
{
	json_t *streams = json_array(), *plan;
	char *text;

	for (uint32_t i = 0; i < t->streams_len; i++)
		json_array_append_new(streams, stream_json(&t->streams[i], i));
	plan = json_pack("{s:s, s:O?, s:O?, s:O?, s:o}", "schema", "catchment.imported-plan/1",
		"network", json_object_get(summary, "network"), "files",
		json_object_get(summary, "files"), "measurements",
		json_object_get(summary, "measurements"), "streams", streams);
	text = plan == NULL ? NULL : json_dumps(plan, JSON_COMPACT);
	json_decref(plan);
	return text;
}

/* Sequence numbers count each stream's queries in the order of sending. */
static int
write_rows(struct answers_writer *w, const struct tally *t, uint64_t *ret_unnamed)
{
	uint32_t *seqs = calloc(t->streams_len, sizeof(*seqs));
	uint64_t unnamed = 0;
	int rc = seqs == NULL ? -ENOMEM : 0;

	for (uint64_t i = 0; i < t->rows_len && rc == 0; i++) {
		const struct tally_row *r = &t->rows[i];
		struct answers_query q = {.status = r->status,
			.rcode = r->rcode,
			.stream = r->stream,
			.nsid = ANSWERS_NSID_NONE,
			.seq = seqs[r->stream]++,
			.sent.ns = r->sent_ns,
			.received.ns = r->rtt_ns < 0 ? 0 : r->sent_ns + r->rtt_ns};

		if (r->site != TALLY_NO_SITE) {
			const struct tally_site *s = &t->sites[r->site];

			q.nsid = answers_intern_nsid(w, s->name, s->len_bytes);
			unnamed += q.nsid == ANSWERS_NSID_NONE;
		}
		rc = answers_write_query(w, &q);
	}
	free(seqs);
	*ret_unnamed = unnamed;
	return rc;
}

static int
write_answers(const char *path, struct tally *t, const json_t *summary, uint64_t *ret_unnamed,
	struct err *e)
{
	char *plan = plan_text(t, summary);
	struct answers_writer *w;
	int rc, closed;

	if (plan == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	tally_sort_by_sent(t);
	rc = answers_create(path, plan, t->streams_len, (struct wall){t->rows[0].sent_ns},
		(struct mono){0}, &w, e);
	free(plan);
	if (rc < 0)
		return rc;
	rc = write_rows(w, t, ret_unnamed);
	closed = answers_close(w, e);
	if (closed < 0)
		return closed;
	return rc < 0 ? err_sys(e, -rc, "%s", path) : 0;
}

static int
in_dir(const char *dir, const char *name, char out[static PATH_MAX], struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, "%s: path too long", dir);
	return 0;
}

int
keep_write(const char *dir, struct tally *t, const json_t *summary, uint64_t *ret_unnamed,
	struct err *e)
{
	char answers[PATH_MAX], temporary[PATH_MAX], facts[PATH_MAX], *text;
	int rc;

	if ((rc = in_dir(dir, "answers", answers, e)) < 0 ||
		(rc = in_dir(dir, ".answers.new", temporary, e)) < 0 ||
		(rc = in_dir(dir, "catchment.json", facts, e)) < 0)
		return rc;
	if (access(answers, F_OK) == 0 || access(facts, F_OK) == 0)
		return err_set(
			e, EEXIST, "%s: there are answers or a catchment.json in it already", dir);
	rc = fs_mkdirs(dir, e);
	if (rc < 0)
		return rc;
	rc = write_answers(temporary, t, summary, ret_unnamed, e);
	text = json_dumps(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	if (rc == 0 && text == NULL)
		rc = err_sys(e, ENOMEM, "%s", facts);
	if (rc == 0)
		rc = fs_write(facts, text, strlen(text), e);
	if (rc == 0 && rename(temporary, answers) < 0) {
		rc = err_sys(e, errno, "%s", answers);
		unlink(facts);
	}
	if (rc < 0)
		unlink(temporary);
	free(text);
	return rc;
}
