/* fuzz_routelog.c - any bytes as routes.jsonl: what is given out keeps the reader's promises. */
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/routelog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct routelog_event *ev)
{
	if (ev->at.ns <= 0 || ev->node[0] == '\0' || ev->hops_len > ROUTELOG_HOPS_MAX)
		abort();
	if (ev->op == ROUTELOG_LINK && ev->interface[0] == '\0')
		abort();
	if (ev->op <= ROUTELOG_GONE &&
		(ev->type[0] == '\0' || ev->dst.len > inet_bits(&ev->dst) ||
			inet_host_bits_set(&ev->dst)))
		abort();
	for (size_t i = 0; i < ev->hops_len; i++)
		if (memchr(ev->hops[i].interface, '\0', IFNAMSIZ) == NULL ||
			(ev->hops[i].has_gateway &&
				ev->hops[i].gateway.len != inet_bits(&ev->hops[i].gateway)))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct routelog_event ev;
	struct routelog *l;
	struct err e;
	int rc;

	if (routelog_open_bytes(data, size, "fuzz", &l, &e) < 0)
		return 0;
	while ((rc = routelog_next(l, &ev, &e)) != 0) {
		if (rc > 0)
			check(&ev);
		else if (strncmp(e.text, "fuzz:", 5) != 0 || strchr(e.text, '\n') != NULL)
			abort();
	}
	routelog_cut(l);
	routelog_free(l);
	return 0;
}
