/* events.c - the diary of a trial: events.jsonl, one flushed line per thing done or read. */
#include "scenarios/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cputime.h"
#include "lib/fs.h"

struct events {
	FILE *to;
	char *path;
	int failed; /* errno of the first failure */
};

int
events_open(const char *path, struct events **ret, struct err *e)
{
	struct events *ev = calloc(1, sizeof(*ev));

	if (ev == NULL || (ev->path = strdup(path)) == NULL)
		abort();
	ev->to = fopen(path, "we");
	if (ev->to == NULL) {
		int code = errno;

		free(ev->path);
		free(ev);
		return err_sys(e, code, "%s", path);
	}
	*ret = ev;
	return 0;
}

void
events_add(struct events *ev, const char *event, json_t *fields)
{
	json_t *line = json_pack("{s:s}", "event", event);
	char *text;

	if (json_object_get(fields, "wall_ns") == NULL) {
		json_object_set_new(line, "wall_ns", json_integer(wall_now().ns));
		json_object_set_new(line, "mono_ns", json_integer(mono_now().ns));
	}
	if (fields != NULL)
		json_object_update(line, fields);
	json_decref(fields);
	text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	if (text == NULL || fprintf(ev->to, "%s\n", text) < 0 || fflush(ev->to) != 0)
		ev->failed = ev->failed ? ev->failed : text == NULL ? ENOMEM : errno;
	free(text);
}

/* "some avg10=... total=N" of /proc/pressure/cpu, microseconds; -1 where the kernel has none. */
static int64_t
cpu_some_us(void)
{
	char *text, *at;
	int64_t us = -1;

	if (fs_read("/proc/pressure/cpu", 4096, &text, NULL, NULL) < 0)
		return -1;
	at = strstr(text, "total=");
	if (at != NULL)
		us = strtoll(at + 6, NULL, 10);
	free(text);
	return us;
}

void
events_add_host(struct events *ev)
{
	int64_t error_ns, offset_ns = clock_offset_ns(&error_ns), pressure = cpu_some_us();
	int64_t ours_us;
	struct cputime cpu;
	json_t *fields = json_object();

	events_add(ev, "clock",
		json_pack("{s:I, s:I}", "offset_ns", (json_int_t)offset_ns, "error_ns",
			(json_int_t)error_ns));
	if (pressure >= 0)
		json_object_set_new(fields, "cpu_some_us", json_integer(pressure));
	if (cputime_read(&cpu) == 0) {
		json_object_set_new(fields, "steal_us", json_integer(cpu.steal_us));
		/* Busy, and not for us: the runner is the ancestor of all of ours. */
		if (cputime_of_tree(getpid(), &ours_us) == 0)
			json_object_set_new(fields, "foreign_us",
				json_integer(cpu.total_us - cpu.idle_us - cpu.steal_us - ours_us));
	}
	events_add(ev, "pressure", fields);
}

int
events_close(struct events *ev, struct err *e)
{
	int code = ev->failed;

	if (fclose(ev->to) != 0 && code == 0)
		code = errno;
	if (code != 0)
		err_sys(e, code, "%s", ev->path);
	free(ev->path);
	free(ev);
	return -code;
}
