/* events.c - the diary of a trial: events.jsonl, one flushed line per thing done or read. */
#include "scenarios/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Ticks of the eighth figure of /proc/stat's first line: time stolen by the hypervisor. */
static int64_t
steal_us(void)
{
	long long v[8] = {0};
	char *text;
	int64_t us = -1;

	if (fs_read("/proc/stat", 1 << 20, &text, NULL, NULL) < 0)
		return -1;
	if (sscanf(text, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &v[0], &v[1], &v[2], &v[3],
		    &v[4], &v[5], &v[6], &v[7]) == 8)
		us = v[7] * (1000000 / sysconf(_SC_CLK_TCK));
	free(text);
	return us;
}

void
events_add_host(struct events *ev)
{
	int64_t error_ns, offset_ns = clock_offset_ns(&error_ns), pressure = cpu_some_us(),
			  steal = steal_us();
	json_t *fields = json_object();

	events_add(ev, "clock",
		json_pack("{s:I, s:I}", "offset_ns", (json_int_t)offset_ns, "error_ns",
			(json_int_t)error_ns));
	if (pressure >= 0)
		json_object_set_new(fields, "cpu_some_us", json_integer(pressure));
	if (steal >= 0)
		json_object_set_new(fields, "steal_us", json_integer(steal));
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
