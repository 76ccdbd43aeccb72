/* dns_stats.c - what a DNS load came to, counted by each thread for itself and added up at the end. */
#include "bench/load/dns_stats.h"

#include <math.h>

static void
add_errno(struct dns_stats *s, int code, uint64_t count)
{
	size_t i = 0;

	while (i < DNS_ERRNOS - 1 && s->send_errnos[i].code != 0 && s->send_errnos[i].code != code)
		i++;
	if (s->send_errnos[i].code == 0)
		s->send_errnos[i].code = code;
	s->send_errnos[i].count += count;
}

void
dns_stats_add_errno(struct dns_stats *s, int code)
{
	add_errno(s, code, 1);
}

void
dns_stats_merge(struct dns_stats *to, const struct dns_stats *from)
{
	to->answered += from->answered;
	to->timed_out += from->timed_out;
	to->unreachable += from->unreachable;
	to->lost_connection += from->lost_connection;
	to->sent += from->sent;
	to->send_failed += from->send_failed;
	to->not_sent += from->not_sent;
	to->generator_late += from->generator_late;
	to->late += from->late;
	to->duplicate += from->duplicate;
	to->mismatch += from->mismatch;
	to->malformed += from->malformed;
	to->unmatched_errors += from->unmatched_errors;
	to->local_drops += from->local_drops;
	to->truncated += from->truncated;
	to->answer_bytes += from->answer_bytes;
	to->cpu_ns += from->cpu_ns;
	to->latency_sum_ns += from->latency_sum_ns;
	to->intended_sum_ns += from->intended_sum_ns;
	for (size_t i = 0; i < DNS_RCODES; i++)
		to->rcodes[i] += from->rcodes[i];
	for (size_t i = 0; i < DNS_ERRNOS; i++)
		if (from->send_errnos[i].count > 0)
			add_errno(to, from->send_errnos[i].code, from->send_errnos[i].count);
	hist_merge(&to->latency, &from->latency);
	hist_merge(&to->latency_intended, &from->latency_intended);
	hist_merge(&to->lateness, &from->lateness);
	if (to->first_sent_ns == 0 ||
		(from->first_sent_ns != 0 && from->first_sent_ns < to->first_sent_ns))
		to->first_sent_ns = from->first_sent_ns;
	if (from->last_sent_ns > to->last_sent_ns)
		to->last_sent_ns = from->last_sent_ns;
	if (to->ticks == NULL || from->ticks == NULL)
		return;
	for (size_t i = 0; i < DNS_TICKS; i++)
		to->ticks[i] = (uint16_t)(to->ticks[i] + from->ticks[i]);
}

uint64_t
dns_stats_lost(const struct dns_stats *s)
{
	return s->sent - s->answered;
}

double
dns_stats_tick_deviation(const struct dns_stats *s, size_t begin, size_t end)
{
	double sum = 0, squares = 0, n;

	if (end > DNS_TICKS)
		end = DNS_TICKS;
	if (s->ticks == NULL || end < begin + 2)
		return NAN;
	n = (double)(end - begin);
	for (size_t i = begin; i < end; i++)
		sum += s->ticks[i];
	for (size_t i = begin; i < end; i++) {
		double d = s->ticks[i] - sum / n;

		squares += d * d;
	}
	return sqrt(squares / (n - 1));
}
