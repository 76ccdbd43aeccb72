/*
 * facts_bench.c - how fast catchment analyze reads captures of DNS and of BGP, and in how much memory,
 * beside libpcap that only reads and tshark that does the same work: round by round on the same file.
 *
 * Usage: facts_bench [--packets N] [--rounds N] [--tshark-packets N] [--tshark-rounds N]
 *
 * 2,000,000 packets, 5 rounds, of which 3 with tshark. tshark takes minutes for what others take a
 * second for: it gets the first 200,000 packets of the same capture; 0 leaves it out, all of them gives it all.
 *
 * Speed is packets per second of CPU time, which for these is one core; a round in which others or the
 * hypervisor took more than a tenth of the processors is repeated, up to twice as many rounds as asked for.
 */
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cputime.h"
#include "lib/rng.h"
#include "lib/stat.h"
#include "tests/bench/traffic.h"

enum { CONTENDERS = 3, MAX_ROUNDS = 100, SEED = 1, MOST_MIB = 64 };
enum { ANALYZE, LIBPCAP, TSHARK };

#define NOISY_RATIO 0.10

extern char **environ;

static struct {
	long packets, rounds, tshark_packets, tshark_rounds;
} want = {2000000, 5, 200000, 3};

static char self[PATH_MAX], program[PATH_MAX];

/* What one contender showed. */
struct figures {
	size_t n;
	double mpps[MAX_ROUNDS]; /* million packets a second of CPU time */
	long most_kib;
};

/* One run of one contender. */
struct measured {
	double cpu_s;
	long kib;
	double others_ratio, steal_ratio; /* of all processors, while it ran */
};

/* A child of this very program: libpcap reads, nobody looks. */
static int
only_read(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *head;
	const u_char *data;
	long n = 0;

	if (p == NULL)
		return 1;
	while (pcap_next_ex(p, &head, &data) == 1)
		n++;
	pcap_close(p);
	return n > 0 ? 0 : 1;
}

/* Returns 0; 1 when it cannot be run (then it is not there) or ended badly. */
static int
run(char *const argv[], const char *out, struct measured *ret)
{
	struct cputime before = {0}, after = {0};
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int rc, status;
	pid_t pid;
	double all_us;

	cputime_read(&before);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0)
		return 1;
	cputime_read(&after);
	ret->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	ret->kib = usage.ru_maxrss;
	all_us = (double)(after.total_us - before.total_us);
	ret->steal_ratio = all_us > 0 ? (double)(after.steal_us - before.steal_us) / all_us : 0;
	ret->others_ratio = all_us > 0
		? 1 - ((double)(after.idle_us - before.idle_us) + ret->cpu_s * 1e6) / all_us -
			ret->steal_ratio
		: 0;
	return 0;
}

/* Did analyze find what is in there? The capture's end cuts off some answers and segments. */
static int
check_facts(const char *path, bool bgp)
{
	json_error_t why;
	json_t *o = json_load_file(path, 0, &why), *server;
	json_int_t packets, found = 0, udp, tcp;
	size_t i;

	packets = json_integer_value(json_object_get(o, "packets"));
	json_array_foreach(json_object_get(json_object_get(o, "dns"), "servers"), i,
		server) if (json_unpack(server, "{s{sIsI}}", "answered", "udp", &udp, "tcp",
				    &tcp) == 0) found += 2 * (udp + tcp);
	if (bgp)
		found = json_integer_value(json_object_get(json_object_get(o, "bgp"), "messages"));
	json_decref(o);
	if (packets == want.packets && found > packets * 9 / 10)
		return 0;
	fprintf(stderr, "analyze: %lld packets, not %ld; %lld found\n", (long long)packets,
		want.packets, (long long)found);
	return 1;
}

static int
measure(int who, const char *path, const char *slice, bool bgp, struct measured *ret)
{
	char *file = strdup(who == TSHARK ? slice : path), *out = NULL;
	char analyze[] = "analyze", json[] = "--json", only[] = "--only-read", n[] = "-n",
	     r[] = "-r", big_t[] = "-T", fields[] = "fields", e[] = "-e", name[] = "tshark",
	     dns_field[] = "dns.time", bgp_field[] = "bgp.type";
	char *const argv[CONTENDERS][10] = {{program, analyze, json, file, NULL},
		{self, only, file, NULL},
		{name, n, r, file, big_t, fields, e, bgp ? bgp_field : dns_field, NULL}};
	int rc = file == NULL || asprintf(&out, "%s.json", path) < 0;

	if (rc == 0)
		rc = run(argv[who], who == ANALYZE ? out : "/dev/null", ret);
	if (rc == 0 && who == ANALYZE)
		rc = check_facts(out, bgp);
	if (out != NULL)
		unlink(out);
	free(out);
	free(file);
	return rc;
}

static bool
quiet(const struct measured *m)
{
	return m->steal_ratio <= NOISY_RATIO && m->others_ratio <= NOISY_RATIO;
}

static int
show(const char *const names[CONTENDERS], struct figures f[CONTENDERS])
{
	double median[CONTENDERS] = {0};
	struct rng rng;

	rng_init(&rng, SEED);
	for (int who = 0; who < CONTENDERS; who++) {
		double low, high;

		if (f[who].n == 0)
			continue;
		stat_sort(f[who].mpps, f[who].n);
		median[who] = stat_quantile(f[who].mpps, f[who].n, 0.5);
		stat_median_interval(f[who].mpps, f[who].n, &rng, &low, &high);
		printf("%-36s %8.4f M packets/s (%.4f to %.4f, n = %zu), %ld MiB at most\n",
			names[who], median[who], f[who].mpps[0], f[who].mpps[f[who].n - 1],
			f[who].n, f[who].most_kib >> 10);
	}
	if (median[ANALYZE] > 0 && median[LIBPCAP] > 0)
		printf("of analyze's time libpcap's own reading would be %.0f %%\n",
			100 * median[ANALYZE] / median[LIBPCAP]);
	if (median[TSHARK] > 0)
		printf("analyze is %.0f times as fast as tshark\n",
			median[ANALYZE] / median[TSHARK]);
	return f[ANALYZE].most_kib <= MOST_MIB << 10 ? 0 : 1;
}

static int
compete(const char *path, const char *slice, bool bgp)
{
	const char *const names[CONTENDERS] = {
		bgp ? "analyze: BGP, reassembled" : "analyze: DNS, matched",
		"libpcap, reading alone",
		bgp ? "tshark -T fields -e bgp.type" : "tshark -T fields -e dns.time"};
	struct figures f[CONTENDERS] = {0};
	long quiet_rounds = 0, most = 2 * want.rounds;

	if (most > MAX_ROUNDS)
		most = MAX_ROUNDS;
	for (long round = 0; round < most && quiet_rounds < want.rounds; round++) {
		bool calm = true,
		     with_tshark = want.tshark_packets > 0 && round < want.tshark_rounds;
		double steal = 0, others = 0;

		for (int who = 0; who < (with_tshark ? CONTENDERS : TSHARK); who++) {
			struct measured m;

			if (measure(who, path, slice, bgp, &m) != 0) {
				printf("%s: cannot be run\n", names[who]);
				if (who != TSHARK)
					return 1;
				want.tshark_packets = 0;
				continue;
			}
			calm &= who == TSHARK || quiet(&m);
			steal = m.steal_ratio > steal ? m.steal_ratio : steal;
			others = m.others_ratio > others ? m.others_ratio : others;
			f[who].mpps[f[who].n++] =
				(double)(who == TSHARK ? want.tshark_packets : want.packets) /
				m.cpu_s / 1e6;
			if (m.kib > f[who].most_kib)
				f[who].most_kib = m.kib;
		}
		printf("  round %ld: analyze %.3f, libpcap %.3f M packets/s; at most %.0f %% of "
		       "the processors others', %.0f %% stolen%s\n",
			round + 1, f[ANALYZE].mpps[f[ANALYZE].n - 1],
			f[LIBPCAP].mpps[f[LIBPCAP].n - 1], 100 * others, 100 * steal,
			calm ? "" : ": noisy");
		fflush(stdout);
		quiet_rounds += calm;
	}
	if (quiet_rounds < want.rounds)
		printf("  only %ld quiet rounds: the figures are those of all\n", quiet_rounds);
	return show(names, f);
}

static int
write_capture(char *path, long packets, bool bgp)
{
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f == NULL)
		return 3;
	(bgp ? traffic_bgp : traffic_dns)(f, (uint64_t)packets, SEED);
	return fclose(f) != 0;
}

static int
one_protocol(bool bgp)
{
	char path[] = "/tmp/catchment-bench-XXXXXX", slice[] = "/tmp/catchment-bench-XXXXXX";
	int rc = write_capture(path, want.packets, bgp);

	rc |= want.tshark_packets > 0 ? write_capture(slice, want.tshark_packets, bgp) : 0;
	printf("%ld packets of %s, seed %d; tshark: the first %ld\n", want.packets,
		bgp ? "BGP" : "DNS", SEED, want.tshark_packets);
	fflush(stdout);
	if (rc == 0)
		rc = compete(path, slice, bgp);
	unlink(path);
	unlink(slice);
	return rc;
}

static int
read_options(int argc, char *argv[])
{
	static const struct option options[] = {{"packets", 1, NULL, 'p'}, {"rounds", 1, NULL, 'r'},
		{"tshark-packets", 1, NULL, 't'}, {"tshark-rounds", 1, NULL, 'u'},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		long *to = c == 'p' ? &want.packets
			: c == 'r'  ? &want.rounds
			: c == 't'  ? &want.tshark_packets
			: c == 'u'  ? &want.tshark_rounds
				    : NULL;
		char *end;

		if (to == NULL)
			return 2;
		*to = strtol(optarg, &end, 10);
		if (*end != '\0' || *to < 0)
			return 2;
	}
	if (want.tshark_packets > want.packets)
		want.tshark_packets = want.packets;
	return want.packets < 1000 || want.rounds < 1 ? 2 : 0;
}

int
main(int argc, char *argv[])
{
	char own[PATH_MAX];

	if (argc == 3 && strcmp(argv[1], "--only-read") == 0)
		return only_read(argv[2]);
	if (read_options(argc, argv) != 0) {
		fprintf(stderr,
			"usage: facts_bench [--packets N] [--rounds N] "
			"[--tshark-packets N] [--tshark-rounds N]\n");
		return 2;
	}
	if (realpath("/proc/self/exe", self) == NULL)
		return 3;
	snprintf(own, sizeof(own), "%s", self);
	/* BUILD/tests/bench/facts_bench, BUILD/catchment */
	snprintf(program, sizeof(program), "%.*s/catchment", PATH_MAX - 16,
		dirname(dirname(dirname(own))));
	return one_protocol(false) | one_protocol(true);
}
