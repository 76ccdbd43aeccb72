/* rcode.c - response codes by name. */
#include "lib/rcode.h"

#include <stdio.h>

const char *
rcode_name(unsigned int rcode, char out[static RCODE_NAME_BYTES])
{
	static const char *const names[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
		"REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"};

	if (rcode < sizeof(names) / sizeof(names[0]))
		return names[rcode];
	if (rcode == 16)
		return "BADVERS";
	snprintf(out, RCODE_NAME_BYTES, "RCODE%hu", (unsigned short)rcode);
	return out;
}
