/*
 * citymap_place.c - where labels go, so that none lies on another, on a city or off the paper.
 *
 * Each label has candidates around its mark, near ones first; each costs what it covers and how far
 * it is. Labels take the cheapest in turn until none wants to move; a label that still lies on
 * something it must not takes its shorter form and all is tried again, and is left out at last.
 */
#include "lib/citymap_place.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { DIRECTIONS = 16, DISTANCES = 6, CANDIDATES = DIRECTIONS * DISTANCES, ROUNDS = 40 };

#define COST_FORBIDDEN 1e6
#define COST_POINT     1.6
#define COST_AWAY      0.7

struct candidate {
	struct place_box box;
	double away;
	double cost; /* of itself, whatever the other labels do */
};

struct board {
	struct place_label *labels;
	size_t len;
	struct candidate (*all)[CANDIDATES];
	size_t *chosen;
};

bool
place_overlap(const struct place_box *a, const struct place_box *b)
{
	return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

/* A box beside a mark: its middle in that direction, its edge `away` from the mark's. */
static struct candidate
beside(const struct place_label *l, int direction, int distance)
{
	static const double aways[DISTANCES] = {3, 9, 18, 30, 46, 66};
	double angle = 2 * M_PI * direction / DIRECTIONS, dx = cos(angle), dy = sin(angle);
	double w = l->w[l->form], h = l->h[l->form], r = l->clear + aways[distance];
	struct candidate c = {.away = aways[distance]};

	c.box = (struct place_box){
		l->at.x + dx * (r + w / 2) - w / 2, l->at.y + dy * (r + h / 2) - h / 2, w, h};
	/* Beside is read more easily than above or below, slanted is worst. */
	c.cost = COST_AWAY * c.away + 2 * fabs(sin(2 * angle)) + fabs(dy) + (dx < 0 ? 0.5 : 0);
	return c;
}

static bool
is_inside(const struct place_box *paper, const struct place_box *b)
{
	return b->x >= paper->x && b->y >= paper->y && b->x + b->w <= paper->x + paper->w &&
		b->y + b->h <= paper->y + paper->h;
}

static void
list_candidates(struct board *b, size_t i, const struct place_box *paper,
	const struct paper_point *points, size_t points_len, const struct place_box *taken,
	size_t taken_len)
{
	for (int c = 0; c < CANDIDATES; c++) {
		struct candidate cand = beside(&b->labels[i], c % DIRECTIONS, c / DIRECTIONS);

		if (!is_inside(paper, &cand.box))
			cand.cost += COST_FORBIDDEN;
		for (size_t k = 0; k < taken_len; k++)
			if (place_overlap(&cand.box, &taken[k]))
				cand.cost += COST_FORBIDDEN;
		for (size_t k = 0; k < b->len; k++) {
			const struct place_label *l = &b->labels[k];
			struct place_box mark = {
				l->at.x - l->clear, l->at.y - l->clear, 2 * l->clear, 2 * l->clear};

			if (place_overlap(&cand.box, &mark))
				cand.cost += COST_FORBIDDEN;
		}
		for (size_t k = 0; k < points_len; k++)
			if (points[k].x > cand.box.x && points[k].x < cand.box.x + cand.box.w &&
				points[k].y > cand.box.y && points[k].y < cand.box.y + cand.box.h)
				cand.cost += COST_POINT;
		b->all[i][c] = cand;
	}
}

static double
cost_among(const struct board *b, size_t i, const struct candidate *c)
{
	double cost = c->cost;

	for (size_t k = 0; k < b->len; k++)
		if (k != i && b->labels[k].form < PLACE_FORMS &&
			place_overlap(&c->box, &b->all[k][b->chosen[k]].box))
			cost += COST_FORBIDDEN;
	return cost;
}

/* Each label to its cheapest place, until none moves any more. */
static void
settle(struct board *b)
{
	for (int round = 0; round < ROUNDS; round++) {
		bool moved = false;

		for (size_t i = 0; i < b->len; i++) {
			double best = cost_among(b, i, &b->all[i][b->chosen[i]]);

			if (b->labels[i].form == PLACE_FORMS)
				continue;
			for (size_t c = 0; c < CANDIDATES; c++) {
				double cost = cost_among(b, i, &b->all[i][c]);

				if (cost < best - 1e-9) {
					best = cost;
					b->chosen[i] = c;
					moved = true;
				}
			}
		}
		if (!moved)
			return;
	}
}

/* The label that is worst off, if any covers what it must not; else b->len. */
static size_t
worst(const struct board *b)
{
	size_t found = b->len;
	double most = COST_FORBIDDEN / 2;

	for (size_t i = 0; i < b->len; i++) {
		double cost = b->labels[i].form == PLACE_FORMS
			? 0
			: cost_among(b, i, &b->all[i][b->chosen[i]]);

		if (cost > most) {
			most = cost;
			found = i;
		}
	}
	return found;
}

int
place_labels(struct place_label *labels, size_t len, struct place_box paper,
	const struct paper_point *points, size_t points_len, const struct place_box *taken,
	size_t taken_len)
{
	struct board b = {
		labels, len, calloc(len + 1, sizeof(*b.all)), calloc(len + 1, sizeof(*b.chosen))};
	size_t bad;

	if (b.all == NULL || b.chosen == NULL) {
		free(b.all);
		free(b.chosen);
		return -ENOMEM;
	}
	for (size_t i = 0; i < len; i++) {
		labels[i].form = 0;
		list_candidates(&b, i, &paper, points, points_len, taken, taken_len);
	}
	for (settle(&b); (bad = worst(&b)) < len; settle(&b))
		if (++labels[bad].form < PLACE_FORMS)
			list_candidates(&b, bad, &paper, points, points_len, taken, taken_len);
	for (size_t i = 0; i < len; i++) {
		labels[i].box = b.all[i][b.chosen[i]].box;
		labels[i].away = b.all[i][b.chosen[i]].away;
	}
	free(b.all);
	free(b.chosen);
	return 0;
}
