/* inet.h - IPv4 and IPv6 addresses and prefixes in one shape. */
#ifndef LIB_INET_H
#define LIB_INET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct inet {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint8_t len;	/* prefix length in bits; 32 or 128 for an address */
	uint8_t addr[16];
};

enum { INET_TEXT_BYTES = 64 };

/*
 * Read "203.0.113.53", "203.0.113.0/24" or their IPv6 likes; without a length, a whole address.
 * Returns 0 or -EINVAL; `ret` is written only on success.
 */
int inet_parse(const char *text, struct inet *ret);

/* Text of the address alone, or with "/len". Return `out`. */
const char *inet_show(const struct inet *a, char out[static INET_TEXT_BYTES]);
const char *inet_show_prefix(const struct inet *a, char out[static INET_TEXT_BYTES]);

unsigned int inet_bits(const struct inet *a);		    /* 32 or 128 */
bool inet_same(const struct inet *a, const struct inet *b); /* addresses; lengths do not matter */
bool inet_covers(const struct inet *prefix, const struct inet *a);
bool inet_host_bits_set(const struct inet *prefix);

/* The address `offset` above the network address of `prefix`. Returns 0 or -ERANGE. */
int inet_host(const struct inet *prefix, uint32_t offset, struct inet *ret);

/* fe80::/64 address that Linux derives from a MAC (modified EUI-64, RFC 4291 appendix A). */
void inet_link_local(const uint8_t mac[static 6], struct inet *ret);

/* Socket address with a port; returns its length. */
socklen_t inet_sockaddr(const struct inet *a, uint16_t port, struct sockaddr_storage *ret);

#endif
