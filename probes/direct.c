/* direct.c - a plan made from a command line: few addresses, one question, asked slowly. */
#include "probes/direct.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/dns.h"
#include "lib/mono.h"
#include "lib/num.h"
#include "probes/names.h"

enum { MAX_DURATION_S = 86400, UNDER_WAY_MAX = 10000, UNDER_WAY_TCP_MAX = 4000 };

static int
read_type(const char *text, uint16_t *ret, struct err *e)
{
	static const struct {
		const char *name;
		uint16_t type;
	} types[] = {{"A", 1}, {"NS", 2}, {"CNAME", 5}, {"SOA", 6}, {"PTR", 12}, {"MX", 15},
		{"TXT", 16}, {"AAAA", 28}, {"SRV", 33}, {"DS", 43}, {"DNSKEY", 48}, {"SVCB", 64},
		{"HTTPS", 65}, {"CAA", 257}};
	uint64_t number;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(text, types[i].name) == 0) {
			*ret = types[i].type;
			return 0;
		}
	if (strncasecmp(text, "TYPE", 4) != 0 || num_u64(text + 4, 1, 65535, &number) < 0)
		return err_set(
			e, EINVAL, "type '%s' is not known; TYPE and a number will do", text);
	if (number == DNS_TYPE_OPT || (number >= 249 && number <= 255))
		return err_set(e, EINVAL, "type '%s' is not one to ask repeatedly", text);
	*ret = (uint16_t)number;
	return 0;
}

static int
read_name(const struct direct *d, struct plan *p, struct err *e)
{
	uint8_t wire[DNS_QUERY_MAX_BYTES];
	char name[NAMES_TEXT_BYTES];
	size_t len = strlen(d->name);
	struct names n;

	p->fixed_name = !d->unique;
	if (asprintf(&p->zone, "%s%s", d->name, len > 0 && d->name[len - 1] == '.' ? "" : ".") < 0)
		abort();
	for (char *c = p->zone; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (len == 0 || dns_query_write(p->zone, p->qtype, 512, wire) < 0)
		return err_set(e, EINVAL,
			"name '%s' is not a domain name of letters, digits, '-' and '_'", d->name);
	if (d->unique &&
		(names_init(&n, 0, p->zone) < 0 ||
			dns_query_write(names_format(&n, 0, 0, name), p->qtype, 512, wire) < 0))
		return err_set(
			e, EINVAL, "name '%s' is too long for a label in front of it", d->name);
	p->site_in_txt = p->qclass == DNS_CLASS_CHAOS && p->qtype == DNS_TYPE_TXT &&
		(strcmp(p->zone, "id.server.") == 0 || strcmp(p->zone, "hostname.bind.") == 0);
	return 0;
}

static int
read_address(const char *what, const char *text, struct inet *ret, struct err *e)
{
	static const uint8_t zero[16];
	struct inet a;
	bool many;

	if (strchr(text, '/') != NULL || inet_parse(text, &a) < 0)
		return err_set(e, EINVAL, "%s '%s' is not an IPv4 or IPv6 address", what, text);
	many = a.family == AF_INET ? a.addr[0] >= 224 : a.addr[0] == 0xff;
	if (many || memcmp(a.addr, zero, inet_bits(&a) / 8) == 0)
		return err_set(e, EINVAL, "%s '%s' is not the address of one host", what, text);
	if (a.family == AF_INET6 && a.addr[0] == 0xfe && (a.addr[1] & 0xc0) == 0x80)
		return err_set(
			e, EINVAL, "%s '%s' is link-local, which needs an interface", what, text);
	*ret = a;
	return 0;
}

/* Connecting a UDP socket chooses the source and sends nothing. */
static int
choose_source(const char *text, struct plan_stream *s, struct err *e)
{
	int fd = socket(s->target.family, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;
	struct sockaddr_storage addr = {0};
	socklen_t len = inet_sockaddr(&s->target, s->port, &addr);

	if (fd < 0)
		return err_sys(e, errno, "cannot open a UDP socket");
	if (connect(fd, (struct sockaddr *)&addr, len) < 0 ||
		(len = sizeof(addr), getsockname(fd, (struct sockaddr *)&addr, &len) < 0))
		rc = err_sys(e, errno, "%s cannot be reached from here", text);
	close(fd);
	if (rc < 0)
		return rc;
	s->source = (struct inet){.family = s->target.family, .len = s->target.len};
	if (s->source.family == AF_INET)
		memcpy(s->source.addr, &((struct sockaddr_in *)(void *)&addr)->sin_addr, 4);
	else
		memcpy(s->source.addr, &((struct sockaddr_in6 *)(void *)&addr)->sin6_addr, 16);
	return 0;
}

/* The engine binds to addresses that are not there yet; here that would be a mistake. */
static int
check_source(const char *text, const struct inet *source, struct err *e)
{
	int fd = socket(source->family, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;
	struct sockaddr_storage addr;
	socklen_t len = inet_sockaddr(source, 0, &addr);

	if (fd < 0)
		return err_sys(e, errno, "cannot open a UDP socket");
	if (bind(fd, (struct sockaddr *)&addr, len) < 0)
		rc = err_set(e, errno, "source '%s' is no address of this host", text);
	close(fd);
	return rc;
}

static int
read_streams(const struct direct *d, struct plan *p, struct err *e)
{
	struct inet source = {0};
	int rc = 0;

	if (d->addresses_len < 1 || d->addresses_len > DIRECT_TARGETS)
		return err_set(e, EINVAL, "%d addresses; wanted 1 to %d", d->addresses_len,
			DIRECT_TARGETS);
	if (d->source != NULL &&
		((rc = read_address("source", d->source, &source, e)) < 0 ||
			(rc = check_source(d->source, &source, e)) < 0))
		return rc;
	p->streams = calloc((size_t)d->addresses_len, sizeof(*p->streams));
	if (p->streams == NULL)
		abort();
	for (int i = 0; i < d->addresses_len; i++) {
		struct plan_stream *s = &p->streams[i];
		const char *text = d->addresses[i];

		p->streams_len++;
		s->port = d->port;
		s->source = source;
		s->rate_qps = d->rate_qps;
		s->recurse = d->recurse;
		s->transport = d->tcp ? PLAN_TCP : PLAN_UDP;
		if ((s->city = strdup("")) == NULL || (s->node = strdup(text)) == NULL ||
			(s->netns = strdup("")) == NULL || (s->label = strdup("")) == NULL)
			abort();
		rc = read_address("address", text, &s->target, e);
		for (int k = 0; k < i && rc == 0; k++)
			if (inet_same(&p->streams[k].target, &s->target))
				rc = err_set(e, EINVAL, "address '%s' is given twice", text);
		if (rc == 0 && d->source != NULL && source.family != s->target.family)
			rc = err_set(e, EINVAL,
				"address '%s' and source '%s' are of different families", text,
				d->source);
		if (rc == 0 && d->source == NULL)
			rc = choose_source(text, s, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
read_schedule(const struct direct *d, struct plan *p, struct err *e)
{
	int sure = d->tcp ? DIRECT_TCP_MAX_QPS : DIRECT_SURE_MAX_QPS;
	double most = d->may_send_more ? sure : DIRECT_MAX_QPS;
	int under_way = d->tcp ? UNDER_WAY_TCP_MAX : UNDER_WAY_MAX;

	if (!(d->rate_qps >= 0.001))
		return err_set(e, EINVAL, "rate %g: at least 0.001 queries a second", d->rate_qps);
	if (d->rate_qps > most)
		return err_set(e, EINVAL, "rate %g: at most %g queries a second to an address%s",
			d->rate_qps, most,
			d->may_send_more ? ""
					 : ", unless --i-may-send-more says that it can take more");
	p->rate_qps = d->rate_qps;
	p->timeout_ns = d->timeout_ns;
	if (d->rate_qps * ((double)d->timeout_ns / 1e9 + 1) * d->addresses_len > under_way)
		return err_set(
			e, EINVAL, "more than %d queries would be under way at once", under_way);
	p->duration_ns = d->duration_ns;
	if (d->count > 0) {
		double seconds = (double)d->count / d->rate_qps;

		if (seconds > MAX_DURATION_S)
			return err_set(e, EINVAL, "that would take longer than a day");
		p->duration_ns = llround(seconds * 1e9);
	}
	if (p->duration_ns <= 0 || p->duration_ns > MAX_DURATION_S * NS_PER_S)
		return err_set(e, EINVAL, "the duration must be above 0 and at most a day");
	return 0;
}

/* The plan as it is carried out, for the head of the answers file. */
static int
write_json(const struct direct *d, struct plan *p, struct err *e)
{
	json_t *streams = json_array(), *o;
	char source[INET_TEXT_BYTES], target[INET_TEXT_BYTES];

	for (uint32_t i = 0; i < p->streams_len; i++)
		json_array_append_new(streams,
			json_pack("{s:I, s:I, s:s, s:s, s:i}", "id", (json_int_t)i, "probe",
				(json_int_t)i, "source", inet_show(&p->streams[i].source, source),
				"target", inet_show(&p->streams[i].target, target), "port",
				(int)p->streams[i].port));
	o = json_pack("{s:s, s:I, s:f, s:I, s:I, s:s, s:s, s:s, s:b, s:b, s:b, s:o}", "schema",
		"catchment.direct-plan/1", "seed", (json_int_t)p->seed, "rate_qps", p->rate_qps,
		"duration_ms", (json_int_t)(p->duration_ns / NS_PER_MS), "timeout_ms",
		(json_int_t)(p->timeout_ns / NS_PER_MS), d->unique ? "zone" : "name", p->zone,
		"qtype", d->type, "qclass", d->class, "nsid", !p->plain, "recurse", d->recurse,
		"unique", d->unique, "streams", streams);
	if (d->tcp)
		json_object_set_new(o, "transport", json_string("tcp"));
	p->json = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return p->json == NULL ? err_sys(e, ENOMEM, "no room for the plan") : 0;
}

int
direct_plan(const struct direct *d, struct plan **ret, struct err *e)
{
	struct plan *p = calloc(1, sizeof(*p));
	int rc;

	if (p == NULL || (p->expect_txt = strdup("")) == NULL ||
		(p->answers_path = strdup(d->answers_path)) == NULL)
		abort();
	p->seed = d->seed;
	p->plain = !d->nsid;
	p->qclass = strcasecmp(d->class, "CH") == 0 ? DNS_CLASS_CHAOS : DNS_CLASS_IN;
	if (p->qclass == DNS_CLASS_IN && strcasecmp(d->class, "IN") != 0)
		rc = err_set(e, EINVAL, "class '%s' is neither IN nor CH", d->class);
	else if ((rc = read_type(d->type, &p->qtype, e)) == 0 && (rc = read_name(d, p, e)) == 0 &&
		(rc = read_schedule(d, p, e)) == 0 && (rc = read_streams(d, p, e)) == 0)
		rc = write_json(d, p, e);
	if (rc < 0) {
		plan_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}
