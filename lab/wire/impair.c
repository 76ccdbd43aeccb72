/* impair.c - what a direction of a link does to frames, and the one place where it is decided. */
#include "lab/wire/impair.h"

#include <errno.h>
#include <math.h>

#include "lab/wire/data.h"

enum { ETHERNET_HEADER_BYTES = 14, NORMAL_CUT = 3 };

const struct wire_knob_spec wire_knobs[WIRE_KNOBS] = {
	[WIRE_DELAY] = {"delay_ns", WIRE_KNOB_WHOLE, 0, WIRE_DELAY_MAX_NS, "0 to 60 s"},
	[WIRE_JITTER] = {"jitter_ns", WIRE_KNOB_WHOLE, 0, WIRE_DELAY_MAX_NS, "0 to 60 s"},
	[WIRE_JITTER_NORMAL] = {"jitter_normal", WIRE_KNOB_FLAG, 0, 1, ""},
	[WIRE_REORDER] = {"reorder", WIRE_KNOB_FLAG, 0, 1, ""},
	[WIRE_LOSS] = {"loss_ratio", WIRE_KNOB_REAL, 0, 1, "0 to 1"},
	[WIRE_BURST] = {"burst_pkts", WIRE_KNOB_REAL, 0, 1e6, "1 to 1000000, or 0 for none"},
	[WIRE_RATE] = {"rate_bps", WIRE_KNOB_WHOLE, 0, 1e11, "1000 to 100 G, or 0 for no limit"},
	[WIRE_QUEUE_NS] = {"queue_ns", WIRE_KNOB_WHOLE, 0, WIRE_DELAY_MAX_NS, "0 to 60 s"},
	[WIRE_QUEUE_BYTES] = {"queue_bytes", WIRE_KNOB_WHOLE, 0, 67108864, "0 to 64 MiB"},
	[WIRE_DUPLICATE] = {"duplicate_ratio", WIRE_KNOB_REAL, 0, 1, "0 to 1"},
	[WIRE_CORRUPT] = {"corrupt_ratio", WIRE_KNOB_REAL, 0, 1, "0 to 1"},
	[WIRE_BLACKHOLE] = {"blackhole", WIRE_KNOB_FLAG, 0, 1, ""},
	[WIRE_BLACKHOLE_DATA] = {"blackhole_data", WIRE_KNOB_FLAG, 0, 1, ""},
	[WIRE_LOSE_LARGER] = {"lose_larger_bytes", WIRE_KNOB_WHOLE, 0, 65535, "0 to 65535"},
	[WIRE_LOSE_TCP] = {"lose_tcp_port", WIRE_KNOB_WHOLE, 0, 65535, "0 to 65535"},
	[WIRE_LOSE_UDP] = {"lose_udp_port", WIRE_KNOB_WHOLE, 0, 65535, "0 to 65535"},
	[WIRE_DOWN] = {"carrier", WIRE_KNOB_NOT, 0, 1, ""},
};

double
wire_knob_get(const struct wire_impair *m, enum wire_knob k)
{
	switch (k) {
	case WIRE_DELAY:
		return (double)m->delay_ns;
	case WIRE_JITTER:
		return (double)m->jitter_ns;
	case WIRE_JITTER_NORMAL:
		return m->jitter_normal;
	case WIRE_REORDER:
		return m->reorder;
	case WIRE_LOSS:
		return m->loss_ratio;
	case WIRE_BURST:
		return m->burst_pkts;
	case WIRE_RATE:
		return (double)m->rate_bps;
	case WIRE_QUEUE_NS:
		return (double)m->queue_ns;
	case WIRE_QUEUE_BYTES:
		return (double)m->queue_bytes;
	case WIRE_DUPLICATE:
		return m->duplicate_ratio;
	case WIRE_CORRUPT:
		return m->corrupt_ratio;
	case WIRE_BLACKHOLE:
		return m->blackhole;
	case WIRE_BLACKHOLE_DATA:
		return m->blackhole_data;
	case WIRE_LOSE_LARGER:
		return (double)m->lose_larger_bytes;
	case WIRE_LOSE_TCP:
		return (double)m->lose_tcp_port;
	case WIRE_LOSE_UDP:
		return (double)m->lose_udp_port;
	case WIRE_DOWN:
		return m->down;
	case WIRE_KNOBS:
		break;
	}
	return 0;
}

void
wire_knob_put(struct wire_impair *m, enum wire_knob k, double value)
{
	switch (k) {
	case WIRE_DELAY:
		m->delay_ns = (int64_t)value;
		break;
	case WIRE_JITTER:
		m->jitter_ns = (int64_t)value;
		break;
	case WIRE_JITTER_NORMAL:
		m->jitter_normal = value > 0;
		break;
	case WIRE_REORDER:
		m->reorder = value > 0;
		break;
	case WIRE_LOSS:
		m->loss_ratio = value;
		break;
	case WIRE_BURST:
		m->burst_pkts = value;
		break;
	case WIRE_RATE:
		m->rate_bps = (int64_t)value;
		break;
	case WIRE_QUEUE_NS:
		m->queue_ns = (int64_t)value;
		break;
	case WIRE_QUEUE_BYTES:
		m->queue_bytes = (int64_t)value;
		break;
	case WIRE_DUPLICATE:
		m->duplicate_ratio = value;
		break;
	case WIRE_CORRUPT:
		m->corrupt_ratio = value;
		break;
	case WIRE_BLACKHOLE:
		m->blackhole = value > 0;
		break;
	case WIRE_BLACKHOLE_DATA:
		m->blackhole_data = value > 0;
		break;
	case WIRE_LOSE_LARGER:
		m->lose_larger_bytes = (int64_t)value;
		break;
	case WIRE_LOSE_TCP:
		m->lose_tcp_port = (int64_t)value;
		break;
	case WIRE_LOSE_UDP:
		m->lose_udp_port = (int64_t)value;
		break;
	case WIRE_DOWN:
		m->down = value > 0;
		break;
	case WIRE_KNOBS:
		break;
	}
}

void
wire_impair_copy(struct wire_impair *to, const struct wire_impair *from, uint32_t mask)
{
	for (int k = 0; k < WIRE_KNOBS; k++)
		if (mask & (1U << k))
			wire_knob_put(
				to, (enum wire_knob)k, wire_knob_get(from, (enum wire_knob)k));
}

int
wire_impair_check(const struct wire_impair *m, struct err *e)
{
	for (int k = 0; k < WIRE_KNOBS; k++) {
		double v = wire_knob_get(m, (enum wire_knob)k);

		if (!(v >= wire_knobs[k].min && v <= wire_knobs[k].max))
			return err_set(
				e, EINVAL, "%s must be %s", wire_knobs[k].key, wire_knobs[k].range);
	}
	if (m->rate_bps > 0 && m->rate_bps < 1000)
		return err_set(e, EINVAL, "rate_bps must be %s", wire_knobs[WIRE_RATE].range);
	if (m->burst_pkts > 0 && m->burst_pkts < 1)
		return err_set(e, EINVAL, "burst_pkts must be %s", wire_knobs[WIRE_BURST].range);
	if (m->jitter_ns > m->delay_ns)
		return err_set(e, EINVAL,
			"a jitter of %g ms around a delay of %g ms: frames would leave before they "
			"came",
			(double)m->jitter_ns / 1e6, (double)m->delay_ns / 1e6);
	/* At least one frame must pass between two bursts. */
	if (m->burst_pkts > 0 && m->loss_ratio < 1 &&
		m->loss_ratio > m->burst_pkts / (m->burst_pkts + 1))
		return err_set(e, EINVAL,
			"a loss of %g %% takes bursts of more than %g frames: one at least passes "
			"between two",
			m->loss_ratio * 100, m->burst_pkts);
	if (m->queue_ns > 0 && m->queue_bytes > 0)
		return err_set(e, EINVAL, "a queue is bounded by time or by bytes, not both");
	return 0;
}

/* Through the queue and over the line; false: the queue is full. */
static bool
pass_line(const struct wire_impair *m, struct wire_memory *s, uint32_t len_bytes, struct mono *at)
{
	int64_t wait_ns = mono_diff_ns(s->idle, *at);
	uint64_t work;

	if (wait_ns <= 0) {
		s->idle = *at;
		s->idle_rest = 0;
	} else if (m->queue_bytes > 0) {
		double queued = (double)wait_ns * (double)m->rate_bps / 8e9;

		if (queued + len_bytes > (double)m->queue_bytes)
			return false;
	} else if (wait_ns > (m->queue_ns > 0 ? m->queue_ns : WIRE_QUEUE_DEFAULT_NS)) {
		return false;
	}
	work = (uint64_t)len_bytes * 8 * NS_PER_S + s->idle_rest;
	s->idle = mono_add(s->idle, (int64_t)(work / (uint64_t)m->rate_bps));
	s->idle_rest = work % (uint64_t)m->rate_bps;
	*at = s->idle;
	return true;
}

static bool
is_lost(const struct wire_impair *m, struct wire_memory *s)
{
	double luck = rng_unit(&s->rng);

	if (m->burst_pkts <= 0 || m->loss_ratio >= 1)
		return luck < m->loss_ratio;
	if (s->losing)
		s->losing = luck >= 1 / m->burst_pkts;
	else
		s->losing = luck < m->loss_ratio / (1 - m->loss_ratio) / m->burst_pkts;
	return s->losing;
}

/* Standard normal, cut: Marsaglia's polar method. */
static double
normal(struct rng *r)
{
	for (;;) {
		double x = 2 * rng_unit(r) - 1, y = 2 * rng_unit(r) - 1, s = x * x + y * y;

		if (s > 0 && s < 1) {
			x *= sqrt(-2 * log(s) / s);
			if (fabs(x) <= NORMAL_CUT)
				return x;
		}
	}
}

static int64_t
jittered_ns(const struct wire_impair *m, struct wire_memory *s)
{
	double luck = m->jitter_normal ? normal(&s->rng) : 2 * rng_unit(&s->rng) - 1;
	int64_t ns = m->delay_ns + llround(luck * (double)m->jitter_ns);

	return ns > 0 ? ns : 0;
}

enum wire_fate
wire_decide(const struct wire_impair *m, struct wire_memory *s, const uint8_t *frame,
	uint32_t len_bytes, struct mono arrival, struct wire_verdict *ret)
{
	if (m->down)
		return WIRE_LOST_DOWN;
	if (m->blackhole || wire_is_swallowed(m, frame, len_bytes))
		return WIRE_LOST_BLACKHOLE;
	if (m->rate_bps > 0 && !pass_line(m, s, len_bytes, &arrival))
		return WIRE_LOST_QUEUE;
	if (m->loss_ratio > 0 && is_lost(m, s))
		return WIRE_LOST_RANDOM;
	ret->flip_bit = -1;
	if (m->corrupt_ratio > 0 && rng_unit(&s->rng) < m->corrupt_ratio &&
		len_bytes > ETHERNET_HEADER_BYTES)
		ret->flip_bit = (int32_t)(8 * ETHERNET_HEADER_BYTES +
			rng_below(&s->rng, 8 * (uint64_t)(len_bytes - ETHERNET_HEADER_BYTES)));
	ret->duplicate = m->duplicate_ratio > 0 && rng_unit(&s->rng) < m->duplicate_ratio;
	ret->release = mono_add(arrival, m->jitter_ns > 0 ? jittered_ns(m, s) : m->delay_ns);
	if (mono_diff_ns(ret->release, s->last_release) >= 0)
		s->last_release = ret->release;
	else if (!m->reorder)
		ret->release = s->last_release;
	return WIRE_KEEP;
}
