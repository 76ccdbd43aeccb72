/* facts_name.h - addresses, identifiers and codes of a capture's facts, as both text and JSON say them. */
#ifndef BENCH_ANALYZE_FACTS_NAME_H
#define BENCH_ANALYZE_FACTS_NAME_H

#include <stdint.h>

#include "bench/analyze/bgp_facts.h"
#include "bench/analyze/dns_facts.h"
#include "lib/bgp_name.h"

enum { FACTS_NAME_BYTES = 160 };

const char *facts_address(
	uint8_t family, const uint8_t addr[static 16], char out[static FACTS_NAME_BYTES]);

/* The NSID as it is where it is printable ASCII, else 0x and hexadecimal. */
const char *facts_nsid(const struct dns_nsid *n, char out[static FACTS_NAME_BYTES]);

/* "NOERROR"; "RCODE17" for one without a name; the last place of the table is "OTHER". */
const char *facts_rcode(unsigned rcode, char out[static FACTS_NAME_BYTES]);

const char *facts_community(const struct bgp_community *c, char out[static FACTS_NAME_BYTES]);
const char *facts_community_kind(const struct bgp_community *c); /* "plain", "extended", "large" */

/* "198.51.100.7", and 32 bits of it, for OSPF's ids. */
const char *facts_id(uint32_t id, char out[static FACTS_NAME_BYTES]);

#endif
