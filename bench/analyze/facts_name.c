/* facts_name.c - addresses, identifiers and codes of a capture's facts, as both text and JSON say them. */
#include "bench/analyze/facts_name.h"

#include <arpa/inet.h>
#include <stdio.h>

const char *
facts_address(uint8_t family, const uint8_t addr[static 16], char out[static FACTS_NAME_BYTES])
{
	if (family == 0)
		snprintf(out, FACTS_NAME_BYTES, "others");
	else
		inet_ntop(family == 4 ? AF_INET : AF_INET6, addr, out, FACTS_NAME_BYTES);
	return out;
}

const char *
facts_nsid(const struct dns_nsid *n, char out[static FACTS_NAME_BYTES])
{
	bool printable = true;
	size_t k = 0;

	for (size_t i = 0; i < n->len_bytes; i++)
		printable &= n->bytes[i] >= ' ' && n->bytes[i] < 0x7f;
	if (printable) {
		snprintf(out, FACTS_NAME_BYTES, "%.*s", (int)n->len_bytes, (const char *)n->bytes);
		return out;
	}
	k += (size_t)snprintf(out, FACTS_NAME_BYTES, "0x");
	for (size_t i = 0; i < n->len_bytes; i++)
		k += (size_t)snprintf(out + k, FACTS_NAME_BYTES - k, "%02x", n->bytes[i]);
	return out;
}

const char *
facts_rcode(unsigned rcode, char out[static FACTS_NAME_BYTES])
{
	static const char *const names[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
		"REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
		NULL, NULL, NULL, NULL, "BADVERS", "BADKEY", "BADTIME", "BADMODE", "BADNAME",
		"BADALG", "BADTRUNC"};

	if (rcode == DNS_FACTS_RCODES - 1)
		snprintf(out, FACTS_NAME_BYTES, "OTHER");
	else if (rcode < sizeof(names) / sizeof(names[0]) && names[rcode] != NULL)
		snprintf(out, FACTS_NAME_BYTES, "%s", names[rcode]);
	else
		snprintf(out, FACTS_NAME_BYTES, "RCODE%u", rcode);
	return out;
}

const char *
facts_community(const struct bgp_community *c, char out[static FACTS_NAME_BYTES])
{
	if (c->kind == 0)
		return bgp_community_text(c->value[0], out);
	if (c->kind == 1)
		return bgp_extended_community_text((uint64_t)c->value[0] << 32 | c->value[1], out);
	return bgp_large_community_text(c->value, out);
}

const char *
facts_community_kind(const struct bgp_community *c)
{
	static const char *const kinds[] = {"plain", "extended", "large"};

	return kinds[c->kind % 3];
}

const char *
facts_id(uint32_t id, char out[static FACTS_NAME_BYTES])
{
	snprintf(out, FACTS_NAME_BYTES, "%u.%u.%u.%u", id >> 24, id >> 16 & 255, id >> 8 & 255,
		id & 255);
	return out;
}
