/* table_show.c - the catchment table as JSON and as text. */
#include <inttypes.h>
#include <string.h>

#include "lib/dns.h"
#include "probes/import/table.h"
#include "lib/rcode.h"

static const char *const families[TALLY_GROUPS] = {"v4", "v4", "v6", "v6"};
static const char *const transports[TALLY_GROUPS] = {"udp", "tcp", "udp", "tcp"};

static json_t *
site_json(const struct table *t, const struct table_site *s)
{
	char name[TABLE_NAME_BYTES];

	return json_pack("{s:s, s:I, s:f, s:I, s:f, s:f, s:f}", "site",
		table_site_name(&t->tally->sites[s->site], name), "probes", (json_int_t)s->probes,
		"share_ratio", s->share, "answers", (json_int_t)s->answers, "rtt_p10_us",
		s->rtt_us[0], "rtt_p50_us", s->rtt_us[1], "rtt_p90_us", s->rtt_us[2]);
}

static json_t *
rcodes_json(const struct table_group *g)
{
	json_t *o = json_object();
	char text[RCODE_NAME_BYTES];

	for (unsigned int i = 0; i < 256; i++)
		if (g->rcodes[i] > 0)
			json_object_set_new(
				o, rcode_name(i, text), json_integer((json_int_t)g->rcodes[i]));
	return o;
}

static json_t *
errors_json(const struct table *t, const struct table_group *g)
{
	json_t *o = json_object();

	for (uint32_t i = 1; i < t->tally->errors_len; i++)
		if (g->errors[i] > 0)
			json_object_set_new(
				o, t->tally->errors[i], json_integer((json_int_t)g->errors[i]));
	return o;
}

static json_t *
group_json(const struct table *t, int index)
{
	const struct table_group *g = &t->groups[index];
	json_t *sites = json_array();

	for (uint32_t i = 0; i < g->sites_len; i++)
		json_array_append_new(sites, site_json(t, &g->sites[i]));
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:o, s:o, s:o}",
		"family", families[index], "transport", transports[index], "probes",
		(json_int_t)g->probes, "probes_silent", (json_int_t)g->probes_silent,
		"probes_of_several_sites", (json_int_t)g->probes_moved, "queries",
		(json_int_t)g->queries, "answered", (json_int_t)g->answered, "unanswered",
		(json_int_t)g->by_status[ANSWERS_UNANSWERED], "unreachable",
		(json_int_t)g->by_status[ANSWERS_UNREACHABLE], "send_failed",
		(json_int_t)g->by_status[ANSWERS_SEND_FAILED], "truncated",
		(json_int_t)g->by_status[ANSWERS_TRUNCATED], "malformed", (json_int_t)g->malformed,
		"unnamed", (json_int_t)g->unnamed, "named_by_chaos", (json_int_t)g->by_chaos,
		"rcodes", rcodes_json(g), "errors", errors_json(t, g), "sites", sites);
}

json_t *
table_json(const struct table *t)
{
	json_t *list = json_array();

	for (int i = 0; i < TALLY_GROUPS; i++)
		if (t->groups[i].queries > 0)
			json_array_append_new(list, group_json(t, i));
	return list;
}

static void
print_counts(const struct table *t, const struct table_group *g, FILE *to)
{
	const char *between = "  ";
	char text[RCODE_NAME_BYTES];

	for (unsigned int i = 0; i < 256; i++) {
		if (i == DNS_NOERROR || g->rcodes[i] == 0)
			continue;
		fprintf(to, "%s%s %" PRIu64, between, rcode_name(i, text), g->rcodes[i]);
		between = ", ";
	}
	if (g->by_status[ANSWERS_TRUNCATED] > 0) {
		fprintf(to, "%struncated %" PRIu64, between, g->by_status[ANSWERS_TRUNCATED]);
		between = ", ";
	}
	if (g->malformed > 0) {
		fprintf(to, "%smalformed %" PRIu64, between, g->malformed);
		between = ", ";
	}
	for (uint32_t i = 1; i < t->tally->errors_len; i++) {
		if (g->errors[i] == 0)
			continue;
		fprintf(to, "%serror %s %" PRIu64, between, t->tally->errors[i], g->errors[i]);
		between = ", ";
	}
	if (between[0] == ',')
		fputc('\n', to);
}

static void
print_group(const struct table *t, int index, FILE *to)
{
	const struct table_group *g = &t->groups[index];
	char name[TABLE_NAME_BYTES];
	int width = 9;

	for (uint32_t i = 0; i < g->sites_len; i++) {
		int len = (int)strlen(table_site_name(&t->tally->sites[g->sites[i].site], name));

		width = len > width ? len : width;
	}
	width = width > 64 ? 64 : width;
	fprintf(to,
		"\n%s over %s: %" PRIu64 " probes (%" PRIu64 " without any answer, %" PRIu64
		" answered by several sites), %" PRIu64 " queries\n",
		index < 2 ? "IPv4" : "IPv6", index % 2 == 0 ? "UDP" : "TCP", g->probes,
		g->probes_silent, g->probes_moved, g->queries);
	fprintf(to, "  %-*s %7s %7s %9s %9s %9s %9s\n", width, "site", "probes", "share", "answers",
		"p10 ms", "p50 ms", "p90 ms");
	for (uint32_t i = 0; i < g->sites_len; i++) {
		const struct table_site *s = &g->sites[i];

		fprintf(to, "  %-*s %7" PRIu64 " %6.1f%% %9" PRIu64 " %9.2f %9.2f %9.2f\n", width,
			table_site_name(&t->tally->sites[s->site], name), s->probes, 100 * s->share,
			s->answers, s->rtt_us[0] / 1e3, s->rtt_us[1] / 1e3, s->rtt_us[2] / 1e3);
	}
	if (g->unnamed > 0)
		fprintf(to, "  %-*s %7s %7s %9" PRIu64 "\n", width, "(no name)", "", "",
			g->unnamed);
	fprintf(to, "  %-*s %7s %7s %9" PRIu64 "\n", width, "no answer", "", "",
		g->queries - g->answered);
	print_counts(t, g, to);
}

void
table_print(const struct table *t, FILE *to)
{
	for (int i = 0; i < TALLY_GROUPS; i++)
		if (t->groups[i].queries > 0)
			print_group(t, i, to);
}
