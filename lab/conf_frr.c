/*
 * conf_frr.c - what `lab validate` needs of FRR's files: bgpd.conf, zebra.conf, staticd.conf, or all in frr.conf.
 *
 * Read: router bgp (AS, router-id, default families, listen range), neighbor with remote-as, peer-group,
 * update-source, local-as, ebgp-multihop, interface and shutdown, activate per family, network; a router's
 * interfaces (addresses, OSPF, IS-IS), static routes. Order of lines does not matter, as in FRR a
 * peer-group's settings reach members that were put in it before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lab/conf_daemon.h"

enum { MAX_WORDS = 24, MAX_PEERS = 4096, WORD_BYTES = 128 };

enum context { CTX_TOP, CTX_BGP, CTX_FAMILY, CTX_INTERFACE, CTX_OTHER };

struct peer { /* a neighbor or a peer-group */
	struct dc_session s;
	char name[DC_NAME_BYTES], group[DC_NAME_BYTES];
	bool is_group, is_interface;
	unsigned int activated, deactivated;
};

struct listen {
	struct dc_place at;
	struct inet range;
	char group[DC_NAME_BYTES];
};

struct frr {
	struct daemon_conf *out;
	size_t file;
	enum context context;
	unsigned int family; /* of CTX_FAMILY; 0: one that we do not compare */
	char ifname[DC_NAME_BYTES];
	uint32_t as;
	unsigned int default_families;
	struct peer *peers;
	size_t peers_len;
	struct listen listens[64];
	size_t listens_len;
};

struct words {
	char text[MAX_WORDS][WORD_BYTES];
	size_t len;
	bool no;
	int line;
};

static void
split(const char *line, size_t len, struct words *ret)
{
	size_t at = 0;

	ret->len = 0;
	ret->no = false;
	while (at < len && ret->len < MAX_WORDS) {
		size_t n = 0;

		while (at < len && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r'))
			at++;
		if (at == len || ((line[at] == '!' || line[at] == '#') && ret->len == 0))
			break;
		for (; at < len && line[at] != ' ' && line[at] != '\t' && line[at] != '\r'; at++)
			if (n + 1 < WORD_BYTES)
				ret->text[ret->len][n++] = line[at];
		ret->text[ret->len][n] = '\0';
		if (ret->len == 0 && !ret->no && strcmp(ret->text[0], "no") == 0)
			ret->no = true;
		else
			ret->len++;
	}
}

/* The i-th word, "" when there is none. */
static const char *
word(const struct words *w, size_t i)
{
	return i < w->len ? w->text[i] : "";
}

static bool
is(const struct words *w, size_t i, const char *text)
{
	return strcmp(word(w, i), text) == 0;
}

static struct peer *
peer_of(struct frr *f, const char *name, int line)
{
	struct peer *p, *grown;

	for (size_t i = 0; i < f->peers_len; i++)
		if (strcmp(f->peers[i].name, name) == 0)
			return &f->peers[i];
	if (f->peers_len == MAX_PEERS)
		return NULL;
	grown = realloc(f->peers, (f->peers_len + 1) * sizeof(*grown));
	if (grown == NULL)
		abort();
	f->peers = grown;
	p = &grown[f->peers_len++];
	memset(p, 0, sizeof(*p));
	p->s.at = (struct dc_place){f->file, line};
	dc_copy(p->name, name);
	return p;
}

static void
read_source(struct peer *p, const char *text)
{
	if (inet_parse(text, &p->s.local) < 0)
		dc_copy(p->s.local_if, text);
}

/* neighbor X ... */
static void
read_neighbor(struct frr *f, const struct words *w)
{
	struct peer *p = w->len > 2 ? peer_of(f, word(w, 1), w->line) : NULL;

	if (p == NULL)
		return;
	if (is(w, 2, "activate")) {
		*(w->no ? &p->deactivated : &p->activated) |= f->family;
		*(w->no ? &p->activated : &p->deactivated) &= ~f->family;
	} else if (is(w, 2, "shutdown"))
		p->s.shutdown = !w->no;
	else if (w->no)
		return;
	else if (is(w, 2, "remote-as"))
		dc_set_remote(&p->s, word(w, 3));
	else if (is(w, 2, "peer-group") && w->len == 3)
		p->is_group = true;
	else if (is(w, 2, "peer-group"))
		dc_copy(p->group, word(w, 3));
	else if (is(w, 2, "update-source"))
		read_source(p, word(w, 3));
	else if (is(w, 2, "local-as"))
		p->s.local_as = dc_as(word(w, 3));
	else if (is(w, 2, "ebgp-multihop") || is(w, 2, "disable-connected-check"))
		p->s.multihop = true;
	else if (is(w, 2, "interface")) {
		size_t at = is(w, 3, "v6only") ? 4 : 3;

		p->is_interface = true;
		if (is(w, at, "remote-as"))
			dc_set_remote(&p->s, word(w, at + 1));
		else if (is(w, at, "peer-group"))
			dc_copy(p->group, word(w, at + 1));
	}
}

static void
read_bgp_line(struct frr *f, const struct words *w)
{
	struct inet inet;

	if (is(w, 0, "neighbor"))
		read_neighbor(f, w);
	else if (is(w, 0, "network") && !w->no)
		dc_add_origin(f->out, (struct dc_place){f->file, w->line}, word(w, 1));
	else if (is(w, 0, "bgp") && is(w, 1, "router-id") && inet_parse(word(w, 2), &inet) == 0) {
		f->out->router_id = inet;
		f->out->id_at = (struct dc_place){f->file, w->line};
	} else if (is(w, 0, "bgp") && is(w, 1, "default") && is(w, 2, "ipv4-unicast"))
		f->default_families = w->no ? f->default_families & ~(unsigned int)DC_V4
					    : f->default_families | DC_V4;
	else if (is(w, 0, "bgp") && is(w, 1, "default") && is(w, 2, "ipv6-unicast"))
		f->default_families = w->no ? f->default_families & ~(unsigned int)DC_V6
					    : f->default_families | DC_V6;
	else if (is(w, 0, "bgp") && is(w, 1, "listen") && is(w, 2, "range") && !w->no &&
		inet_parse(word(w, 3), &inet) == 0 &&
		f->listens_len < sizeof(f->listens) / sizeof(f->listens[0])) {
		struct listen *l = &f->listens[f->listens_len++];

		*l = (struct listen){.at = {f->file, w->line}, .range = inet};
		dc_copy(l->group, is(w, 4, "peer-group") ? word(w, 5) : "");
	}
}

/* What a member has from its group unless it says so itself. */
static void
inherit(struct peer *p, const struct peer *group)
{
	if (p->s.remote_kind == DC_AS_UNKNOWN) {
		p->s.remote_kind = group->s.remote_kind;
		p->s.remote_as = group->s.remote_as;
	}
	if (p->s.local.family == 0 && p->s.local_if[0] == '\0') {
		p->s.local = group->s.local;
		dc_copy(p->s.local_if, group->s.local_if);
	}
	if (p->s.local_as == 0)
		p->s.local_as = group->s.local_as;
	p->s.multihop |= group->s.multihop;
	p->s.shutdown |= group->s.shutdown;
	p->activated |= group->activated & ~p->deactivated;
	p->deactivated |= group->deactivated & ~p->activated;
}

static void
add_session(struct frr *f, struct peer p)
{
	for (size_t g = 0; p.group[0] != '\0' && g < f->peers_len; g++)
		if (f->peers[g].is_group && strcmp(f->peers[g].name, p.group) == 0)
			inherit(&p, &f->peers[g]);
	p.s.other_as = p.s.local_as != 0 ? f->as : 0;
	if (p.s.local_as == 0)
		p.s.local_as = f->as;
	p.s.families = (f->default_families | p.activated) & ~p.deactivated;
	if (p.s.remote_kind == DC_AS_INTERNAL ||
		(p.s.remote_kind == DC_AS_NUMBER && p.s.remote_as == p.s.local_as))
		p.s.multihop = true;
	dc_add_session(f->out, &p.s);
}

/* `router bgp` is over: all it said is known. */
static void
end_bgp(struct frr *f)
{
	for (size_t i = 0; i < f->peers_len; i++) {
		struct peer *p = &f->peers[i];

		if (p->is_group)
			continue;
		if (p->is_interface)
			dc_copy(p->s.peer_if, p->name);
		else if (!dc_set_peer(&p->s, p->name))
			continue;
		add_session(f, *p);
	}
	for (size_t i = 0; i < f->listens_len; i++) {
		struct peer p = {.s = {.at = f->listens[i].at,
					 .peer = f->listens[i].range,
					 .dynamic = true}};

		dc_copy(p.group, f->listens[i].group);
		add_session(f, p);
	}
	free(f->peers);
	f->peers = NULL;
	f->peers_len = f->listens_len = 0;
	f->context = CTX_TOP;
}

/* ip route P A | IF | blackhole */
static void
read_route(struct frr *f, const struct words *w)
{
	struct dc_place at = {f->file, w->line};
	struct inet inet;
	const char *via = word(w, 3);

	if (w->no || w->len < 4 || inet_parse(word(w, 2), &inet) < 0)
		return;
	if (inet_parse(via, &inet) == 0)
		dc_add_via(f->out, at, via);
	else if (strcasecmp(via, "blackhole") != 0 && strcasecmp(via, "reject") != 0 &&
		strcasecmp(via, "Null0") != 0)
		dc_add_name(f->out, at, via, "a static route");
}

static void
read_interface_line(struct frr *f, const struct words *w)
{
	struct dc_place at = {f->file, w->line};
	struct inet inet;

	if (w->no || !(is(w, 0, "ip") || is(w, 0, "ipv6")))
		return;
	if (is(w, 1, "address") && inet_parse(word(w, 2), &inet) == 0)
		dc_add_address(f->out, at, f->ifname, &inet);
	else if ((is(w, 1, "ospf") || is(w, 1, "ospf6")) && is(w, 2, "area"))
		dc_add_name(f->out, at, f->ifname, "OSPF");
	else if (is(w, 1, "router") && is(w, 2, "isis"))
		dc_add_name(f->out, at, f->ifname, "IS-IS");
}

/* A line that opens something at the top, wherever it stands: FRR's own files leave out `exit`. */
static bool
read_opening(struct frr *f, const struct words *w)
{
	static const char *const others[] = {"route-map", "vrf", "bfd", "line", "key", "rpki",
		"segment-routing", "pbr-map", "mpls", "nexthop-group", "l2vpn", NULL};
	enum context opens = CTX_TOP;

	if (is(w, 0, "router"))
		opens = is(w, 1, "bgp") && !w->no ? CTX_BGP : CTX_OTHER;
	else if (is(w, 0, "interface"))
		opens = CTX_INTERFACE;
	for (size_t i = 0; others[i] != NULL && (f->context != CTX_BGP || i < 2); i++)
		if (is(w, 0, others[i]) && f->context != CTX_FAMILY)
			opens = CTX_OTHER;
	if (opens == CTX_TOP || w->no)
		return false;
	if (f->context == CTX_BGP || f->context == CTX_FAMILY)
		end_bgp(f);
	f->context = opens;
	if (opens == CTX_BGP) {
		f->as = dc_as(word(w, 2));
		f->default_families = DC_V4;
		if (f->out->local_as == 0)
			f->out->local_as = f->as;
	} else if (opens == CTX_INTERFACE)
		dc_copy(f->ifname, word(w, 1));
	return true;
}

static void
read_line(struct frr *f, const struct words *w)
{
	bool in_bgp = f->context == CTX_BGP || f->context == CTX_FAMILY;

	if (read_opening(f, w))
		return;
	if (in_bgp && is(w, 0, "address-family")) {
		f->context = CTX_FAMILY;
		f->family = 0;
		if (is(w, 2, "unicast") || w->len == 2)
			f->family = is(w, 1, "ipv4") ? DC_V4 : is(w, 1, "ipv6") ? DC_V6 : 0;
	} else if (is(w, 0, "exit-address-family") ||
		(is(w, 0, "exit") && f->context == CTX_FAMILY)) {
		f->context = in_bgp ? CTX_BGP : CTX_TOP;
	} else if (is(w, 0, "exit") || is(w, 0, "end")) {
		if (in_bgp)
			end_bgp(f);
		f->context = CTX_TOP;
	} else if (in_bgp) {
		if (f->context == CTX_BGP)
			f->family = DC_V4; /* where `activate` outside of a family belongs */
		read_bgp_line(f, w);
	} else if ((is(w, 0, "ip") || is(w, 0, "ipv6")) && is(w, 1, "route"))
		read_route(f, w);
	else if (f->context == CTX_INTERFACE)
		read_interface_line(f, w);
}

int
conf_frr_read(struct daemon_conf *c, const struct dc_source *from, const char *path)
{
	struct frr *f;
	struct words *w;
	char *data;
	size_t len, at = 0;
	int line = 0, file = dc_open(c, from, path, &data, &len);

	if (file < 0)
		return file;
	f = calloc(1, sizeof(*f));
	w = malloc(sizeof(*w));
	if (f == NULL || w == NULL)
		abort();
	f->out = c;
	f->file = (size_t)file;
	while (at < len) {
		const char *end = memchr(data + at, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - data) - at;

		split(data + at, n, w);
		w->line = ++line;
		if (w->len > 0)
			read_line(f, w);
		at += n + 1;
	}
	if (f->context == CTX_BGP || f->context == CTX_FAMILY)
		end_bgp(f);
	free(f->peers);
	free(f);
	free(w);
	free(data);
	return 0;
}
