/* qtype.h - query types by name: those ldns knows, and TYPEnnn for the others. */
#ifndef BENCH_LOAD_QTYPE_H
#define BENCH_LOAD_QTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QTYPE_TEXT_BYTES = 16 };

/* "AAAA", "aaaa", "ANY", "TYPE65". Returns 0 or -EINVAL; `ret` is written only on success. */
int qtype_parse(const char *text, size_t len, uint16_t *ret);

/* Can it be asked with one message and answered with one? Not so transfers, and what is no question (OPT, TSIG). */
bool qtype_asks(uint16_t qtype);

/* Its name. Returns `out`. */
const char *qtype_show(uint16_t qtype, char out[static QTYPE_TEXT_BYTES]);

#endif
