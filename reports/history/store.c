/* store.c - the index of runs as an SQLite file: written whole, read whole, never trusted. */
#include "reports/history/store.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* SQLite's steps are counted in rounds. A row is twenty bytes or more and some twenty steps: so many a byte are ample. */
enum { ROUND_STEPS = 10000, STEPS_PER_BYTE = 20, LEAST_ROUNDS = 50, MAX_TEXT_BYTES = 1 << 20 };

static const char tables[] =
	"CREATE TABLE about (schema INTEGER NOT NULL, program TEXT NOT NULL);"
	"CREATE TABLE run (dir TEXT PRIMARY KEY, stamp TEXT NOT NULL, id TEXT NOT NULL,"
	" scenario TEXT NOT NULL, title TEXT NOT NULL, variant TEXT NOT NULL, found TEXT NOT NULL,"
	" gate TEXT, began_ns INTEGER NOT NULL, trials INTEGER NOT NULL, valid_trials INTEGER NOT "
	"NULL,"
	" verdict TEXT NOT NULL, swept INTEGER NOT NULL);"
	"CREATE TABLE metric (dir TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL, n REAL,"
	" missing REAL, p50 REAL, min REAL, max REAL, PRIMARY KEY (dir, name));"
	"CREATE TABLE fact (dir TEXT NOT NULL, what TEXT NOT NULL, value TEXT NOT NULL,"
	" PRIMARY KEY (dir, what));"
	"BEGIN;";

/* ---- reading ---- */

static int
damaged(struct err *e, sqlite3 *db)
{
	return err_set(
		e, EBADMSG, "it is damaged: %s", db != NULL ? sqlite3_errmsg(db) : "not opened");
}

/* A copy of a column's text; NULL where it is NULL or there is no memory. */
static char *
text_of(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text != NULL ? strdup((const char *)text) : NULL;
}

static double
real_of(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? (double)NAN
							     : sqlite3_column_double(s, column);
}

static int
check_about(sqlite3 *db, const char *program, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int rc = -EBADMSG;

	if (sqlite3_prepare_v2(db, "SELECT schema, program FROM about", -1, &s, NULL) ==
			SQLITE_OK &&
		sqlite3_step(s) == SQLITE_ROW) {
		const unsigned char *by = sqlite3_column_text(s, 1);

		rc = sqlite3_column_int(s, 0) == STORE_SCHEMA && by != NULL &&
				strcmp((const char *)by, program) == 0
			? 0
			: -ESTALE;
	}
	if (rc == -ESTALE)
		err_set(e, ESTALE, "another version of catchment wrote it");
	else if (rc < 0)
		damaged(e, db);
	sqlite3_finalize(s);
	return rc;
}

static enum history_state
state_of(sqlite3_stmt *s, int column)
{
	const unsigned char *word = sqlite3_column_text(s, column);

	for (int i = 0; i < HISTORY_STATES && word != NULL; i++)
		if (strcmp((const char *)word, history_word((enum history_state)i)) == 0)
			return (enum history_state)i;
	return HISTORY_STATES;
}

static int
read_run(sqlite3_stmt *s, struct history *h)
{
	struct history_run r = {.dir = text_of(s, 0),
		.stamp = text_of(s, 1),
		.id = text_of(s, 2),
		.scenario = text_of(s, 3),
		.title = text_of(s, 4),
		.variant = text_of(s, 5),
		.found = text_of(s, 6),
		.gate = text_of(s, 7),
		.began_ns = sqlite3_column_int64(s, 8),
		.trials = sqlite3_column_int64(s, 9),
		.valid = sqlite3_column_int64(s, 10),
		.state = state_of(s, 11),
		.swept = sqlite3_column_int(s, 12) != 0};
	int rc = -EBADMSG;

	if (r.dir != NULL && r.stamp != NULL && r.id != NULL && r.scenario != NULL &&
		r.title != NULL && r.variant != NULL && r.found != NULL &&
		r.state != HISTORY_STATES && h->n < HISTORY_RUNS)
		rc = history_add(h, &r);
	if (rc < 0)
		history_run_done(&r);
	return rc;
}

static int
read_metric(sqlite3_stmt *s, struct history_run *r)
{
	struct history_metric m = {.name = (char *)(uintptr_t)sqlite3_column_text(s, 1),
		.unit = (char *)(uintptr_t)sqlite3_column_text(s, 2),
		.n = real_of(s, 3),
		.missing = real_of(s, 4),
		.p50 = real_of(s, 5),
		.min = real_of(s, 6),
		.max = real_of(s, 7)};

	return m.name == NULL || m.unit == NULL ? -EBADMSG : history_add_metric(r, &m);
}

static int
read_fact(sqlite3_stmt *s, struct history_run *r)
{
	const unsigned char *what = sqlite3_column_text(s, 1), *value = sqlite3_column_text(s, 2);

	return what == NULL || value == NULL
		? -EBADMSG
		: history_add_fact(r, (const char *)what, (const char *)value);
}

/* Rows of a table that belong to runs, both in the order of folders. */
static int
read_rows(sqlite3 *db, const char *sql, struct history *h, size_t from,
	int each(sqlite3_stmt *s, struct history_run *r))
{
	sqlite3_stmt *s = NULL;
	size_t at = from;
	int step = sqlite3_prepare_v2(db, sql, -1, &s, NULL), rc = 0;

	if (step == SQLITE_OK)
		step = sqlite3_step(s);
	while (rc == 0 && step == SQLITE_ROW) {
		const unsigned char *dir = sqlite3_column_text(s, 0);

		while (dir != NULL && at < h->n && strcmp(h->runs[at].dir, (const char *)dir) < 0)
			at++;
		if (dir == NULL || at == h->n || strcmp(h->runs[at].dir, (const char *)dir) != 0)
			rc = -EBADMSG;
		else
			rc = each(s, &h->runs[at]);
		step = rc == 0 ? sqlite3_step(s) : step;
	}
	sqlite3_finalize(s);
	return rc < 0 ? rc : step == SQLITE_DONE ? 0 : -EBADMSG;
}

static int
read_runs(sqlite3 *db, struct history *h)
{
	sqlite3_stmt *s = NULL;
	int rc = 0,
	    step = sqlite3_prepare_v2(db,
		    "SELECT dir, stamp, id, scenario, title, variant, found, gate, began_ns, "
		    "trials,"
		    " valid_trials, verdict, swept FROM run ORDER BY dir COLLATE BINARY",
		    -1, &s, NULL);

	if (step == SQLITE_OK)
		step = sqlite3_step(s);
	for (; rc == 0 && step == SQLITE_ROW; step = rc == 0 ? sqlite3_step(s) : step)
		rc = read_run(s, h);
	sqlite3_finalize(s);
	return rc < 0 ? rc : step == SQLITE_DONE ? 0 : -EBADMSG;
}

/* Rows of a view could go on for ever: whoever wrote the file may have made one. */
static int
has_had_enough(void *left)
{
	return --*(int64_t *)left < 0;
}

int
store_parse(const void *data, size_t len, const char *program, struct history *h, struct err *e)
{
	size_t from = h->n;
	sqlite3 *db = NULL;
	unsigned char *copy = NULL;
	int64_t left = LEAST_ROUNDS + (int64_t)len * STEPS_PER_BYTE / ROUND_STEPS;
	int rc = 0;

	if (len == 0)
		return err_set(e, EBADMSG, "it is empty");
	if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
		(copy = sqlite3_malloc64(len)) == NULL) {
		sqlite3_close(db);
		return err_set(e, ENOMEM, "out of memory");
	}
	memcpy(copy, data, len);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, MAX_TEXT_BYTES);
	sqlite3_progress_handler(db, ROUND_STEPS, has_had_enough, &left);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* Owns the copy from here on, also when it fails. */
	if (sqlite3_deserialize(db, "main", copy, (sqlite3_int64)len, (sqlite3_int64)len,
		    SQLITE_DESERIALIZE_READONLY | SQLITE_DESERIALIZE_FREEONCLOSE) != SQLITE_OK)
		rc = damaged(e, db);
	if (rc == 0)
		rc = check_about(db, program, e);
	if (rc == 0) {
		rc = read_runs(db, h);
		if (rc == 0)
			rc = read_rows(db,
				"SELECT dir, name, unit, n, missing, p50, min, max FROM metric"
				" ORDER BY dir COLLATE BINARY, rowid",
				h, from, read_metric);
		if (rc == 0)
			rc = read_rows(db,
				"SELECT dir, what, value FROM fact ORDER BY dir COLLATE BINARY, "
				"rowid",
				h, from, read_fact);
		if (rc < 0)
			damaged(e, db);
	}
	sqlite3_close(db);
	while (rc < 0 && h->n > from)
		history_run_done(&h->runs[--h->n]);
	return rc;
}

/* ---- writing ---- */

static void
bind_text(sqlite3_stmt *s, int at, const char *text)
{
	sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC); /* NULL binds NULL */
}

/* NaN binds NULL; infinities are kept. */
static void
bind_real(sqlite3_stmt *s, int at, double value)
{
	sqlite3_bind_double(s, at, value);
}

static int
insert(sqlite3_stmt *s)
{
	int step = sqlite3_step(s);

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return step == SQLITE_DONE ? 0 : -EIO;
}

static int
write_run(sqlite3_stmt *s, const struct history_run *r)
{
	const char *const texts[] = {
		r->dir, r->stamp, r->id, r->scenario, r->title, r->variant, r->found, r->gate};
	const int64_t numbers[] = {r->began_ns, r->trials, r->valid};

	for (int i = 0; i < 8; i++)
		bind_text(s, i + 1, texts[i]);
	for (int i = 0; i < 3; i++)
		sqlite3_bind_int64(s, 9 + i, numbers[i]);
	bind_text(s, 12, history_word(r->state));
	sqlite3_bind_int(s, 13, r->swept);
	return insert(s);
}

static int
write_metrics(sqlite3_stmt *s, const struct history_run *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n_metrics; i++) {
		const struct history_metric *m = &r->metrics[i];
		const double numbers[] = {m->n, m->missing, m->p50, m->min, m->max};

		bind_text(s, 1, r->dir);
		bind_text(s, 2, m->name);
		bind_text(s, 3, m->unit);
		for (int k = 0; k < 5; k++)
			bind_real(s, 4 + k, numbers[k]);
		rc = insert(s);
	}
	return rc;
}

static int
write_facts(sqlite3_stmt *s, const struct history_run *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n_facts; i++) {
		bind_text(s, 1, r->dir);
		bind_text(s, 2, r->facts[i].what);
		bind_text(s, 3, r->facts[i].value);
		rc = insert(s);
	}
	return rc;
}

static int
write_all(sqlite3 *db, const struct history *h, const char *program)
{
	static const char *const sql[] = {"INSERT INTO about VALUES (?, ?)",
		"INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"INSERT OR IGNORE INTO metric VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		"INSERT OR IGNORE INTO fact VALUES (?, ?, ?)"};
	sqlite3_stmt *s[4] = {0};
	int rc = sqlite3_exec(db, tables, NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;

	for (size_t i = 0; i < 4 && rc == 0; i++)
		rc = sqlite3_prepare_v2(db, sql[i], -1, &s[i], NULL) == SQLITE_OK ? 0 : -EIO;
	if (rc == 0) {
		sqlite3_bind_int(s[0], 1, STORE_SCHEMA);
		bind_text(s[0], 2, program);
		rc = insert(s[0]);
	}
	for (size_t i = 0; rc == 0 && i < h->n; i++) {
		rc = write_run(s[1], &h->runs[i]);
		if (rc == 0)
			rc = write_metrics(s[2], &h->runs[i]);
		if (rc == 0)
			rc = write_facts(s[3], &h->runs[i]);
	}
	for (size_t i = 0; i < 4; i++)
		sqlite3_finalize(s[i]);
	if (rc == 0)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;
	return rc;
}

int
store_make(const struct history *h, const char *program, void **ret, size_t *ret_len, struct err *e)
{
	sqlite3 *db = NULL;
	sqlite3_int64 size = 0;
	unsigned char *image = NULL;
	int rc = 0;

	if (sqlite3_open_v2(":memory:", &db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
		    NULL) != SQLITE_OK ||
		write_all(db, h, program) < 0)
		rc = err_set(e, EIO, "SQLite: %s", db != NULL ? sqlite3_errmsg(db) : "no memory");
	if (rc == 0)
		image = sqlite3_serialize(db, "main", &size, 0);
	if (rc == 0 && (image == NULL || (*ret = malloc((size_t)size)) == NULL))
		rc = err_set(e, ENOMEM, "out of memory");
	if (rc == 0) {
		memcpy(*ret, image, (size_t)size);
		*ret_len = (size_t)size;
	}
	sqlite3_free(image);
	sqlite3_close(db);
	return rc;
}
