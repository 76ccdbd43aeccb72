/* watch.c - captures, a recorder and probes at work in a folder, and a diary that beats once a second beside them. */
#include "scenarios/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "lib/wakeful.h"

enum {
	READY_MS = 15000, /* for captures and probes to be ready */
	DRAIN_MS = 15000, /* for captures and probes to write what they have */
};

const char *
watch_path(const struct watch *w, const char *name, char out[static WATCH_PATH_BYTES])
{
	snprintf(out, WATCH_PATH_BYTES, "%s/%s", w->dir, name);
	return out;
}

int
watch_write(const struct watch *w, const char *name, json_t *value, struct err *e)
{
	char path[WATCH_PATH_BYTES],
		*text = value == NULL ? NULL : json_dumps(value, JSON_INDENT(1));
	int rc;

	json_decref(value);
	if (text == NULL)
		return err_set(e, ENOMEM, "%s: out of memory", name);
	rc = fs_write(watch_path(w, name, path), text, strlen(text), e);
	free(text);
	return rc;
}

/* The recorder's end, or that it never began, in the diary. `why` NULL: all is well. */
static void
note_record(struct watch *w, const char *why)
{
	events_add(w->events, "record",
		why == NULL ? json_pack("{s:b}", "ok", true)
			    : json_pack("{s:b, s:s}", "ok", false, "why", why));
	if (why != NULL)
		talk_note("%s: routes and log lines are not recorded: %s", w->title, why);
}

/* `plan` is consumed; NULL: nothing is to be recorded. */
static void
start_record(struct watch *w, json_t *plan)
{
	char path[WATCH_PATH_BYTES];
	struct err why;

	if (plan == NULL)
		return;
	if (watch_write(w, "record-plan.json", plan, &why) < 0 ||
		child_start(&w->record, "record", watch_path(w, "record-plan.json", path),
			mono_add(mono_now(), READY_MS * NS_PER_MS), &why) < 0)
		note_record(w, why.text);
	else
		note_record(w, NULL);
}

static void
stop_record(struct watch *w)
{
	struct err why;

	if (w->record.pid > 0 &&
		child_stop(&w->record, mono_add(mono_now(), DRAIN_MS * NS_PER_MS), &why) < 0)
		note_record(w, why.text);
}

/* Has it ended before its time? */
static void
see_record(struct watch *w)
{
	char why[512];

	if (w->record.pid <= 0 || child_alive(&w->record))
		return;
	snprintf(why, sizeof(why), "the recorder ended before its time: %s",
		w->record.words[0] ? w->record.words : "no reason given");
	child_stop(&w->record, mono_now(), NULL);
	note_record(w, why);
}

int
watch_start(struct watch *w, json_t *captures, json_t *record, json_t *probes, struct err *e)
{
	char path[WATCH_PATH_BYTES];
	int rc = fs_mkdirs(watch_path(w, "captures", path), e), one;
	struct err ignored;

	one = watch_write(w, "capture-plan.json", captures, rc < 0 ? &ignored : e);
	rc = rc < 0 ? rc : one;
	one = watch_write(w, "probe-plan.json", probes, rc < 0 ? &ignored : e);
	rc = rc < 0 ? rc : one;
	if (rc == 0)
		rc = child_start(&w->capture, "capture", watch_path(w, "capture-plan.json", path),
			mono_add(mono_now(), READY_MS * NS_PER_MS), e);
	if (rc < 0) {
		json_decref(record);
		return rc;
	}
	w->wakeful_fd = wakeful_begin();
	w->wakeful = w->wakeful_fd >= 0;
	events_add(w->events, "wakeful", json_pack("{s:b}", "ok", w->wakeful));
	events_add(w->events, "capture_start", NULL);
	start_record(w, record);
	rc = lab_wire_stats(w->lab, true, NULL, e);
	if (rc == 0)
		rc = child_start(&w->probe, "probe", watch_path(w, "probe-plan.json", path),
			mono_add(mono_now(), READY_MS * NS_PER_MS), e);
	if (rc == 0)
		events_add(w->events, "probe_start", NULL);
	w->before = drops_read(w->lab, w->broken, w->flooded);
	w->before_by_node = drops_by_node(w->lab);
	w->next_beat = mono_now();
	return rc;
}

/* Until then, or until a signal or the end of a load. */
static void
sleep_until(const struct watch *w, struct mono until)
{
	struct mono next = w->next_beat.ns < until.ns ? w->next_beat : until;
	int64_t left_ns = mono_diff_ns(load_next(w->loads, next), mono_now());
	struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};
	struct pollfd fds[LOAD_JOBS];

	if (left_ns > 0)
		ppoll(fds, load_poll(w->loads, fds), &left, NULL);
}

int
watch_until(struct watch *w, struct mono until, const char *phase, struct err *e)
{
	for (;;) {
		sleep_until(w, until);
		if (stop_requested())
			return err_set(e, EINTR, "interrupted");
		if (load_see(w->loads, e) < 0)
			return -EIO;
		if (mono_diff_ns(w->next_beat, mono_now()) <= 0) {
			w->next_beat = mono_add(w->next_beat, NS_PER_S);
			events_add_host(w->events);
			if (!child_alive(&w->probe) || !child_alive(&w->capture))
				return err_set(e, EIO, "%s ended before its time: %s",
					child_alive(&w->probe) ? "the capture" : "the probes",
					child_alive(&w->probe) ? w->capture.words : w->probe.words);
			see_record(w);
			talk_live("%s: %s, %lld s left", w->title, phase,
				(long long)(mono_diff_ns(until, mono_now()) / NS_PER_S));
		}
		if (mono_diff_ns(until, mono_now()) <= 0)
			return 0;
	}
}

/* Where datagrams were dropped, for who wonders why; the node at fault too. */
static json_t *
drops_json(const struct watch *w)
{
	const struct topology *t = lab_topology(w->lab);
	int64_t *now = drops_by_node(w->lab);
	json_t *at = json_object();

	for (size_t i = 0; now != NULL && w->before_by_node != NULL && i < t->nodes_len; i++)
		if (now[i] > w->before_by_node[i])
			json_object_set_new(at, t->nodes[i].name,
				json_integer((json_int_t)(now[i] - w->before_by_node[i])));
	free(now);
	return at;
}

static void
note_drops(struct watch *w)
{
	struct drops now = drops_read(w->lab, w->broken, w->flooded);

	events_add(w->events, "drops",
		json_pack("{s:I, s:I, s:o}", "udp_receive",
			(json_int_t)(now.udp_receive - w->before.udp_receive), "interface",
			(json_int_t)(now.interface - w->before.interface), "udp_receive_at",
			drops_json(w)));
	free(w->before_by_node);
	w->before_by_node = NULL;
}

int
watch_stop(struct watch *w, struct err *e)
{
	json_t *stats = NULL;
	struct err ignored;
	int rc = 0, one;

	if (w->probe.pid > 0) {
		talk_live("%s: last answers", w->title);
		rc = child_stop(&w->probe, mono_add(mono_now(), DRAIN_MS * NS_PER_MS), e);
		events_add(w->events, "probe_end", NULL);
		note_drops(w);
	}
	stop_record(w);
	if (w->capture.pid > 0) {
		one = child_stop(&w->capture, mono_add(mono_now(), DRAIN_MS * NS_PER_MS),
			rc < 0 ? &ignored : e);
		rc = rc < 0 ? rc : one;
		events_add(w->events, "capture_end", NULL);
	}
	if (w->wakeful)
		wakeful_end(w->wakeful_fd);
	w->wakeful = false;
	if (lab_wire_stats(w->lab, false, &stats, &ignored) == 0) {
		one = watch_write(w, "wire-stats.json", stats, rc < 0 ? &ignored : e);
		rc = rc < 0 ? rc : one;
	}
	return rc;
}
