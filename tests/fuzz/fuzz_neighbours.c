/* fuzz_neighbours.c - any bytes as BFD, OSPF Hello and VRRP. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/bfd.h"
#include "lib/ospf.h"
#include "lib/vrrp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum ospf_type type;
	struct ospf_hello h;
	struct vrrp_advert a;
	struct bfd_packet b;

	if (bfd_read(data, size, &b) == 0 &&
		(bfd_state_name(b.state) == NULL || bfd_diag_name(b.diag) == NULL))
		abort();
	if (ospf_hello_read(data, size, &type, &h) == 0) {
		if (cursor_left(&h.neighbours) > size || cursor_left(&h.neighbours) % 4 != 0)
			abort();
		while (cursor_left(&h.neighbours) > 0)
			cursor_u32(&h.neighbours);
	}
	for (uint8_t family = 4; family <= 6; family += 2)
		if (vrrp_read(data, size, 255, family, &a) == 0 && vrrp_down_interval_ns(&a) <= 0)
			abort();
	return 0;
}
