/* impairment.c - the words for what links do to frames: the same on the command line, in a scenario, in a topology. */
#include "lab/impairment.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/num.h"

enum { END_BYTES = 64, LOSE_BYTES = 64, LEAST_MTU_BYTES = 68 /* RFC 791 */ };

const char *const impairment_words[] = {"delay", "jitter", "spread", "reorder", "loss", "burst",
	"rate", "queue", "duplicate", "corrupt", "lose", NULL};

/* What a word's value should look like, and the largest it may be. */
static const struct {
	const char *word, *wanted;
	enum wire_knob knob;
} numbers[] = {
	{"delay", "a time up to 60s, like 20ms", WIRE_DELAY},
	{"jitter", "a time up to 60s, like 2ms", WIRE_JITTER},
	{"loss", "a ratio from 0 to 1, like 1%", WIRE_LOSS},
	{"burst", "a number of packets from 1 on, like 5", WIRE_BURST},
	{"rate", "a rate from 1k to 100G, like 10Mbit, or 0 for no limit", WIRE_RATE},
	{"duplicate", "a ratio from 0 to 1, like 1%", WIRE_DUPLICATE},
	{"corrupt", "a ratio from 0 to 1, like 0.1%", WIRE_CORRUPT},
};

static void
put(struct impairment *m, enum wire_knob k, double value)
{
	wire_knob_put(&m->value, k, value);
	m->mask |= 1U << k;
}

static int
read_number(enum wire_knob k, const char *text, double *ret)
{
	int64_t ns = 0;
	uint64_t bps = 0;
	int rc;

	switch (k) {
	case WIRE_DELAY:
	case WIRE_JITTER:
		rc = num_duration_ns(text, &ns);
		*ret = (double)ns;
		return rc;
	case WIRE_RATE:
		rc = num_bps(text, &bps);
		*ret = (double)bps;
		return rc == 0 && bps > 0 && bps < 1000 ? -ERANGE : rc;
	case WIRE_BURST:
		return num_double(text, 1, wire_knobs[k].max, ret);
	default:
		return num_ratio(text, ret);
	}
}

static int
read_queue(struct impairment *m, const char *text, struct err *e)
{
	uint64_t bytes = 0;
	int64_t ns = 0;
	bool is_time = num_duration_ns(text, &ns) == 0;

	if ((!is_time && num_bytes(text, &bytes) < 0) ||
		(double)bytes > wire_knobs[WIRE_QUEUE_BYTES].max ||
		(double)ns > wire_knobs[WIRE_QUEUE_NS].max || (ns == 0 && bytes == 0))
		return err_set(e, EINVAL,
			"queue: '%.60s' is not a time up to 60s or bytes up to 64MiB, like 50ms or "
			"64KiB",
			text);
	put(m, WIRE_QUEUE_NS, (double)ns);
	put(m, WIRE_QUEUE_BYTES, (double)bytes);
	return 0;
}

/* One of two words. */
static int
read_choice(struct impairment *m, enum wire_knob k, const char *word, const char *text,
	const char *no, const char *yes, struct err *e)
{
	if (strcmp(text, no) != 0 && strcmp(text, yes) != 0)
		return err_set(e, EINVAL, "%s: '%.60s' is not %s or %s", word, text, no, yes);
	put(m, k, strcmp(text, yes) == 0);
	return 0;
}

/* One of what is lost: larger:1280, tcp/53, udp/53. */
static bool
read_lose_one(struct impairment *m, const char *text)
{
	static const struct {
		const char *begins;
		enum wire_knob knob;
		uint64_t min;
	} kinds[] = {{"larger:", WIRE_LOSE_LARGER, LEAST_MTU_BYTES}, {"tcp/", WIRE_LOSE_TCP, 1},
		{"udp/", WIRE_LOSE_UDP, 1}};
	uint64_t value;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].begins);

		if (strncmp(text, kinds[i].begins, len) != 0)
			continue;
		if (num_u64(text + len, kinds[i].min, UINT16_MAX, &value) < 0)
			return false;
		put(m, kinds[i].knob, (double)value);
		return true;
	}
	return false;
}

/* All of what is lost: what is not named passes. */
static int
read_lose(struct impairment *m, const char *text, struct err *e)
{
	char one[LOSE_BYTES], *rest = one, *word;
	bool good = strlen(text) < sizeof(one);

	put(m, WIRE_LOSE_LARGER, 0);
	put(m, WIRE_LOSE_TCP, 0);
	put(m, WIRE_LOSE_UDP, 0);
	if (strcmp(text, "nothing") == 0)
		return 0;
	snprintf(one, sizeof(one), "%s", text);
	while (good && (word = strsep(&rest, ",")) != NULL)
		good = read_lose_one(m, word + strspn(word, " "));
	if (!good)
		return err_set(e, EINVAL,
			"lose: '%.60s' is not larger:BYTES (68 on), tcp/PORT or udp/PORT, or "
			"several "
			"of them with commas, or nothing",
			text);
	return 0;
}

int
impairment_read(struct impairment *m, const char *word, const char *text, struct err *e)
{
	double value = 0;

	if (strcmp(word, "queue") == 0)
		return read_queue(m, text, e);
	if (strcmp(word, "lose") == 0)
		return read_lose(m, text, e);
	if (strcmp(word, "spread") == 0)
		return read_choice(m, WIRE_JITTER_NORMAL, word, text, "uniform", "normal", e);
	if (strcmp(word, "reorder") == 0)
		return read_choice(m, WIRE_REORDER, word, text, "false", "true", e);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(word, numbers[i].word) != 0)
			continue;
		if (read_number(numbers[i].knob, text, &value) < 0 ||
			value > wire_knobs[numbers[i].knob].max)
			return err_set(
				e, EINVAL, "%s: '%.60s' is not %s", word, text, numbers[i].wanted);
		put(m, numbers[i].knob, value);
		return 0;
	}
	return err_set(e, EINVAL, "no impairment is called '%.60s'", word);
}

void
impairment_conf(struct conf *c, const struct conf_node *map, const char *const words[],
	struct impairment *m)
{
	for (size_t i = 0; words[i] != NULL; i++) {
		const char *text = conf_str(c, map, words[i], NULL);
		struct err e;

		if (text != NULL && impairment_read(m, words[i], text, &e) < 0)
			conf_complain(c, conf_get(c, map, words[i]), "%s", e.text);
	}
}

static void __attribute__((format(printf, 2, 3))) add(char out[static 200], const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list ap;

	if (len > 0)
		len += (size_t)snprintf(out + len, 200 - len, ", ");
	if (len >= 200)
		return;
	va_start(ap, fmt);
	vsnprintf(out + len, 200 - len, fmt, ap);
	va_end(ap);
}

/* What a blackhole of some swallows. */
static void
add_lose(char out[static 200], const struct wire_impair *m)
{
	if (m->lose_larger_bytes > 0)
		add(out, "loses what is larger than %lld B", (long long)m->lose_larger_bytes);
	if (m->lose_tcp_port > 0)
		add(out, "loses TCP port %lld", (long long)m->lose_tcp_port);
	if (m->lose_udp_port > 0)
		add(out, "loses UDP port %lld", (long long)m->lose_udp_port);
	if (m->lose_larger_bytes == 0 && m->lose_tcp_port == 0 && m->lose_udp_port == 0)
		add(out, "every size and port passes");
}

static void
add_rate(char out[static 200], const struct wire_impair *m)
{
	double bps = (double)m->rate_bps;
	char queue[24];

	if (m->rate_bps == 0)
		return add(out, "no limit of rate");
	add(out, "rate %g %sbit/s",
		bps >= 1e9	     ? bps / 1e9
			: bps >= 1e6 ? bps / 1e6
				     : bps / 1e3,
		bps >= 1e9	     ? "G"
			: bps >= 1e6 ? "M"
				     : "k");
	if (m->queue_bytes > 0)
		add(out, "queue %lld B", (long long)m->queue_bytes);
	else
		add(out, "queue %s",
			num_show_ns(m->queue_ns > 0 ? m->queue_ns : WIRE_QUEUE_DEFAULT_NS, queue));
}

const char *
impairment_show(const struct wire_impair *m, uint32_t mask, char out[static 200])
{
	char text[24];

	out[0] = '\0';
	if (mask & 1U << WIRE_DOWN)
		add(out, m->down ? "no carrier" : "carrier");
	if (mask & 1U << WIRE_BLACKHOLE)
		add(out, m->blackhole ? "blackhole" : "passes");
	if (mask & 1U << WIRE_BLACKHOLE_DATA)
		add(out, m->blackhole_data ? "blackhole of data" : "data passes");
	if (mask & (1U << WIRE_LOSE_LARGER | 1U << WIRE_LOSE_TCP | 1U << WIRE_LOSE_UDP))
		add_lose(out, m);
	if (mask & 1U << WIRE_DELAY)
		add(out, "delay %s", num_show_ns(m->delay_ns, text));
	if (mask & 1U << WIRE_JITTER)
		add(out, "jitter %s%s", num_show_ns(m->jitter_ns, text),
			m->jitter_normal ? " (normal)" : "");
	if ((mask & 1U << WIRE_REORDER))
		add(out, m->reorder ? "may reorder" : "in order");
	if (mask & 1U << WIRE_LOSS)
		add(out, "loss %g %%", m->loss_ratio * 100);
	if ((mask & 1U << WIRE_BURST) && m->burst_pkts > 0)
		add(out, "in bursts of %g", m->burst_pkts);
	if (mask & (1U << WIRE_RATE | 1U << WIRE_QUEUE_NS | 1U << WIRE_QUEUE_BYTES))
		add_rate(out, m);
	if (mask & 1U << WIRE_DUPLICATE)
		add(out, "duplicates %g %%", m->duplicate_ratio * 100);
	if (mask & 1U << WIRE_CORRUPT)
		add(out, "corrupts %g %%", m->corrupt_ratio * 100);
	return out;
}

int
link_way_read(const char *text, enum link_way *ret)
{
	static const char *const names[] = {
		[LINK_BOTH] = "both", [LINK_AB] = "ab", [LINK_BA] = "ba"};

	for (int i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0) {
			*ret = (enum link_way)i;
			return 0;
		}
	return -EINVAL;
}

/* Does a link's end fit "NODE" or "NODE:INTERFACE"? */
static bool
fits(const struct topology *t, size_t link, int end, const char *pattern)
{
	const struct topo_node *node = &t->nodes[t->links[link].node[end]];
	const char *iface = node->ifaces[t->links[link].iface[end]].name;
	const char *colon = strchr(pattern, ':');
	char name[END_BYTES];

	if (colon == NULL)
		return fnmatch(pattern, node->name, 0) == 0;
	if ((size_t)(colon - pattern) >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(colon - pattern), pattern);
	return fnmatch(name, node->name, 0) == 0 && fnmatch(colon + 1, iface, 0) == 0;
}

size_t
link_matches(const struct topology *t, const char *a, const char *b, struct link_match *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < t->links_len; i++) {
		bool straight = fits(t, i, 0, a) && fits(t, i, 1, b);

		if (!straight && !(fits(t, i, 0, b) && fits(t, i, 1, a)))
			continue;
		if (ret != NULL)
			ret[n] = (struct link_match){.link = i, .reversed = !straight};
		n++;
	}
	return n;
}

json_t *
link_request(
	const struct topology *t, const struct link_match *matches, size_t n, enum link_way way)
{
	json_t *links = json_array();

	for (size_t i = 0; i < n; i++) {
		const char *name = t->links[matches[i].link].name;

		if (way == LINK_BOTH)
			json_array_append_new(links, json_string(name));
		else
			json_array_append_new(links,
				json_pack("{s:s, s:s}", "link", name, "dir",
					(way == LINK_AB) != matches[i].reversed ? "a2b" : "b2a"));
	}
	return json_pack("{s:s, s:o}", "op", "set", "links", links);
}

void
impairment_request(const struct impairment *m, json_t *request)
{
	for (int k = 0; k < WIRE_KNOBS; k++) {
		double v = wire_knob_get(&m->value, (enum wire_knob)k);
		json_t *j = json_boolean(v > 0);

		/* One of the two queues stands for both. */
		if (!(m->mask & (1U << k)) ||
			((k == WIRE_QUEUE_NS || k == WIRE_QUEUE_BYTES) && v <= 0)) {
			json_decref(j);
			continue;
		}
		if (wire_knobs[k].kind == WIRE_KNOB_NOT)
			j = json_boolean(v <= 0);
		else if (wire_knobs[k].kind == WIRE_KNOB_WHOLE)
			j = json_integer((json_int_t)v);
		else if (wire_knobs[k].kind == WIRE_KNOB_REAL)
			j = json_real(v);
		json_object_set_new(request, wire_knobs[k].key, j);
	}
}

void
impairment_from_json(const json_t *dir, struct wire_impair *ret)
{
	*ret = (struct wire_impair){0};
	for (int k = 0; k < WIRE_DOWN; k++) {
		const json_t *v = json_object_get(dir, wire_knobs[k].key);

		wire_knob_put(ret, (enum wire_knob)k, json_is_true(v) ? 1.0 : json_number_value(v));
	}
}
