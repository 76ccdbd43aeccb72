/*
 * scenario.h - one scenario file: what is broken when, what is expected, which claims it judges.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/impairment.h"
#include "lab/topology.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "scenarios/knob_layer.h"

enum action_kind {
	ACTION_KILL,	       /* SIGKILL to a service */
	ACTION_STOP,	       /* SIGTERM */
	ACTION_HANG,	       /* SIGSTOP */
	ACTION_THROTTLE,       /* a share of a processor at most: action.share */
	ACTION_RESUME,	       /* SIGCONT; the end of a hang and of a throttle */
	ACTION_START,	       /* start a service that is not running */
	ACTION_BLACKHOLE,      /* links lose everything, silently */
	ACTION_BLACKHOLE_DATA, /* ... but for what keeps sessions up */
	ACTION_LINK_DOWN,      /* links lose their carrier */
	ACTION_IMPAIR,	       /* links delay, lose, copy...: action.what */
	ACTION_LINK_UP,	       /* links as the topology says */
	ACTION_EXEC,	       /* a command in a node */
	ACTION_CHECK,	       /* a command in a node, whose words and exit status judge a claim */
	ACTION_LOAD,	       /* a load generator in a node's network: action.load, argv */
	ACTION_LOAD_STOP,      /* its end */
};

/* What a command must have said or returned; all that is given must fit. */
struct check_match {
	const char *says; /* extended regular expression that a line matches; NULL: anything */
	int exit;	  /* -1: any */
	bool given;
};

struct check {
	const char *judges, *what; /* id of the ledger; what is tried, in words */
	const char *family;	   /* "v4", "v6"; NULL: both */
	struct check_match refuted, met;
	bool control; /* shows that the claim's other checks mean something; no evidence itself */
};

/* Of load and load-stop. */
struct load {
	const char *name; /* of its files and metrics; one of the kind in a scenario */
	bool fault;	  /* it is what the trial is about, not what goes on meanwhile */
	const struct conf_node *at;
};

struct action {
	int64_t at_ns; /* after the fault instant of the trial; only a load or what prepares may be before it */
	enum action_kind kind;
	const char *target; /* NODE/SERVICE, a link pattern (see action_links()), "NODE: WORDS" */
	char *owned_target; /* the same, where it is not the file's own text; or NULL */
	char **argv,
		**undo; /* of exec: the command, and the one that undoes it or NULL; of load: kind and words */
	char *script;	    /* of exec: text of the script that both run, or NULL */
	struct check check; /* of check */
	struct load load;   /* of load, load-stop */
	char node[32], service[32];
	double share;  /* of throttle */
	bool restores; /* undoes rather than breaks */
	bool prepares; /* of exec: neither, it is what later steps need */
	unsigned int
		round; /* of a `repeat`, from 1; the later ones borrow from the first. 0: none */
	/* of links */
	enum link_way way; /* seen from the pattern's left side */
	struct impairment what;
	int64_t for_ns; /* 0: until it is undone */
	int line;
};

enum expect_kind { EXPECT_SERVED_BY, EXPECT_METRIC };

struct expect {
	enum expect_kind kind;
	int line;
	char text[200];	    /* as it reads in the report */
	const char *judges; /* the claim that stands or falls with it; or NULL */
	/* served_by */
	int64_t from_ns, to_ns;
	const char *city, *site;
	/* metric; value in the metric's own unit */
	const char *metric;
	char statistic[16], comparison[3];
	double value;
};

enum { SCENARIO_LAYERS = 2, SCENARIO_SETTINGS = 4 };

/* The same steps again and again. */
struct rounds {
	unsigned int times; /* 0: there are none */
	int64_t at_ns, every_ns;
};

struct scenario {
	struct conf *conf;
	const char *name, *title, *summary;
	const char **judges;	    /* ids */
	const char **judged_family; /* of each: "v4" or "v6", that alone is judged; NULL: both */
	char **judges_text;	    /* of each: its id, where the file's text has more; or NULL */
	size_t judges_len;
	unsigned int probes;
	double rate_qps;
	double resolver_qps; /* lookups of each resolver's users; 0: none */
	double unicast_qps; /* of each probe, to each site that is asked by its own address; 0: none */
	double tcp_qps;	    /* over TCP, of a stream per city and family; 0: none */
	double large_qps;	     /* for names with large answers, likewise; 0: none */
	int64_t before_ns, after_ns; /* observed before the fault and after the last action */
	int64_t phase_window_ns;     /* the fault waits a random part of this; 0: none */
	int64_t skip_from_ns,
		skip_to_ns; /* what a quick look leaves out of the timeline; equal: nothing */
	int64_t least_after_ns; /* then it may end as soon as the lab is healed; 0: after_ns, come what may */
	int64_t timeout_ns; /* of a query */
	struct action *actions;
	size_t actions_len;
	struct expect *expects;
	size_t expects_len;
	const char *withdraws; /* node whose withdraw is measured, as the file says; or NULL */
	const char *variants;  /* those it is for, as text; NULL: for all */
	bool fits;	       /* it is for the topology's variant */
	bool own_lab;	       /* it wants a lab that nothing was done to before */
	char *layers[SCENARIO_LAYERS]; /* absolute: folders over the variant's, lowest first */
	size_t layers_len;
	struct knobs knobs; /* of the variant, where the scenario turns some */
	struct knob_setting settings[SCENARIO_SETTINGS]; /* over its layers */
	size_t settings_len;
	const struct topology
		*topology;    /* they were checked against; borrowed, NULL: without settings */
	struct rounds rounds; /* of its first `repeat` */
};

/*
 * Read a scenario and check it against the network it is for: nodes, services, cities and sites
 * must exist, links must match, times must be in order. What is broken need not be mended in it:
 * the runner undoes every fault. Mistakes become complaints of ret->conf.
 *
 * Returns 0, or -errno with `e` filled when the file cannot be read.
 */
int scenario_load(const char *path, const struct topology *t, struct scenario **ret, struct err *e);

/*
 * The file of a scenario that is named: by its file in DATA/scenarios, or by a path, which has a slash or ".yaml" in it
 * and is not looked for here. Returns 0, or -EINVAL with `e` filled: there is none of that name.
 */
int scenario_find(const char *data, const char *name, char ret[static PATH_MAX], struct err *e);

/* As scenario_load(), of text in memory; files beside it are looked for beside `name`. Returns 0. */
int scenario_parse(const char *name, const char *data, size_t len, const struct topology *t,
	struct scenario **ret);
void scenario_free(struct scenario *s);

/* Can two take place in one lab, as far as their own layers and settings go? */
bool scenario_same_layers(const struct scenario *a, const struct scenario *b);

/* Does it want nothing of its own in its lab's files? */
bool scenario_is_plain(const struct scenario *s);

const char *action_name(enum action_kind kind);
bool action_is_link(enum action_kind kind);

/* Does it neither break nor mend anything: a check, what prepares, a load that is not the fault, the end of one? */
bool action_is_beside(const struct action *a);

/* The node whose withdraw is measured: as the file says, or at which something is broken first. NULL: links alone. */
const char *scenario_fault_node(const struct scenario *s);

/* End of the last action, and of what lasts for a time, ns after the fault. */
int64_t scenario_last_ns(const struct scenario *s);

/*
 * For a quick look: little time before the fault, and after the last step only until the lab is healed, or as long as
 * its expectations need. `skip`: also without what it says may be left out, which timers slower than the variant's own
 * might need.
 */
void scenario_shorten(struct scenario *s, bool skip);

/*
 * Links a pattern means: "a-*" all that touch a node of such a name, "a-hkg--a-sin" those between
 * two; each side is a pattern, also "hkg:eth*". As link_matches() otherwise.
 */
size_t action_links(const struct topology *t, const char *pattern, struct link_match *ret);

#endif
