/*
 * dns.h - DNS messages on the wire: a bounded reader, and query templates patched in place.
 *
 * The reader trusts nothing: every read is checked against the end of the message, names follow
 * compression pointers only backwards, so that no message can make it loop. It allocates nothing.
 */
#ifndef LIB_DNS_H
#define LIB_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNS_HEADER_BYTES = 12,
	DNS_NAME_WIRE_BYTES = 255,		 /* RFC 1035 2.3.4 */
	DNS_NAME_TEXT_BYTES = 1005,		 /* 250 bytes as \DDD, 4 dots, NUL */
	DNS_QUERY_MAX_BYTES = 12 + 255 + 4 + 15, /* header, name, type and class, OPT with NSID */
};

enum dns_flag {
	DNS_QR = 0x8000,
	DNS_AA = 0x0400,
	DNS_TC = 0x0200,
	DNS_RD = 0x0100,
	DNS_RA = 0x0080
};
enum dns_type {
	DNS_TYPE_A = 1,
	DNS_TYPE_NS = 2,
	DNS_TYPE_SOA = 6,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28,
	DNS_TYPE_OPT = 41,
	DNS_TYPE_RRSIG = 46
};
enum dns_class { DNS_CLASS_IN = 1, DNS_CLASS_CHAOS = 3 };
enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5
};

/* What a message says. Pointers point into the wire bytes it was read from. */
struct dns_msg {
	uint16_t id;
	uint16_t flags; /* the second 16 bits of the header: enum dns_flag, opcode, rcode */
	uint16_t rcode; /* with the OPT's upper 8 bits where the message was read to its OPT */
	uint16_t qdcount, ancount, nscount, arcount;
	uint16_t qtype, qclass;	   /* 0 without a question */
	size_t question_end_bytes; /* offset of the first byte behind the question section */
	bool has_opt;
	bool dnssec_ok;
	uint16_t udp_bytes;  /* the OPT's payload size, 0 without one */
	const uint8_t *nsid; /* NULL: none */
	size_t nsid_len_bytes;
	const uint8_t *txt; /* RDATA of the first TXT record in the answer section; NULL: none */
	size_t txt_len_bytes;
	char qname[DNS_NAME_TEXT_BYTES]; /* lower case, "a.b.example."; "" without a question */
};

/*
 * Read a whole message: header, question, and every record up to the end, noting OPT, NSID and TXT.
 *
 *      wire, len_bytes the UDP payload, borrowed; any content
 *      msg             out; undefined on failure
 *
 * Bytes behind the last record are ignored. Only the first question is kept.
 *
 * Returns 0, or -EBADMSG: cut short, a bad name, two OPTs, an OPT that is not owned by the root.
 * Source: RFC 1035 4.1, RFC 6891 6.1, RFC 5001 2.
 */
int dns_read(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg);

/*
 * Read header and question only: enough to match a packet that a capture's snap length has cut,
 * or the query quoted in an ICMP error. `rcode` is the header's 4 bits then.
 *
 * Returns 0, or -EBADMSG.
 */
int dns_read_question(const uint8_t *wire, size_t len_bytes, struct dns_msg *msg);

/*
 * Read a message for someone who only compares questions: no text is made (`qname` is "").
 *
 *      whole           to its end, as dns_read; else only header and question, as dns_read_question
 *      seed            of the hash, so that nobody can write names that collide
 *      ret_question    out: a hash of the first question's name, type and class; letters of either
 *                      case are the same, and so is a name however it was compressed
 *
 * Returns 0, or -EBADMSG.
 */
int dns_skim(const uint8_t *wire, size_t len_bytes, bool whole, uint64_t seed, struct dns_msg *msg,
	uint64_t *ret_question);

/*
 * Turn the name at `offset` into text.
 *
 *      out             lower case, each label followed by a dot, "." for the root; what is not printable
 *                      ASCII as \DDD, a backslash before each of . \ ; ( )
 *      ret_next        out, may be NULL: offset behind the name where it stands
 *
 * Returns 0, or -EBADMSG with `out` undefined.
 * Source: RFC 1035 4.1.4, 5.1.
 */
int dns_name_text(const uint8_t *wire, size_t len_bytes, size_t offset,
	char out[static DNS_NAME_TEXT_BYTES], size_t *ret_next);

/*
 * Do the strings of a TXT record's RDATA, joined, spell exactly `text`?
 * Malformed RDATA spells nothing.
 */
bool dns_txt_is(const uint8_t *rdata, size_t len_bytes, const char *text);

/*
 * Write a query: id 0, no recursion, one question, EDNS0 with an empty NSID option.
 *
 *      qname           "label.label." of letters, digits, '-' and '_'; the last dot is optional
 *      udp_bytes       the answer size we take, for the OPT
 *      out             the message; its first label's text starts at DNS_HEADER_BYTES + 1
 *
 * Returns its length, or -EINVAL if the name cannot be written.
 * Source: RFC 1035 4.1, RFC 6891 6.1.2, RFC 5001 2.1.
 */
int dns_query_write(const char *qname, uint16_t qtype, uint16_t udp_bytes,
	uint8_t out[static DNS_QUERY_MAX_BYTES]);

/*
 * Change what dns_query_write wrote, in place: class and RD; or without its OPT record, so without
 * EDNS and NSID.
 *
 * dns_query_cut_opt returns the length that is left.
 */
void dns_query_change(uint8_t *query, size_t len_bytes, uint16_t qclass, bool recurse);
size_t dns_query_cut_opt(uint8_t *query, size_t len_bytes);

/* Set or clear RD of a message in place. */
void dns_set_recurse(uint8_t wire[static DNS_HEADER_BYTES], bool recurse);

/* Set the id of a message in place. */
void dns_set_id(uint8_t wire[static DNS_HEADER_BYTES], uint16_t id);

/* Overwrite `width` bytes with the decimal digits of `value`, zero-padded; upper digits are cut. */
void dns_patch_digits(uint8_t *at, size_t width, uint64_t value);

#endif
