/* inet.c - IPv4 and IPv6 addresses and prefixes in one shape. */
#include "lib/inet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/num.h"

int
inet_parse(const char *text, struct inet *ret)
{
	struct inet a = {0};
	char host[INET6_ADDRSTRLEN];
	const char *slash = text == NULL ? NULL : strchr(text, '/');
	size_t host_len;
	uint64_t len;

	if (text == NULL)
		return -EINVAL;
	host_len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	if (host_len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, host_len);
	host[host_len] = '\0';
	if (inet_pton(AF_INET, host, a.addr) == 1)
		a.family = AF_INET;
	else if (inet_pton(AF_INET6, host, a.addr) == 1)
		a.family = AF_INET6;
	else
		return -EINVAL;
	len = inet_bits(&a);
	if (slash != NULL && num_u64(slash + 1, 0, len, &len) < 0)
		return -EINVAL;
	a.len = (uint8_t)len;
	*ret = a;
	return 0;
}

const char *
inet_show(const struct inet *a, char out[static INET_TEXT_BYTES])
{
	if (inet_ntop(a->family, a->addr, out, INET_TEXT_BYTES) == NULL)
		snprintf(out, INET_TEXT_BYTES, "?");
	return out;
}

const char *
inet_show_prefix(const struct inet *a, char out[static INET_TEXT_BYTES])
{
	size_t used;

	inet_show(a, out);
	used = strlen(out);
	snprintf(out + used, INET_TEXT_BYTES - used, "/%u", a->len);
	return out;
}

unsigned int
inet_bits(const struct inet *a)
{
	return a->family == AF_INET ? 32 : 128;
}

bool
inet_same(const struct inet *a, const struct inet *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, inet_bits(a) / 8) == 0;
}

bool
inet_covers(const struct inet *prefix, const struct inet *a)
{
	unsigned int whole = prefix->len / 8, rest = prefix->len % 8;

	if (prefix->family != a->family || a->len < prefix->len ||
		memcmp(prefix->addr, a->addr, whole) != 0)
		return false;
	return rest == 0 || (prefix->addr[whole] ^ a->addr[whole]) >> (8 - rest) == 0;
}

bool
inet_host_bits_set(const struct inet *prefix)
{
	for (unsigned int bit = prefix->len; bit < inet_bits(prefix); bit++)
		if (prefix->addr[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

int
inet_host(const struct inet *prefix, uint32_t offset, struct inet *ret)
{
	unsigned int host_bits = inet_bits(prefix) - prefix->len;
	struct inet a = *prefix;

	if (host_bits < 32 && offset >> host_bits != 0)
		return -ERANGE;
	for (unsigned int bit = a.len; bit < inet_bits(&a); bit++)
		a.addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	for (unsigned int i = inet_bits(&a) / 8; i-- > 0 && offset != 0; offset >>= 8)
		a.addr[i] |= (uint8_t)offset;
	a.len = (uint8_t)inet_bits(&a);
	*ret = a;
	return 0;
}

void
inet_link_local(const uint8_t mac[static 6], struct inet *ret)
{
	const uint8_t addr[16] = {
		0xfe, 0x80, [8] = mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};

	*ret = (struct inet){.family = AF_INET6, .len = 128};
	memcpy(ret->addr, addr, sizeof(addr));
}

socklen_t
inet_sockaddr(const struct inet *a, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memset(ret, 0, sizeof(*ret));
	if (a->family == AF_INET) {
		memcpy(&in4.sin_addr, a->addr, 4);
		memcpy(ret, &in4, sizeof(in4));
		return sizeof(in4);
	}
	memcpy(&in6.sin6_addr, a->addr, 16);
	memcpy(ret, &in6, sizeof(in6));
	return sizeof(in6);
}
