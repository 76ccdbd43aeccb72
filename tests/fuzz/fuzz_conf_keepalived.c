/* fuzz_conf_keepalived.c - any bytes as a configuration of keepalived, which may include itself. */
#include "tests/fuzz/conf_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return conf_target(conf_keepalived_read, data, size);
}
