/*
 * generate_addr.c - addresses and AS numbers of generated networks.
 *
 * All from 198.18.0.0/15 (RFC 2544) and 2001:db8::/32 (RFC 3849). C is the city's number, from 1 to 64, and N a core
 * link's; in IPv6 both are written in decimal, as they read. Carrier a to h have K 0 to 7, the backbone t has K 8.
 *
 *      site C                  198.18.C.0/24           2001:db8:1CC::/48
 *      access network C        198.18.128+C.0/24       2001:db8:2CC::/48
 *      carrier K               198.19.16K.0/20         2001:db8:k000::/36, k = 1 to 8, the backbone's a
 *        loopback at C         198.19.16K.C            2001:db8:k000::C
 *        core link N           198.19.16K+1.2N/31      2001:db8:k001:N::2/127
 *        customer: PoP C       198.19.16K+2.2C/31      2001:db8:k002:C::2/127
 *        customer: access C    198.19.16K+3.2C/31      2001:db8:k003:C::2/127
 *        customer: a carrier   198.19.16K+4.2C/31      2001:db8:k004:C::2/127
 *
 * The backbone's loopbacks, which are router ids, are above the regional carriers': who hears the same from both takes
 * the regional one's.
 */
#include "lab/generate_internal.h"

#include <stdarg.h>

static struct generate_text text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static unsigned int
octet(const struct generate_carrier *c)
{
	return 16 * c->number;
}

static char
nibble(const struct generate_carrier *c)
{
	return (char)(c->number < GENERATE_REGIONS ? '1' + (char)c->number : 'a');
}

static struct generate_text
text(const char *fmt, ...)
{
	struct generate_text t;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	return t;
}

struct generate_text
generate_site4(size_t city, const char *tail)
{
	return text("198.18.%zu%s", city + 1, tail);
}

struct generate_text
generate_site6(size_t city, const char *tail)
{
	return text("2001:db8:1%02zu%s", city + 1, tail);
}

struct generate_text
generate_access4(size_t city, const char *tail)
{
	return text("198.18.%zu%s", 128 + city + 1, tail);
}

struct generate_text
generate_access6(size_t city, const char *tail)
{
	return text("2001:db8:2%02zu%s", city + 1, tail);
}

struct generate_text
generate_loop4(const struct generate_carrier *c, size_t city)
{
	return text("198.19.%u.%zu", octet(c), city + 1);
}

struct generate_text
generate_loop6(const struct generate_carrier *c, size_t city)
{
	return text("2001:db8:%c000::%zu", nibble(c), city + 1);
}

struct generate_text
generate_own4(const struct generate_carrier *c)
{
	return text("198.19.%u.0/20", octet(c));
}

struct generate_text
generate_own6(const struct generate_carrier *c)
{
	return text("2001:db8:%c000::/36", nibble(c));
}

struct generate_text
generate_end4(const struct generate_carrier *c, enum generate_net net, size_t number, int end)
{
	return text("198.19.%u.%zu", octet(c) + (unsigned int)net, 2 * number + (size_t)end);
}

struct generate_text
generate_end6(const struct generate_carrier *c, enum generate_net net, size_t number, int end)
{
	return text("2001:db8:%c00%d:%zu::%d", nibble(c), (int)net, number, 2 + end);
}

uint32_t
generate_access_as(size_t city)
{
	return 4200000001U + (uint32_t)city;
}
