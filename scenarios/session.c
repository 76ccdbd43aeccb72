/* session.c - one lab for several runs: brought up when it is wanted, given up when it did not heal, calibrated now and then. */
#include "scenarios/session.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "scenarios/calibrate.h"

enum { REST_LOOK_MS = 100 };

int
session_need(struct session *s, bool fresh, struct err *e)
{
	struct mono start = mono_now();
	int rc;

	if (fresh && s->used)
		session_drop(s);
	s->used = true;
	if (s->lab != NULL)
		return 0;
	if (s->boots == 0)
		snprintf(s->name, sizeof(s->name), "run-%d", (int)getpid());
	else
		snprintf(s->name, sizeof(s->name), "run-%d-%d", (int)getpid(), s->boots + 1);
	s->options.name = s->name;
	rc = lab_up(&s->options, &s->lab, e);
	if (rc < 0)
		return rc;
	s->boots++;
	s->whole_since = mono_now();
	talk_step("lab up in %.1f s", (double)mono_diff_ns(mono_now(), start) / 1e9);
	return 0;
}

int
session_rest(const struct session *s, const char *title, struct err *e)
{
	struct mono end = mono_add(s->whole_since, lab_topology(s->lab)->rest_ns);
	int64_t left_ns;

	while ((left_ns = mono_diff_ns(end, mono_now())) > 0) {
		if (stop_requested())
			return err_set(e, EINTR, "interrupted");
		talk_live("%s: at rest for %lld s more", title,
			(long long)((left_ns + NS_PER_S - 1) / NS_PER_S));
		poll(NULL, 0, REST_LOOK_MS);
	}
	return 0;
}

static void
forget(struct session *s)
{
	s->lab = NULL;
	s->used = false;
	json_decref(s->calibration);
	s->calibration = NULL;
}

void
session_drop(struct session *s)
{
	lab_close(s->lab);
	forget(s);
}

void
session_leave_standing(struct session *s)
{
	struct err e;

	if (s->lab != NULL && lab_detach(s->lab, &e) == 0)
		talk_note("the lab is left standing: 'catchment lab status --name %s', then 'lab "
			  "down'",
			s->name);
	session_drop(s);
}

void
session_done(struct session *s)
{
	session_drop(s);
}

/* Another run's calibration in this lab stands for this one too: it is said whose and how old. */
static int
take_over(const struct session *s, const char *run_dir, struct err *e)
{
	char path[PATH_MAX], *text;
	int64_t age_ns = mono_diff_ns(mono_now(), s->calibrated_at);
	json_t *copy = json_deep_copy(s->calibration);
	int rc;

	if (copy != NULL)
		json_object_set_new(copy, "taken_over",
			json_pack("{s:s, s:I}", "from", s->calibrated_in, "age_s",
				(json_int_t)(age_ns / NS_PER_S)));
	text = json_dumps(copy, JSON_INDENT(1));
	json_decref(copy);
	if (text == NULL)
		return err_set(e, ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "%s/calibration", run_dir);
	rc = fs_mkdirs(path, e);
	snprintf(path, sizeof(path), "%s/calibration/calibration.json", run_dir);
	if (rc == 0)
		rc = fs_write(path, text, strlen(text), e);
	free(text);
	if (rc == 0)
		talk_step("calibration: that of %s, %.0f min ago in this lab", s->calibrated_in,
			(double)age_ns / 60e9);
	return rc;
}

int
session_calibrate(struct session *s, const struct scenario *scenario, const char *run_dir,
	const char *run_id, uint64_t seed, int attempts, struct err *e)
{
	const struct calibrate_plan plan = {.lab = s->lab,
		.scenario = s->busiest != NULL ? s->busiest : scenario,
		.run_dir = run_dir,
		.seed = seed};
	char text[300];
	bool good = false;

	if (s->calibration != NULL &&
		mono_diff_ns(mono_now(), s->calibrated_at) <
			SESSION_CALIBRATION_MINUTES * 60 * NS_PER_S)
		return take_over(s, run_dir, e);
	for (int i = 0; i < attempts && !good; i++) {
		json_t *result = NULL;
		int rc = calibrate(&plan, &result, e);

		if (rc < 0)
			return rc;
		good = json_is_true(json_object_get(result, "good"));
		calibrate_tell(result, text, sizeof(text));
		talk_step("calibration: %s%s%s", text, good ? "" : ": not good: ",
			good ? ""
			     : json_string_value(
				       json_array_get(json_object_get(result, "why"), 0)));
		json_decref(s->calibration);
		s->calibration = result;
	}
	/* One that is not good is measured anew by the next run: it says nothing of a quieter hour. */
	if (!good || s->busiest == NULL) {
		json_decref(s->calibration);
		s->calibration = NULL;
		return 0;
	}
	s->calibrated_at = mono_now();
	snprintf(s->calibrated_in, sizeof(s->calibrated_in), "%s", run_id);
	return 0;
}
