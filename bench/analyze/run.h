/* run.h - what is being analyzed: a run, its trials, their streams and queries. */
#ifndef BENCH_ANALYZE_RUN_H
#define BENCH_ANALYZE_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/answers.h"
#include "lib/bgp.h"
#include "lib/err.h"
#include "lib/mono.h"

enum { MAX_SITES = 64, MAX_CITIES = 256, MAX_PREFIXES = 16 };
enum family { V4 = 0, V6 = 1, FAMILIES = 2 };

extern const char *const family_name[FAMILIES]; /* "v4", "v6" */

enum phase { BEFORE, DURING, AFTER, PHASES };

/* A PoP that answers; those that run.json does not know get the NSID as name. */
struct site {
	char name[64];
	char nsid[64];
	char node[64];
};

struct city {
	const char *name; /* borrowed from run.json */
	const json_t *json;
	int64_t during_from_ns; /* from the fault; the expectation's interval where one names it */
	int64_t during_to_ns;	/* 0: to the restore */
	bool affected;		/* in a valid trial */
	/* Decided queries by phase, family and who answered; [MAX_SITES] counts those not good. */
	uint64_t share[PHASES][FAMILIES][MAX_SITES + 1];
	struct samples *rtt_ms[PHASES][FAMILIES];
};

/* Numbers that belong together, each with the trial it is from. */
struct samples {
	double *value;
	int *trial;
	size_t n;
	size_t room;
};

/* Who is asked, and over what: the metrics know only the anycast service over UDP; the others have their own. */
enum service { SERVICE_ANYCAST, SERVICE_UNICAST, SERVICE_RESOLVER, SERVICE_LARGE, SERVICES };
enum transport { OVER_UDP, OVER_TCP, OVER_BOTH, TRANSPORTS }; /* both: TCP where truncated */

struct query {
	int64_t sent_ns;     /* wall, at the client: see stream.last_mile_ns */
	int64_t received_ns; /* wall, at the client; 0: nothing came */
	uint32_t seq;
	uint32_t lateness_ns;
	uint8_t status; /* enum answers_status */
	uint8_t rcode;	/* ANSWERS_RCODE_NONE: none */
	uint32_t
		connect_us; /* over TCP, with the last mile: until the connection stood, saturating */
	int16_t site;	    /* index, -1: none */
	uint16_t stream;    /* index in the list that holds the query's stream */
};

/* Absent instants are INT64_MIN. */
#define NEVER INT64_MIN

struct stream {
	uint32_t id; /* in plan and answers file */
	int probe;
	int city; /* index */
	enum family family;
	enum service service;
	enum transport transport;
	char source[48], target[48];
	char label[48]; /* unicast: the site's name; resolver: which */
	double rate_qps;
	/* Modelled: half of it lies before each query was on the wire, half behind each answer. */
	int64_t last_mile_ns;
	struct query *query; /* sorted by seq; gone once the trial is analyzed */
	size_t queries;
	int64_t window_from_ns; /* wall: the first query that the fault can have hit */
	unsigned sent;
	unsigned pending;
	unsigned lost;	      /* in the window: unanswered, ICMP, not sent */
	unsigned icmp;	      /* of these */
	unsigned send_failed; /* of these */
	unsigned wrong;	      /* in the window: answered, but not well */
	unsigned lost_before;
	unsigned restore_lost;
	unsigned restore_wrong;
	unsigned longest_failed; /* one after the other, from the fault to the end */
	unsigned lookups;	 /* client model */
	unsigned lookup_failures;
	int site_before; /* of the last good answer before the fault, -1 */
	int64_t last_before_ns;
	int site_first;
	int64_t first_good_ns;
	bool moved;    /* another site answered in the window */
	bool affected; /* lost, got a wrong answer or moved */
	/* of t->side alone (sides.h), over the whole trial */
	unsigned good;
	unsigned elsewhere; /* unicast: good, but of another site */
	unsigned by_status[ANSWERS_STATUSES];
	double connect_before_ms, rtt_before_ms; /* TCP: medians before the fault; NAN */
};

/* What the queries of an expectation's city and interval came to, over the valid trials. */
struct tally {
	uint64_t share[MAX_SITES + 1]; /* decided queries by site; [MAX_SITES]: not good */
	uint64_t decided;
	double best_ratio;  /* the most in one trial */
	double worst_ratio; /* least share of the expected site in one trial, 1 before any */
	int worst_trial;
};

/* A BGP message of the node at fault that says something about the anycast prefixes. */
enum wire_kind { WIRE_WITHDRAW, WIRE_ANNOUNCE, WIRE_CLOSE };

struct wire_event {
	enum wire_kind kind;
	enum family family;
	int64_t at_ns; /* wall */
	uint64_t packet;
	int session;		  /* of the BGP log */
	bool withdraws[FAMILIES]; /* WIRE_CLOSE: it took the prefixes of that family along */
	char peer[48];
	char capture[128]; /* relative to the run */
	const char *how;   /* "withdrawn", "mp_unreach", "nlri", "mp_reach", "notification", ... */
};

/* How a family's prefixes were withdrawn between fault and restore (withdraw.h). */
struct withdraw {
	int64_t first_ns; /* wall: when no session carried them any more for the first time, or NEVER */
	int64_t last_ns;   /* wall: the last that withdrew them, or NEVER */
	unsigned flaps;	   /* announced again after that, before the restore */
	unsigned sessions; /* known to have carried them at the fault */
	unsigned most;	   /* of these, withdrawn at one time */
	unsigned silent;   /* sessions of that family in which nothing was said of them */
};

struct budget;

struct trial {
	int number;
	char dir[64];
	bool valid;
	json_t *why; /* array of strings: why not */
	bool has_fault;
	int64_t fault_ns; /* wall; the last instant of the trial when there is no fault */
	int64_t restore_ns;
	bool has_restore;
	int64_t start_ns, end_ns; /* of the sending */
	json_t *phase;		  /* true: locked to the health check's tick; NULL: not told */
	double phase_ms;	  /* after the health check's last query (tick.h); NAN: not known */
	json_t *last_mile;	  /* what the plan says of it; NULL: nothing was modelled */
	struct stream *stream;	  /* of the anycast service over UDP, in the plan's order */
	size_t streams;
	struct query *query;
	size_t queries;
	struct stream *side; /* all others: unicast, resolvers, TCP (side.h) */
	size_t sides;
	struct query *side_query;
	size_t side_queries;
	struct lookup *lookup; /* at resolvers (resolvers.h) */
	size_t lookups;
	uint64_t strays[6]; /* of the former alone */
	struct wire_event *wire;
	size_t wires;
	bool wire_read; /* the captures of the node at fault could be read */
	uint64_t wire_malformed;
	struct withdraw withdraw[FAMILIES];
	int64_t announce_ns[FAMILIES]; /* wall, or NEVER */
	int64_t last_from_fault_site_ns;
	int64_t full_convergence_ns; /* from the fault, or NEVER */
	struct budget *budget;	     /* budget.h; NULL: none */
	struct soak *soak;	     /* soak.h; NULL: no rounds were planned */
	json_t *loads;		     /* loads.h, by name; NULL: there were none */
	json_t *moved;		     /* moved.h; NULL: no tables were read */
	json_t *damaged;	     /* strings (damage.h); NULL: nothing */
	json_t *steady;
	json_t *timeline;
	json_t *city_timeline;
	json_t *noise;
};

struct run {
	const char *dir;
	json_t *json;
	double gap_ms;
	double timeout_ms;
	uint64_t seed;
	const char *fault_node; /* NULL: none */
	int fault_site;		/* index, -1 */
	bool fault_planned;
	bool restore_planned;
	struct site site[MAX_SITES];
	int sites;
	struct city city[MAX_CITIES];
	int cities;
	struct bgp_prefix prefix[MAX_PREFIXES];
	int prefixes;
	struct trial *trial;
	size_t trials;
	struct samples *latency_added_ms[FAMILIES]; /* client model */
	struct tally *tally;			    /* per entry of `expect` */
	struct rfc_bgp *bgp;			    /* rfc_bgp.h; NULL: no trial was added */
	double wire_accuracy_ms;		    /* by the run's calibration; NAN without one */
	struct rtt_row *rtt; /* probe by probe (rtt.h), over the valid trials */
	size_t rtts;
};

/* Read run.json. On failure `e` names file and key, and nothing needs freeing. */
int run_open(struct run *r, const char *dir, struct err *e);
void run_done(struct run *r);

/* Index of a name, -1 if there is none. */
int run_city(const struct run *r, const char *name);
int run_site(const struct run *r, const char *name);
/* The site of an NSID; one never heard of is added under its own name. -1 when the table is full. */
int run_site_of_nsid(struct run *r, const char *nsid);

/* An anycast prefix, exactly? */
bool run_is_anycast(const struct run *r, const struct bgp_prefix *p);

/* Load a JSON file; `e` names file, line and column. */
int json_file(const char *path, json_t **ret, struct err *e);

/* Events, answers. What cannot be read makes the trial invalid; -ENOMEM is the only error. */
int trial_load(struct run *r, struct trial *t, struct err *e);
void trial_forget_queries(struct trial *t);
void trial_done(struct trial *t);
/* Mark the trial invalid. The text is one line. */
void trial_invalid(struct trial *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A file of the trial: RUN/TRIAL/name. */
void trial_path(
	const struct run *r, const struct trial *t, const char *name, char *out, size_t out_bytes);

struct samples *samples_new(void);
void samples_free(struct samples *s);
int samples_add(struct samples *s, double value, int trial);

/* Did the query get nothing back: unanswered, ICMP unreachable, not even sent; over TCP refused, reset, cut short? */
bool status_is_lost(uint8_t status);

/* Milliseconds of a JSON number as nanoseconds, cut to 100 days either way. */
int64_t ns_of_ms(double ms);

#endif
