/* columns.c - a table written by columns: those in which no row has anything to say are left out. */
#include "reports/columns.h"

#include <string.h>

#include "reports/html.h"

static void
write_cell(struct buf *b, const struct column *c, const void *row)
{
	char text[SHOW_BYTES];
	double value;

	if (c->cell != NULL) {
		c->cell(b, row);
		return;
	}
	memcpy(&value, (const char *)row + c->offset, sizeof(value));
	html_text(b, c->show(value, text));
}

static bool
is_anything(struct buf *scratch, const struct column *c, const void *const rows[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		scratch->len = 0;
		buf_add(scratch, "");
		write_cell(scratch, c, rows[i]);
		if (scratch->len > 0 && !scratch->failed && strcmp(scratch->data, SHOW_NONE) != 0)
			return true;
	}
	return scratch->failed;
}

void
columns_table(struct buf *b, const char *caption, const struct column columns[], size_t n,
	const void *const rows[], size_t n_rows)
{
	struct buf scratch = {0};
	const struct column *shown[32];
	size_t n_shown = 0;

	for (size_t c = 0; c < n && n_shown < sizeof(shown) / sizeof(shown[0]); c++)
		if (c == 0 || is_anything(&scratch, &columns[c], rows, n_rows))
			shown[n_shown++] = &columns[c];
	b->failed |= scratch.failed;
	buf_done(&scratch);
	html_table(b, caption);
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t c = 0; c < n_shown; c++)
		(shown[c]->cell == NULL ? html_col_num : html_col)(b, shown[c]->name);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < n_rows; i++) {
		html_row(b);
		for (size_t c = 0; c < n_shown; c++) {
			buf_add(b,
				c == 0				 ? "<th scope=\"row\">"
					: shown[c]->cell == NULL ? "<td class=\"n\">"
								 : "<td>");
			write_cell(b, shown[c], rows[i]);
			buf_add(b, c == 0 ? "</th>" : "</td>");
		}
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
}
