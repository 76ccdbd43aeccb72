/* test_resolvers.c - lookups at resolvers made up with a known truth: outcomes, phases, added latency, whose they are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/analyze/resolvers.h"
#include "lib/answers.h"

#define S	NS_PER_S
#define MS	NS_PER_MS
#define FAULT	(1000 * S)
#define RESTORE (1010 * S)

/* Sent so long after the fault, came back so long after that; 0: nothing did. */
struct row {
	int64_t at_ms, latency_ms;
	int status, rcode;
};

/* Unbound in hkg over IPv4: usually 10 ms, once 30 (the second row); the last one before the fault straddles it. */
static const struct row unbound[] = {{-3000, 10, ANSWERS_GOOD, 0}, {-2000, 30, ANSWERS_GOOD, 0},
	{-1000, 10, ANSWERS_GOOD, 0}, {-20, 120, ANSWERS_GOOD, 0},
	{1000, 0, ANSWERS_UNANSWERED, 255}, {2000, 1500, ANSWERS_GOOD, 0},
	{3000, 40, ANSWERS_WRONG_RCODE, 2}, {4000, 1010, ANSWERS_GOOD, 0},
	{11000, 4, ANSWERS_WRONG_RCODE, 5}, {12000, 10, ANSWERS_GOOD, 0},
	{13000, 0, ANSWERS_PENDING, 255}};
/* BIND in tyo over IPv6, a city that nothing happened to: fails once before, wrong once, refused once. */
static const struct row bind_rows[] = {{-2500, 5, ANSWERS_GOOD, 0},
	{-1500, 3, ANSWERS_WRONG_RCODE, 2}, {500, 5, ANSWERS_WRONG_DATA, 0},
	{1500, 5, ANSWERS_TRUNCATED, 0}, {2500, 1, ANSWERS_UNREACHABLE, 255},
	{3500, 2605, ANSWERS_GOOD, 0}};
/* Not a resolver: no lookup. */
static const struct row unicast[] = {{100, 0, ANSWERS_UNANSWERED, 255}};

enum {
	UNBOUND = sizeof(unbound) / sizeof(unbound[0]),
	BIND = sizeof(bind_rows) / sizeof(bind_rows[0])
};

struct world {
	struct run *run;
	struct trial trial;
};

static void
fill(struct trial *t, size_t side, const struct row *rows, size_t n)
{
	t->side[side].query = &t->side_query[t->side_queries];
	t->side[side].queries = n;
	for (size_t i = 0; i < n; i++) {
		int64_t sent = FAULT + rows[i].at_ms * MS;

		t->side_query[t->side_queries++] = (struct query){.sent_ns = sent,
			.received_ns = rows[i].latency_ms == 0 ? 0 : sent + rows[i].latency_ms * MS,
			.seq = (uint32_t)i,
			.status = (uint8_t)rows[i].status,
			.rcode = (uint8_t)rows[i].rcode,
			.site = -1,
			.stream = (uint16_t)side};
	}
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct trial *t = &w->trial;

	w->run = calloc(1, sizeof(*w->run));
	t->number = 1;
	t->valid = t->has_fault = t->has_restore = true;
	t->fault_ns = FAULT;
	t->restore_ns = RESTORE;
	t->side = calloc(3, sizeof(*t->side));
	t->sides = 3;
	t->side_query = calloc(32, sizeof(*t->side_query));
	t->side[0] = (struct stream){
		.city = 0, .family = V4, .service = SERVICE_RESOLVER, .label = "unbound"};
	t->side[1] = (struct stream){
		.city = 1, .family = V6, .service = SERVICE_RESOLVER, .label = "bind"};
	t->side[2] = (struct stream){
		.city = 0, .family = V4, .service = SERVICE_UNICAST, .label = "lax"};
	fill(t, 0, unbound, UNBOUND);
	fill(t, 1, bind_rows, BIND);
	fill(t, 2, unicast, 1);
	w->run->trial = t;
	w->run->trials = 1;
	w->run->city[0] = (struct city){.name = "hkg", .affected = true};
	w->run->city[1] = (struct city){.name = "tyo"};
	w->run->cities = 2;
	w->run->json = json_loads(
		"{\"resolvers\": ["
		"{\"city\": \"hkg\", \"node\": \"acc-hkg\", \"label\": \"unbound\", \"software\": "
		"\"Unbound\", \"version\": \"1.2\"},"
		"{\"city\": \"tyo\", \"node\": \"acc-tyo\", \"label\": \"bind\", \"software\": "
		"\"BIND\", \"version\": null},"
		"{\"city\": \"gru\", \"label\": \"bind\"}, {\"label\": \"nameless\"}, 7]}",
		0, NULL);
	assert_non_null(w->run->json);
	assert_int_equal(resolvers_measure(t), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	json_decref(w->run->json);
	free(w->trial.side);
	free(w->trial.side_query);
	free(w->trial.lookup);
	free(w->run);
	free(w);
	return 0;
}

static void
each_lookup(void **state)
{
	const struct world *w = *state;
	static const struct {
		int outcome, phase;
		double added_ms; /* NAN: none */
	} want[] = {
		/* The median of 10, 30, 10 is the usual; the longest before the fault opens the window 30 ms ahead of it. */
		{LOOKUP_GOOD, BEFORE, 0}, {LOOKUP_GOOD, BEFORE, 20}, {LOOKUP_GOOD, BEFORE, 0},
		{LOOKUP_GOOD, DURING, 110}, {LOOKUP_UNANSWERED, DURING, NAN},
		{LOOKUP_GOOD, DURING, 1490}, {LOOKUP_SERVFAIL, DURING, NAN},
		{LOOKUP_GOOD, DURING, 1000}, {LOOKUP_OTHER_RCODE, AFTER, NAN},
		{LOOKUP_GOOD, AFTER, 0},
		/* BIND */
		{LOOKUP_GOOD, BEFORE, 0}, {LOOKUP_SERVFAIL, BEFORE, NAN},
		{LOOKUP_WRONG, DURING, NAN}, {LOOKUP_WRONG, DURING, NAN},
		{LOOKUP_UNANSWERED, DURING, NAN}, {LOOKUP_GOOD, DURING, 2600}};

	assert_int_equal(w->trial.lookups,
		sizeof(want) / sizeof(want[0])); /* none pending, none of unicast */
	for (size_t i = 0; i < w->trial.lookups; i++) {
		const struct lookup *l = &w->trial.lookup[i];

		if (l->outcome != want[i].outcome || l->phase != want[i].phase)
			fail_msg("lookup %zu: outcome %d in phase %d", i, l->outcome, l->phase);
		if (isnan(want[i].added_ms) ? !isnan(l->added_ms)
					    : !(fabs(l->added_ms - want[i].added_ms) < 1e-6))
			fail_msg("lookup %zu took %f ms more", i, l->added_ms);
	}
}

static void
figures(void **state)
{
	const struct world *w = *state;
	static const struct {
		enum resolver_metric what;
		metric_family family;
		double want; /* the only sample */
	} rows[] = {{RESOLVER_FAILURES, FAMILIES, 5}, {RESOLVER_FAILURES, V4, 2},
		{RESOLVER_FAILURES, V6, 3}, {RESOLVER_SLOW, FAMILIES, 7}, {RESOLVER_SLOW, V4, 3},
		{RESOLVER_SLOW, V6, 4}, {RESOLVER_RESTORE_FAILURES, V4, 1},
		{RESOLVER_BEFORE_FAILURES, V6, 1}, {RESOLVER_BEFORE_FAILURES, V4, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct samples *s = samples_new();

		assert_int_equal(
			resolvers_collect(w->run, &w->trial, rows[i].family, rows[i].what, s), 0);
		if (s->n != 1 || fabs(s->value[0] - rows[i].want) > 1e-9)
			fail_msg("row %zu: %zu samples, %f", i, s->n, s->n ? s->value[0] : NAN);
		samples_free(s);
	}
}

/* Without lookups there is no sample, not one of 0; added latency is of affected cities alone. */
static void
no_sample(void **state)
{
	const struct world *w = *state;
	struct samples *s = samples_new();

	assert_int_equal(resolvers_collect(w->run, &w->trial, V6, RESOLVER_RESTORE_FAILURES, s), 0);
	assert_int_equal(s->n, 0);
	assert_int_equal(
		resolvers_collect(w->run, &w->trial, FAMILIES, RESOLVER_LATENCY_ADDED, s), 0);
	assert_int_equal(s->n, 3);
	assert_true(fabs(s->value[0] - 110) < 1e-6 && fabs(s->value[1] - 1490) < 1e-6 &&
		fabs(s->value[2] - 1000) < 1e-6);
	samples_free(s);
}

static double
number(const json_t *o, const char *phase, const char *key)
{
	return json_number_value(json_object_get(json_object_get(o, phase), key));
}

static void
told(void **state)
{
	const struct world *w = *state;
	json_t *list = resolvers_json(w->run), *slow = resolvers_trial_json(w->run, &w->trial);
	const json_t *o;

	assert_int_equal(json_array_size(list), 2); /* who was not asked is not told of */
	o = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(o, "software")), "Unbound");
	assert_string_equal(json_string_value(json_object_get(o, "family")), "v4");
	assert_true(json_is_true(json_object_get(o, "affected")));
	assert_int_equal(number(o, "before", "lookups"), 3);
	assert_int_equal(number(o, "during", "lookups"), 5);
	assert_int_equal(number(o, "during", "good"), 3);
	assert_int_equal(number(o, "during", "servfail"), 1);
	assert_int_equal(number(o, "during", "unanswered"), 1);
	assert_int_equal(number(o, "during", "over_100ms"), 3);
	assert_int_equal(number(o, "during", "over_1s"), 1); /* 1000 ms more is not over a second */
	assert_int_equal(number(o, "after", "other_rcode"), 1);
	o = json_array_get(list, 1);
	assert_true(json_is_false(json_object_get(o, "affected")));
	assert_true(json_is_null(json_object_get(o, "version")));
	assert_int_equal(number(o, "during", "wrong"), 2);
	assert_int_equal(
		json_array_size(slow), 11); /* those that failed or took over 100 ms more */
	json_decref(list);
	json_decref(slow);
}

/* Nothing good before the fault: nothing to compare with, and every lookup still counted. */
static void
no_usual(void **state)
{
	struct world *w = *state;

	free(w->trial.lookup);
	w->trial.lookups = 0;
	for (size_t i = 0; i < 4; i++)
		w->trial.side_query[i].status = ANSWERS_UNANSWERED;
	assert_int_equal(resolvers_measure(&w->trial), 0);
	assert_int_equal(w->trial.lookups, 16);
	for (size_t i = 0; i < 10; i++)
		assert_true(isnan(w->trial.lookup[i].added_ms));
	assert_int_equal(w->trial.side[0].window_from_ns, FAULT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_lookup, setup, teardown),
		cmocka_unit_test_setup_teardown(figures, setup, teardown),
		cmocka_unit_test_setup_teardown(no_sample, setup, teardown),
		cmocka_unit_test_setup_teardown(told, setup, teardown),
		cmocka_unit_test_setup_teardown(no_usual, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
