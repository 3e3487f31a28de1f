#include "lib/journal_world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/check.h"

/* ---- directories ---- */

void dir_make(char ret_dir[DIR_BYTES])
{
    snprintf(ret_dir, DIR_BYTES, "/tmp/pollux-test-XXXXXX");
    assert_non_null(mkdtemp(ret_dir));
}

static size_t each_file(const char *dir, bool unlink_them)
{
    DIR *d = opendir(dir);
    size_t n = 0;

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.') {
            n++;
            if (unlink_them)
                assert_int_equal(unlinkat(dirfd(d), e->d_name, 0), 0);
        }
    closedir(d);
    return n;
}

void dir_remove(const char *dir)
{
    each_file(dir, true);
    assert_int_equal(rmdir(dir), 0);
}

size_t dir_files(const char *dir)
{
    return each_file(dir, false);
}

bool dir_has(const char *dir, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

struct buf file_read(const char *dir, const char *name)
{
    char path[256];
    struct buf b = {0};
    struct stat st;
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_RDONLY);
    CHECK_AT(path, fd >= 0 && fstat(fd, &st) == 0);
    CHECK_AT(path, read(fd, buf_reserve(&b, (size_t)st.st_size + 1),
                        (size_t)st.st_size) == st.st_size);
    b.len = (size_t)st.st_size;
    close(fd);
    return b;
}

void file_write(const char *dir, const char *name, const void *p, size_t n)
{
    char path[256];
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK_AT(path, fd >= 0 && write(fd, p, n) == (ssize_t)n);
    close(fd);
}

/* ---- changes ---- */

struct change nth_change(uint64_t n)
{
    struct change c = {.kind = (enum change_kind)(1 + n % 6),
                       .poll = (uint32_t)(n * 2654435761u),
                       .user = (uint32_t)n,
                       .option = (uint8_t)(n % LIMIT_OPTIONS),
                       .was_option = (uint8_t)(n / 3 % LIMIT_OPTIONS),
                       .at_ms = (int64_t)(n << 21),
                       .version = n << 17};

    c.keyed = c.kind == CHANGE_VOTE && n / 6 % 2 == 0;
    if (!c.keyed)
        return c;
    for (size_t i = 0; i < VOTE_KEY_BYTES; i++)
        c.key[i] = (uint8_t)(n >> i % 8);
    c.receipt = (struct receipt){.voted_ms = c.at_ms,
                                 .version = n << 18,
                                 .option = c.option,
                                 .votes_left = (uint32_t)n * 7,
                                 .n_options = (uint32_t)(2 + n / 12 % 19)};
    for (uint32_t i = 0; i < c.receipt.n_options; i++)
        c.receipt.counts[i] = (uint32_t)n + i;
    return c;
}

void append_changes(struct journal *j, uint64_t from, size_t n)
{
    struct change c[64];

    assert_true(n <= sizeof c / sizeof *c);
    for (size_t i = 0; i < n; i++)
        c[i] = nth_change(from + i);
    assert_int_equal(journal_append(j, c, n), 0);
}

void check_same(const char *why, const struct change *a, const struct change *b)
{
    CHECK_EQ_AT(why, a->kind, b->kind);
    CHECK_EQ_AT(why, a->poll, b->poll);
    CHECK_EQ_AT(why, a->user, b->user);
    CHECK_EQ_AT(why, a->option, b->option);
    CHECK_EQ_AT(why, a->was_option, b->was_option);
    CHECK_EQ_AT(why, a->at_ms, b->at_ms);
    CHECK_EQ_AT(why, a->version, b->version);
    CHECK_EQ_AT(why, a->keyed, b->keyed);
    if (!a->keyed)
        return;
    CHECK_AT(why, memcmp(a->key, b->key, VOTE_KEY_BYTES) == 0);
    CHECK_EQ_AT(why, a->receipt.voted_ms, b->receipt.voted_ms);
    CHECK_EQ_AT(why, a->receipt.version, b->receipt.version);
    CHECK_EQ_AT(why, a->receipt.option, b->receipt.option);
    CHECK_EQ_AT(why, a->receipt.votes_left, b->receipt.votes_left);
    CHECK_EQ_AT(why, a->receipt.n_options, b->receipt.n_options);
    for (uint32_t i = 0; i < a->receipt.n_options; i++)
        CHECK_EQ_AT(why, a->receipt.counts[i], b->receipt.counts[i]);
}

void check_nth(const struct change *c, uint64_t n)
{
    struct change want = nth_change(n);
    char why[48];

    snprintf(why, sizeof why, "change %llu", (unsigned long long)n);
    check_same(why, c, &want);
}

/* ---- the disk ---- */

struct disk disk;

static bool falls_due(atomic_int *n)
{
    int left = atomic_load(n);

    while (left > 0 && !atomic_compare_exchange_weak(n, &left, left - 1))
        ;
    return left != 0;
}

static ssize_t disk_pwrite(int fd, const void *p, size_t n, off_t at)
{
    if (falls_due(&disk.short_writes))
        return pwrite(fd, p, n / 2, at);
    if (falls_due(&disk.fail_whole)) {
        errno = EIO;
        return -1;
    }
    if (falls_due(&disk.fail_writes)) {
        (void)!pwrite(fd, p, n / 2, at); /* half of it got there */
        errno = EIO;
        return -1;
    }
    disk.n_writes++;
    return pwrite(fd, p, n, at);
}

/* Nobody pulls the plug here, and what was written can be read: the file need not
 * really be synced, which would take as long as the machine's disk likes. */
static int disk_fdatasync(int fd)
{
    if (disk.gated) {
        sem_post(&disk.entered);
        while (sem_wait(&disk.gate) != 0)
            ;
    }
    if (falls_due(&disk.fail_syncs)) {
        atomic_store(&disk.fail_whole, atomic_load(&disk.writes_fail_then));
        errno = EIO;
        return -1;
    }
    disk.n_syncs++;
    return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

const struct journal_io disk_io = {disk_pwrite, disk_fdatasync};

void disk_reset(void)
{
    atomic_store(&disk.fail_writes, 0);
    atomic_store(&disk.fail_syncs, 0);
    atomic_store(&disk.short_writes, 0);
    atomic_store(&disk.writes_fail_then, 0);
    atomic_store(&disk.fail_whole, 0);
    atomic_store(&disk.gated, false);
    atomic_store(&disk.n_writes, 0);
    atomic_store(&disk.n_syncs, 0);
    sem_init(&disk.entered, 0, 0);
    sem_init(&disk.gate, 0, 0);
}
