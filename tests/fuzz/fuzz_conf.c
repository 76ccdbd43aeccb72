/* fuzz_conf.c - any bytes as a YAML file, walked and read with every getter. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(struct conf *c, const struct conf_node *n, int *budget)
{
	static const char *const keys[] = {"a", "b", NULL};

	if (--*budget < 0)
		return;
	conf_known(c, n, keys);
	for (size_t i = 0; i < conf_len(c, n); i++) {
		const char *key = conf_key_at(c, n, i);

		if (key != NULL) {
			conf_str(c, n, key, NULL);
			conf_bool(c, n, key, false);
			conf_duration_ns(c, n, key, 0);
			conf_u64(c, n, key, 1, 100, 1);
			conf_double(c, n, key, -1, 1, 0);
			conf_qps(c, n, key, 1);
			conf_bps(c, n, key, 1);
			conf_ratio(c, n, key, 1);
		}
		walk(c, conf_at(c, n, i), budget);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *c;
	int budget = 200;

	if (conf_parse("f", (const char *)data, size, &c) < 0)
		abort();
	if ((conf_root(c) == NULL) != (conf_complaints(c) > 0))
		abort();
	if (conf_root(c) != NULL)
		walk(c, conf_root(c), &budget);
	for (size_t i = 0; i < conf_complaints(c); i++)
		if (strpbrk(conf_complaint(c, i), "\n\r\t\033") != NULL)
			abort();
	conf_free(c);
	return 0;
}
