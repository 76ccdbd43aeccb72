/* markdown.c - Markdown written piece by piece, where text that came from data cannot become markup. */
#include "reports/markdown.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
markdown_text(struct buf *b, const char *text)
{
	for (const char *at = text; at != NULL && *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		if (c < ' ' || c == 0x7f)
			buf_add(b, " ");
		else if (c == '&')
			buf_add(b, "&amp;");
		else if (c == '<')
			buf_add(b, "&lt;");
		else if (c == '>')
			buf_add(b, "&gt;");
		else if (c == '@') /* no mention of anybody */
			buf_add(b, "&#64;");
		else if (strchr("\\`*_{}[]#|~!$", c) != NULL)
			buf_addf(b, "\\%c", c);
		else
			buf_add_len(b, at, 1);
	}
}

void
markdown_textf(struct buf *b, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		b->failed = true;
	else
		markdown_text(b, text);
	va_end(ap);
	free(text);
}

void
markdown_row(struct buf *b, const char *const cells[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add(b, "| ");
		markdown_text(b, cells[i]);
		buf_add(b, " ");
	}
	buf_add(b, "|\n");
}

void
markdown_head(struct buf *b, const char *const names[], size_t n, size_t n_text)
{
	markdown_row(b, names, n);
	for (size_t i = 0; i < n; i++)
		buf_add(b, i < n_text ? "|---" : "|---:");
	buf_add(b, "|\n");
}

void
markdown_code(struct buf *b, const char *text)
{
	size_t longest = 2, run = 0;

	for (const char *at = text; *at != '\0'; at++) {
		run = *at == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		buf_add(b, "`");
	buf_addf(b, "\n%s\n", text);
	for (size_t i = 0; i <= longest; i++)
		buf_add(b, "`");
	buf_add(b, "\n");
}
