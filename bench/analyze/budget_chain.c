/* budget_chain.c - boundaries, each with its evidence, turned into steps that tile the outage. */
#include "bench/analyze/budget_chain.h"

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

static void
add_disorder(struct tiling *t, const struct budget_boundary *x, int64_t at_ns, const char *what)
{
	struct budget_disorder *d = &t->out->disorder[t->out->disorders];

	if (t->out->disorders == sizeof(t->out->disorder) / sizeof(t->out->disorder[0]))
		return;
	t->out->disorders++;
	d->phase = x->phase;
	d->at_ns = at_ns;
	snprintf(d->says, sizeof(d->says), "%.3f ms before the boundary ahead of it%s: %.120s",
		(double)(t->at_ns - at_ns) / 1e6, what, x->evidence.says);
}

static void
add_boundary(struct tiling *t, const struct budget_boundary *x, int64_t fault_ns)
{
	int64_t at_ns = x->at_ns - fault_ns;

	if (!x->known) {
		if (!t->open)
			snprintf(t->gap, sizeof(t->gap), "%s", x->evidence.says);
		t->open = true;
		return;
	}
	if (at_ns < t->at_ns && t->at_ns - at_ns > BUDGET_READING_NS) {
		add_disorder(t, x, at_ns, ", left out");
		if (!t->open)
			snprintf(t->gap, sizeof(t->gap), "%s out of order: %.160s",
				budget_phase_name[x->phase], x->evidence.says);
		t->open = true;
		return;
	}
	if (at_ns < t->at_ns) {
		add_disorder(t, x, at_ns, "");
		at_ns = t->at_ns;
	}
	add_step(t, t->open ? BUDGET_UNEXPLAINED : x->phase, at_ns, x);
}

void
chain_steps(const struct chain *c, struct budget_stream *ret)
{
	struct tiling t = {.out = ret};

	memcpy(ret->disorder, c->disorder, sizeof(ret->disorder));
	ret->disorders = c->disorders;
	for (size_t i = c->n; i-- > 0;)
		add_boundary(&t, &c->boundary[i], c->b->t->fault_ns);
}
