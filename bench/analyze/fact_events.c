/* fact_events.c - what happened in a capture, as a bounded list in the order it was seen. */
#include "bench/analyze/fact_events.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
fact_event(struct fact_events *to, const struct fact_place *at, const char *protocol,
	const char *what, const char *fmt, ...)
{
	char text[FACT_TEXT_BYTES];
	struct fact_event *x;
	va_list args;

	if (to->n == FACT_EVENTS_MAX) {
		to->dropped++;
		return;
	}
	if (to->n == to->room) {
		size_t room = to->room == 0 ? 64 : 2 * to->room;

		x = realloc(to->event, room * sizeof(*x));
		if (x == NULL) {
			to->dropped++;
			return;
		}
		to->event = x;
		to->room = room;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	x = &to->event[to->n];
	*x = (struct fact_event){*at, protocol, what, strdup(text)};
	if (x->text == NULL)
		to->dropped++;
	else
		to->n++;
}

void
fact_events_done(struct fact_events *events)
{
	for (size_t i = 0; i < events->n; i++)
		free(events->event[i].text);
	free(events->event);
	*events = (struct fact_events){0};
}
