/* doctor.c - does this host offer what a lab needs, by trying each thing in a process of its own. */
#include "lab/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/rtnl.h"
#include "lib/cputime.h"
#include "lib/fs.h"
#include "lib/mono.h"

enum { NEEDED_DISK_MIB = 1024, NEEDED_MEMORY_MIB = 1024, NEEDED_CPUS = 2 };

/* ---- what is tried in a child; 0 or -errno ---- */

static int
try_namespaces(void)
{
	return unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID) < 0
		? -errno
		: 0;
}

static int
try_tun(void)
{
	struct ifreq ifr = {.ifr_name = "doctor", .ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd, rc = try_namespaces();

	if (rc < 0)
		return rc;
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	return fd < 0 || ioctl(fd, TUNSETIFF, &ifr) < 0 ? -errno : 0;
}

static int
try_overlay(void)
{
	int rc = try_namespaces();

	if (rc < 0)
		return rc;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", "/tmp", "tmpfs", 0, NULL) < 0 || chdir("/tmp") < 0 ||
		mkdir("l", 0755) < 0 || mkdir("u", 0755) < 0 || mkdir("w", 0755) < 0 ||
		mkdir("m", 0755) < 0 ||
		mount("overlay", "m", "overlay", 0, "lowerdir=l,upperdir=u,workdir=w") < 0)
		return -errno;
	return 0;
}

static int
try_bridge(void)
{
	struct rtnl *r;
	int rc = try_namespaces();

	if (rc == 0)
		rc = rtnl_open(&r, NULL);
	return rc < 0 ? rc : rtnl_bridge_add(r, "doctor", NULL);
}

static int
try_capture(void)
{
	int rc = try_namespaces();

	if (rc < 0)
		return rc;
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0 ? -errno : 0;
}

static int
try_realtime(void)
{
	struct sched_param p = {.sched_priority = 1};

	return sched_setscheduler(0, SCHED_FIFO, &p) < 0 ? -errno : 0;
}

/* The child ends with the errno as its status. */
static int
in_child(int (*try)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-try() & 0xff);
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

/* ---- what is read ---- */

static struct doctor_finding *
add(struct doctor_finding *list, size_t *n, const char *name, enum doctor_verdict verdict,
	const char *cost, const char *remedy)
{
	struct doctor_finding *f = &list[(*n)++];

	*f = (struct doctor_finding){
		.name = name, .verdict = verdict, .cost = cost, .remedy = remedy};
	return f;
}

static void
add_tried(struct doctor_finding *list, size_t *n, const char *name, int (*try)(void),
	enum doctor_verdict without, const char *cost, const char *remedy)
{
	int rc = in_child(try);
	struct doctor_finding *f =
		add(list, n, name, rc == 0 ? DOCTOR_GOOD : without, cost, remedy);

	snprintf(f->found, sizeof(f->found), "%s", rc == 0 ? "works" : strerror(-rc));
}

static void
add_program(struct doctor_finding *list, size_t *n, const char *program, const char *cost,
	const char *remedy)
{
	const char *path = getenv("PATH");
	struct doctor_finding *f = add(list, n, program, DOCTOR_WEAK, cost, remedy);
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

static void
add_machine(struct doctor_finding *list, size_t *n)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct doctor_finding *f = add(list, n, "processors",
		cpus < NEEDED_CPUS ? DOCTOR_WEAK : DOCTOR_GOOD,
		"with one, most trials will be invalid: probes and links disturb the daemons",
		"give the machine two or more, or use --probes 50");
	struct sysinfo info;
	struct statvfs disk;
	unsigned long long mib;

	snprintf(f->found, sizeof(f->found), "%ld", cpus);
	sysinfo(&info);
	mib = (unsigned long long)info.totalram * info.mem_unit >> 20;
	f = add(list, n, "memory", mib < NEEDED_MEMORY_MIB ? DOCTOR_WEAK : DOCTOR_GOOD,
		"a lab and its captures take about 0.5 GiB", "free some, or use --probes 50");
	snprintf(f->found, sizeof(f->found), "%llu MiB", mib);
	if (statvfs(".", &disk) < 0)
		return;
	mib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
	f = add(list, n, "disk here", mib < NEEDED_DISK_MIB ? DOCTOR_WEAK : DOCTOR_GOOD,
		"a trial keeps about 90 MB of captures and answers",
		"run with --out on a larger disk");
	snprintf(f->found, sizeof(f->found), "%llu MiB free", mib);
}

static void
add_clock(struct doctor_finding *list, size_t *n)
{
	static const char path[] =
		"/sys/devices/system/clocksource/clocksource0/current_clocksource";
	struct doctor_finding *f;
	char *name;
	int64_t error_ns;

	clock_offset_ns(&error_ns);
	if (fs_read(path, 256, &name, NULL, NULL) < 0)
		name = strdup("unknown");
	if (name == NULL)
		return;
	name[strcspn(name, "\n")] = '\0';
	f = add(list, n, "clock source", error_ns > 5000 ? DOCTOR_WEAK : DOCTOR_GOOD,
		"reading the clock is slow: every time stamp of ours is that much less exact",
		"a tsc or kvm-clock clock source, where the machine has one");
	snprintf(f->found, sizeof(f->found), "%.100s, a reading takes %lld ns", name,
		(long long)(2 * error_ns));
	free(name);
}

/* The share of the last second that the hypervisor gave to others, or that others here used. */
static void
add_quiet(struct doctor_finding *list, size_t *n)
{
	struct cputime a, b;
	struct doctor_finding *f;
	struct timespec second = {.tv_sec = 1};
	double total, steal, busy;

	if (cputime_read(&a) < 0 || nanosleep(&second, NULL) < 0 || cputime_read(&b) < 0)
		return;
	total = (double)(b.total_us - a.total_us) + 1;
	steal = (double)(b.steal_us - a.steal_us) / total;
	busy = (double)(b.total_us - a.total_us - (b.idle_us - a.idle_us)) / total - steal;
	f = add(list, n, "quiet", busy + steal > 0.15 ? DOCTOR_WEAK : DOCTOR_GOOD,
		"trials that other work disturbs are invalid and repeated",
		"let the other work end first");
	snprintf(f->found, sizeof(f->found), "%.0f %% busy, %.1f %% stolen over one second",
		busy * 100, steal * 100);
}

static void
add_pressure(struct doctor_finding *list, size_t *n)
{
	bool has = access("/proc/pressure/cpu", R_OK) == 0;
	struct doctor_finding *f = add(list, n, "pressure figures", has ? DOCTOR_GOOD : DOCTOR_WEAK,
		"one way less to notice a starved host; the round trips still tell",
		"a kernel with CONFIG_PSI, booted with psi=1");

	snprintf(f->found, sizeof(f->found), "%s", has ? "/proc/pressure" : "none");
}

size_t
doctor_examine(struct doctor_finding ret[static DOCTOR_FINDINGS_MAX])
{
	static const char as_root[] =
		"run as root (sudo); in a container: CAP_SYS_ADMIN and CAP_NET_ADMIN";
	size_t n = 0;

	add_tried(ret, &n, "namespaces", try_namespaces, DOCTOR_MISSING, "no lab", as_root);
	add_tried(ret, &n, "TUN/TAP", try_tun, DOCTOR_MISSING, "no links",
		"modprobe tun; in a container: --device /dev/net/tun; and root");
	add_tried(ret, &n, "overlayfs", try_overlay, DOCTOR_MISSING, "no root for the nodes",
		"modprobe overlay, and root");
	add_tried(ret, &n, "bridge", try_bridge, DOCTOR_MISSING,
		"no exchange, and no interface for keepalived", "modprobe bridge, and root");
	add_tried(ret, &n, "packet capture", try_capture, DOCTOR_MISSING,
		"no evidence: nothing can be measured on the wire", "CAP_NET_RAW, that is root");
	add_tried(ret, &n, "real-time scheduling", try_realtime, DOCTOR_WEAK,
		"links and probes are late more often, so more trials are invalid",
		"root or CAP_SYS_NICE; in a container: --ulimit rtprio=1");
	add_program(ret, &n, "mmdebstrap", "the daemons' root file system cannot be built",
		"make deps");
	add_program(ret, &n, "gnuplot", "no report.html; result.json is written all the same",
		"make deps");
	add_machine(ret, &n);
	add_clock(ret, &n);
	add_pressure(ret, &n);
	add_quiet(ret, &n);
	return n;
}
