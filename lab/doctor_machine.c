/* doctor_machine.c - what doctor reads about the machine: processors, memory, room, clock, who else uses it. */
#include "lab/doctor_machine.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "lab/place.h"
#include "lib/cputime.h"
#include "lib/fs.h"
#include "lib/mono.h"

enum {
	NEEDED_DISK_MIB = 1024,
	NEEDED_MEMORY_MIB = 1024,
	NEEDED_CPUS = 2,
	NEEDED_ROOM_MIB = 4,
	KERNEL_MAJOR = 5,
	KERNEL_MINOR = 8,      /* setns with a pidfd */
	KERNEL_MINOR_USER = 11 /* overlayfs in a user namespace */
};

struct doctor_finding *
doctor_add(struct doctor_finding *list, size_t *n, const char *name, enum doctor_verdict verdict,
	const char *cost, const char *remedy)
{
	struct doctor_finding *f = &list[(*n)++];

	*f = (struct doctor_finding){
		.name = name, .verdict = verdict, .cost = cost, .remedy = remedy};
	return f;
}

static void
add_kernel(struct doctor_finding *list, size_t *n)
{
	struct utsname uts;
	struct doctor_finding *f;
	int major = 0, minor = 0, wanted = geteuid() == 0 ? KERNEL_MINOR : KERNEL_MINOR_USER;

	if (uname(&uts) < 0 || sscanf(uts.release, "%d.%d", &major, &minor) != 2)
		return;
	f = doctor_add(list, n, "kernel",
		major < KERNEL_MAJOR || (major == KERNEL_MAJOR && minor < wanted) ? DOCTOR_MISSING
										  : DOCTOR_GOOD,
		"no lab; validate, analyze and report work",
		"Linux 5.8, or 5.11 for a lab without root");
	snprintf(f->found, sizeof(f->found), "%s %s", uts.sysname, uts.release);
}

/* A number in a file of the control group, which is the container's own; 0: no limit, or no such file. */
static double
cgroup_number(const char *name, int which)
{
	char path[64], *text, *at, *save;
	double number = 0;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s", name);
	if (fs_read(path, 256, &text, NULL, NULL) < 0)
		return 0;
	at = strtok_r(text, " \n", &save);
	for (int i = 0; at != NULL && i < which; i++)
		at = strtok_r(NULL, " \n", &save);
	if (at != NULL)
		number = strtod(at, NULL); /* "max" is 0 */
	free(text);
	return number;
}

static void
add_processors(struct doctor_finding *list, size_t *n)
{
	cpu_set_t set;
	int cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 0;
	double quota = cgroup_number("cpu.max", 0), period = cgroup_number("cpu.max", 1);
	double share = quota > 0 && period > 0 && quota / period < cpus ? quota / period : cpus;
	struct doctor_finding *f = doctor_add(list, n, "processors",
		share < NEEDED_CPUS ? DOCTOR_WEAK : DOCTOR_GOOD,
		"with one, most trials will be invalid: probes and links disturb the daemons",
		"give the machine two or more, or use --probes 50");

	snprintf(f->found, sizeof(f->found), share < cpus ? "%d, of which %.1f may be used" : "%d",
		cpus, share);
}

static unsigned long long
available_mib(void)
{
	char *text, *at;
	unsigned long long mib = 0;
	double limit = cgroup_number("memory.max", 0), used = cgroup_number("memory.current", 0);

	if (fs_read("/proc/meminfo", 65536, &text, NULL, NULL) < 0)
		return 0;
	at = strstr(text, "MemAvailable:");
	if (at != NULL)
		mib = strtoull(at + strlen("MemAvailable:"), NULL, 10) >> 10;
	free(text);
	if (limit > 0 && (limit - used) / 1048576 < (double)mib)
		mib = limit < used ? 0 : (unsigned long long)((limit - used) / 1048576);
	return mib;
}

static void
add_memory(struct doctor_finding *list, size_t *n)
{
	unsigned long long mib = available_mib();
	struct doctor_finding *f = doctor_add(list, n, "memory",
		mib < NEEDED_MEMORY_MIB ? DOCTOR_WEAK : DOCTOR_GOOD,
		"a lab and its captures take about 0.5 GiB", "free some, or use --probes 50");

	snprintf(f->found, sizeof(f->found), "%llu MiB available", mib);
}

static void
add_room(struct doctor_finding *list, size_t *n, const char *name, const char *path,
	unsigned wanted_mib, enum doctor_verdict without, const char *cost, const char *remedy)
{
	struct statvfs disk;
	struct doctor_finding *f;
	unsigned long long mib;

	if (statvfs(path, &disk) < 0)
		return;
	mib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
	f = doctor_add(list, n, name, mib < wanted_mib ? without : DOCTOR_GOOD, cost, remedy);
	snprintf(f->found, sizeof(f->found), "%llu MiB free%s%.100s", mib,
		path[0] == '/' ? " on " : "", path[0] == '/' ? path : "");
}

/* Where labs have their folders, or what is there of the way to it. */
static void
add_run_room(struct doctor_finding *list, size_t *n)
{
	char path[PLACE_BYTES];

	if (place_lab("doctor", path, NULL) < 0)
		return;
	while (access(path, F_OK) < 0 && strrchr(path, '/') > path)
		*strrchr(path, '/') = '\0';
	add_room(list, n, "run-time folder", path, NEEDED_ROOM_MIB, DOCTOR_MISSING,
		"no lab: its logs and its state would not fit", "free some; other labs may be up");
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
	f = doctor_add(list, n, "clock source", error_ns > 5000 ? DOCTOR_WEAK : DOCTOR_GOOD,
		"reading the clock is slow: every time stamp of ours is that much less exact",
		"a tsc or kvm-clock clock source, where the machine has one");
	snprintf(f->found, sizeof(f->found), "%.100s, a reading takes %lld ns", name,
		(long long)(2 * error_ns));
	free(name);
}

/* The share of one second that others here used, and that the hypervisor gave to others. */
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
	f = doctor_add(list, n, "quiet", busy > 0.15 ? DOCTOR_WEAK : DOCTOR_GOOD,
		"trials that other work disturbs are invalid and repeated",
		"let the other work end first");
	snprintf(f->found, sizeof(f->found), "%.0f %% busy over one second", busy * 100);
	f = doctor_add(list, n, "steal", steal > 0.01 ? DOCTOR_WEAK : DOCTOR_GOOD,
		"the hypervisor gives the processors to others: trials are late all at once, and "
		"invalid",
		"a machine whose processors are its own");
	snprintf(f->found, sizeof(f->found), "%.1f %% stolen over one second", steal * 100);
}

static void
add_pressure(struct doctor_finding *list, size_t *n)
{
	bool has = access("/proc/pressure/cpu", R_OK) == 0;
	struct doctor_finding *f =
		doctor_add(list, n, "pressure figures", has ? DOCTOR_GOOD : DOCTOR_WEAK,
			"one way less to notice a starved host; the round trips still tell",
			"a kernel with CONFIG_PSI, booted with psi=1");

	snprintf(f->found, sizeof(f->found), "%s", has ? "/proc/pressure" : "none");
}

void
doctor_machine(struct doctor_finding *list, size_t *n)
{
	add_kernel(list, n);
	add_processors(list, n);
	add_memory(list, n);
	add_run_room(list, n);
	add_room(list, n, "disk here", ".", NEEDED_DISK_MIB, DOCTOR_WEAK,
		"a trial keeps about 90 MB of captures and answers",
		"run with --out on a larger disk");
	add_clock(list, n);
	add_pressure(list, n);
	add_quiet(list, n);
}
