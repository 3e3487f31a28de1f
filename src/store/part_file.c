#include "store/part_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static char *join(const char *path, const char *suffix)
{
    struct buf b = {0};

    buf_text(&b, path);
    buf_text(&b, suffix);
    buf_char(&b, '\0');
    return b.data;
}

static int fail(const char *what, const char *path, char *errmsg, size_t size)
{
    snprintf(errmsg, size, "cannot %s %s: %s", what, path, strerror(errno));
    return ERR_UNAVAILABLE;
}

static void remove_companions(const char *part)
{
    static const char *const suffixes[] = {"-journal", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *path = join(part, suffixes[i]);

        unlink(path);
        mem_free(path);
    }
}

/* May the finished file take this name? */
static int check_target(const char *path, bool replace, char *errmsg, size_t size)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : fail("look at", path, errmsg, size);
    if (!S_ISREG(st.st_mode))
        snprintf(errmsg, size, "%s is there already, and is not a file", path);
    else if (!replace)
        snprintf(errmsg, size, "%s is there already: --force replaces it", path);
    else
        return 0;
    return ERR_CONFLICT;
}

/* Another process may have had the lock, and finished and renamed the file
 * meanwhile. */
static bool still_named(int fd, const char *part)
{
    struct stat a, b;

    return fstat(fd, &a) == 0 && lstat(part, &b) == 0 && S_ISREG(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_part(struct part_file *f, char *errmsg, size_t size)
{
    f->fd = open(f->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (f->fd < 0)
        return fail("write", f->part, errmsg, size);
    if (flock(f->fd, LOCK_EX | LOCK_NB) == 0 && still_named(f->fd, f->part)) {
        remove_companions(f->part);
        if (fchmod(f->fd, 0600) == 0 && ftruncate(f->fd, 0) == 0)
            return 0;
        return fail("write", f->part, errmsg, size);
    }
    close(f->fd); /* leave the file: another process is writing it */
    f->fd = -1;
    snprintf(errmsg, size, "somebody else is writing %s now", f->part);
    return ERR_CONFLICT;
}

int part_file_open(const char *path, bool replace, struct part_file *ret_file,
                   char *errmsg, size_t errmsg_size)
{
    struct part_file f = {.fd = -1, .replace = replace};
    int rc = check_target(path, replace, errmsg, errmsg_size);

    if (rc != 0)
        return rc;
    f.path = mem_strdup(path);
    f.part = join(path, ".part");
    rc = open_part(&f, errmsg, errmsg_size);
    if (rc != 0) {
        part_file_done(&f);
        return rc;
    }
    *ret_file = f;
    return 0;
}

/* Not every file system can refuse to replace a file; there we check first. */
static int give_name(const struct part_file *f, char *errmsg, size_t size)
{
    int rc;

    if (!f->replace &&
        renameat2(AT_FDCWD, f->part, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0)
        return 0;
    if (!f->replace && errno != EINVAL && errno != ENOSYS && errno != EEXIST)
        return fail("write", f->path, errmsg, size);
    rc = check_target(f->path, f->replace, errmsg, size);
    if (rc == 0 && rename(f->part, f->path) != 0)
        rc = fail("write", f->path, errmsg, size);
    return rc;
}

static int sync_parent(const char *path, char *errmsg, size_t size)
{
    const char *slash = strrchr(path, '/');
    char *dir = mem_strdup(slash != NULL ? path : ".");
    int fd, rc = 0;

    if (slash != NULL)
        dir[slash == path ? 1 : slash - path] = '\0';
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* EINVAL: the file system cannot sync a directory, and does not need it. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        rc = fail("sync", dir, errmsg, size);
    if (fd >= 0)
        close(fd);
    mem_free(dir);
    return rc;
}

int part_file_finish(struct part_file *f, char *errmsg, size_t errmsg_size)
{
    int rc;

    if (fsync(f->fd) != 0)
        return fail("sync", f->part, errmsg, errmsg_size);
    rc = give_name(f, errmsg, errmsg_size);
    if (rc != 0)
        return rc;
    close(f->fd);
    f->fd = -1; /* the file has its name: part_file_done() must not remove it */
    return sync_parent(f->path, errmsg, errmsg_size);
}

void part_file_done(struct part_file *f)
{
    if (f->part != NULL && f->fd >= 0) {
        remove_companions(f->part);
        unlink(f->part); /* while we hold the lock */
        close(f->fd);
    }
    mem_free(f->path);
    mem_free(f->part);
    *f = (struct part_file){.fd = -1};
}
