/*
 * facts_bench.c - how fast catchment analyze reads a capture of DNS and one of BGP, and in how much
 * memory, beside libpcap that only reads, and tshark that does the same work, on the same files.
 *
 * Usage: facts_bench [PACKETS [--no-tshark]]; 2,000,000 packets unless said otherwise.
 */
#include <fcntl.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/analyze/facts.h"
#include "bench/analyze/pcapfile.h"
#include "lib/mono.h"

enum { CLIENTS = 500, RTT_PAIRS = 64 };

extern char **environ;

static unsigned long packets = 2000000;

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void
put16_be(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* An Ethernet frame with an IPv4 header, `proto`, and room for `len` bytes behind it. */
static size_t
frame(uint8_t *f, uint8_t proto, size_t len)
{
	memset(f, 0, 34 + len);
	f[12] = 0x08;
	f[14] = 0x45;
	put16_be(f + 16, (unsigned)(20 + len));
	f[22] = 64;
	f[23] = proto;
	return 34 + len;
}

/* A query for pNNNNNNN.probe.example. with NSID asked for, or its answer, which has one. */
static size_t
make_dns(uint8_t *f, unsigned long query, bool answer)
{
	static const char *const pops[] = {"fra", "hkg", "tyo"};
	static const uint8_t opt[] = {0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0};
	size_t len = 12 + 28 + sizeof(opt) + (answer ? 3 : 0), n = frame(f, 17, 8 + len);
	unsigned client = (unsigned)(query % CLIENTS);
	uint8_t *dns = f + 42, *q = dns + 12;
	char name[32];

	memcpy(f + (answer ? 30 : 26), (uint8_t[]){198, 18, client >> 8 & 255, client & 255}, 4);
	memcpy(f + (answer ? 26 : 30), (uint8_t[]){203, 0, 113, 53}, 4);
	put16_be(f + (answer ? 36 : 34), (unsigned)(20000 + query % 40000));
	put16_be(f + (answer ? 34 : 36), 53);
	put16_be(f + 38, (unsigned)(8 + len));
	put16_be(dns, (unsigned)(query * 40503u & 0xffff));
	dns[2] = answer ? 0x84 : 0;
	dns[5] = 1;
	dns[11] = 1;
	snprintf(name, sizeof(name), "%cp%07lu%cprobe%cexample", 8, query % 10000000, 5, 7);
	memcpy(q, name, 24); /* with the root's length, the terminator */
	memcpy(q + 24, (uint8_t[]){0, 16, 0, 1}, 4);
	memcpy(q + 28, opt, sizeof(opt));
	if (answer) {
		q[28 + 10] = 7;
		q[28 + 14] = 3;
		memcpy(q + 43, pops[query % 3], 3);
	}
	return n;
}

/* UPDATEs that announce and withdraw a /24, one each packet. */
static size_t
make_bgp(uint8_t *f, unsigned long i)
{
	uint8_t *bgp = f + 54;
	size_t bytes = i % 2 == 0 ? 23 + 20 + 4 : 23 + 4, n = frame(f, 6, 20 + bytes);
	uint32_t seq = (uint32_t)(i / 2 * (47 + 27) + (i % 2) * 47);

	memcpy(f + 26, (uint8_t[]){198, 51, 100, 1, 198, 51, 100, 2}, 8);
	put16_be(f + 34, 40000);
	put16_be(f + 36, 179);
	put16_be(f + 38, seq >> 16);
	put16_be(f + 40, seq & 0xffff);
	f[46] = 0x50;
	f[47] = 0x10;
	memset(bgp, 0xff, 16);
	put16_be(bgp + 16, (unsigned)bytes);
	bgp[18] = 2;
	if (i % 2 == 0) {
		static const uint8_t attributes[] = {0, 0, 0, 20, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1,
			0, 0, 0xfb, 0xf4, 0x40, 3, 4, 198, 51, 100, 1};

		memcpy(bgp + 19, attributes, sizeof(attributes));
		memcpy(bgp + 43, (uint8_t[]){24, 203, 0, 113}, 4);
	} else {
		memcpy(bgp + 19, (uint8_t[]){0, 4, 24, 203, 0, 113, 0, 0}, 8);
	}
	return n;
}

static void
write_capture(FILE *f, bool bgp)
{
	uint8_t record[16 + 512], head[24] = {0};

	put32(head, 0xa1b23c4d);
	put32(head + 4, 2 | 4 << 16);
	put32(head + 16, 65535);
	put32(head + 20, 1);
	fwrite(head, sizeof(head), 1, f);
	for (unsigned long i = 0; i < packets; i++) {
		/* 64 queries, then their answers: what is under way on a path of some milliseconds. */
		unsigned long query = i / (2 * RTT_PAIRS) * RTT_PAIRS + i % RTT_PAIRS;
		bool answer = i % (2 * RTT_PAIRS) >= RTT_PAIRS;
		size_t n = bgp ? make_bgp(record + 16, i) : make_dns(record + 16, query, answer);

		put32(record, (uint32_t)(1800000000 + i / 20000));
		put32(record + 4, (uint32_t)(i % 20000 * 50000));
		put32(record + 8, (uint32_t)n);
		put32(record + 12, (uint32_t)n);
		fwrite(record, 16 + n, 1, f);
	}
}

/* CPU time, of children too: what else the machine does shall not count. */
static struct mono
cpu_now(void)
{
	struct timespec own;
	struct rusage children;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return (struct mono){
		(own.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec) * NS_PER_S +
		(children.ru_utime.tv_usec + children.ru_stime.tv_usec) * NS_PER_US + own.tv_nsec};
}

static void
tell(const char *what, struct mono begin, const char *more)
{
	double seconds = (double)mono_diff_ns(cpu_now(), begin) / 1e9;

	printf("%-40s %8.3f M packets/s of CPU%s\n", what, (double)packets / seconds / 1e6, more);
	fflush(stdout);
}

static int
only_read(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	struct mono begin = cpu_now();
	struct pcap_pkthdr *head;
	const u_char *data;
	struct pcap_record rec;
	struct pcapfile *own;
	struct err e;
	unsigned long n = 0;
	pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);

	if (p == NULL)
		return 1;
	while (pcap_next_ex(p, &head, &data) == 1)
		n++;
	pcap_close(p);
	tell("libpcap, reading alone", begin, "");
	begin = cpu_now();
	if (n != packets || pcapfile_open(path, &own, &e) < 0)
		return 1;
	while (pcapfile_next(own, &rec, &e) == 1)
		n--;
	pcapfile_free(own);
	tell("own reader, reading alone", begin, "");
	return n != 0;
}

static int
all_facts(const char *path, bool bgp)
{
	struct facts_options options = {5 * NS_PER_S, 5 * NS_PER_S, 1, 0};
	struct mono begin = cpu_now();
	struct source_record rec;
	const struct dns_server *s;
	struct rusage usage;
	struct source *source;
	struct facts f;
	struct err e;
	char more[64];
	uint64_t found;
	size_t n;

	if (source_open(&path, 1, &source, &e) < 0 || facts_init(&f, &options) < 0)
		return 1;
	while (source_next(source, &rec) == 1)
		facts_take(&f, &rec);
	facts_finish(&f);
	getrusage(RUSAGE_SELF, &usage);
	snprintf(more, sizeof(more), ", %ld MiB at most", usage.ru_maxrss >> 10);
	tell(bgp ? "analyze: BGP, reassembled" : "analyze: DNS, matched", begin, more);
	s = dns_facts_servers(f.dns, &n);
	found = bgp ? bgp_facts_counts(f.bgp).messages : n == 1 ? 2 * s->answered[0] : 0;
	facts_done(&f);
	source_free(source);
	/* Queries whose answers the capture's end cut off are no mistake. */
	if (found + 2 * RTT_PAIRS >= packets && found <= packets)
		return 0;
	fprintf(stderr, "%llu of %lu found\n", (unsigned long long)found, packets);
	return 1;
}

static int
tshark(const char *path, bool bgp)
{
	char file[64];
	char *dns_argv[] = {(char[]){"tshark"}, (char[]){"-n"}, (char[]){"-r"}, file,
		(char[]){"-T"}, (char[]){"fields"}, (char[]){"-e"}, (char[]){"dns.time"}, NULL};
	char *bgp_argv[] = {(char[]){"tshark"}, (char[]){"-n"}, (char[]){"-r"}, file,
		(char[]){"-T"}, (char[]){"fields"}, (char[]){"-e"}, (char[]){"bgp.type"}, NULL};
	posix_spawn_file_actions_t actions;
	struct mono begin = cpu_now();
	int rc, status;
	pid_t pid;

	snprintf(file, sizeof(file), "%s", path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, "tshark", &actions, NULL, bgp ? bgp_argv : dns_argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0) {
		puts("tshark                                   is not installed");
		return 0;
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		return 1;
	tell(bgp ? "tshark -T fields -e bgp.type" : "tshark -T fields -e dns.time", begin, "");
	return 0;
}

static int
measure(bool bgp, bool with_tshark)
{
	char path[] = "/tmp/catchment-bench-XXXXXX";
	int fd = mkstemp(path), rc;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f == NULL)
		return 3;
	write_capture(f, bgp);
	rc = fclose(f) != 0;
	printf("%lu packets of %s\n", packets, bgp ? "BGP" : "DNS");
	rc |= only_read(path);
	rc |= all_facts(path, bgp);
	if (with_tshark)
		rc |= tshark(path, bgp);
	unlink(path);
	return rc;
}

int
main(int argc, char *argv[])
{
	if (argc > 1)
		packets = strtoul(argv[1], NULL, 10);
	if (packets == 0)
		return 2;
	return measure(false, argc < 3) | measure(true, argc < 3);
}
