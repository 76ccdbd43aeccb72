/* dns_stats.h - what a DNS load came to, counted by each thread for itself and added up at the end. */
#ifndef BENCH_LOAD_DNS_STATS_H
#define BENCH_LOAD_DNS_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/hist.h"

enum {
	DNS_RCODES = 32, /* the last stands for all above */
	DNS_ERRNOS = 8,	 /* different reasons of the system not to send */
	DNS_TICKS = 600000,
};

struct dns_errno {
	int code;
	uint64_t count;
};

struct dns_stats {
	/* A query that was sent came to exactly one of the next four. */
	uint64_t answered;
	uint64_t timed_out;
	uint64_t unreachable; /* an ICMP error came back */
	uint64_t lost_connection;

	uint64_t sent;
	uint64_t send_failed; /* not sent: the system said no; why is in send_errnos */
	uint64_t
		not_sent; /* not even tried: the generator was too far behind at the end, or out of ids */
	uint64_t generator_late; /* sent later than intended by more than the bound */

	/* What came and decided nothing. */
	uint64_t late;	    /* the answer came behind the timeout */
	uint64_t duplicate; /* of a query that was answered already */
	uint64_t mismatch;  /* no query of ours has this id and question */
	uint64_t malformed; /* no DNS message, or no answer */
	uint64_t unmatched_errors;
	uint64_t local_drops; /* answers that our kernel dropped: our socket's buffer was full */

	uint64_t truncated; /* of those answered, with TC */
	uint64_t rcodes[DNS_RCODES];
	uint64_t answer_bytes;
	struct dns_errno send_errnos[DNS_ERRNOS]; /* the last one stands for all others too */

	struct hist latency;	      /* from the actual sending */
	struct hist latency_intended; /* from when it was to be sent */
	struct hist lateness;	      /* actual minus intended sending */

	int64_t latency_sum_ns, intended_sum_ns; /* of all answered */
	int64_t first_sent_ns, last_sent_ns;	 /* CLOCK_MONOTONIC; 0: nothing was sent */
	int64_t cpu_ns;				 /* of the threads */
	uint16_t *
		ticks; /* sent in each millisecond since the beginning, DNS_TICKS of them; may be NULL */
};

void dns_stats_add_errno(struct dns_stats *s, int code);

/* Add everything that `from` counted; its ticks are added to those of `to` where both have them. */
void dns_stats_merge(struct dns_stats *to, const struct dns_stats *from);

/* Sent but without an answer, whatever the reason. */
uint64_t dns_stats_lost(const struct dns_stats *s);

/*
 * How even the sending was: the standard deviation of the queries sent per millisecond, over the whole milliseconds in
 * [begin, end). Returns NAN with less than two.
 */
double dns_stats_tick_deviation(const struct dns_stats *s, size_t begin, size_t end);

#endif
