/* run.c - what history keeps of a run, as memory: words for its state, its metrics and facts by name. */
#include "reports/history/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *
history_word(enum history_state state)
{
	static const char *const words[] = {"good", "missed", "broken", "inconclusive",
		"interrupted", "unfinished", "unreadable"};

	return state < HISTORY_STATES ? words[state] : "?";
}

const char *
history_sign(enum history_state state)
{
	static const char *const signs[] = {"✓", "✗", "✗", "?", "…", "…", "!"};

	return state < HISTORY_STATES ? signs[state] : "?";
}

const char *
history_class(enum history_state state)
{
	return state == HISTORY_GOOD				     ? "met"
		: state == HISTORY_MISSED || state == HISTORY_BROKEN ? "missed"
								     : "mute";
}

bool
history_gate_failed(const struct history_run *r)
{
	return r->gate != NULL && strcmp(r->gate, "fail") == 0;
}

const char *
history_run_word(const struct history_run *r)
{
	return history_gate_failed(r) ? "gate failed" : history_word(r->state);
}

const char *
history_run_sign(const struct history_run *r)
{
	return history_gate_failed(r) ? history_sign(HISTORY_BROKEN) : history_sign(r->state);
}

const char *
history_run_class(const struct history_run *r)
{
	return history_gate_failed(r) ? history_class(HISTORY_BROKEN) : history_class(r->state);
}

void
history_run_done(struct history_run *r)
{
	char *const texts[] = {
		r->dir, r->stamp, r->id, r->scenario, r->title, r->variant, r->found, r->gate};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	for (size_t i = 0; i < r->n_metrics; i++) {
		free(r->metrics[i].name);
		free(r->metrics[i].unit);
	}
	for (size_t i = 0; i < r->n_facts; i++) {
		free(r->facts[i].what);
		free(r->facts[i].value);
	}
	free(r->metrics);
	free(r->facts);
	*r = (struct history_run){0};
}

const struct history_metric *
history_metric(const struct history_run *r, const char *name)
{
	for (size_t i = 0; i < r->n_metrics; i++)
		if (strcmp(r->metrics[i].name, name) == 0)
			return &r->metrics[i];
	return NULL;
}

const char *
history_fact(const struct history_run *r, const char *what)
{
	for (size_t i = 0; i < r->n_facts; i++)
		if (strcmp(r->facts[i].what, what) == 0)
			return r->facts[i].value;
	return NULL;
}

int
history_add_metric(struct history_run *r, const struct history_metric *m)
{
	struct history_metric *more = realloc(r->metrics, (r->n_metrics + 1) * sizeof(*r->metrics));
	struct history_metric one = *m;

	if (more == NULL)
		return -ENOMEM;
	r->metrics = more;
	one.name = strdup(m->name);
	one.unit = strdup(m->unit != NULL ? m->unit : "");
	if (one.name == NULL || one.unit == NULL) {
		free(one.name);
		free(one.unit);
		return -ENOMEM;
	}
	r->metrics[r->n_metrics++] = one;
	return 0;
}

int
history_add_fact(struct history_run *r, const char *what, const char *value)
{
	struct history_fact *more = realloc(r->facts, (r->n_facts + 1) * sizeof(*r->facts));
	struct history_fact one = {strdup(what), strdup(value)};

	if (more != NULL)
		r->facts = more;
	if (more == NULL || one.what == NULL || one.value == NULL) {
		free(one.what);
		free(one.value);
		return -ENOMEM;
	}
	r->facts[r->n_facts++] = one;
	return 0;
}
