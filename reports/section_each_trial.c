/* section_each_trial.c - every trial with a section of its own: what happened, when, and the files that show it. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

/* Beyond, a trial has its figures and links, but no picture: gnuplot takes its time, the page its bytes. */
#define DRAWN_MAX 30

static int
is_capture(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot != NULL && (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0);
}

static void
captures(struct buf *b, const struct result *r, const struct trial *t)
{
	struct dirent **list = NULL;
	char path[PATH_MAX], file[600];
	int n;

	if (t->dir == NULL ||
		snprintf(path, sizeof(path), "%s/%s/captures", r->dir, t->dir) >= (int)sizeof(path))
		return;
	n = scandir(path, &list, is_capture, alphasort);
	if (n > 0) {
		html_raw(b, "<details><summary>");
		html_textf(b, "%d captures of trial %d", n, t->number);
		html_raw(b, "</summary><ul>");
		for (int i = 0; i < n; i++) {
			snprintf(file, sizeof(file), "%.200s/captures/%.255s", t->dir,
				list[i]->d_name);
			html_raw(b, "<li>");
			html_link_as(b, file, list[i]->d_name);
			html_raw(b, "</li>");
		}
		html_raw(b, "</ul></details>\n");
	}
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static void
one_file(struct buf *b, const struct result *r, const struct trial *t, const char *name)
{
	char file[400], path[PATH_MAX];
	FILE *f;

	snprintf(file, sizeof(file), "%.200s/%s", t->dir, name);
	if (snprintf(path, sizeof(path), "%s/%s", r->dir, file) >= (int)sizeof(path))
		return;
	f = fopen(path, "re");
	if (f == NULL)
		return;
	fclose(f);
	html_raw(b, " · ");
	html_link_as(b, file, name);
}

static void
figures(struct buf *b, const struct trial *t)
{
	double withdraw_ms = family_worst(t->withdraw_ms);
	char text[SHOW_BYTES];
	const char *between = "";

	html_raw(b, "<p>");
	if (!isnan(withdraw_ms)) {
		html_textf(b, "withdrawn %s", show_ms(withdraw_ms, text));
		between = " · ";
	}
	if (!isnan(t->first_good_ms.max)) {
		html_textf(b, "%sfirst good answer at worst %s", between,
			show_ms(t->first_good_ms.max, text));
		between = " · ";
	}
	if (!isnan(t->loss_ms.max)) {
		html_textf(b, "%sa stream lost at most %s", between, show_ms(t->loss_ms.max, text));
		between = " · ";
	}
	if (!isnan(t->restore_unanswered))
		html_textf(b, "%s%s lost at the return", between,
			show_count(t->restore_unanswered, text));
	html_raw(b, "</p>\n");
}

static int
trial_section(struct buf *b, const struct scene *scene, bool is_drawn, struct err *e)
{
	const struct trial *t = scene->trial;
	char title[256];
	int rc = 0;

	plot_trial_says(scene->result, t, title, sizeof(title));
	buf_addf(b, "<section id=\"trial-%03d\"><h3>", t->number);
	html_text(b, title);
	html_raw(b, "</h3>\n");
	if (!t->valid) {
		html_raw(b, "<p class=\"no\">✗ not counted");
		for (size_t i = 0; i < t->n_invalid_because; i++)
			html_textf(b, "%s %s", i == 0 ? ":" : ";", t->invalid_because[i]);
		html_raw(b, "</p>\n");
	}
	if (is_drawn)
		rc = plot_trial(b, scene, e);
	figures(b, t);
	if (t->dir != NULL) {
		html_raw(b, "<p>");
		html_link(b, t->dir);
		one_file(b, scene->result, t, "events.jsonl");
		one_file(b, scene->result, t, "answers");
		one_file(b, scene->result, t, "routes.jsonl");
		html_raw(b, "</p>\n");
		captures(b, scene->result, t);
	}
	html_raw(b, "</section>\n");
	return rc;
}

int
section_each_trial(struct buf *b, const struct scene *s, struct err *e)
{
	const struct result *r = s->result;
	int rc = 0;

	if (r->n_trials == 0)
		return 0;
	html_raw(b, "<div class=\"trials\">\n");
	for (size_t i = 0; i < r->n_trials && rc == 0; i++) {
		struct scene one = {r, s->palette, &r->trial[i]};

		rc = trial_section(b, &one, i < DRAWN_MAX, e);
	}
	html_raw(b, "</div>\n");
	return rc;
}
