/* part_file.h — a database file that appears whole or not at all.
 *
 * It is written as PATH.part, and gets its name when all of it is on the disk. A lock
 * says that somebody is writing; what an interrupted one left behind is taken over.
 * SQLite's own files beside it (-journal, -wal, -shm) go with it: a new database must
 * never meet those of an old one.
 *
 * Ownership  part_file_open() gives; part_file_done() ends it, and removes what has not
 *            been finished. A struct that is all zero may be done, too.
 * Errors     ERR_CONFLICT: PATH is there already, or somebody else is writing it.
 *            ERR_UNAVAILABLE: the disk. errmsg says which, in a sentence.
 * Threads    the owner's.
 */
#ifndef STORE_PART_FILE_H
#define STORE_PART_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct part_file {
    char *path, *part;
    int fd; /* of part; it holds the lock */
    bool replace;
};

/* An empty file that only its owner may read. replace: PATH may be there. */
int part_file_open(const char *path, bool replace, struct part_file *ret_file,
                   char *errmsg, size_t errmsg_size);
/* Nobody has it open any more: it is durable, as PATH, when this returns 0. */
int part_file_finish(struct part_file *f, char *errmsg, size_t errmsg_size);
void part_file_done(struct part_file *f);

#endif
