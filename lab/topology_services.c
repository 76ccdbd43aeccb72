/* topology_services.c - what nodes run: the services and the roles of a topology, or those that a variant changes. */
#include "lab/topology_internal.h"

#include <stdlib.h>
#include <string.h>

/* A list of words as a NULL-terminated argv; empty on a complaint. */
static struct topo_argv
read_argv(struct topology *t, const struct conf_node *list, const char *what)
{
	struct topo_argv a = {topo_alloc(conf_len(t->conf, list) + 1, sizeof(char *))};

	if (!conf_is_list(t->conf, list, what))
		return a;
	if (conf_len(t->conf, list) == 0)
		conf_complain(t->conf, list, "%s is an empty command", what);
	for (size_t i = 0; i < conf_len(t->conf, list); i++) {
		const char *word = conf_text(t->conf, conf_at(t->conf, list, i), what);

		a.argv[i] = (char *)(uintptr_t)(word ? word : "");
	}
	return a;
}

static void
read_ready(struct topology *t, const struct conf_node *map, struct topo_service *s)
{
	static const char *const keys[] = {"vty", "bird", "command", "keepalived", NULL};
	const struct conf_node *ready = conf_get(t->conf, map, "ready");
	const struct conf_node *command;

	if (ready == NULL || !conf_is_map(t->conf, ready, "ready"))
		return;
	conf_known(t->conf, ready, keys);
	free(s->ready_command.argv);
	s->ready_command = (struct topo_argv){NULL};
	s->ready_arg = NULL;
	if (conf_len(t->conf, ready) != 1)
		conf_complain(t->conf, ready,
			"ready takes exactly one of vty, bird, command, "
			"keepalived");
	command = conf_get(t->conf, ready, "command");
	if (command != NULL) {
		s->ready = TOPO_READY_COMMAND;
		s->ready_command = read_argv(t, command, "command");
		return;
	}
	s->ready = conf_get(t->conf, ready, "vty")	 ? TOPO_READY_VTY
		: conf_get(t->conf, ready, "bird")	 ? TOPO_READY_BIRD
		: conf_get(t->conf, ready, "keepalived") ? TOPO_READY_KEEPALIVED
							 : TOPO_READY_SPAWNED;
	for (size_t k = 0; keys[k] != NULL && s->ready_arg == NULL; k++)
		s->ready_arg = conf_str(t->conf, ready, keys[k], NULL);
}

static void
read_sessions(struct topology *t, const struct conf_node *map, struct topo_service *s)
{
	static const char *const kinds[] = {"", "frr", "bird", "openbgpd"};
	const char *kind = conf_str(t->conf, map, "sessions", NULL);

	if (kind != NULL)
		s->sessions = TOPO_SESSIONS_NONE;
	for (size_t k = 1; kind != NULL && k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (strcmp(kind, kinds[k]) == 0)
			s->sessions = (enum topo_sessions)k;
	if (kind != NULL && s->sessions == TOPO_SESSIONS_NONE)
		conf_complain(t->conf, conf_get(t->conf, map, "sessions"),
			"sessions: '%s' is none of frr, bird, openbgpd", kind);
}

static void
free_prepare(struct topo_service *s)
{
	for (size_t k = 0; k < s->prepare_len; k++)
		free(s->prepare[k].argv);
	free(s->prepare);
	s->prepare = NULL;
	s->prepare_len = 0;
}

static void
read_prepare(struct topology *t, const struct conf_node *list, struct topo_service *s)
{
	free_prepare(s);
	if (!conf_is_list(t->conf, list, "prepare"))
		return;
	s->prepare = topo_alloc(conf_len(t->conf, list), sizeof(*s->prepare));
	for (size_t k = 0; k < conf_len(t->conf, list); k++)
		s->prepare[s->prepare_len++] = read_argv(t, conf_at(t->conf, list, k), "prepare");
}

/* One service, and the command in place of `run` where that one is left out. */
static void
read_without(struct topology *t, const struct conf_node *entry, struct topo_service *s)
{
	const struct conf_node *map = conf_get(t->conf, entry, "without");

	if (map == NULL || !conf_is_map(t->conf, map, "without"))
		return;
	if (conf_len(t->conf, map) != 1) {
		conf_complain(t->conf, map, "without takes exactly one service");
		return;
	}
	free(s->run_without.argv);
	s->without = conf_key_at(t->conf, map, 0);
	s->run_without = read_argv(t, conf_at(t->conf, map, 0), "without");
}

/* What is optional can be looked for, and nobody waits for what is never left out. */
static void
check_optional(struct topology *t, const struct conf_node *entry, const struct topo_service *s)
{
	const struct conf_node *at = conf_get(t->conf, entry, "optional");
	const struct conf_node *without = conf_get(t->conf, entry, "without");
	const char *program = s->run.argv == NULL ? NULL : s->run.argv[0];
	int other = s->without == NULL ? -1 : topology_service(t, s->without);

	if (s->optional && program != NULL && program[0] != '/')
		conf_complain(t->conf, at != NULL ? at : entry,
			"optional: '%s' is no full path, so no root file system can be asked for "
			"it",
			program);
	if (s->without == NULL)
		return;
	if (s->optional)
		conf_complain(t->conf, without != NULL ? without : entry,
			"without: a service that is optional itself has one command only");
	else if (other < 0)
		conf_complain(t->conf, without != NULL ? without : entry,
			"without: no service '%s' under services:", s->without);
	else if (&t->services[other] == s || !t->services[other].optional)
		conf_complain(t->conf, without != NULL ? without : entry, "without: '%s' is %s",
			s->without,
			&t->services[other] == s ? "this service itself"
						 : "not optional: it is never left out");
}

/* What the entry says, in place of what was known; the rest stays. */
static void
read_service(struct topology *t, const struct conf_node *entry, struct topo_service *s)
{
	static const char *const keys[] = {
		"run", "ready", "sessions", "prepare", "restart", "optional", "without", NULL};
	const struct conf_node *run = conf_get(t->conf, entry, "run");
	const struct conf_node *prepare = conf_get(t->conf, entry, "prepare");

	conf_known(t->conf, entry, keys);
	if (run != NULL || (s->run.argv == NULL && (run = conf_need(t->conf, entry, "run")))) {
		free(s->run.argv);
		s->run = read_argv(t, run, "run");
	}
	read_ready(t, entry, s);
	read_sessions(t, entry, s);
	if (prepare != NULL)
		read_prepare(t, prepare, s);
	s->restart_ns = conf_duration_ns(t->conf, entry, "restart", s->restart_ns);
	s->optional = conf_bool(t->conf, entry, "optional", s->optional);
	read_without(t, entry, s);
}

/* Once all are known, those that this file does not speak of too: a variant may have made another one no longer optional. */
static void
check_services(struct topology *t, const struct conf_node *map)
{
	for (size_t i = 0; i < t->services_len; i++) {
		const struct conf_node *entry = conf_get(t->conf, map, t->services[i].name);

		check_optional(t, entry != NULL ? entry : map, &t->services[i]);
	}
}

void
topo_read_services(struct topology *t, const struct conf_node *root)
{
	const struct conf_node *map = conf_get(t->conf, root, "services");
	size_t n;

	if (map != NULL && !conf_is_map(t->conf, map, "services"))
		return;
	n = conf_len(t->conf, map);
	t->services = realloc(t->services, (t->services_len + n + 1) * sizeof(*t->services));
	if (t->services == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		const struct conf_node *entry = conf_at(t->conf, map, i);
		const char *name = conf_key_at(t->conf, map, i);
		int known = topology_service(t, name);
		struct topo_service *s = &t->services[known < 0 ? t->services_len : (size_t)known];

		if (known < 0) {
			t->services_len++;
			*s = (struct topo_service){.name = name};
			topo_check_name(t, conf_key_node_at(t->conf, map, i), name, "service");
		}
		if (conf_is_map(t->conf, entry, name))
			read_service(t, entry, s);
	}
	check_services(t, map);
}

static void
read_bridges(struct topology *t, const struct conf_node *entry, struct topo_role *role)
{
	const struct conf_node *map = conf_get(t->conf, entry, "bridges");

	if (map == NULL || !conf_is_map(t->conf, map, "bridges"))
		return;
	free(role->bridges);
	role->bridges_len = 0;
	role->bridges = topo_alloc(conf_len(t->conf, map), sizeof(*role->bridges));
	for (size_t i = 0; i < conf_len(t->conf, map); i++) {
		const struct conf_node *ports = conf_at(t->conf, map, i);
		struct topo_bridge *b = &role->bridges[role->bridges_len++];

		b->name = conf_key_at(t->conf, map, i);
		if (!topo_is_ifname(b->name) || strcmp(b->name, "lo") == 0)
			conf_complain(t->conf, conf_key_node_at(t->conf, map, i),
				"bridge '%s': an interface's name is 1 to 15 of A-Z, a-z, 0-9, "
				"'.', '_' and '-', and not lo",
				b->name);
		if (conf_kind(ports) == CONF_LIST && conf_len(t->conf, ports) == 0)
			continue;
		b->all_links = conf_kind(ports) == CONF_SCALAR &&
			strcmp(conf_text(t->conf, ports, b->name), "all") == 0;
		if (!b->all_links)
			conf_complain(t->conf, ports, "bridge '%s': ports are [] or all", b->name);
	}
}

static void
read_role_services(struct topology *t, const struct conf_node *entry, struct topo_role *role)
{
	const struct conf_node *services = conf_get(t->conf, entry, "services");

	if (services == NULL || !conf_is_list(t->conf, services, "services"))
		return;
	free(role->services);
	role->services_len = 0;
	role->services = topo_alloc(conf_len(t->conf, services), sizeof(*role->services));
	for (size_t i = 0; i < conf_len(t->conf, services); i++) {
		const struct conf_node *item = conf_at(t->conf, services, i);
		const char *name = conf_text(t->conf, item, "service");
		int service = name == NULL ? -1 : topology_service(t, name);

		if (service >= 0)
			role->services[role->services_len++] = (size_t)service;
		else if (name != NULL)
			conf_complain(t->conf, item, "no service '%s' under services:", name);
	}
}

static void
read_role(struct topology *t, const struct conf_node *entry, struct topo_role *role)
{
	static const char *const keys[] = {"layers", "services", "bridges", "forward", NULL};
	const struct conf_node *layers = conf_get(t->conf, entry, "layers");

	conf_known(t->conf, entry, keys);
	role->forward = conf_bool(t->conf, entry, "forward", false);
	read_bridges(t, entry, role);
	read_role_services(t, entry, role);
	if (layers == NULL || !conf_is_list(t->conf, layers, "layers"))
		return;
	role->layers = topo_alloc(conf_len(t->conf, layers), sizeof(*role->layers));
	for (size_t i = 0; i < conf_len(t->conf, layers); i++) {
		const struct conf_node *item = conf_at(t->conf, layers, i);
		const char *name = conf_text(t->conf, item, "layer");

		if (name != NULL && topo_check_name(t, item, name, "layer"))
			role->layers[role->layers_len++] = name;
	}
}

void
topo_read_roles(struct topology *t, const struct conf_node *root)
{
	const struct conf_node *map = conf_need(t->conf, root, "roles");
	size_t n = conf_is_map(t->conf, map, "roles") ? conf_len(t->conf, map) : 0;

	t->roles = topo_alloc(n, sizeof(*t->roles));
	for (size_t i = 0; i < n; i++) {
		const struct conf_node *entry = conf_at(t->conf, map, i);
		struct topo_role *role = &t->roles[t->roles_len++];

		role->name = conf_key_at(t->conf, map, i);
		topo_check_name(t, conf_key_node_at(t->conf, map, i), role->name, "role");
		if (conf_is_map(t->conf, entry, role->name))
			read_role(t, entry, role);
	}
}

static struct topo_role *
find_role(const struct topology *t, const char *name)
{
	for (size_t i = 0; i < t->roles_len; i++)
		if (strcmp(t->roles[i].name, name) == 0)
			return &t->roles[i];
	return NULL;
}

void
topo_change_roles(struct topology *t, const struct conf_node *root)
{
	static const char *const keys[] = {"services", "bridges", NULL};
	const struct conf_node *map = conf_get(t->conf, root, "roles");

	if (map == NULL || !conf_is_map(t->conf, map, "roles"))
		return;
	for (size_t i = 0; i < conf_len(t->conf, map); i++) {
		const struct conf_node *entry = conf_at(t->conf, map, i);
		struct topo_role *role = find_role(t, conf_key_at(t->conf, map, i));

		if (role == NULL)
			conf_complain(t->conf, conf_key_node_at(t->conf, map, i),
				"the topology has no role '%s'", conf_key_at(t->conf, map, i));
		if (!conf_is_map(t->conf, entry, "a role") || role == NULL)
			continue;
		conf_known(t->conf, entry, keys);
		read_bridges(t, entry, role);
		read_role_services(t, entry, role);
	}
}

void
topo_free_services(struct topology *t)
{
	for (size_t i = 0; i < t->services_len; i++) {
		free(t->services[i].run.argv);
		free(t->services[i].run_without.argv);
		free(t->services[i].ready_command.argv);
		free_prepare(&t->services[i]);
	}
	for (size_t i = 0; i < t->roles_len; i++) {
		free(t->roles[i].layers);
		free(t->roles[i].services);
		free(t->roles[i].bridges);
	}
	free(t->services);
	free(t->roles);
}
