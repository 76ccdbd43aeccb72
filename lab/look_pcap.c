/* look_pcap.c - the packets of one interface of one node, live, as pcap with nanosecond timestamps. */
#include "lab/look_pcap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/mono.h"
#include "lib/netns.h"

enum { SNAPLEN_BYTES = 262144, RING_BYTES = 8 << 20, TURN_PKTS = 256 };

struct tap {
	pcap_t *live;
	pcap_dumper_t *dumper;
	FILE *file;
	uint64_t limit_pkts;
	struct look_pcap_counts *counts;
};

static void
keep(uint8_t *user, const struct pcap_pkthdr *h, const uint8_t *bytes)
{
	struct tap *t = (struct tap *)(void *)user;

	if (t->limit_pkts > 0 && t->counts->written_pkts >= t->limit_pkts)
		return;
	pcap_dump((uint8_t *)t->dumper, h, bytes);
	t->counts->written_pkts++;
}

static int
set_filter(struct tap *t, const char *filter, struct err *e)
{
	struct bpf_program program;
	int rc;

	if (filter[0] == '\0')
		return 0;
	if (pcap_compile(t->live, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return err_set(e, EINVAL, "filter '%.200s': %s", filter, pcap_geterr(t->live));
	rc = pcap_setfilter(t->live, &program);
	pcap_freecode(&program);
	return rc < 0 ? err_set(e, EIO, "filter '%.200s': %s", filter, pcap_geterr(t->live)) : 0;
}

/* In the node's namespace. Immediate: a packet is handed over when it comes, not when a block is full. */
static int
activate(struct tap *t, const struct look_pcap_plan *plan, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc;

	t->live = pcap_create(plan->interface, why);
	if (t->live == NULL)
		return err_set(e, ENODEV, "%s: %s", plan->interface, why);
	pcap_set_snaplen(t->live, SNAPLEN_BYTES);
	pcap_set_buffer_size(t->live, RING_BYTES);
	pcap_set_immediate_mode(t->live, 1);
	if (pcap_set_tstamp_precision(t->live, PCAP_TSTAMP_PRECISION_NANO) != 0)
		return err_set(e, ENOTSUP, "%s: no nanosecond timestamps", plan->interface);
	rc = pcap_activate(t->live);
	if (rc < 0) {
		const char *detail = pcap_geterr(t->live);

		return err_set(e, rc == PCAP_ERROR_PERM_DENIED ? EPERM : ENODEV, "%s: %s",
			plan->interface, detail[0] != '\0' ? detail : pcap_statustostr(rc));
	}
	if (pcap_setnonblock(t->live, 1, why) < 0)
		return err_set(e, EIO, "%s: %s", plan->interface, why);
	return set_filter(t, plan->filter, e);
}

/* Returns 0, 1 when nobody reads any more, or -errno. */
static int
put_out(struct tap *t, const struct look_pcap_plan *plan, struct err *e)
{
	errno = 0;
	if (pcap_dump_flush(t->dumper) == 0)
		return 0;
	t->counts->reader_left = errno == EPIPE;
	return errno == EPIPE ? 1 : err_sys(e, errno, "%s: cannot write", plan->out);
}

static int
open_tap(struct tap *t, const struct look_pcap_plan *plan, struct err *e)
{
	char path[64];
	int home, rc, back;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)plan->init_pid);
	rc = netns_enter(path, &home, e);
	if (rc < 0)
		return rc;
	rc = activate(t, plan, e);
	back = netns_leave(home, rc < 0 ? NULL : e);
	if (rc == 0)
		rc = back;
	if (rc < 0)
		return rc;
	t->file = strcmp(plan->out, "-") == 0 ? stdout : fopen(plan->out, "we");
	if (t->file == NULL)
		return err_sys(e, errno, "%s", plan->out);
	t->dumper = pcap_dump_fopen(t->live, t->file);
	if (t->dumper == NULL)
		return err_set(e, EIO, "%s: %s", plan->out, pcap_geterr(t->live));
	return put_out(t, plan, e) < 0 ? -EIO : 0; /* a reader sees the head before any packet */
}

/* Returns 1 when it is over, 0 to go on, or -errno. */
static int
turn(struct tap *t, const struct look_pcap_plan *plan, struct mono end, struct err *e)
{
	struct pollfd fds[3] = {{.fd = pcap_get_selectable_fd(t->live), .events = POLLIN},
		{.fd = plan->stop_fd, .events = POLLIN}, {.fd = fileno(t->file), .events = 0}};
	int timeout_ms = plan->duration_ns > 0 ? mono_left_ms(end) : -1;
	int n, rc;

	if (poll(fds, 3, timeout_ms) < 0 && errno != EINTR)
		return err_sys(e, errno, "waiting for packets");
	do {
		n = pcap_dispatch(t->live, TURN_PKTS, keep, (uint8_t *)(void *)t);
		if (n < 0)
			return err_set(
				e, ENETDOWN, "%s: %s", plan->interface, pcap_geterr(t->live));
		rc = put_out(t, plan, e);
		if (rc != 0)
			return rc;
	} while (n == TURN_PKTS && t->limit_pkts == 0);
	t->counts->reader_left = (fds[2].revents & POLLERR) != 0;
	return t->counts->reader_left || fds[1].revents != 0 ||
		(plan->duration_ns > 0 && mono_left_ms(end) == 0) ||
		(t->limit_pkts > 0 && t->counts->written_pkts >= t->limit_pkts);
}

int
look_pcap(const struct look_pcap_plan *plan, struct look_pcap_counts *ret, struct err *e)
{
	struct mono end = mono_add(mono_now(), plan->duration_ns);
	struct tap t = {.limit_pkts = plan->count_pkts, .counts = ret};
	struct pcap_stat st;
	int rc;

	*ret = (struct look_pcap_counts){0};
	rc = open_tap(&t, plan, e);
	while (rc == 0)
		rc = turn(&t, plan, end, e);
	if (t.live != NULL && t.dumper != NULL && pcap_stats(t.live, &st) == 0) {
		ret->dropped_pkts = st.ps_drop;
		ret->if_dropped_pkts = st.ps_ifdrop;
	}
	if (t.dumper != NULL)
		pcap_dump_close(t.dumper);
	else if (t.file != NULL)
		fclose(t.file);
	if (t.live != NULL)
		pcap_close(t.live);
	return rc < 0 ? rc : 0;
}
