/* gnuplot.c - a gnuplot script in, an SVG out: one child process, bounded in time, its complaints kept. */
#include "reports/gnuplot.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/mono.h"

#define OUTPUT_MAX (64U << 20)

struct child_files {
	int in, out, err;
};

static void
files_done(struct child_files *f)
{
	if (f->in >= 0)
		close(f->in);
	if (f->out >= 0)
		close(f->out);
	if (f->err >= 0)
		close(f->err);
}

/* Memory files rather than pipes: nobody has to read while the child writes. */
static int
files_open(struct child_files *f, const char *script, struct err *e)
{
	size_t len = strlen(script);

	f->in = memfd_create("gnuplot-script", MFD_CLOEXEC);
	f->out = memfd_create("gnuplot-svg", MFD_CLOEXEC);
	f->err = memfd_create("gnuplot-stderr", MFD_CLOEXEC);
	if (f->in < 0 || f->out < 0 || f->err < 0)
		return err_sys(e, errno, "memory for gnuplot");
	for (size_t done = 0; done < len;) {
		ssize_t n = write(f->in, script + done, len - done);

		if (n < 0)
			return err_sys(e, errno, "memory for gnuplot");
		done += (size_t)n;
	}
	if (lseek(f->in, 0, SEEK_SET) < 0)
		return err_sys(e, errno, "memory for gnuplot");
	return 0;
}

static int
file_text(int fd, char **ret, struct err *e)
{
	struct stat st;
	char *text;
	size_t done = 0;

	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "output of gnuplot");
	if (st.st_size > OUTPUT_MAX)
		return err_set(e, EFBIG, "output of gnuplot: larger than %u bytes", OUTPUT_MAX);
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return err_sys(e, ENOMEM, "output of gnuplot");
	while (done < (size_t)st.st_size) {
		ssize_t n = pread(fd, text + done, (size_t)st.st_size - done, (off_t)done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	text[done] = '\0';
	*ret = text;
	return 0;
}

static int
spawn(const struct child_files *f, pid_t *ret_pid, struct err *e)
{
	char name[] = "gnuplot", defaults[] = "-d";
	char *argv[] = {name, defaults, NULL};
	posix_spawn_file_actions_t actions;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, f->in, 0);
	posix_spawn_file_actions_adddup2(&actions, f->out, 1);
	posix_spawn_file_actions_adddup2(&actions, f->err, 2);
	rc = posix_spawnp(ret_pid, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc == ENOENT)
		return err_set(e, ENOPKG,
			"gnuplot is not installed, so the report's plots cannot be drawn: apt-get "
			"install "
			"gnuplot-nox");
	return rc == 0 ? 0 : err_sys(e, rc, "gnuplot");
}

/* Wait for the end of the child, or make it end. Returns its wait status or -ETIMEDOUT. */
static int
wait_for(pid_t pid, int deadline_ms, int *ret_status, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), deadline_ms * NS_PER_MS);
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), rc = 0;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int ready = 0;

	if (fd < 0)
		rc = err_sys(e, errno, "gnuplot: pidfd_open");
	while (rc == 0 && ready == 0) {
		ready = poll(&p, 1, mono_left_ms(deadline));
		if (ready < 0 && errno == EINTR)
			ready = 0;
		else if (ready < 0)
			rc = err_sys(e, errno, "gnuplot: poll");
		if (ready == 0 && mono_left_ms(deadline) == 0)
			rc = err_set(
				e, ETIMEDOUT, "gnuplot did not finish within %d ms", deadline_ms);
	}
	if (rc < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
		;
	if (fd >= 0)
		close(fd);
	return rc;
}

/* What gnuplot said, on one line: its caret lines and blanks squeezed. */
static void
one_line(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		char c = *from == '\n' || *from == '\t' || *from == '\r' ? ' ' : *from;

		if (c != ' ' || (to > text && to[-1] != ' '))
			*to++ = c;
	}
	*to = '\0';
}

int
gnuplot_svg(const char *script, int deadline_ms, char **ret_svg, struct err *e)
{
	struct child_files f = {-1, -1, -1};
	char *svg = NULL, *said = NULL;
	int status = 0;
	pid_t pid = -1;
	int rc = files_open(&f, script, e);

	if (rc == 0)
		rc = spawn(&f, &pid, e);
	if (rc == 0)
		rc = wait_for(pid, deadline_ms, &status, e);
	if (rc == 0)
		rc = file_text(f.err, &said, e);
	if (rc == 0)
		rc = file_text(f.out, &svg, e);
	if (rc == 0 && (status != 0 || strstr(svg, "</svg>") == NULL)) {
		one_line(said);
		rc = err_set(e, EIO, "gnuplot failed (%s %d): %.600s",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
			said[0] == '\0' ? "it said nothing" : said);
	}
	files_done(&f);
	free(said);
	if (rc < 0)
		free(svg);
	else
		*ret_svg = svg;
	return rc;
}
