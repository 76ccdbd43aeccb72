/* citymap_label.c - what is written beside the cities of a map. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/citymap_sheet.h"

enum { LABEL_LINES = 3 };

/* The lines of a label in its longer form; returns how many. */
static size_t
label_lines(const struct citymap_sheet *s, const struct citymap_city *c,
	char out[LABEL_LINES][CITYMAP_SAY_BYTES])
{
	const struct citymap_service *v = c->service;
	size_t n = 0;

	if (!s->d->full) {
		const char *a = v[0].asked ? v[0].site : v[1].site;
		const char *b = v[1].asked ? v[1].site : a;
		bool asked = v[0].asked || v[1].asked;
		bool own = c->site != NULL && a != NULL && strcmp(a, c->site) == 0 &&
			citymap_is_same(c);

		if (!asked || own)
			snprintf(out[n++], CITYMAP_SAY_BYTES, "%s", c->name);
		else if (citymap_is_same(c))
			snprintf(out[n++], CITYMAP_SAY_BYTES, "%s \xe2\x86\x92 %s", c->name,
				a ? a : "nobody");
		else
			snprintf(out[n++], CITYMAP_SAY_BYTES, "%s \xe2\x86\x92 %s, %s", c->name,
				a ? a : "nobody", b ? b : "nobody");
		return n;
	}
	snprintf(out[n++], CITYMAP_SAY_BYTES, "%s", c->title);
	if (!v[0].asked && !v[1].asked)
		return n;
	if (citymap_is_same(c)) {
		citymap_say_one(&v[v[0].asked ? 0 : 1], out[n++], CITYMAP_SAY_BYTES);
	} else {
		for (int f = 0; f < CITYMAP_FAMILIES; f++) {
			char one[CITYMAP_SAY_BYTES - 8];

			citymap_say_one(&v[f], one, sizeof(one));
			snprintf(out[n++], CITYMAP_SAY_BYTES, "IPv%d %s", f == 0 ? 4 : 6, one);
		}
	}
	return n;
}

static void
measure(const struct citymap_sheet *s, const struct citymap_city *c, struct place_label *l)
{
	char lines[LABEL_LINES][CITYMAP_SAY_BYTES];
	double font = s->d->font;
	size_t n = label_lines(s, c, lines);

	for (size_t k = 0; k < n; k++)
		l->w[0] = fmax(l->w[0],
			citymap_text_width(lines[k], k == 0 ? font : font * 0.88, k == 0) + 2);
	l->h[0] = font * 1.15 + (double)(n - 1) * font * 1.1;
	l->w[1] = citymap_text_width(c->name, font, true) + 2;
	l->h[1] = font * 1.15;
}

static void
write_label(struct citymap_sheet *s, const struct citymap_city *c, const struct place_label *l)
{
	const struct citymap_service *v = &c->service[c->service[0].asked ? 0 : 1];
	double font = s->d->font, mid = l->box.x + l->box.w / 2;
	/* Towards the mark: a label at its left ends there, one at its right begins there. */
	const char *anchor = mid < l->at.x - l->clear ? "end"
		: mid > l->at.x + l->clear	      ? "start"
						      : "middle";
	double x = anchor[0] == 'e' ? l->box.x + l->box.w : anchor[0] == 's' ? l->box.x : mid;
	char lines[LABEL_LINES][CITYMAP_SAY_BYTES], class[32] = "";
	size_t n = label_lines(s, c, lines);

	if (l->form == 1) {
		n = 1;
		snprintf(lines[0], CITYMAP_SAY_BYTES, "%s", c->name);
	}
	if (l->away > 12) {
		double to_x = fmax(l->box.x, fmin(l->at.x, l->box.x + l->box.w));
		double to_y = fmax(l->box.y, fmin(l->at.y, l->box.y + l->box.h));

		buf_addf(s->b, "<path class=\"cm-leader\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", l->at.x,
			l->at.y, to_x, to_y);
	}
	if (v->asked && v->site == NULL)
		snprintf(class, sizeof(class), "cm-bad");
	else if (v->asked && citymap_colour(s->m, v->site) >= 0)
		snprintf(class, sizeof(class), "cm-s%d", citymap_colour(s->m, v->site));
	for (size_t k = 0; k < n; k++) {
		char both[48];

		snprintf(both, sizeof(both), "%s%s", k == 0 ? "cm-b " : "",
			k == 0 && s->d->full ? "" : class);
		citymap_text(s->b, x, l->box.y + font * 0.92 + (double)k * font * 1.1,
			k == 0 ? font : font * 0.88, both, anchor, lines[k]);
	}
}

void
citymap_labels(struct citymap_sheet *s)
{
	struct place_label *list = calloc(s->m->cities_len + 1, sizeof(*list));
	struct place_box paper = {2, 2, s->view.width - 4, s->view.height - 4};

	if (list == NULL) {
		s->b->failed = true;
		return;
	}
	for (size_t i = 0; i < s->m->cities_len; i++) {
		const struct citymap_city *c = &s->m->cities[i];
		bool ringed = c->site != NULL || c->unicast;

		list[i].at = citymap_project(&s->view, citymap_place_of(c));
		list[i].clear = s->d->mark * (ringed ? 2.0 : 1.15);
		measure(s, c, &list[i]);
	}
	if (place_labels(list, s->m->cities_len, paper, s->points, s->points_len, s->taken,
		    s->taken_len) < 0)
		s->b->failed = true;
	for (size_t i = 0; !s->b->failed && i < s->m->cities_len; i++)
		if (list[i].form < PLACE_FORMS)
			write_label(s, &s->m->cities[i], &list[i]);
	free(list);
}
