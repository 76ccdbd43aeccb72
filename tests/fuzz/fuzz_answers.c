/* fuzz_answers.c - any bytes into the reader of the answers file. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/answers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answers_record r;
	struct answers *a;

	if (answers_open_bytes(data, size, "fuzz", &a, NULL) < 0)
		return 0;
	while (answers_next(a, &r))
		if (r.type == ANSWERS_QUERY && r.query.nsid != ANSWERS_NSID_NONE &&
			answers_nsid(a, r.query.nsid) == NULL)
			abort();
	answers_free(a);
	return 0;
}
