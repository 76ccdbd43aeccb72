/* fuzz_conf_bird.c - any bytes as a configuration of bird, which may include itself. */
#include "tests/fuzz/conf_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return conf_target(conf_bird_read, data, size);
}
