/* provenance.c - where a result comes from: versions, machine, hashes of what was tested. */
#include "scenarios/provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/version.h"

/* "model name : X" of /proc/cpuinfo. */
static json_t *
cpu_model(void)
{
	char *text, *at;
	json_t *model = NULL;

	if (fs_read("/proc/cpuinfo", 4 << 20, &text, NULL, NULL) < 0)
		return NULL;
	at = strstr(text, "model name");
	at = at == NULL ? NULL : strchr(at, ':');
	if (at != NULL) {
		at += strspn(at, ": \t");
		model = json_stringn(at, strcspn(at, "\n"));
	}
	free(text);
	return model;
}

static json_t *
tree_hash(const char *path)
{
	char hash[65];

	return fs_sha256(path, hash, NULL) == 0 ? json_string(hash) : NULL;
}

/* "name version" lines beside the root file system; the daemons' own packages of them. */
static json_t *
packages(const char *rootfs)
{
	static const char *const wanted[] = {"frr", "knot", "keepalived", "bird2", "openbgpd",
		"exabgp", "unbound", "bind9", NULL};
	json_t *found = json_object();
	char path[1024], *text;

	snprintf(path, sizeof(path), "%s.packages", rootfs);
	if (fs_read(path, 4 << 20, &text, NULL, NULL) < 0)
		return found;
	for (char *save, *line = strtok_r(text, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		char *gap = strpbrk(line, " \t");

		if (gap == NULL)
			continue;
		*gap = '\0';
		for (size_t i = 0; wanted[i] != NULL; i++)
			if (strcmp(line, wanted[i]) == 0)
				json_object_set_new(found, line, json_string(gap + 1));
	}
	free(text);
	return found;
}

static json_t *
layers(json_t *stacks)
{
	json_t *list = json_array(), *stack;
	size_t i;

	json_array_foreach(stacks, i, stack) json_array_append_new(list,
		json_pack("{s:O, s:o?}", "path", stack, "sha256",
			tree_hash(json_string_value(stack))));
	return list;
}

/* The files that a scenario takes over from. */
static json_t *
likes(const struct conf *scenario)
{
	json_t *list = json_array();

	for (size_t i = 1; i < conf_files(scenario); i++)
		json_array_append_new(list,
			json_pack("{s:s, s:o?}", "path", conf_file(scenario, i), "sha256",
				tree_hash(conf_file(scenario, i))));
	return list;
}

json_t *
provenance_host_json(const char *rootfs)
{
	json_t *p = json_pack("{s:i, s:s}", "cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
		"link_engine", "tap"); /* lab/wire: TAP pairs, one emulator */

	if (rootfs != NULL)
		json_object_set_new(p, "packages", packages(rootfs));
	json_object_set_new(p, "cpu", cpu_model());
	return p;
}

json_t *
provenance_json(const struct lab *lab, const struct conf *scenario)
{
	json_t *state = lab_state(lab), *p;
	const char *rootfs = json_string_value(json_object_get(state, "rootfs"));
	const char *topology = json_string_value(json_object_get(state, "topology"));
	struct utsname name;
	struct sysinfo info;

	uname(&name);
	sysinfo(&info);
	p = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "catchment", CATCHMENT_VERSION,
		"commit", version_commit(), "kernel", name.release, "memory_bytes",
		(json_int_t)info.totalram * info.mem_unit, "topology", topology, "rootfs", rootfs,
		"lab", lab_id(lab));
	json_object_update_new(p, provenance_host_json(rootfs));
	json_object_set(p, "rootless", json_object_get(state, "rootless"));
	if (json_array_size(json_object_get(state, "left_out")) > 0)
		json_object_set(p, "left_out", json_object_get(state, "left_out"));
	json_object_set_new(p, "topology_sha256", tree_hash(topology));
	json_object_set_new(p, "scenario_sha256", tree_hash(conf_path(scenario)));
	if (conf_files(scenario) > 1)
		json_object_set_new(p, "scenario_like", likes(scenario));
	json_object_set_new(p, "layers", layers(json_object_get(state, "stacks")));
	return p;
}
