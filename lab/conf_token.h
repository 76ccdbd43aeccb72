/* conf_token.h - words, strings and braces of configuration languages, with their lines. */
#ifndef LAB_CONF_TOKEN_H
#define LAB_CONF_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum { TOKEN_TEXT_BYTES = 256, STATEMENT_TOKENS = 48 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_PUNCT, TOKEN_NEWLINE };

struct token {
	enum token_kind kind;
	int line;
	char text[TOKEN_TEXT_BYTES]; /* cut when longer; one character for punctuation */
};

struct tokens {
	const char *data;
	size_t len, at;
	int line;
	bool newlines; /* ends of lines are tokens; a backslash before one hides it */
	bool c_style;  /* comments as in C, and names in '...' */
};

/* `data` is borrowed. Comments start with '#'. */
void tokens_init(struct tokens *t, const char *data, size_t len, bool newlines, bool c_style);
void token_next(struct tokens *t, struct token *ret);
bool token_is(const struct token *t, const char *text); /* a word or punctuation of that text */

/* A statement: its first tokens, and what ended it. */
struct statement {
	struct token tokens[STATEMENT_TOKENS];
	size_t len;
	char end; /* ';' or '{' (what follows is inside), '}' (the block is over), 0 (the text is) */
};

/* Read up to ';', '{', '}', or where newlines count the end of a line. Never empty unless at an end. */
void statement_next(struct tokens *t, struct statement *ret);

/* Step over a block whose '{' was read. */
void block_skip(struct tokens *t);

/* The word after `keyword` at or after `from`; NULL when there is none. */
const char *statement_after(const struct statement *s, size_t from, const char *keyword);

#endif
