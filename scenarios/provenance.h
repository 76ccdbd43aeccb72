/* provenance.h - where a result comes from: versions, machine, hashes of what was tested. */
#ifndef SCENARIOS_PROVENANCE_H
#define SCENARIOS_PROVENANCE_H

#include <jansson.h>

#include "lab/lab.h"
#include "lib/conf.h"

/*
 * What is known without a lab: the machine's cpu and cpus, the link_engine, and the packages of a root file system; NULL: which
 * one is not known.
 */
json_t *provenance_host_json(const char *rootfs);

/* Everything but the times. Facts that cannot be had are left out. */
json_t *provenance_json(const struct lab *lab, const struct conf *scenario);

#endif
