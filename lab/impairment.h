/*
 * impairment.h - the words for what links do to frames: the same on the command line, in a scenario, in a topology.
 *
 *      delay, jitter   durations; spread: uniform or normal; reorder: true or false
 *      loss            a ratio; burst: a mean number of packets
 *      rate            bits a second; queue: a duration or bytes
 *      duplicate, corrupt      ratios
 *      lose            what is lost silently: larger:BYTES, tcp/PORT, udp/PORT, several with commas; or nothing
 */
#ifndef LAB_IMPAIRMENT_H
#define LAB_IMPAIRMENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/topology.h"
#include "lab/wire/impair.h"
#include "lib/conf.h"
#include "lib/err.h"

struct impairment {
	uint32_t mask; /* bits 1 << enum wire_knob */
	struct wire_impair value;
};

extern const char *const impairment_words[]; /* NULL-terminated; the delay is the first */

/* Take one word and its value. Returns 0, or -EINVAL with `e` saying what it should be. */
int impairment_read(struct impairment *m, const char *word, const char *text, struct err *e);

/* Take those keys of a map that are among `words` (NULL-terminated); what is wrong is complained of. */
void impairment_conf(struct conf *c, const struct conf_node *map, const char *const words[],
	struct impairment *m);

/* What a link does besides its delay, for people: "loss 30 % in bursts of 5, rate 10 Mbit/s". */
const char *impairment_show(const struct wire_impair *m, uint32_t mask, char out[static 200]);

enum link_way { LINK_BOTH, LINK_AB, LINK_BA };

/* "both", "ab" or "ba". Returns 0 or -EINVAL. */
int link_way_read(const char *text, enum link_way *ret);

struct link_match {
	size_t link;
	bool reversed; /* the first pattern is its second end */
};

/*
 * The links between two kinds of ends, each "NODE" or "NODE:INTERFACE" where both may be patterns of
 * glob(7).
 *
 *      ret     out: room for t->links_len, or NULL to count them
 *
 * Returns how many.
 */
size_t link_matches(const struct topology *t, const char *a, const char *b, struct link_match *ret);

/*
 * A request to the link emulator (doc/formats.md): {"op": "set", "links": [...]}; `way` is from the
 * matches' first ends. The caller adds what to set. NULL when out of memory.
 */
json_t *link_request(
	const struct topology *t, const struct link_match *matches, size_t n, enum link_way way);

/* What a direction does, from the emulator's figures; the carrier is not of a direction. */
void impairment_from_json(const json_t *dir, struct wire_impair *ret);

/* Add the knobs of an impairment to a request. */
void impairment_request(const struct impairment *m, json_t *request);

#endif
