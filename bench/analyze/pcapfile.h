/*
 * pcapfile.h - a pcap file read record by record, with the place of whatever is wrong in it.
 *
 * libpcap reads such files too; this one says at which byte a file is cut, keeps nanoseconds, and
 * needs no callback. Source: draft-ietf-opsawg-pcap-04.
 */
#ifndef BENCH_ANALYZE_PCAPFILE_H
#define BENCH_ANALYZE_PCAPFILE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

struct pcapfile;

struct pcap_record {
	struct wall seen;
	uint64_t number;     /* from 1, as tshark counts frames */
	const uint8_t *data; /* valid until the next call */
	size_t captured_bytes;
	size_t wire_bytes;
};

/* Returns 0, or -errno with `e` filled: not there, not a pcap file, a link type not known. */
int pcapfile_open(const char *path, struct pcapfile **ret, struct err *e);
void pcapfile_free(struct pcapfile *p);

uint32_t pcapfile_link(const struct pcapfile *p);

/*
 * Returns 1 with `ret` filled, 0 at the end, or -errno with `e` naming the byte: -EBADMSG (cut
 * within a record, or a record that cannot be), or what reading gave.
 */
int pcapfile_next(struct pcapfile *p, struct pcap_record *ret, struct err *e);

#endif
