/* conf_internal.h - what a conf is made of, for the files that build one. */
#ifndef LIB_CONF_INTERNAL_H
#define LIB_CONF_INTERNAL_H

#include <yaml.h>

#include "lib/conf.h"

struct complaint {
	size_t file; /* among the files */
	int line;
	char *text;
};

/* The document's nodes from the `first`th on are from this file, up to those of the next. */
struct conf_file {
	char *path;
	size_t first;
};

struct conf {
	struct conf_file *files; /* its own, then those it takes over from */
	size_t files_len;
	yaml_document_t doc;
	bool has_doc;
	struct complaint *complaints;
	size_t complaints_len;
	bool sorted;
};

/* One more file, whose nodes begin where the document now ends. */
void conf_add_file(struct conf *c, const char *path, size_t first);

/* Keep a complaint that begins with its place already; takes `text`. */
void conf_keep_complaint(struct conf *c, size_t file, int line, char *text);

#endif
