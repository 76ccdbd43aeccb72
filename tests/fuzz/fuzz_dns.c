/* fuzz_dns.c - any bytes into the DNS reader. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_msg msg;

	if (dns_read(data, size, &msg) == 0) {
		if (msg.txt != NULL)
			dns_txt_is(msg.txt, msg.txt_len_bytes, "catchment");
		if (msg.nsid_len_bytes > 0 && msg.nsid + msg.nsid_len_bytes > data + size)
			abort();
		if (dns_read_question(data, size, &msg) != 0)
			abort();
	}
	return 0;
}
