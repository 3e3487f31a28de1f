/* fault.c — a disk that fails on command, for tests of the whole server.
 *
 * DESIGN
 *
 * Loaded by LD_PRELOAD before libc. While the file FAULT_FILE exists, calls on
 * files under FAULT_DIR fail as it says. Each line is a rule:
 *
 *     CALL ERRNO [PART]      pwrite ENOSPC        any pwrite()
 *                            fdatasync EIO .seg   only on paths that contain ".seg"
 *     short BYTES [PART]     a pwrite() writes at most that much, and the next to the
 *                            same file nothing
 *     slow MS [PART]         each write and each sync takes that much longer
 *
 * fdatasync stands for fsync too, pwrite for pwritev and fallocate. The file is read at
 * each call: slow, and always what the test last said.
 *
 * Errors   a rule that cannot be read ends the program, so that no test passes because
 *          of a typing error.
 * Threads  any.
 */
#undef _FILE_OFFSET_BITS /* or pwrite() would be another name of pwrite64() */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

struct rule {
    char call[16];
    char what[16];
    char part[64];
};

static int errno_of(const char *name)
{
    if (strcmp(name, "ENOSPC") == 0)
        return ENOSPC;
    if (strcmp(name, "EIO") == 0)
        return EIO;
    if (strcmp(name, "EDQUOT") == 0)
        return EDQUOT;
    fprintf(stderr, "fault: what is '%s'?\n", name);
    abort();
}

static void *next(const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);

    if (f == NULL)
        abort();
    return f;
}

/* The path of an open file, when it is one of those that may fail. */
static bool path_of(int fd, char *path, size_t size)
{
    const char *dir = getenv("FAULT_DIR");
    char link[64];
    ssize_t n;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, size - 1);
    if (dir == NULL || n < 0)
        return false;
    path[n] = '\0';
    return strncmp(path, dir, strlen(dir)) == 0;
}

/* Is there a rule for that call on that file? */
static bool find_rule(const char *call, int fd, struct rule *ret_rule)
{
    const char *control = getenv("FAULT_FILE");
    char path[PATH_MAX], line[128];
    bool found = false;
    FILE *f;

    if (control == NULL || access(control, F_OK) != 0 ||
        !path_of(fd, path, sizeof path))
        return false;
    f = fopen(control, "r");
    if (f == NULL)
        return false;
    while (!found && fgets(line, sizeof line, f) != NULL) {
        struct rule r = {{0}, {0}, {0}};

        if (sscanf(line, "%15s %15s %63s", r.call, r.what, r.part) < 2)
            abort();
        found = strcmp(r.call, call) == 0 && strstr(path, r.part) != NULL;
        *ret_rule = r;
    }
    fclose(f);
    return found;
}

static void slow_down(int fd)
{
    struct rule r;

    if (find_rule("slow", fd, &r))
        usleep((useconds_t)atoi(r.what) * 1000);
}

static bool fails(const char *call, int fd)
{
    struct rule r;

    slow_down(fd);
    if (!find_rule(call, fd, &r))
        return false;
    errno = errno_of(r.what);
    return true;
}

/* How much of a write gets through: all of it, a part, or nothing (and errno). */
static ssize_t room_for(int fd, size_t n)
{
    static atomic_int full = -1; /* the file that a short write has filled */
    struct rule r;
    size_t room;

    if (fails("pwrite", fd))
        return -1;
    if (!find_rule("short", fd, &r)) {
        atomic_compare_exchange_strong(&full, &(int){fd}, -1); /* healed */
        return (ssize_t)n;
    }
    room = (size_t)atoi(r.what);
    if (n <= room && full != fd)
        return (ssize_t)n;
    errno = ENOSPC;
    return atomic_exchange(&full, fd) == fd || room == 0 ? -1 : (ssize_t)room;
}

/* Programs call these by one name or the other, by how wide their off_t is. */
#define FAIL_WRITES_OF(pwrite_, pwritev_, fallocate_, posix_fallocate_, off)           \
    ssize_t pwrite_(int fd, const void *p, size_t n, off at)                           \
    {                                                                                  \
        ssize_t (*real)(int, const void *, size_t, off) = next(#pwrite_);              \
        ssize_t room = room_for(fd, n);                                                \
                                                                                       \
        return room < 0 ? -1 : real(fd, p, (size_t)room, at);                          \
    }                                                                                  \
    ssize_t pwritev_(int fd, const struct iovec *v, int n, off at)                     \
    {                                                                                  \
        ssize_t (*real)(int, const struct iovec *, int, off) = next(#pwritev_);        \
                                                                                       \
        return fails("pwrite", fd) ? -1 : real(fd, v, n, at);                          \
    }                                                                                  \
    int fallocate_(int fd, int mode, off at, off n)                                    \
    {                                                                                  \
        int (*real)(int, int, off, off) = next(#fallocate_);                           \
                                                                                       \
        return fails("pwrite", fd) ? -1 : real(fd, mode, at, n);                       \
    }                                                                                  \
    int posix_fallocate_(int fd, off at, off n)                                        \
    {                                                                                  \
        int (*real)(int, off, off) = next(#posix_fallocate_);                          \
                                                                                       \
        return fails("pwrite", fd) ? errno : real(fd, at, n);                          \
    }

FAIL_WRITES_OF(pwrite, pwritev, fallocate, posix_fallocate, off_t)
FAIL_WRITES_OF(pwrite64, pwritev64, fallocate64, posix_fallocate64, off64_t)

int fdatasync(int fd)
{
    int (*real)(int) = next("fdatasync");

    return fails("fdatasync", fd) ? -1 : real(fd);
}

int fsync(int fd)
{
    int (*real)(int) = next("fsync");

    return fails("fdatasync", fd) ? -1 : real(fd);
}
