/* data_dir.h — the directory that holds everything the embedded server writes.
 *
 *   pollux.db   journal/   jwt.secret   address (while it runs)   lock
 *
 * One process holds it at a time, by a lock on the file `lock`, which ends with the
 * process, however that ends.
 *
 * Errors   ERR_UNAVAILABLE: it cannot be made or read. ERR_CONFLICT: another process
 *          holds it. errmsg says which, and what to do.
 * Threads  the owner's.
 */
#ifndef PROFILE_EMBEDDED_DATA_DIR_H
#define PROFILE_EMBEDDED_DATA_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_dir {
    char *path, *database, *journal, *address_file;
    int dir_fd;    /* -1 after data_dir_look() */
    int lock_fd;   /* -1 after data_dir_look() */
    bool was_used; /* Pollux had it open before */
};

/* Hold the directory; makes it, those above it, and journal/ in it, if missing. */
int data_dir_open(const char *path, struct data_dir *ret_dir, char *errmsg,
                  size_t size);
/* Only set the paths, since a server may be running: makes nothing and takes no
 * lock. */
int data_dir_look(const char *path, struct data_dir *ret_dir, char *errmsg,
                  size_t size);
/* address: "127.0.0.1:8080" */
int data_dir_write_address(const struct data_dir *d, const char *address, char *errmsg,
                           size_t size);
void data_dir_remove_address(struct data_dir *d);
void data_dir_done(struct data_dir *d); /* releases the lock */

#endif
