/* conf_target.h - any bytes as a daemon's configuration, which may include itself: what the readers' targets share. */
#ifndef TESTS_FUZZ_CONF_TARGET_H
#define TESTS_FUZZ_CONF_TARGET_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab/conf_daemon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int (*conf_reader)(struct daemon_conf *c, const struct dc_source *from, const char *path);

struct conf_target_text {
	const uint8_t *data;
	size_t len;
	int reads;
};

static inline size_t
conf_target_expand(void *arg, const char *pattern, char (*ret)[DC_PATH_BYTES], size_t max)
{
	(void)arg;
	(void)max;
	strncpy(ret[0], pattern, DC_PATH_BYTES - 1);
	ret[0][DC_PATH_BYTES - 1] = '\0';
	return 1;
}

static inline int
conf_target_read(void *arg, const char *path, char **ret_data, size_t *ret_len,
	char shown[static DC_PATH_BYTES])
{
	struct conf_target_text *t = arg;

	(void)path;
	if (t->reads++ == 3)
		return -ENOENT;
	strcpy(shown, "t");
	*ret_data = malloc(t->len + 1);
	if (*ret_data == NULL)
		abort();
	memcpy(*ret_data, t->data, t->len);
	(*ret_data)[t->len] = '\0';
	*ret_len = t->len;
	return 0;
}

/* Read it; whatever is found must have a place in a file. Returns 0, aborts on what must not be. */
static inline int
conf_target(conf_reader read, const uint8_t *data, size_t size)
{
	struct conf_target_text text = {data, size, 0};
	struct dc_source from = {conf_target_expand, conf_target_read, &text};
	struct daemon_conf c = {0};

	if (read(&c, &from, "/t") != 0)
		abort();
	for (size_t i = 0; i < c.sessions_len; i++)
		if (c.sessions[i].at.file >= c.files_len || c.sessions[i].at.line < 1)
			abort();
	for (size_t i = 0; i < c.names_len; i++)
		if (c.names[i].at.file >= c.files_len || c.names[i].what == NULL)
			abort();
	daemon_conf_done(&c);
	return 0;
}

#endif
