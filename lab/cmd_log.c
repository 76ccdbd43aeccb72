/* cmd_log.c - catchment lab log: what the services of a node said, in the order of time. */
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/cmd_lab.h"
#include "lab/look_log.h"
#include "lab/look_names.h"
#include "lab/place.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum { LOG_PATH_BYTES = PLACE_BYTES + 300, NAMES_BYTES = 600, FOLLOW_MS = 1000 };

struct log_args {
	const char *name, *point; /* "NODE" or "NODE/SERVICE" */
	struct wall since;
	bool follow, json;
};

static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "which lab (default: default)", 0},
	{"follow", 'f', NULL, 0, "go on with what is written from now on", 0},
	{"since", 's', "TIME", 0,
		"only what was said since: 30s, 5min (ago), or 14:03, 14:03:20 (UTC, today)", 0},
	{"json", 'j', NULL, 0, "without a node: the list of logs as JSON", 0},
	{0},
};

/* "30s" is that long ago, "14:03[:20]" the last time that the clock showed it, in UTC. */
static int
read_since(const char *text, struct wall now, struct wall *ret)
{
	static const char *const formats[] = {"%H:%M:%S", "%H:%M"};
	const int64_t day_ns = 86400 * NS_PER_S;
	int64_t ns;

	if (num_duration_ns(text, &ns) == 0) {
		/* Many lines say the second only: the one that it began in counts. */
		ret->ns = (now.ns - ns) / NS_PER_S * NS_PER_S;
		return 0;
	}
	for (size_t i = 0; i < 2; i++) {
		struct tm tm = {0};
		const char *end = strptime(text, formats[i], &tm);

		if (end == NULL || *end != '\0')
			continue;
		ns = (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * NS_PER_S;
		ret->ns = now.ns / day_ns * day_ns + ns;
		if (ret->ns > now.ns)
			ret->ns -= day_ns;
		return 0;
	}
	return -EINVAL;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct log_args *a = state->input;

	switch (key) {
	case 'n':
		a->name = arg;
		break;
	case 'f':
		a->follow = true;
		break;
	case 's':
		if (read_since(arg, wall_now(), &a->since) < 0)
			argp_error(state,
				"--since: '%s' is neither a time ago like 30s nor a "
				"time of day like 14:03:20",
				arg);
		break;
	case 'j':
		a->json = true;
		break;
	case ARGP_KEY_ARG:
		if (a->point != NULL)
			argp_error(state, "'%s' is one word too many", arg);
		a->point = arg;
		break;
	case ARGP_KEY_END:
		if (a->follow && a->point == NULL)
			argp_error(state, "--follow whom? NODE or NODE/SERVICE");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int
skip_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* What the list tells of one log. */
static void
list_one(const char *path, const char *node, const char *file, json_t *list)
{
	char full[LOG_PATH_BYTES + 300];
	struct stat st;
	size_t len = strlen(file);

	snprintf(full, sizeof(full), "%s/%s", path, file);
	if (len < 5 || strcmp(file + len - 4, ".log") != 0 || stat(full, &st) < 0)
		return;
	if (list != NULL) {
		json_array_append_new(list,
			json_pack("{s:s, s:s%, s:I, s:I, s:s}", "node", node, "service", file,
				(int)(len - 4), "bytes", (json_int_t)st.st_size, "written_wall_ns",
				(json_int_t)(st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec),
				"path", full));
		return;
	}
	printf("%-12s %-12.*s %9lld bytes  written %lld s ago\n", node, (int)(len - 4), file,
		(long long)st.st_size, (long long)(wall_now().ns / NS_PER_S - st.st_mtim.tv_sec));
}

static int
list_logs(const struct log_args *a, const char *dir)
{
	json_t *list = a->json ? json_array() : NULL;
	struct dirent **nodes, **files;
	int n = scandir(dir, &nodes, skip_dots, alphasort);

	for (int i = 0; i < n; i++) {
		char path[LOG_PATH_BYTES];
		int k;

		snprintf(path, sizeof(path), "%s/%s", dir, nodes[i]->d_name);
		k = scandir(path, &files, skip_dots, alphasort);
		for (int f = 0; f < k; f++) {
			list_one(path, nodes[i]->d_name, files[f]->d_name, list);
			free(files[f]);
		}
		if (k >= 0)
			free(files);
		free(nodes[i]);
	}
	if (n >= 0)
		free(nodes);
	if (list != NULL) {
		json_t *root =
			json_pack("{s:s, s:o}", "schema", "catchment.lab-logs/1", "logs", list);

		json_dumpf(root, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(root);
	}
	return EXIT_GOOD;
}

static void
say_line(void *arg, const char *service, const char *text)
{
	const bool *one = arg;

	if (*one)
		printf("%s\n", text);
	else
		printf("%-10s %s\n", service, text);
}

static int
follow(struct look_log *l, bool *one, struct err *e)
{
	while (stop_requested() == 0) {
		int rc = look_log_wait(l, FOLLOW_MS);

		if (rc > 0)
			rc = look_log_read(l, (struct wall){0}, say_line, one, e);
		if (rc == -ENOENT) {
			talk_step("the lab is down");
			break;
		}
		if (rc < 0 && rc != -EINTR)
			return rc;
		if (fflush(stdout) == EOF)
			break; /* nobody reads us any more */
	}
	return 0;
}

static int
show(const struct log_args *a, const char *dir, struct err *e)
{
	char path[LOG_PATH_BYTES], names[NAMES_BYTES] = "";
	const char *slash = strchr(a->point, '/');
	int len = slash == NULL ? (int)strlen(a->point) : (int)(slash - a->point);
	struct look_log *l = NULL;
	struct dirent **nodes;
	bool known = false, one;
	int rc, n = scandir(dir, &nodes, skip_dots, alphasort);

	for (int i = 0; i < n; i++) {
		known |= (int)strlen(nodes[i]->d_name) == len &&
			strncmp(nodes[i]->d_name, a->point, (size_t)len) == 0;
		look_list_add(names, sizeof(names), nodes[i]->d_name);
		free(nodes[i]);
	}
	if (n >= 0)
		free(nodes);
	if (!known)
		return err_set(e, EINVAL, "no node '%.64s'; there are %s", a->point, names);
	snprintf(path, sizeof(path), "%s/%.*s", dir, len, a->point);
	rc = look_log_open(path, slash == NULL ? NULL : slash + 1, &l, e);
	if (rc < 0)
		return rc;
	one = slash != NULL;
	if (look_log_services(l) == 0)
		talk_step("%s runs no service that would log", a->point);
	rc = look_log_read(l, a->since, say_line, &one, e);
	fflush(stdout);
	if (rc == 0 && a->follow)
		rc = follow(l, &one, e);
	look_log_rest(l, say_line, &one);
	look_log_close(l);
	return rc;
}

int
lab_cmd_log(const struct lab_args *args)
{
	static const struct argp argp = {options, parse, "[NODE[/SERVICE]]",
		"What the services of a node said, in the order of time; without a node, which "
		"logs there are.\vOf several services each line begins with the service's name.",
		NULL, NULL, NULL};
	static char name[] = "catchment lab log";
	struct log_args a = {.name = args->options.name, .json = args->json};
	char lab_folder[PLACE_BYTES], dir[PLACE_BYTES + 8];
	struct stat st;
	struct err e;
	int rc;

	args->words[-1] = name;
	if (argp_parse(&argp, args->words_len + 1, args->words - 1, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	if (a.name == NULL)
		a.name = "default";
	stop_install();
	rc = place_lab(a.name, lab_folder, &e);
	/* Also of a lab whose supervisor was killed: what it left is what one wants to read then. */
	snprintf(dir, sizeof(dir), "%s/log", lab_folder);
	if (rc == 0 && stat(dir, &st) < 0)
		rc = err_set(&e, ENOENT, "no lab '%s' is up", a.name);
	if (rc == 0 && a.point == NULL)
		return list_logs(&a, dir);
	if (rc == 0)
		rc = show(&a, dir, &e);
	if (rc < 0)
		talk_error("%s", e.text);
	return lab_exit_code(rc);
}
