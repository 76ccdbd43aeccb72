/* buf.c - text that grows; a failed allocation is remembered, so that a writer checks once at its end. */
#include "lib/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

static bool
make_room(struct buf *b, size_t more)
{
	size_t size = b->size == 0 ? 1024 : b->size;
	char *grown;

	if (b->failed)
		return false;
	while (size - b->len <= more)
		size *= 2;
	if (size == b->size)
		return true;
	grown = realloc(b->data, size);
	if (grown == NULL) {
		b->failed = true;
		return false;
	}
	b->data = grown;
	b->size = size;
	return true;
}

void
buf_add_len(struct buf *b, const char *data, size_t len)
{
	if (!make_room(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_add(struct buf *b, const char *text)
{
	buf_add_len(b, text, strlen(text));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0 && make_room(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

int
buf_check(const struct buf *b, struct err *e)
{
	return b->failed ? err_set(e, ENOMEM, "out of memory") : 0;
}
