/*
 * conf_openbgpd.c - what `lab validate` needs of OpenBGPD's bgpd.conf.
 *
 * Read: macros, include, AS, router-id, groups and neighbors with remote-as, local-as, local-address,
 * multihop, down and announce; network. A statement ends with its line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lab/conf_daemon.h"
#include "lab/conf_token.h"

enum { MAX_MACROS = 256 };

struct macro {
	char name[DC_NAME_BYTES], value[DC_NAME_BYTES];
};

struct obgpd {
	struct daemon_conf *out;
	const struct dc_source *from;
	struct macro macros[MAX_MACROS];
	size_t macros_len;
	int depth;
};

static const char *
value_of(const struct obgpd *b, const char *text)
{
	for (size_t i = b->macros_len; text[0] == '$' && i > 0; i--)
		if (strcmp(b->macros[i - 1].name, text + 1) == 0)
			return b->macros[i - 1].value;
	return text;
}

/* announce IPv4 unicast | announce IPv6 none */
static void
read_announce(struct dc_session *s, const struct statement *st, bool *told)
{
	unsigned int family;

	if (st->len < 3)
		return;
	if (strcasecmp(st->tokens[1].text, "IPv4") == 0)
		family = DC_V4;
	else if (strcasecmp(st->tokens[1].text, "IPv6") == 0)
		family = DC_V6;
	else
		return;
	if (token_is(&st->tokens[2], "unicast"))
		s->families |= family;
	else if (token_is(&st->tokens[2], "none"))
		s->families &= ~family;
	*told = true;
}

static void
read_option(const struct obgpd *b, struct dc_session *s, const struct statement *st, bool *told)
{
	const struct token *first = &st->tokens[0];
	const char *value = st->len > 1 ? value_of(b, st->tokens[1].text) : "";
	struct inet inet;

	if (token_is(first, "remote-as"))
		dc_set_remote(s, value);
	else if (token_is(first, "local-as") && dc_as(value) != 0)
		s->local_as = dc_as(value);
	else if (token_is(first, "local-address") && inet_parse(value, &inet) == 0)
		s->local = inet;
	else if (token_is(first, "multihop"))
		s->multihop = true;
	else if (token_is(first, "down"))
		s->shutdown = true;
	else if (token_is(first, "announce"))
		read_announce(s, st, told);
}

/* The options of a group or a neighbor; a group has neighbors in it, which take over what stands before them. */
static void
read_block(struct obgpd *b, struct tokens *t, struct dc_session like, bool told, size_t file,
	const struct statement *head)
{
	struct statement *st = malloc(sizeof(*st));
	bool is_neighbor = token_is(&head->tokens[0], "neighbor");

	if (st == NULL)
		abort();
	if (is_neighbor && head->len > 1) {
		const char *peer = value_of(b, head->tokens[1].text);

		if (dc_set_peer(&like, peer))
			like.dynamic = like.peer.len < inet_bits(&like.peer);
		like.at = (struct dc_place){file, head->tokens[0].line};
	}
	while (head->end == '{') {
		statement_next(t, st);
		if (st->end == '}' || st->end == '\0')
			break;
		if (st->len > 0 && token_is(&st->tokens[0], "neighbor") && !is_neighbor)
			read_block(b, t, like, told, file, st);
		else {
			if (st->len > 0)
				read_option(b, &like, st, &told);
			if (st->end == '{')
				block_skip(t);
		}
	}
	if (is_neighbor && like.peer.family != 0) {
		if (!told)
			like.families = like.peer.family == AF_INET ? DC_V4 : DC_V6;
		dc_add_session(b->out, &like);
	}
	free(st);
}

static int read_file(struct obgpd *b, const char *path);

static void
read_top(struct obgpd *b, struct tokens *t, const struct statement *s, size_t file)
{
	const struct token *first = &s->tokens[0];
	const char *value = s->len > 1 ? value_of(b, s->tokens[1].text) : "";
	struct inet inet;

	if (token_is(first, "neighbor") || token_is(first, "group")) {
		read_block(b, t, (struct dc_session){.at = {file, first->line}}, false, file, s);
		return;
	}
	if (token_is(first, "AS"))
		b->out->local_as = dc_as(value);
	else if (token_is(first, "router-id") && inet_parse(value, &inet) == 0) {
		b->out->router_id = inet;
		b->out->id_at = (struct dc_place){file, first->line};
	} else if (token_is(first, "network"))
		dc_add_origin(b->out, (struct dc_place){file, first->line}, value);
	else if (token_is(first, "include") && s->len > 1 && b->depth < DC_MAX_INCLUDES) {
		char full[DC_PATH_BYTES];

		dc_include_path("/", value, full);
		read_file(b, full);
	} else if (s->len == 3 && token_is(&s->tokens[1], "=") && b->macros_len < MAX_MACROS) {
		dc_copy(b->macros[b->macros_len].name, first->text);
		dc_copy(b->macros[b->macros_len++].value, s->tokens[2].text);
	}
	if (s->end == '{')
		block_skip(t);
}

static int
read_file(struct obgpd *b, const char *path)
{
	struct statement *s = malloc(sizeof(*s));
	struct tokens t;
	char *data;
	size_t len;
	int file = dc_open(b->out, b->from, path, &data, &len);

	if (s == NULL)
		abort();
	if (file >= 0) {
		b->depth++;
		tokens_init(&t, data, len, true, false);
		do {
			statement_next(&t, s);
			if (s->len > 0)
				read_top(b, &t, s, (size_t)file);
			else if (s->end == '{')
				block_skip(&t);
		} while (s->end != '\0');
		b->depth--;
		free(data);
	}
	free(s);
	return file < 0 ? file : 0;
}

int
conf_openbgpd_read(struct daemon_conf *c, const struct dc_source *from, const char *path)
{
	struct obgpd *b = calloc(1, sizeof(*b));
	size_t first = c->sessions_len;
	int rc;

	if (b == NULL)
		abort();
	b->out = c;
	b->from = from;
	rc = read_file(b, path);
	for (size_t i = first; i < c->sessions_len; i++) {
		struct dc_session *s = &c->sessions[i];

		if (s->local_as == 0)
			s->local_as = c->local_as;
		else if (s->local_as != c->local_as)
			s->other_as = c->local_as;
		if (s->remote_kind == DC_AS_NUMBER && s->remote_as == s->local_as)
			s->multihop = true;
	}
	free(b);
	return rc;
}
