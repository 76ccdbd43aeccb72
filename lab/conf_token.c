/* conf_token.c - words, strings and braces of configuration languages, with their lines. */
#include "lab/conf_token.h"

#include <stdio.h>
#include <string.h>

void
tokens_init(struct tokens *t, const char *data, size_t len, bool newlines, bool c_style)
{
	*t = (struct tokens){
		.data = data, .len = len, .line = 1, .newlines = newlines, .c_style = c_style};
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c != '\0' && strchr("_.:/-%*$+?&@", c) != NULL) || (unsigned char)c >= 0x80;
}

static bool
starts(const struct tokens *t, const char *two)
{
	return t->at + 1 < t->len && t->data[t->at] == two[0] && t->data[t->at + 1] == two[1];
}

/* Blanks and comments. Stops at an end of line where that counts. */
static void
skip_blank(struct tokens *t)
{
	while (t->at < t->len) {
		char c = t->data[t->at];

		if (c == '\n' && t->newlines)
			return;
		if (t->newlines && starts(t, "\\\n")) {
			t->at += 2;
			t->line++;
		} else if (c == '#') {
			while (t->at < t->len && t->data[t->at] != '\n')
				t->at++;
		} else if (t->c_style && starts(t, "/*")) {
			t->at += 2;
			while (t->at < t->len && !starts(t, "*/"))
				t->line += t->data[t->at++] == '\n';
			t->at = t->at + 2 < t->len ? t->at + 2 : t->len;
		} else if (c == ' ' || (c >= '\t' && c <= '\r') || c == '\0') {
			t->line += c == '\n';
			t->at++;
		} else
			return;
	}
}

/* What is between quotes; an end of line ends it too, or one lost quote would hide the rest. */
static void
read_quoted(struct tokens *t, char quote, struct token *ret)
{
	size_t n = 0;

	for (t->at++; t->at < t->len && t->data[t->at] != quote && t->data[t->at] != '\n'; t->at++)
		if (n + 1 < sizeof(ret->text))
			ret->text[n++] = t->data[t->at];
	if (t->at < t->len && t->data[t->at] == quote)
		t->at++;
	ret->text[n] = '\0';
}

void
token_next(struct tokens *t, struct token *ret)
{
	size_t n = 0;
	char c;

	skip_blank(t);
	ret->line = t->line;
	ret->text[0] = '\0';
	ret->kind = TOKEN_END;
	if (t->at >= t->len)
		return;
	c = t->data[t->at];
	if (c == '\n') {
		ret->kind = TOKEN_NEWLINE;
		t->at++;
		t->line++;
	} else if (c == '"') {
		ret->kind = TOKEN_STRING;
		read_quoted(t, '"', ret);
	} else if (c == '\'' && t->c_style) {
		ret->kind = TOKEN_WORD;
		read_quoted(t, '\'', ret);
	} else if (is_word(c)) {
		ret->kind = TOKEN_WORD;
		for (; t->at < t->len && is_word(t->data[t->at]); t->at++) {
			if (t->c_style && starts(t, "/*") && n > 0)
				break;
			if (n + 1 < sizeof(ret->text))
				ret->text[n++] = t->data[t->at];
		}
		ret->text[n] = '\0';
	} else {
		ret->kind = TOKEN_PUNCT;
		ret->text[0] = c;
		ret->text[1] = '\0';
		t->at++;
	}
}

bool
token_is(const struct token *t, const char *text)
{
	return (t->kind == TOKEN_WORD || t->kind == TOKEN_PUNCT) && strcmp(t->text, text) == 0;
}

void
statement_next(struct tokens *t, struct statement *ret)
{
	struct token token;

	ret->len = 0;
	for (;;) {
		token_next(t, &token);
		ret->end = '\0';
		if (token.kind == TOKEN_END)
			return;
		if (token.kind == TOKEN_NEWLINE)
			ret->end = ';';
		else if (token.kind == TOKEN_PUNCT && strchr(";{}", token.text[0]) != NULL)
			ret->end = token.text[0];
		if (ret->end == ';' && ret->len == 0)
			continue;
		/* What stands before a closing brace is a statement; the brace is read again. */
		if (ret->end == '}' && ret->len > 0) {
			ret->end = ';';
			t->at--;
		}
		if (ret->end != '\0')
			return;
		if (ret->len < STATEMENT_TOKENS)
			ret->tokens[ret->len++] = token;
	}
}

void
block_skip(struct tokens *t)
{
	struct token token;
	size_t depth = 1;

	while (depth > 0) {
		token_next(t, &token);
		if (token.kind == TOKEN_END)
			return;
		if (token.kind == TOKEN_PUNCT)
			depth += token.text[0] == '{', depth -= token.text[0] == '}';
	}
}

const char *
statement_after(const struct statement *s, size_t from, const char *keyword)
{
	for (size_t i = from; i + 1 < s->len; i++)
		if (token_is(&s->tokens[i], keyword))
			return s->tokens[i + 1].text;
	return NULL;
}
