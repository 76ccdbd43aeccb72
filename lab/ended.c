/* ended.c - what a lab that nobody took down leaves: the reason, and its logs, until the next up or down. */
#include "lab/ended.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab/place.h"
#include "lib/fs.h"
#include "lib/mono.h"

static void
remove_there(const char *lab_dir, const char *name)
{
	char path[PLACE_BYTES + 32];

	snprintf(path, sizeof(path), "%s/%s", lab_dir, name);
	fs_remove_tree(path, NULL);
}

void
ended_leave(const char *lab_dir, const char *why)
{
	json_t *end = json_pack("{s:s, s:s, s:I}", "schema", "catchment.lab-end/1", "why", why,
		"wall_ns", (json_int_t)wall_now().ns);
	char *text = end == NULL ? NULL : json_dumps(end, JSON_INDENT(1)), path[PLACE_BYTES + 32];

	snprintf(path, sizeof(path), "%s/ended.json", lab_dir);
	if (text != NULL && fs_write(path, text, strlen(text), NULL) == 0) {
		remove_there(lab_dir, "state.json");
		remove_there(lab_dir, "ctl");
	}
	free(text);
	json_decref(end);
}

bool
ended_there(const char *lab_dir)
{
	char path[PLACE_BYTES + 32];

	snprintf(path, sizeof(path), "%s/ended.json", lab_dir);
	return access(path, F_OK) == 0;
}

void
ended_tidy(const char *lab_dir)
{
	if (!ended_there(lab_dir)) {
		fs_remove_tree(lab_dir, NULL);
		return;
	}
	remove_there(lab_dir, "mnt");
	remove_there(lab_dir, "layers");
}

static void
show_instant(json_int_t wall_ns, char out[static 32])
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL || strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(out, 32, "an unknown time");
}

void
ended_tell(const char *lab_dir, char *out, size_t size)
{
	char path[PLACE_BYTES + 32], at[32];
	const char *why;
	json_t *end;

	out[0] = '\0';
	snprintf(path, sizeof(path), "%s/ended.json", lab_dir);
	end = json_load_file(path, 0, NULL);
	why = json_string_value(json_object_get(end, "why"));
	show_instant(json_integer_value(json_object_get(end, "wall_ns")), at);
	snprintf(path, sizeof(path), "%s/state.json", lab_dir);
	if (why != NULL)
		snprintf(out, size,
			"; it ended by itself at %s: %s; its logs are in %s/log until the next up "
			"or down",
			at, why, lab_dir);
	else if (access(path, F_OK) == 0)
		snprintf(out, size,
			"; its supervisor was killed, and the kernel removed the rest; its logs "
			"are in %s/log until the next up or down",
			lab_dir);
	json_decref(end);
}
