/* matrix.c - a matrix of runs, side by side: on a terminal, as JSON, as a page and as Markdown. */
#include "reports/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "reports/html.h"
#include "reports/markdown.h"
#include "reports/matrix_read.h"
#include "reports/verdict.h"

enum { WIDEST = 44 }; /* columns of a terminal that a cell takes */

/* ---- text: a block a line where it does not fit beside ---- */

static size_t
shown_width(const char *text)
{
	size_t n = 0;

	for (const char *at = text; *at != '\0'; at++)
		n += ((unsigned char)*at & 0xc0) != 0x80;
	return n;
}

static void
padded(FILE *to, const char *text, size_t width)
{
	size_t have = shown_width(text);

	fputs(text, to);
	for (; have < width; have++)
		putc(' ', to);
}

static void
text_row(FILE *to, const struct matrix_doc *d, const char *name, const size_t *widths,
	const char *(*cell)(const struct matrix_doc *, size_t, size_t), size_t line)
{
	padded(to, name, widths[0]);
	for (size_t i = 0; i < d->n_columns; i++) {
		const char *text = cell(d, line, i);

		fputs("  ", to);
		padded(to, text[0] == '\0' ? "-" : text, i + 1 < d->n_columns ? widths[i + 1] : 0);
	}
	putc('\n', to);
}

static const char *
name_at(const struct matrix_doc *d, size_t line, size_t column)
{
	(void)line;
	return d->columns[column].name;
}

static const char *
cell_at(const struct matrix_doc *d, size_t line, size_t column)
{
	return d->lines[line].cells[column];
}

static void
as_text(const struct matrix_doc *d, FILE *to)
{
	size_t widths[MATRIX_COLUMNS + 1] = {0};
	char say[400];

	matrix_say(d, say, sizeof(say));
	fprintf(to, "%s\n\n", say);
	for (size_t l = 0; l < d->n_lines; l++) {
		size_t have = shown_width(d->lines[l].name);

		widths[0] = have > widths[0] ? have : widths[0];
		for (size_t i = 0; i < d->n_columns; i++) {
			have = shown_width(d->lines[l].cells[i]);
			have = have > WIDEST ? WIDEST : have;
			widths[i + 1] = have > widths[i + 1] ? have : widths[i + 1];
		}
	}
	for (size_t i = 0; i < d->n_columns; i++)
		if (shown_width(d->columns[i].name) > widths[i + 1])
			widths[i + 1] = shown_width(d->columns[i].name);
	text_row(to, d, "", widths, name_at, 0);
	for (size_t l = 0; l < d->n_lines; l++)
		text_row(to, d, d->lines[l].name, widths, cell_at, l);
}

/* ---- Markdown ---- */

static void
as_markdown(const struct matrix_doc *d, struct buf *b)
{
	const char *cells[MATRIX_COLUMNS + 1] = {""};
	char say[400];

	matrix_say(d, say, sizeof(say));
	buf_add(b, "## ");
	markdown_text(b, say);
	buf_add(b, "\n\n");
	for (size_t i = 0; i < d->n_columns; i++)
		cells[i + 1] = d->columns[i].name;
	markdown_head(b, cells, d->n_columns + 1, d->n_columns + 1);
	for (size_t l = 0; l < d->n_lines; l++) {
		cells[0] = d->lines[l].name;
		for (size_t i = 0; i < d->n_columns; i++)
			cells[i + 1] = d->lines[l].cells[i];
		markdown_row(b, cells, d->n_columns + 1);
	}
	buf_add(b, "\n");
}

/* ---- the page ---- */

static const char css[] =
	"tr.differs td{font-weight:600}td{vertical-align:top}th[scope=row]{font-weight:400;"
	"overflow-wrap:anywhere}\n";

static void
reports_row(struct buf *b, const struct matrix_doc *d)
{
	html_row(b);
	html_rowhead(b, "report");
	for (size_t i = 0; i < d->n_columns; i++) {
		char path[NAME_MAX + 32];

		html_raw(b, "<td>");
		if (d->columns[i].run != NULL) {
			snprintf(path, sizeof(path), "%.250s/report.html", d->columns[i].dir);
			html_link_as(b, path, "report");
		}
		html_raw(b, "</td>");
	}
	html_row_end(b);
}

static void
command(struct buf *b, const struct matrix_doc *d)
{
	json_t *word;
	size_t i;

	html_raw(b, "<p>The command that does it again:</p>\n<pre><code>");
	json_array_foreach(json_object_get(d->root, "command"), i, word)
	{
		html_textf(b, "%s%s", i == 0 ? "" : " ",
			json_is_string(word) ? json_string_value(word) : "?");
	}
	html_raw(b, "</code></pre>\n");
}

/* A verdict has its sign, as on every page; so has what a run came to. */
static void
page_cell(struct buf *b, const char *cell)
{
	bool is_good = strcmp(cell, MATRIX_AS_EXPECTED) == 0;
	enum target_verdict v = is_good ? TARGET_MET : TARGET_MISSED;

	if (is_good || strcmp(cell, MATRIX_NOT_AS_EXPECTED) == 0) {
		buf_addf(b, "<td><span class=\"%s\">%s %s</span></td>", verdict_class(v),
			verdict_sign(v), cell);
		return;
	}
	if (!matrix_verdict_at(cell, &v)) {
		html_cell(b, cell);
		return;
	}
	buf_addf(b, "<td><span class=\"%s\">%s %s</span>", verdict_class(v), verdict_sign(v),
		verdict_word(v));
	html_text(b, cell + strlen(verdict_word(v)));
	html_raw(b, "</td>");
}

static void
as_page(const struct matrix_doc *d, struct buf *b)
{
	char say[400];

	matrix_say(d, say, sizeof(say));
	html_page(b, say, css);
	html_raw(b, "<h1>");
	html_text(b, say);
	html_raw(b,
		"</h1>\n<p>Each cell had a lab of its own, one after the other on the same "
		"machine. "
		"Bold: what is not the same in all of them, and figures whose ranges do not meet. "
		"A "
		"difference between two daemons is shown here, no gate judges it.</p>\n");
	html_table(b, "What each cell gave");
	html_raw(b, "<thead><tr>");
	html_col(b, "");
	for (size_t i = 0; i < d->n_columns; i++)
		html_col(b, d->columns[i].name);
	html_raw(b, "</tr></thead>\n<tbody>\n");
	for (size_t l = 0; l < d->n_lines; l++) {
		if (d->lines[l].differs)
			html_raw(b, "<tr class=\"differs\">");
		else
			html_raw(b, "<tr>");
		html_rowhead(b, d->lines[l].name);
		for (size_t i = 0; i < d->n_columns; i++)
			page_cell(b, d->lines[l].cells[i]);
		html_row_end(b);
	}
	reports_row(b, d);
	html_table_end(b);
	command(b, d);
	html_raw(b, "</main></body></html>\n");
}

static int
write_into(const char *dir, const char *name, const struct buf *b, struct err *e)
{
	char path[PATH_MAX];
	int rc = buf_check(b, e);

	snprintf(path, sizeof(path), "%.4000s/%s", dir, name);
	return rc < 0 ? rc : fs_write(path, b->data, b->len, e);
}

int
report_matrix(const char *dir, bool as_json, FILE *to, struct err *e)
{
	struct buf page = {0}, digest = {0};
	struct matrix_doc *d = NULL;
	int rc = matrix_read(dir, &d, e);

	if (rc == 0) {
		as_page(d, &page);
		as_markdown(d, &digest);
		rc = write_into(dir, "matrix.html", &page, e);
	}
	if (rc == 0)
		rc = write_into(dir, "summary.md", &digest, e);
	if (rc == 0 && as_json) {
		json_t *root = matrix_as_json(d);

		json_dumpf(root, to, JSON_INDENT(1));
		putc('\n', to);
		json_decref(root);
	} else if (rc == 0) {
		as_text(d, to);
	}
	buf_done(&page);
	buf_done(&digest);
	matrix_free(d);
	return rc;
}
