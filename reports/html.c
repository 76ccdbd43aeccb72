/* html.c - HTML and XML written piece by piece, where text that came from data cannot become markup. */
#include "reports/html.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Length of the UTF-8 sequence at s and its code point; 0 if it is none. */
static size_t
decode(const unsigned char *s, uint32_t *ret)
{
	size_t len = s[0] < 0x80	      ? 1
		: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
					      : 0;
	uint32_t c;

	if (len == 0)
		return 0;
	c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fU);
	}
	if ((len == 3 && c < 0x800) || (len == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	*ret = c;
	return len;
}

static bool
is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n';
	if (c >= 0x7f && c < 0xa0)
		return false;
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
		c == 0x200f)
		return false;
	return !(c >= 0xd800 && c <= 0xdfff) && c != 0xfffe && c != 0xffff;
}

void
html_text(struct buf *b, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (s != NULL && *s != '\0') {
		uint32_t c = 0;
		size_t len = decode(s, &c);

		if (len == 0 || !is_allowed(c))
			buf_add(b, REPLACEMENT);
		else if (c == '<')
			buf_add(b, "&lt;");
		else if (c == '>')
			buf_add(b, "&gt;");
		else if (c == '&')
			buf_add(b, "&amp;");
		else if (c == '"')
			buf_add(b, "&quot;");
		else if (c == '\'')
			buf_add(b, "&#39;");
		else
			buf_add_len(b, (const char *)s, len);
		s += len == 0 ? 1 : len;
	}
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
	buf_addf(b, " %s=\"", name);
	html_text(b, value);
	buf_add(b, "\"");
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
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	if (path == NULL)
		return;
	if (!is_below(path)) {
		html_text(b, path);
		return;
	}
	buf_add(b, "<a href=\"./");
	for (const char *p = path; *p != '\0'; p++)
		if (strchr(plain, *p) != NULL)
			buf_add_len(b, p, 1);
		else
			buf_addf(b, "%%%02X", (unsigned)(unsigned char)*p);
	buf_add(b, "\">");
	html_text(b, path);
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
