/* result_resolvers.c - what result.json says of real resolvers' users. */
#include "reports/reader.h"
#include "reports/result.h"

enum { RESOLVERS_MAX = 4096 };

static struct lookups
lookups_read(struct reader *r, json_t *object, const char *at, const char *key)
{
	json_t *o = reader_object(r, object, at, key);
	char in[READER_AT_BYTES];

	reader_join(in, at, key);
	return (struct lookups){
		.lookups = reader_num(r, o, in, "lookups"),
		.good = reader_num(r, o, in, "good"),
		.servfail = reader_num(r, o, in, "servfail"),
		.other_rcode = reader_num(r, o, in, "other_rcode"),
		.wrong = reader_num(r, o, in, "wrong"),
		.unanswered = reader_num(r, o, in, "unanswered"),
		.over_100ms = reader_num(r, o, in, "over_100ms"),
		.over_1s = reader_num(r, o, in, "over_1s"),
		.latency_ms = result_stats_read(r, o, in, "latency_ms"),
		.added_ms = result_stats_read(r, o, in, "added_ms"),
	};
}

void
result_resolvers_read(struct reader *r, struct result *ret)
{
	static const char *const when[WHEN_COUNT] = {"before", "during", "after"};
	json_t *list = reader_list(r, ret->root, "", "resolvers", RESOLVERS_MAX);
	char at[READER_AT_BYTES];

	ret->resolvers = reader_alloc(r, json_array_size(list), sizeof(*ret->resolvers));
	for (size_t i = 0; ret->resolvers != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "resolvers", at);
		struct resolver *x = &ret->resolvers[ret->n_resolvers++];

		*x = (struct resolver){.city = reader_str(r, o, at, "city"),
			.label = reader_str(r, o, at, "label"),
			.software = reader_str(r, o, at, "software"),
			.version = reader_str(r, o, at, "version"),
			.family = reader_str(r, o, at, "family"),
			.affected = reader_bool(r, o, at, "affected", false)};
		x->title = result_city_title(ret, x->city);
		for (size_t w = 0; w < WHEN_COUNT; w++)
			x->seen[w] = lookups_read(r, o, at, when[w]);
	}
}
