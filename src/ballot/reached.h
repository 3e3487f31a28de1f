/* reached.h — dir/reached: how far the journal and the database have got.
 *
 * The file is written after each batch and each commit, but not synced: after a power
 * failure it may be behind, but never ahead. So if a start finds less than the file
 * says, acknowledged data has been lost: the end of the journal is damaged rather than
 * torn, or frames of the database's write-ahead log are damaged, which SQLite would
 * ignore silently.
 *
 * A missing or damaged file proves nothing.
 *
 * Errors   ERR_CONFLICT: the file is another journal's. ERR_UNAVAILABLE, with errno.
 *          Failed writes of positions are ignored: they would only have been evidence.
 * Threads  reached_journal() and reached_database(): one thread each.
 */
#ifndef BALLOT_REACHED_H
#define BALLOT_REACHED_H

#include <stdbool.h>
#include <stdint.h>

enum { JOURNAL_ID_BYTES = 16 };

struct reached {
    bool has_journal, has_database;
    uint64_t synced;  /* the end of the journal's last batch */
    uint64_t commits; /* of the database, so far */
    uint64_t in_file; /* how many of them are in its file, without its log */
};

int reached_read(const char *dir, const uint8_t journal_id[JOURNAL_ID_BYTES],
                 struct reached *ret);

/* Open the file, or create it. */
int reached_open(const char *dir, const uint8_t journal_id[JOURNAL_ID_BYTES],
                 int *ret_fd);
void reached_journal(int fd, uint64_t synced);
void reached_database(int fd, uint64_t commits, uint64_t in_file);

#endif
