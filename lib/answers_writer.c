/* answers_writer.c - the answers file: appending to it, and leaving it whole when the disk is full. */
#include "lib/answers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/answers_wire.h"

enum { BUFFER_BYTES = 2048 * ANSWERS_RECORD_BYTES, PLAN_MAX_BYTES = 64 << 20 };

struct nsid {
	uint8_t len_bytes;
	uint8_t bytes[ANSWERS_NSID_BYTES];
};

struct answers_writer {
	char path[PATH_MAX];
	int fd;
	int failed;	 /* errno of the write that failed; nothing is written after it */
	off_t end_bytes; /* of what the file holds for certain */
	size_t used_bytes;
	uint32_t nsids_len;
	struct nsid nsids[ANSWERS_NSIDS];
	uint8_t buffer[BUFFER_BYTES];
};

/* On failure the file is cut back to whole records, so that a later append could not be misread. */
static int
write_all(struct answers_writer *w, const void *data, size_t len_bytes)
{
	size_t done = 0;

	while (done < len_bytes && w->failed == 0) {
		ssize_t n = write(w->fd, (const uint8_t *)data + done, len_bytes - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			w->failed = n == 0 ? EIO : errno;
	}
	w->end_bytes += (off_t)done;
	if (w->failed != 0 && w->end_bytes % ANSWERS_RECORD_BYTES != 0) {
		w->end_bytes -= w->end_bytes % ANSWERS_RECORD_BYTES;
		if (ftruncate(w->fd, w->end_bytes) < 0)
			return -w->failed; /* a cut tail: the reader copes */
	}
	return -w->failed;
}

static int
write_head(struct answers_writer *w, const char *plan_json, uint32_t streams, struct wall t0_wall,
	struct mono t0_mono)
{
	uint8_t head[ANSWERS_HEADER_BYTES] = ANSWERS_MAGIC, pad[ANSWERS_RECORD_BYTES];
	size_t json_len = strlen(plan_json);
	size_t padded =
		(json_len + ANSWERS_RECORD_BYTES - 1) / ANSWERS_RECORD_BYTES * ANSWERS_RECORD_BYTES;

	put32le(head + 8, ANSWERS_VERSION);
	put32le(head + 12, ANSWERS_RECORD_BYTES);
	put32le(head + 16, (uint32_t)padded);
	put32le(head + 20, streams);
	put64le(head + 24, (uint64_t)t0_wall.ns);
	put64le(head + 32, (uint64_t)t0_mono.ns);
	memset(pad, ' ', sizeof(pad));
	write_all(w, head, sizeof(head));
	write_all(w, plan_json, json_len);
	return write_all(w, pad, padded - json_len);
}

int
answers_create(const char *path, const char *plan_json, uint32_t streams, struct wall t0_wall,
	struct mono t0_mono, struct answers_writer **ret, struct err *e)
{
	struct answers_writer *w;
	int rc;

	if (strlen(path) >= sizeof(w->path))
		return err_set(e, ENAMETOOLONG, "%s: path too long", path);
	if (strlen(plan_json) > PLAN_MAX_BYTES)
		return err_set(e, EFBIG, "%s: the plan is larger than 64 MiB", path);
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	snprintf(w->path, sizeof(w->path), "%s", path);
	w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (w->fd < 0) {
		rc = err_sys(e, errno, "%s", path);
		free(w);
		return rc;
	}
	if (write_head(w, plan_json, streams, t0_wall, t0_mono) < 0)
		return answers_close(w, e);
	*ret = w;
	return 0;
}

/* Room for one record, zeroed; NULL once writing has failed. */
static uint8_t *
append(struct answers_writer *w)
{
	uint8_t *d;

	if (w->used_bytes == sizeof(w->buffer) && answers_flush(w) < 0)
		return NULL;
	if (w->failed != 0)
		return NULL;
	d = w->buffer + w->used_bytes;
	w->used_bytes += ANSWERS_RECORD_BYTES;
	memset(d, 0, ANSWERS_RECORD_BYTES);
	return d;
}

static void
write_tcp(struct answers_writer *w, const struct answers_query *q)
{
	uint8_t *d = append(w);

	if (d == NULL)
		return;
	d[0] = ANSWERS_WIRE_TCP;
	d[1] = q->tcp.flags;
	put16le(d + 4, q->stream);
	put32le(d + 8, q->seq);
	put64le(d + 16, (uint64_t)q->tcp.connect_ns);
	put64le(d + 24, (uint64_t)q->tcp.asked.ns);
}

int
answers_write_query(struct answers_writer *w, const struct answers_query *q)
{
	uint8_t *d;

	if (q->over_tcp)
		write_tcp(w, q);
	d = append(w);

	if (d == NULL)
		return -w->failed;
	d[0] = ANSWERS_WIRE_QUERY;
	d[1] = (uint8_t)q->status;
	d[2] = q->rcode;
	d[3] = q->flags;
	put16le(d + 4, q->stream);
	put16le(d + 6, q->nsid);
	put32le(d + 8, q->seq);
	put32le(d + 12, q->lateness_ns);
	put64le(d + 16, (uint64_t)q->sent.ns);
	put64le(d + 24, (uint64_t)q->received.ns);
	return 0;
}

int
answers_write_stray(struct answers_writer *w, const struct answers_stray *s)
{
	uint8_t *d = append(w);

	if (d == NULL)
		return -w->failed;
	d[0] = ANSWERS_WIRE_STRAY;
	d[1] = (uint8_t)s->kind;
	put16le(d + 4, s->stream);
	put16le(d + 6, s->nsid);
	put32le(d + 8, s->seq);
	put64le(d + 24, (uint64_t)s->received.ns);
	return 0;
}

uint16_t
answers_intern_nsid(struct answers_writer *w, const uint8_t *nsid, size_t len_bytes)
{
	struct nsid *n = w->nsids;
	uint8_t *d;

	if (len_bytes > ANSWERS_NSID_BYTES)
		len_bytes = ANSWERS_NSID_BYTES;
	if (len_bytes == 0)
		return ANSWERS_NSID_NONE;
	for (uint32_t i = 0; i < w->nsids_len; i++, n++)
		if (n->len_bytes == len_bytes && memcmp(n->bytes, nsid, len_bytes) == 0)
			return (uint16_t)i;
	if (w->nsids_len == ANSWERS_NSIDS || (d = append(w)) == NULL)
		return ANSWERS_NSID_NONE;
	n->len_bytes = (uint8_t)len_bytes;
	memcpy(n->bytes, nsid, len_bytes);
	d[0] = ANSWERS_WIRE_NSID;
	d[1] = n->len_bytes;
	put16le(d + 2, (uint16_t)w->nsids_len);
	memcpy(d + 4, nsid, len_bytes);
	return (uint16_t)w->nsids_len++;
}

int
answers_flush(struct answers_writer *w)
{
	size_t len_bytes = w->used_bytes;

	w->used_bytes = 0;
	return write_all(w, w->buffer, len_bytes);
}

int
answers_close(struct answers_writer *w, struct err *e)
{
	int rc = 0;

	if (w == NULL)
		return 0;
	answers_flush(w);
	if (close(w->fd) < 0 && w->failed == 0)
		w->failed = errno;
	if (w->failed != 0)
		rc = err_sys(e, w->failed, "%s: cannot write", w->path);
	free(w);
	return rc;
}
