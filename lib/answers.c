/* answers.c - the answers file: reading it, whoever wrote it and however it was cut. */
#include "lib/answers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/answers_wire.h"

struct answers {
	const uint8_t *data;
	size_t len_bytes;
	bool mapped;
	uint32_t streams;
	uint32_t json_len_bytes;
	struct wall t0_wall;
	struct mono t0_mono;
	size_t at;   /* of the next record */
	size_t high; /* records before this have been counted and their NSIDs kept */
	uint64_t damaged;
	char **nsids; /* by index; NULL where none was defined */
	uint32_t nsids_len;
};

const char *
answers_status_name(unsigned int status)
{
	static const char *const names[ANSWERS_STATUSES] = {"good", "unanswered", "wrong_rcode",
		"wrong_data", "no_nsid", "unreachable", "send_failed", "pending", "truncated",
		"refused", "reset", "short", "malformed"};

	return status < ANSWERS_STATUSES ? names[status] : "?";
}

const char *
answers_stray_name(unsigned int kind)
{
	static const char *const names[ANSWERS_STRAY_KINDS] = {
		"?", "late", "duplicate", "mismatch", "malformed", "wrong_source"};

	return kind < ANSWERS_STRAY_KINDS ? names[kind] : "?";
}

static int
check_head(struct answers *a, const char *name, struct err *e)
{
	const uint8_t *d = a->data;
	uint32_t version, record_size;

	if (a->len_bytes < ANSWERS_HEADER_BYTES || memcmp(d, ANSWERS_MAGIC, 8) != 0)
		return err_set(e, EPROTO, "%s: not an answers file", name);
	version = get32le(d + 8);
	record_size = get32le(d + 12);
	if (version != ANSWERS_VERSION || record_size != ANSWERS_RECORD_BYTES)
		return err_set(e, EPROTO,
			"%s: answers format %u with records of %u bytes, this program reads %u "
			"with %u",
			name, version, record_size, ANSWERS_VERSION, ANSWERS_RECORD_BYTES);
	a->json_len_bytes = get32le(d + 16);
	a->streams = get32le(d + 20);
	a->t0_wall.ns = (int64_t)get64le(d + 24);
	a->t0_mono.ns = (int64_t)get64le(d + 32);
	if (a->json_len_bytes % ANSWERS_RECORD_BYTES != 0)
		return err_set(e, EPROTO, "%s: the length of the plan in it (%u) is damaged", name,
			a->json_len_bytes);
	if (a->json_len_bytes > a->len_bytes - ANSWERS_HEADER_BYTES)
		return err_set(e, EPROTO, "%s: cut inside the plan that should open it", name);
	a->at = a->high = ANSWERS_HEADER_BYTES + a->json_len_bytes;
	return 0;
}

int
answers_open_bytes(
	const void *data, size_t len_bytes, const char *name, struct answers **ret, struct err *e)
{
	struct answers *a = calloc(1, sizeof(*a));
	int rc;

	if (a == NULL)
		return err_sys(e, ENOMEM, "%s", name);
	a->data = data;
	a->len_bytes = len_bytes;
	rc = check_head(a, name, e);
	if (rc < 0) {
		free(a);
		return rc;
	}
	*ret = a;
	return 0;
}

int
answers_open(const char *path, struct answers **ret, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	struct stat st;
	size_t len_bytes;
	void *map;

	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, EPROTO, "%s: not a regular file", path);
	}
	len_bytes = (size_t)st.st_size;
	if (len_bytes < ANSWERS_HEADER_BYTES) {
		close(fd);
		return err_set(e, EPROTO, "%s: not an answers file (%zu bytes)", path, len_bytes);
	}
	map = mmap(NULL, len_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	rc = map == MAP_FAILED ? err_sys(e, errno, "%s: cannot map", path) : 0;
	close(fd);
	if (rc < 0)
		return rc;
	madvise(map, len_bytes, MADV_SEQUENTIAL);
	rc = answers_open_bytes(map, len_bytes, path, ret, e);
	if (rc < 0)
		munmap(map, len_bytes);
	else
		(*ret)->mapped = true;
	return rc;
}

void
answers_free(struct answers *a)
{
	if (a == NULL)
		return;
	if (a->mapped)
		munmap((void *)(uintptr_t)a->data, a->len_bytes);
	for (uint32_t i = 0; i < a->nsids_len; i++)
		free(a->nsids[i]);
	free(a->nsids);
	free(a);
}

const char *
answers_plan(const struct answers *a, size_t *ret_len_bytes)
{
	*ret_len_bytes = a->json_len_bytes;
	return (const char *)a->data + ANSWERS_HEADER_BYTES;
}

uint32_t
answers_streams(const struct answers *a)
{
	return a->streams;
}

struct wall
answers_t0_wall(const struct answers *a)
{
	return a->t0_wall;
}

struct mono
answers_t0_mono(const struct answers *a)
{
	return a->t0_mono;
}

static bool
nsid_known(const struct answers *a, uint16_t index)
{
	return index < a->nsids_len && a->nsids[index] != NULL;
}

static bool
keep_nsid(struct answers *a, const uint8_t *d)
{
	uint16_t index = get16le(d + 2);
	char *text;

	if (d[1] > ANSWERS_NSID_BYTES || index == ANSWERS_NSID_NONE || nsid_known(a, index))
		return false;
	if (index >= a->nsids_len) {
		char **grown = realloc(a->nsids, ((size_t)index + 1) * sizeof(*grown));

		if (grown == NULL)
			return false;
		memset(grown + a->nsids_len, 0, (index + 1 - a->nsids_len) * sizeof(*grown));
		a->nsids = grown;
		a->nsids_len = (uint32_t)index + 1;
	}
	text = calloc(1, ANSWERS_NSID_TEXT_BYTES);
	if (text == NULL)
		return false;
	a->nsids[index] = text;
	for (uint8_t i = 0; i < d[1]; i++) {
		uint8_t b = d[4 + i];

		if (b > ' ' && b < 0x7f && b != '\\')
			*text++ = (char)b;
		else
			text += snprintf(text, 5, "\\x%02x", b);
	}
	return true;
}

static bool
read_query(const struct answers *a, const uint8_t *d, struct answers_query *q)
{
	q->status = d[1];
	q->rcode = d[2];
	q->flags = d[3];
	q->stream = get16le(d + 4);
	q->nsid = get16le(d + 6);
	q->seq = get32le(d + 8);
	q->lateness_ns = get32le(d + 12);
	q->sent.ns = (int64_t)get64le(d + 16);
	q->received.ns = (int64_t)get64le(d + 24);
	q->over_tcp = false;
	q->tcp = (struct answers_tcp){0};
	return d[1] < ANSWERS_STATUSES && q->stream < a->streams &&
		(q->nsid == ANSWERS_NSID_NONE || nsid_known(a, q->nsid));
}

static bool
read_stray(const struct answers *a, const uint8_t *d, struct answers_stray *s)
{
	s->kind = d[1];
	s->stream = get16le(d + 4);
	s->nsid = get16le(d + 6);
	s->seq = get32le(d + 8);
	s->received.ns = (int64_t)get64le(d + 24);
	return d[1] > 0 && d[1] < ANSWERS_STRAY_KINDS && s->stream < a->streams &&
		(s->nsid == ANSWERS_NSID_NONE || nsid_known(a, s->nsid));
}

/* What stands right before the record of a query over TCP; it belongs to no other. */
static void
take_tcp(const struct answers *a, struct answers_query *q)
{
	const uint8_t *d = a->data + a->at - ANSWERS_RECORD_BYTES;

	if (a->at < ANSWERS_HEADER_BYTES + (size_t)a->json_len_bytes + ANSWERS_RECORD_BYTES ||
		d[0] != ANSWERS_WIRE_TCP || get16le(d + 4) != q->stream || get32le(d + 8) != q->seq)
		return;
	q->over_tcp = true;
	q->tcp.flags = d[1];
	q->tcp.connect_ns = (int64_t)get64le(d + 16);
	q->tcp.asked.ns = (int64_t)get64le(d + 24);
}

int
answers_next(struct answers *a, struct answers_record *ret)
{
	while (a->len_bytes - a->at >= ANSWERS_RECORD_BYTES) {
		const uint8_t *d = a->data + a->at;
		bool first_time = a->at == a->high, good = true, wanted = false;
		struct answers_record r;

		switch (d[0]) {
		case ANSWERS_WIRE_QUERY:
			r.type = ANSWERS_QUERY;
			wanted = good = read_query(a, d, &r.query);
			take_tcp(a, &r.query);
			break;
		case ANSWERS_WIRE_NSID:
			good = !first_time || keep_nsid(a, d);
			break;
		case ANSWERS_WIRE_STRAY:
			r.type = ANSWERS_STRAY;
			wanted = good = read_stray(a, d, &r.stray);
			break;
		default:
			break;
		}
		a->at += ANSWERS_RECORD_BYTES;
		if (first_time) {
			a->high = a->at;
			a->damaged += !good;
		}
		if (wanted) {
			*ret = r;
			return 1;
		}
	}
	return 0;
}

void
answers_rewind(struct answers *a)
{
	a->at = ANSWERS_HEADER_BYTES + a->json_len_bytes;
}

uint64_t
answers_damaged(const struct answers *a)
{
	return a->damaged;
}

unsigned int
answers_cut_bytes(const struct answers *a)
{
	return (unsigned int)(a->len_bytes % ANSWERS_RECORD_BYTES);
}

const char *
answers_nsid(const struct answers *a, uint16_t index)
{
	return nsid_known(a, index) ? a->nsids[index] : NULL;
}

uint32_t
answers_nsids(const struct answers *a)
{
	return a->nsids_len;
}
