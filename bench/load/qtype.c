/* qtype.c - query types by name: those ldns knows, and TYPEnnn for the others. */
#include "bench/load/qtype.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

#include "lib/num.h"

int
qtype_parse(const char *text, size_t len, uint16_t *ret)
{
	char name[QTYPE_TEXT_BYTES];
	uint64_t number;
	ldns_rr_type type;

	if (len == 0 || len >= sizeof(name))
		return -EINVAL;
	memcpy(name, text, len);
	name[len] = '\0';
	if (strncasecmp(name, "TYPE", 4) == 0) {
		/* ldns would take any rest. */
		if (num_u64(name + 4, 1, UINT16_MAX, &number) < 0)
			return -EINVAL;
		*ret = (uint16_t)number;
		return 0;
	}
	type = ldns_get_rr_type_by_name(name);
	if (type == 0)
		return -EINVAL;
	*ret = (uint16_t)type;
	return 0;
}

bool
qtype_asks(uint16_t qtype)
{
	return qtype != 0 && qtype != LDNS_RR_TYPE_OPT && qtype != LDNS_RR_TYPE_TSIG &&
		qtype != LDNS_RR_TYPE_TKEY && qtype != LDNS_RR_TYPE_AXFR &&
		qtype != LDNS_RR_TYPE_IXFR;
}

const char *
qtype_show(uint16_t qtype, char out[static QTYPE_TEXT_BYTES])
{
	const ldns_rr_descriptor *d = ldns_rr_descript(qtype);

	if (qtype == LDNS_RR_TYPE_ANY)
		snprintf(out, QTYPE_TEXT_BYTES, "ANY");
	else if (d == NULL || d->_name == NULL || strlen(d->_name) >= QTYPE_TEXT_BYTES)
		snprintf(out, QTYPE_TEXT_BYTES, "TYPE%u", qtype);
	else
		snprintf(out, QTYPE_TEXT_BYTES, "%s", d->_name);
	return out;
}
