#include "ballot/reached.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ballot/crc32c.h"
#include "base/err.h"

enum { PATH_BYTES = 4096 };

/* The file is three lines of 64 bytes, each written as a whole; numbers are
 * little-endian. */
struct line {
    uint64_t a, b;
    uint64_t crc; /* covers a, b and which line it is */
};
enum line_name { LINE_ID, LINE_JOURNAL, LINE_DATABASE };
enum { LINE_BYTES = 64 };

static uint64_t sum_of(enum line_name name, const struct line *l)
{
    uint8_t n = (uint8_t)name + 1;

    return htole64(crc32c(crc32c(0, &n, 1), l, offsetof(struct line, crc)));
}

static bool read_line(int fd, enum line_name name, struct line *ret)
{
    return pread(fd, ret, sizeof *ret, (off_t)name * LINE_BYTES) == sizeof *ret &&
           ret->crc == sum_of(name, ret);
}

static int write_line(int fd, enum line_name name, uint64_t a, uint64_t b)
{
    struct line l = {.a = htole64(a), .b = htole64(b)};

    l.crc = sum_of(name, &l);
    return pwrite(fd, &l, sizeof l, (off_t)name * LINE_BYTES) == sizeof l
               ? 0
               : ERR_UNAVAILABLE;
}

static void reached_path(const char *dir, char ret[PATH_BYTES])
{
    snprintf(ret, PATH_BYTES, "%s/reached", dir);
}

/* 0: the file is this journal's. ERR_NOT_FOUND: it does not say whose it is. */
static int check_id(int fd, const uint8_t journal_id[JOURNAL_ID_BYTES])
{
    struct line l;

    if (!read_line(fd, LINE_ID, &l))
        return ERR_NOT_FOUND;
    return memcmp(&l, journal_id, JOURNAL_ID_BYTES) == 0 ? 0 : ERR_CONFLICT;
}

int reached_read(const char *dir, const uint8_t journal_id[JOURNAL_ID_BYTES],
                 struct reached *ret)
{
    char path[PATH_BYTES];
    struct line l;
    int fd, rc;

    *ret = (struct reached){0};
    reached_path(dir, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : ERR_UNAVAILABLE;
    rc = check_id(fd, journal_id);
    if (rc == 0 && read_line(fd, LINE_JOURNAL, &l)) {
        ret->has_journal = true;
        ret->synced = le64toh(l.a);
    }
    if (rc == 0 && read_line(fd, LINE_DATABASE, &l)) {
        ret->has_database = true;
        ret->commits = le64toh(l.a);
        ret->in_file = le64toh(l.b);
    }
    close(fd);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

int reached_open(const char *dir, const uint8_t journal_id[JOURNAL_ID_BYTES],
                 int *ret_fd)
{
    char path[PATH_BYTES];
    uint64_t id[2];
    int fd, rc;

    reached_path(dir, path);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR_UNAVAILABLE;
    rc = check_id(fd, journal_id);
    if (rc == ERR_NOT_FOUND) {
        memcpy(id, journal_id, sizeof id);
        rc = ftruncate(fd, 0) == 0
                 ? write_line(fd, LINE_ID, le64toh(id[0]), le64toh(id[1]))
                 : ERR_UNAVAILABLE;
    }
    if (rc != 0)
        close(fd);
    else
        *ret_fd = fd;
    return rc;
}

void reached_journal(int fd, uint64_t synced)
{
    (void)write_line(fd, LINE_JOURNAL, synced, 0);
}

void reached_database(int fd, uint64_t commits, uint64_t in_file)
{
    (void)write_line(fd, LINE_DATABASE, commits, in_file);
}
