/* cmd_facts.c - the half of catchment analyze that reads captures of anybody's. */
#include "bench/analyze/cmd_facts.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "bench/analyze/facts.h"
#include "lib/command.h"
#include "lib/talk.h"

enum { LIVE_EVERY_PACKETS = 1 << 20 };

static int
read_all(struct facts *f, struct source *s)
{
	struct source_record rec;

	while (source_next(s, &rec) == 1) {
		if (facts_take(f, &rec) < 0)
			return -ENOMEM;
		if (f->packets % LIVE_EVERY_PACKETS == 0)
			talk_live("%llu M packets", (unsigned long long)(f->packets >> 20));
	}
	facts_finish(f);
	return 0;
}

static int
show(const struct facts *f, const struct source *s, bool as_json)
{
	json_t *o;
	int rc;

	if (!as_json) {
		facts_text(f, s, stdout);
	} else {
		o = facts_json(f, s);
		rc = o == NULL ? -1 : json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
		json_decref(o);
		if (rc < 0)
			return -ENOMEM;
		putchar('\n');
	}
	return fflush(stdout) != 0 || ferror(stdout) ? -EIO : 0;
}

int
cmd_facts(const char *const *paths, size_t files, int64_t expiry_ns, int64_t quiet_ns, bool as_json)
{
	struct facts_options options = {.expiry_ns = expiry_ns, .quiet_ns = quiet_ns};
	struct source *s;
	struct facts f;
	struct err e;
	int rc, code = EXIT_GOOD;

	if (getrandom(&options.seed, sizeof(options.seed), GRND_NONBLOCK) < 0)
		options.seed = 0x9e3779b97f4a7c15u;
	rc = source_open(paths, files, &s, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return rc == -ENOMEM || rc == -EMFILE || rc == -EACCES ? EXIT_ENVIRONMENT
								       : EXIT_USAGE;
	}
	rc = facts_init(&f, &options);
	if (rc == 0)
		rc = read_all(&f, s);
	if (rc == 0)
		rc = show(&f, s, as_json);
	if (rc < 0) {
		talk_error("analyze: %s", strerror(-rc));
		code = EXIT_ENVIRONMENT;
	}
	/* What is before the damage has been told; that there is more to it, too. */
	for (unsigned i = 0; i < source_files(s); i++) {
		if (source_damage(s, i) == NULL)
			continue;
		talk_error("%s", source_damage(s, i));
		code = code == EXIT_GOOD ? EXIT_USAGE : code;
	}
	facts_done(&f);
	source_free(s);
	return code;
}
