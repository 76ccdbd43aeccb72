/* cmd_capture.c - `catchment capture`: capture at many interfaces, from a plan file. */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/capture/capture.h"
#include "bench/capture/plan.h"
#include "bench/commands.h"
#include "bench/plan_option.h"
#include "lib/command.h"
#include "lib/stopfd.h"
#include "lib/talk.h"

enum {
	NICE = -10 /* a ring that is read too late loses packets; where refused, so be it */
};

static const char doc[] =
	"Capture at many interfaces, from a plan file, until SIGTERM.\vPrints {\"ready\":true} "
	"when every interface is open. Then on SIGTERM takes out of the kernel what was captured "
	"until that moment and writes the stats that the plan names.";

static int
capture(const struct capture_plan *p)
{
	int stop_fd, status = EXIT_GOOD;
	struct capture *c;
	struct err e;

	(void)setpriority(PRIO_PROCESS, 0, NICE);
	if (stopfd_open(&stop_fd, &e) < 0 || capture_open(p, &c, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	puts("{\"ready\":true}");
	fflush(stdout);
	if (capture_run(c, stop_fd, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	if (capture_stats_write(c, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	capture_free(c);
	close(stop_fd);
	return status;
}

int
cmd_capture(int argc, char *argv[])
{
	struct capture_plan *p;
	struct err e;
	int status;

	if (capture_plan_load(plan_option(argc, argv,
				      "where to capture (schema catchment.capture-plan/1)", doc),
		    &p, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	status = capture(p);
	capture_plan_free(p);
	return status;
}
