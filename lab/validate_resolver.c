/* validate_resolver.c - a resolver that users are to ask at an address has to be told of it. */
#include "lab/validate_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES = 8, FILES = 64 };

/* Where each software's configuration is; a user's own may be in other files, which is why nothing here is an error. */
static const struct {
	const char *program; /* last part of argv[0] */
	const char *patterns[3];
} known[] = {
	{"unbound", {"/etc/unbound/unbound.conf", "/etc/unbound/unbound.conf.d/*.conf"}},
	{"named", {"/etc/bind/*"}},
};

/* Is a word that address ("198.51.100.1@53" has a port too), or every address of its family? */
static bool
is_word_of(const char *word, size_t len, const struct inet *a)
{
	char text[INET_TEXT_BYTES];
	struct inet said;

	len = strcspn(word, "@") < len ? strcspn(word, "@") : len;
	if (len == strlen("any") && strncmp(word, "any", len) == 0)
		return true;
	if (len == 7 && strncmp(word, "0.0.0.0", len) == 0)
		return a->family == AF_INET;
	if ((len == 2 || len == 3) && strncmp(word, "::0", len) == 0)
		return a->family == AF_INET6;
	if (len == 0 || len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	return inet_parse(text, &said) == 0 && inet_same(&said, a);
}

/* Does this word begin what is listened on, or end it? "interface: 198.51.100.1", "listen-on { 198.51.100.1; };". */
static bool
is_listening(bool before, const char *word, size_t len)
{
	static const char *const keys[] = {
		"interface:", "ip-address:", "listen-on", "listen-on-v6"};

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		if (strlen(keys[k]) == len && strncmp(word, keys[k], len) == 0)
			return true;
	/* Another key of Unbound's; no address ends in one colon. */
	if (len > 1 && word[len - 1] == ':' && word[len - 2] != ':')
		return false;
	return before;
}

/* Mark those of the addresses that a file, outside of its comments, says to listen on. */
static void
look_for(const char *data, const struct topo_resolver *r, bool found[static ADDRESSES])
{
	bool listening = false;

	for (const char *at = data; *at != '\0';) {
		size_t len = strcspn(at, " \t\r\n;{}\"");

		if (at[0] == '#' || strncmp(at, "//", 2) == 0) {
			at += strcspn(at, "\n");
			continue;
		}
		listening = is_listening(listening, at, len);
		for (size_t i = 0; listening && i < r->addrs_len && i < ADDRESSES; i++)
			found[i] |= is_word_of(at, len, &r->addrs[i]);
		listening = listening && at[len] != '}';
		at += len + (at[len] != '\0');
	}
}

static void
read_files(const char *const patterns[], const struct dc_source *from,
	const struct topo_resolver *r, bool found[static ADDRESSES])
{
	for (size_t p = 0; patterns[p] != NULL; p++) {
		char paths[FILES][DC_PATH_BYTES];
		size_t n = from->expand(from->arg, patterns[p], paths, FILES);

		for (size_t i = 0; i < n && i < FILES; i++) {
			char shown[DC_PATH_BYTES], *data;
			size_t len;

			if (from->read(from->arg, paths[i], &data, &len, shown) < 0)
				continue;
			look_for(data, r, found);
			free(data);
		}
	}
}

void
check_resolvers(struct validation *v, size_t node, const struct dc_source *from)
{
	const struct topo_node *n = &v->t->nodes[node];
	char text[INET_TEXT_BYTES];

	for (size_t i = 0; i < n->resolvers_len; i++) {
		const struct topo_resolver *r = &n->resolvers[i];
		const struct topo_service *s = &v->t->services[r->service];
		const char *slash = strrchr(s->run.argv[0], '/');
		const char *program = slash == NULL ? s->run.argv[0] : slash + 1;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			bool found[ADDRESSES] = {false};

			if (strcmp(known[k].program, program) != 0 ||
				!topology_runs(v->t, n, r->service))
				continue;
			read_files(known[k].patterns, from, r, found);
			for (size_t a = 0; a < r->addrs_len && a < ADDRESSES; a++)
				if (!found[a])
					complain(v, WARNING, "resolver-address", node,
						(struct dc_place){SIZE_MAX, 1},
						"users of %s are to ask %s at %s, but no file of "
						"its layers says to listen there",
						n->name, s->name, inet_show(&r->addrs[a], text));
		}
	}
}
