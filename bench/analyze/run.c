/* run.c - run.json read into what the analysis needs of it. */
#include "bench/analyze/run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/rfc_bgp.h"
#include "lib/answers.h"
#include "lib/fs.h"
#include "lib/num.h"

const char *const family_name[FAMILIES] = {"v4", "v6"};

enum { MAX_JSON_BYTES = 64 << 20 };

int
json_file(const char *path, json_t **ret, struct err *e)
{
	json_error_t je;
	char *text;
	size_t len;
	int rc = fs_read(path, MAX_JSON_BYTES, &text, &len, e);

	if (rc < 0)
		return rc;
	*ret = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	free(text);
	if (*ret == NULL)
		return err_set(e, EBADMSG, "%s:%d:%d: %s", path, je.line, je.column, je.text);
	return 0;
}

bool
status_is_lost(uint8_t status)
{
	return status == ANSWERS_UNANSWERED || status == ANSWERS_UNREACHABLE ||
		status == ANSWERS_SEND_FAILED || status == ANSWERS_REFUSED ||
		status == ANSWERS_RESET || status == ANSWERS_SHORT;
}

int64_t
ns_of_ms(double ms)
{
	const double most_ms = 100 * 86400e3;

	return llround(fmin(fmax(ms, -most_ms), most_ms) * 1e6);
}

struct samples *
samples_new(void)
{
	return calloc(1, sizeof(struct samples));
}

void
samples_free(struct samples *s)
{
	if (s == NULL)
		return;
	free(s->value);
	free(s->trial);
	free(s);
}

int
samples_add(struct samples *s, double value, int trial)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 64 : 2 * s->room;
		double *values = realloc(s->value, room * sizeof(values[0]));
		int *trials;

		if (values == NULL)
			return -ENOMEM;
		s->value = values;
		trials = realloc(s->trial, room * sizeof(trials[0]));
		if (trials == NULL)
			return -ENOMEM;
		s->trial = trials;
		s->room = room;
	}
	s->value[s->n] = value;
	s->trial[s->n++] = trial;
	return 0;
}

int
run_city(const struct run *r, const char *name)
{
	for (int i = 0; name != NULL && i < r->cities; i++)
		if (strcmp(r->city[i].name, name) == 0)
			return i;
	return -1;
}

int
run_site(const struct run *r, const char *name)
{
	for (int i = 0; name != NULL && i < r->sites; i++)
		if (strcmp(r->site[i].name, name) == 0)
			return i;
	return -1;
}

static int
add_site(struct run *r, const char *name, const char *nsid, const char *node)
{
	struct site *s = &r->site[r->sites];

	if (r->sites == MAX_SITES)
		return -1;
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->nsid, sizeof(s->nsid), "%s", nsid);
	snprintf(s->node, sizeof(s->node), "%s", node);
	return r->sites++;
}

int
run_site_of_nsid(struct run *r, const char *nsid)
{
	for (int i = 0; i < r->sites; i++)
		if (strcmp(r->site[i].nsid, nsid) == 0)
			return i;
	return add_site(r, nsid, nsid, "");
}

bool
run_is_anycast(const struct run *r, const struct bgp_prefix *p)
{
	for (int i = 0; i < r->prefixes; i++) {
		const struct bgp_prefix *q = &r->prefix[i];

		if (q->family == p->family && q->bits == p->bits &&
			memcmp(q->addr, p->addr, sizeof(q->addr)) == 0)
			return true;
	}
	return false;
}

static int
read_prefix(const char *text, struct bgp_prefix *ret)
{
	struct bgp_prefix p = {.family = strchr(text, ':') != NULL ? 6 : 4};
	const char *slash = strchr(text, '/');
	char addr[64];
	uint64_t bits;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (inet_pton(p.family == 4 ? AF_INET : AF_INET6, addr, p.addr) != 1 ||
		num_u64(slash + 1, 0, p.family == 4 ? 32 : 128, &bits) < 0)
		return -EINVAL;
	p.bits = (uint8_t)bits;
	*ret = p;
	return 0;
}

static int
read_anycast(struct run *r, const char *path, struct err *e)
{
	json_t *list = json_object_get(json_object_get(r->json, "anycast"), "prefixes"), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);

		if (r->prefixes == MAX_PREFIXES || text == NULL ||
			read_prefix(text, &r->prefix[r->prefixes]) < 0)
			return err_set(
				e, EBADMSG, "%s: anycast.prefixes[%zu]: not a prefix", path, i);
		r->prefixes++;
	}
	return 0;
}

static int
read_places(struct run *r, const char *path, struct err *e)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(r->json, "sites"), i, item)
	{
		const char *name = NULL, *node = "", *nsid = NULL;

		json_unpack(item, "{s:s, s?s, s?s}", "name", &name, "node", &node, "nsid", &nsid);
		if (name == NULL || add_site(r, name, nsid == NULL ? name : nsid, node) < 0)
			return err_set(e, EBADMSG, "%s: sites[%zu]: no name, or too many", path, i);
	}
	json_array_foreach(json_object_get(r->json, "cities"), i, item)
	{
		struct city *c = &r->city[r->cities];
		const char *name = json_string_value(json_object_get(item, "name"));

		if (name == NULL || r->cities == MAX_CITIES)
			return err_set(
				e, EBADMSG, "%s: cities[%zu]: no name, or too many", path, i);
		*c = (struct city){.name = name, .json = item};
		r->cities++;
		for (int p = 0; p < PHASES; p++)
			for (int f = 0; f < FAMILIES; f++) {
				c->rtt_ms[p][f] = samples_new();
				if (c->rtt_ms[p][f] == NULL)
					return err_sys(e, ENOMEM, "%s", path);
			}
	}
	return 0;
}

static int
read_trials(struct run *r, const char *path, struct err *e)
{
	json_t *dirs = json_object_get(r->json, "trial_dirs"), *item;
	size_t i;

	if (!json_is_array(dirs))
		return err_set(e, EBADMSG, "%s: trial_dirs: not a list", path);
	r->trial = calloc(json_array_size(dirs) + 1, sizeof(r->trial[0]));
	if (r->trial == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	json_array_foreach(dirs, i, item)
	{
		struct trial *t = &r->trial[i];
		const char *name = json_string_value(item);
		uint64_t number = i + 1;

		if (name == NULL || name[0] == '\0' || strchr(name, '/') != NULL ||
			name[0] == '.' || strlen(name) >= sizeof(t->dir))
			return err_set(e, EBADMSG, "%s: trial_dirs[%zu]: not the name of a folder",
				path, i);
		if (strncmp(name, "trial-", 6) == 0)
			num_u64(name + 6, 0, INT_MAX, &number);
		snprintf(t->dir, sizeof(t->dir), "%s", name);
		t->number = (int)number;
		t->valid = true;
		t->why = json_array();
		if (t->why == NULL)
			return err_sys(e, ENOMEM, "%s", path);
		r->trials++;
	}
	return 0;
}

/* The interval that counts as "during" for a city: that of the expectation that names it. */
static void
read_intervals(struct run *r)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(r->json, "expect"), i, item)
	{
		int c = run_city(r, json_string_value(json_object_get(item, "city")));
		json_t *from = json_object_get(item, "from_ms"),
		       *to = json_object_get(item, "to_ms");

		if (c < 0 || r->city[c].during_to_ns != 0 || !json_is_number(from) ||
			!json_is_number(to))
			continue;
		r->city[c].during_from_ns = ns_of_ms(json_number_value(from));
		r->city[c].during_to_ns = ns_of_ms(json_number_value(to));
	}
	json_array_foreach(json_object_get(r->json, "timeline"), i, item)
	{
		const char *phase = json_string_value(json_object_get(item, "phase"));

		if (phase != NULL && strcmp(phase, "fault") == 0)
			r->fault_planned = true;
		if (phase != NULL && strcmp(phase, "restore") == 0)
			r->restore_planned = true;
	}
}

static int
read_root(struct run *r, const char *path, struct err *e)
{
	const char *schema = json_string_value(json_object_get(r->json, "schema"));
	json_int_t seed = json_integer_value(json_object_get(r->json, "seed"));
	int rc;

	if (!json_is_object(r->json))
		return err_set(
			e, EBADMSG, "%s: an object is wanted, as 'catchment run' writes it", path);
	if (schema == NULL)
		return err_set(
			e, EBADMSG, "%s: schema: is missing; catchment.run/1 is wanted", path);
	if (strcmp(schema, "catchment.run/1") != 0)
		return err_set(e, EBADMSG, "%s: schema: '%s' is not catchment.run/1", path, schema);
	r->seed = (uint64_t)seed;
	r->gap_ms = json_number_value(json_object_get(r->json, "gap_ms"));
	r->timeout_ms = json_number_value(json_object_get(r->json, "timeout_ms"));
	if (!(r->gap_ms > 0 && r->gap_ms < 1e9))
		return err_set(e, EBADMSG, "%s: gap_ms: a number above 0 is wanted", path);
	if (!(r->timeout_ms > 0 && r->timeout_ms < 1e9))
		return err_set(e, EBADMSG, "%s: timeout_ms: a number above 0 is wanted", path);
	rc = read_anycast(r, path, e);
	if (rc == 0)
		rc = read_places(r, path, e);
	if (rc == 0)
		rc = read_trials(r, path, e);
	if (rc < 0)
		return rc;
	read_intervals(r);
	r->fault_node = json_string_value(json_object_get(r->json, "fault_node"));
	for (int i = 0; r->fault_node != NULL && i < r->sites; i++)
		if (strcmp(r->site[i].node, r->fault_node) == 0)
			r->fault_site = i;
	for (int f = 0; f < FAMILIES; f++) {
		r->latency_added_ms[f] = samples_new();
		if (r->latency_added_ms[f] == NULL)
			return err_sys(e, ENOMEM, "%s", path);
	}
	r->tally = calloc(
		json_array_size(json_object_get(r->json, "expect")) + 1, sizeof(r->tally[0]));
	return r->tally == NULL ? err_sys(e, ENOMEM, "%s", path) : 0;
}

int
run_open(struct run *r, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	*r = (struct run){.dir = dir, .fault_site = -1, .wire_accuracy_ms = NAN};
	if ((size_t)snprintf(path, sizeof(path), "%s/run.json", dir) >= sizeof(path))
		return err_set(e, ENAMETOOLONG, "%s: path too long", dir);
	if (access(path, F_OK) < 0)
		return err_set(e, errno, "%s is not a run's folder: no run.json in it", dir);
	rc = json_file(path, &r->json, e);
	if (rc < 0)
		return rc;
	rc = read_root(r, path, e);
	if (rc < 0)
		run_done(r);
	return rc;
}

void
run_done(struct run *r)
{
	for (size_t i = 0; i < r->trials; i++)
		trial_done(&r->trial[i]);
	free(r->trial);
	for (int c = 0; c < r->cities; c++)
		for (int p = 0; p < PHASES; p++)
			for (int f = 0; f < FAMILIES; f++)
				samples_free(r->city[c].rtt_ms[p][f]);
	for (int f = 0; f < FAMILIES; f++)
		samples_free(r->latency_added_ms[f]);
	free(r->tally);
	rfc_bgp_free(r->bgp);
	free(r->rtt);
	json_decref(r->json);
	*r = (struct run){0};
}
