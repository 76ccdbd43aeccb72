/* fuzz_conf_frr.c - any bytes as a configuration of frr, which may include itself. */
#include "tests/fuzz/conf_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return conf_target(conf_frr_read, data, size);
}
