/* doctor.h - does this host offer what a lab needs, by trying each thing in a process of its own. */
#ifndef LAB_DOCTOR_H
#define LAB_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum doctor_verdict {
	DOCTOR_GOOD,
	DOCTOR_WEAK,	/* goes without, at the cost that is named */
	DOCTOR_MISSING, /* no lab without it */
};

struct doctor_finding {
	const char *name; /* "overlayfs" */
	enum doctor_verdict verdict;
	char found[200];	   /* what was found, or why it failed */
	const char *cost, *remedy; /* of its absence; how to get it */
};

enum { DOCTOR_FINDINGS_MAX = 40 };

/*
 * Try everything, as whoever we are: root, or a user who would bring up a lab without root. Nothing
 * of the host is changed: what needs a namespace is tried in a child that has its own.
 *
 *      ret     out: in a fixed order
 *
 * Returns how many findings there are.
 */
size_t doctor_examine(struct doctor_finding ret[static DOCTOR_FINDINGS_MAX]);

#endif
