/* dnswrite.c - DNS queries written: names from text, one question, EDNS with the options we know. */
#include "lib/dnswrite.h"

#include <errno.h>
#include <string.h>

enum { OPTION_NSID = 3, OPTION_SUBNET = 8, OPT_DO = 0x8000 };

static size_t
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return 2;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands behind a backslash, as one byte. Returns how many characters it took, 0 if none fits. */
static size_t
escaped(const char *text, size_t left, uint8_t *ret)
{
	unsigned value;

	if (left == 0 || (uint8_t)text[0] <= ' ' || (uint8_t)text[0] >= 0x7f)
		return 0;
	if (!is_digit(text[0])) {
		*ret = (uint8_t)text[0];
		return 1;
	}
	if (left < 3 || !is_digit(text[1]) || !is_digit(text[2]))
		return 0;
	value = (unsigned)(text[0] - '0') * 100 + (unsigned)(text[1] - '0') * 10 +
		(unsigned)(text[2] - '0');
	*ret = (uint8_t)value;
	return value > 255 ? 0 : 3;
}

int
dnswrite_name(const char *text, size_t len_bytes, uint8_t out[static DNS_NAME_WIRE_BYTES])
{
	size_t label = 0, n = 1; /* where the label's length goes, and its next byte */

	if (len_bytes == 1 && text[0] == '.')
		len_bytes = 0;
	else if (len_bytes == 0)
		return DNSWRITE_NAME_EMPTY;
	for (size_t i = 0; i < len_bytes; i++) {
		uint8_t b = (uint8_t)text[i];

		if (b == '.') {
			if (n == label + 1)
				return DNSWRITE_NAME_EMPTY;
			out[label] = (uint8_t)(n - label - 1);
			label = n++;
			continue;
		}
		if (b <= ' ' || b >= 0x7f)
			return DNSWRITE_NAME_CHARACTER;
		if (b == '\\') {
			size_t took = escaped(text + i + 1, len_bytes - i - 1, &b);

			if (took == 0)
				return DNSWRITE_NAME_ESCAPE;
			i += took;
		}
		if (n - label - 1 == DNS_LABEL_BYTES)
			return DNSWRITE_NAME_LABEL;
		/* One more is kept for the root. */
		if (n + 1 >= DNS_NAME_WIRE_BYTES)
			return DNSWRITE_NAME_LONG;
		out[n++] = b;
	}
	/* Without a last dot the last label is still open. */
	if (n > label + 1) {
		out[label] = (uint8_t)(n - label - 1);
		label = n++;
	}
	out[label] = 0;
	return (int)n;
}

const char *
dnswrite_why(int rc)
{
	switch (rc) {
	case DNSWRITE_NAME_EMPTY:
		return "an empty label";
	case DNSWRITE_NAME_LABEL:
		return "a label of more than 63 bytes";
	case DNSWRITE_NAME_LONG:
		return "a name of more than 255 bytes";
	case DNSWRITE_NAME_ESCAPE:
		return "a backslash without a character or three digits up to 255";
	default:
		return "a character that must be written as \\DDD";
	}
}

/* As many address bytes as the prefix has, the last one with zeros behind it. */
static size_t
put_subnet(uint8_t *at, const struct inet *subnet)
{
	size_t bytes = ((size_t)subnet->len + 7) / 8, n = 0;

	n += put16(at + n, OPTION_SUBNET);
	n += put16(at + n, (unsigned)(4 + bytes));
	n += put16(at + n, subnet->family == AF_INET ? 1 : 2);
	at[n++] = subnet->len;
	at[n++] = 0; /* scope: the server's to fill */
	memcpy(at + n, subnet->addr, bytes);
	if (subnet->len % 8 != 0)
		at[n + bytes - 1] = (uint8_t)(at[n + bytes - 1] & 0xff00 >> subnet->len % 8);
	return n + bytes;
}

static size_t
put_opt(uint8_t *at, const struct dns_ask *a)
{
	size_t n = 0, rdata;

	at[n++] = 0; /* the root */
	n += put16(at + n, DNS_TYPE_OPT);
	n += put16(at + n, a->udp_bytes);
	n += put16(at + n, 0); /* upper rcode, version */
	n += put16(at + n, a->dnssec_ok ? OPT_DO : 0);
	rdata = n;
	n += 2;
	if (a->nsid) {
		n += put16(at + n, OPTION_NSID);
		n += put16(at + n, 0);
	}
	if (a->subnet != NULL)
		n += put_subnet(at + n, a->subnet);
	put16(at + rdata, (unsigned)(n - rdata - 2));
	return n;
}

size_t
dnswrite_query(const struct dns_ask *a, uint8_t out[static DNSWRITE_MAX_BYTES])
{
	size_t n = DNS_HEADER_BYTES;

	memset(out, 0, DNS_HEADER_BYTES);
	dns_set_recurse(out, a->recurse);
	put16(out + 4, 1);		  /* one question */
	put16(out + 10, a->edns ? 1 : 0); /* the OPT */
	memcpy(out + n, a->name, a->name_bytes);
	n += a->name_bytes;
	n += put16(out + n, a->qtype);
	n += put16(out + n, a->qclass);
	if (a->edns)
		n += put_opt(out + n, a);
	return n;
}

/* Letters, digits, '-', '_' and dots: nothing that would have to be escaped. */
static bool
is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
			    is_digit(*name) || *name == '-' || *name == '_' || *name == '.'))
			return false;
	return true;
}

int
dns_query_write(const char *qname, uint16_t qtype, uint16_t udp_bytes,
	uint8_t out[static DNS_QUERY_MAX_BYTES])
{
	uint8_t name[DNS_NAME_WIRE_BYTES], whole[DNSWRITE_MAX_BYTES];
	int n = is_plain(qname) ? dnswrite_name(qname, strlen(qname), name)
				: DNSWRITE_NAME_CHARACTER;
	struct dns_ask a = {.name = name,
		.qtype = qtype,
		.qclass = DNS_CLASS_IN,
		.edns = true,
		.udp_bytes = udp_bytes,
		.nsid = true};

	if (n < 0)
		return -EINVAL;
	a.name_bytes = (size_t)n;
	n = (int)dnswrite_query(&a, whole);
	memcpy(out, whole, (size_t)n);
	return n;
}
