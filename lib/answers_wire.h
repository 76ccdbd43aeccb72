/* answers_wire.h - bytes of the answers file, shared by its reader and its writer alone. */
#ifndef LIB_ANSWERS_WIRE_H
#define LIB_ANSWERS_WIRE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define ANSWERS_MAGIC "CATCHANS"

enum { ANSWERS_VERSION = 1 };

enum {
	ANSWERS_WIRE_QUERY = 1,
	ANSWERS_WIRE_NSID = 2,
	ANSWERS_WIRE_STRAY = 3,
	ANSWERS_WIRE_TCP = 4
};

static inline uint16_t
get16le(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
get32le(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static inline uint64_t
get64le(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline void
put16le(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
put32le(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void
put64le(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

#endif
