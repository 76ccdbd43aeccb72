/*
 * lab_bench.c - the link emulator in the whole lab under the load of all probes.
 *
 * Runs the program beside us: a lab of the bench's own topology and 10 s of 350 probes at 10 queries
 * a second each, with a step that changes nothing. What is printed is the emulator's own account of
 * that time (wire-stats.json of the trial).
 *
 * Must be run as root. Takes about a minute.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "lib/command.h"
#include "lib/fs.h"

extern char **environ;

static const char scenario[] = "name: lab-bench\n"
			       "title: Nothing happens\n"
			       "before: 5s\n"
			       "timeline:\n"
			       "  - {at: 0s, impair: \"*\", loss: 0%}\n"
			       "after: 5s\n";

/* BUILD/tests/bench/lab_bench -> BUILD/catchment */
static int
find_program(char *out, size_t size)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return -1;
	self[len] = '\0';
	for (int up = 0; up < 3; up++) {
		char *slash = strrchr(self, '/');

		if (slash == NULL)
			return -1;
		*slash = '\0';
	}
	if (snprintf(out, size, "%.4000s/catchment", self) >= (int)size)
		return -1;
	return access(out, X_OK);
}

/* Its exit status, or -1; what it says goes to a file. */
static int
run(const char *program, const char *file, const char *runs, const char *log)
{
	const char *argv[] = {
		program, "run", file, "--trials", "1", "--no-calibration", "--out", runs, NULL};
	posix_spawn_file_actions_t to;
	int status = -1, rc;
	pid_t pid;

	posix_spawn_file_actions_init(&to);
	posix_spawn_file_actions_addopen(&to, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	posix_spawn_file_actions_adddup2(&to, 1, 2);
	rc = posix_spawn(&pid, program, &to, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&to);
	if (rc != 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static double
total(const json_t *links, const char *key)
{
	double sum = 0;
	json_t *link;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)links, name, link)
	{
		sum += json_number_value(json_object_get(json_object_get(link, "a2b"), key));
		sum += json_number_value(json_object_get(json_object_get(link, "b2a"), key));
	}
	return sum;
}

static void
print(const json_t *s)
{
	const json_t *late = json_object_get(s, "lateness_us");
	const json_t *links = json_object_get(s, "links");
	double span_s = (json_number_value(json_object_get(s, "until_wall_ns")) -
				json_number_value(json_object_get(s, "since_wall_ns"))) /
		1e9;

	printf("%-10s %9s %6s %7s %7s %8s %8s\n", "what", "frames/s", "cpu", "p50", "p99", "max",
		"dropped");
	printf("%-10s %9.0f %5.0f%% %7.1f %7.1f %8.1f %8.0f   lateness us, %zu links\n", "lab 3500",
		total(links, "tx_pkts") / span_s,
		json_number_value(json_object_get(s, "cpu_us")) / 1e4 / span_s,
		json_number_value(json_object_get(late, "p50")),
		json_number_value(json_object_get(late, "p99")),
		json_number_value(json_object_get(late, "max")), total(links, "tx_dropped_pkts"),
		json_object_size(links));
}

static int
measure(const char *program, const char *dir)
{
	char file[256], log[256];
	FILE *found;
	json_t *stats = NULL;
	int status;

	snprintf(file, sizeof(file), "%s/lab-bench.yaml", dir);
	snprintf(log, sizeof(log), "%s/log", dir);
	if (fs_write(file, scenario, sizeof(scenario) - 1, NULL) < 0)
		return -1;
	status = run(program, file, dir, log);
	if (status == EXIT_ENVIRONMENT) {
		printf("skipped: no lab here; 'catchment doctor' says why\n");
		return 0;
	}
	snprintf(file, sizeof(file), "cat %s/lab-bench-*/trial-001/wire-stats.json", dir);
	found = popen(file, "r");
	if (found != NULL) {
		stats = json_loadf(found, 0, NULL);
		pclose(found);
	}
	if (stats == NULL) {
		fprintf(stderr, "lab_bench: 'catchment run' returned %d and left no figures\n",
			status);
		return -1;
	}
	print(stats);
	json_decref(stats);
	return 0;
}

int
main(void)
{
	char program[PATH_MAX], dir[] = "/tmp/lab-bench-XXXXXX", remove[64];
	int rc;

	if (geteuid() != 0) {
		printf("skipped: not root\n");
		return 0;
	}
	if (find_program(program, sizeof(program)) < 0) {
		printf("skipped: the program is not built: make\n");
		return 0;
	}
	if (mkdtemp(dir) == NULL)
		return 1;
	rc = measure(program, dir);
	snprintf(remove, sizeof(remove), "rm -rf %s", dir);
	if (system(remove) != 0)
		rc = -1;
	return rc < 0;
}
