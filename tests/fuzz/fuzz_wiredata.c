/* fuzz_wiredata.c - any frame put to the question whether a blackhole of some swallows it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lab/wire/data.h"
#include "lab/wire/impair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len_bytes)
{
	static const struct wire_impair none = {0}, all_data = {.blackhole_data = true},
					large = {.lose_larger_bytes = 1280},
					tcp = {.lose_tcp_port = 53}, udp = {.lose_udp_port = 53};
	const struct wire_impair both = {.lose_tcp_port = 53, .lose_udp_port = 53};
	bool is_tcp = wire_is_swallowed(&tcp, data, len_bytes);
	bool is_udp = wire_is_swallowed(&udp, data, len_bytes);

	if (wire_is_swallowed(&none, data, len_bytes))
		abort(); /* nothing is asked for */
	if (is_tcp && is_udp)
		abort(); /* no packet is both */
	if ((is_tcp || is_udp) != wire_is_swallowed(&both, data, len_bytes))
		abort();
	(void)wire_is_swallowed(&all_data, data, len_bytes);
	(void)wire_is_swallowed(&large, data, len_bytes);
	return 0;
}
