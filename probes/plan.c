/* plan.c - the probe plan: who asks whom, how often, and what a good answer is. */
#include "probes/plan.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jread.h"
#include "lib/mono.h"
#include "probes/names.h"

enum {
	PLAN_MAX_BYTES = 32 << 20,
	STREAMS_MAX = 65535,
	ENGINE_MAX_QPS = 100000,
	TCP_MAX_QPS = 1000, /* a connection each */
};

static const char *const services[PLAN_SERVICES] = {"anycast", "unicast", "resolver", "large"};
static const char *const transports[PLAN_TRANSPORTS] = {"udp", "tcp", "udp+tcp"};

const char *
plan_service_name(enum plan_service service)
{
	return services[service];
}

const char *
plan_transport_name(enum plan_transport transport)
{
	return transports[transport];
}

static char *
keep(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

/* A path in the plan, seen from the plan's folder. */
static char *
beside(const char *plan_path, const char *path)
{
	const char *slash = strrchr(plan_path, '/');
	char *joined;

	if (path[0] == '/' || slash == NULL)
		return keep(path);
	if (asprintf(&joined, "%.*s/%s", (int)(slash - plan_path), plan_path, path) < 0)
		abort();
	return joined;
}

static uint16_t
read_qtype(struct jread *r)
{
	static const struct {
		const char *name;
		uint16_t type;
	} types[] = {{"TXT", DNS_TYPE_TXT}, {"A", DNS_TYPE_A}, {"AAAA", DNS_TYPE_AAAA},
		{"NS", DNS_TYPE_NS}, {"SOA", DNS_TYPE_SOA}};
	const char *text = jread_str(r, r->root, "", "qtype", "TXT");

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(text, types[i].name) == 0)
			return types[i].type;
	jread_complain(r, "qtype", "'%s' is none of TXT A AAAA NS SOA", text);
	return DNS_TYPE_TXT;
}

static char *
read_zone(struct jread *r)
{
	size_t before = r->complaints;
	const char *text = jread_str(r, r->root, "", "zone", NULL);
	size_t len = strlen(text);
	uint8_t wire[DNS_QUERY_MAX_BYTES];
	char name[NAMES_TEXT_BYTES];
	struct names n;
	char *zone;

	if (asprintf(&zone, "%s%s", text, len > 0 && text[len - 1] == '.' ? "" : ".") < 0)
		abort();
	for (char *p = zone; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (len == 0 && r->complaints > before)
		return zone; /* said already that it is missing */
	if (names_init(&n, 0, zone) < 0 ||
		dns_query_write(names_format(&n, 0, 0, name), DNS_TYPE_TXT, 512, wire) < 0)
		jread_complain(
			r, "zone", "'%s' is not a domain name of letters, digits and '-'", text);
	return zone;
}

static void
read_address(struct jread *r, const json_t *s, const char *in, const char *key, struct inet *ret)
{
	const char *text = jread_str(r, s, in, key, NULL);
	size_t before = r->complaints;
	char where[64];

	if (text[0] == '\0' && before > 0)
		return; /* said already that it is missing */
	if (inet_parse(text, ret) == 0 && ret->len == inet_bits(ret) && strchr(text, '/') == NULL)
		return;
	snprintf(where, sizeof(where), "%s.%s", in, key);
	jread_complain(r, where, "'%s' is not an IPv4 or IPv6 address", text);
}

/* Which of a few words a key says; the first of them where it is absent. */
static unsigned int
read_word(struct jread *r, const json_t *s, const char *in, const char *key,
	const char *const *words, unsigned int n)
{
	const char *text = jread_str(r, s, in, key, words[0]);
	char where[64], all[64] = "";

	for (unsigned int i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), " %s", words[i]);
	}
	snprintf(where, sizeof(where), "%s.%s", in, key);
	jread_complain(r, where, "'%s' is none of%s", text, all);
	return 0;
}

/* What distinguishes streams of other kinds; absent: the anycast service over UDP, at the plan's rate. */
static void
read_kind(struct jread *r, const json_t *o, const char *in, const struct plan *p,
	struct plan_stream *s)
{
	const json_t *recurse = json_object_get(o, "recurse");
	char where[64];

	s->service = (enum plan_service)read_word(r, o, in, "service", services, PLAN_SERVICES);
	s->transport =
		(enum plan_transport)read_word(r, o, in, "transport", transports, PLAN_TRANSPORTS);
	s->rate_qps = p->rate_qps;
	if (json_object_get(o, "rate_qps") != NULL)
		s->rate_qps = jread_number(r, o, in, "rate_qps", 0.001, 100000);
	s->label = keep(jread_str(r, o, in, "label", ""));
	s->recurse = json_is_true(recurse);
	snprintf(where, sizeof(where), "%s.recurse", in);
	if (recurse != NULL && !json_is_boolean(recurse))
		jread_complain(r, where, "neither true nor false");
}

static void
read_stream(struct jread *r, const json_t *object, uint32_t index, const struct plan *p,
	struct plan_stream *s)
{
	char in[32], where[48];

	snprintf(in, sizeof(in), "streams[%u]", index);
	if (!json_is_object(object)) {
		jread_complain(r, in, "not an object");
		return;
	}
	if (jread_int(r, object, in, "id", 0, STREAMS_MAX, index) != index) {
		snprintf(where, sizeof(where), "%s.id", in);
		jread_complain(r, where, "stream ids must count up from 0; wanted %u", index);
	}
	s->city = keep(jread_str(r, object, in, "city", ""));
	s->node = keep(jread_str(r, object, in, "node", ""));
	s->netns = keep(jread_str(r, object, in, "netns", ""));
	s->port = (uint16_t)jread_int(r, object, in, "port", 1, 65535, 53);
	/* For who reads the answers: nothing is sent later for it. */
	jread_int(r, object, in, "last_mile_ns", 0, 10 * NS_PER_S, 0);
	read_kind(r, object, in, p, s);
	read_address(r, object, in, "source", &s->source);
	read_address(r, object, in, "target", &s->target);
	if (s->source.family != 0 && s->target.family != 0 && s->source.family != s->target.family)
		jread_complain(r, in, "source and target are of different address families");
}

static void
read_streams(struct jread *r, struct plan *p)
{
	const json_t *list = jread_array(r, r->root, "", "streams");
	size_t n = json_array_size(list);

	if (list != NULL && (n == 0 || n > STREAMS_MAX))
		jread_complain(r, "streams", "%zu of them; wanted 1 to %d", n, STREAMS_MAX);
	if (n == 0 || n > STREAMS_MAX)
		return;
	p->streams = calloc(n, sizeof(*p->streams));
	if (p->streams == NULL)
		abort();
	p->streams_len = (uint32_t)n;
	for (uint32_t i = 0; i < p->streams_len; i++)
		read_stream(r, json_array_get(list, i), i, p, &p->streams[i]);
}

/* How much one process can be asked to do. */
static void
check_rates(struct jread *r, const struct plan *p)
{
	double all_qps = 0, tcp_qps = 0, most_qps = p->rate_qps;
	bool own = false;

	for (uint32_t i = 0; i < p->streams_len; i++) {
		const struct plan_stream *s = &p->streams[i];

		own = own ||
			json_object_get(json_array_get(json_object_get(r->root, "streams"), i),
				"rate_qps") != NULL;
		all_qps += s->rate_qps;
		tcp_qps += s->transport != PLAN_UDP ? s->rate_qps : 0;
		most_qps = s->rate_qps > most_qps ? s->rate_qps : most_qps;
	}
	if (all_qps > (double)ENGINE_MAX_QPS && own)
		jread_complain(r, "streams",
			"%g queries a second together are more than one process sends", all_qps);
	else if (all_qps > (double)ENGINE_MAX_QPS)
		jread_complain(r, "rate_qps",
			"%g for each of %u streams is more than one process sends", p->rate_qps,
			p->streams_len);
	if (tcp_qps > TCP_MAX_QPS)
		jread_complain(r, "streams",
			"%g queries a second over TCP; %d connections are what one process opens",
			tcp_qps, TCP_MAX_QPS);
	if (most_qps * (double)p->duration_ns / 1e9 >= (double)NAMES_SEQ_END)
		jread_complain(r, "duration_ms", "more queries per stream than there are names");
}

static void
read_all(struct jread *r, struct plan *p)
{
	const json_t *o = r->root;

	p->seed = (uint64_t)jread_int(r, o, "", "seed", INT64_MIN + 1, INT64_MAX, 1);
	p->rate_qps = jread_number(r, o, "", "rate_qps", 0.001, 100000);
	p->duration_ns = NS_PER_MS * jread_int(r, o, "", "duration_ms", 0, 7 * 86400000LL, 0);
	p->timeout_ns = NS_PER_MS * jread_int(r, o, "", "timeout_ms", 1, 60000, 5000);
	p->zone = read_zone(r);
	p->qtype = read_qtype(r);
	p->qclass = DNS_CLASS_IN;
	p->expect_rcode = (uint16_t)jread_int(r, o, "", "expect_rcode", 0, 4095, 0);
	p->expect_txt = keep(jread_str(r, o, "", "expect_txt", ""));
	if (p->expect_txt[0] != '\0' && p->qtype != DNS_TYPE_TXT)
		jread_complain(r, "expect_txt", "only an answer to qtype TXT carries a text");
	p->answers_path = beside(r->path, jread_str(r, o, "", "answers", "answers"));
	p->stats_path = beside(r->path, jread_str(r, o, "", "stats", "probe-stats.json"));
	read_streams(r, p);
	check_rates(r, p);
	p->json = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER);
	if (p->json == NULL)
		abort();
}

int
plan_load(const char *path, struct plan **ret, struct err *e)
{
	struct jread r;
	struct plan *p;
	int rc = jread_open(&r, path, PLAN_MAX_BYTES, "catchment.probe-plan/1", e);

	if (rc < 0)
		return rc;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	read_all(&r, p);
	rc = jread_end(&r);
	if (rc < 0) {
		plan_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

void
plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	for (uint32_t i = 0; i < p->streams_len; i++) {
		free(p->streams[i].city);
		free(p->streams[i].node);
		free(p->streams[i].netns);
		free(p->streams[i].label);
	}
	free(p->streams);
	free(p->json);
	free(p->zone);
	free(p->expect_txt);
	free(p->answers_path);
	free(p->stats_path);
	free(p);
}
