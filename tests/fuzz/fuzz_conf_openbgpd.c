/* fuzz_conf_openbgpd.c - any bytes as a configuration of openbgpd, which may include itself. */
#include "tests/fuzz/conf_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return conf_target(conf_openbgpd_read, data, size);
}
