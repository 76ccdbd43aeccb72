/* conf_daemon.c - the lists that scanners of daemons' configuration fill. */
#include "lab/conf_daemon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/num.h"

/* Room for one more of `size` bytes, zeroed; NULL when there are enough. Memory is not short here. */
static void *
grow(void *list, size_t *len, size_t size)
{
	void **array = list;
	char *grown;

	if (*len >= DC_MAX_ENTRIES)
		return NULL;
	if ((*len & (*len - 1)) == 0) {
		grown = realloc(*array, (*len == 0 ? 1 : *len * 2) * size);
		if (grown == NULL)
			abort();
		*array = grown;
	}
	grown = (char *)*array + *len * size;
	memset(grown, 0, size);
	(*len)++;
	return grown;
}

void
dc_copy(char to[static DC_NAME_BYTES], const char *text)
{
	snprintf(to, DC_NAME_BYTES, "%s", text);
}

int
dc_open(struct daemon_conf *c, const struct dc_source *from, const char *path, char **ret_data,
	size_t *ret_len)
{
	char shown[DC_PATH_BYTES], **grown, *name;
	int rc;

	if (c->files_len >= DC_MAX_FILES)
		return -EMFILE;
	rc = from->read(from->arg, path, ret_data, ret_len, shown);
	if (rc < 0)
		return rc;
	grown = realloc(c->files, (c->files_len + 1) * sizeof(*grown));
	name = strdup(shown);
	if (grown == NULL || name == NULL)
		abort();
	c->files = grown;
	c->files[c->files_len] = name;
	return (int)c->files_len++;
}

void
daemon_conf_done(struct daemon_conf *c)
{
	for (size_t i = 0; i < c->files_len; i++)
		free(c->files[i]);
	free(c->files);
	free(c->sessions);
	free(c->names);
	free(c->addrs);
	free(c->origins);
	free(c->vias);
	memset(c, 0, sizeof(*c));
}

struct dc_session *
dc_add_session(struct daemon_conf *c, const struct dc_session *like)
{
	struct dc_session *s = grow(&c->sessions, &c->sessions_len, sizeof(*s));

	if (s != NULL)
		*s = *like;
	return s;
}

void
dc_add_name(struct daemon_conf *c, struct dc_place at, const char *name, const char *what)
{
	struct dc_name *n = grow(&c->names, &c->names_len, sizeof(*n));

	if (n == NULL)
		return;
	n->at = at;
	n->what = what;
	dc_copy(n->name, name);
}

void
dc_add_address(
	struct daemon_conf *c, struct dc_place at, const char *ifname, const struct inet *addr)
{
	struct dc_address *a = grow(&c->addrs, &c->addrs_len, sizeof(*a));

	if (a == NULL)
		return;
	a->at = at;
	a->addr = *addr;
	dc_copy(a->ifname, ifname);
}

static void
add_prefix(struct dc_prefix **list, size_t *len, struct dc_place at, const char *text)
{
	struct dc_prefix *p;
	struct inet inet;

	if (inet_parse(text, &inet) < 0)
		return;
	p = grow(list, len, sizeof(*p));
	if (p != NULL)
		*p = (struct dc_prefix){.at = at, .inet = inet};
}

void
dc_add_origin(struct daemon_conf *c, struct dc_place at, const char *prefix)
{
	add_prefix(&c->origins, &c->origins_len, at, prefix);
}

void
dc_add_via(struct daemon_conf *c, struct dc_place at, const char *address)
{
	add_prefix(&c->vias, &c->vias_len, at, address);
}

void
dc_include_path(const char *from, const char *path, char ret[static DC_PATH_BYTES])
{
	const char *slash = strrchr(from, '/');

	if (path[0] == '/' || slash == NULL)
		snprintf(ret, DC_PATH_BYTES, "%s", path);
	else
		snprintf(ret, DC_PATH_BYTES, "%.*s/%s", (int)(slash - from), from, path);
}

uint32_t
dc_as(const char *text)
{
	const char *dot = strchr(text, '.');
	char high[8];
	uint64_t a, b;

	if (dot == NULL)
		return num_u64(text, 1, UINT32_MAX, &a) < 0 ? 0 : (uint32_t)a;
	if ((size_t)(dot - text) >= sizeof(high))
		return 0;
	snprintf(high, sizeof(high), "%.*s", (int)(dot - text), text);
	if (num_u64(high, 0, UINT16_MAX, &a) < 0 || num_u64(dot + 1, 0, UINT16_MAX, &b) < 0)
		return 0;
	return (uint32_t)(a << 16 | b);
}

void
dc_set_remote(struct dc_session *s, const char *text)
{
	uint32_t as = dc_as(text);

	if (strcmp(text, "internal") == 0)
		s->remote_kind = DC_AS_INTERNAL;
	else if (strcmp(text, "external") == 0)
		s->remote_kind = DC_AS_EXTERNAL;
	else if (as != 0) {
		s->remote_kind = DC_AS_NUMBER;
		s->remote_as = as;
	}
}

bool
dc_set_peer(struct dc_session *s, const char *text)
{
	const char *scope = strchr(text, '%');
	char address[INET_TEXT_BYTES];

	if (scope == NULL)
		return inet_parse(text, &s->peer) == 0;
	snprintf(address, sizeof(address), "%.*s", (int)(scope - text), text);
	if (inet_parse(address, &s->peer) < 0)
		return false;
	dc_copy(s->peer_if, scope + 1);
	return true;
}
