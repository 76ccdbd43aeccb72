/* cputime.c - where the machine's processor time went, as /proc/stat counts it. */
#include "lib/cputime.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/fs.h"

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice", in clock ticks. */
enum { FIELDS = 8, IDLE = 3, IOWAIT = 4, STEAL = 7 };

int
cputime_read(struct cputime *ret)
{
	struct cputime t = {0};
	struct timespec up;
	char *text, *at, *end;
	int64_t tick_us = 1000000 / sysconf(_SC_CLK_TCK);
	int rc = fs_read("/proc/stat", 4 << 20, &text, NULL, NULL), i;

	if (rc < 0)
		return rc;
	at = strncmp(text, "cpu ", 4) == 0 ? text + 4 : text;
	for (i = 0; i < FIELDS; i++, at = end) {
		int64_t us = strtoll(at, &end, 10) * tick_us;

		if (end == at)
			break;
		if (i == IDLE || i == IOWAIT)
			t.idle_us += us;
		if (i == STEAL)
			t.steal_us = us;
	}
	free(text);
	if (i < FIELDS)
		return -EBADMSG;
	/*
	 * Busy time is only sampled at ticks, idle time is exact: what is not idle is found from the
	 * time that has passed, or it would seem less than what our own processes used.
	 */
	clock_gettime(CLOCK_BOOTTIME, &up);
	t.total_us =
		((int64_t)up.tv_sec * 1000000 + up.tv_nsec / 1000) * sysconf(_SC_NPROCESSORS_ONLN);
	*ret = t;
	return 0;
}

struct process {
	long pid, parent;
	int64_t ticks;
	bool ours;
};

/* The fields behind "PID (comm) ": comm may hold blanks and parentheses, so count from its end. */
static int
read_process(const char *pid, struct process *ret)
{
	char path[64], *text, *at, *end;
	long long field[15] = {0};
	int rc;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	rc = fs_read(path, 4096, &text, NULL, NULL);
	if (rc < 0)
		return rc;
	at = strrchr(text, ')');
	if (at == NULL || strlen(at) < 4) {
		free(text);
		return -EBADMSG;
	}
	/* Field 3 is a letter; from 4 (ppid) to 17 (cstime) they are numbers. */
	at += 4;
	for (int i = 4; i <= 17; i++, at = end)
		field[i - 4] = strtoll(at, &end, 10);
	*ret = (struct process){.pid = strtol(pid, NULL, 10),
		.parent = (long)field[0],
		.ticks = field[10] + field[11] + field[12] + field[13]};
	free(text);
	return 0;
}

static int
read_all(struct process **ret, size_t *ret_len)
{
	DIR *dir = opendir("/proc");
	struct process *list = NULL, *grown, one;
	struct dirent *entry;
	size_t n = 0;

	if (dir == NULL)
		return -errno;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[strspn(entry->d_name, "0123456789")] != '\0' ||
			read_process(entry->d_name, &one) < 0)
			continue;
		grown = realloc(list, (n + 1) * sizeof(*list));
		if (grown == NULL) {
			free(list);
			closedir(dir);
			return -ENOMEM;
		}
		list = grown;
		list[n++] = one;
	}
	closedir(dir);
	*ret = list;
	*ret_len = n;
	return 0;
}

/* Ticks of one tree of a list of processes. */
static int64_t
sum_tree(struct process *list, size_t n, pid_t root)
{
	int64_t ticks = 0;
	bool more = true;

	for (size_t i = 0; i < n; i++)
		list[i].ours = list[i].pid == root;
	/* Children mostly come after their parents, so that a pass or two reach everybody. */
	while (more) {
		more = false;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; !list[i].ours && k < n; k++)
				if (list[k].ours && list[k].pid == list[i].parent)
					more = list[i].ours = true;
	}
	for (size_t i = 0; i < n; i++)
		ticks += list[i].ours ? list[i].ticks : 0;
	return ticks;
}

int
cputime_of_trees(const pid_t roots[], size_t n, int64_t ret_us[])
{
	struct process *list = NULL;
	size_t len = 0;
	int rc = read_all(&list, &len);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		ret_us[i] = sum_tree(list, len, roots[i]) * (1000000 / sysconf(_SC_CLK_TCK));
	free(list);
	return 0;
}

int
cputime_of_tree(pid_t root, int64_t *ret_us)
{
	return cputime_of_trees(&root, 1, ret_us);
}
