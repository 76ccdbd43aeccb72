/* cmd_record.c - `catchment record`: record routes and log lines, from a plan file. */
#include <stdio.h>
#include <unistd.h>

#include "bench/record/record.h"
#include "bench/record/plan.h"
#include "bench/commands.h"
#include "bench/plan_option.h"
#include "lib/command.h"
#include "lib/stopfd.h"
#include "lib/talk.h"

static const char doc[] =
	"Record routes and log lines, from a plan file, until SIGTERM.\vPrints {\"ready\":true} "
	"when the routes as they are have been written and every log is watched. Then on SIGTERM "
	"takes what was told until that moment and writes the stats that the plan names.";

static int
record(const struct record_plan *p)
{
	int stop_fd, status = EXIT_GOOD;
	struct record *r;
	struct err e;

	if (stopfd_open(&stop_fd, &e) < 0 || record_open(p, &r, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	puts("{\"ready\":true}");
	fflush(stdout);
	if (record_run(r, stop_fd, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	record_free(r);
	close(stop_fd);
	return status;
}

int
cmd_record(int argc, char *argv[])
{
	struct record_plan *p;
	struct err e;
	int status;

	if (record_plan_load(
		    plan_option(argc, argv, "what to record (schema catchment.record-plan/1)", doc),
		    &p, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	status = record(p);
	record_plan_free(p);
	return status;
}
