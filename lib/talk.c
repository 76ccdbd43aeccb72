/* talk.c - what is said to people on stderr: one line each, never data. */
#include "lib/talk.h"

#include "lib/mono.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool live_shown;
static struct mono live_last;

void
talk_clear(void)
{
	if (live_shown)
		fputs("\r\033[K", stderr);
	live_shown = false;
}

__attribute__((format(printf, 2, 0))) static void
say(const char *prefix, const char *fmt, va_list ap)
{
	char line[2048];

	vsnprintf(line, sizeof(line), fmt, ap);
	talk_clear();
	fprintf(stderr, "%s%s\n", prefix, line);
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
talk_live(const char *fmt, ...)
{
	struct mono now = mono_now();
	char line[160];
	va_list ap;

	if (!isatty(STDERR_FILENO) ||
		(live_shown && mono_diff_ns(now, live_last) < 200 * NS_PER_MS))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r\033[K%s", line);
	live_shown = true;
	live_last = now;
}
