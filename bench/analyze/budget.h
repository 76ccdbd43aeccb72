/*
 * budget.h - where each affected stream's time went: from the fault to its first good answer, boundary by boundary.
 *
 * Walked backwards along the latest-arriving cause: the first good answer, its query at the PoP, the query
 * leaving, the last change of a forwarding table on the query's way or on the answer's way back, the UPDATE
 * that caused it, the same UPDATE leaving its sender, what caused that, ... to the withdraw of the node at
 * fault, its verdict, its first failed check, the last answer of the old PoP, the fault; or, for a fault of
 * links, to the router that noticed.
 *
 * Each boundary has its own evidence. One that evidence does not give is not guessed: the span that it
 * would have split is `unexplained`. One that is later than what came of it is reported as out of order: by
 * no more than BUDGET_READING_NS (what reading a table or a log lags behind) its effect's span has no length
 * then, by more it is not believed.
 */
#ifndef BENCH_ANALYZE_BUDGET_H
#define BENCH_ANALYZE_BUDGET_H

#include <jansson.h>

#include "bench/analyze/bgplog.h"
#include "bench/analyze/fibdb.h"
#include "bench/analyze/run.h"

enum { BUDGET_STEPS = 96, BUDGET_SAYS_BYTES = 224 };
#define BUDGET_READING_NS (2 * NS_PER_MS)

/* In the order in which a span of each kind comes first. */
enum budget_phase {
	BUDGET_SERVING,	    /* to the last good answer of the old PoP */
	BUDGET_AWAIT_CHECK, /* to the first health check that failed */
	BUDGET_VERDICT,	    /* to the health check's verdict */
	BUDGET_WITHDRAW,    /* to the withdraw on the wire of the node at fault */
	BUDGET_DETECT,	    /* faults of links: to what the router that noticed did first */
	BUDGET_TRANSIT,	    /* UPDATE out to UPDATE in */
	BUDGET_RIB,	    /* UPDATE in to UPDATE out */
	BUDGET_FIB,	    /* UPDATE in to the change of the forwarding table */
	BUDGET_SAMPLING,    /* to the next query */
	BUDGET_QUERY,	    /* to the PoP */
	BUDGET_ANSWER,	    /* to the client */
	BUDGET_UNEXPLAINED,
	BUDGET_PHASES
};
extern const char *const budget_phase_name[BUDGET_PHASES];

struct budget_evidence {
	const char *kind; /* "capture", "route", "line", "event", "answers", "none" */
	char file[128];	  /* relative to the run's folder; "": none */
	uint64_t number;  /* packet or line, from 1; 0: none */
	char says[BUDGET_SAYS_BYTES];
};

/* The end of a span. Not known: `says` of the evidence tells why. */
struct budget_boundary {
	enum budget_phase phase;
	bool known;
	int64_t at_ns; /* wall */
	int node;      /* of the BGP log, -1 */
	struct budget_evidence evidence;
};

struct budget_step {
	enum budget_phase phase;
	int64_t from_ns, to_ns; /* from the fault */
	int node;
	struct budget_evidence evidence; /* of its end */
};

struct budget_disorder {
	enum budget_phase phase;
	int64_t at_ns; /* from the fault */
	char says[BUDGET_SAYS_BYTES];
};

struct budget_stream {
	int stream; /* index in trial.stream */
	int64_t total_ns;
	struct budget_step step[BUDGET_STEPS];
	size_t steps;
	struct budget_disorder disorder[8];
	size_t disorders;
	char why[BUDGET_SAYS_BYTES]; /* there are no steps */
};

struct verdicts;

/* What there is to go by. Parts that are absent are NULL, and say why. */
struct budget_basis {
	const struct run *r;
	const struct trial *t;
	const struct bgplog *log;
	struct fibdb *fib;
	char fib_why[256];
	struct verdicts *verdicts;
	char verdicts_why[256];
	int fault_node; /* of the BGP log, -1: no node is at fault */
};

/* What the queries' packets of a budget are: of each affected stream the last good query before and the first after. */
struct budget_marks;

/* After streams_measure(). Returns 0 or -ENOMEM. */
int budget_marks_new(const struct trial *t, struct budget_marks **ret);
void budget_marks_free(struct budget_marks *m);			    /* NULL is fine */
bool budget_marks_want(void *marks, uint32_t stream, uint32_t seq); /* for bgplog_read() */

/* Open what is there beside the captures. Returns 0 or -ENOMEM. */
int budget_basis_open(const struct run *r, const struct trial *t, const struct bgplog *log,
	struct budget_basis *ret);
void budget_basis_close(struct budget_basis *b);

/* One stream's budget; it has to be affected and to have a first good answer. */
void budget_of_stream(
	const struct budget_basis *b, const struct stream *s, struct budget_stream *ret);

/* The queries whose packets matter: the last good one of the old PoP before the first good one. NULL: none. */
const struct query *budget_last_good(const struct stream *s);
const struct query *budget_first_good(const struct stream *s);

/*
 * Every affected stream of the trial: RUN/TRIAL/budget.json is written, t->budget is kept for result.json.
 * Returns 0, -ENOMEM, or what writing gave, with `e` filled.
 */
int budget_measure(const struct run *r, struct trial *t, const struct bgplog *log, struct err *e);
void budget_free(struct budget *b); /* NULL is fine */

/* For result.json: "phases", "phases_by_city", "budget", over the valid trials. NULL when out of memory. */
json_t *budget_phases_json(const struct run *r, int city); /* -1: all */
json_t *budget_cities_json(const struct run *r);
json_t *budget_json(const struct run *r);

/* A stream of budget.json. */
json_t *budget_stream_json(const struct budget_basis *b, const struct budget_stream *s);

/* A step's evidence as budget.json has it. */
json_t *budget_evidence_json(const struct budget_evidence *e);

#endif
