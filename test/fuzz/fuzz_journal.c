/* fuzz_journal.c — no bytes in its files crash the recovery, and what is read checks.
 *
 * The first byte says how: where the bytes are cut into two segments, and whether the
 * checksums of what looks like records are put right first (or next to nothing would be
 * read). */
#include <assert.h>
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ballot/crc32c.h"
#include "ballot/journal.h"
#include "ballot/record.h"
#include "base/buf.h"
#include "base/err.h"

enum { BYTES_MAX = 4096, FIXES = 1, SEGMENT = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64];
static uint8_t bytes[BYTES_MAX];
static size_t n_bytes;

static int no_sync(int fd)
{
    (void)fd;
    return 0;
}

static const struct journal_io io = {pwrite, no_sync};

static void remove_dir(void)
{
    (void)!rmdir(dir);
}

static void make_dir(void)
{
    if (dir[0] != '\0')
        return;
    snprintf(dir, sizeof dir, "/tmp/pollux-fuzz-XXXXXX");
    assert(mkdtemp(dir) != NULL);
    atexit(remove_dir);
}

static void path_of(char path[128], size_t start)
{
    snprintf(path, 128, "%s/%016zx.seg", dir, start);
}

static void write_segment(size_t start, size_t end)
{
    char path[128];
    int fd;

    path_of(path, start);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert(fd >= 0);
    assert(write(fd, bytes + start, end - start) == (ssize_t)(end - start));
    close(fd);
}

/* Whatever the run made: at most two of ours, one more, and a spare. */
static void remove_segments(size_t cut)
{
    char path[128];
    size_t starts[] = {0, cut, n_bytes};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        path_of(path, starts[i]);
        unlink(path);
    }
}

static void fix_checksums(void)
{
    for (size_t at = 0; at + 8 < n_bytes;) {
        uint32_t length, crc;

        memcpy(&length, bytes + at, sizeof length);
        length = le32toh(length);
        if (length == 0 || length > RECORD_BYTES_MAX - 8 || at + 8 + length > n_bytes) {
            at += 8;
            continue;
        }
        uint64_t head[2] = {htole64(at), htole64(length)};
        crc = htole32(crc32c(crc32c(0, head, sizeof head), bytes + at + 8, length));
        memcpy(bytes + at + 4, &crc, sizeof crc);
        at += (8 + length + 7) & ~UINT64_C(7);
    }
}

/* c was read up to next: its record lies there as we would write it. */
static void check_record(const struct change *c, uint64_t next)
{
    struct buf b = {0};
    uint32_t length;
    uint64_t at;

    record_add_change(&b, 0, c); /* for its length */
    assert(b.len <= next && next <= n_bytes);
    at = next - b.len;
    b.len = 0;
    record_add_change(&b, at, c);
    memcpy(&length, b.data, sizeof length);
    assert(memcmp(b.data, bytes + at, 8 + le32toh(length)) == 0);
    buf_done(&b);
}

static uint64_t read_all(struct journal *j, bool ours)
{
    uint64_t next = journal_start(j), position, count = 0;
    struct change c;
    size_t n;

    do {
        position = next;
        assert(journal_read(j, position, &c, 1, &n, &next) == 0);
        assert(n <= 1 && next >= position);
        if (n == 1 && ours)
            check_record(&c, next);
        count += n;
    } while (n > 0);
    return count;
}

static void count(void *user, const struct change *c)
{
    (void)c;
    ++*(uint64_t *)user;
}

static void recover(void)
{
    struct journal_opts opts = {.dir = dir, .segment_bytes = SEGMENT, .io = &io};
    struct change more = {.kind = CHANGE_SKIP, .poll = 1, .user = 2};
    uint64_t n, salvaged = 0, end;
    struct journal_found found;
    struct journal *j;
    char errmsg[512];
    int rc;

    assert(journal_salvage(&opts, count, &salvaged, &end, errmsg, sizeof errmsg) == 0);
    opts.read_only = true;
    rc = journal_open(&opts, &j, &found, errmsg, sizeof errmsg);
    if (rc == 0)
        journal_close(j);
    opts.read_only = false;
    assert(journal_open(&opts, &j, &found, errmsg, sizeof errmsg) == rc);
    if (rc != 0) {
        assert(rc == ERR_CONFLICT && errmsg[0] != '\0');
        return;
    }
    n = read_all(j, true);
    assert(n == found.changes && n <= salvaged);
    assert(journal_append(j, &more, 1) == 0);
    journal_close(j);
    assert(journal_open(&opts, &j, &found, errmsg, sizeof errmsg) == 0);
    assert(found.changes == n + 1 && found.torn_bytes == 0);
    assert(read_all(j, false) == n + 1);
    journal_close(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t cut;

    if (size < 2 || size > BYTES_MAX)
        return 0;
    make_dir();
    n_bytes = size - 1;
    memcpy(bytes, data + 1, n_bytes);
    cut = (size_t)(data[0] >> 1) * 8; /* 0, or beyond: one segment */
    if (cut > n_bytes)
        cut = 0;
    if (data[0] & FIXES)
        fix_checksums();
    if (cut > 0)
        write_segment(0, cut);
    write_segment(cut, n_bytes);
    recover();
    remove_segments(cut);
    return 0;
}
