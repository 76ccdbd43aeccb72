/*
 * conf_bird.c - what `lab validate` needs of a bird.conf (BIRD 2 and 3): sessions, interfaces, static routes.
 *
 * Read: router id, define of a single value, include (with patterns), templates and `from`, of protocol bgp
 * its local, neighbor, source address, multihop, interface, disabled and channels; `interface` of
 * every other protocol; routes of protocol static.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/conf_daemon.h"
#include "lab/conf_token.h"

enum { MAX_DEFINES = 512, MAX_TEMPLATES = 256, MAX_MATCHES = 32 };

struct define {
	char name[DC_NAME_BYTES], value[DC_NAME_BYTES];
};

struct template
{
	char name[DC_NAME_BYTES];
	struct dc_session like;
};

struct bird {
	struct daemon_conf *out;
	const struct dc_source *from;
	struct define defines[MAX_DEFINES];
	size_t defines_len;
	struct template templates[MAX_TEMPLATES];
	size_t templates_len;
	int depth;
};

/* What a name stands for, or the text itself. */
static const char *
value_of(const struct bird *b, const char *text)
{
	for (int hops = 0; hops < 8; hops++) {
		size_t i = b->defines_len;

		while (i > 0 && strcmp(b->defines[i - 1].name, text) != 0)
			i--;
		if (i == 0)
			break;
		text = b->defines[i - 1].value;
	}
	return text;
}

static void
read_define(struct bird *b, const struct statement *s)
{
	struct define *d = &b->defines[b->defines_len];

	if (s->len != 4 || !token_is(&s->tokens[2], "=") || b->defines_len == MAX_DEFINES)
		return;
	dc_copy(d->name, s->tokens[1].text);
	dc_copy(d->value, s->tokens[3].text);
	b->defines_len++;
}

/* neighbor [range] X [port P] [as N] [internal | external] */
static void
read_neighbor(const struct bird *b, struct dc_session *s, const struct statement *st, size_t file)
{
	size_t i = 1;
	const char *as = statement_after(st, 1, "as");

	if (i < st->len && token_is(&st->tokens[i], "range")) {
		s->dynamic = true;
		i++;
	}
	if (i < st->len && dc_set_peer(s, value_of(b, st->tokens[i].text)))
		s->at = (struct dc_place){file, st->tokens[0].line};
	for (; i < st->len; i++) {
		if (token_is(&st->tokens[i], "internal") || token_is(&st->tokens[i], "external"))
			dc_set_remote(s, st->tokens[i].text);
		else if (token_is(&st->tokens[i], "%") && i + 1 < st->len)
			dc_copy(s->peer_if, st->tokens[i + 1].text);
	}
	if (as != NULL)
		dc_set_remote(s, value_of(b, as));
}

/* `off`, `no` and `false` switch off; nothing or anything else on. */
static bool
is_on(const struct statement *st, size_t at)
{
	return at >= st->len ||
		!(token_is(&st->tokens[at], "off") || token_is(&st->tokens[at], "no") ||
			token_is(&st->tokens[at], "false") || token_is(&st->tokens[at], "0"));
}

static void
read_bgp_statement(
	const struct bird *b, struct dc_session *s, const struct statement *st, size_t file)
{
	const struct token *first = &st->tokens[0];
	struct inet inet;
	const char *as;

	if (token_is(first, "local")) {
		as = statement_after(st, 1, "as");
		if (as != NULL && dc_as(value_of(b, as)) != 0)
			s->local_as = dc_as(value_of(b, as));
		if (st->len > 1 && inet_parse(value_of(b, st->tokens[1].text), &inet) == 0)
			s->local = inet;
	} else if (token_is(first, "neighbor"))
		read_neighbor(b, s, st, file);
	else if (token_is(first, "source") && st->len > 2 &&
		inet_parse(value_of(b, st->tokens[2].text), &inet) == 0)
		s->local = inet;
	else if (token_is(first, "interface") && st->len > 1)
		dc_copy(s->peer_if, value_of(b, st->tokens[1].text));
	else if (token_is(first, "multihop"))
		s->multihop = true;
	else if (token_is(first, "direct"))
		s->multihop = false;
	else if (token_is(first, "disabled"))
		s->shutdown = is_on(st, 1);
	else if (token_is(first, "ipv4"))
		s->families |= DC_V4;
	else if (token_is(first, "ipv6"))
		s->families |= DC_V6;
}

/* The body of a bgp protocol or template, into what it inherited. */
static void
read_bgp(struct bird *b, struct tokens *t, const struct statement *head, size_t file)
{
	const char *parent = statement_after(head, 2, "from");
	bool is_template = token_is(&head->tokens[0], "template");
	struct dc_session s = {.at = {file, head->tokens[0].line}};
	struct statement *st = malloc(sizeof(*st));

	if (st == NULL)
		abort();
	for (size_t i = 0; parent != NULL && i < b->templates_len; i++)
		if (strcmp(b->templates[i].name, parent) == 0)
			s = b->templates[i].like;
	while (head->end == '{') {
		statement_next(t, st);
		if (st->end == '}' || st->end == '\0')
			break;
		if (st->len > 0)
			read_bgp_statement(b, &s, st, file);
		if (st->end == '{')
			block_skip(t);
	}
	if (is_template && head->len > 2 && b->templates_len < MAX_TEMPLATES) {
		dc_copy(b->templates[b->templates_len].name, head->tokens[2].text);
		b->templates[b->templates_len++].like = s;
	} else if (!is_template && (s.peer.family != 0 || s.peer_if[0] != '\0'))
		dc_add_session(b->out, &s);
	free(st);
}

static const char *
protocol_title(const char *name)
{
	static const char *const titles[][2] = {{"ospf", "OSPF"}, {"babel", "Babel"},
		{"rip", "RIP"}, {"bfd", "BFD"}, {"radv", "router advertisements"}};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(titles[i][0], name) == 0)
			return titles[i][1];
	return NULL; /* interfaces that are merely looked at may be absent */
}

/* interface "a", "b"; one that is excluded says nothing. */
static void
read_interfaces(struct bird *b, const struct statement *st, size_t file, const char *what)
{
	for (size_t i = 1; what != NULL && i < st->len; i++)
		if (st->tokens[i].kind == TOKEN_STRING && !token_is(&st->tokens[i - 1], "-"))
			dc_add_name(b->out, (struct dc_place){file, st->tokens[i].line},
				st->tokens[i].text, what);
}

/* route P via A | via "IF" | unreachable ... */
static void
read_route(struct bird *b, const struct statement *st, size_t file)
{
	struct dc_place at = {file, st->tokens[0].line};

	if (st->len < 2)
		return;
	dc_add_origin(b->out, at, value_of(b, st->tokens[1].text));
	for (size_t i = 2; i + 1 < st->len; i++) {
		if (!token_is(&st->tokens[i], "via"))
			continue;
		if (st->tokens[i + 1].kind == TOKEN_STRING)
			dc_add_name(b->out, at, st->tokens[i + 1].text, "a static route");
		else
			dc_add_via(b->out, at, value_of(b, st->tokens[i + 1].text));
	}
}

/* Any other protocol's body, blocks within blocks. */
static void
read_other(struct bird *b, struct tokens *t, const struct statement *head, size_t file)
{
	const char *name = head->tokens[1].text;
	const char *what = protocol_title(name);
	struct statement *st = malloc(sizeof(*st));
	size_t depth = head->end == '{';

	if (st == NULL)
		abort();
	while (depth > 0) {
		statement_next(t, st);
		if (st->end == '\0')
			break;
		if (st->len > 0 && token_is(&st->tokens[0], "interface"))
			read_interfaces(b, st, file, what);
		else if (st->len > 0 && token_is(&st->tokens[0], "route") &&
			strcmp(name, "static") == 0)
			read_route(b, st, file);
		depth += st->end == '{';
		depth -= st->end == '}';
	}
	free(st);
}

static int read_file(struct bird *b, const char *path);

static void
read_include(struct bird *b, const struct statement *s, const char *path)
{
	char(*matches)[DC_PATH_BYTES] = malloc(MAX_MATCHES * sizeof(*matches));
	char full[DC_PATH_BYTES];
	size_t n;

	if (matches == NULL)
		abort();
	dc_include_path(path, s->tokens[1].text, full);
	n = b->depth < DC_MAX_INCLUDES ? b->from->expand(b->from->arg, full, matches, MAX_MATCHES)
				       : 0;
	for (size_t i = 0; i < n && i < MAX_MATCHES; i++)
		read_file(b, matches[i]);
	free(matches);
}

static void
read_top(struct bird *b, struct tokens *t, const struct statement *s, size_t file, const char *path)
{
	const struct token *first = &s->tokens[0];
	struct inet id;
	bool is_protocol = token_is(first, "protocol") || token_is(first, "template");

	if (s->len > 1 && is_protocol && token_is(&s->tokens[1], "bgp")) {
		read_bgp(b, t, s, file);
	} else if (s->len > 1 && token_is(first, "protocol")) {
		read_other(b, t, s, file);
	} else {
		if (token_is(first, "define"))
			read_define(b, s);
		else if (token_is(first, "include") && s->len > 1)
			read_include(b, s, path);
		else if (token_is(first, "router") && s->len > 2 &&
			inet_parse(value_of(b, s->tokens[2].text), &id) == 0) {
			b->out->router_id = id;
			b->out->id_at = (struct dc_place){file, first->line};
		}
		if (s->end == '{')
			block_skip(t);
	}
}

static int
read_file(struct bird *b, const char *path)
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
		tokens_init(&t, data, len, false, true);
		do {
			statement_next(&t, s);
			if (s->len > 0)
				read_top(b, &t, s, (size_t)file, path);
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
conf_bird_read(struct daemon_conf *c, const struct dc_source *from, const char *path)
{
	struct bird *b = calloc(1, sizeof(*b));
	size_t first = c->sessions_len;
	int rc;

	if (b == NULL)
		abort();
	b->out = c;
	b->from = from;
	rc = read_file(b, path);
	/* iBGP crosses routers unless it says otherwise; a direct one would be found by its interface. */
	for (size_t i = first; i < c->sessions_len; i++) {
		struct dc_session *s = &c->sessions[i];

		if (s->remote_kind == DC_AS_INTERNAL ||
			(s->remote_kind == DC_AS_NUMBER && s->remote_as == s->local_as))
			s->multihop = true;
	}
	free(b);
	return rc;
}
