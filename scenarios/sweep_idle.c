/* sweep_idle.c - a lab left alone for a while: what it costs, and what moves though nothing is broken. */
#include "scenarios/sweep_idle.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/survey.h"
#include "lib/cputime.h"
#include "lib/stat.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "scenarios/logs.h"
#include "scenarios/sweep_sessions.h"

enum { LOOK_MS = 500, LINE_BYTES = 4096 };

struct idle {
	struct lab *lab;
	/* Per node, and last all of the lab; in the middle too: what wavers that much is no difference. */
	int64_t *before_us, *middle_us, *after_us;
	int64_t middle_ns; /* since the beginning; 0: not yet */
	struct sessions *before, *after;
	struct survey *paths;
	size_t looks, moves; /* of a path, from one look to the next */
	double load_max;
};

/*
 * keepalived: "Script `dns` now returning 9" when a run ends other than the one before, "VRRP_Script(dns) failed" when
 * `fall` of them have, "Entering FAULT STATE" when it acts. dnsguard: "failed: udp4: ...", "verdict: down", "withdrawn".
 */
enum idle_line
idle_line_kind(const char *text)
{
	const char *at = strstr(text, "now returning ");

	if (at != NULL)
		return strcmp(at, "now returning 0") != 0 ? IDLE_FAILURE : IDLE_NOTHING;
	if (strstr(text, " failed: ") != NULL && strstr(text, "Z failed: ") != NULL)
		return IDLE_FAILURE;
	at = strstr(text, "VRRP_Script(");
	if ((at != NULL && strstr(at, ") failed") != NULL) ||
		strstr(text, " verdict: down") != NULL)
		return IDLE_VERDICT;
	if (strstr(text, "Entering FAULT STATE") != NULL || strstr(text, "Z withdrawn") != NULL)
		return IDLE_WITHDRAWN;
	return IDLE_NOTHING;
}

/* However long the log is. Of an overlong line only the beginning counts. */
static int
count_lines(const char *path, struct idle_lines *lines, struct err *e)
{
	char line[LINE_BYTES];
	bool begins = true;
	FILE *f = fopen(path, "re");
	int rc = 0;

	if (f == NULL)
		return err_sys(e, errno, "%s", path);
	while (fgets(line, sizeof(line), f) != NULL) {
		enum idle_line kind = begins ? idle_line_kind(line) : IDLE_NOTHING;

		begins = strchr(line, '\n') != NULL;
		lines->failures += kind == IDLE_FAILURE;
		lines->verdicts += kind == IDLE_VERDICT;
		lines->withdrawals += kind == IDLE_WITHDRAWN;
	}
	if (ferror(f))
		rc = err_sys(e, EIO, "%s", path);
	fclose(f);
	return rc;
}

/* Of the health checks alone: other daemons' lines may read alike. */
int
idle_read_lines(const char *dir, struct idle_lines *ret, struct err *e)
{
	static const char *const checks[] = {"keepalived", "dnsguard"};
	char pattern[PATH_MAX];
	glob_t found;
	int rc = 0;

	*ret = (struct idle_lines){0};
	for (size_t i = 0; rc == 0 && i < sizeof(checks) / sizeof(checks[0]); i++) {
		snprintf(pattern, sizeof(pattern), "%.4000s/log/*/%s.log", dir, checks[i]);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; rc == 0 && k < found.gl_pathc; k++)
			rc = count_lines(found.gl_pathv[k], ret, e);
		globfree(&found);
	}
	return rc;
}

static double
load_average(void)
{
	double load = 0;

	return getloadavg(&load, 1) == 1 ? load : 0;
}

static size_t
moved(const struct survey *a, const struct survey *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->paths_len && i < b->paths_len; i++)
		n += a->paths[i].site != b->paths[i].site ||
			a->paths[i].rtt_ns != b->paths[i].rtt_ns;
	return n;
}

static int
look(struct idle *i, struct err *e)
{
	struct survey *now;
	int rc = survey_take_paths(i->lab, &now, e);

	if (rc < 0)
		return rc;
	if (i->paths != NULL)
		i->moves += moved(i->paths, now);
	i->looks++;
	survey_free(i->paths);
	i->paths = now;
	if (load_average() > i->load_max)
		i->load_max = load_average();
	return 0;
}

static int
take_cpu(struct lab *lab, int64_t *ret_us, struct err *e)
{
	size_t n = lab_topology(lab)->nodes_len;
	pid_t *roots = calloc(n + 1, sizeof(*roots));
	int rc;

	if (roots == NULL)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		roots[i] = lab_node_pid(lab, i);
	roots[n] = (pid_t)json_integer_value(json_object_get(lab_state(lab), "supervisor_pid"));
	rc = cputime_of_trees(roots, n + 1, ret_us);
	free(roots);
	return rc < 0 ? err_sys(e, -rc, "/proc") : 0;
}

/* In cores: the service's sites, all nodes, and the rest, which is the link emulator and the supervisor. */
static json_t *
cpu_json(const struct idle *i, double span_us)
{
	const struct topology *t = lab_topology(i->lab);
	double sites = 0, nodes = 0, first = 0, first_us = (double)i->middle_ns / 1e3, all;

	for (size_t n = 0; n < t->nodes_len; n++) {
		double used = (double)(i->after_us[n] - i->before_us[n]);

		nodes += used;
		sites += t->nodes[n].anycast ? used : 0;
		first += t->nodes[n].anycast ? (double)(i->middle_us[n] - i->before_us[n]) : 0;
	}
	/* One that was too short to have a second half. */
	if (span_us - first_us < 1000) {
		first = sites / 2;
		first_us = span_us / 2;
	}
	all = (double)(i->after_us[t->nodes_len] - i->before_us[t->nodes_len]);
	return json_pack("{s:f, s:[f, f], s:f, s:f}", "sites", sites / span_us, "sites_halves",
		first / first_us, (sites - first) / (span_us - first_us), "nodes", nodes / span_us,
		"emulator", (all > nodes ? all - nodes : 0) / span_us);
}

static json_t *
found_json(const struct idle *i, int64_t span_ns, const struct idle_lines *lines)
{
	struct sessions_lost lost = sessions_compare(i->before, i->after);
	size_t alarms = lost.bgp + lost.bfd + lines->verdicts + i->moves;
	double hours = (double)span_ns / 3600e9;

	return json_pack("{s:f, s:i, s:o, s:f, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:f, "
			 "s:f}",
		"observed_s", (double)span_ns / 1e9, "looks", (int)i->looks, "cpu_ratio",
		cpu_json(i, (double)span_ns / 1e3), "load_max", i->load_max, "bgp_ends",
		(int)lost.bgp_ends, "bfd_ends", (int)lost.bfd_ends, "bgp_downs", (int)lost.bgp,
		"bfd_downs", (int)lost.bfd, "check_failures", (int)lines->failures, "verdicts",
		(int)lines->verdicts, "withdrawals", (int)lines->withdrawals, "route_moves",
		(int)i->moves, "false_alarms", (int)alarms, "per_hour", (double)alarms / hours,
		"per_hour_bound", stat_rate_bound(alarms, hours));
}

static int
watch(struct idle *i, int64_t span_ns, int64_t *ret_took_ns, struct err *e)
{
	struct mono start = mono_now(), deadline = mono_add(start, span_ns);
	int rc = 0;

	while (rc == 0 && mono_left_ms(deadline) > 0) {
		int left = mono_left_ms(deadline);

		talk_live("left alone, %d s more", left / 1000);
		poll(NULL, 0, left < LOOK_MS ? left : LOOK_MS);
		rc = stop_requested() ? err_set(e, EINTR, "interrupted") : look(i, e);
		if (rc == 0 && i->middle_ns == 0 &&
			mono_diff_ns(mono_now(), start) >= span_ns / 2) {
			i->middle_ns = mono_diff_ns(mono_now(), start);
			rc = take_cpu(i->lab, i->middle_us, e);
		}
	}
	*ret_took_ns = mono_diff_ns(mono_now(), start);
	return rc;
}

int
idle_watch(struct lab *lab, int64_t span_ns, const char *dir, json_t **ret, struct err *e)
{
	size_t accounts = lab_topology(lab)->nodes_len + 1;
	struct idle i = {.lab = lab,
		.before_us = calloc(accounts, sizeof(int64_t)),
		.middle_us = calloc(accounts, sizeof(int64_t)),
		.after_us = calloc(accounts, sizeof(int64_t))};
	struct logs *logs = logs_mark(lab_dir(lab));
	char path[PATH_MAX];
	struct idle_lines lines = {0};
	int64_t took_ns = 0;
	int copied;
	int rc = i.before_us == NULL || i.middle_us == NULL || i.after_us == NULL
		? err_set(e, ENOMEM, "out of memory")
		: sessions_take(lab, &i.before, e);

	if (rc == 0)
		rc = look(&i, e);
	if (rc == 0)
		rc = take_cpu(lab, i.before_us, e);
	if (rc == 0)
		rc = watch(&i, span_ns, &took_ns, e);
	if (rc == 0)
		rc = take_cpu(lab, i.after_us, e);
	if (rc == 0)
		rc = sessions_take(lab, &i.after, e);
	snprintf(path, sizeof(path), "%.4000s/log", dir);
	copied = logs_copy(logs, path);
	if (rc == 0 && copied < 0)
		rc = err_sys(e, -copied, "the logs, to %s", path);
	if (rc == 0)
		rc = idle_read_lines(dir, &lines, e);
	if (rc == 0)
		*ret = found_json(&i, took_ns, &lines);
	sessions_free(i.before);
	sessions_free(i.after);
	survey_free(i.paths);
	free(i.before_us);
	free(i.middle_us);
	free(i.after_us);
	return rc;
}
