/* cmd_facts.h - the half of catchment analyze that reads captures of anybody's. */
#ifndef BENCH_ANALYZE_CMD_FACTS_H
#define BENCH_ANALYZE_CMD_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read all of them and print what they say on stdout. Returns an exit_code, having said why. */
int cmd_facts(
	const char *const *paths, size_t files, int64_t expiry_ns, int64_t quiet_ns, bool as_json);

#endif
