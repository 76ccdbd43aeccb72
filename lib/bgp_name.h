/* bgp_name.h - what is in BGP messages, in words: notifications and communities. */
#ifndef LIB_BGP_NAME_H
#define LIB_BGP_NAME_H

#include <stddef.h>
#include <stdint.h>

#include "lib/bgp.h"

enum { BGP_NAME_BYTES = 192, BGP_COMMUNITY_TEXT_BYTES = 48 };

/*
 * "Cease/Administrative Shutdown", with the operator's own words behind it where the message has
 * some: `Cease/Administrative Shutdown "maintenance"`. What is no printable UTF-8 is shown as '?'. Unknown codes are numbers. Returns `out`.
 * Source: RFC 4271 4.5, 4486, 5492, 7313, 8538, 9003, 9384.
 */
const char *bgp_notification_text(
	const struct bgp_notification *n, char out[static BGP_NAME_BYTES]);

/* "65535:666"; the well-known ones by name: "no-export". Source: RFC 1997, 7999, 8326. */
const char *bgp_community_text(uint32_t community, char out[static BGP_COMMUNITY_TEXT_BYTES]);

/* "rt:64500:100", "ro:198.51.100.1:7"; others as "0x0123456789abcdef". Source: RFC 4360, 5668. */
const char *bgp_extended_community_text(
	uint64_t community, char out[static BGP_COMMUNITY_TEXT_BYTES]);

/* "64500:1:2". Source: RFC 8092. */
const char *bgp_large_community_text(
	const uint32_t community[static 3], char out[static BGP_COMMUNITY_TEXT_BYTES]);

#endif
