/* fuzz_sessions.c - any text as what a daemon says of its sessions' past; the first byte chooses the daemon. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/sweep_sessions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sessions *s = size == 0 ? NULL : sessions_new();
	char *text = size == 0 ? NULL : malloc(size);
	struct sessions_lost lost;

	if (s != NULL && text != NULL) {
		memcpy(text, data + 1, size - 1);
		text[size - 1] = '\0';
		switch (data[0] % 5) {
		case 0:
			sessions_read_frr_bgp(s, "n", text);
			break;
		case 1:
			sessions_read_frr_bfd(s, "n", text);
			break;
		case 2:
		case 3:
			sessions_read_bird(s, "n", data[0] % 5 == 3, text);
			break;
		default:
			sessions_read_openbgpd(s, "n", 100, text);
		}
		lost = sessions_compare(s, s);
		if (lost.bgp > lost.bgp_ends || lost.bfd > lost.bfd_ends)
			abort();
	}
	sessions_free(s);
	free(text);
	return 0;
}
