/* html.c - HTML and XML written piece by piece, where text that came from data cannot become markup. */
#include "reports/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/markup.h"
#include "lib/theme.h"
#include "reports/css.h"

void
html_text(struct buf *b, const char *text)
{
	markup_text(b, text);
}

void
html_textf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		b->failed = true;
	}
	va_end(ap);
	html_text(b, text);
	free(text);
}

void
html_attr(struct buf *b, const char *name, const char *value)
{
	markup_attr(b, name, value);
}

static bool
is_below(const char *path)
{
	if (path[0] == '\0' || path[0] == '/' || strchr(path, '\\') != NULL)
		return false;
	for (const char *p = path; p != NULL; p = strchr(p, '/')) {
		p += *p == '/';
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return false;
	}
	return true;
}

void
html_link(struct buf *b, const char *path)
{
	html_link_as(b, path, path);
}

static void
percent(struct buf *b, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	for (const char *p = text; *p != '\0'; p++)
		if (strchr(plain, *p) != NULL)
			buf_add_len(b, p, 1);
		else
			buf_addf(b, "%%%02X", (unsigned)(unsigned char)*p);
}

void
html_link_as(struct buf *b, const char *path, const char *text)
{
	html_link_to(b, path, NULL, text);
}

void
html_target_id(struct buf *b, const char *id)
{
	struct buf whole = {0};

	buf_addf(&whole, "target-%s", id);
	html_attr(b, "id", whole.data);
	b->failed |= whole.failed;
	buf_done(&whole);
}

void
html_link_to(struct buf *b, const char *path, const char *anchor, const char *text)
{
	if (path == NULL)
		return;
	if (!is_below(path)) {
		html_text(b, text);
		return;
	}
	buf_add(b, "<a href=\"./");
	percent(b, path);
	if (anchor != NULL) {
		buf_add(b, "#");
		percent(b, anchor);
	}
	buf_add(b, "\">");
	html_text(b, text);
	buf_add(b, "</a>");
}

void
html_table(struct buf *b, const char *caption)
{
	buf_add(b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
	html_attr(b, "aria-label", caption);
	buf_add(b, "><table><caption><span>");
	html_text(b, caption);
	buf_add(b, "</span></caption>\n");
}

void
html_table_end(struct buf *b)
{
	buf_add(b, "</table></div>\n");
}

void
html_page(struct buf *b, const char *title, const char *more_css)
{
	html_raw(b,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'\">\n<title>");
	html_text(b, title);
	html_raw(b, "</title>\n<style>\n");
	buf_add(b, theme_css);
	buf_add(b, css_text);
	if (more_css != NULL)
		buf_add(b, more_css);
	html_raw(b, "</style></head>\n<body>\n<main>\n");
}

void
html_row(struct buf *b)
{
	buf_add(b, "<tr>");
}

void
html_row_end(struct buf *b)
{
	buf_add(b, "</tr>\n");
}

static void
cell(struct buf *b, const char *open, const char *text, const char *close)
{
	buf_add(b, open);
	html_text(b, text);
	buf_add(b, close);
}

void
html_col(struct buf *b, const char *text)
{
	cell(b, "<th scope=\"col\">", text, "</th>");
}

void
html_col_num(struct buf *b, const char *text)
{
	cell(b, "<th scope=\"col\" class=\"n\">", text, "</th>");
}

void
html_columns(struct buf *b, const char *const names[], size_t n, size_t n_text)
{
	buf_add(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < n; i++)
		if (i < n_text)
			html_col(b, names[i]);
		else
			html_col_num(b, names[i]);
	html_row_end(b);
	buf_add(b, "</thead><tbody>\n");
}

void
html_rowhead(struct buf *b, const char *text)
{
	cell(b, "<th scope=\"row\">", text, "</th>");
}

void
html_cell(struct buf *b, const char *text)
{
	cell(b, "<td>", text, "</td>");
}

void
html_num(struct buf *b, const char *text)
{
	cell(b, "<td class=\"n\">", text, "</td>");
}
