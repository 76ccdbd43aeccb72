/* dns.c - DNS messages on the wire: a bounded reader, and query templates patched in place. */
#include "lib/dns.h"

#include <errno.h>
#include <string.h>

enum { OPTION_NSID = 3, OPT_BYTES = 15, LABEL_MAX_BYTES = 63 };

/* A reader that remembers that it failed: further reads give zeros and change nothing. */
struct cursor {
	const uint8_t *wire;
	size_t len_bytes;
	size_t at;
	bool bad;
};

struct record {
	uint16_t type, class;
	uint32_t ttl;
	bool at_root; /* the owner is the root, written in one byte */
	const uint8_t *rdata;
	size_t rdata_len_bytes;
};

/* The next n bytes, or NULL when they are not there. */
static const uint8_t *
take(struct cursor *c, size_t n)
{
	if (c->bad || n > c->len_bytes - c->at) {
		c->bad = true;
		return NULL;
	}
	c->at += n;
	return c->wire + c->at - n;
}

static uint16_t
at16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint16_t
take16(struct cursor *c)
{
	const uint8_t *p = take(c, 2);

	return p == NULL ? 0 : at16(p);
}

/* Where a name is only in the way: to the byte behind it. What a pointer leads to is not read. */
static void
skip_name(struct cursor *c)
{
	for (size_t total = 0;;) {
		const uint8_t *p = take(c, 1);

		if (p == NULL || *p == 0)
			return;
		if ((*p & 0xc0) == 0xc0) {
			take(c, 1);
			return;
		}
		total += (size_t)*p + 1;
		if (*p > LABEL_MAX_BYTES || total + 1 > DNS_NAME_WIRE_BYTES)
			c->bad = true;
		take(c, *p);
	}
}

static size_t
put_label(char *out, const uint8_t *label, size_t len_bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < len_bytes; i++) {
		uint8_t b = label[i];

		if (b == '.' || b == '\\' || b == ';' || b == '(' || b == ')') {
			out[n++] = '\\';
			out[n++] = (char)b;
		} else if (b <= ' ' || b >= 0x7f) {
			out[n++] = '\\';
			out[n++] = (char)('0' + b / 100);
			out[n++] = (char)('0' + b / 10 % 10);
			out[n++] = (char)('0' + b % 10);
		} else {
			out[n++] = (char)(b >= 'A' && b <= 'Z' ? b + 32 : b);
		}
	}
	out[n++] = '.';
	return n;
}

/*
 * Labels up to the root or a pointer. Returns that last byte, NULL where there is no name.
 * *total_bytes grows by what the labels take on the wire.
 */
static const uint8_t *
take_run(struct cursor *c, size_t *total_bytes)
{
	const uint8_t *at = c->wire + c->at, *end = c->wire + c->len_bytes;
	size_t room_bytes = DNS_NAME_WIRE_BYTES - *total_bytes;

	for (size_t len_bytes; at < end && !c->bad; at += len_bytes) {
		len_bytes = (size_t)*at + 1;
		if (*at == 0 || *at >= 0xc0) {
			*total_bytes = DNS_NAME_WIRE_BYTES - room_bytes;
			c->at = (size_t)(at + 1 - c->wire);
			return at;
		}
		if (*at > LABEL_MAX_BYTES || len_bytes > room_bytes ||
			len_bytes > (size_t)(end - at))
			return NULL;
		room_bytes -= len_bytes;
	}
	return NULL;
}

/*
 * The bytes of the name at the cursor, the root's included: where it stands, or put together in
 * `room` when a pointer leads on. NULL where there is no name; the cursor is of no use then.
 *
 * A name ends because each pointer must lead before the place where the run of labels that holds
 * it began: the runs' starts fall strictly. A compressor has nothing else to point to.
 */
static const uint8_t *
take_name(struct cursor *c, uint8_t room[static DNS_NAME_WIRE_BYTES], size_t *ret_len_bytes)
{
	size_t run_start = c->at, total = 1, kept = 0, next = 0;
	const uint8_t *last = take_run(c, &total);

	if (last != NULL && *last == 0) {
		*ret_len_bytes = c->at - run_start;
		return c->wire + run_start;
	}
	while (last != NULL) {
		size_t run_bytes = (size_t)(last - (c->wire + run_start));
		const uint8_t *low;

		memcpy(room + kept, c->wire + run_start, run_bytes);
		kept += run_bytes;
		if (*last == 0)
			break;
		low = take(c, 1);
		if (low == NULL)
			return NULL;
		next = next != 0 ? next : c->at;
		c->at = (size_t)(*last & 0x3f) << 8 | *low;
		if (c->at >= run_start)
			return NULL;
		run_start = c->at;
		last = take_run(c, &total);
	}
	if (last == NULL)
		return NULL;
	room[kept++] = 0;
	*ret_len_bytes = kept;
	c->at = next;
	return room;
}

int
dns_name_text(const uint8_t *wire, size_t len_bytes, size_t offset,
	char out[static DNS_NAME_TEXT_BYTES], size_t *ret_next)
{
	struct cursor c = {wire, len_bytes, offset, offset > len_bytes};
	uint8_t room[DNS_NAME_WIRE_BYTES];
	size_t name_bytes, n = 0;
	const uint8_t *name = take_name(&c, room, &name_bytes);

	if (name == NULL)
		return -EBADMSG;
	for (; *name != 0; name += *name + 1)
		n += put_label(out + n, name + 1, *name);
	if (n == 0)
		out[n++] = '.';
	out[n] = '\0';
	if (ret_next != NULL)
		*ret_next = c.at;
	return 0;
}

/* Eight bytes with the letters among them in lower case. Lengths of labels are no letters. */
static uint64_t
fold(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t low = w & 0x7f * ones;
	uint64_t from_a = low + (0x80 - 'A') * ones, behind_z = low + (0x7f - 'Z') * ones;

	return w | ((from_a ^ behind_z) & ~w & 0x80 * ones) >> 2;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
hash_name(const uint8_t *name, size_t len_bytes, uint64_t seed)
{
	uint64_t h = seed ^ len_bytes, word = 0;
	size_t at = 0;

	for (; at + 8 < len_bytes; at += 8) {
		memcpy(&word, name + at, 8);
		h = mix(h ^ fold(word), 0x9e3779b97f4a7c15u);
	}
	/* The last eight bytes, some of them for the second time; a short name's few. */
	if (len_bytes >= 8)
		memcpy(&word, name + len_bytes - 8, 8);
	else
		for (; at < len_bytes; at++)
			word = word << 8 | name[at];
	return mix(h ^ fold(word), 0xd6e8feb86659fd93u);
}

static void
take_header(struct cursor *c, struct dns_msg *msg)
{
	const uint8_t *p = take(c, DNS_HEADER_BYTES);

	memset(msg, 0, offsetof(struct dns_msg, qname) + 1);
	if (p == NULL)
		return;
	msg->id = at16(p);
	msg->flags = at16(p + 2);
	msg->rcode = msg->flags & 0xf;
	msg->qdcount = at16(p + 4);
	msg->ancount = at16(p + 6);
	msg->nscount = at16(p + 8);
	msg->arcount = at16(p + 10);
}

/* What is wanted of the first question's name: its text in the message, or, seeded, its hash. */
struct wanted {
	uint64_t seed;
	uint64_t *hash; /* NULL: the text */
};

static void
take_first_name(struct cursor *c, struct dns_msg *msg, const struct wanted *wanted)
{
	uint8_t room[DNS_NAME_WIRE_BYTES];
	size_t name_bytes;
	const uint8_t *name;

	if (wanted->hash == NULL) {
		if (dns_name_text(c->wire, c->len_bytes, c->at, msg->qname, &c->at) < 0)
			c->bad = true;
		return;
	}
	name = take_name(c, room, &name_bytes);
	if (name == NULL)
		c->bad = true;
	else
		*wanted->hash = hash_name(name, name_bytes, wanted->seed);
}

static void
take_questions(struct cursor *c, struct dns_msg *msg, const struct wanted *wanted)
{
	for (unsigned int i = 0; i < msg->qdcount && !c->bad; i++) {
		uint16_t type, class;

		if (i > 0)
			skip_name(c);
		else
			take_first_name(c, msg, wanted);
		type = take16(c);
		class = take16(c);
		if (i == 0) {
			msg->qtype = type;
			msg->qclass = class;
		}
	}
	msg->question_end_bytes = c->at;
}

static bool
take_record(struct cursor *c, struct record *r)
{
	size_t start = c->at;
	const uint8_t *p;

	skip_name(c);
	r->at_root = c->at == start + 1;
	p = take(c, 10);
	if (p == NULL)
		return false;
	r->type = at16(p);
	r->class = at16(p + 2);
	r->ttl = (uint32_t)at16(p + 4) << 16 | at16(p + 6);
	r->rdata_len_bytes = at16(p + 8);
	r->rdata = take(c, r->rdata_len_bytes);
	return r->rdata != NULL;
}

/* An OPT's class is the payload size, its TTL the upper rcode, the version and the DO bit. */
static bool
read_opt(const struct record *r, struct dns_msg *msg)
{
	struct cursor c = {r->rdata, r->rdata_len_bytes, 0, false};

	if (msg->has_opt || !r->at_root)
		return false;
	msg->has_opt = true;
	msg->udp_bytes = r->class;
	msg->rcode = (uint16_t)(msg->rcode | (r->ttl >> 24) << 4);
	msg->dnssec_ok = (r->ttl & 0x8000) != 0;
	while (!c.bad && c.at < c.len_bytes) {
		uint16_t code = take16(&c), option_len = take16(&c);
		const uint8_t *data = take(&c, option_len);

		if (code != OPTION_NSID || data == NULL || msg->nsid != NULL)
			continue;
		msg->nsid = data;
		msg->nsid_len_bytes = option_len;
	}
	return !c.bad;
}

static int
read_question(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg,
	const struct wanted *wanted, struct cursor *c)
{
	*c = (struct cursor){wire, len_bytes, 0, false};
	take_header(c, msg);
	take_questions(c, msg, wanted);
	return c->bad ? -EBADMSG : 0;
}

static int
read_records(struct cursor *c, struct dns_msg *msg)
{
	unsigned int answers = msg->ancount, before_additional = answers + msg->nscount;
	unsigned int all = before_additional + msg->arcount;

	for (unsigned int i = 0; i < all; i++) {
		struct record r;

		if (!take_record(c, &r))
			return -EBADMSG;
		if (i < answers && r.type == DNS_TYPE_TXT && msg->txt == NULL) {
			msg->txt = r.rdata;
			msg->txt_len_bytes = r.rdata_len_bytes;
		}
		if (i >= before_additional && r.type == DNS_TYPE_OPT && !read_opt(&r, msg))
			return -EBADMSG;
	}
	return 0;
}

int
dns_read_question(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg)
{
	struct cursor c;

	return read_question(wire, len_bytes, msg, &(struct wanted){0}, &c);
}

int
dns_read(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg)
{
	struct cursor c;
	int rc = read_question(wire, len_bytes, msg, &(struct wanted){0}, &c);

	return rc < 0 ? rc : read_records(&c, msg);
}

int
dns_skim(const uint8_t *wire, size_t len_bytes, bool whole, uint64_t seed, struct dns_msg *msg,
	uint64_t *ret_question)
{
	uint64_t name = 0;
	struct wanted wanted = {seed, &name};
	struct cursor c;
	int rc = read_question(wire, len_bytes, msg, &wanted, &c);

	if (rc < 0)
		return rc;
	*ret_question = mix(name ^ ((uint64_t)msg->qtype << 16 | msg->qclass), 0x9e3779b97f4a7c15u);
	return whole ? read_records(&c, msg) : 0;
}

bool
dns_txt_is(const uint8_t *rdata, size_t len_bytes, const char *text)
{
	size_t left = strlen(text);
	struct cursor c = {rdata, len_bytes, 0, len_bytes == 0};

	while (!c.bad && c.at < c.len_bytes) {
		const uint8_t *n = take(&c, 1);
		const uint8_t *string = n == NULL ? NULL : take(&c, *n);

		if (string == NULL || *n > left || memcmp(string, text, *n) != 0)
			return false;
		text += *n;
		left -= *n;
	}
	return !c.bad && left == 0;
}

static void
put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void
dns_query_change(uint8_t *query, size_t len_bytes, uint16_t qclass, bool recurse)
{
	put16(query + len_bytes - OPT_BYTES - 2, qclass);
	dns_set_recurse(query, recurse);
}

void
dns_set_recurse(uint8_t wire[static DNS_HEADER_BYTES], bool recurse)
{
	wire[2] = (uint8_t)(recurse ? wire[2] | DNS_RD >> 8 : wire[2] & ~(DNS_RD >> 8));
}

size_t
dns_query_cut_opt(uint8_t *query, size_t len_bytes)
{
	put16(query + 10, 0);
	return len_bytes - OPT_BYTES;
}

void
dns_set_id(uint8_t wire[static DNS_HEADER_BYTES], uint16_t id)
{
	put16(wire, id);
}

void
dns_patch_digits(uint8_t *at, size_t width, uint64_t value)
{
	for (size_t i = width; i > 0; i--) {
		at[i - 1] = (uint8_t)('0' + value % 10);
		value /= 10;
	}
}
