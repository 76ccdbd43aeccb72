/* scenario_parts.h - the parts of a scenario file, each read by a file of its own. */
#ifndef SCENARIOS_SCENARIO_PARTS_H
#define SCENARIOS_SCENARIO_PARTS_H

#include "scenarios/scenario.h"

/* Read `timeline:` and `expect:` of the root. Mistakes become complaints. */
void scenario_read_timeline(
	struct scenario *s, const struct topology *t, const struct conf_node *root);
void scenario_read_expects(
	struct scenario *s, const struct topology *t, const struct conf_node *root);

/* Say in words, for the report, what a `served_by` expects and when. */
void scenario_tell_served(struct expect *x);

/* Read `skip:` of the root, after timeline and expectations. Mistakes become complaints. */
void scenario_read_skip(struct scenario *s, const struct topology *t, const struct conf_node *root);

/* Read `layers:` of the root. Mistakes become complaints. */
void scenario_read_layers(
	struct scenario *s, const struct topology *t, const struct conf_node *root);

/* Read `settings:` of the root, after variants and layers. Mistakes become complaints. */
void scenario_read_settings(
	struct scenario *s, const struct topology *t, const struct conf_node *root);

/* Do both turn the same knobs as far? */
bool scenario_same_settings(const struct scenario *a, const struct scenario *b);

/* What is named and cannot be there: scenario_possible.c. Mistakes become complaints at `at`. */
void scenario_check_variant(struct scenario *s, const struct topology *t,
	const struct conf_node *at, const char *variant);
void scenario_check_withdraws(
	struct scenario *s, const struct topology *t, const struct conf_node *root);
void scenario_check_site(
	struct scenario *s, const struct topology *t, const struct conf_node *at, const char *site);

/* After probes and timeline were read. */
void scenario_check_metric(struct scenario *s, const struct conf_node *root,
	const struct conf_node *at, const char *metric);

/* Is what is said for one variant said of this one? A topology on its own is the documented one's. */
bool scenario_is_for(const struct topology *t, const char *variant);

#endif
