/* front.c - runs/index.html: all runs, the latest first, each with its verdict and its report. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "reports/history/front.h"
#include "reports/history/tell.h"
#include "reports/html.h"
#include "reports/show.h"

enum { FRONT_RUNS = 2000, FOUND = 300 };

/* On a narrow page each run is a block: scenario and verdict, when and how many trials, what was found. */
static const char css[] =
	"td.d,th.d{white-space:nowrap}td.w{min-width:14rem}"
	"tr.old td,tr.old th{color:var(--mute)}\n"
	"@media screen and (max-width:44rem){thead{display:none}table,caption,tbody{display:block}"
	"tr{display:grid;grid-template-columns:auto 1fr auto;column-gap:.6rem;padding:.3rem 0;"
	"border-bottom:1px solid var(--grid)}th,td{border:0;padding:.05rem 0;min-width:0}"
	"tr>th[scope=row]{grid-area:1/1/2/3;white-space:normal;overflow-wrap:anywhere}"
	"td.v{grid-area:1/3;text-align:right}td.d{grid-area:2/1}td:nth-child(3){grid-area:2/"
	"2}td.n{grid-area:2/3}"
	"td.n:after{content:\" valid\"}td.w{grid-area:3/1/4/4;min-width:0}}\n";

static bool
exists(const struct history *h, const char *dir, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s/%s", h->base, dir, name) < PATH_MAX &&
		access(path, F_OK) == 0;
}

static void
linked(struct buf *b, const struct history *h, const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];

	if (!exists(h, dir, name) || snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MAX)
		html_text(b, text);
	else
		html_link_as(b, path, text);
}

/* What has no report is told as such instead of being linked. */
static void
found_cell(struct buf *b, const struct history_run *r)
{
	html_raw(b, "<td class=\"w\">");
	html_textf(b, "%.*s", FOUND, r->found);
	if (strlen(r->found) > FOUND)
		html_text(b, "…");
	if (r->trials > r->valid && r->valid > 0)
		html_textf(b, " · %lld of %lld trials invalid", (long long)(r->trials - r->valid),
			(long long)r->trials);
	if (r->gate != NULL && !history_gate_failed(r))
		html_textf(b, " · gate: %s", r->gate);
	html_raw(b, "</td>");
}

static void
run_row(struct buf *b, const struct history *h, const struct history_run *r)
{
	char when[24], trials[SHOW_BYTES];

	html_raw(b, "<tr><td class=\"d\">");
	html_text(b, history_show_time(r->began_ns, when));
	html_raw(b, "</td><th scope=\"row\">");
	linked(b, h, r->dir, "report.html", r->scenario[0] != '\0' ? r->scenario : r->dir);
	html_raw(b, "</th>");
	html_cell(b, r->variant[0] != '\0' ? r->variant : SHOW_NONE);
	buf_addf(b, "<td class=\"v %s\">", history_run_class(r));
	html_textf(b, "%s %s", history_run_sign(r), history_run_word(r));
	html_raw(b, "</td>");
	snprintf(trials, sizeof(trials), "%lld of %lld", (long long)r->valid, (long long)r->trials);
	html_num(b, trials);
	found_cell(b, r);
	html_raw(b, "</tr>\n");
}

/* Batches and sweeps have pages of their own; each is told once. */
static bool
batch_of(const struct history_run *r, char out[static PATH_MAX])
{
	const char *slash = strchr(r->dir, '/');

	if (slash == NULL)
		return false;
	snprintf(out, PATH_MAX, "%.*s", (int)(slash - r->dir), r->dir);
	return true;
}

static void
batches(struct buf *b, const struct history *h)
{
	char dir[PATH_MAX], last[PATH_MAX] = "";
	size_t n = 0;

	for (size_t i = h->n; i-- > 0;) {
		const char *page;

		if (!batch_of(&h->runs[i], dir) || strcmp(dir, last) == 0)
			continue;
		snprintf(last, sizeof(last), "%s", dir);
		page = exists(h, dir, "summary.html")	? "summary.html"
			: exists(h, dir, "sweep.html")	? "sweep.html"
			: exists(h, dir, "matrix.html") ? "matrix.html"
							: NULL;
		if (page == NULL)
			continue;
		buf_add(b, n++ == 0 ? "<p>Together: " : ", ");
		linked(b, h, dir, page, dir);
	}
	if (n > 0)
		html_raw(b, "</p>\n");
}

static void
counts(struct buf *b, const struct history *h)
{
	size_t n[HISTORY_STATES] = {0}, failed = 0;
	const char *before = "";

	for (size_t i = 0; i < h->n; i++)
		if (history_gate_failed(&h->runs[i]))
			failed++;
		else
			n[h->runs[i].state]++;
	if (failed > 0) {
		html_textf(b, "%zu gate failed", failed);
		before = ", ";
	}
	for (int i = 0; i < HISTORY_STATES; i++) {
		if (n[i] == 0)
			continue;
		html_textf(b, "%s%zu %s", before, n[i], history_word((enum history_state)i));
		before = ", ";
	}
	html_text(b, h->n > 0 ? "." : "No run yet.");
}

static void
table(struct buf *b, const struct history *h)
{
	static const char *const names[] = {
		"Began (UTC)", "Scenario", "Variant", "Verdict", "Valid trials", "Found"};

	html_table(b,
		"The latest first. Missed: a documented target; broken: an expectation of the "
		"scenario, or a lab that was not as before after a trial; gate failed: slower than "
		"its baseline; inconclusive: no trial that "
		"counts, or an instrument off its limits");
	html_columns(b, names, 6, 6);
	for (size_t i = h->n; i-- > 0 && h->n - i <= FRONT_RUNS;)
		run_row(b, h, &h->runs[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
	if (h->n > FRONT_RUNS)
		html_textf(b, "%zu older ones are not shown; 'catchment history' lists them.",
			h->n - FRONT_RUNS);
}

int
history_front(const struct history *h, struct err *e)
{
	char path[PATH_MAX];
	struct buf b = {0};
	int rc;

	html_page(&b, "Runs", css);
	html_raw(&b, "<header><p class=\"meta\">catchment</p>\n<h1>");
	html_textf(&b, "%zu run%s", h->n, h->n == 1 ? "" : "s");
	html_raw(&b, "</h1>\n<p>");
	counts(&b, h);
	html_raw(&b, "</p>\n");
	batches(&b, h);
	html_raw(&b, "</header>\n");
	if (h->n > 0)
		table(&b, h);
	html_raw(&b, "</main>\n</body></html>\n");
	rc = buf_check(&b, e);
	if (rc == 0 && snprintf(path, sizeof(path), "%s/index.html", h->base) >= PATH_MAX)
		rc = err_set(e, ENAMETOOLONG, "%s: path too long", h->base);
	if (rc == 0)
		rc = fs_write(path, b.data, b.len, e);
	buf_done(&b);
	return rc;
}

int
history_note(const char *out, struct err *e)
{
	static const char *const batches_have[] = {"all.json", "sweep.json", "matrix.json"};
	char path[PATH_MAX];
	struct history *h = NULL;
	int rc = 0;

	snprintf(path, sizeof(path), "%.2000s", out);
	for (size_t i = 0; i < sizeof(batches_have) / sizeof(batches_have[0]); i++) {
		char file[PATH_MAX];

		snprintf(file, sizeof(file), "%.2000s/%s", out, batches_have[i]);
		if (access(file, F_OK) == 0)
			snprintf(path, sizeof(path), "%.2000s/..", out);
	}
	rc = history_open(path, &h, e);
	if (rc == 0)
		rc = history_front(h, e);
	history_free(h);
	return rc;
}
