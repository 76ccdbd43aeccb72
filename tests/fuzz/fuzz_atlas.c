/* fuzz_atlas.c - any bytes as a file of RIPE Atlas results, up to the table. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "probes/import/intake.h"
#include "probes/import/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err first_bad = {0}, e;
	struct table table;
	struct elements *in;
	struct tally *t;

	if (tally_new(&t, &e) < 0)
		return 0;
	if (elements_open_bytes(data, size, "fuzz", &in, &e) < 0)
		abort();
	intake_read(in, "fuzz", t, &first_bad, &e);
	elements_close(in);
	if (tally_close(t, &e) < 0 || table_make(t, &table, &e) < 0)
		abort();
	json_decref(table_json(&table));
	table_done(&table);
	tally_free(t);
	return 0;
}
