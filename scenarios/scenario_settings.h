/* scenario_settings.h - `settings:`: knobs that a scenario turns, as a layer between the scenario's own and the user's. */
#ifndef SCENARIOS_SCENARIO_SETTINGS_H
#define SCENARIOS_SCENARIO_SETTINGS_H

#include <jansson.h>

#include "scenarios/scenario.h"

/*
 * Write the layer: the files of the variant and of the scenario's layers, with what its settings change.
 *
 *      dir     becomes NODE/etc/...; what was in it stays
 *
 * Returns 0 or what knob_layer_write() does. Without settings nothing is written.
 */
int scenario_write_settings(const struct scenario *s, const char *dir, struct err *e);

/* [{"name", "value": as it reads, "unit", "declared": "FILE:LINE"}] */
json_t *scenario_settings_json(const struct scenario *s);

#endif
