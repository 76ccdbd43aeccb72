/* look_links.c - which links do something else than they were made to do, in words. */
#include "lab/look_links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/num.h"

enum { WAY_BYTES = 64, PAGES_MAX = 1000 };

static void
add(char *out, const char *word)
{
	size_t len = strlen(out);

	snprintf(out + len, WAY_BYTES - len, "%s%s", len > 0 ? ", " : "", word);
}

static void
add_ratio(char *out, const char *name, const json_t *way, const char *key)
{
	double ratio = json_number_value(json_object_get(way, key));
	char word[48];

	if (ratio <= 0)
		return;
	snprintf(word, sizeof(word), "%s %.3g %%", name, 100 * ratio);
	add(out, word);
}

/* A whole number that is not 0. */
static void
add_number(char *out, const char *before, const json_t *way, const char *key, const char *after)
{
	json_int_t value = json_integer_value(json_object_get(way, key));
	char word[48];

	if (value <= 0)
		return;
	snprintf(word, sizeof(word), "%s%s%lld%s", before, after[0] != '\0' ? " " : "",
		(long long)value, after);
	add(out, word);
}

/* What a direction does beyond its own delay; "" if nothing. */
static void
describe_way(const json_t *way, int64_t usual_ns, char out[static WAY_BYTES])
{
	const json_t *delay = json_object_get(way, "delay_ns");
	int64_t jitter_ns = json_integer_value(json_object_get(way, "jitter_ns"));
	double rate_bps = json_number_value(json_object_get(way, "rate_bps"));
	char word[64], text[24];

	out[0] = '\0';
	if (json_is_true(json_object_get(way, "blackhole"))) {
		add(out, "blackhole");
		return; /* nothing else matters then */
	}
	if (json_is_true(json_object_get(way, "blackhole_data")))
		add(out, "blackhole for data");
	add_number(out, "loses packets over", way, "lose_larger_bytes", " B");
	add_number(out, "loses tcp/", way, "lose_tcp_port", "");
	add_number(out, "loses udp/", way, "lose_udp_port", "");
	add_ratio(out, "loss", way, "loss_ratio");
	if (json_is_integer(delay) && json_integer_value(delay) != usual_ns) {
		snprintf(word, sizeof(word), "delay %s",
			num_show_ns(json_integer_value(delay), text));
		add(out, word);
	}
	if (jitter_ns > 0) {
		snprintf(word, sizeof(word), "jitter %s", num_show_ns(jitter_ns, text));
		add(out, word);
	}
	if (rate_bps > 0) {
		snprintf(word, sizeof(word), "rate %.3g Mbit/s", rate_bps / 1e6);
		add(out, word);
	}
	add_ratio(out, "duplicates", way, "duplicate_ratio");
	add_ratio(out, "corrupts", way, "corrupt_ratio");
}

/* Writes "" when the link is as it was made. */
static void
describe(const struct topology *t, size_t index, const json_t *link, char *out, size_t size)
{
	const struct topo_link *l = &t->links[index];
	const char *a = t->nodes[l->node[0]].name, *b = t->nodes[l->node[1]].name;
	const json_t *changed = json_object_get(link, "changed");
	char a2b[WAY_BYTES], b2a[WAY_BYTES];

	out[0] = '\0';
	if (json_is_false(json_object_get(link, "carrier"))) {
		snprintf(out, size, "down");
		return;
	}
	if (json_is_false(changed))
		return;
	describe_way(json_object_get(link, "a2b"), l->delay_ns, a2b);
	describe_way(json_object_get(link, "b2a"), l->delay_ns, b2a);
	if (a2b[0] != '\0' && strcmp(a2b, b2a) == 0)
		snprintf(out, size, "both ways: %s", a2b);
	else if (a2b[0] != '\0' || b2a[0] != '\0')
		snprintf(out, size, "%s to %s: %s; %s to %s: %s", a, b,
			a2b[0] != '\0' ? a2b : "as it was", b, a,
			b2a[0] != '\0' ? b2a : "as it was");
	else if (json_is_true(changed))
		snprintf(out, size, "changed");
}

int
look_faults_read(const struct topology *t, json_t *reply, struct look_fault **list, size_t *len)
{
	const json_t *links = json_object_get(reply, "links");

	for (size_t i = 0; i < t->links_len; i++) {
		const json_t *link = json_object_get(links, t->links[i].name);
		struct look_fault fault = {.link = i}, *grown;

		if (link != NULL)
			describe(t, i, link, fault.text, sizeof(fault.text));
		if (fault.text[0] == '\0')
			continue;
		grown = realloc(*list, (*len + 1) * sizeof(*grown));
		if (grown == NULL)
			return -ENOMEM;
		*list = grown;
		grown[(*len)++] = fault;
	}
	return 0;
}

int
look_faults_take(struct lab *lab, struct look_fault **ret, size_t *ret_len, struct err *e)
{
	struct look_fault *list = NULL;
	size_t len = 0;
	json_int_t from = 0;
	int rc = 0;

	/* The emulator tells as many links as fit a reply, and where to go on. */
	for (int page = 0; rc == 0 && page < PAGES_MAX; page++) {
		json_t *request = json_pack("{s:s}", "op", "stats"), *reply = NULL, *next;

		if (from > 0)
			json_object_set_new(request, "from", json_integer(from));
		rc = lab_wire(lab, request, &reply, NULL, e);
		if (rc < 0)
			break;
		if (look_faults_read(lab_topology(lab), reply, &list, &len) < 0)
			rc = err_set(e, ENOMEM, "out of memory");
		next = json_object_get(reply, "next");
		from = json_integer_value(next);
		json_decref(reply);
		if (from <= 0)
			break;
	}
	if (rc < 0) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_len = len;
	return 0;
}
