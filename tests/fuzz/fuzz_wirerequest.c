/* fuzz_wirerequest.c - requests to the link emulator: hostile JSON, with two links to name. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lab/wire/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes)
{
	struct wire_request r;
	struct wire_names names;
	struct err e;

	if (wire_names_init(&names, 2, NULL) < 0)
		return 0;
	memcpy(names.name[0], "b:x--c:x", 9);
	memcpy(names.name[1], "a:x--b:x", 9);
	if (wire_names_sort(&names, NULL) == 0 &&
		wire_request_read((const char *)data, len_bytes, &names, &r, &e) == 0) {
		struct wire_impair m = {0};

		for (size_t i = 0; i < r.set.n; i++)
			if (r.set.dirs[i] > 3 || (i > 0 && r.set.dirs[i - 1] >= r.set.dirs[i]))
				abort();
		wire_impair_copy(&m, &r.set.value, r.set.mask);
		(void)wire_impair_check(&m, &e);
		wire_request_done(&r);
	}
	wire_names_done(&names);
	return 0;
}
