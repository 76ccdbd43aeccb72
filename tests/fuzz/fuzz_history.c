/* fuzz_history.c - any bytes as an index of runs; any JSON trimmed is JSON still. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jtrim.h"
#include "reports/history/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_index(const uint8_t *data, size_t size)
{
	struct history h = {0};
	struct err e;

	if (store_parse(data, size, "fuzz", &h, &e) < 0 && h.n > 0)
		abort();
	for (size_t i = 0; i < h.n; i++)
		history_run_done(&h.runs[i]);
	free(h.runs);
}

static void
trim(const uint8_t *data, size_t size)
{
	static const char *const keys[] = {"run", "a", NULL};
	json_t *whole = json_loadb((const char *)data, size, 0, NULL), *trimmed;
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	size = jtrim(text, size, keys);
	trimmed = json_loadb(text, size, 0, NULL);
	if (whole != NULL && trimmed == NULL)
		abort();
	json_decref(whole);
	json_decref(trimmed);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_index(data, size);
	trim(data, size);
	return 0;
}
