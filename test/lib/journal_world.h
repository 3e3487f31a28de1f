/* journal_world.h — journals in temporary directories, changes by number, and a disk
 * that fails on demand: what the tests of the ballot share. */
#ifndef TEST_LIB_JOURNAL_WORLD_H
#define TEST_LIB_JOURNAL_WORLD_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "ballot/journal.h"
#include "base/buf.h"

enum { DIR_BYTES = 64 };

void dir_make(char ret_dir[DIR_BYTES]);
void dir_remove(const char *dir); /* and the files in it */
size_t dir_files(const char *dir);
bool dir_has(const char *dir, const char *name);
/* A whole file; to be buf_done()'d. */
struct buf file_read(const char *dir, const char *name);
void file_write(const char *dir, const char *name, const void *p, size_t n);

/* A change that differs from that of every other number, of all kinds and sizes. */
struct change nth_change(uint64_t n);
/* Those of the numbers from..from+n-1 as one batch; n is at most 64. */
void append_changes(struct journal *j, uint64_t from, size_t n);
/* Fails the test, naming n, unless c is what the journal keeps of nth_change(n). */
void check_nth(const struct change *c, uint64_t n);
void check_same(const char *why, const struct change *a, const struct change *b);

/* The system's calls, until told otherwise. One disk a process. */
struct disk {
    atomic_int fail_writes, fail_syncs; /* so many calls fail; -1: all */
    atomic_int writes_fail_then; /* after a sync fails, so many writes do, wholly */
    atomic_int short_writes;     /* so many calls write half, then others */
    atomic_int fail_whole;       /* the same, at once */
    atomic_bool gated;           /* syncs wait for gate, having posted entered */
    sem_t entered, gate;
    atomic_int n_writes, n_syncs; /* that worked */
};
extern struct disk disk;
extern const struct journal_io disk_io;
void disk_reset(void);

#endif
