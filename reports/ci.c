/*
 * ci.c - what a run says to the CI system that it runs in: annotations, a page, and files that the system collects.
 *
 * Sources: GitHub, "Workflow commands for GitHub Actions" (in data %, CR and LF are escaped, in properties : and , too);
 * GitLab, "Code Quality report format".
 */
#include "reports/ci.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/fs.h"
#include "lib/talk.h"
#include "reports/notes.h"

enum {
	MAX_OF_A_LEVEL = 10, /* GitHub shows no more of a step */
	MAX_PAGE_BYTES = 1 << 20
};

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' && strcmp(value, "false") != 0 &&
		strcmp(value, "0") != 0;
}

int
ci_kind(const char *word, enum ci_kind *ret)
{
	static const char *const words[] = {"none", "plain", "github", "gitlab"};

	if (word == NULL || strcmp(word, "auto") == 0) {
		*ret = is_set("GITHUB_ACTIONS") ? CI_GITHUB
			: is_set("GITLAB_CI")	? CI_GITLAB
			: is_set("CI")		? CI_PLAIN
						: CI_NONE;
		return 0;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum ci_kind)i;
			return 0;
		}
	return -EINVAL;
}

/* A value in a workflow command. */
static void
escaped(struct buf *b, const char *text, bool is_property)
{
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		if (c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ',')))
			buf_addf(b, "%%%02X", c);
		else
			buf_add_len(b, at, 1);
	}
}

static void
annotate(const struct note *n, const char *file)
{
	struct buf b = {0};

	buf_addf(&b, "::%s title=", note_word(n->level));
	escaped(&b, n->title, true);
	if (file[0] != '\0') {
		buf_add(&b, ",file=");
		escaped(&b, file, true);
		if (n->line > 0)
			buf_addf(&b, ",line=%u", n->line);
	}
	buf_add(&b, "::");
	escaped(&b, n->text, false);
	if (!b.failed)
		fprintf(stderr, "%s\n", b.data);
	buf_done(&b);
}

/* The scenario's file as the repository knows it; "" when it lies elsewhere. */
static const char *
in_workspace(const char *file, const char *variable, char out[static PATH_MAX])
{
	const char *top = getenv(variable);
	char whole[PATH_MAX], real_top[PATH_MAX];
	size_t len;

	out[0] = '\0';
	if (file[0] == '\0' || top == NULL || realpath(top, real_top) == NULL ||
		realpath(file, whole) == NULL)
		return out;
	len = strlen(real_top);
	if (strncmp(whole, real_top, len) == 0 && whole[len] == '/')
		snprintf(out, PATH_MAX, "%s", whole + len + 1);
	return out;
}

static void
tell_github(const struct notes *n)
{
	size_t told[NOTE_NOTICE + 1] = {0}, left = 0;
	char file[PATH_MAX];

	in_workspace(n->file, "GITHUB_WORKSPACE", file);
	for (size_t i = 0; i < n->len; i++) {
		if (told[n->list[i].level]++ < MAX_OF_A_LEVEL)
			annotate(&n->list[i], file);
		else
			left++;
	}
	if (left > 0)
		talk_note("%zu more findings are in summary.md", left);
}

/* One finding as GitLab's code quality has it. */
static json_t *
quality_of(const struct note *n, const char *file)
{
	static const char *const severities[] = {"major", "minor", "info"};
	char said[sizeof(n->title) + sizeof(n->text) + 4];
	uint64_t print = 14695981039346656037U; /* FNV-1a: the same finding has the same */

	for (const char *at = n->title; *at != '\0'; at++)
		print = (print ^ (unsigned char)*at) * 1099511628211U;
	print = (print ^ n->line) * 1099511628211U;
	snprintf(said, sizeof(said), "%s: %s", n->title, n->text);
	return json_pack("{s:s, s:s, s:o, s:s, s:{s:s, s:{s:i}}}", "description", said,
		"check_name", "catchment", "fingerprint",
		json_sprintf("%016llx", (unsigned long long)print), "severity",
		severities[n->level], "location", "path", file, "lines", "begin",
		n->line > 0 ? (int)n->line : 1);
}

static int
tell_gitlab(const struct notes *n, const char *run_dir, struct err *e)
{
	char file[PATH_MAX], path[PATH_MAX], *text;
	json_t *list = json_array();
	int rc;

	in_workspace(n->file, "CI_PROJECT_DIR", file);
	for (size_t i = 0; i < n->len; i++)
		json_array_append_new(
			list, quality_of(&n->list[i], file[0] == '\0' ? n->file : file));
	text = json_dumps(list, JSON_INDENT(1));
	json_decref(list);
	snprintf(path, sizeof(path), "%.4000s/codequality.json", run_dir);
	rc = text == NULL ? err_set(e, ENOMEM, "out of memory")
			  : fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}

int
ci_append_page(enum ci_kind kind, const char *path, struct err *e)
{
	const char *to = kind == CI_GITHUB ? getenv("GITHUB_STEP_SUMMARY") : NULL;
	char *text;
	size_t len;
	int fd, rc;

	if (to == NULL || to[0] == '\0')
		return 0;
	rc = fs_read(path, MAX_PAGE_BYTES, &text, &len, e);
	if (rc < 0)
		return rc;
	fd = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		rc = err_sys(e, errno, "GITHUB_STEP_SUMMARY: %s", to);
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = err_sys(e, errno, "GITHUB_STEP_SUMMARY: %s", to);
	free(text);
	return rc;
}

int
ci_tell_run(enum ci_kind kind, const char *run_dir, bool is_strict, struct err *e)
{
	struct result *r = NULL;
	struct notes n = {0};
	char path[PATH_MAX];
	int rc;

	if (kind == CI_NONE)
		return 0;
	rc = result_load(run_dir, &r, e);
	if (rc == 0) {
		notes_of(r, is_strict, &n);
		if (kind == CI_GITHUB)
			tell_github(&n);
		else if (kind == CI_GITLAB)
			rc = tell_gitlab(&n, run_dir, e);
		talk_note("%s has junit.xml, summary.md, metrics.json, metrics.txt%s", run_dir,
			kind == CI_GITLAB ? ", codequality.json" : "");
	}
	snprintf(path, sizeof(path), "%.4000s/summary.md", run_dir);
	if (rc == 0)
		rc = ci_append_page(kind, path, e);
	notes_done(&n);
	result_free(r);
	return rc;
}

void
ci_tell_error(enum ci_kind kind, const char *title, const char *text)
{
	struct note n = {.level = NOTE_ERROR};

	if (kind != CI_GITHUB)
		return;
	snprintf(n.title, sizeof(n.title), "%s", title);
	snprintf(n.text, sizeof(n.text), "%s", text);
	annotate(&n, "");
}
