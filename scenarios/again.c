/* again.c - the command that does a run again, for who has to look at a failure. */
#include "scenarios/again.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/shell.h"

static void
word(json_t *words, const char *text)
{
	json_array_append_new(words, json_string(text));
}

static void
option(json_t *words, const char *flag, const char *value)
{
	char text[40];

	if (value == NULL)
		return;
	snprintf(text, sizeof(text), "--%s", flag);
	word(words, text);
	word(words, value);
}

static void
number(json_t *words, const char *flag, double value)
{
	char text[40];

	snprintf(text, sizeof(text), "%.10g", value);
	option(words, flag, value > 0 ? text : NULL);
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

json_t *
again_words(const struct batch *b, const struct batch_item *item, uint64_t seed)
{
	json_t *words = json_pack("[s, s]", "catchment", "run");
	char path[PATH_MAX];

	word(words, name_of(item->scenario, path));
	option(words, "variant", item->variant);
	if (b->quick)
		word(words, "--quick");
	else
		number(words, "trials", b->plan.trials);
	number(words, "seed", (double)seed);
	for (size_t i = 0; i < b->layers_len; i++)
		option(words, "layer", b->layers[i]);
	option(words, "topology", b->lab.topology);
	option(words, "rootfs", b->lab.rootfs);
	number(words, "probes", b->probes);
	number(words, "rate", b->rate_qps);
	option(words, "last-mile", b->last_mile);
	if (b->lab.any_catchment)
		word(words, "--any-catchment");
	if (b->plan.uncalibrated)
		word(words, "--no-calibration");
	if (b->brief)
		word(words, "--short");
	option(words, "phase", b->phase_given ? (b->plan.locked ? "locked" : "random") : NULL);
	option(words, "baseline", b->baseline);
	if (b->plan.strict)
		word(words, "--strict");
	return words;
}

void
again_say(struct buf *out, const struct batch *b, const struct batch_item *item)
{
	json_t *words = again_words(b, item, b->plan.seed), *one;
	size_t i;

	option(words, "out", b->out);

	json_array_foreach(words, i, one)
	{
		buf_add(out, i == 0 ? "" : " ");
		shell_quote(out, json_is_string(one) ? json_string_value(one) : "?");
	}
	json_decref(words);
}
