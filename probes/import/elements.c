/* elements.c - a large JSON text taken one element at a time, in bounded memory. */
#include "probes/import/elements.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { READ_BYTES = 64 << 10 };

enum shape { UNKNOWN, ARRAY, LINES, ENDED };

struct elements {
	char *name;
	gzFile file; /* NULL: bytes in memory */
	enum shape shape;
	bool first; /* of an array */
	uint64_t line;
	char *text; /* the element under way */
	size_t len_bytes, room_bytes;
	const uint8_t *at, *end;
	int failed; /* -errno of reading; `why` says more */
	struct err why;
	uint8_t buffer[READ_BYTES];
};

static int
create(const char *name, struct elements **ret, struct err *e)
{
	struct elements *in = calloc(1, sizeof(*in));

	if (in == NULL || (in->name = strdup(name)) == NULL) {
		free(in);
		return err_sys(e, ENOMEM, "%s", name);
	}
	in->line = 1;
	*ret = in;
	return 0;
}

int
elements_open(const char *path, struct elements **ret, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	struct elements *in;
	int rc = create(standard ? "standard input" : path, &in, e);

	if (rc < 0)
		return rc;
	errno = 0;
	in->file = standard ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rbe");
	if (in->file == NULL) {
		rc = err_sys(e, errno != 0 ? errno : ENOMEM, "%s", in->name);
		elements_close(in);
		return rc;
	}
	*ret = in;
	return 0;
}

int
elements_open_bytes(
	const void *data, size_t len_bytes, const char *name, struct elements **ret, struct err *e)
{
	int rc = create(name, ret, e);

	if (rc < 0)
		return rc;
	(*ret)->at = data;
	(*ret)->end = len_bytes > 0 ? (*ret)->at + len_bytes : (*ret)->at;
	return 0;
}

void
elements_close(struct elements *in)
{
	if (in == NULL)
		return;
	if (in->file != NULL)
		gzclose_r(in->file);
	free(in->name);
	free(in->text);
	free(in);
}

/* Read on. True if there is a byte at `at`. */
static bool
refill(struct elements *in)
{
	int n, code;

	if (in->file == NULL || in->failed < 0)
		return false;
	errno = 0;
	n = gzread(in->file, in->buffer, sizeof(in->buffer));
	gzerror(in->file, &code);
	if (n <= 0 && code == Z_ERRNO)
		in->failed = err_sys(&in->why, errno != 0 ? errno : EIO, "%s", in->name);
	else if (n <= 0 && code != Z_OK && code != Z_STREAM_END)
		in->failed = err_set(&in->why, EBADMSG, "%s:%llu: the compressed file is %s",
			in->name, (unsigned long long)in->line,
			code == Z_BUF_ERROR ? "cut" : "damaged");
	if (n <= 0)
		return false;
	in->at = in->buffer;
	in->end = in->buffer + n;
	return true;
}

/* The next byte without taking it, -1 at the end. */
static int
peek(struct elements *in)
{
	if (in->at == in->end && !refill(in))
		return -1;
	return *in->at;
}

static int
take(struct elements *in)
{
	int c = peek(in);

	if (c >= 0)
		in->at++;
	if (c == '\n')
		in->line++;
	return c;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first byte that is not blank, not taken; -1 at the end. */
static int
skip_blanks(struct elements *in)
{
	while (is_blank(peek(in)))
		take(in);
	return peek(in);
}

static int
bad(const struct elements *in, uint64_t line, struct err *e, const char *text)
{
	if (in->failed < 0) {
		if (e != NULL)
			*e = in->why;
		return in->failed;
	}
	return err_set(e, EBADMSG, "%s:%llu: %s", in->name, (unsigned long long)line, text);
}

static int
keep(struct elements *in, int c, uint64_t line, struct err *e)
{
	if (in->len_bytes == in->room_bytes) {
		size_t room = in->room_bytes == 0 ? 4096 : 2 * in->room_bytes;
		char *grown;

		if (in->room_bytes == ELEMENTS_MAX_BYTES)
			return bad(in, line, e, "a result of more than 4 MiB");
		grown = realloc(in->text, room);
		if (grown == NULL)
			return err_sys(e, ENOMEM, "%s", in->name);
		in->text = grown;
		in->room_bytes = room;
	}
	in->text[in->len_bytes++] = (char)c;
	return 0;
}

/* From a '{' to the '}' that ends it. Brackets that do not pair are left for the parser to find. */
static int
take_object(struct elements *in, uint64_t line, struct err *e)
{
	bool in_string = false, escaped = false;
	int depth = 0, rc;

	do {
		int c = take(in);

		if (c < 0)
			return bad(
				in, line, e, "the file is cut inside the result that begins here");
		rc = keep(in, c, line, e);
		if (rc < 0)
			return rc;
		if (in_string) {
			in_string = escaped || c != '"';
			escaped = !escaped && c == '\\';
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	} while (depth > 0);
	return 1;
}

static int
next_of_array(struct elements *in, uint64_t *ret_line, struct err *e)
{
	int c = skip_blanks(in);

	if (c == ',' && !in->first) {
		take(in);
		c = skip_blanks(in);
		if (c == ']')
			return bad(in, in->line, e, "a comma before the end of the list");
	} else if (c != ']' && !in->first) {
		return bad(in, in->line, e,
			c < 0 ? "the list of results is cut: no ']'"
			      : "neither ',' nor ']' behind a result");
	}
	if (c == ']') {
		take(in);
		in->shape = ENDED;
		if (skip_blanks(in) >= 0)
			return bad(in, in->line, e, "something stands behind the list of results");
		return in->failed < 0 ? bad(in, in->line, e, "") : 0;
	}
	if (c != '{')
		return bad(in, in->line, e,
			c < 0 ? "the list of results is cut: no ']'"
			      : "a result must be an object");
	in->first = false;
	*ret_line = in->line;
	return take_object(in, in->line, e);
}

static int
next_line(struct elements *in, uint64_t *ret_line, struct err *e)
{
	if (skip_blanks(in) < 0)
		return in->failed < 0 ? bad(in, in->line, e, "") : 0;
	*ret_line = in->line;
	while (peek(in) >= 0 && peek(in) != '\n') {
		int rc = keep(in, take(in), *ret_line, e);

		if (rc < 0)
			return rc;
	}
	return in->failed < 0 ? bad(in, in->line, e, "") : 1;
}

int
elements_next(struct elements *in, struct element *ret, struct err *e)
{
	uint64_t line = 0;
	int rc;

	in->len_bytes = 0;
	if (in->shape == UNKNOWN) {
		int c = skip_blanks(in);

		if (c != '[' && c != '{')
			return bad(in, in->line, e,
				c < 0 ? "empty" : "neither a JSON array nor an object a line");
		in->shape = c == '[' ? ARRAY : LINES;
		in->first = true;
		if (c == '[')
			take(in);
	}
	if (in->shape == ENDED)
		return 0;
	rc = in->shape == ARRAY ? next_of_array(in, &line, e) : next_line(in, &line, e);
	if (rc > 0)
		*ret = (struct element){in->text, in->len_bytes, line, in->shape == LINES};
	return rc;
}
