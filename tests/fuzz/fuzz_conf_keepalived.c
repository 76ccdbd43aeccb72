/* fuzz_conf_keepalived.c - any bytes as a configuration of keepalived, which may include itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab/conf_daemon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
	const uint8_t *data;
	size_t len;
	int reads;
};

static size_t
expand(void *arg, const char *pattern, char (*ret)[DC_PATH_BYTES], size_t max)
{
	(void)arg;
	(void)max;
	strncpy(ret[0], pattern, DC_PATH_BYTES - 1);
	ret[0][DC_PATH_BYTES - 1] = '\0';
	return 1;
}

static int
read_text(void *arg, const char *path, char **ret_data, size_t *ret_len,
	char shown[static DC_PATH_BYTES])
{
	struct text *t = arg;

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = {data, size, 0};
	struct dc_source from = {expand, read_text, &text};
	struct daemon_conf c = {0};

	if (conf_keepalived_read(&c, &from, "/t") != 0)
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
