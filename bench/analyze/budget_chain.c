/* budget_chain.c - boundaries, each with its evidence, turned into steps that tile the outage. */
#include "bench/analyze/budget_chain.h"
#include "bench/analyze/damage.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct budget_boundary *
chain_add(struct chain *c, enum budget_phase phase, int64_t at_ns, int node)
{
	struct budget_boundary *x = &c->boundary[c->n];

	if (c->n + 1 < BUDGET_STEPS)
		c->n++;
	*x = (struct budget_boundary){.phase = phase, .known = true, .at_ns = at_ns, .node = node};
	return x;
}

void
chain_evidence(struct budget_boundary *x, const char *kind, const char *file, uint64_t number,
	const char *fmt, ...)
{
	va_list ap;

	x->evidence.kind = kind;
	snprintf(x->evidence.file, sizeof(x->evidence.file), "%s", file);
	x->evidence.number = number;
	va_start(ap, fmt);
	vsnprintf(x->evidence.says, sizeof(x->evidence.says), fmt, ap);
	va_end(ap);
}

/* What is not in a capture that ends early may have been behind its end: which one, and where. */
static void
say_damage(const struct chain *c, int node, struct budget_evidence *x)
{
	const struct bgplog *log = c->b->log;
	size_t used = strlen(x->says);

	for (size_t i = 0; i < log->points; i++) {
		const struct bgplog_point *p = &log->point[i];

		if (p->node != node || p->error[0] == '\0' || used >= sizeof(x->says))
			continue;
		snprintf(x->says + used, sizeof(x->says) - used, "; damaged: %s",
			damage_in_run(c->b->r, p->error));
		return;
	}
}

void
chain_add_unknown(struct chain *c, enum budget_phase phase, int node, const char *fmt, ...)
{
	struct budget_boundary *x = chain_add(c, phase, 0, node);
	va_list ap;

	x->known = false;
	x->evidence.kind = "none";
	va_start(ap, fmt);
	vsnprintf(x->evidence.says, sizeof(x->evidence.says), fmt, ap);
	va_end(ap);
	if (node >= 0)
		say_damage(c, node, &x->evidence);
}

const char *
chain_file(const struct chain *c, const char *name, char out[static 128])
{
	snprintf(out, 128, "%.64s/%.62s", c->b->t->dir, name);
	return out;
}

void
chain_entry(struct chain *c, struct budget_boundary *x, const struct bgplog_entry *entry)
{
	const struct bgplog *log = c->b->log;
	const char *way = entry->way == BGPLOG_SENT ? "to" : "from";
	char text[160];

	bgplog_text(log, entry, text, sizeof(text));
	if (entry->way == BGPLOG_LOCAL)
		chain_evidence(x, "capture", log->point[entry->point].file, entry->packet,
			"%s over the loopback", text);
	else
		chain_evidence(x, "capture", log->point[entry->point].file, entry->packet,
			"%s %s %s", text, way,
			entry->peer >= 0 ? log->node[entry->peer].name
					 : bgplog_peer_text(log, entry));
}

/* ---- order ---- */

static void
add_disorder(struct chain *c, const struct budget_boundary *x, int64_t by_ns, const char *what)
{
	struct budget_disorder *d = &c->disorder[c->disorders];

	if (c->disorders == sizeof(c->disorder) / sizeof(c->disorder[0]))
		return;
	c->disorders++;
	d->phase = x->phase;
	d->at_ns = x->at_ns - c->b->t->fault_ns;
	snprintf(d->says, sizeof(d->says), "%.3f ms %s: %.140s", (double)by_ns / 1e6, what,
		x->evidence.says);
}

/*
 * Walked from the last boundary to the first, as they were found: what came before cannot be later. By
 * no more than reading lags behind it is taken to be at the same instant, by more it is not believed.
 */
static void
put_in_order(struct chain *c)
{
	int64_t limit_ns = INT64_MAX, fault_ns = c->b->t->fault_ns;

	for (size_t i = 0; i < c->n; i++) {
		struct budget_boundary *x = &c->boundary[i];
		bool late, near;

		if (!x->known)
			continue;
		late = x->at_ns > limit_ns;
		near = late ? x->at_ns - limit_ns <= BUDGET_READING_NS
			    : fault_ns - x->at_ns <= BUDGET_READING_NS;
		if (late)
			add_disorder(c, x, x->at_ns - limit_ns, "after the boundary behind it");
		else if (x->at_ns < fault_ns)
			add_disorder(c, x, fault_ns - x->at_ns, "before the fault");
		if ((late || x->at_ns < fault_ns) && !near) {
			char says[160];

			snprintf(says, sizeof(says), "%.159s", x->evidence.says);
			x->known = false;
			snprintf(x->evidence.says, sizeof(x->evidence.says), "out of order: %s",
				says);
			continue;
		}
		if (late)
			x->at_ns = limit_ns;
		else if (x->at_ns < fault_ns)
			x->at_ns = fault_ns;
		limit_ns = x->at_ns;
	}
}

/* ---- steps ---- */

struct tiling {
	struct budget_stream *out;
	int64_t at_ns; /* from the fault: the end of the last step */
	char gap[BUDGET_SAYS_BYTES];
	bool open; /* boundaries since then are not known */
};

static void
add_step(struct tiling *t, enum budget_phase phase, int64_t to_ns, const struct budget_boundary *x)
{
	struct budget_step *s = &t->out->step[t->out->steps];

	if (t->out->steps == BUDGET_STEPS)
		return;
	t->out->steps++;
	*s = (struct budget_step){phase, t->at_ns, to_ns, x->node, x->evidence};
	if (phase == BUDGET_UNEXPLAINED) {
		s->evidence = (struct budget_evidence){.kind = "none"};
		snprintf(s->evidence.says, sizeof(s->evidence.says), "%s", t->gap);
	}
	t->at_ns = to_ns;
	t->open = false;
}

void
chain_steps(struct chain *c, struct budget_stream *ret)
{
	struct tiling t = {.out = ret};

	put_in_order(c);
	for (size_t i = c->n; i-- > 0;) {
		const struct budget_boundary *x = &c->boundary[i];

		if (x->known) {
			add_step(&t, t.open ? BUDGET_UNEXPLAINED : x->phase,
				x->at_ns - c->b->t->fault_ns, x);
			continue;
		}
		if (!t.open)
			snprintf(t.gap, sizeof(t.gap), "%s", x->evidence.says);
		t.open = true;
	}
	memcpy(ret->disorder, c->disorder, sizeof(ret->disorder));
	ret->disorders = c->disorders;
}
