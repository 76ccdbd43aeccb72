/* cmd_bgp.c - `catchment load bgp`: a table made or read, told to routers, changed; what came of it as exit code. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "bench/load/bgp_generate.h"
#include "bench/load/bgp_options.h"
#include "bench/load/bgp_report.h"
#include "bench/load/kinds.h"
#include "bench/load/reach.h"
#include "lib/command.h"
#include "lib/stop.h"
#include "lib/talk.h"

struct load {
	struct bgp_asked asked;
	struct bgp_made made;
	struct bgp_table *table;
	struct bgp_churn *churn;
	struct bgp_replay *replay;
	struct bgp_result result;
};

static int
check_reach(const struct bgp_asked *a, struct err *e)
{
	struct sockaddr_storage to;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < a->plan.sessions; i++) {
		inet_sockaddr(&a->plan.session[i].peer, a->port, &to);
		rc = reach_check((struct sockaddr *)&to, a->elsewhere, e);
	}
	if (rc == 0 && a->plan.watch.peer.family != 0) {
		inet_sockaddr(&a->plan.watch.peer, a->port, &to);
		rc = reach_check((struct sockaddr *)&to, a->elsewhere, e);
	}
	return rc;
}

/* A family that is wanted but cannot be told to anybody is a mistake that is best heard of at once. */
static int
check_families(const struct bgp_asked *a, struct err *e)
{
	for (int f = 0; f < 2; f++) {
		bool offered = false;

		for (size_t i = 0; i < a->plan.sessions; i++)
			offered = offered || a->plan.session[i].hello.family[f];
		if ((f == 0 ? a->ipv4 : a->ipv6) > 0 && !offered)
			return err_set(e, EINVAL,
				"--ipv%d: no session runs over IPv%d, so its routes need a "
				"--next-hop",
				f == 0 ? 4 : 6, f == 0 ? 4 : 6);
	}
	return 0;
}

static int
make_table(struct load *l, struct err *e)
{
	const struct bgp_asked *a = &l->asked;
	struct bgp_mrt_options mrt = {.peer_as = a->mrt_peer_as,
		.max_ipv4 = a->ipv4,
		.max_ipv6 = a->ipv6,
		.avoid = a->avoid,
		.avoid_len = a->avoid_len};
	struct bgp_mix mix = {a->seed, a->ipv4, a->ipv6, a->avoid, a->avoid_len};
	int rc = bgp_table_new(&l->table);

	/* Nothing can be wrong with a table that is made. */
	if (a->check)
		mix.ipv4 = mix.ipv6 = 0;

	if (rc < 0)
		return err_sys(e, -rc, "the table");
	l->made.from_mrt = a->table_path != NULL;
	rc = l->made.from_mrt ? bgp_mrt_table(l->table, a->table_path, &mrt, &l->made.mrt, e)
			      : bgp_generate(l->table, &mix, e);
	if (rc < 0)
		return rc;
	l->made.ipv4 = bgp_table_len_of(l->table, 4);
	l->made.ipv6 = bgp_table_len_of(l->table, 6);
	l->made.sets = bgp_table_sets(l->table);
	l->made.replayed = a->replay_path != NULL;
	if (l->made.replayed)
		rc = bgp_replay_open(
			&l->replay, a->replay_path, &mrt, a->speed, &l->made.replay, e);
	else if (a->churn.rate_qps > 0 && bgp_table_len(l->table) > 0 &&
		(rc = bgp_churn_new(&l->churn, l->table, &a->churn)) < 0)
		err_sys(e, -rc, "the churn");
	return rc;
}

/* The verdict, with the one line that says what went wrong. */
static int
outcome(const struct load *l)
{
	const struct bgp_asked *a = &l->asked;
	const struct bgp_result *r = &l->result;
	char text[INET_TEXT_BYTES];

	if (r->interrupted)
		return EXIT_INTERRUPTED;
	for (size_t i = 0; (r->unconnected || r->lost) && i <= a->plan.sessions; i++) {
		const struct bgp_session_result *s =
			i < a->plan.sessions ? &r->session[i] : &r->watch;
		const struct bgp_session_options *o =
			i < a->plan.sessions ? &a->plan.session[i] : &a->plan.watch;

		if (o->peer.family == 0 || (r->lost ? s->why[0] == '\0' : s->established))
			continue;
		talk_error("%s: %s: %s", inet_show(&o->peer, text),
			r->lost ? "session lost" : "no BGP session",
			s->why[0] != '\0' ? s->why : "the peer did not connect");
		return EXIT_ENVIRONMENT;
	}
	if (r->not_taken) {
		talk_error("the table was not taken in time (--take-within)");
		return EXIT_MISSED;
	}
	if (a->plan.watch.peer.family != 0 && r->watch_seen < r->watch_expected) {
		talk_error("%s: told on only %llu of %llu routes",
			inet_show(&a->plan.watch.peer, text), (unsigned long long)r->watch_seen,
			(unsigned long long)r->watch_expected);
		return EXIT_MISSED;
	}
	return EXIT_GOOD;
}

static int
play(struct load *l)
{
	struct bgp_plan plan = l->asked.plan;
	struct err e;

	plan.table = l->table;
	plan.churn = l->churn;
	plan.replay = l->replay;
	stop_install();
	if (bgp_run(&plan, &l->result, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	talk_clear();
	if (l->asked.json) {
		json_t *root = bgp_report_json(&l->asked, &l->made, &l->result);

		json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
		putchar('\n');
		json_decref(root);
	} else {
		bgp_report_text(&l->asked, &l->made, &l->result, stdout);
	}
	return outcome(l);
}

int
load_bgp(int argc, char *argv[])
{
	static struct load l; /* large, and there is one */
	int status = EXIT_USAGE;
	struct err e;

	bgp_options_parse(&l.asked, argc, argv);
	/* Checked is also where it will not be sent from: what is within reach there is not known here. */
	if ((!l.asked.check && check_reach(&l.asked, &e) < 0) || check_families(&l.asked, &e) < 0 ||
		make_table(&l, &e) < 0)
		talk_error("%s", e.text);
	else
		status = l.asked.check ? EXIT_GOOD : play(&l);
	bgp_replay_close(l.replay);
	bgp_churn_free(l.churn);
	bgp_table_free(l.table);
	return status;
}
