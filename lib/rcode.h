/* rcode.h - response codes by name. */
#ifndef LIB_RCODE_H
#define LIB_RCODE_H

enum { RCODE_NAME_BYTES = 16 };

/* "NOERROR", "SERVFAIL", ..., "RCODE23". Returns a constant, or `out`. */
const char *rcode_name(unsigned int rcode, char out[static RCODE_NAME_BYTES]);

#endif
