/* batch.c - several runs in a row: one lab for each variant, how long it will take, and what is already done. */
#include "scenarios/batch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/command.h"
#include "lib/talk.h"
#include "reports/history/front.h"
#include "scenarios/again.h"
#include "scenarios/batch_journal.h"
#include "scenarios/batch_order.h"
#include "scenarios/gated.h"
#include "scenarios/outcome.h"

/* Measured on two busy cores; what a batch really takes corrects them as it goes. */
#define BOOT_S	      25.0
#define CALIBRATION_S 20.0
#define HEALING_S     4.0 /* from the last step until the lab is healed, as a rule */
#define AROUND_S      3.0 /* of a trial: captures and probes started and stopped */
#define ANALYSIS_S    3.0 /* of a trial: analysis, report */

int
batch_worse(int a, int b)
{
	static const int order[] = {EXIT_GOOD, EXIT_MISSED, EXIT_INCONCLUSIVE, EXIT_USAGE,
		EXIT_ENVIRONMENT, EXIT_INTERRUPTED};

	for (size_t i = sizeof(order) / sizeof(order[0]); i-- > 0;)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
}

double
batch_estimate_s(const struct scenario *s, int trials, bool calibrated)
{
	double after_s = (double)s->after_ns / 1e9;
	double least_s = (double)s->least_after_ns / 1e9 + HEALING_S;
	double trial_s =
		(double)(s->before_ns + s->phase_window_ns / 2 + scenario_last_ns(s)) / 1e9 +
		(s->least_after_ns > 0 && least_s < after_s ? least_s : after_s) + AROUND_S +
		ANALYSIS_S;

	return trial_s * trials + (calibrated ? CALIBRATION_S : 0);
}

/* Before each trial, where the variant wants it. */
static double
rest_s(const struct batch *b, const struct batch_item *item)
{
	return item->topology == NULL || b->quick ? 0 : (double)item->topology->rest_ns / 1e9;
}

/* A calibration each half hour of a lab, the first when it is new. */
static void
estimate(struct batch *b)
{
	double in_lab_s = 0;

	for (size_t i = 0; i < b->len; i++) {
		struct batch_item *item = &b->items[i];
		bool boots = batch_boots(b, i);
		bool calibrated = !b->plan.uncalibrated &&
			(boots || in_lab_s > 60.0 * SESSION_CALIBRATION_MINUTES);

		item->estimate_s = batch_estimate_s(item->scenario, b->plan.trials, calibrated) +
			(boots ? BOOT_S : 0) + b->plan.trials * rest_s(b, item);
		in_lab_s = (calibrated ? 0 : in_lab_s) + item->estimate_s;
	}
}

static double
left_s(const struct batch *b)
{
	double sum = 0;

	for (size_t i = 0; i < b->len; i++)
		sum += b->items[i].done ? 0 : b->items[i].estimate_s;
	return sum;
}

static const char *
show_span(double s, char out[static 32])
{
	if (s < 90)
		snprintf(out, 32, "%.0f s", s);
	else
		snprintf(out, 32, "%.0f min", ceil(s / 60));
	return out;
}

static void
announce(const struct batch *b)
{
	size_t done = 0, labs = 0, again = 0;
	const json_t *run;
	size_t k;
	char span[32];

	for (size_t i = 0; i < b->len; i++) {
		done += b->items[i].done;
		labs += !b->items[i].done && batch_boots(b, i);
	}
	if (b->len < 2)
		return;
	talk_step("%zu run%s, %d trial%s each%s, %zu lab%s: about %s%s", b->len - done,
		b->len - done == 1 ? "" : "s", b->plan.trials, b->plan.trials == 1 ? "" : "s",
		b->quick ? ", as short as they can be" : "", labs, labs == 1 ? "" : "s",
		show_span(left_s(b), span),
		b->plan.uncalibrated ? "" : ", calibrated at each boot and every half hour");
	if (done > 0)
		talk_step("%zu of %zu were completed before", done, b->len);
	json_array_foreach(b->kept, k, run)
	{
		again += json_integer_value(json_object_get(run, "code")) == EXIT_INCONCLUSIVE;
	}
	if (again > 0)
		talk_step("%zu that %s inconclusive %s repeated", again,
			again == 1 ? "was" : "were", again == 1 ? "is" : "are");
}

/* Holm over scenarios that come one after the other: the level is shared by those that have not failed. */
static int
run_gated(struct batch *b, struct batch_item *item, struct run_plan *plan)
{
	struct gate gate = {.baseline = item->baseline};
	struct err e;
	bool failed;
	int code;

	for (size_t i = 0; i < b->len; i++)
		gate.scenarios += b->items[i].baseline != NULL;
	gate.scenarios -= b->failed;
	gate.again_seed = plan->seed + 1;
	gate.again = again_words(b, item, gate.again_seed);
	plan->gate = &gate;
	plan->locked =
		item->baseline->phase != GATE_PHASE_RANDOM; /* measured as the baseline was */
	code = gated_run(plan, item->dir, &failed);
	if (item->dir[0] != '\0' && history_note(plan->out, &e) < 0 &&
		code != EXIT_ENVIRONMENT) /* with the gate's verdict */
		talk_note("no page of all runs: %s", e.text);
	b->failed += failed;
	json_decref(gate.again);
	gate_done(&gate);
	return code;
}

/* Whoever sees a failure can have it again. */
static void
tell_again(const struct batch *b, const struct batch_item *item)
{
	struct buf again = {0};

	again_say(&again, b, item);
	if (again.data != NULL && !again.failed)
		talk_step("%-12s %s", "again:", again.data);
	buf_done(&again);
}

static int
run_item(struct batch *b, struct batch_item *item, struct session *session)
{
	struct run_plan plan = b->plan;

	plan.scenario = item->scenario;
	plan.targets = item->targets;
	plan.session = session;
	plan.once = b->quick;
	plan.alone = b->len > 1 || b->dir[0] != '\0' ? again_words(b, item, plan.seed) : NULL;
	talk_step("%s on %s: %s, %d trial%s", item->scenario->name, item->variant,
		item->scenario->title, plan.trials, plan.trials == 1 ? "" : "s");
	talk_subject("%s on %s", item->scenario->name, item->variant);
	item->code =
		item->baseline != NULL ? run_gated(b, item, &plan) : run_scenario(&plan, item->dir);
	json_decref(plan.alone);
	outcome_figure(item->dir, item->scenario->name);
	talk_subject("%s", "");
	if (item->code != EXIT_GOOD && item->code != EXIT_INTERRUPTED && item->dir[0] != '\0')
		tell_again(b, item);
	item->done = item->code != EXIT_INTERRUPTED && item->code != EXIT_ENVIRONMENT &&
		item->code != EXIT_USAGE;
	return item->code;
}

/* When all will be done, at the pace so far. */
static void
expect(const struct batch *b, struct mono start, double estimated_s)
{
	double elapsed_s = (double)mono_diff_ns(mono_now(), start) / 1e9;
	double planned_s = estimated_s - left_s(b);
	double pace = planned_s > 0 ? elapsed_s / planned_s : 1;

	talk_expect(mono_add(mono_now(), (int64_t)(left_s(b) * pace * 1e9)));
}

static void
tell_progress(const struct batch *b, struct mono start, double estimated_s)
{
	double elapsed_s = (double)mono_diff_ns(mono_now(), start) / 1e9;
	double planned_s = estimated_s - left_s(b);
	size_t done = 0;
	char span[32];

	for (size_t i = 0; i < b->len; i++)
		done += b->items[i].done;
	if (done < b->len && planned_s > 0)
		talk_step("%zu of %zu runs are done, about %s left", done, b->len,
			show_span(left_s(b) * elapsed_s / planned_s, span));
}

int
batch_run(struct batch *b)
{
	const char *layers[BATCH_STACKS];
	struct session session = {.options = b->lab};
	struct mono start = mono_now();
	double estimated_s;
	int code = EXIT_GOOD;

	estimate(b);
	estimated_s = left_s(b);
	announce(b);
	for (size_t i = 0; i < b->len && code != EXIT_INTERRUPTED; i++) {
		struct batch_item *item = &b->items[i];

		if (batch_starts_lab(b, i)) {
			session_done(&session);
			batch_layers(b, i, session.settings, layers);
			session.options.variant = item->variant;
			session.options.layers = layers;
			session.busiest = b->len > 1 ? batch_busiest(b, i) : NULL;
		}
		if (item->done) {
			code = batch_worse(code, item->code);
			continue;
		}
		expect(b, start, estimated_s);
		code = batch_worse(code, run_item(b, item, &session));
		if (b->dir[0] != '\0' && batch_journal_write(b) < 0)
			code = batch_worse(code, EXIT_ENVIRONMENT);
		tell_progress(b, start, estimated_s);
	}
	session_done(&session);
	return code;
}
