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
take16(struct cursor *c)
{
	const uint8_t *p = take(c, 2);

	return p == NULL ? 0 : (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
take32(struct cursor *c)
{
	uint32_t high = take16(c);

	return high << 16 | take16(c);
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
 * A name ends because each pointer must lead before the place where the run of labels that holds
 * it began: the runs' starts fall strictly. A compressor has nothing else to point to.
 */
int
dns_name_text(const uint8_t *wire, size_t len_bytes, size_t offset,
	char out[static DNS_NAME_TEXT_BYTES], size_t *ret_next)
{
	struct cursor c = {wire, len_bytes, offset, offset > len_bytes};
	size_t run_start = offset, next = 0, total = 1, n = 0;

	for (;;) {
		const uint8_t *p = take(&c, 1), *label;

		if (p == NULL)
			return -EBADMSG;
		if (*p == 0)
			break;
		if ((*p & 0xc0) == 0xc0) {
			const uint8_t *low = take(&c, 1);
			size_t target;

			if (low == NULL)
				return -EBADMSG;
			target = (size_t)(*p & 0x3f) << 8 | *low;
			if (target >= run_start)
				return -EBADMSG;
			next = next != 0 ? next : c.at;
			run_start = c.at = target;
			continue;
		}
		total += (size_t)*p + 1;
		label = take(&c, *p);
		if (label == NULL || *p > LABEL_MAX_BYTES || total > DNS_NAME_WIRE_BYTES)
			return -EBADMSG;
		n += put_label(out + n, label, *p);
	}
	if (n == 0)
		out[n++] = '.';
	out[n] = '\0';
	if (ret_next != NULL)
		*ret_next = next != 0 ? next : c.at;
	return 0;
}

static void
take_header(struct cursor *c, struct dns_msg *msg)
{
	memset(msg, 0, offsetof(struct dns_msg, qname) + 1);
	msg->id = take16(c);
	msg->flags = take16(c);
	msg->rcode = msg->flags & 0xf;
	msg->qdcount = take16(c);
	msg->ancount = take16(c);
	msg->nscount = take16(c);
	msg->arcount = take16(c);
}

static void
take_questions(struct cursor *c, struct dns_msg *msg)
{
	for (unsigned int i = 0; i < msg->qdcount && !c->bad; i++) {
		uint16_t type, class;

		if (i > 0)
			skip_name(c);
		else if (dns_name_text(c->wire, c->len_bytes, c->at, msg->qname, &c->at) < 0)
			c->bad = true;
		type = take16(c);
		class = take16(c);
		if (i == 0) {
			msg->qtype = type;
			msg->qclass = class;
		}
	}
	msg->question_end_bytes = c->at;
}

static void
take_record(struct cursor *c, struct record *r)
{
	size_t start = c->at;

	skip_name(c);
	r->at_root = c->at == start + 1;
	r->type = take16(c);
	r->class = take16(c);
	r->ttl = take32(c);
	r->rdata_len_bytes = take16(c);
	r->rdata = take(c, r->rdata_len_bytes);
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

int
dns_read_question(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg)
{
	struct cursor c = {wire, len_bytes, 0, false};

	take_header(&c, msg);
	take_questions(&c, msg);
	return c.bad ? -EBADMSG : 0;
}

int
dns_read(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg)
{
	struct cursor c = {wire, len_bytes, 0, false};
	unsigned int answers, before_additional, all;

	take_header(&c, msg);
	take_questions(&c, msg);
	answers = msg->ancount;
	before_additional = answers + msg->nscount;
	all = before_additional + msg->arcount;
	for (unsigned int i = 0; i < all && !c.bad; i++) {
		struct record r;

		take_record(&c, &r);
		if (c.bad)
			break;
		if (i < answers && r.type == DNS_TYPE_TXT && msg->txt == NULL) {
			msg->txt = r.rdata;
			msg->txt_len_bytes = r.rdata_len_bytes;
		}
		if (i >= before_additional && r.type == DNS_TYPE_OPT && !read_opt(&r, msg))
			c.bad = true;
	}
	return c.bad ? -EBADMSG : 0;
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

/* "a.b." to length-prefixed labels. Returns the bytes written, 0 if it cannot be. */
static size_t
put_name(const char *text, uint8_t out[static DNS_NAME_WIRE_BYTES])
{
	size_t n = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ".");

		if (len == 0 || len > LABEL_MAX_BYTES || n + 1 + len + 1 > DNS_NAME_WIRE_BYTES)
			return 0;
		out[n++] = (uint8_t)len;
		for (size_t i = 0; i < len; i++) {
			char ch = text[i];

			if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
				    (ch >= '0' && ch <= '9') || ch == '-' || ch == '_'))
				return 0;
			out[n++] = (uint8_t)ch;
		}
		text += len;
		if (*text == '.')
			text++;
	}
	out[n++] = 0;
	return n;
}

int
dns_query_write(const char *qname, uint16_t qtype, uint16_t udp_bytes,
	uint8_t out[static DNS_QUERY_MAX_BYTES])
{
	size_t n = DNS_HEADER_BYTES, name_len_bytes;

	memset(out, 0, DNS_HEADER_BYTES);
	put16(out + 4, 1);  /* one question */
	put16(out + 10, 1); /* one additional record: the OPT */
	name_len_bytes = put_name(strcmp(qname, ".") == 0 ? "" : qname, out + n);
	if (name_len_bytes == 0)
		return -EINVAL;
	n += name_len_bytes;
	put16(out + n, qtype);
	put16(out + n + 2, DNS_CLASS_IN);
	n += 4;
	memset(out + n, 0, OPT_BYTES);
	put16(out + n + 1, DNS_TYPE_OPT);
	put16(out + n + 3, udp_bytes);
	put16(out + n + 9, 4); /* RDATA: one option header, no data */
	put16(out + n + 11, OPTION_NSID);
	return (int)(n + OPT_BYTES);
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
