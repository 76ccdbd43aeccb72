/* doctor_machine.h - what doctor reads about the machine: processors, memory, room, clock, who else uses it. */
#ifndef LAB_DOCTOR_MACHINE_H
#define LAB_DOCTOR_MACHINE_H

#include "lab/doctor.h"

/* Append a finding with nothing found yet; `n` counts them. */
struct doctor_finding *doctor_add(struct doctor_finding *list, size_t *n, const char *name,
	enum doctor_verdict verdict, const char *cost, const char *remedy);

/* Append the findings on the machine. Takes a second, of which it looks at the processors. */
void doctor_machine(struct doctor_finding *list, size_t *n);

#endif
