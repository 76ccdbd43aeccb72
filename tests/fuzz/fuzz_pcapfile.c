/* fuzz_pcapfile.c - any bytes as a capture file. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/analyze/pcapfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned sum = 0;
	int fd = memfd_create("pcap", MFD_CLOEXEC);
	struct pcap_record rec;
	struct pcapfile *p;
	uint64_t records = 0;
	char path[64];
	struct err e;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (pcapfile_open(path, &p, &e) == 0) {
		while (pcapfile_next(p, &rec, &e) == 1) {
			if (rec.number != ++records || rec.captured_bytes > size)
				abort();
			for (size_t i = 0; i < rec.captured_bytes; i++)
				sum += rec.data[i];
		}
		pcapfile_free(p);
		if (sum > 255 * size)
			abort();
	}
	close(fd);
	return 0;
}
