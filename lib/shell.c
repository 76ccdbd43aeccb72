/* shell.c - words as a shell reads them. */
#include "lib/shell.h"

#include <string.h>

void
shell_quote(struct buf *out, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,+@%";

	if (text[0] != '\0' && strspn(text, plain) == strlen(text)) {
		buf_add(out, text);
		return;
	}
	buf_add(out, "'");
	for (const char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			buf_add(out, "'\\''");
		else
			buf_add_len(out, p, 1);
	buf_add(out, "'");
}
