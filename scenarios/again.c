/* again.c - the command that does a run again, for who has to look at a failure. */
#include "scenarios/again.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static void
word(struct buf *out, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,+@%";

	buf_add(out, " ");
	if (text[0] != '\0' && strspn(text, plain) == strlen(text)) {
		buf_add(out, text);
		return;
	}
	buf_add(out, "'");
	for (const char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			buf_add(out, "'\\''");
		else
			buf_add_len(out, p, 1);
	buf_add(out, "'");
}

static void
option(struct buf *out, const char *flag, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(out, " --%s", flag);
	word(out, value);
}

static void
number(struct buf *out, const char *flag, double value)
{
	if (value > 0)
		buf_addf(out, " --%s %.10g", flag, value);
}

/* One of ours by its name, another by its file. */
static const char *
name_of(const struct scenario *s, char path[static PATH_MAX])
{
	char ours[300];
	size_t n;

	snprintf(path, PATH_MAX, "%s", conf_path(s->conf));
	n = (size_t)snprintf(ours, sizeof(ours), "/scenarios/%.200s.yaml", s->name);
	return strlen(path) >= n && strcmp(path + strlen(path) - n, ours) == 0 ? s->name : path;
}

void
again_say(struct buf *out, const struct batch *b, const struct batch_item *item)
{
	char path[PATH_MAX];

	buf_add(out, "catchment run");
	word(out, name_of(item->scenario, path));
	option(out, "variant", item->variant);
	if (b->quick)
		buf_add(out, " --quick");
	else
		number(out, "trials", b->plan.trials);
	number(out, "seed", (double)b->plan.seed);
	for (size_t i = 0; i < b->layers_len; i++)
		option(out, "layer", b->layers[i]);
	option(out, "topology", b->lab.topology);
	option(out, "rootfs", b->lab.rootfs);
	number(out, "probes", b->probes);
	number(out, "rate", b->rate_qps);
	option(out, "last-mile", b->last_mile);
	buf_add(out, b->lab.any_catchment ? " --any-catchment" : "");
	buf_add(out, b->plan.uncalibrated ? " --no-calibration" : "");
	buf_add(out, b->brief ? " --short" : "");
	option(out, "phase", b->phase_given ? (b->plan.locked ? "locked" : "random") : NULL);
	option(out, "baseline", b->baseline);
	buf_add(out, b->plan.strict ? " --strict" : "");
}
