/* scenario_shorten.c - the same scenario for a quick look: what it leaves out, and how long it watches. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/num.h"
#include "scenarios/scenario_parts.h"

#define QUICK_BEFORE_NS (2 * NS_PER_S)
#define QUICK_AFTER_NS	(2 * NS_PER_S)
#define QUICK_BACK_NS	(5 * NS_PER_S)
#define QUICK_STEADY_NS (8 * NS_PER_S) /* where nothing breaks, this is all there is to see */

/* Where an instant of the whole timeline lies in the short one. */
static int64_t
moved(const struct scenario *s, int64_t ns)
{
	if (ns <= s->skip_from_ns)
		return ns;
	return ns >= s->skip_to_ns ? ns - (s->skip_to_ns - s->skip_from_ns) : s->skip_from_ns;
}

static void tell(struct scenario *s, const struct conf_node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Of a skip that was taken over it is told where it was: the file that it is in has no mistake. */
static void
tell(struct scenario *s, const struct conf_node *at, const char *fmt, ...)
{
	size_t file = conf_file_of(s->conf, at);
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (file == 0)
		conf_complain(s->conf, at, "skip: %s", text);
	else
		conf_complain(s->conf, conf_get(s->conf, conf_root(s->conf), "like"),
			"skip of %s:%d, taken over: %s; skip: [] here leaves nothing out",
			conf_file(s->conf, file), conf_line(s->conf, at), text);
}

/* Nothing begins, ends or is looked at in what is left out. */
static void
check_skip(struct scenario *s, const struct conf_node *at)
{
	int64_t from_ns = s->skip_from_ns, to_ns = s->skip_to_ns;

	for (size_t i = 0; i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];

		if ((a->at_ns > from_ns && a->at_ns < to_ns) ||
			(a->at_ns <= from_ns && a->for_ns > 0 && a->at_ns + a->for_ns > from_ns)) {
			tell(s, at, "the step of line %d is under way then", a->line);
			return;
		}
	}
	for (size_t i = 0; i < s->expects_len; i++) {
		const struct expect *x = &s->expects[i];

		if (x->kind == EXPECT_SERVED_BY && moved(s, x->from_ns) >= moved(s, x->to_ns)) {
			tell(s, at, "the expectation of line %d is about that time", x->line);
			return;
		}
	}
}

static void
read_span(struct scenario *s, const struct conf_node *list)
{
	const char *text[2] = {NULL, NULL};
	size_t mistakes = conf_complaints(s->conf);
	int64_t ns[2];

	if (conf_kind(list) != CONF_LIST)
		conf_complain(s->conf, list, "skip: a list [from, to], or a map of variants");
	if (conf_kind(list) != CONF_LIST || conf_len(s->conf, list) == 0)
		return;
	if (conf_len(s->conf, list) != 2) {
		conf_complain(s->conf, list, "skip is [from, to], or [] for nothing");
		return;
	}
	for (size_t i = 0; i < 2; i++)
		text[i] = conf_text(s->conf, conf_at(s->conf, list, i), "skip");
	if (conf_complaints(s->conf) > mistakes)
		return;
	if (num_duration_ns(text[0], &ns[0]) < 0 || num_duration_ns(text[1], &ns[1]) < 0) {
		conf_complain(s->conf, list, "skip: durations like 10s");
	} else if (ns[0] <= 0 || ns[0] >= ns[1] || ns[1] > scenario_last_ns(s)) {
		tell(s, list, "from after the fault to, later, at most the last step (%g s)",
			(double)scenario_last_ns(s) / 1e9);
	} else {
		s->skip_from_ns = ns[0];
		s->skip_to_ns = ns[1];
		/* One that is not replayed on this variant may expect what its like of another one leaves out. */
		if (s->fits)
			check_skip(s, list);
	}
}

void
scenario_read_skip(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *skip = conf_get(s->conf, root, "skip");

	if (skip == NULL)
		return;
	if (conf_kind(skip) != CONF_MAP) {
		read_span(s, skip);
		return;
	}
	for (size_t i = 0; i < conf_len(s->conf, skip); i++) {
		const char *variant = conf_key_at(s->conf, skip, i);

		scenario_check_variant(s, t, conf_key_node_at(s->conf, skip, i), variant);
		if (scenario_is_for(t, variant))
			read_span(s, conf_get(s->conf, skip, variant));
	}
}

/* What is expected to begin before the last step and to last beyond it is seen to last a little beyond it. */
static void
clip(const struct scenario *s, struct expect *x)
{
	int64_t seen_ns = scenario_last_ns(s) + QUICK_AFTER_NS;

	if (x->from_ns < scenario_last_ns(s) && x->to_ns > seen_ns)
		x->to_ns = seen_ns;
}

/* How long what is expected has to be watched after the last step. */
static int64_t
needed_after_ns(const struct scenario *s)
{
	int64_t needed_ns = s->actions_len == 0 ? QUICK_STEADY_NS : QUICK_AFTER_NS;

	for (size_t i = 0; i < s->expects_len; i++) {
		const struct expect *x = &s->expects[i];

		if (x->kind == EXPECT_SERVED_BY && x->to_ns - scenario_last_ns(s) > needed_ns)
			needed_ns = x->to_ns - scenario_last_ns(s);
		/* How it comes back is seen only by who watches until it has, and a little longer. */
		if (x->kind == EXPECT_METRIC && strncmp(x->metric, "restore_", 8) == 0 &&
			needed_ns < QUICK_BACK_NS)
			needed_ns = QUICK_BACK_NS;
	}
	return needed_ns < s->after_ns ? needed_ns : s->after_ns;
}

void
scenario_shorten(struct scenario *s, bool skip)
{
	if (!skip)
		s->skip_from_ns = s->skip_to_ns = 0;
	for (size_t i = 0; i < s->actions_len; i++)
		s->actions[i].at_ns = moved(s, s->actions[i].at_ns);
	for (size_t i = 0; i < s->expects_len; i++) {
		struct expect *x = &s->expects[i];

		if (x->kind != EXPECT_SERVED_BY)
			continue;
		x->from_ns = moved(s, x->from_ns);
		x->to_ns = moved(s, x->to_ns);
		clip(s, x);
		scenario_tell_served(x);
	}
	s->skip_from_ns = s->skip_to_ns = 0;
	s->before_ns = s->before_ns < QUICK_BEFORE_NS ? s->before_ns : QUICK_BEFORE_NS;
	/* What begins ahead of the fault still does. */
	if (s->actions_len > 0 && s->before_ns < -s->actions[0].at_ns)
		s->before_ns = -s->actions[0].at_ns;
	s->least_after_ns = needed_after_ns(s);
	if (s->actions_len == 0)
		s->after_ns = s->least_after_ns;
}
