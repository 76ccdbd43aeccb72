/* flood_packet.c - whole IP packets with a DNS query over UDP, from sources of somebody's choice. */
#include "bench/load/flood_packet.h"

#include <string.h>
#include <sys/socket.h>

enum { IPV4_BYTES = 20, IPV6_BYTES = 40, UDP_BYTES = 8, TTL = 64, PROTO_UDP = 17 };

void
flood_source(const struct inet *prefix, struct rng *rng, struct inet *ret)
{
	unsigned int bits = inet_bits(prefix), bytes = bits / 8;
	bool ends = prefix->family == AF_INET && prefix->len < 31;
	uint64_t hosts = bits - prefix->len >= 32 ? UINT32_MAX : 1ULL << (bits - prefix->len);
	uint64_t nth = rng_below(rng, ends ? hosts - 2 : hosts) + (ends ? 1 : 0);

	*ret = *prefix;
	ret->len = (uint8_t)bits;
	/* Over 32 bits the ones in front of them are drawn as well. */
	for (unsigned int i = prefix->len; i + 32 < bits; i++)
		if (rng_u64(rng) >> 63)
			ret->addr[i / 8] |= (uint8_t)(0x80U >> (i % 8));
		else
			ret->addr[i / 8] &= (uint8_t) ~(0x80U >> (i % 8));
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int at = bytes - 1 - i, first = at * 8;
		unsigned int fixed = prefix->len > first ? prefix->len - first : 0;
		uint8_t mask = fixed >= 8 ? 0 : (uint8_t)(0xFFU >> fixed);

		ret->addr[at] =
			(uint8_t)((prefix->addr[at] & ~mask) | ((uint8_t)(nth >> (8 * i)) & mask));
	}
}

static void
put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static uint32_t
sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return len % 2 ? sum + ((uint32_t)p[len - 1] << 8) : sum;
}

static uint16_t
folded(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Returns the length of the header. */
static size_t
put_ip(const struct inet *from, const struct inet *to, size_t payload, struct rng *rng,
	uint8_t *out)
{
	if (from->family == AF_INET) {
		memset(out, 0, IPV4_BYTES);
		out[0] = 0x45;
		put16(out + 2, (uint32_t)(IPV4_BYTES + payload));
		put16(out + 4, (uint32_t)rng_u64(rng) & 0xFFFF);
		out[8] = TTL;
		out[9] = PROTO_UDP;
		memcpy(out + 12, from->addr, 4);
		memcpy(out + 16, to->addr, 4);
		put16(out + 10, folded(sum16(out, IPV4_BYTES, 0)));
		return IPV4_BYTES;
	}
	memset(out, 0, IPV6_BYTES);
	out[0] = 0x60;
	put16(out + 4, (uint32_t)payload);
	out[6] = PROTO_UDP;
	out[7] = TTL;
	memcpy(out + 8, from->addr, 16);
	memcpy(out + 24, to->addr, 16);
	return IPV6_BYTES;
}

size_t
flood_packet(const struct inet *from, uint16_t from_port, const struct inet *to, uint16_t to_port,
	const struct query *q, struct rng *rng, uint8_t out[static FLOOD_PACKET_BYTES])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	size_t udp_bytes = (size_t)UDP_BYTES + q->len, head;
	size_t address_bytes = inet_bits(from) / 8;
	uint8_t *udp, *dns;
	uint64_t random = 0;
	uint16_t sum;

	if (udp_bytes + IPV6_BYTES > FLOOD_PACKET_BYTES || q->len < 12)
		return 0;
	head = put_ip(from, to, udp_bytes, rng, out);
	udp = out + head;
	dns = udp + UDP_BYTES;
	put16(udp, from_port);
	put16(udp + 2, to_port);
	put16(udp + 4, (uint32_t)udp_bytes);
	put16(udp + 6, 0);
	memcpy(dns, q->wire, q->len);
	put16(dns, (uint32_t)rng_u64(rng) & 0xFFFF);
	for (unsigned int i = 0; i < q->random_len; i++) {
		if (i % 12 == 0)
			random = rng_u64(rng);
		dns[q->random_at + i] = (uint8_t)letters[random & 31];
		random >>= 5;
	}
	/* The addresses in the IP header are what the pseudo header has of them. */
	sum = folded(sum16(udp, udp_bytes,
		sum16(udp - 2 * address_bytes, 2 * address_bytes,
			(uint32_t)PROTO_UDP + (uint32_t)udp_bytes)));
	put16(udp + 6, sum != 0 ? sum : 0xFFFF);
	return head + udp_bytes;
}
