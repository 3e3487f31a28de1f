#include "ballot/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

enum { PATH_BYTES = 4096, HEX_DIGITS = 16, ZEROS = 1 << 16 };

static void segment_path(const char *dir, uint64_t start, char ret[PATH_BYTES])
{
    snprintf(ret, PATH_BYTES, "%s/%016" PRIx64 ".seg", dir, start);
}

static void spare_path(const char *dir, char ret[PATH_BYTES])
{
    snprintf(ret, PATH_BYTES, "%s/spare.seg", dir);
}

/* "00000000003d0900.seg" → its position. */
static bool parse_name(const char *name, uint64_t *ret_start)
{
    char *end;

    if (strlen(name) != HEX_DIGITS + 4 ||
        strspn(name, "0123456789abcdef") != HEX_DIGITS)
        return false;
    *ret_start = strtoull(name, &end, 16);
    return strcmp(end, ".seg") == 0;
}

static int open_segment(const char *dir, uint64_t start, bool read_only,
                        struct segment *ret)
{
    char path[PATH_BYTES];
    struct stat st;

    segment_path(dir, start, path);
    ret->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (ret->fd < 0)
        return ERR_UNAVAILABLE;
    if (fstat(ret->fd, &st) != 0) {
        close(ret->fd);
        return ERR_UNAVAILABLE;
    }
    ret->start = ret->body = ret->end = start;
    ret->size = (uint64_t)st.st_size;
    return 0;
}

static int by_start(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

int segment_list(const char *dir, bool read_only, struct segment **ret_segments,
                 size_t *ret_n)
{
    struct segment *list = NULL;
    DIR *d = opendir(dir);
    size_t n = 0;
    uint64_t start;
    int rc = 0;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    errno = 0; /* readdir() returns NULL both at the end and on failure */
    for (struct dirent *e; rc == 0 && (e = readdir(d)) != NULL; errno = 0) {
        if (!parse_name(e->d_name, &start))
            continue;
        list = mem_realloc(list, (n + 1) * sizeof *list);
        rc = open_segment(dir, start, read_only, &list[n]);
        n += rc == 0;
    }
    if (errno != 0)
        rc = ERR_UNAVAILABLE;
    closedir(d);
    if (rc != 0) {
        while (n > 0)
            close(list[--n].fd);
        mem_free(list);
        return rc;
    }
    if (n > 1)
        qsort(list, n, sizeof *list, by_start);
    *ret_segments = list;
    *ret_n = n;
    return 0;
}

static int sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0 ? 0 : ERR_UNAVAILABLE;

    if (fd >= 0)
        close(fd);
    return rc;
}

static int fill_with_zeros(int fd, uint64_t size)
{
    static const char zeros[ZEROS];

    for (uint64_t at = 0; at < size;) {
        size_t n = size - at < ZEROS ? (size_t)(size - at) : ZEROS;
        ssize_t done = pwrite(fd, zeros, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return ERR_UNAVAILABLE;
        at += (uint64_t)done;
    }
    return fsync(fd) == 0 ? 0 : ERR_UNAVAILABLE;
}

/* Open the spare if its size is right, else a fresh file. A fresh file gets the spare's
 * name, so that a half-made one is never taken for a segment. */
static int open_spare(const char *path, uint64_t size)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && (uint64_t)st.st_size == size)
        return fd;
    if (ftruncate(fd, 0) == 0 && fill_with_zeros(fd, size) == 0)
        return fd;
    close(fd);
    unlink(path); /* frees its space on a full disk */
    return -1;
}

/* Called before the file gets its name, so nobody sees a segment without its header. */
static bool write_header(int fd, struct str header)
{
    return header.len == 0 ||
           (pwrite(fd, header.at, header.len, 0) == (ssize_t)header.len &&
            fdatasync(fd) == 0);
}

int segment_create(const char *dir, uint64_t start, uint64_t size, struct str header,
                   struct segment *ret)
{
    char spare[PATH_BYTES], path[PATH_BYTES];
    int fd;

    spare_path(dir, spare);
    segment_path(dir, start, path);
    fd = open_spare(spare, size);
    if (fd < 0)
        return ERR_UNAVAILABLE;
    if (!write_header(fd, header) || rename(spare, path) != 0 || sync_dir(dir) != 0) {
        close(fd);
        return ERR_UNAVAILABLE;
    }
    *ret = (struct segment){.fd = fd,
                            .start = start,
                            .size = size,
                            .body = start + header.len,
                            .end = start + header.len};
    return 0;
}

void segment_retire(const char *dir, struct segment *s, uint64_t usual_size)
{
    char spare[PATH_BYTES], path[PATH_BYTES];

    spare_path(dir, spare);
    segment_path(dir, s->start, path);
    close(s->fd);
    s->fd = -1;
    /* Never replace a spare: the writer may be using it. */
    if (s->size != usual_size ||
        renameat2(AT_FDCWD, path, AT_FDCWD, spare, RENAME_NOREPLACE) != 0)
        unlink(path);
}
