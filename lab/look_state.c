/* look_state.c - a lab as it is right now, put side by side with how it was. */
#include "lab/look_state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whom to tell of a change. */
struct teller {
	void (*change)(void *arg, struct wall at, const char *line);
	void *arg;
	struct wall at;
};

static void tell(const struct teller *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void
tell(const struct teller *to, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	to->change(to->arg, to->at, line);
}

const char *
look_site_name(const struct topology *t, int node)
{
	return node < 0		      ? "nobody"
		: t->nodes[node].site ? t->nodes[node].site
				      : t->nodes[node].name;
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "?";
}

void
look_service_state(const json_t *service, char *out, size_t size)
{
	const json_t *signal = json_object_get(service, "signal");
	const json_t *status = json_object_get(service, "status");

	if (signal != NULL)
		snprintf(out, size, "%s (signal %d)", text_of(service, "state"),
			(int)json_integer_value(signal));
	else if (status != NULL)
		snprintf(out, size, "%s (status %d)", text_of(service, "state"),
			(int)json_integer_value(status));
	else
		snprintf(out, size, "%s", text_of(service, "state"));
}

int
look_state_init(struct look_state *s, struct lab *lab, struct err *e)
{
	int rc;

	*s = (struct look_state){.lab = lab};
	rc = look_asker_new(lab, &s->asker, e);
	if (rc < 0)
		return rc;
	s->services = calloc(look_asker_paths(s->asker) + 1, sizeof(*s->services));
	return s->services == NULL ? err_set(e, ENOMEM, "out of memory") : 0;
}

void
look_state_done(struct look_state *s)
{
	survey_free(s->now);
	survey_free(s->last);
	free(s->faults);
	free(s->last_faults);
	free(s->services);
	look_asker_free(s->asker);
	*s = (struct look_state){0};
}

static void
compare_services(const struct look_state *s, const struct teller *to)
{
	json_t *node, *service;
	size_t i, k;

	json_array_foreach(json_object_get(s->now->services, "nodes"), i, node)
	{
		const json_t *was = json_object_get(
			json_array_get(json_object_get(s->last->services, "nodes"), i), "services");

		json_array_foreach(json_object_get(node, "services"), k, service)
		{
			const json_t *old = json_array_get(was, k);
			char state[64];

			if (strcmp(text_of(service, "state"), text_of(old, "state")) == 0)
				continue;
			look_service_state(service, state, sizeof(state));
			tell(to, "%s/%s: %s", text_of(node, "name"), text_of(service, "name"),
				state);
		}
	}
}

/* The same session at the last look; mostly at the same place of the list. */
static const struct survey_session *
find_session(const struct survey *in, const struct survey_session *row, size_t hint)
{
	for (size_t k = 0; k < in->sessions_len; k++) {
		const struct survey_session *c = &in->sessions[(hint + k) % in->sessions_len];

		if (c->node == row->node && c->service == row->service &&
			strcmp(c->session.peer, row->session.peer) == 0)
			return c;
	}
	return NULL;
}

static void
compare_sessions(const struct look_state *s, const struct teller *to)
{
	const struct topology *t = lab_topology(s->lab);

	for (size_t i = 0; i < s->now->sessions_len; i++) {
		const struct survey_session *row = &s->now->sessions[i];
		const struct survey_session *old = find_session(s->last, row, i);

		/* From one state of not being up to the next is no news. */
		if (old == NULL ? row->session.established
				: old->session.established == row->session.established)
			continue;
		tell(to, "BGP %s with %s: %s", t->nodes[row->node].name, row->session.peer,
			row->session.state);
	}
}

static void
compare_paths(struct look_state *s, const struct teller *to)
{
	const struct topology *t = lab_topology(s->lab);

	for (size_t i = 0; i < s->now->paths_len; i++) {
		const struct survey_path *p = &s->now->paths[i], *was = &s->last->paths[i];
		struct look_service *v = &s->services[i];
		int site = p->returned ? p->site : -1;

		if (site == v->site)
			continue;
		v->before = v->site;
		v->site = site;
		v->changed = s->at;
		tell(to, "%s %s: %s -> %s, round trip %.2f -> %.2f ms", t->cities[p->city].name,
			p->family == AF_INET ? "IPv4" : "IPv6", look_site_name(t, v->before),
			look_site_name(t, site), (double)was->rtt_ns / 1e6,
			(double)p->rtt_ns / 1e6);
	}
}

static void
compare_answers(struct look_state *s, const struct teller *to)
{
	const struct topology *t = lab_topology(s->lab);

	for (size_t i = 0; i < s->now->paths_len; i++) {
		const struct look_reply *r = look_asker_reply(s->asker, i);
		const struct survey_path *p = &s->now->paths[i];
		struct look_service *v = &s->services[i];

		if (r->answer == v->answer && strcmp(r->nsid, v->nsid) == 0)
			continue;
		/* Unanswered is unanswered, by silence or by an error. */
		if (v->answer != LOOK_UNASKED && (r->answer == LOOK_GOOD || v->answer == LOOK_GOOD))
			tell(to, "%s %s: %s%s%s", t->cities[p->city].name,
				p->family == AF_INET ? "IPv4" : "IPv6",
				r->answer == LOOK_GOOD ? "answered" : look_answer_name(r->answer),
				r->nsid[0] != '\0' ? " by " : "", r->nsid);
		v->answer = r->answer;
		snprintf(v->nsid, sizeof(v->nsid), "%s", r->nsid);
	}
}

static const struct look_fault *
find_fault(const struct look_fault *list, size_t len, size_t link)
{
	for (size_t i = 0; i < len; i++)
		if (list[i].link == link)
			return &list[i];
	return NULL;
}

static void
compare_faults(const struct look_state *s, const struct teller *to)
{
	const struct topology *t = lab_topology(s->lab);

	for (size_t i = 0; i < s->faults_len; i++) {
		const struct look_fault *f = &s->faults[i];
		const struct look_fault *old =
			find_fault(s->last_faults, s->last_faults_len, f->link);

		if (old == NULL || strcmp(old->text, f->text) != 0)
			tell(to, "link %s: %s", t->links[f->link].name, f->text);
	}
	for (size_t i = 0; i < s->last_faults_len; i++)
		if (find_fault(s->faults, s->faults_len, s->last_faults[i].link) == NULL)
			tell(to, "link %s: as it was", t->links[s->last_faults[i].link].name);
}

/* At the first look there is nothing to compare with: it is what later ones are compared with. */
static void
remember(struct look_state *s)
{
	for (size_t i = 0; i < s->now->paths_len; i++) {
		const struct look_reply *r = look_asker_reply(s->asker, i);
		struct look_service *v = &s->services[i];

		v->site = s->now->paths[i].returned ? s->now->paths[i].site : -1;
		v->answer = r->answer;
		snprintf(v->nsid, sizeof(v->nsid), "%s", r->nsid);
	}
}

int
look_state_take(struct look_state *s, int64_t patience_ns,
	void (*change)(void *arg, struct wall at, const char *line), void *arg, struct err *e)
{
	struct look_fault *faults = NULL;
	struct survey *now;
	size_t faults_len = 0;
	int rc;

	look_asker_send(s->asker);
	look_asker_gather(s->asker, mono_add(mono_now(), patience_ns));
	rc = survey_take(s->lab, &now, e);
	if (rc == 0 && (rc = look_faults_take(s->lab, &faults, &faults_len, e)) < 0)
		survey_free(now);
	if (rc < 0)
		return rc;
	survey_free(s->last);
	free(s->last_faults);
	s->last = s->now;
	s->now = now;
	s->last_faults = s->faults;
	s->last_faults_len = s->faults_len;
	s->faults = faults;
	s->faults_len = faults_len;
	s->at = wall_now();
	if (s->last == NULL) {
		remember(s);
	} else {
		struct teller to = {change, arg, s->at};

		compare_services(s, &to);
		compare_faults(s, &to);
		compare_sessions(s, &to);
		compare_answers(s, &to);
		compare_paths(s, &to);
	}
	return 0;
}

void
look_state_explain(const struct look_state *s, char *out, size_t size)
{
	survey_explain(s->lab, s->now, true, out, size);
	if (s->faults_len > 0 && survey_healthy(s->now, true))
		snprintf(out, size, "%zu %s at fault, all is served as expected", s->faults_len,
			s->faults_len == 1 ? "link" : "links");
}
