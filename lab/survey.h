/*
 * survey.h - how a lab is right now: services, BGP sessions, and who reaches whom by its FIBs.
 */
#ifndef LAB_SURVEY_H
#define LAB_SURVEY_H

#include "lab/ask.h"
#include "lab/lab.h"

enum { SURVEY_HOPS = 24 };

struct survey_session {
	size_t node, service; /* indices into the topology's nodes and services */
	struct ask_session session;
};

/* Where the packets of one city go, in one family, and come back from. */
struct survey_path {
	size_t city;
	int family;
	bool reached;		  /* a node that has the service address took them ... */
	bool returned;		  /* ... and its answers find back */
	int site;		  /* node index of that node, -1 */
	size_t hops[SURVEY_HOPS]; /* node indices, access node first */
	size_t hops_len;
	size_t back[SURVEY_HOPS];
	size_t back_len;
	int64_t rtt_ns;	      /* sum of the links' delays, there and back; 0 unless returned */
	int64_t stretched_ns; /* of it, what grows with the network's stretch */
};

struct survey {
	json_t *services; /* reply of "status" */
	size_t services_wrong;
	char wrong_node[32], wrong_name[32],
		wrong_state[16]; /* the first: "hkg", "bgpd", "exited" */
	struct survey_session *sessions;
	size_t sessions_len, sessions_down;
	struct survey_path *paths; /* cities with an access node x families of the service */
	size_t paths_len, paths_broken, paths_unexpected;
};

/* Ask everything. A daemon that does not answer counts as one session down, named "(no answer)". */
int survey_take(struct lab *lab, struct survey **ret, struct err *e);
void survey_free(struct survey *s);

/* Only the FIBs: who reaches whom. Cheap (a few ms). */
int survey_take_paths(struct lab *lab, struct survey **ret, struct err *e);

/* Up, all sessions Established, all paths there; with `expected`, those of the topology. */
bool survey_healthy(const struct survey *s, bool expected);

/* One line on the first thing that is not as it should be; "healthy" if none. */
void survey_explain(
	const struct lab *lab, const struct survey *s, bool expected, char *out, size_t size);

/*
 * Whose log may say why it is not healthy: the first service that is not ready, else the one with
 * the first session that is down. Returns false when it is neither.
 */
bool survey_suspect(const struct lab *lab, const struct survey *s, const char **ret_node,
	const char **ret_service);

/* {"services": …, "sessions": […], "catchment": […]}: what `lab status --json` prints. */
json_t *survey_json(const struct lab *lab, const struct survey *s);

#endif
