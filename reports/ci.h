/* ci.h - what a run says to the CI system that it runs in: annotations, a page, and files that the system collects. */
#ifndef REPORTS_CI_H
#define REPORTS_CI_H

#include <stdbool.h>

#include "lib/err.h"

enum ci_kind { CI_NONE, CI_PLAIN, CI_GITHUB, CI_GITLAB };

/*
 * Which one is meant: "auto" (the one that announces itself in the environment, as GITHUB_ACTIONS, GITLAB_CI or CI), "none",
 * "plain", "github", "gitlab". NULL is "auto". Returns 0, or -EINVAL.
 */
int ci_kind(const char *word, enum ci_kind *ret);

/*
 * Tell it of a run that has been reported.
 *
 * GitHub (and what takes its words): an annotation on stderr for each finding, at the line of the scenario's file if that lies in
 * the workspace; RUN/summary.md is appended to $GITHUB_STEP_SUMMARY. GitLab: RUN/codequality.json. Elsewhere, and there too: a
 * line that says where the files are.
 *
 * Returns 0, or -errno with `e` filled.
 */
int ci_tell_run(enum ci_kind kind, const char *run_dir, bool is_strict, struct err *e);

/* An error of no run, or of one without a result: the lab failed, the input is wrong. */
void ci_tell_error(enum ci_kind kind, const char *title, const char *text);

/* Append a page of Markdown, a file, to the step's own, where the system has one. Returns 0, or -errno with `e` filled. */
int ci_append_page(enum ci_kind kind, const char *path, struct err *e);

#endif
