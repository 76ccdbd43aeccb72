/* sweep_sessions.c - how often the BGP and BFD sessions of a lab went down, by the daemons' own records. */
#include "scenarios/sweep_sessions.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/ask.h"

enum { ASK_PATIENCE_MS = 2000, COUNT_MAX = 1000000 };

/* FRR counts; BIRD and OpenBGPD say since when a session is as it is. */
enum mark_kind { MARK_COUNT, MARK_SINCE };

struct mark {
	char key[160];
	bool bfd, up;
	enum mark_kind kind;
	double value; /* how many downs; or seconds of whatever clock */
};

struct sessions {
	struct mark *list;
	size_t len;
};

/* BIRD's clock wavers by a millisecond, OpenBGPD's counts whole seconds. */
static const double same_s = 2.5;

struct sessions *
sessions_new(void)
{
	return calloc(1, sizeof(struct sessions));
}

void
sessions_free(struct sessions *s)
{
	if (s != NULL)
		free(s->list);
	free(s);
}

static void
add(struct sessions *s, struct mark m, const char *node, const char *peer)
{
	struct mark *list = realloc(s->list, (s->len + 1) * sizeof(*list));

	if (list == NULL)
		abort();
	snprintf(m.key, sizeof(m.key), "%.40s %.100s", node, peer);
	s->list = list;
	list[s->len++] = m;
}

/* "show bgp neighbors json": {PEER: {"bgpState": "Established", "connectionsDropped": 0, ...}} */
int
sessions_read_frr_bgp(struct sessions *s, const char *node, const char *json)
{
	json_t *root = json_loads(json, 0, NULL), *one;
	const char *peer, *state;

	if (!json_is_object(root)) {
		json_decref(root);
		return -EBADMSG;
	}
	json_object_foreach(root, peer, one)
	{
		state = json_string_value(json_object_get(one, "bgpState"));
		if (state != NULL)
			add(s,
				(struct mark){.up = strcmp(state, "Established") == 0,
					.kind = MARK_COUNT,
					.value = json_number_value(
						json_object_get(one, "connectionsDropped"))},
				node, peer);
	}
	json_decref(root);
	return 0;
}

/* "show bfd peers counters json": [{"peer": ADDRESS, "session-down": 0, ...}] */
int
sessions_read_frr_bfd(struct sessions *s, const char *node, const char *json)
{
	json_t *root = json_loads(json, 0, NULL), *one;
	size_t i;

	if (!json_is_array(root)) {
		json_decref(root);
		return -EBADMSG;
	}
	json_array_foreach(root, i, one)
	{
		const char *peer = json_string_value(json_object_get(one, "peer"));

		add(s,
			(struct mark){.bfd = true,
				.up = true,
				.kind = MARK_COUNT,
				.value = json_number_value(json_object_get(one, "session-down"))},
			node, peer != NULL ? peer : "?");
	}
	json_decref(root);
	return 0;
}

/* "19:42:21.825"; a date, of what is older than a day, is as good: it does not change. */
static double
clock_s(const char *text)
{
	unsigned int hours, minutes;
	double rest;

	if (sscanf(text, "%2u:%2u:%lf", &hours, &minutes, &rest) != 3)
		return 0;
	return hours * 3600 + minutes * 60 + rest;
}

/*
 * "show protocols": "1002-NAME BGP --- up SINCE Established"; "show bfd sessions": "1020-ADDRESS INTERFACE Up SINCE ...". The
 * code is on the first line of each kind alone.
 */
int
sessions_read_bird(struct sessions *s, const char *node, bool bfd, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		char row[256], word[6][64] = {{0}}, peer[132];
		const char *at = row;

		snprintf(row, sizeof(row), "%.*s", (int)(len > 255 ? 255 : len), text);
		text += len + (text[len] == '\n');
		if (strspn(at, "0123456789") == 4 && (at[4] == '-' || at[4] == ' '))
			at += 5;
		if (sscanf(at, " %63s %63s %63s %63s %63s %63s", word[0], word[1], word[2], word[3],
			    word[4], word[5]) < 4)
			continue;
		if (!bfd && strcmp(word[1], "BGP") == 0)
			add(s,
				(struct mark){.up = strcmp(word[5], "Established") == 0,
					.kind = MARK_SINCE,
					.value = clock_s(word[4])},
				node, word[0]);
		if (!bfd ||
			(strcmp(word[2], "Up") != 0 && strcmp(word[2], "Down") != 0 &&
				strcmp(word[2], "Init") != 0 && strcmp(word[2], "AdminDown") != 0))
			continue;
		snprintf(peer, sizeof(peer), "%s %s", word[0], word[1]);
		add(s,
			(struct mark){.bfd = true,
				.up = strcmp(word[2], "Up") == 0,
				.kind = MARK_SINCE,
				.value = clock_s(word[3])},
			node, peer);
	}
	return 0;
}

/* {"neighbors": [{"remote_addr", "state": "Established", "last_updown_sec": 12}]} */
int
sessions_read_openbgpd(struct sessions *s, const char *node, double now_s, const char *json)
{
	json_t *root = json_loads(json, 0, NULL), *one;
	json_t *list = json_object_get(root, "neighbors");
	size_t i;

	if (!json_is_array(list)) {
		json_decref(root);
		return -EBADMSG;
	}
	json_array_foreach(list, i, one)
	{
		const char *peer = json_string_value(json_object_get(one, "remote_addr"));
		const char *state = json_string_value(json_object_get(one, "state"));

		add(s,
			(struct mark){.up = state != NULL && strcmp(state, "Established") == 0,
				.kind = MARK_SINCE,
				.value = now_s -
					json_number_value(json_object_get(one, "last_updown_sec"))},
			node, peer != NULL ? peer : "?");
	}
	json_decref(root);
	return 0;
}

static int
ask_one_frr(struct sessions *s, pid_t init, const char *node, const char *socket)
{
	char *text = NULL;
	int rc = ask_frr(init, socket, "show bgp neighbors json", &text, NULL);

	if (rc == 0)
		rc = sessions_read_frr_bgp(s, node, text);
	free(text);
	text = NULL;
	if (rc == 0)
		rc = ask_frr(
			init, "/run/frr/bfdd.vty", "show bfd peers counters json", &text, NULL);
	if (rc == 0)
		rc = sessions_read_frr_bfd(s, node, text);
	free(text);
	return rc;
}

static int
ask_one_bird(struct sessions *s, pid_t init, const char *node, const char *socket)
{
	char *text = NULL;
	int rc = ask_bird(init, socket, "show protocols", &text, NULL);

	if (rc == 0)
		rc = sessions_read_bird(s, node, false, text);
	free(text);
	text = NULL;
	if (rc == 0)
		rc = ask_bird(init, socket, "show bfd sessions", &text, NULL);
	if (rc == 0)
		rc = sessions_read_bird(s, node, true, text);
	free(text);
	return rc;
}

static int
ask_one_openbgpd(struct sessions *s, pid_t init, const char *node)
{
	char *const argv[] = {(char *)(uintptr_t) "bgpctl", (char *)(uintptr_t) "-j",
		(char *)(uintptr_t) "show", (char *)(uintptr_t) "neighbor", NULL};
	char *text = NULL;
	int rc = ask_program(init, argv, ASK_PATIENCE_MS, &text, NULL);

	if (rc == 0)
		rc = sessions_read_openbgpd(s, node, (double)mono_now().ns / 1e9, text);
	free(text);
	return rc > 0 ? -EIO : rc;
}

int
sessions_take(struct lab *lab, struct sessions **ret, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	struct sessions *s = sessions_new();
	int rc = s == NULL ? -ENOMEM : 0;

	for (size_t n = 0; rc == 0 && n < t->nodes_len; n++) {
		const struct topo_role *role = &t->roles[t->nodes[n].role];

		for (size_t i = 0; rc == 0 && i < role->services_len; i++) {
			const struct topo_service *service = &t->services[role->services[i]];
			pid_t init = lab_node_pid(lab, n);
			const char *node = t->nodes[n].name;

			if (service->sessions == TOPO_SESSIONS_FRR)
				rc = ask_one_frr(s, init, node, service->ready_arg);
			else if (service->sessions == TOPO_SESSIONS_BIRD)
				rc = ask_one_bird(s, init, node, service->ready_arg);
			else if (service->sessions == TOPO_SESSIONS_OPENBGPD)
				rc = ask_one_openbgpd(s, init, node);
			if (rc < 0)
				err_set(e, -rc, "%s/%s does not tell of its sessions: %s", node,
					service->name, strerror(-rc));
		}
	}
	if (rc < 0)
		sessions_free(s);
	else
		*ret = s;
	return rc;
}

static const struct mark *
find(const struct sessions *s, const struct mark *like)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->list[i].bfd == like->bfd && strcmp(s->list[i].key, like->key) == 0)
			return &s->list[i];
	return NULL;
}

/* How often one that was up went down; what was never up says nothing. */
static size_t
downs(const struct mark *before, const struct mark *after)
{
	if (after == NULL)
		return 1;
	if (before->kind == MARK_COUNT)
		return after->value > before->value
			? (size_t)fmin(after->value - before->value, COUNT_MAX)
			: 0;
	return !after->up || fabs(after->value - before->value) > same_s;
}

struct sessions_lost
sessions_compare(const struct sessions *before, const struct sessions *after)
{
	struct sessions_lost lost = {0};

	for (size_t i = 0; i < before->len; i++) {
		const struct mark *m = &before->list[i];
		size_t n = m->up ? downs(m, find(after, m)) : 0;

		lost.bgp += m->bfd ? 0 : n;
		lost.bfd += m->bfd ? n : 0;
		lost.bgp_ends += !m->bfd;
		lost.bfd_ends += m->bfd;
	}
	return lost;
}
