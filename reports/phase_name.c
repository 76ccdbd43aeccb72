/* phase_name.c - the phases of the budget in words, and what kind of waiting each is. */
#include "reports/phase_name.h"

#include <string.h>

static const struct words {
	const char *name;
	enum phase_kind kind;
	const char *title, *in_short, *clause;
} words[] = {
	{"serving", PHASE_NOTICE, "Old PoP still answers", "served", "the old PoP still answering"},
	{"await_check", PHASE_NOTICE, "Wait for the health check", "wait for check",
		"waiting for the health check"},
	{"verdict", PHASE_NOTICE, "Checks fail, until the verdict", "verdict",
		"checks failing until the verdict"},
	{"withdraw", PHASE_NOTICE, "Verdict to UPDATE on the wire", "withdraw",
		"getting the withdraw onto the wire"},
	{"detect", PHASE_NOTICE, "Neighbour notices the loss", "detect",
		"a neighbour noticing the loss"},
	{"transit", PHASE_SPREAD, "BGP message under way", "transit", "BGP messages under way"},
	{"rib", PHASE_SPREAD, "Router tells the next", "rib", "routers telling the next"},
	{"fib", PHASE_SPREAD, "Route into the FIB", "fib", "routes getting into the FIBs"},
	{"sampling", PHASE_CLIENT, "Until the client asks again", "next query",
		"waiting for the client to ask again"},
	{"query", PHASE_CLIENT, "Query to the new PoP", "query", "the query under way"},
	{"answer", PHASE_CLIENT, "Answer to the client", "answer", "the answer under way"},
	{"unexplained", PHASE_UNEXPLAINED, "Unexplained", "unexplained", "unexplained"},
};

static const struct words *
find(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

enum phase_kind
phase_kind(const char *name)
{
	const struct words *w = find(name);

	return w == NULL ? PHASE_UNEXPLAINED : w->kind;
}

const char *
phase_title(const char *name)
{
	const struct words *w = find(name);

	return w != NULL ? w->title : name == NULL ? "?" : name;
}

const char *
phase_short(const char *name)
{
	const struct words *w = find(name);

	return w != NULL ? w->in_short : name == NULL ? "?" : name;
}

const char *
phase_clause(const char *name)
{
	const struct words *w = find(name);

	return w != NULL ? w->clause : "one phase";
}

const char *
phase_kind_title(enum phase_kind k)
{
	static const char *const titles[] = {"noticing the fault", "BGP and FIBs",
		"the client's next query and its answer", "unexplained"};

	return titles[k];
}

enum colour
phase_colour(enum phase_kind k)
{
	return (enum colour)(COLOUR_PHASE + (int)k);
}
