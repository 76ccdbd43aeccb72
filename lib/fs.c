/* fs.c - files and folders, whole: read all of one, write all of one or nothing, remove a tree. */
#include "lib/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <fts.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opening a pipe waits for somebody to write, reading a device may never end: so only what is there is opened. */
static int
open_regular(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return fd;
	close(fd);
	return err_set(e, EINVAL, "%s: is no regular file", path);
}

/* What a shell or a caller hands on by descriptor: /dev/stdin, /dev/fd/63 of <(...), /proc/self/fd/3. */
static bool
is_handed(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
}

static int
read_all(
	int fd, const char *path, size_t max_bytes, char **ret_data, size_t *ret_len, struct err *e)
{
	size_t size = 4096, len = 0;
	char *data = NULL;
	int rc;

	for (;;) {
		char *grown = realloc(data, size + 1);
		ssize_t n;

		if (grown == NULL) {
			rc = err_sys(e, ENOMEM, "%s", path);
			break;
		}
		data = grown;
		n = read(fd, data + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = err_sys(e, errno, "%s", path);
			break;
		}
		len += (size_t)n;
		if (len > max_bytes) {
			rc = err_set(e, EFBIG, "%s: larger than %zu bytes", path, max_bytes);
			break;
		}
		if (n == 0) {
			data[len] = '\0';
			close(fd);
			*ret_data = data;
			if (ret_len != NULL)
				*ret_len = len;
			return 0;
		}
		if (len == size)
			size *= 2;
	}
	close(fd);
	free(data);
	return rc;
}

int
fs_read(const char *path, size_t max_bytes, char **ret_data, size_t *ret_len, struct err *e)
{
	int fd;

	if (is_handed(path))
		return fs_read_any(path, max_bytes, ret_data, ret_len, e);
	fd = open_regular(path, e);
	return fd < 0 ? fd : read_all(fd, path, max_bytes, ret_data, ret_len, e);
}

int
fs_read_any(const char *path, size_t max_bytes, char **ret_data, size_t *ret_len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	return read_all(fd, path, max_bytes, ret_data, ret_len, e);
}

static int
write_all(int fd, const char *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, data + done, len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* A device, pipe or socket; also by the links of /dev, like /dev/stdout. Other links are replaced, as files are. */
static bool
is_device(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return false;
	return !S_ISLNK(st.st_mode) || strncmp(path, "/dev/", 5) == 0;
}

static int
write_device(const char *path, const void *data, size_t len, struct err *e)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	rc = write_all(fd, data, len);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc < 0 ? err_sys(e, -rc, "%s", path) : 0;
}

int
fs_write(const char *path, const void *data, size_t len, struct err *e)
{
	char temp[PATH_MAX];
	int fd, rc;

	if (is_device(path))
		return write_device(path, data, len, e);
	if ((size_t)snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= sizeof(temp))
		return err_set(e, ENAMETOOLONG, "%s: path too long", path);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	rc = write_all(fd, data, len);
	if (rc == 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0))
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(temp, path) < 0)
		rc = -errno;
	if (rc < 0) {
		unlink(temp);
		return err_sys(e, -rc, "%s", path);
	}
	return 0;
}

int
fs_mkdirs(const char *path, struct err *e)
{
	char part[PATH_MAX];
	struct stat st;

	if (path[0] == '\0')
		return err_set(e, ENOENT, "a folder without a name");
	if ((size_t)snprintf(part, sizeof(part), "%s", path) >= sizeof(part))
		return err_set(e, ENAMETOOLONG, "%s: path too long", path);
	for (char *p = part + 1;; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return err_sys(e, errno, "%s", part);
		*p = was;
		if (was == '\0')
			break;
	}
	if (stat(path, &st) < 0)
		return err_sys(e, errno, "%s", path);
	return S_ISDIR(st.st_mode) ? 0 : err_sys(e, ENOTDIR, "%s", path);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int
fs_remove_tree(const char *path, struct err *e)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 && errno != ENOENT)
		return err_sys(e, errno, "%s", path);
	return 0;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Bytes of a file; `framed` puts their number before, so that a tree's files cannot run together. */
static int
digest_file(EVP_MD_CTX *md, const char *path, bool framed, struct err *e)
{
	char *data;
	size_t len;
	int rc = fs_read(path, (size_t)1 << 30, &data, &len, e);

	if (rc < 0)
		return rc;
	if (framed)
		EVP_DigestUpdate(md, &len, sizeof(len));
	EVP_DigestUpdate(md, data, len);
	free(data);
	return 0;
}

/* One entry of a tree: its place below the root, its type and mode, what it holds. */
static int
digest_entry(EVP_MD_CTX *md, const FTSENT *f, size_t root_len, struct err *e)
{
	const char *name = f->fts_path + root_len;
	char head[32], target[PATH_MAX];
	ssize_t n;

	if (f->fts_info == FTS_DP)
		return 0;
	if (f->fts_info == FTS_ERR || f->fts_info == FTS_DNR || f->fts_info == FTS_NS)
		return err_sys(e, f->fts_errno, "%s", f->fts_path);
	if (f->fts_info == FTS_F && f->fts_level == FTS_ROOTLEVEL)
		return digest_file(md, f->fts_accpath, false, e);
	EVP_DigestUpdate(md, name, strlen(name) + 1);
	snprintf(head, sizeof(head), "%o", (unsigned)f->fts_statp->st_mode);
	EVP_DigestUpdate(md, head, strlen(head) + 1);
	if (f->fts_info == FTS_F)
		return digest_file(md, f->fts_accpath, true, e);
	if ((n = readlink(f->fts_accpath, target, sizeof(target))) > 0)
		EVP_DigestUpdate(md, target, (size_t)n);
	return 0;
}

int
fs_sha256(const char *path, char out[static 65], struct err *e)
{
	char root[PATH_MAX];
	char *const roots[] = {root, NULL};
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_len = 0;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t root_len;
	FTS *fts = NULL;
	int rc = 0;

	if ((size_t)snprintf(root, sizeof(root), "%s", path) >= sizeof(root)) {
		rc = err_set(e, ENAMETOOLONG, "%s: path too long", path);
		goto out;
	}
	/* "folder/" is the same tree as "folder". */
	for (root_len = strlen(root); root_len > 1 && root[root_len - 1] == '/';)
		root[--root_len] = '\0';
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (fts == NULL) {
		rc = err_sys(e, errno, "%s", path);
		goto out;
	}
	if (md == NULL || !EVP_DigestInit_ex(md, EVP_sha256(), NULL)) {
		rc = err_set(e, ENOMEM, "%s: cannot start a digest", path);
		goto out;
	}
	while (rc == 0) {
		FTSENT *f = fts_read(fts);

		if (f == NULL) {
			rc = errno == 0 ? 0 : err_sys(e, errno, "%s", path);
			break;
		}
		rc = digest_entry(md, f, root_len, e);
	}
	if (rc == 0) {
		EVP_DigestFinal_ex(md, digest, &digest_len);
		for (unsigned int i = 0; i < digest_len && i < 32; i++)
			snprintf(out + 2 * i, 3, "%02x", digest[i]);
	}
out:
	if (fts != NULL)
		fts_close(fts);
	EVP_MD_CTX_free(md);
	return rc;
}
