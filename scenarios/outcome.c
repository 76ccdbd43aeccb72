/* outcome.c - what result.json says about a run, in a few lines and an exit code. */
#include "scenarios/outcome.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/command.h"
#include "lib/talk.h"

static json_t *
load(const char *run_dir, struct err *e)
{
	char path[1024];
	json_error_t why;
	json_t *result;

	snprintf(path, sizeof(path), "%s/result.json", run_dir);
	result = json_load_file(path, 0, &why);
	if (result == NULL || !json_is_integer(json_object_get(result, "trials"))) {
		err_set(e, EINVAL, "%s: %s", path, result ? "has no 'trials'" : why.text);
		json_decref(result);
		return NULL;
	}
	return result;
}

int
outcome_invalid_trials(const char *run_dir, int *ret, struct err *e)
{
	json_t *result = load(run_dir, e);

	if (result == NULL)
		return -EINVAL;
	*ret = (int)json_integer_value(json_object_get(result, "invalid_trials"));
	json_decref(result);
	return 0;
}

static const char *
text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The words of the first check that decided it. */
static void
tell_shown(json_t *shown, const char *verdict)
{
	json_t *one;
	size_t i;

	json_array_foreach(shown, i, one)
	{
		if (strcmp(text_of(one, "outcome"), verdict) != 0)
			continue;
		talk_step("%-12s %s: %s", "", text_of(one, "what"), text_of(one, "said"));
		return;
	}
}

static void
tell_target(json_t *target, bool *missed)
{
	json_t *measured = json_object_get(target, "measured");
	const char *family = text_of(target, "family"), *verdict = text_of(target, "verdict");
	char figure[64] = "nothing measured", value[64];
	const char *documented = text_of(target, "figure"); /* in the ledger's own words */

	*missed |= strcmp(verdict, "missed") == 0;
	if (json_is_null(json_object_get(target, "metric")) ||
		(documented[0] == '\0' && !json_is_number(json_object_get(target, "target")))) {
		talk_step("%-12s %s%s%s: %s", verdict, text_of(target, "id"), family[0] ? " " : "",
			family, text_of(target, "why"));
		tell_shown(json_object_get(target, "shown"), verdict);
		return;
	}
	if (json_is_number(measured))
		snprintf(figure, sizeof(figure), "%s %g %s", text_of(target, "statistic"),
			json_number_value(measured), text_of(target, "unit"));
	if (documented[0] == '\0') {
		snprintf(value, sizeof(value), "%g %s",
			json_number_value(json_object_get(target, "target")),
			text_of(target, "unit"));
		documented = value;
	}
	talk_step("%-12s %s%s%s: %s, documented %s%s, n = %lld", verdict, text_of(target, "id"),
		family[0] ? " " : "", family, figure, documented,
		json_is_true(json_object_get(target, "close")) ? ", within one gap of the figure"
							       : "",
		(long long)json_integer_value(json_object_get(target, "n")));
}

/* The first reason of each invalid trial: what to do about it differs. */
static void
tell_invalid(json_t *trials)
{
	json_t *trial;
	size_t i;

	json_array_foreach(trials, i, trial)
	{
		const char *why = json_string_value(
			json_array_get(json_object_get(trial, "invalid_because"), 0));

		if (why != NULL)
			talk_step("%-12s trial %lld: %s", "invalid",
				(long long)json_integer_value(json_object_get(trial, "trial")),
				why);
	}
}

int
outcome_tell(const char *run_dir, bool strict, int *ret_code, struct err *e)
{
	json_t *result = load(run_dir, e), *item, *calibration;
	bool target_missed = false, expectation_missed = false, uncertain;
	json_int_t trials, invalid;
	size_t i;

	if (result == NULL)
		return -EINVAL;
	trials = json_integer_value(json_object_get(result, "trials"));
	invalid = json_integer_value(json_object_get(result, "invalid_trials"));
	json_array_foreach(json_object_get(result, "targets"), i, item)
		tell_target(item, &target_missed);
	json_array_foreach(json_object_get(result, "expectations"), i, item)
	{
		if (trials == invalid || !json_is_false(json_object_get(item, "held")))
			continue;
		expectation_missed = true;
		talk_step("%-12s expected %s: %s", "not held", text_of(item, "text"),
			text_of(item, "measured"));
	}
	calibration = json_object_get(result, "calibration");
	uncertain = json_is_false(json_object_get(calibration, "good"));
	if (uncertain)
		talk_step("%-12s the instrument was off its limits before the trials: %s",
			"inconclusive",
			json_string_value(json_array_get(json_object_get(calibration, "why"), 0)));
	tell_invalid(json_object_get(result, "per_trial"));
	if (invalid > 0)
		talk_step("%lld of %lld trials are invalid, neither passed nor failed",
			(long long)invalid, (long long)trials);
	*ret_code = trials - invalid <= 0 || uncertain		  ? EXIT_INCONCLUSIVE
		: expectation_missed || (strict && target_missed) ? EXIT_MISSED
								  : EXIT_GOOD;
	json_decref(result);
	return 0;
}

void
outcome_figure(const char *run_dir, const char *name)
{
	static const char *const metrics[] = {
		"withdraw_ms", "first_good_answer_ms", "loss_of_connectivity_ms"};
	struct err e;
	json_t *result = run_dir[0] != '\0' ? load(run_dir, &e) : NULL;

	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		json_t *p50 = json_object_get(
			json_object_get(json_object_get(result, "metrics"), metrics[i]), "p50");

		if (!json_is_number(p50))
			continue;
		talk_figure("%s: %s %.3g s", name, metrics[i], json_number_value(p50) / 1e3);
		break;
	}
	json_decref(result);
}
