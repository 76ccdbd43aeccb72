/* test_fs.c - files and folders: whole or not at all, and never through a link. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"

static char dir[] = "/tmp/test_fs.XXXXXX";

static int
setup(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

/* DIR/NAME, good until the fourth call after. */
static const char *
at(const char *name)
{
	static char paths[4][256];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void
put(const char *name, const char *text)
{
	assert_int_equal(fs_write(at(name), text, strlen(text), NULL), 0);
}

static void
assert_holds(const char *path, const char *text)
{
	char *data;

	assert_int_equal(fs_read(path, 1 << 20, &data, NULL, NULL), 0);
	assert_string_equal(data, text);
	free(data);
}

static size_t
entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
reading(void **state)
{
	char *data = NULL;
	struct err e = {0};
	size_t len;

	(void)state;
	put("a", "12345678");
	assert_int_equal(fs_read(at("a"), 8, &data, &len, &e), 0);
	assert_int_equal(len, 8);
	assert_string_equal(data, "12345678");
	free(data);
	data = NULL;
	assert_int_equal(fs_read(at("a"), 7, &data, &len, &e), -EFBIG);
	assert_int_equal(fs_read(at("none"), 7, &data, &len, &e), -ENOENT);
	assert_non_null(strstr(e.text, at("none")));
	assert_null(data);
	put("empty", "");
	assert_holds(at("empty"), "");
	assert_int_equal(fs_read("/proc/self/status", 1 << 20, &data, &len, NULL), 0);
	assert_int_equal(len, strlen(data));
	assert_true(len > 100);
	free(data);
}

/* The limit of file sizes stands in for a full disk: write() fails in the middle. */
static void
failed_write(void **state)
{
	struct rlimit was, tight;
	size_t len = 1 << 20;
	char *big = calloc(1, len);
	struct err e = {0};
	int rc;

	(void)state;
	assert_non_null(big);
	assert_int_equal(mkdir(at("w"), 0755), 0);
	put("w/f", "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	tight = was;
	tight.rlim_cur = 65536;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	rc = fs_write(at("w/f"), big, len, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, -EFBIG);
	assert_non_null(strstr(e.text, at("w/f")));
	assert_holds(at("w/f"), "old");
	assert_int_equal(entries(at("w")), 1);
	/* A folder is in the way of the rename. */
	assert_int_equal(mkdir(at("w/d"), 0755), 0);
	assert_int_equal(fs_write(at("w/d"), "x", 1, &e), -EISDIR);
	assert_int_equal(entries(at("w")), 2);
	assert_int_equal(fs_write(at("nowhere/f"), "x", 1, &e), -ENOENT);
	free(big);
}

static void
full_disk(void **state)
{
	size_t len = 1 << 20;
	char *big = calloc(1, len);
	struct err e = {0};
	int rc;

	(void)state;
	assert_non_null(big);
	assert_int_equal(mkdir(at("tiny"), 0755), 0);
	if (geteuid() != 0 || mount("none", at("tiny"), "tmpfs", 0, "size=64k") < 0) {
		free(big);
		puts("skipped: only root mounts a tmpfs");
		skip();
	}
	put("tiny/f", "old");
	rc = fs_write(at("tiny/f"), big, len, &e);
	assert_holds(at("tiny/f"), "old");
	assert_int_equal(entries(at("tiny")), 1);
	assert_int_equal(umount(at("tiny")), 0);
	assert_int_equal(rc, -ENOSPC);
	free(big);
}

static void
whole_write(void **state)
{
	struct stat st;
	mode_t mask = umask(077);

	(void)state;
	put("x", "old");
	put("x", "newer");
	umask(mask);
	assert_holds(at("x"), "newer");
	assert_int_equal(stat(at("x"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
}

/* As root a rename would put a file in the place of /dev/null. */
static void
to_a_pipe(void **state)
{
	struct stat st;
	char text[8] = "";
	int fd;

	(void)state;
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	fd = open(at("pipe"), O_RDWR | O_CLOEXEC | O_NONBLOCK);
	assert_true(fd >= 0);
	put("pipe", "told");
	assert_int_equal(stat(at("pipe"), &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "told");
	close(fd);
	assert_int_equal(unlink(at("pipe")), 0);
}

/* Opening it would wait for a writer that never comes; what a shell hands on is read all the same. */
static void
from_a_pipe(void **state)
{
	struct err e = {0};
	char *data = NULL, path[64];
	size_t len = 0;
	int ends[2];

	(void)state;
	alarm(60); /* a test that hangs has failed */
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	assert_int_equal(fs_read(at("pipe"), 100, &data, &len, &e), -EINVAL);
	assert_non_null(strstr(e.text, "pipe: is no regular file"));
	assert_int_equal(unlink(at("pipe")), 0);
	assert_int_equal(symlink("/dev/zero", at("pipe")), 0);
	assert_int_equal(fs_read(at("pipe"), 100, &data, &len, &e), -EINVAL);
	assert_int_equal(unlink(at("pipe")), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], "told", 4), 4);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_int_equal(fs_read(path, 100, &data, &len, &e), 0);
	assert_string_equal(data, "told");
	free(data);
	close(ends[0]);
	alarm(0);
}

static void
folders(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(fs_mkdirs(at("p/q/r"), &e), 0);
	assert_int_equal(fs_mkdirs(at("p/q/r"), &e), 0);
	assert_int_equal(fs_mkdirs(at("p//q/s/"), &e), 0);
	assert_int_equal(entries(at("p/q")), 2);
	put("file", "x");
	assert_int_equal(fs_mkdirs(at("file/below"), &e), -ENOTDIR);
	assert_int_equal(fs_mkdirs(at("file"), &e), -ENOTDIR);
	assert_non_null(strstr(e.text, at("file")));
	assert_int_equal(fs_mkdirs("", &e), -ENOENT);
	assert_int_equal(fs_mkdirs("/", &e), 0);
}

static void
removing(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(fs_mkdirs(at("keep"), NULL), 0);
	assert_int_equal(fs_mkdirs(at("gone/deep/deeper"), NULL), 0);
	put("keep/precious", "1");
	put("gone/deep/f", "1");
	assert_int_equal(symlink(at("keep"), at("gone/link")), 0);
	assert_int_equal(symlink("/nowhere/at/all", at("gone/dangling")), 0);
	assert_int_equal(symlink("..", at("gone/deep/loop")), 0);
	assert_int_equal(fs_remove_tree(at("gone"), NULL), 0);
	assert_int_equal(lstat(at("gone"), &st), -1);
	assert_holds(at("keep/precious"), "1");
	assert_int_equal(symlink(at("keep"), at("link")), 0);
	assert_int_equal(fs_remove_tree(at("link"), NULL), 0);
	assert_int_equal(lstat(at("link"), &st), -1);
	assert_holds(at("keep/precious"), "1");
	assert_int_equal(fs_remove_tree(at("keep/precious"), NULL), 0);
	assert_int_equal(fs_remove_tree(at("never/was"), NULL), 0);
}

/* FIPS 180-2's own vector: a file's digest is what sha256sum prints. */
static void
digest_of_file(void **state)
{
	struct err e = {0};
	char out[65];

	(void)state;
	put("abc", "abc");
	assert_int_equal(fs_sha256(at("abc"), out, &e), 0);
	assert_string_equal(
		out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(fs_sha256(at("none"), out, &e), -ENOENT);
	assert_non_null(strstr(e.text, at("none")));
}

static void
digest(const char *name, char out[static 65])
{
	assert_int_equal(fs_sha256(at(name), out, NULL), 0);
}

static void
digest_of_tree(void **state)
{
	char first[65], now[65];

	(void)state;
	assert_int_equal(fs_mkdirs(at("t/etc"), NULL), 0);
	put("t/etc/a", "one");
	put("t/etc/b", "two");
	assert_int_equal(symlink("a", at("t/etc/l")), 0);
	digest("t", first);
	digest("t/", now);
	assert_string_equal(first, now);

	/* The same tree, made in another order at another time and place. */
	assert_int_equal(fs_mkdirs(at("u/etc"), NULL), 0);
	assert_int_equal(symlink("a", at("u/etc/l")), 0);
	put("u/etc/b", "two");
	put("u/etc/a", "one");
	digest("u", now);
	assert_string_equal(first, now);

	put("t/etc/a", "onE");
	digest("t", now);
	assert_string_not_equal(first, now);
	put("t/etc/a", "onetwo"); /* bytes that move from one file to the next */
	put("t/etc/b", "");
	digest("t", now);
	assert_string_not_equal(first, now);
	put("t/etc/a", "one");
	put("t/etc/b", "two");
	digest("t", now);
	assert_string_equal(first, now);
	assert_int_equal(chmod(at("t/etc/a"), 0600), 0);
	digest("t", now);
	assert_string_not_equal(first, now);
	assert_int_equal(chmod(at("t/etc/a"), 0644), 0);
	assert_int_equal(rename(at("t/etc/b"), at("t/etc/c")), 0);
	digest("t", now);
	assert_string_not_equal(first, now);
	assert_int_equal(rename(at("t/etc/c"), at("t/etc/b")), 0);
	assert_int_equal(unlink(at("t/etc/l")), 0);
	assert_int_equal(symlink("b", at("t/etc/l")), 0);
	digest("t", now);
	assert_string_not_equal(first, now);
	assert_int_equal(unlink(at("t/etc/l")), 0);
	assert_int_equal(symlink("a", at("t/etc/l")), 0);
	assert_int_equal(mkdir(at("t/new"), 0755), 0);
	digest("t", now);
	assert_string_not_equal(first, now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(failed_write),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(whole_write),
		cmocka_unit_test(to_a_pipe),
		cmocka_unit_test(from_a_pipe),
		cmocka_unit_test(folders),
		cmocka_unit_test(removing),
		cmocka_unit_test(digest_of_file),
		cmocka_unit_test(digest_of_tree),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
