/* svg.c - gnuplot's SVG made fit for a page: theme variables for colours, a name for screen readers, no weight. */
#include "reports/svg.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/html.h"
#include "reports/palette.h"

#define ATTRS_MAX 24
#define DEPTH_MAX 64

struct attr {
	char name[24];
	const char *value;
	size_t len;
};

struct tag {
	char name[16];
	bool is_end, is_empty;
	struct attr attr[ATTRS_MAX];
	size_t n_attrs;
};

struct dresser {
	struct buf *b;
	struct err *e;
	const struct svg_dress *how;
	size_t open_at[DEPTH_MAX]; /* where in b each open <g> begins */
	size_t open_end[DEPTH_MAX];
	size_t depth;
	double dot_radius;  /* of the point path under construction, 0: none */
	char dot_style[64]; /* its colour */
	bool in_text;
};

/* One tag from s, which points at '<'. Returns what follows, NULL if it is no tag. */
static const char *
tag_read(const char *s, struct tag *t)
{
	size_t n;

	*t = (struct tag){0};
	s++;
	t->is_end = *s == '/';
	s += t->is_end;
	n = strcspn(s, " \t\n/>");
	if (n == 0 || n >= sizeof(t->name))
		return NULL;
	memcpy(t->name, s, n);
	s += n;
	for (;;) {
		struct attr *a = &t->attr[t->n_attrs];
		char quote;

		s += strspn(s, " \t\n");
		if (*s == '/' && s[1] == '>') {
			t->is_empty = true;
			return s + 2;
		}
		if (*s == '>')
			return s + 1;
		n = strcspn(s, " \t\n=/>\"'<");
		if (n == 0 || n >= sizeof(a->name) || t->n_attrs == ATTRS_MAX)
			return NULL;
		memcpy(a->name, s, n);
		a->name[n] = '\0';
		s += n;
		s += strspn(s, " \t\n");
		if (*s++ != '=')
			return NULL;
		s += strspn(s, " \t\n");
		quote = *s++;
		if (quote != '"' && quote != '\'')
			return NULL;
		a->value = s;
		while (*s != '\0' && *s != quote && *s != '<' && *s != '>')
			s++;
		if (*s != quote)
			return NULL;
		a->len = (size_t)(s++ - a->value);
		t->n_attrs++;
	}
}

static const struct attr *
attr_find(const struct tag *t, const char *name)
{
	for (size_t i = 0; i < t->n_attrs; i++)
		if (strcmp(t->attr[i].name, name) == 0)
			return &t->attr[i];
	return NULL;
}

static bool
attr_is(const struct attr *a, const char *value)
{
	return a->len == strlen(value) && memcmp(a->value, value, a->len) == 0;
}

/* A colour as CSS, "" if it is none that a plot of ours may use. */
static const char *
css_colour(const struct attr *a, char out[static 64])
{
	unsigned red, green, blue;
	char text[32];
	const char *css = NULL;

	out[0] = '\0';
	if (a->len >= sizeof(text))
		return out;
	memcpy(text, a->value, a->len);
	text[a->len] = '\0';
	if (strcmp(text, "none") == 0 || strcmp(text, "currentColor") == 0)
		css = text;
	else if (strcmp(text, "black") == 0)
		css = colour_css(COLOUR_INK);
	else if (strcmp(text, "gray") == 0)
		css = colour_css(COLOUR_GRID);
	else if (strcmp(text, "white") == 0)
		css = colour_css(COLOUR_PAPER);
	else if (sscanf(text, "rgb(%u,%u,%u)", &red, &green, &blue) == 3 && red < 256 &&
		green < 256 && blue < 256)
		css = colour_css_of(red << 16 | green << 8 | blue);
	if (css != NULL)
		snprintf(out, 64, css[0] == '-' ? "var(%s)" : "%s", css);
	return out;
}

/* Numbers shortened to one decimal, everything else of a path or points attribute as it is. */
static void
add_geometry(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len;
	bool blank = false;

	while (s < end) {
		char *rest;

		if (strchr("-.0123456789", *s) != NULL) {
			double v = strtod(s, &rest);
			char text[40];

			if (rest == s)
				return;
			snprintf(text, sizeof(text), "%.1f", fabs(v) < 0.05 ? 0.0 : v);
			if (strcmp(text + strlen(text) - 2, ".0") == 0)
				text[strlen(text) - 2] = '\0';
			if (blank)
				buf_add(b, " ");
			buf_add(b, text);
			blank = false;
			s = rest;
			continue;
		}
		if (*s == ' ' || *s == '\n')
			blank = b->len > 0 && strchr("MLZHVhvz\"", b->data[b->len - 1]) == NULL;
		else if (strchr("MLHVZAQCmlhvzaqc,()", *s) != NULL ||
			strchr("abcdefghijklmnopqrstuvwxyz", *s) != NULL) {
			buf_add_len(b, s, 1);
			blank = false;
		}
		s++;
	}
}

static bool
is_paint(const char *name)
{
	return strcmp(name, "fill") == 0 || strcmp(name, "stroke") == 0 ||
		strcmp(name, "color") == 0;
}

/* Returns 0, or -EBADMSG for a colour that is not in the palette. */
static int
add_paint(struct dresser *d, const struct tag *t)
{
	char css[64];
	bool any = false;

	for (size_t i = 0; i < t->n_attrs; i++) {
		const struct attr *a = &t->attr[i];

		if (!is_paint(a->name))
			continue;
		if (css_colour(a, css)[0] == '\0')
			return err_set(d->e, EBADMSG, "plot %s: colour %.*s is not in the palette",
				d->how->id, (int)(a->len > 30 ? 30 : a->len), a->value);
		buf_addf(d->b, "%s%s:%s", any ? ";" : " style=\"", a->name, css);
		any = true;
	}
	if (any)
		buf_add(d->b, "\"");
	return 0;
}

static int
add_attrs(struct dresser *d, const struct tag *t)
{
	static const char *const geometry[] = {"d", "points", "transform", "x", "y", "width",
		"height", "cx", "cy", "r", "stroke-width", "stroke-dasharray", "font-size", "dy",
		"dx"};
	static const char *const words[] = {
		"text-anchor", "font-weight", "font-style", "shape-rendering"};

	for (size_t i = 0; i < t->n_attrs; i++) {
		const struct attr *a = &t->attr[i];

		for (size_t g = 0; g < sizeof(geometry) / sizeof(geometry[0]); g++)
			if (strcmp(a->name, geometry[g]) == 0) {
				buf_addf(d->b, " %s=\"", a->name);
				add_geometry(d->b, a->value, a->len);
				buf_add(d->b, "\"");
			}
		for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
			if (strcmp(a->name, words[w]) == 0 && !attr_is(a, "start") &&
				strspn(a->value, "abcdefghijklmnopqrstuvwxyzE0123456789") >= a->len)
				buf_addf(d->b, " %s=\"%.*s\"", a->name, (int)a->len, a->value);
	}
	return add_paint(d, t);
}

static void
dots_end(struct dresser *d)
{
	if (d->dot_radius > 0)
		buf_addf(d->b, "\"/>");
	d->dot_radius = 0;
}

/* A point is a line of no length with round ends; neighbours of one look share a path. */
static int
add_dot(struct dresser *d, const struct tag *t)
{
	const struct attr *href = attr_find(t, "xlink:href"), *move = attr_find(t, "transform");
	const struct attr *colour = attr_find(t, "color");
	char css[64] = "currentColor";
	double x, y, scale;

	if (href == NULL || !attr_is(href, "#gpPt6") || move == NULL ||
		sscanf(move->value, "translate(%lf,%lf) scale(%lf)", &x, &y, &scale) != 3 ||
		!(scale > 0))
		return err_set(
			d->e, EBADMSG, "plot %s: only filled round points are known", d->how->id);
	if (colour != NULL && css_colour(colour, css)[0] == '\0')
		return err_set(d->e, EBADMSG, "plot %s: a point's colour is not in the palette",
			d->how->id);
	if (d->dot_radius > 0 &&
		(d->dot_radius < scale || d->dot_radius > scale || strcmp(css, d->dot_style) != 0))
		dots_end(d);
	if (d->dot_radius == 0) {
		d->dot_radius = scale;
		snprintf(d->dot_style, sizeof(d->dot_style), "%s", css);
		buf_addf(d->b,
			"<path class=\"dots\" style=\"stroke:%s\" stroke-width=\"%.1f\" d=\"", css,
			scale * 2);
	}
	buf_addf(d->b, "M%.1f %.1fh0", x, y);
	return 0;
}

static int
group_end(struct dresser *d)
{
	if (d->depth == 0)
		return err_set(
			d->e, EBADMSG, "plot %s: more groups closed than opened", d->how->id);
	d->depth--;
	if (d->b->len == d->open_end[d->depth] && !d->b->failed) { /* nothing in it */
		d->b->len = d->open_at[d->depth];
		d->b->data[d->b->len] = '\0';
	} else {
		buf_add(d->b, "</g>");
	}
	return 0;
}

static int
add_tag(struct dresser *d, const struct tag *t)
{
	static const char *const known[] = {
		"g", "path", "polygon", "polyline", "rect", "circle", "text", "tspan"};
	bool is_known = false, is_group = strcmp(t->name, "g") == 0;
	int rc;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		is_known |= strcmp(t->name, known[i]) == 0;
	if (!is_known)
		return err_set(
			d->e, EBADMSG, "plot %s: unexpected element <%s>", d->how->id, t->name);
	if (t->is_end && is_group)
		return group_end(d);
	if (strcmp(t->name, "text") == 0)
		d->in_text = !t->is_end && !t->is_empty;
	if (t->is_end) {
		buf_addf(d->b, "</%s>", t->name);
		return 0;
	}
	if (is_group) {
		if (d->depth == DEPTH_MAX)
			return err_set(d->e, EBADMSG, "plot %s: groups too deep", d->how->id);
		d->open_at[d->depth] = d->b->len;
	}
	buf_addf(d->b, "<%s", t->name);
	rc = add_attrs(d, t);
	buf_add(d->b, t->is_empty ? "/>" : ">");
	if (is_group && !t->is_empty)
		d->open_end[d->depth++] = d->b->len;
	return rc;
}

/* The end of an element whose content is not wanted; NULL if it does not end. */
static const char *
skip(const char *s, const char *end_tag)
{
	const char *end = strstr(s, end_tag);

	return end == NULL ? NULL : end + strlen(end_tag);
}

static void
add_head(struct dresser *d, const char *view, size_t view_len)
{
	const char *id = d->how->id;

	buf_addf(d->b,
		"<svg class=\"%s\" viewBox=\"%.*s\" role=\"img\" aria-labelledby=\"%s-t %s-d\">",
		d->how->class, (int)view_len, view, id, id);
	buf_addf(d->b, "<title id=\"%s-t\">", id);
	html_text(d->b, d->how->title);
	buf_addf(d->b, "</title><desc id=\"%s-d\">", id);
	html_text(d->b, d->how->desc);
	buf_add(d->b, "</desc>");
}

static int
add_svg_tag(struct dresser *d, const struct tag *t)
{
	const struct attr *view = attr_find(t, "viewBox");

	if (t->is_end) {
		buf_add(d->b, "</svg>\n");
		return 0;
	}
	if (view == NULL || strspn(view->value, "0123456789. -") < view->len)
		return err_set(d->e, EBADMSG, "plot %s: no viewBox", d->how->id);
	add_head(d, view->value, view->len);
	return 0;
}

/* One element from s; returns what follows, NULL with *rc set. */
static const char *
one(struct dresser *d, const char *s, int *rc)
{
	const char *next;
	struct tag t;

	if (strncmp(s, "<?", 2) == 0)
		next = skip(s, "?>");
	else if (strncmp(s, "<defs", 5) == 0)
		next = skip(s, "</defs>");
	else if (strncmp(s, "<title", 6) == 0)
		next = skip(s, "</title>");
	else if (strncmp(s, "<desc", 5) == 0)
		next = skip(s, "</desc>");
	else {
		next = tag_read(s, &t);
		if (next != NULL && strcmp(t.name, "use") == 0) {
			*rc = add_dot(d, &t);
			return *rc < 0 ? NULL : next;
		}
		dots_end(d);
		if (next != NULL && strcmp(t.name, "svg") == 0)
			*rc = add_svg_tag(d, &t);
		else if (next != NULL)
			*rc = add_tag(d, &t);
	}
	if (next == NULL && *rc == 0)
		*rc = err_set(d->e, EBADMSG, "plot %s: not an SVG at \"%.40s\"", d->how->id, s);
	return *rc < 0 ? NULL : next;
}

int
svg_dress(struct buf *b, const char *svg, const struct svg_dress *how, struct err *e)
{
	struct dresser d = {.b = b, .e = e, .how = how};
	const char *s = svg;
	int rc = 0;

	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s, "<");

		if (n > 0 && d.in_text)
			buf_add_len(b, s, n);
		s += n;
		if (*s == '<')
			s = one(&d, s, &rc);
	}
	if (rc == 0 && d.depth != 0)
		rc = err_set(e, EBADMSG, "plot %s: groups left open", how->id);
	return rc;
}
