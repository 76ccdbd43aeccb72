/*
 * dnswrite.h - DNS queries written: names from text, one question, EDNS with the options we know.
 *
 * Source: RFC 1035 4.1 and 5.1, RFC 6891 6.1.2, RFC 5001 2.1 (NSID), RFC 7871 6 (client subnet).
 */
#ifndef LIB_DNSWRITE_H
#define LIB_DNSWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dns.h"
#include "lib/inet.h"

enum {
	DNS_LABEL_BYTES = 63,
	/* Header, name, type and class, OPT with NSID and a client subnet of 128 bits. */
	DNSWRITE_MAX_BYTES = 12 + 255 + 4 + 11 + 4 + 4 + 4 + 16,
};

/* What is asked, and how. */
struct dns_ask {
	const uint8_t *name; /* wire form, its root included */
	size_t name_bytes;
	uint16_t qtype, qclass;
	bool recurse;
	bool edns;
	uint16_t udp_bytes; /* this and the rest are of no use without `edns` */
	bool dnssec_ok;
	bool nsid;
	const struct inet *subnet; /* NULL: none */
};

enum dnswrite_name {
	DNSWRITE_NAME_EMPTY = -1,    /* nothing, or an empty label */
	DNSWRITE_NAME_LABEL = -2,    /* a label of more than 63 bytes */
	DNSWRITE_NAME_LONG = -3,     /* more than 255 bytes on the wire */
	DNSWRITE_NAME_ESCAPE = -4,   /* a backslash with nothing sensible behind it */
	DNSWRITE_NAME_CHARACTER = -5 /* a blank, or what is not ASCII: it wants \DDD */
};

/*
 * A name as zone files and tools write it to wire form: "www.example.com", the last dot optional, "."
 * for the root, \X and \DDD for bytes that text cannot hold. Letters keep their case.
 *
 * Returns the bytes written, or an enum dnswrite_name, which dnswrite_why tells in words.
 */
int dnswrite_name(const char *text, size_t len_bytes, uint8_t out[static DNS_NAME_WIRE_BYTES]);
const char *dnswrite_why(int rc);

/* Write a query with id 0. Returns its length. */
size_t dnswrite_query(const struct dns_ask *a, uint8_t out[static DNSWRITE_MAX_BYTES]);

#endif
