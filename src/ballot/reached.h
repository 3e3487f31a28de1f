/* reached.h — dir/reached: how far the journal and the database had come.
 *
 * Written after each batch and each commit, and not synced: after a power failure it
 * may be behind, which proves nothing. It is never ahead. So when a start finds less
 * than this file says, something that was acknowledged has been lost since: the end of
 * the journal is damaged rather than torn, or frames of the database's write-ahead log
 * do not check, which SQLite would pass over without a word.
 *
 * A file that is missing or damaged says nothing.
 *
 * Errors   ERR_CONFLICT: it is another journal's. ERR_UNAVAILABLE, with errno. What
 *          cannot be written is not: it would only have been evidence.
 * Threads  journal, database: a thread each.
 */
#ifndef BALLOT_REACHED_H
#define BALLOT_REACHED_H

#include <stdbool.h>
#include <stdint.h>

enum { JOURNAL_ID_BYTES = 16 };

struct reached {
    bool has_journal, has_database;
    uint64_t synced;  /* the end of the journal's last batch */
    uint64_t commits; /* of the database */
    uint64_t in_file; /* of these, in the database's file, without its log */
};

int reached_read(const char *dir, const uint8_t journal_id[JOURNAL_ID_BYTES],
                 struct reached *ret);

/* Keeps what is there, or makes it. */
int reached_open(const char *dir, const uint8_t journal_id[JOURNAL_ID_BYTES],
                 int *ret_fd);
void reached_journal(int fd, uint64_t synced);
void reached_database(int fd, uint64_t commits, uint64_t in_file);

#endif
