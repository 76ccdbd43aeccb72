/* doctor.c - does this host offer what a lab needs: as root, or without, whichever we are. */
#include "lab/doctor.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/doctor_machine.h"
#include "lab/doctor_try.h"
#include "lab/place.h"
#include "lab/rootless.h"
#include "lab/topology.h"
#include "lib/err.h"
#include "lib/fs.h"

static const char no_lab[] = "no lab; validate, analyze and report work";

static void
add_tried(struct doctor_finding *list, size_t *n, const char *name, int (*try)(void),
	enum doctor_verdict without, const char *cost, const char *remedy)
{
	int rc = doctor_try(try);
	struct doctor_finding *f =
		doctor_add(list, n, name, rc == 0 ? DOCTOR_GOOD : without, cost, remedy);

	snprintf(f->found, sizeof(f->found), "%s", rc == 0 ? "works" : strerror(-rc));
}

static void
add_program(struct doctor_finding *list, size_t *n, const char *program,
	enum doctor_verdict without, const char *cost, const char *remedy)
{
	const char *path = getenv("PATH");
	struct doctor_finding *f = doctor_add(list, n, program, without, cost, remedy);
	char all[4096], candidate[4200];

	snprintf(f->found, sizeof(f->found), "not in PATH");
	snprintf(all, sizeof(all), "%s", path ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
	for (char *save, *dir = strtok_r(all, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		snprintf(candidate, sizeof(candidate), "%s/%s", dir, program);
		if (access(candidate, X_OK) < 0)
			continue;
		f->verdict = DOCTOR_GOOD;
		snprintf(f->found, sizeof(f->found), "%.190s", candidate);
		return;
	}
}

/* ---- as root: which of root's rights are there; a container takes some away ---- */

static uint64_t
effective_rights(void)
{
	uint64_t set = 0;
	char *text, *at;

	if (fs_read("/proc/self/status", 65536, &text, NULL, NULL) < 0)
		return 0;
	at = strstr(text, "CapEff:");
	if (at != NULL)
		set = strtoull(at + strlen("CapEff:"), NULL, 16);
	free(text);
	return set;
}

static void
add_rights(struct doctor_finding *list, size_t *n)
{
	static const struct {
		int bit;
		const char *name;
	} wanted[] = {{CAP_SYS_ADMIN, "SYS_ADMIN"}, {CAP_NET_ADMIN, "NET_ADMIN"},
		{CAP_NET_RAW, "NET_RAW"}, {CAP_SYS_CHROOT, "SYS_CHROOT"},
		{CAP_SYS_PTRACE, "SYS_PTRACE"}, {CAP_SETUID, "SETUID"}, {CAP_SETGID, "SETGID"},
		{CAP_CHOWN, "CHOWN"}, {CAP_DAC_OVERRIDE, "DAC_OVERRIDE"}, {CAP_FOWNER, "FOWNER"},
		{CAP_KILL, "KILL"}, {CAP_NET_BIND_SERVICE, "NET_BIND_SERVICE"}};
	struct doctor_finding *f = doctor_add(list, n, "capabilities", DOCTOR_GOOD, no_lab,
		"run as root (sudo); in a container: --cap-add for each, or --privileged");
	uint64_t have = effective_rights();
	size_t used = 0;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (have >> wanted[i].bit & 1)
			continue;
		f->verdict = DOCTOR_MISSING;
		used += (size_t)snprintf(f->found + used, sizeof(f->found) - used, "%s%s",
			used == 0 ? "without " : ", ", wanted[i].name);
	}
	if (used == 0)
		snprintf(f->found, sizeof(f->found), "all that a lab needs");
}

/* ---- without root ---- */

static void
add_without_root(struct doctor_finding *list, size_t *n)
{
	static char weaker[256];
	struct rootless_ids ids;
	struct err e = {0};
	bool has = rootless_ids(&ids, &e) == 0;
	struct doctor_finding *f;

	rootless_weaker(weaker, sizeof(weaker));
	f = doctor_add(list, n, "root", DOCTOR_WEAK, weaker,
		"run as root (sudo) where figures are to be published");
	snprintf(f->found, sizeof(f->found), "no, uid %u", (unsigned)geteuid());
	add_tried(list, n, "user namespaces", try_user_namespace, DOCTOR_MISSING, no_lab,
		"run as root, or as root: sysctl kernel.unprivileged_userns_clone=1 (Debian), "
		"kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), "
		"user.max_user_namespaces=10000; where there is such a setting");
	f = doctor_add(list, n, "subordinate ids", has ? DOCTOR_GOOD : DOCTOR_MISSING,
		"no lab: the daemons' own users cannot exist",
		"run as root, or: sudo usermod --add-subuids 100000-165535 --add-subgids "
		"100000-165535 USER");
	if (has)
		snprintf(f->found, sizeof(f->found), "%llu from %llu, groups %llu from %llu",
			(unsigned long long)ids.uids.count, (unsigned long long)ids.uids.start,
			(unsigned long long)ids.gids.count, (unsigned long long)ids.gids.start);
	else
		snprintf(f->found, sizeof(f->found), "none in /etc/subuid and /etc/subgid");
	add_program(list, n, "newuidmap", DOCTOR_MISSING, "no lab: nothing else may use those ids",
		"run as root, or: sudo apt-get install uidmap");
	if (has)
		add_tried(list, n, "mapping of ids", try_mapping, DOCTOR_MISSING,
			"no lab: the daemons' own users cannot exist",
			"run as root, or see what 'newuidmap' and 'newgidmap' say: they must be "
			"set-uid root");
}

/* ---- both ---- */

/* ", without mgmtd": the services of the bench's own network that it has no program for. */
static void
add_left_out(struct doctor_finding *f, const char *data, const char *rootfs)
{
	char path[PLACE_BYTES + 32];
	struct topology *t;

	snprintf(path, sizeof(path), "%s/lab/topology.yaml", data);
	if (topology_load(path, &t, NULL) < 0)
		return;
	if (conf_complaints(t->conf) == 0 && topology_fit(t, rootfs, NULL) == 0)
		for (size_t i = 0; i < t->services_len; i++) {
			size_t used = strlen(f->found);

			if (t->services[i].left_out)
				snprintf(f->found + used, sizeof(f->found) - used, ", without %s",
					t->services[i].name);
		}
	topology_free(t);
}

static void
add_rootfs(struct doctor_finding *list, size_t *n)
{
	struct doctor_finding *f = doctor_add(list, n, "root file system", DOCTOR_WEAK,
		"the first lab up makes it: a minute or two, 1 GB of disk, and a Debian mirror",
		"make rootfs; or, where there is no network, lab/rootfs/build --from FILE");
	char data[PLACE_BYTES], path[PLACE_BYTES];

	if (place_data(data, NULL) < 0 || place_rootfs_path(data, path, NULL) < 0) {
		snprintf(f->found, sizeof(f->found), "no lab/rootfs/build to ask");
		return;
	}
	if (access(path, X_OK) == 0)
		f->verdict = DOCTOR_GOOD;
	snprintf(f->found, sizeof(f->found), "%s%.150s",
		f->verdict == DOCTOR_GOOD ? "" : "not there yet: ", path);
	if (f->verdict == DOCTOR_GOOD)
		add_left_out(f, data, path);
}

static void
add_kernel_parts(struct doctor_finding *list, size_t *n, bool root)
{
	add_tried(list, n, "namespaces", try_namespaces, DOCTOR_MISSING, no_lab,
		root ? "in a container: --cap-add SYS_ADMIN --cap-add NET_ADMIN, or --privileged"
		     : "run as root, or open user namespaces to users");
	add_tried(list, n, "proc and sysfs", try_proc, DOCTOR_MISSING, no_lab,
		root ? "in a container: --security-opt systempaths=unconfined"
		     : "run as root; in a container also --security-opt systempaths=unconfined");
	add_tried(list, n, "TUN/TAP", try_tun, DOCTOR_MISSING, "no links, so no lab",
		root ? "modprobe tun; in a container: --device /dev/net/tun"
		     : "run as root, or as root: modprobe tun; chmod 666 /dev/net/tun");
	add_tried(list, n, "overlayfs", try_overlay, DOCTOR_MISSING,
		"no root for the nodes, so no lab",
		root ? "modprobe overlay" : "run as root; without root it takes Linux 5.11");
	add_tried(list, n, "bridge", try_bridge, DOCTOR_MISSING,
		"no exchange, and no interface for keepalived", "as root: modprobe bridge");
	add_tried(list, n, "packet capture", try_capture, DOCTOR_MISSING,
		"a lab, but no run: nothing can be measured on the wire",
		"a kernel with CONFIG_PACKET; in a container: --cap-add NET_RAW");
	add_tried(list, n, "real-time scheduling", try_realtime, DOCTOR_WEAK,
		"links and probes are late more often, so more trials are invalid",
		root ? "CAP_SYS_NICE; in a container: --cap-add SYS_NICE"
		     : "run as root, or a line 'USER - rtprio 1' in /etc/security/limits.conf");
	add_tried(list, n, "locked memory", try_locked_memory, DOCTOR_WEAK,
		"where memory is short the link emulator waits for the disk, and links are late",
		root ? "CAP_IPC_LOCK; in a container: --ulimit memlock=-1"
		     : "run as root, or a line 'USER - memlock unlimited' in "
		       "/etc/security/limits.conf");
	add_tried(list, n, "socket buffers", try_socket_buffers, DOCTOR_WEAK,
		"a burst of answers may be dropped at a probe's socket, and the trial is invalid",
		root ? "CAP_NET_ADMIN, or sysctl net.core.rmem_max=1048576"
		     : "run as root, or as root: sysctl net.core.rmem_max=1048576");
}

size_t
doctor_examine(struct doctor_finding ret[static DOCTOR_FINDINGS_MAX])
{
	bool root = geteuid() == 0;
	size_t n = 0;

	if (root)
		add_rights(ret, &n);
	else
		add_without_root(ret, &n);
	add_kernel_parts(ret, &n, root);
	add_rootfs(ret, &n);
	add_program(ret, &n, "mmdebstrap", DOCTOR_WEAK,
		"the daemons' root file system cannot be made here, only unpacked", "make deps");
	add_program(ret, &n, "gnuplot", DOCTOR_WEAK,
		"no report.html; result.json is written all the same", "make deps");
	doctor_machine(ret, &n);
	return n;
}
