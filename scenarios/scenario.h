/*
 * scenario.h - one scenario file: what is broken when, what is expected, which claims it judges.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/topology.h"
#include "lib/conf.h"
#include "lib/err.h"

enum action_kind {
	ACTION_KILL,	  /* SIGKILL to a service */
	ACTION_STOP,	  /* SIGTERM */
	ACTION_HANG,	  /* SIGSTOP */
	ACTION_RESUME,	  /* SIGCONT */
	ACTION_START,	  /* start a service that is not running */
	ACTION_BLACKHOLE, /* links lose everything, silently */
	ACTION_LINK_DOWN, /* links lose their carrier */
	ACTION_LINK_UP,	  /* links as they were */
};

struct action {
	int64_t at_ns; /* after the fault instant of the trial */
	enum action_kind kind;
	const char *target; /* NODE/SERVICE, or a link pattern: see action_links() */
	char node[32], service[32];
	bool restores; /* undoes rather than breaks */
	int line;
};

enum expect_kind { EXPECT_SERVED_BY, EXPECT_METRIC };

struct expect {
	enum expect_kind kind;
	int line;
	char text[200]; /* as it reads in the report */
	/* served_by */
	int64_t from_ns, to_ns;
	const char *city, *site;
	/* metric; value in the metric's own unit */
	const char *metric;
	char statistic[16], comparison[3];
	double value;
};

struct scenario {
	struct conf *conf;
	const char *name, *title, *summary;
	const char **judges;
	size_t judges_len;
	unsigned int probes;
	double rate_qps;
	int64_t before_ns, after_ns; /* observed before the fault and after the last action */
	int64_t phase_window_ns;     /* the fault waits a random part of this; 0: none */
	int64_t timeout_ns;	     /* of a query */
	struct action *actions;
	size_t actions_len;
	struct expect *expects;
	size_t expects_len;
};

/*
 * Read a scenario and check it against the network it is for: nodes, services, cities and sites
 * must exist, links must match, times must be in order. What is broken need not be mended in it:
 * the runner undoes every fault. Mistakes become complaints of ret->conf.
 *
 * Returns 0, or -errno with `e` filled when the file cannot be read.
 */
int scenario_load(const char *path, const struct topology *t, struct scenario **ret, struct err *e);
void scenario_free(struct scenario *s);

const char *action_name(enum action_kind kind);
bool action_is_link(enum action_kind kind);

/* End of the last action, ns after the fault. */
int64_t scenario_last_ns(const struct scenario *s);

/*
 * Links a pattern means: "a-*" all that touch a node of such a name, "a-hkg--a-sin" those between
 * two (each side a pattern). Calls `each` for every one. Returns how many there were.
 */
size_t action_links(const struct topology *t, const char *pattern,
	void (*each)(const struct topo_link *link, void *data), void *data);

#endif
