/* section_throughput.c - how fast the network is from city to city, against the rate that its links were set to. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

enum { PLACES = 64, CELL_BYTES = 96 };

struct pair {
	const char *from, *to, *protocol, *address;
	double bps, set_bps, retransmits, lost_ratio;
};

struct matrix {
	struct pair pair[PLACES * 4];
	size_t pairs;
	const char *place[PLACES];
	size_t places;
};

static double
number_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static void
add_place(struct matrix *m, const char *name)
{
	for (size_t i = 0; i < m->places; i++)
		if (strcmp(m->place[i], name) == 0)
			return;
	if (m->places < PLACES)
		m->place[m->places++] = name;
}

/* The slowest valid trial of a load stands for it: that is what can be relied on. */
static void
add_load(struct matrix *m, const json_t *load)
{
	struct pair p = {.bps = INFINITY};
	json_t *trial;
	size_t i;

	json_array_foreach(json_object_get(load, "per_trial"), i, trial)
	{
		const json_t *file = json_object_get(trial, "file");
		double bps = number_of(file, "received_bps");

		if (!json_is_true(json_object_get(trial, "valid")) || isnan(bps) || bps >= p.bps)
			continue;
		p.from = json_string_value(json_object_get(file, "from"));
		p.to = json_string_value(json_object_get(file, "to"));
		p.protocol = json_string_value(json_object_get(file, "protocol"));
		p.address = json_string_value(json_object_get(file, "address"));
		p.bps = bps;
		p.set_bps = number_of(file, "set_bps");
		p.retransmits = number_of(file, "retransmits");
		p.lost_ratio = number_of(file, "lost_ratio");
	}
	if (p.from == NULL || p.to == NULL || m->pairs == PLACES * 4)
		return;
	m->pair[m->pairs++] = p;
	add_place(m, p.from);
	add_place(m, p.to);
}

static bool
is_udp(const struct pair *p)
{
	return p->protocol != NULL && strcmp(p->protocol, "udp") == 0;
}

static bool
is_ipv6(const struct pair *p)
{
	return p->address != NULL && strchr(p->address, ':') != NULL;
}

static void
cell(struct buf *b, const struct matrix *m, const char *from, const char *to)
{
	char text[CELL_BYTES * 2] = "";
	size_t n = 0;

	for (size_t i = 0; i < m->pairs && n < CELL_BYTES; i++) {
		const struct pair *p = &m->pair[i];
		bool udp = is_udp(p);

		if (strcmp(p->from, from) != 0 || strcmp(p->to, to) != 0)
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s%s%.3g Mbit/s",
			n ? "; " : "", is_ipv6(p) ? "IPv6 " : "", udp ? "UDP " : "", p->bps / 1e6);
		if (!udp && p->set_bps > 0 && n < sizeof(text))
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, ", %.0f %%", 100 * p->bps / p->set_bps);
		if (udp && !isnan(p->lost_ratio) && n < sizeof(text))
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, ", %.2g %% lost", 100 * p->lost_ratio);
		else if (!isnan(p->retransmits) && n < sizeof(text))
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, ", %.0f again", p->retransmits);
	}
	html_num(b, n ? text : "");
}

static void
heading(struct buf *b, const struct matrix *m)
{
	const struct pair *least = &m->pair[0];
	double least_ratio = INFINITY;

	for (size_t i = 0; i < m->pairs; i++) {
		double ratio = m->pair[i].bps / m->pair[i].set_bps;

		/* UDP is sent at a rate of its own. */
		if (!is_udp(&m->pair[i]) && ratio < least_ratio) {
			least_ratio = ratio;
			least = &m->pair[i];
		}
	}
	html_raw(b, "<section id=\"throughput\"><h2>Throughput: ");
	if (isfinite(least_ratio))
		html_textf(b, "at least %.0f %% of the links' rate, from %s to %s",
			100 * least_ratio, least->from, least->to);
	else
		html_textf(b, "%zu pairs of cities", m->pairs);
	html_raw(b, "</h2>\n");
}

/* One after another, since what the emulator carries is shared by all. */
static void
explain(struct buf *b, const struct matrix *m)
{
	double set_bps = m->pair[0].set_bps;

	html_raw(b,
		"<p>Each pair for itself, one after another: iperf3's engine between the access "
		"networks, what "
		"arrived of payload, and for TCP the segments sent again. ");
	if (set_bps > 0)
		html_textf(b,
			"The slowest link of each way was set to %.3g Mbit/s; headers take 4 to 7 "
			"%% of that. A pair far "
			"below it, with segments sent again, met a full queue or a slow start over "
			"a long way; one far "
			"below it with none met the limit of what the host can emulate.",
			set_bps / 1e6);
	html_raw(b, "</p>\n");
}

void
section_throughput(struct buf *b, const struct result *r)
{
	json_t *loads = json_object_get(r->root, "loads"), *load;
	struct matrix m = {0};
	size_t i;

	json_array_foreach(loads, i, load)
	{
		const char *kind = json_string_value(json_object_get(load, "kind"));

		if (kind != NULL && strcmp(kind, "net") == 0)
			add_load(&m, load);
	}
	if (m.pairs == 0)
		return;
	heading(b, &m);
	explain(b, &m);
	html_table(b, "From the city of the row to that of the column; the slowest valid trial");
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "From");
	for (i = 0; i < m.places; i++)
		html_col_num(b, m.place[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (i = 0; i < m.places; i++) {
		html_row(b);
		html_rowhead(b, m.place[i]);
		for (size_t k = 0; k < m.places; k++)
			cell(b, &m, m.place[i], m.place[k]);
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}
