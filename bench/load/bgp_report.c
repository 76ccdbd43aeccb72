/* bgp_report.c - what a BGP load measured, for people and as JSON. */
#include "bench/load/bgp_report.h"

#include <string.h>

#include "lib/num.h"

static const char *
carried(const struct bgp_session_result *s)
{
	return s->carries[0] && s->carries[1] ? "IPv4 and IPv6"
		: s->carries[0]		      ? "IPv4"
		: s->carries[1]		      ? "IPv6"
					      : "nothing";
}

static void
text_session(const struct bgp_session_options *o, const struct bgp_session_result *s, FILE *to)
{
	char peer[INET_TEXT_BYTES], up[24], written[24], acked[24];

	fprintf(to, "%s AS %u: ", inet_show(&o->peer, peer), o->peer_as);
	if (!s->established) {
		fprintf(to, "no session: %s\n",
			s->why[0] != '\0' ? s->why : "the peer did not connect");
		return;
	}
	fprintf(to, "up after %s", num_show_ns(s->established_ns, up));
	if (s->written_ns >= 0)
		fprintf(to, ", %s: %llu routes in %llu messages, %.1f MB, written after %s%s%s",
			carried(s), (unsigned long long)s->routes, (unsigned long long)s->messages,
			(double)s->bytes / 1e6, num_show_ns(s->written_ns, written),
			s->acked_ns >= 0 ? ", acknowledged after " : ", not all acknowledged",
			s->acked_ns >= 0 ? num_show_ns(s->acked_ns, acked) : "");
	fputs(s->why[0] != '\0' ? "; then lost: " : "", to);
	fprintf(to, "%s\n", s->why);
	if (s->counts.announced_received + s->counts.withdrawn_received > 0)
		fprintf(to, "  told us %llu prefixes, withdrew %llu\n",
			(unsigned long long)s->counts.announced_received,
			(unsigned long long)s->counts.withdrawn_received);
}

static void
text_hist(const char *what, const struct hist *h, FILE *to)
{
	char p50[24], p99[24], max[24];

	if (h->count == 0)
		return;
	fprintf(to, "%s: p50 %s, p99 %s, max %s, n %llu\n", what,
		num_show_ns(hist_quantile_ns(h, 0.5), p50),
		num_show_ns(hist_quantile_ns(h, 0.99), p99), num_show_ns(h->max_ns, max),
		(unsigned long long)h->count);
}

static void
text_watch(const struct bgp_asked *a, const struct bgp_result *r, FILE *to)
{
	char at[INET_TEXT_BYTES], first[24], last[24];

	fprintf(to, "watched at %s: ", inet_show(&a->plan.watch.peer, at));
	if (!r->watch.established) {
		fprintf(to, "no session: %s\n", r->watch.why);
		return;
	}
	fprintf(to, "%llu of %llu routes told on", (unsigned long long)r->watch_seen,
		(unsigned long long)r->watch_expected);
	if (r->watch_first_ns >= 0)
		fprintf(to, ", the first after %s, the last after %s",
			num_show_ns(r->watch_first_ns, first), num_show_ns(r->watch_last_ns, last));
	fprintf(to, "%s%s\n", r->watch.why[0] != '\0' ? "; then lost: " : "", r->watch.why);
}

static void
text_mrt(const char *what, const struct bgp_mrt_counts *c, FILE *to)
{
	fprintf(to,
		"%s: %llu of %llu records' contents taken; left out: %llu of other peers, %llu not "
		"to "
		"be told, %llu not understood\n",
		what, (unsigned long long)c->taken, (unsigned long long)c->records,
		(unsigned long long)c->other_peer, (unsigned long long)c->not_tellable,
		(unsigned long long)c->not_understood);
}

void
bgp_report_text(const struct bgp_asked *a, const struct bgp_made *made, const struct bgp_result *r,
	FILE *to)
{
	fprintf(to, "table: %zu IPv4 and %zu IPv6 routes, %zu sets of attributes, ", made->ipv4,
		made->ipv6, made->sets);
	if (made->from_mrt)
		fprintf(to, "from %s\n", a->table_path);
	else
		fprintf(to, "seed %llu\n", (unsigned long long)a->seed);
	if (made->from_mrt)
		text_mrt("  of that file", &made->mrt, to);
	for (size_t i = 0; i < a->plan.sessions; i++)
		text_session(&a->plan.session[i], &r->session[i], to);
	if (a->plan.watch.peer.family != 0)
		text_watch(a, r, to);
	if (made->replayed)
		text_mrt("replay", &made->replay, to);
	if (r->steps > 0)
		fprintf(to, "changes: %llu, %llu prefixes announced, %llu withdrawn\n",
			(unsigned long long)r->steps, (unsigned long long)r->step_announced,
			(unsigned long long)r->step_withdrawn);
	text_hist("  sent behind time", &r->late, to);
	text_hist("  told on after", &r->echo, to);
	if (r->refreshes > 0)
		fprintf(to, "asked for the table again: %llu times\n",
			(unsigned long long)r->refreshes);
}

/* Null where it did not happen. */
static json_t *
ms(int64_t ns)
{
	return ns < 0 ? json_null() : json_real((double)ns / 1e6);
}

static json_t *
json_session(const struct bgp_session_options *o, const struct bgp_session_result *s)
{
	char peer[INET_TEXT_BYTES];

	return json_pack(
		"{s:s, s:I, s:b, s:o, s:[bb], s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, "
		"s:I, s:s}",
		"peer", inet_show(&o->peer, peer), "peer_as", (json_int_t)o->peer_as, "established",
		s->established, "established_ms", ms(s->established ? s->established_ns : -1),
		"carries_ipv4_ipv6", s->carries[0], s->carries[1], "routes", (json_int_t)s->routes,
		"messages", (json_int_t)s->messages, "table_bytes", (json_int_t)s->bytes,
		"written_ms", ms(s->written_ns), "acknowledged_ms", ms(s->acked_ns), "sent_bytes",
		(json_int_t)s->counts.bytes_sent, "received_bytes",
		(json_int_t)s->counts.bytes_received, "received_updates",
		(json_int_t)s->counts.updates_received, "received_announced",
		(json_int_t)s->counts.announced_received, "received_withdrawn",
		(json_int_t)s->counts.withdrawn_received, "why", s->why);
}

static json_t *
json_hist(const struct hist *h)
{
	if (h->count == 0)
		return json_pack("{s:i}", "n", 0);
	return json_pack("{s:I, s:o, s:o, s:o, s:o}", "n", (json_int_t)h->count, "min_ms",
		ms(h->min_ns), "p50_ms", ms(hist_quantile_ns(h, 0.5)), "p99_ms",
		ms(hist_quantile_ns(h, 0.99)), "max_ms", ms(h->max_ns));
}

static json_t *
json_mrt(const char *path, const struct bgp_mrt_counts *c)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "file", path, "records",
		(json_int_t)c->records, "taken", (json_int_t)c->taken, "other_peer",
		(json_int_t)c->other_peer, "not_tellable", (json_int_t)c->not_tellable,
		"not_understood", (json_int_t)c->not_understood);
}

static void
add_watch(json_t *root, const struct bgp_asked *a, const struct bgp_result *r)
{
	json_object_set_new(root, "watch",
		json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "session",
			json_session(&a->plan.watch, &r->watch), "expected",
			(json_int_t)r->watch_expected, "seen", (json_int_t)r->watch_seen, "other",
			(json_int_t)r->watch_other, "first_ms", ms(r->watch_first_ns), "last_ms",
			ms(r->watch_last_ns), "told_on", json_hist(&r->echo)));
}

json_t *
bgp_report_json(const struct bgp_asked *a, const struct bgp_made *made, const struct bgp_result *r)
{
	int64_t taken_ns = -1;
	json_t *root = json_pack("{s:s, s:{s:I, s:I, s:I}, s:[]}", "schema", "catchment.load-bgp/1",
		"table", "ipv4_routes", (json_int_t)made->ipv4, "ipv6_routes",
		(json_int_t)made->ipv6, "attribute_sets", (json_int_t)made->sets, "sessions");

	if (root == NULL)
		return NULL;
	if (made->from_mrt)
		json_object_set_new(root, "table_file", json_mrt(a->table_path, &made->mrt));
	else
		json_object_set_new(root, "seed", json_integer((json_int_t)a->seed));
	for (size_t i = 0; i < a->plan.sessions; i++) {
		const struct bgp_session_result *s = &r->session[i];

		json_array_append_new(
			json_object_get(root, "sessions"), json_session(&a->plan.session[i], s));
		taken_ns = i > 0 && (taken_ns < 0 || s->acked_ns < 0) ? -1
			: s->acked_ns > taken_ns		      ? s->acked_ns
								      : taken_ns;
	}
	json_object_set_new(root, "taken_ms", ms(taken_ns));
	if (a->plan.watch.peer.family != 0)
		add_watch(root, a, r);
	if (made->replayed)
		json_object_set_new(root, "replay", json_mrt(a->replay_path, &made->replay));
	json_object_set_new(root, "changes",
		json_pack("{s:I, s:I, s:I, s:o}", "steps", (json_int_t)r->steps, "announced",
			(json_int_t)r->step_announced, "withdrawn", (json_int_t)r->step_withdrawn,
			"late", json_hist(&r->late)));
	json_object_set_new(root, "refreshes", json_integer((json_int_t)r->refreshes));
	json_object_set_new(root, "interrupted", json_boolean(r->interrupted));
	return root;
}
