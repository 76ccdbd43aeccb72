/* mrt.c - records of MRT files, cut out of a file (gzip or not) or of memory. */
#include "bench/load/mrt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/mono.h"

enum {
	HEADER_BYTES = 12,
	TYPE_TABLE_DUMP = 12,
	TYPE_TABLE_DUMP_V2 = 13,
	TYPE_BGP4MP = 16,
	TYPE_BGP4MP_ET = 17,
};

struct mrt_file {
	char *path;
	gzFile gz; /* NULL: memory */
	const uint8_t *data;
	size_t len;
	uint64_t at_bytes;
	uint8_t *body;
	size_t body_size;
};

int
mrt_open(struct mrt_file **ret, const char *path, struct err *e)
{
	struct mrt_file *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL || (f->path = strdup(path)) == NULL) {
		free(f);
		return err_sys(e, ENOMEM, "%s", path);
	}
	errno = 0;
	f->gz = gzopen(path, "rbe");
	if (f->gz == NULL) {
		rc = err_sys(e, errno != 0 ? errno : ENOMEM, "%s", path);
		mrt_close(f);
		return rc;
	}
	gzbuffer(f->gz, 1 << 18);
	*ret = f;
	return 0;
}

int
mrt_open_memory(struct mrt_file **ret, const void *data, size_t len, struct err *e)
{
	struct mrt_file *f = calloc(1, sizeof(*f));

	if (f == NULL || (f->path = strdup("memory")) == NULL) {
		free(f);
		return err_sys(e, ENOMEM, "memory");
	}
	f->data = data;
	f->len = len;
	*ret = f;
	return 0;
}

void
mrt_close(struct mrt_file *f)
{
	if (f == NULL)
		return;
	if (f->gz != NULL)
		gzclose(f->gz);
	free(f->body);
	free(f->path);
	free(f);
}

int
mrt_rewind(struct mrt_file *f, struct err *e)
{
	f->at_bytes = 0;
	if (f->gz != NULL && gzrewind(f->gz) < 0)
		return err_set(e, EIO, "%s: cannot be read twice", f->path);
	return 0;
}

/* The next bytes, fewer at the end. Returns how many, or -errno. */
static int
take(struct mrt_file *f, void *to, size_t len, struct err *e)
{
	int n;

	if (f->gz == NULL) {
		size_t left = f->len - f->at_bytes;

		len = len < left ? len : left;
		if (len > 0)
			memcpy(to, f->data + f->at_bytes, len);
		f->at_bytes += len;
		return (int)len;
	}
	n = gzread(f->gz, to, (unsigned)len);
	if (n < (int)len && !gzeof(f->gz)) {
		int code;
		const char *why = gzerror(f->gz, &code);

		return code == Z_ERRNO
			? err_sys(e, errno, "%s", f->path)
			: err_set(e, EBADMSG, "%s: byte %llu: damaged gzip: %s", f->path,
				  (unsigned long long)(f->at_bytes + (n > 0 ? (size_t)n : 0)), why);
	}
	f->at_bytes += n > 0 ? (size_t)n : 0;
	return n < 0 ? err_set(e, EIO, "%s: cannot be read", f->path) : n;
}

static uint32_t
u32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum mrt_kind
kind_of(const struct mrt_record *r)
{
	bool message = r->type == TYPE_BGP4MP || r->type == TYPE_BGP4MP_ET;

	if (r->type == TYPE_TABLE_DUMP_V2 && r->subtype == 1)
		return MRT_PEERS;
	if (r->type == TYPE_TABLE_DUMP_V2 &&
		(r->subtype == 2 || r->subtype == 4 || r->subtype == 8 || r->subtype == 10))
		return MRT_RIB;
	if (message &&
		(r->subtype == 1 || r->subtype == 4 || (r->subtype >= 6 && r->subtype <= 11)))
		return MRT_MESSAGE;
	return MRT_OTHER;
}

/* What is no MRT at all is best told at its first bytes. */
static int
check_start(const struct mrt_file *f, const uint8_t *head, struct err *e)
{
	if (memcmp(head, "BZh", 3) == 0)
		return err_set(
			e, EBADMSG, "%s: compressed with bzip2: decompress it first", f->path);
	if (memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ||
		memcmp(head,
			"\xfd"
			"7zXZ",
			5) == 0)
		return err_set(
			e, EBADMSG, "%s: compressed with zstd or xz: decompress it first", f->path);
	return 0;
}

static int
read_body(struct mrt_file *f, struct mrt_record *r, size_t len, struct err *e)
{
	int n;

	if (len > f->body_size) {
		uint8_t *grown = realloc(f->body, len);

		if (grown == NULL)
			return err_sys(e, ENOMEM, "%s", f->path);
		f->body = grown;
		f->body_size = len;
	}
	n = take(f, f->body, len, e);
	if (n < 0)
		return n;
	if ((size_t)n < len)
		return err_set(e, EBADMSG,
			"%s: byte %llu: the record of %zu bytes that starts here is cut off after "
			"%d",
			f->path, (unsigned long long)r->at_bytes, len + HEADER_BYTES,
			n + HEADER_BYTES);
	r->body = f->body;
	r->len = len;
	return 0;
}

int
mrt_next(struct mrt_file *f, struct mrt_record *ret, struct err *e)
{
	struct mrt_record r = {.at_bytes = f->at_bytes};
	uint8_t head[HEADER_BYTES];
	int n = take(f, head, sizeof(head), e);
	uint32_t len;

	if (n <= 0)
		return n;
	if (r.at_bytes == 0 && n >= 6 && check_start(f, head, e) < 0)
		return -EBADMSG;
	if (n < HEADER_BYTES)
		return err_set(e, EBADMSG, "%s: byte %llu: the file ends within a record's head",
			f->path, (unsigned long long)r.at_bytes);
	r.time_ns = (int64_t)u32_at(head) * NS_PER_S;
	r.type = (uint16_t)(head[4] << 8 | head[5]);
	r.subtype = (uint16_t)(head[6] << 8 | head[7]);
	len = u32_at(head + 8);
	if (r.type < 11 || r.type > 64 || len > MRT_MAX_RECORD_BYTES)
		return err_set(e, EBADMSG, "%s: byte %llu: no MRT record: type %u, length %u",
			f->path, (unsigned long long)r.at_bytes, r.type, len);
	n = read_body(f, &r, len, e);
	if (n < 0)
		return n;
	if (r.type == TYPE_BGP4MP_ET) {
		if (r.len < 4 || u32_at(r.body) >= 1000000)
			return mrt_complain(f, &r, r.body, e, "microseconds are missing");
		r.time_ns += u32_at(r.body) * NS_PER_US;
		r.body += 4;
		r.len -= 4;
	}
	r.kind = kind_of(&r);
	*ret = r;
	return 1;
}

int
mrt_complain(const struct mrt_file *f, const struct mrt_record *r, const uint8_t *at, struct err *e,
	const char *text)
{
	size_t in = at == NULL || f->body == NULL ? 0 : (size_t)(at - f->body);

	return err_set(e, EBADMSG, "%s: byte %llu: %s", f->path,
		(unsigned long long)(r->at_bytes + HEADER_BYTES + in), text);
}
