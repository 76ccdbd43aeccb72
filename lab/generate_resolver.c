/* generate_resolver.c - the addresses of generated networks' resolvers; all else is in the shared layers. */
#include "lab/generate_internal.h"

static void
head(const char *comment, const char *software, size_t city, FILE *f)
{
	fprintf(f,
		"%s acc-%s: where %s is asked, where it asks from, and who may ask. Generated, "
		"../topology.yaml says how.\n",
		comment, generate_places[city].code, software);
}

void
generate_access_unbound(const struct generate_plan *p, size_t city, FILE *f)
{
	(void)p;
	head("#", "Unbound", city, f);
	fputs("server:\n", f);
	for (int way = 0; way < 2; way++)
		fprintf(f, "    %s: %s\n    %s: %s\n", way ? "outgoing-interface" : "interface",
			generate_access4(city, ".2").s, way ? "outgoing-interface" : "interface",
			generate_access6(city, "::2").s);
	fprintf(f, "    access-control: %s allow\n    access-control: %s allow\n",
		generate_access4(city, ".0/24").s, generate_access6(city, "::/48").s);
}

void
generate_access_bind(const struct generate_plan *p, size_t city, FILE *f)
{
	(void)p;
	head("//", "BIND", city, f);
	fprintf(f, "listen-on { %s; };\nlisten-on-v6 { %s; };\n", generate_access4(city, ".3").s,
		generate_access6(city, "::3").s);
	fprintf(f, "query-source address %s;\nquery-source-v6 address %s;\n",
		generate_access4(city, ".3").s, generate_access6(city, "::3").s);
	fprintf(f, "allow-recursion { %s; %s; };\n", generate_access4(city, ".0/24").s,
		generate_access6(city, "::/48").s);
}
