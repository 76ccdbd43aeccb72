/* query_show.c - queries as text, in the form of a query file, or as JSON. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/qtype.h"
#include "bench/load/query_options.h"
#include "lib/command.h"
#include "lib/dns.h"
#include "lib/talk.h"

enum { TYPES = 65536 };

struct tally {
	uint32_t *of; /* by type */
	size_t random;
};

static int
count(const struct queries *q, struct tally *ret)
{
	*ret = (struct tally){.of = calloc(TYPES, sizeof(*ret->of))};
	if (ret->of == NULL)
		return -1;
	for (size_t i = 0; i < queries_len(q); i++) {
		struct query one = queries_at(q, i);

		ret->of[one.qtype]++;
		ret->random += one.random_len > 0;
	}
	return 0;
}

/* The type that is asked for most of those behind `last`, by number where two are the same; 0: no more. */
static unsigned
next_type(const struct tally *t, unsigned last)
{
	unsigned best = 0;

	for (unsigned i = 1; i < TYPES; i++) {
		bool later = last == 0 || t->of[i] < t->of[last] ||
			(t->of[i] == t->of[last] && i > last);

		if (t->of[i] > 0 && later && t->of[i] > t->of[best])
			best = i;
	}
	return best;
}

static void
show_text(const struct queries *q, size_t n, const struct tally *t, FILE *out)
{
	size_t all = queries_len(q);
	char type[QTYPE_TEXT_BYTES];
	struct dns_msg msg;

	fprintf(out, "; %zu %s:", all, all == 1 ? "query" : "queries");
	for (unsigned i = next_type(t, 0), first = i; i != 0; i = next_type(t, i))
		fprintf(out, "%s %s %" PRIu32, i == first ? "" : ",", qtype_show((uint16_t)i, type),
			t->of[i]);
	fputc('\n', out);
	if (t->random > 0)
		fprintf(out, "; of %zu of them the first label is a fresh one each time\n",
			t->random);
	if (queries_at(q, 0).due_ns >= 0)
		fprintf(out, "; within %.6f s, as captured; behind the type, when\n",
			(double)queries_at(q, all - 1).due_ns / 1e9);
	for (size_t i = 0; i < n; i++) {
		struct query one = queries_at(q, i);

		if (dns_read_question(one.wire, one.len, &msg) < 0)
			continue;
		fprintf(out, "%s %s", msg.qname, qtype_show(one.qtype, type));
		if (one.due_ns >= 0)
			fprintf(out, " %.6f", (double)one.due_ns / 1e9);
		fputc('\n', out);
	}
}

static json_t *
one_json(const struct query *one)
{
	char type[QTYPE_TEXT_BYTES];
	struct dns_msg msg;
	json_t *j;

	if (dns_read(one->wire, one->len, &msg) < 0)
		return json_null();
	j = json_pack("{s:s s:s s:i s:b s:b s:i s:b s:b}", "name", msg.qname, "type",
		qtype_show(one->qtype, type), "bytes", one->len, "fresh_label", one->random_len > 0,
		"recursion", (msg.flags & DNS_RD) != 0, "edns_bytes", msg.udp_bytes, "dnssec_ok",
		msg.dnssec_ok, "nsid", msg.nsid != NULL);
	if (one->due_ns >= 0)
		json_object_set_new(j, "due_ns", json_integer(one->due_ns));
	return j;
}

static int
show_json(const struct queries *q, size_t n, const struct tally *t, FILE *out)
{
	json_t *types = json_object(), *list = json_array(), *all;
	char type[QTYPE_TEXT_BYTES];
	int rc;

	for (unsigned i = next_type(t, 0); i != 0; i = next_type(t, i))
		json_object_set_new(types, qtype_show((uint16_t)i, type), json_integer(t->of[i]));
	for (size_t i = 0; i < n; i++) {
		struct query one = queries_at(q, i);

		json_array_append_new(list, one_json(&one));
	}
	all = json_pack("{s:s s:I s:I s:o s:o}", "schema", "catchment.load-queries/1", "queries",
		(json_int_t)queries_len(q), "fresh_labels", (json_int_t)t->random, "types", types,
		"first", list);
	rc = all == NULL ? -1 : json_dumpf(all, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(all);
	return rc;
}

int
query_show(const struct queries *q, size_t n, bool json, FILE *out)
{
	struct tally t;
	int rc = 0;

	if (count(q, &t) < 0) {
		talk_error("out of memory");
		return EXIT_ENVIRONMENT;
	}
	if (n > queries_len(q))
		n = queries_len(q);
	if (json)
		rc = show_json(q, n, &t, out);
	else
		show_text(q, n, &t, out);
	free(t.of);
	if (rc < 0 || fflush(out) != 0 || ferror(out)) {
		talk_error("standard output: cannot write");
		return EXIT_ENVIRONMENT;
	}
	return EXIT_GOOD;
}
