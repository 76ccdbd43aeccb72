/* jtrim.c - JSON text made shorter before it is parsed: objects and lists under keys that nobody asks for become null. */
#include "lib/jtrim.h"

#include <stdbool.h>
#include <string.h>

/* Behind the string whose first quote is at `at`; len when it does not end. */
static size_t
string_end(const char *text, size_t len, size_t at)
{
	for (at++; at < len; at++) {
		if (text[at] == '\\')
			at++;
		else if (text[at] == '"')
			return at + 1;
	}
	return len;
}

/* Behind the object or list that begins at `at`; 0 when it does not end. */
static size_t
value_end(const char *text, size_t len, size_t at)
{
	size_t depth = 0;

	while (at < len) {
		char c = text[at];

		if (c == '"') {
			at = string_end(text, len, at);
			continue;
		}
		depth += c == '{' || c == '[';
		at++;
		if ((c == '}' || c == ']') && --depth == 0)
			return at;
	}
	return 0;
}

static bool
is_one_of(const char *key, size_t len, const char *const keys[])
{
	for (size_t i = 0; keys[i] != NULL; i++)
		if (strlen(keys[i]) == len && memcmp(keys[i], key, len) == 0)
			return true;
	return false;
}

static size_t
skip_blanks(const char *text, size_t len, size_t at)
{
	while (at < len &&
		(text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
		at++;
	return at;
}

size_t
jtrim(char *text, size_t len, const char *const keys[])
{
	size_t to = 0, at = 0;

	while (at < len) {
		size_t end, value, after = 0;
		bool is_key;

		if (text[at] != '"') {
			text[to++] = text[at++];
			continue;
		}
		end = string_end(text, len, at);
		is_key = end > at + 2 && is_one_of(text + at + 1, end - at - 2, keys);
		memmove(text + to, text + at, end - at);
		to += end - at;
		at = end;
		value = is_key ? skip_blanks(text, len, at) : len;
		if (value >= len || text[value] != ':')
			continue;
		value = skip_blanks(text, len, value + 1);
		if (value < len && (text[value] == '{' || text[value] == '['))
			after = value_end(text, len, value);
		/* ":null" is no longer than ":" and a value of two brackets but for the shortest. */
		if (after == 0 || after - at < 5)
			continue;
		memcpy(text + to, ":null", 5);
		to += 5;
		at = after;
	}
	return to;
}
