/* data_dir.h — the directory that holds everything the embedded server writes.
 *
 *   pollux.db   journal/   jwt.secret   address (while it runs)   lock
 *
 * Held by one process at a time: a lock on the file `lock`, which ends with the process
 * however it ends.
 *
 * Errors   ERR_UNAVAILABLE: it cannot be made or read. ERR_CONFLICT: another process
 *          has it. errmsg says which, and what to do.
 * Threads  the owner's.
 */
#ifndef PROFILE_EMBEDDED_DATA_DIR_H
#define PROFILE_EMBEDDED_DATA_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_dir {
    char *path, *database, *journal, *address_file;
    int dir_fd;    /* -1: only looked at, as the lock */
    int lock_fd;   /* -1: only looked at */
    bool was_used; /* a program of ours had it open before */
};

/* Makes the directory, those above it, and journal/ in it, when they are missing. */
int data_dir_open(const char *path, struct data_dir *ret_dir, char *errmsg,
                  size_t size);
/* The names of what is in it, beside a server that may be at work: nothing is made, and
 * the lock is not taken. */
int data_dir_look(const char *path, struct data_dir *ret_dir, char *errmsg,
                  size_t size);
/* address: "127.0.0.1:8080" */
int data_dir_write_address(const struct data_dir *d, const char *address, char *errmsg,
                           size_t size);
void data_dir_remove_address(struct data_dir *d);
void data_dir_done(struct data_dir *d); /* lets go of the lock */

#endif
