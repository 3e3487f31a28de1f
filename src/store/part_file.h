/* part_file.h — a database file that appears whole or not at all.
 *
 * It is written as PATH.part, and renamed when all of it is on disk. A lock shows that
 * somebody is writing; a file that an interrupted process left behind is taken over.
 * SQLite's own files beside it (-journal, -wal, -shm) are removed: a new database must
 * never meet those of an old one.
 *
 * Ownership  part_file_open() gives; part_file_done() ends it, and removes the file
 *            unless it was finished. It accepts a struct that is all zero.
 * Errors     ERR_CONFLICT: PATH exists, or somebody else is writing it.
 *            ERR_UNAVAILABLE: the disk. errmsg says which, in a sentence.
 * Threads    the owner's.
 */
#ifndef STORE_PART_FILE_H
#define STORE_PART_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct part_file {
    char *path, *part;
    int fd; /* part, open; holds the lock */
    bool replace;
};

/* Open an empty file that only its owner may read. replace: PATH may exist. */
int part_file_open(const char *path, bool replace, struct part_file *ret_file,
                   char *errmsg, size_t errmsg_size);
/* Call when nobody has the file open any more. On 0 it is durable, as PATH. */
int part_file_finish(struct part_file *f, char *errmsg, size_t errmsg_size);
void part_file_done(struct part_file *f);

#endif
