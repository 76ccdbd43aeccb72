/* knobs.h - what an operator may turn: a name, and which lines of which nodes' files a value of it goes into. */
#ifndef SCENARIOS_KNOBS_H
#define SCENARIOS_KNOBS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"
#include "lib/err.h"

enum { KNOBS_FILES = 16, KNOB_TEXT_BYTES = 32, KNOB_WORDS = 8 };

/* Lines of one file, at some nodes. */
struct knob_place {
	const char **at; /* layers of roles, and nodes */
	size_t at_len;
	const char *file; /* "/etc/..." as the node sees it */
	const char *
		line; /* extended regular expression; its one group is where the value goes, unless `set` */
	const char *set; /* what takes the line's place; NULL: only the group is replaced */
	const char *from,
		*to; /* only from a line like this one to before one like that; NULL: all of the file */
	double multiply, divide, plus; /* from the knob's unit to the file's */
	const char *
		*words; /* of a knob of words: what each of its values is called here; else NULL */
	size_t words_len;
	int conf_line;
};

struct knob {
	const char *name, *about;
	const char *unit; /* "s", "ms"; "": a plain number */
	const char *now;  /* its value where no line says it; NULL: the first place does */
	bool whole;	  /* whole numbers only */
	double min, max;
	const char
		*words[KNOB_WORDS]; /* values that are words; a value is then the number of one */
	size_t words_len;	    /* 0: its values are numbers */
	struct knob_place *places;
	size_t places_len;
	const char *path; /* of the file that declares it */
	int conf_line;
};

struct knobs {
	struct knob *list;
	size_t len;
	struct conf *confs[KNOBS_FILES]; /* own all strings */
	size_t confs_len;
};

/*
 * Take over the `knobs:` of a file: variant.yaml (whose other keys belong to others) or a user's own. A knob of a name that
 * is there already takes that one's place. Every mistake is told on stderr.
 *
 * Returns 0, -EINVAL after complaints (then `e` counts them), or -errno with `e` filled.
 */
int knobs_add_file(struct knobs *k, const char *path, bool is_variant, struct err *e);

/* Frees what it holds. */
void knobs_done(struct knobs *k);

/* NULL if there is none of that name. */
const struct knob *knobs_find(const struct knobs *k, const char *name);

/*
 * Read a value in the knob's unit: "2", or where the unit is s or ms also "500ms"; of a knob of words one of these.
 *
 * Returns 0 or -EINVAL with `e` saying what it should be.
 */
int knob_parse_value(const struct knob *k, const char *text, double *ret, struct err *e);

/* The same of a knob's value: where it has words, the word. */
const char *knob_show(const struct knob *k, double value, char out[static KNOB_TEXT_BYTES]);

/* Its words, as a list. */
json_t *knob_words_json(const struct knob *k);

/* A number as short as it can be said, without its unit. */
const char *knob_show_value(double value, char out[static KNOB_TEXT_BYTES]);

#endif
