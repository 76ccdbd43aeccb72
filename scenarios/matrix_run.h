/* matrix_run.h - catchment run --matrix: each cell in a lab of its own, one after the other, then all side by side. */
#ifndef SCENARIOS_MATRIX_RUN_H
#define SCENARIOS_MATRIX_RUN_H

#include "scenarios/run_args.h"

/* Takes what was asked for, with nothing loaded yet. Returns an exit code: the gravest of all cells. */
int matrix_run(struct run_args *a);

#endif
