/* source.c - captures of any make read through libpcap, several at once, as one sequence in time. */
#include "bench/analyze/source.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/pkt.h"

enum { BUFFERS_BYTES = 8 << 20, MAX_BUFFER_BYTES = 128 << 10, MIN_BUFFER_BYTES = 32 << 10 };

#define LAST_S (INT64_MAX / NS_PER_S - 1) /* of what an instant can hold: the year 2262 */

extern char **environ;

/* What a packed file begins with, and who unpacks it. */
static const struct packer {
	const char *magic;
	size_t magic_bytes;
	const char *program;
} packers[] = {{"\x1f\x8b", 2, "gzip"}, {"\x28\xb5\x2f\xfd", 4, "zstd"},
	{"\xfd"
	 "7zXZ",
		5, "xz"},
	{"BZh", 3, "bzip2"}, {"\x04\x22\x4d\x18", 4, "lz4"}};

struct file {
	const char *path;
	pcap_t *pcap;
	FILE *stream;
	char *buffer;
	int fd;
	uint64_t read_bytes; /* from fd */
	const struct packer *packer;
	pid_t unpacker;	 /* 0: none */
	bool has_places; /* an ordinary file: glibc reads these faster than through our functions */
	bool started, ended;
	unsigned point;
	struct wall last;
	struct source_record next; /* read, not yet handed out */
	uint64_t packets;
	struct err damage;
};

struct source {
	size_t files;
	size_t heap_len;
	unsigned *heap;	 /* files that have a packet, the earliest first */
	bool handed_out; /* heap[0]'s packet: it is read further before the next */
	size_t points;
	unsigned *point_file; /* by point: the file that is there now */
	struct file *file;
};

static ssize_t
read_stream(void *cookie, char *buf, size_t size)
{
	struct file *f = cookie;
	ssize_t n;

	do
		n = read(f->fd, buf, size);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		f->read_bytes += (uint64_t)n;
	return n;
}

/* Only so that ftello can tell the byte of a mistake, in a pipe too. */
static int
tell_stream(void *cookie, off64_t *offset, int whence)
{
	struct file *f = cookie;

	if (whence != SEEK_CUR || *offset != 0)
		return -1;
	*offset = (off64_t)f->read_bytes;
	return 0;
}

static int
close_stream(void *cookie)
{
	struct file *f = cookie;

	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	return 0;
}

/* `program -dc` reads the file, we read the program. */
static int
start_unpacker(struct file *f, struct err *e)
{
	char name[16];
	char *argv[] = {name, (char[]){"-dc"}, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], rc;

	snprintf(name, sizeof(name), "%s", f->packer->program);
	if (lseek(f->fd, 0, SEEK_SET) < 0)
		return err_sys(e, errno, "%s", f->path);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, errno, "%s: pipe", f->path);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, f->fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&f->unpacker, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	close(f->fd);
	f->fd = ends[0];
	if (rc == 0)
		return 0;
	f->unpacker = 0;
	return err_set(e, rc, "%s: packed with %s, which cannot be run here (%s)", f->path, name,
		strerror(rc));
}

static int
open_plain(struct file *f, struct err *e)
{
	char head[8] = {0};
	ssize_t n;

	if (strcmp(f->path, "-") == 0) {
		f->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		return f->fd < 0 ? err_sys(e, errno, "standard input") : 0;
	}
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return err_sys(e, errno, "%s", f->path);
	n = pread(f->fd, head, sizeof(head), 0);
	if (n < 0)
		/* A pipe has no places: then it is read as it comes. */
		return errno == ESPIPE ? 0 : err_sys(e, errno, "%s", f->path);
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++)
		if ((size_t)n >= packers[i].magic_bytes &&
			memcmp(head, packers[i].magic, packers[i].magic_bytes) == 0)
			f->packer = &packers[i];
	f->has_places = f->packer == NULL;
	return f->has_places ? 0 : start_unpacker(f, e);
}

/* The place that was read up to, and what libpcap says about it, in a line. */
static int
complain(struct file *f, struct err *e, const char *what)
{
	return err_set(e, EBADMSG, "%s: byte %lld%s: %s", f->path, (long long)ftello(f->stream),
		f->packer != NULL ? " once unpacked" : "", what);
}

static int
open_file(struct file *f, size_t buffer_bytes, struct err *e)
{
	cookie_io_functions_t io = {read_stream, NULL, tell_stream, close_stream};
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc = open_plain(f, e);

	if (rc < 0)
		return rc;
	f->stream = f->has_places ? fdopen(f->fd, "r") : fopencookie(f, "r", io);
	f->buffer = malloc(buffer_bytes);
	if (f->has_places && f->stream != NULL)
		f->fd = -1; /* the stream's */
	if (f->stream == NULL || f->buffer == NULL)
		return err_sys(e, ENOMEM, "%s", f->path);
	setvbuf(f->stream, f->buffer, _IOFBF, buffer_bytes);
	__fsetlocking(f->stream, FSETLOCKING_BYCALLER); /* nobody else reads it */
	f->pcap = pcap_fopen_offline_with_tstamp_precision(
		f->stream, PCAP_TSTAMP_PRECISION_NANO, why);
	if (f->pcap == NULL)
		return complain(f, e, why);
	f->next.link = (uint32_t)pcap_datalink(f->pcap);
	if (f->next.link == DLT_RAW)
		f->next.link = PKT_LINK_RAW;
	return 0;
}

/* At the end of what was unpacked: did the unpacker say that this was all? */
static void
end_unpacker(struct file *f)
{
	int status;

	if (f->unpacker == 0)
		return;
	while (waitpid(f->unpacker, &status, 0) < 0)
		if (errno != EINTR)
			return;
	f->unpacker = 0;
	if (f->damage.code == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		err_set(&f->damage, EBADMSG,
			"%s: byte %llu once unpacked: %s could not unpack more", f->path,
			(unsigned long long)f->read_bytes, f->packer->program);
}

static void
close_file(struct file *f)
{
	if (f->pcap != NULL)
		pcap_close(f->pcap); /* closes the stream too */
	else if (f->stream != NULL)
		fclose(f->stream);
	f->pcap = NULL;
	f->stream = NULL;
	close_stream(f);
	free(f->buffer);
	f->buffer = NULL;
	end_unpacker(f);
}

/* One packet further. False at the end, and where the damage begins. */
static bool
advance(struct file *f)
{
	struct pcap_pkthdr *head;
	const u_char *data;
	int rc = pcap_next_ex(f->pcap, &head, &data);
	bool timeless = rc == 1 && (head->ts.tv_sec < 0 || head->ts.tv_sec > LAST_S);

	if (rc != 1 || timeless) {
		if (rc != PCAP_ERROR_BREAK)
			complain(f, &f->damage,
				timeless ? "a packet of no possible time" : pcap_geterr(f->pcap));
		f->last = f->next.seen;
		f->ended = true;
		close_file(f);
		return false;
	}
	f->next.seen.ns = (int64_t)head->ts.tv_sec * NS_PER_S + (int64_t)head->ts.tv_usec;
	f->next.data = data;
	f->next.captured_bytes = head->caplen;
	f->next.wire_bytes = head->len;
	f->next.number = ++f->packets;
	return true;
}

static bool
earlier(const struct source *s, unsigned a, unsigned b)
{
	int64_t diff_ns = wall_diff_ns(s->file[a].next.seen, s->file[b].next.seen);

	return diff_ns < 0 || (diff_ns == 0 && a < b);
}

static void
sink_down(struct source *s, size_t at)
{
	for (;;) {
		size_t least = at, left = 2 * at + 1;
		unsigned swap;

		for (size_t child = left; child < left + 2 && child < s->heap_len; child++)
			if (earlier(s, s->heap[child], s->heap[least]))
				least = child;
		if (least == at)
			return;
		swap = s->heap[at];
		s->heap[at] = s->heap[least];
		s->heap[least] = swap;
		at = least;
	}
}

/* Where the file that begins now was captured: where one that has ended was, or somewhere new. */
static void
find_point(struct source *s, unsigned file)
{
	struct file *f = &s->file[file];
	size_t p;

	for (p = 0; p < s->points; p++) {
		const struct file *before = &s->file[s->point_file[p]];

		if (before->ended && before->next.link == f->next.link &&
			wall_diff_ns(f->next.seen, before->last) >= 0)
			break;
	}
	if (p == s->points)
		s->points++;
	s->point_file[p] = file;
	f->point = f->next.point = (unsigned)p;
	f->started = true;
}

int
source_next(struct source *s, struct source_record *ret)
{
	struct file *f;

	if (s->handed_out) {
		s->handed_out = false;
		if (!advance(&s->file[s->heap[0]]))
			s->heap[0] = s->heap[--s->heap_len];
		if (s->heap_len > 1)
			sink_down(s, 0);
	}
	if (s->heap_len == 0)
		return 0;
	f = &s->file[s->heap[0]];
	if (!f->started)
		find_point(s, s->heap[0]);
	*ret = f->next;
	s->handed_out = true;
	return 1;
}

int
source_open(const char *const *paths, size_t files, struct source **ret, struct err *e)
{
	struct source *s = calloc(1, sizeof(*s));
	size_t buffer_bytes = files > 0 ? BUFFERS_BYTES / files : 0;
	int rc = 0;

	if (buffer_bytes > MAX_BUFFER_BYTES)
		buffer_bytes = MAX_BUFFER_BYTES;
	if (buffer_bytes < MIN_BUFFER_BYTES)
		buffer_bytes = MIN_BUFFER_BYTES;
	if (s != NULL) {
		s->file = calloc(files, sizeof(*s->file));
		s->heap = calloc(files, sizeof(*s->heap));
		s->point_file = calloc(files, sizeof(*s->point_file));
	}
	if (s == NULL || s->file == NULL || s->heap == NULL || s->point_file == NULL) {
		source_free(s);
		return err_sys(e, ENOMEM, "captures");
	}
	for (; s->files < files && rc == 0; s->files++) {
		struct file *f = &s->file[s->files];

		*f = (struct file){.path = paths[s->files], .fd = -1};
		f->next.file = (unsigned)s->files;
		rc = open_file(f, buffer_bytes, e);
		if (rc == 0 && advance(f))
			s->heap[s->heap_len++] = (unsigned)s->files;
	}
	if (rc < 0) {
		source_free(s);
		return rc;
	}
	for (size_t i = s->heap_len; i-- > 0;)
		sink_down(s, i);
	*ret = s;
	return 0;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->files; i++)
		close_file(&s->file[i]);
	free(s->file);
	free(s->heap);
	free(s->point_file);
	free(s);
}

size_t
source_files(const struct source *s)
{
	return s->files;
}

const char *
source_path(const struct source *s, unsigned file)
{
	return s->file[file].path;
}

uint64_t
source_packets(const struct source *s, unsigned file)
{
	return s->file[file].packets;
}

unsigned
source_point(const struct source *s, unsigned file)
{
	return s->file[file].point;
}

const char *
source_damage(const struct source *s, unsigned file)
{
	return s->file[file].damage.code != 0 ? s->file[file].damage.text : NULL;
}
