/* trial.c - one trial read from its folder: when the fault was, and what became of each query. */
#include "bench/analyze/run.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/budget.h"
#include "bench/analyze/loads.h"
#include "bench/analyze/noise.h"
#include "bench/analyze/soak.h"
#include "bench/analyze/trial_answers.h"
#include "lib/fs.h"

enum { MAX_EVENTS_BYTES = 256 << 20 };

void
trial_invalid(struct trial *t, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->valid = false;
	json_array_append_new(t->why, json_string(text));
}

void
trial_path(
	const struct run *r, const struct trial *t, const char *name, char *out, size_t out_bytes)
{
	snprintf(out, out_bytes, "%s/%s/%s", r->dir, t->dir, name);
}

void
trial_forget_queries(struct trial *t)
{
	free(t->query);
	free(t->side_query);
	t->query = t->side_query = NULL;
	t->queries = t->side_queries = 0;
	for (size_t i = 0; i < t->streams; i++)
		t->stream[i].query = NULL;
	for (size_t i = 0; i < t->sides; i++)
		t->side[i].query = NULL;
}

void
trial_done(struct trial *t)
{
	trial_forget_queries(t);
	free(t->stream);
	free(t->side);
	free(t->lookup);
	free(t->wire);
	budget_free(t->budget);
	soak_free(t->soak);
	json_decref(t->why);
	json_decref(t->last_mile);
	json_decref(t->loads);
	json_decref(t->moved);
	json_decref(t->damaged);
	json_decref(t->steady);
	json_decref(t->phase);
	json_decref(t->timeline);
	json_decref(t->city_timeline);
	json_decref(t->noise);
}

/* The first event of a name wins: a second fault belongs to the same disturbance. */
static void
take_event(struct run *r, struct trial *t, const json_t *event, int64_t wall_ns)
{
	const char *name = json_string_value(json_object_get(event, "event"));

	(void)r;
	if (strcmp(name, "fault") == 0 && !t->has_fault) {
		t->has_fault = true;
		t->fault_ns = wall_ns;
	} else if (strcmp(name, "restore") == 0 && t->has_fault && !t->has_restore) {
		t->has_restore = true;
		t->restore_ns = wall_ns;
	} else if (strcmp(name, "rollback") == 0 && t->has_fault && t->restore_ns == NEVER) {
		t->restore_ns = wall_ns;
	} else if (strcmp(name, "drops") == 0) {
		json_object_set(
			t->noise, "udp_receive_drops", json_object_get(event, "udp_receive"));
		json_object_set(t->noise, "interface_drops", json_object_get(event, "interface"));
	} else if (strcmp(name, "load_end") == 0) {
		loads_take_event(t, event);
	} else if (strcmp(name, "steady") == 0 && t->steady == NULL) {
		t->steady = json_incref(json_object_get(event, "catchment"));
	} else if (strcmp(name, "phase") == 0 && t->phase == NULL) {
		t->phase = json_incref(json_object_get(event, "locked"));
	}
}

static void
read_events(struct run *r, struct trial *t)
{
	struct noise_events noise = {0};
	char path[PATH_MAX], *text, *save = NULL;
	struct err e;
	bool ended = false;
	int line = 0;

	trial_path(r, t, "events.jsonl", path, sizeof(path));
	if (fs_read(path, MAX_EVENTS_BYTES, &text, NULL, &e) < 0) {
		trial_invalid(t, "%s", e.text);
		return;
	}
	for (char *at = strtok_r(text, "\n", &save); at != NULL; at = strtok_r(NULL, "\n", &save)) {
		json_error_t je;
		json_t *event = json_loads(at, 0, &je), *wall = json_object_get(event, "wall_ns");
		const char *name = json_string_value(json_object_get(event, "event"));

		line++;
		if (name == NULL || !json_is_integer(wall)) {
			trial_invalid(t, "%s:%d: %s", path, line,
				event == NULL ? je.text : "no event or no wall_ns");
			json_decref(event);
			break;
		}
		take_event(r, t, event, json_integer_value(wall));
		noise_take_event(&noise, name, event);
		ended = ended || strcmp(name, "trial_end") == 0;
		json_decref(event);
	}
	free(text);
	if (t->valid && !ended)
		trial_invalid(t, "%s:%d: ends without trial_end", path, line);
	if (t->valid && r->fault_planned && !t->has_fault)
		trial_invalid(t, "%s: no fault event, though the scenario has one", path);
	if (t->valid && t->has_fault && r->restore_planned && !t->has_restore)
		trial_invalid(t, "%s: no restore event, though the scenario has one", path);
	noise_of_events(&noise, t);
}

int
trial_load(struct run *r, struct trial *t, struct err *e)
{
	int rc;

	t->fault_ns = t->restore_ns = NEVER;
	t->start_ns = t->end_ns = 0;
	t->phase_ms = NAN;
	t->full_convergence_ns = t->last_from_fault_site_ns = NEVER;
	for (int f = 0; f < FAMILIES; f++)
		t->withdraw[f].first_ns = t->withdraw[f].last_ns = t->announce_ns[f] = NEVER;
	t->noise = json_object();
	if (t->noise == NULL)
		return err_sys(e, ENOMEM, "%s/%s", r->dir, t->dir);
	read_events(r, t);
	rc = trial_read_answers(r, t, e);
	if (rc < 0)
		return rc;
	/* Without a fault all is before; without a restore the disturbance lasts to the end. */
	if (!t->has_fault)
		t->fault_ns = t->end_ns + 1;
	if (t->restore_ns == NEVER || t->restore_ns > t->end_ns + 1)
		t->restore_ns = t->end_ns + 1;
	if (t->restore_ns < t->fault_ns)
		t->restore_ns = t->fault_ns;
	noise_of_files(r, t);
	return loads_read(r, t);
}
