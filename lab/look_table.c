/* look_table.c - how a lab is, as a table for a terminal or a pipe. */
#include "lab/look_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/num.h"

enum { DOWN_ROWS = 4, RECENT_S = 10 };

enum tint { TINT_NONE, TINT_BAD, TINT_WARN, TINT_GOOD, TINT_HEAD, TINT_DIM };

/* What a table is being written into, and how many rows of it there are. */
struct sheet {
	struct buf *b;
	bool colour;
	int rows;
};

void
look_changes_add(struct look_changes *c, struct wall at, const char *line)
{
	size_t i = c->len++ % LOOK_CHANGES;

	c->list[i].at = at;
	snprintf(c->list[i].line, sizeof(c->list[i].line), "%s", line);
}

const char *
look_time(struct wall t, char out[static 16])
{
	time_t s = (time_t)(t.ns / NS_PER_S);
	struct tm tm;

	gmtime_r(&s, &tm);
	snprintf(out, 16, "%02u:%02u:%02u.%03u", (unsigned)tm.tm_hour % 24,
		(unsigned)tm.tm_min % 60, (unsigned)tm.tm_sec % 61,
		(unsigned)(t.ns % NS_PER_S / NS_PER_MS) % 1000);
	return out;
}

static void
tint(struct sheet *s, enum tint t)
{
	static const char *const codes[] = {
		"\033[0m", "\033[1;31m", "\033[33m", "\033[32m", "\033[1m", "\033[2m"};

	if (s->colour)
		buf_add(s->b, codes[t]);
}

static void
tinted(struct sheet *s, enum tint t, const char *text)
{
	if (t != TINT_NONE)
		tint(s, t);
	buf_add(s->b, text);
	if (t != TINT_NONE)
		tint(s, TINT_NONE);
}

static void
end_row(struct sheet *s)
{
	buf_add(s->b, "\n");
	s->rows++;
}

static void
head(struct sheet *s, const struct look_state *l, const struct look_table_style *style)
{
	char at[16], says[512], every[24];
	bool healthy = survey_healthy(l->now, true);

	tinted(s, TINT_HEAD, style->title);
	buf_addf(s->b, "  %.8s UTC", look_time(l->at, at));
	if (style->interval_ns > 0)
		buf_addf(s->b, "  every %s", num_show_ns(style->interval_ns, every));
	end_row(s);
	look_state_explain(l, says, sizeof(says));
	tinted(s, healthy ? l->faults_len > 0 ? TINT_WARN : TINT_GOOD : TINT_BAD, says);
	end_row(s);
	end_row(s);
}

static void
services(struct sheet *s, const struct topology *t, const struct survey *v)
{
	json_t *node, *service;
	size_t i, k, total = 0;
	int shown = 0;

	json_array_foreach(json_object_get(v->services, "nodes"), i, node) total +=
		json_array_size(json_object_get(node, "services"));
	buf_addf(s->b, "services      %zu of %zu running", total - v->services_wrong, total);
	for (i = 0; i < t->services_len; i++)
		if (t->services[i].left_out)
			buf_addf(s->b, ", %s left out", t->services[i].name);
	end_row(s);
	json_array_foreach(json_object_get(v->services, "nodes"), i, node)
	{
		json_array_foreach(json_object_get(node, "services"), k, service)
		{
			const char *name = json_string_value(json_object_get(service, "name"));
			char state[64], row[200];

			look_service_state(service, state, sizeof(state));
			if (strcmp(state, "ready") == 0 || shown++ >= DOWN_ROWS)
				continue;
			snprintf(row, sizeof(row), "              %s/%s: %s",
				json_string_value(json_object_get(node, "name")), name, state);
			tinted(s, TINT_BAD, row);
			end_row(s);
		}
	}
	if (shown > DOWN_ROWS) {
		buf_addf(s->b, "              and %d more", shown - DOWN_ROWS);
		end_row(s);
	}
}

static void
sessions(struct sheet *s, const struct topology *t, const struct survey *v)
{
	int shown = 0;

	buf_addf(s->b, "BGP sessions  %zu of %zu Established", v->sessions_len - v->sessions_down,
		v->sessions_len);
	end_row(s);
	for (size_t i = 0; i < v->sessions_len; i++) {
		const struct survey_session *row = &v->sessions[i];
		char text[200];

		if (row->session.established || shown++ >= DOWN_ROWS)
			continue;
		snprintf(text, sizeof(text), "              %s with %s: %s",
			t->nodes[row->node].name, row->session.peer, row->session.state);
		tinted(s, TINT_BAD, text);
		end_row(s);
	}
	if (shown > DOWN_ROWS) {
		buf_addf(s->b, "              and %d more", shown - DOWN_ROWS);
		end_row(s);
	}
}

static void
links(struct sheet *s, const struct look_state *l)
{
	const struct topology *t = lab_topology(l->lab);

	buf_addf(s->b, "links         %zu of %zu as made", t->links_len - l->faults_len,
		t->links_len);
	end_row(s);
	for (size_t i = 0; i < l->faults_len && i < DOWN_ROWS; i++) {
		buf_addf(s->b, "              %s: ", t->links[l->faults[i].link].name);
		tinted(s, TINT_WARN, l->faults[i].text);
		end_row(s);
	}
	if (l->faults_len > DOWN_ROWS) {
		buf_addf(s->b, "              and %zu more", l->faults_len - DOWN_ROWS);
		end_row(s);
	}
}

/* The widest of the names that stand in a column. */
static int
widest(const struct topology *t, bool sites)
{
	size_t most = 6;

	for (size_t i = 0; sites && i < t->nodes_len; i++)
		if (t->nodes[i].site != NULL && strlen(t->nodes[i].site) > most)
			most = strlen(t->nodes[i].site);
	for (size_t i = 0; !sites && i < t->cities_len; i++)
		if (strlen(t->cities[i].name) > most)
			most = strlen(t->cities[i].name);
	return (int)most;
}

/* What a query came to: the round trip; and who answered, when that is not whom the FIBs name. */
static void
asked(struct sheet *s, const struct look_reply *r, const char *site)
{
	char text[64];

	if (r->answer == LOOK_GOOD && strcmp(r->nsid, site) == 0) {
		buf_addf(s->b, " %11.1f", (double)r->rtt_ns / 1e6);
		return;
	}
	if (r->answer == LOOK_GOOD)
		snprintf(text, sizeof(text), "%.6s %.1f", r->nsid[0] != '\0' ? r->nsid : "no NSID",
			(double)r->rtt_ns / 1e6);
	else
		snprintf(text, sizeof(text), "%s", look_answer_name(r->answer));
	buf_addf(s->b, " %*s", (int)(strlen(text) > 11 ? 0 : 11 - strlen(text)), "");
	tinted(s,
		r->answer == LOOK_GOOD		    ? TINT_WARN
			: r->answer == LOOK_UNASKED ? TINT_DIM
						    : TINT_BAD,
		text);
}

static void
path(struct sheet *s, const struct look_state *l, size_t i, int site_width)
{
	const struct topology *t = lab_topology(l->lab);
	const struct survey_path *p = &l->now->paths[i];
	const struct look_service *v = &l->services[i];
	const char *expect = t->cities[p->city].expect_site;
	const char *site = look_site_name(t, v->site);
	char cell[64];

	snprintf(cell, sizeof(cell), "%-*s", site_width, site);
	buf_add(s->b, "  ");
	tinted(s,
		v->site < 0				      ? TINT_BAD
			: expect && strcmp(site, expect) != 0 ? TINT_WARN
							      : TINT_NONE,
		cell);
	if (p->returned)
		buf_addf(s->b, " %7.1f", (double)p->rtt_ns / 1e6);
	else
		buf_addf(s->b, " %7s", "-");
	asked(s, look_asker_reply(l->asker, i), site);
}

/* The latest change of a city's paths, else what was expected and is not so. */
static void
remark(struct sheet *s, const struct look_state *l, size_t first, size_t n)
{
	const struct topology *t = lab_topology(l->lab);
	const char *expect = t->cities[l->now->paths[first].city].expect_site;
	const struct look_service *latest = &l->services[first];
	char text[96], ago[24];
	bool off = false;

	for (size_t i = first; i < first + n; i++) {
		if (l->services[i].changed.ns > latest->changed.ns)
			latest = &l->services[i];
		off |= expect != NULL &&
			strcmp(look_site_name(t, l->services[i].site), expect) != 0;
	}
	if (latest->changed.ns == 0 && !off)
		return;
	if (latest->changed.ns == 0) {
		snprintf(text, sizeof(text), "  expected %s", expect);
	} else {
		int64_t ns = wall_diff_ns(l->at, latest->changed) / NS_PER_S * NS_PER_S;

		snprintf(text, sizeof(text), "  %s ago from %s", num_show_ns(ns, ago),
			look_site_name(t, latest->before));
		off = ns < RECENT_S * NS_PER_S;
	}
	tinted(s, off ? TINT_WARN : TINT_DIM, text);
}

static void
cities(struct sheet *s, const struct look_state *l, int rows_left)
{
	const struct topology *t = lab_topology(l->lab);
	int site_width = widest(t, true), city_width = widest(t, false);
	size_t n = t->anycast_addrs_len;

	buf_addf(s->b, "%-*s", city_width, "");
	for (size_t a = 0; a < n; a++) {
		char title[32];

		snprintf(title, sizeof(title), "%s by",
			t->anycast_addrs[a].family == AF_INET ? "IPv4" : "IPv6");
		buf_addf(s->b, "  %-*s %7s %11s", site_width, title, "path ms", "asked ms");
	}
	end_row(s);
	for (size_t i = 0; n > 0 && i + n <= l->now->paths_len; i += n) {
		if (rows_left > 0 && --rows_left == 0 && i + n < l->now->paths_len) {
			buf_addf(s->b, "and %zu more: the window is too small",
				(l->now->paths_len - i) / n);
			end_row(s);
			break;
		}
		buf_addf(s->b, "%-*s", city_width, t->cities[l->now->paths[i].city].name);
		for (size_t a = 0; a < n; a++)
			path(s, l, i + a, site_width);
		remark(s, l, i, n);
		end_row(s);
	}
}

static void
changes_list(struct sheet *s, const struct look_changes *c, int rows_left)
{
	size_t kept = c->len < LOOK_CHANGES ? c->len : LOOK_CHANGES;
	size_t n = rows_left > 0 && kept > (size_t)rows_left ? (size_t)rows_left : kept;
	char at[16];

	for (size_t i = c->len - n; i < c->len; i++) {
		look_time(c->list[i % LOOK_CHANGES].at, at);
		tinted(s, TINT_DIM, at);
		buf_addf(s->b, "  %s", c->list[i % LOOK_CHANGES].line);
		end_row(s);
	}
}

void
look_table(struct buf *b, const struct look_state *l, const struct look_changes *changes,
	const struct look_table_style *style)
{
	struct sheet s = {.b = b, .colour = style->colour};
	int left;

	head(&s, l, style);
	services(&s, lab_topology(l->lab), l->now);
	sessions(&s, lab_topology(l->lab), l->now);
	links(&s, l);
	end_row(&s);
	/* The cities come first; what the window has left is for the changes. */
	left = style->rows > 0 ? style->rows - s.rows - 2 : 0;
	cities(&s, l, style->rows > 0 && left < 2 ? 2 : left);
	if (changes == NULL || changes->len == 0)
		return;
	left = style->rows > 0 ? style->rows - s.rows - 2 : LOOK_CHANGES;
	if (left < 1)
		return;
	end_row(&s);
	changes_list(&s, changes, left);
}
