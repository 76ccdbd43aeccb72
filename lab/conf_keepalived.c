/* conf_keepalived.c - what `lab validate` needs of keepalived.conf: the interfaces it wants. */
#include <stdlib.h>

#include "lab/conf_daemon.h"
#include "lab/conf_token.h"

int
conf_keepalived_read(struct daemon_conf *c, const struct dc_source *from, const char *path)
{
	struct statement *s = malloc(sizeof(*s));
	struct tokens t;
	char *data;
	size_t len, depth = 0;
	int file = dc_open(c, from, path, &data, &len);

	if (s == NULL)
		abort();
	if (file >= 0) {
		tokens_init(&t, data, len, true, false);
		do {
			statement_next(&t, s);
			if (depth == 1 && s->len > 1 && token_is(&s->tokens[0], "interface"))
				dc_add_name(c, (struct dc_place){(size_t)file, s->tokens[0].line},
					s->tokens[1].text, "keepalived");
			depth += s->end == '{';
			depth -= s->end == '}' && depth > 0;
		} while (s->end != '\0');
		free(data);
	}
	free(s);
	return file < 0 ? file : 0;
}
