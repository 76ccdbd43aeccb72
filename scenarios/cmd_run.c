/* cmd_run.c - catchment run: what was asked for is listed, or run and summed up. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "reports/report.h"
#include "scenarios/batch_journal.h"
#include "scenarios/batch_order.h"
#include "scenarios/commands.h"
#include "scenarios/foresee.h"
#include "scenarios/gated.h"
#include "scenarios/judges.h"
#include "scenarios/matrix_run.h"
#include "scenarios/run_args.h"

void
run_args_items(struct run_args *a)
{
	a->batch.items = a->items;
	for (size_t i = 0; i < a->loaded_len; i++) {
		struct loaded *l = &a->loaded[i];

		for (size_t k = 0; k < l->len; k++) {
			if (!l->scenarios[k]->fits) {
				talk_note("%s is skipped: it is for another variant (%s)",
					l->scenarios[k]->name, l->scenarios[k]->variants);
				continue;
			}
			a->items[a->batch.len++] = (struct batch_item){.scenario = l->scenarios[k],
				.targets = l->targets,
				.topology = l->topology,
				.variant = l->variant};
		}
	}
	batch_order(a->items, a->batch.len);
}

/* The folder of a run of all: a new one, or the one to go on in. */
static int
choose_folder(struct run_args *a)
{
	char stamp[17];
	struct err e;

	if (a->resume != NULL)
		snprintf(a->batch.dir, sizeof(a->batch.dir), "%s", a->resume);
	else if (!run_args_all(a))
		return 0;
	else {
		wall_stamp(wall_now(), stamp);
		snprintf(a->batch.dir, sizeof(a->batch.dir), "%.400s/all-%s", a->batch.plan.out,
			stamp);
	}
	a->batch.plan.out = a->batch.dir;
	if (fs_mkdirs(a->batch.dir, &e) == 0)
		return 0;
	talk_error("%s", e.text);
	return -EIO;
}

/* The ledger beside the runs, so that they can be summed up at any time. */
static int
write_ledger(const struct run_args *a)
{
	char path[BATCH_DIR_BYTES + 24], *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err e;
	int rc;

	if (out == NULL)
		abort();
	judges_print(a->loaded[0].targets, a->loaded[0].scenarios, a->loaded[0].len, true, out);
	if (fclose(out) != 0)
		abort();
	snprintf(path, sizeof(path), "%s/targets.json", a->batch.dir);
	rc = fs_write(path, text, len, &e);
	free(text);
	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

/* The summary of all, also of what there is after an interrupt. */
static int
summarize(struct run_args *a, int code)
{
	struct err e;

	if (a->batch.dir[0] == '\0')
		return code;
	if (report_summary(a->batch.dir, &e) < 0) {
		talk_error("%s", e.text);
		return code == EXIT_GOOD || code == EXIT_MISSED ? EXIT_ENVIRONMENT : code;
	}
	printf("%s/summary.html\n", a->batch.dir);
	return code;
}

/* The root file system that was named is there? Found out before a folder is made for what cannot run. */
static int
check_rootfs(const struct run_args *a)
{
	char path[PATH_MAX];
	struct err e;
	int rc = lab_find_rootfs(&a->batch.lab, path, &e);

	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

/* Each run's baseline, before anything is begun; and whether the fault's phase is to be as it was there. */
static int
find_baselines(struct run_args *a)
{
	struct err e = {0};

	for (size_t i = 0; a->baseline != NULL && i < a->batch.len; i++) {
		struct batch_item *item = &a->items[i];
		bool locked;

		if (gate_find(a->baseline, item->scenario->name, item->variant, &item->baseline,
			    &e) < 0) {
			talk_error("%s", e.text);
			return -EINVAL;
		}
		locked = item->baseline->phase != GATE_PHASE_RANDOM;
		if (a->batch.phase_given && locked != a->batch.plan.locked &&
			item->baseline->phase != GATE_PHASE_NONE) {
			talk_error("--phase: the baseline of %s is of %s phase",
				item->scenario->name, gate_phase_name(item->baseline->phase));
			return -EINVAL;
		}
	}
	return 0;
}

/* Where the daemons are, if they are there already; NULL: not. */
static const char *
find_rootfs(const struct run_args *a, char path[static PATH_MAX])
{
	char own[PLACE_BYTES];
	struct err e;

	if (lab_find_rootfs(&a->batch.lab, path, &e) < 0)
		return NULL;
	if (path[0] == '\0' && place_rootfs_path(a->data, own, &e) == 0)
		snprintf(path, PATH_MAX, "%s", own);
	return path[0] != '\0' && access(path, F_OK) == 0 ? path : NULL;
}

/* What can never be compared with its baseline is told before minutes are spent on it; each of them. */
static int
foresee_all(const struct run_args *a)
{
	char path[PATH_MAX];
	const char *rootfs = a->baseline == NULL ? NULL : find_rootfs(a, path);
	struct err e = {0};
	int rc = 0;

	for (size_t i = 0; a->baseline != NULL && i < a->batch.len; i++) {
		const struct batch_item *item = &a->items[i];
		struct foresight f = {.scenario = item->scenario,
			.topology = item->topology,
			.last_mile = a->batch.plan.last_mile,
			.rootfs = rootfs};

		if (foresee_comparable(&f, item->baseline, &e) == 0)
			continue;
		talk_error("%s", e.text);
		ci_tell_error(a->batch.plan.ci, item->scenario->name, e.text);
		rc = -EXDEV;
	}
	if (rc < 0)
		talk_note("nothing was begun: without --baseline it is measured as it is here, and "
			  "'catchment baseline' makes another baseline of that");
	return rc;
}

static int
run_batch(struct run_args *a)
{
	int code;

	if (check_rootfs(a) < 0)
		return EXIT_USAGE;
	if (choose_folder(a) < 0)
		return EXIT_ENVIRONMENT;
	if (a->batch.plan.trials == 0)
		a->batch.plan.trials =
			a->baseline != NULL ? (int)gate_looks[GATE_LOOKS - 1].trials : 1;
	a->batch.plan.seed = a->batch.plan.seed > 0 ? a->batch.plan.seed : 1;
	run_args_items(a);
	a->batch.baseline = a->baseline;
	if (find_baselines(a) < 0)
		return EXIT_USAGE;
	if (foresee_all(a) < 0)
		return EXIT_INCONCLUSIVE;
	if (a->journal != NULL)
		batch_journal_apply(&a->batch, a->journal);
	if (a->batch.dir[0] != '\0' && (write_ledger(a) < 0 || batch_journal_write(&a->batch) < 0))
		return EXIT_ENVIRONMENT;
	stop_install();
	code = batch_run(&a->batch);
	code = summarize(a, code);
	return code;
}

static int
list(struct run_args *a)
{
	struct loaded *l = &a->loaded[0];
	int width = 0;

	if (a->targets)
		return judges_print(l->targets, l->scenarios, l->len, a->json, stdout) > 0
			? EXIT_USAGE
			: EXIT_GOOD;
	for (size_t i = 0; i < l->len; i++)
		width = (int)strlen(l->scenarios[i]->name) > width
			? (int)strlen(l->scenarios[i]->name)
			: width;
	for (size_t i = 0; i < l->len; i++)
		printf("%-*s  %s\n", width, l->scenarios[i]->name, l->scenarios[i]->summary);
	return EXIT_GOOD;
}

/* What the batch to go on with was asked for. */
static int
read_journal(struct run_args *a)
{
	struct err e = {0};
	int rc;

	if (a->resume == NULL)
		return 0;
	snprintf(a->batch.dir, sizeof(a->batch.dir), "%s", a->resume);
	rc = batch_journal_read(&a->batch, &a->journal, &e);
	if (rc == 0 && a->batch.last_mile != NULL) {
		rc = last_mile_parse(a->batch.last_mile, &a->last_mile, &e);
		a->batch.plan.last_mile = &a->last_mile;
	}
	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

int
cmd_run(int argc, char *argv[])
{
	struct run_args *a = calloc(1, sizeof(*a));
	int code = EXIT_USAGE;

	if (a == NULL)
		abort();
	if (run_args_read(a, argc, argv) < 0) {
		free(a);
		return EXIT_USAGE;
	}
	if (a->matrix.n_axes > 0)
		code = matrix_run(a);
	else if (read_journal(a) == 0 && run_args_load(a) == 0)
		code = a->list || a->targets ? list(a) : run_batch(a);
	run_args_unload(a);
	for (size_t i = 0; i < a->batch.len; i++)
		baseline_free(a->items[i].baseline);
	matrix_done(&a->matrix);
	json_decref(a->batch.kept);
	json_decref(a->journal);
	free(a);
	return code;
}
