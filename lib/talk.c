/* talk.c - what is said to people on stderr: one line each, never data. */
#include "lib/talk.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/colour.h"
#include "lib/num.h"

enum { LINE_BYTES = 2048, LIVE_BYTES = 512, PART_BYTES = 120, COLUMNS_DEFAULT = 80 };
#define LIVE_NS	     (200 * NS_PER_MS)
#define HEARTBEAT_NS (30 * NS_PER_S)

static bool live_shown;
static struct mono live_last, said_last;
static char subject[PART_BYTES], figure[PART_BYTES];
static struct mono expected;

/* For the signal's handler: what is going on, in the one of two that is not being written. */
static char status[2][LIVE_BYTES];
static volatile sig_atomic_t status_at;
static char answer_name[64];
static struct mono answer_since;

/* The verdict at the beginning of a line, with its colour: green, red, yellow, faint. */
static const char *
tone_of(const char *line, size_t *ret_len)
{
	static const struct {
		const char *word, *tone;
	} words[] = {{"met", "32"}, {"good", "32"}, {"pass", "32"}, {"missed", "1;31"},
		{"refuted", "1;31"}, {"not held", "1;31"}, {"fail", "1;31"}, {"invalid", "33"},
		{"inconclusive", "33"}, {"not judged", "2"}, {"modelled", "2"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(line, words[i].word, n) == 0 && (line[n] == ' ' || line[n] == ':')) {
			*ret_len = n;
			return words[i].tone;
		}
	}
	return NULL;
}

void
talk_clear(void)
{
	if (live_shown)
		fputs("\r\033[K", stderr);
	live_shown = false;
}

static void
say_line(const char *prefix, const char *line)
{
	size_t n = 0;
	const char *tone = prefix[0] == '\0' && colour_on(STDERR_FILENO) ? tone_of(line, &n) : NULL;

	talk_clear();
	said_last = mono_now();
	if (tone != NULL)
		fprintf(stderr, "\033[%sm%.*s\033[0m%s\n", tone, (int)n, line, line + n);
	else
		fprintf(stderr, "%s%s\n", prefix, line);
}

__attribute__((format(printf, 2, 0))) static void
say(const char *prefix, const char *fmt, va_list ap)
{
	char line[LINE_BYTES];

	vsnprintf(line, sizeof(line), fmt, ap);
	say_line(prefix, line);
}

void
talk_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("catchment: ", fmt, ap);
	va_end(ap);
}

void
talk_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("catchment: ", fmt, ap);
	va_end(ap);
}

void
talk_step(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

void
talk_subject(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(subject, sizeof(subject), fmt, ap);
	va_end(ap);
}

void
talk_figure(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(figure, sizeof(figure), fmt, ap);
	va_end(ap);
}

void
talk_expect(struct mono end)
{
	expected = end;
}

/* The whole of it, where SIGUSR1 finds it as well. */
static const char *
compose(const char *text, struct mono now)
{
	int next = !status_at;
	double left_s = (double)mono_diff_ns(expected, now) / 1e9;
	char left[48] = "";

	if (expected.ns != 0 && left_s > 0)
		snprintf(left, sizeof(left),
			left_s < 90 ? "; about %.0f s left" : "; about %.0f min left",
			left_s < 90 ? left_s : ceil(left_s / 60));
	snprintf(status[next], LIVE_BYTES, "%.119s%s%.200s%s%.119s%s", subject,
		subject[0] ? ", " : "", text, figure[0] ? "; " : "", figure, left);
	status_at = next;
	return status[next];
}

/* As many bytes of UTF-8 as fit into the terminal's line, the last column left free. */
static int
fitting(const char *line)
{
	struct winsize size;
	int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1
		? size.ws_col
		: COLUMNS_DEFAULT;
	const char *p = line;

	for (int n = 1; *p != '\0' && n < columns; n++)
		do
			p++;
		while (((unsigned char)*p & 0xc0) == 0x80);
	return (int)(p - line);
}

static int64_t
heartbeat_ns(void)
{
	static int64_t every_ns;
	const char *text = getenv("CATCHMENT_HEARTBEAT");

	if (every_ns == 0 &&
		(text == NULL || num_duration_ns(text, &every_ns) < 0 || every_ns < NS_PER_MS))
		every_ns = HEARTBEAT_NS;
	return every_ns;
}

void
talk_live(const char *fmt, ...)
{
	struct mono now = mono_now();
	const char *line;
	char text[LIVE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line = compose(text, now);
	if (!isatty(STDERR_FILENO)) {
		if (said_last.ns == 0)
			said_last = now;
		if (mono_diff_ns(now, said_last) >= heartbeat_ns())
			say_line("... ", line);
		return;
	}
	if (live_shown && mono_diff_ns(now, live_last) < LIVE_NS)
		return;
	fprintf(stderr, "\r\033[K%.*s", fitting(line), line);
	live_shown = true;
	live_last = now;
}

/* ---- SIGUSR1 ---- */

static size_t
put(char *out, size_t at, const char *text)
{
	for (; *text != '\0' && at < LIVE_BYTES + 126; at++)
		out[at] = *text++;
	return at;
}

/* Async-signal-safe: no locks, no stdio. A live line is left where it is, the next one follows below. */
static void
answer(int signal)
{
	char out[LIVE_BYTES + 128], digits[24];
	int64_t s = mono_diff_ns(mono_now(), answer_since) / NS_PER_S;
	size_t at = 0, n = sizeof(digits) - 1;
	int was = errno;

	(void)signal;
	digits[n] = '\0';
	do
		digits[--n] = (char)('0' + s % 10);
	while ((s /= 10) > 0 && n > 0);
	at = put(out, at, live_shown ? "\n" : "");
	at = put(out, at, answer_name);
	at = put(out, at, ": for ");
	at = put(out, at, digits + n);
	at = put(out, at, " s");
	at = put(out, at, status[status_at][0] != '\0' ? ": " : "");
	at = put(out, at, status[status_at]);
	at = put(out, at, "\n");
	if (write(STDERR_FILENO, out, at) < 0)
		errno = was; /* nobody to tell */
	errno = was;
}

void
talk_answer(const char *name)
{
	struct sigaction old, act = {.sa_handler = answer, .sa_flags = SA_RESTART};

	snprintf(answer_name, sizeof(answer_name), "%s", name);
	answer_since = mono_now();
	if (sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		sigaction(SIGUSR1, &act, NULL);
}
