/*
 * reflector.bpf.c - answers DNS queries on the interface that they come in by: a server that costs next to nothing, so
 * that what limits a measurement is the generator.
 *
 * Each UDP datagram to port 53 that is a query (QR = 0, at least a header) goes back whence it came, with MAC addresses,
 * IP addresses and ports exchanged and QR set: NOERROR with the question and without a record. Addresses and ports
 * exchanged leave the checksum as it was; QR is added to it (RFC 1624). Everything else is the kernel's (XDP_PASS): ARP,
 * neighbour discovery, ping. Only whole IPv4 datagrams without options and IPv6 without extension headers are answered.
 *
 * No helpers and no maps, so no library: `clang -target bpf` makes it, `ip link set IF xdpdrv obj` loads it. Section
 * xdp/pass is what the other end of a veth pair needs before the kernel takes XDP_TX in native mode.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#define SECTION(name) __attribute__((section(name), used))
#define BE16(x) __builtin_bswap16(x) /* constants only; BPF is made for a little-endian machine here */

enum { DNS_PORT = 53, DNS_HEADER_BYTES = 12, IPV4_PLAIN = 0x45, QR = 0x80 };

int reflect(struct xdp_md *context);
int pass(struct xdp_md *context);

static inline void
exchange(void *a, void *b, unsigned int len_bytes)
{
	__u8 *x = a, *y = b;

#pragma clang loop unroll(full)
	for (unsigned int i = 0; i < len_bytes; i += 2) {
		__u16 held = *(__u16 *)(x + i);

		*(__u16 *)(x + i) = *(__u16 *)(y + i);
		*(__u16 *)(y + i) = held;
	}
}

/* The UDP header behind a plain IP header, addresses exchanged; or NULL: not ours, nothing touched. */
static inline struct udphdr *
find_query(struct ethhdr *eth, const void *end)
{
	struct iphdr *v4 = (void *)(eth + 1);
	struct ipv6hdr *v6 = (void *)(eth + 1);
	struct udphdr *udp;

	if (eth->h_proto == BE16(ETH_P_IP)) {
		udp = (void *)(v4 + 1);
		if ((void *)(udp + 1) + DNS_HEADER_BYTES > end || *(__u8 *)v4 != IPV4_PLAIN ||
			v4->protocol != IPPROTO_UDP || (v4->frag_off & BE16(0x3fff)) != 0)
			return (void *)0;
	} else if (eth->h_proto == BE16(ETH_P_IPV6)) {
		udp = (void *)(v6 + 1);
		if ((void *)(udp + 1) + DNS_HEADER_BYTES > end || v6->nexthdr != IPPROTO_UDP)
			return (void *)0;
	} else {
		return (void *)0;
	}
	if (udp->dest != BE16(DNS_PORT) || (((__u8 *)(udp + 1))[2] & QR) != 0)
		return (void *)0;
	if (eth->h_proto == BE16(ETH_P_IP))
		exchange(&v4->saddr, &v4->daddr, sizeof(v4->saddr));
	else
		exchange(&v6->saddr, &v6->daddr, sizeof(v6->saddr));
	return udp;
}

SECTION("xdp/reflect") int
reflect(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *eth = (void *)(long)context->data;
	struct udphdr *udp;
	__u32 sum;

	if ((void *)(eth + 1) > end)
		return XDP_PASS;
	udp = find_query(eth, end);
	if (!udp)
		return XDP_PASS;
	exchange(eth->h_dest, eth->h_source, ETH_ALEN);
	exchange(&udp->source, &udp->dest, sizeof(udp->source));
	((__u8 *)(udp + 1))[2] |= QR;
	if (udp->check != 0) { /* 0: sent without one */
		sum = (__u16)~udp->check + BE16(QR << 8);
		sum = (sum & 0xffff) + (sum >> 16);
		udp->check = (__u16)~sum;
		if (udp->check == 0)
			udp->check = 0xffff;
	}
	return XDP_TX;
}

SECTION("xdp/pass") int
pass(struct xdp_md *context)
{
	return context->data_end >= context->data ? XDP_PASS : XDP_ABORTED;
}
