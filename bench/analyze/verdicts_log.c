/* verdicts_log.c - which words of a health check's log are its verdict, and when it said them. */
#include "bench/analyze/verdicts_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/analyze/grow.h"
#include "lib/linelog.h"
#include "lib/mono.h"

/*
 * A line of the service that has all of `words` in this order. keepalived says "VRRP_Script(dns) failed
 * (exited with status 9)" when the last of `fall` failures is in, before its notify script runs. dnsguard says
 * "verdict: down" when a check has failed as often as it takes, before it withdraws.
 */
static const struct {
	const char *service;
	const char *words[2];
	bool down;
	bool lost;
} patterns[] = {
	{"keepalived", {"VRRP_Script(", ") failed"}, true, false},
	{"keepalived", {"VRRP_Script(", ") succeeded"}, false, false},
	{"keepalived", {"Stopping", NULL}, true, false},
	{"dnsguard", {" verdict: down", NULL}, true, false},
	{"dnsguard", {" announced", NULL}, false, false},
	/* The NOTIFICATION itself waits behind what a dead peer never acknowledged: no capture has it. */
	{"openbgpd", {"neighbor ", "sending notification: HoldTimer expired"}, false, true},
};

static bool
matches(const char *text, const char *const words[static 2])
{
	for (int i = 0; i < 2 && words[i] != NULL; i++) {
		text = strstr(text, words[i]);
		if (text == NULL)
			return false;
		text += strlen(words[i]);
	}
	return true;
}

bool
verdicts_stamp(const char *text, int64_t *ret_wall_ns)
{
	struct tm tm = {0};
	unsigned int us = 0;
	int used = 0;
	time_t s;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%6uZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		    &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &us, &used) != 7 ||
		used != 27)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	s = timegm(&tm);
	if (s < 0)
		return false;
	*ret_wall_ns = (int64_t)s * NS_PER_S + (int64_t)us * NS_PER_US;
	return true;
}

static int
take_line(struct verdicts *v, const struct linelog_line *line)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct verdict *n;

		if (strcmp(line->service, patterns[i].service) != 0 ||
			!matches(line->text, patterns[i].words))
			continue;
		if (grow(&v->verdict, v->verdicts, sizeof(*n)) < 0)
			return -ENOMEM;
		n = &v->verdict[v->verdicts++];
		*n = (struct verdict){.at_ns = line->at.ns,
			.read_ns = line->at.ns,
			.down = patterns[i].down,
			.line = line->line};
		verdicts_stamp(line->text, &n->at_ns);
		if (patterns[i].lost) {
			const char *address = strstr(line->text, "neighbor ") + strlen("neighbor ");

			n->lost_family = memchr(address, ':', strcspn(address, " ")) ? 6 : 4;
		}
		snprintf(n->node, sizeof(n->node), "%s", line->node);
		snprintf(n->service, sizeof(n->service), "%s", line->service);
		snprintf(n->text, sizeof(n->text), "%.127s", line->text);
		return 0;
	}
	return 0;
}

int
verdicts_read(const char *path, struct verdicts **ret, struct err *e)
{
	struct linelog_line line;
	struct linelog *l;
	struct verdicts *v;
	struct err why;
	int rc = linelog_open(path, &l, e), got;

	if (rc < 0)
		return rc;
	v = calloc(1, sizeof(*v));
	rc = v == NULL ? -ENOMEM : 0;
	while (rc == 0 && (got = linelog_next(l, &line, &why)) != 0) {
		if (got == 1)
			rc = take_line(v, &line);
		else if (v->bad_lines++ == 0)
			snprintf(v->bad_why, sizeof(v->bad_why), "%.255s", why.text);
		if (got != 1 && got != -EINVAL)
			break;
	}
	if (rc == 0 && linelog_cut(l) && v->bad_lines++ == 0)
		snprintf(v->bad_why, sizeof(v->bad_why), "%.200s: cut within its last line", path);
	linelog_free(l);
	if (rc < 0) {
		verdicts_free(v);
		return err_sys(e, -rc, "%s", path);
	}
	*ret = v;
	return 0;
}

void
verdicts_free(struct verdicts *v)
{
	if (v == NULL)
		return;
	free(v->verdict);
	free(v);
}

const struct verdict *
verdicts_find(const struct verdicts *v, const char *node, int64_t from_ns, int64_t until_ns)
{
	const struct verdict *first = NULL;

	for (size_t i = 0; i < v->verdicts; i++) {
		const struct verdict *x = &v->verdict[i];

		if (strcmp(x->node, node) != 0 || x->at_ns <= from_ns || x->at_ns > until_ns ||
			x->lost_family != 0)
			continue;
		if (!x->down)
			first = NULL;
		else if (first == NULL)
			first = x;
	}
	return first;
}
