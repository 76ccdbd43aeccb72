/* pcapfile.c - a pcap file read record by record, with the place of whatever is wrong in it. */
#include "bench/analyze/pcapfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/pkt.h"

enum { CHUNK_BYTES = 1 << 20, MAX_FRAME_BYTES = 262144, HEAD_BYTES = 24, RECORD_BYTES = 16 };

struct pcapfile {
	int fd;
	bool swapped; /* written on a machine of the other byte order than little-endian */
	bool micros;
	uint32_t link;
	uint64_t offset_bytes; /* in the file, of buf[at] */
	uint64_t records;
	size_t at, have;
	char path[PATH_MAX];
	uint8_t buf[CHUNK_BYTES];
};

static uint32_t
get32(const struct pcapfile *p, const uint8_t *b)
{
	if (p->swapped)
		return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* Make at least `want` bytes available at buf[at]. Returns how many there are (fewer at the end). */
static ssize_t
need(struct pcapfile *p, size_t want)
{
	while (p->have - p->at < want) {
		ssize_t n;

		if (p->at > 0) {
			memmove(p->buf, p->buf + p->at, p->have - p->at);
			p->have -= p->at;
			p->at = 0;
		}
		n = read(p->fd, p->buf + p->have, sizeof(p->buf) - p->have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		p->have += (size_t)n;
	}
	return (ssize_t)(p->have - p->at);
}

static void
used(struct pcapfile *p, size_t bytes)
{
	p->at += bytes;
	p->offset_bytes += bytes;
}

static int
read_head(struct pcapfile *p, struct err *e)
{
	ssize_t n = need(p, HEAD_BYTES);
	uint32_t magic;

	if (n < 0)
		return err_sys(e, (int)-n, "%s", p->path);
	if (n < HEAD_BYTES)
		return err_set(e, EBADMSG, "%s: byte %zd: cut within the file header", p->path, n);
	magic = get32(p, p->buf);
	p->swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
	magic = get32(p, p->buf);
	if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d)
		return err_set(e, EBADMSG, "%s: byte 0: not a pcap file", p->path);
	p->micros = magic == 0xa1b2c3d4;
	p->link = get32(p, p->buf + 20) & 0x0fffffff;
	if (p->link != PKT_LINK_ETHERNET && p->link != PKT_LINK_RAW)
		return err_set(
			e, EBADMSG, "%s: byte 20: link type %u is not read here", p->path, p->link);
	used(p, HEAD_BYTES);
	return 0;
}

int
pcapfile_open(const char *path, struct pcapfile **ret, struct err *e)
{
	struct pcapfile *p = malloc(sizeof(*p));
	int rc;

	if (p == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	memset(p, 0, offsetof(struct pcapfile, buf));
	snprintf(p->path, sizeof(p->path), "%s", path);
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	rc = p->fd < 0 ? err_sys(e, errno, "%s", path) : read_head(p, e);
	if (rc < 0) {
		pcapfile_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

void
pcapfile_free(struct pcapfile *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

uint32_t
pcapfile_link(const struct pcapfile *p)
{
	return p->link;
}

int
pcapfile_next(struct pcapfile *p, struct pcap_record *ret, struct err *e)
{
	ssize_t n = need(p, RECORD_BYTES);
	const uint8_t *head;
	uint32_t fraction, captured;

	if (n == 0)
		return 0;
	if (n < 0)
		return err_sys(
			e, (int)-n, "%s: byte %llu", p->path, (unsigned long long)p->offset_bytes);
	if (n < RECORD_BYTES)
		return err_set(e, EBADMSG, "%s: byte %llu: cut within a record header", p->path,
			(unsigned long long)p->offset_bytes);
	head = p->buf + p->at;
	captured = get32(p, head + 8);
	fraction = get32(p, head + 4);
	if (captured > MAX_FRAME_BYTES || fraction >= (p->micros ? 1000000u : 1000000000u))
		return err_set(e, EBADMSG, "%s: byte %llu: no record can look like this", p->path,
			(unsigned long long)p->offset_bytes);
	ret->seen.ns = (int64_t)get32(p, head) * NS_PER_S +
		(int64_t)fraction * (p->micros ? NS_PER_US : 1);
	ret->wire_bytes = get32(p, head + 12);
	ret->captured_bytes = captured;
	n = need(p, RECORD_BYTES + captured);
	if (n < 0)
		return err_sys(
			e, (int)-n, "%s: byte %llu", p->path, (unsigned long long)p->offset_bytes);
	if ((size_t)n < RECORD_BYTES + captured)
		return err_set(e, EBADMSG, "%s: byte %llu: cut within a packet of %u bytes",
			p->path, (unsigned long long)p->offset_bytes, captured);
	ret->data = p->buf + p->at + RECORD_BYTES;
	ret->number = ++p->records;
	used(p, RECORD_BYTES + captured);
	return 1;
}
