/* postgres_keep.h — what has to be done in PostgreSQL from time to time, whoever does
 * it.
 *
 * Any number of processes may call these at once: what one does, the others find done.
 * An advisory lock keeps them from doing it twice for nothing.
 *
 * Units      now_ms is milliseconds since the Unix epoch.
 * Ownership  keep_new() gives it, keep_free() ends it (accepts NULL; returns NULL).
 * Errors     ERR_UNAVAILABLE: keep_errmsg() says why, and the next call goes on.
 * Threads    one at a time.
 */
#ifndef STORE_POSTGRES_KEEP_H
#define STORE_POSTGRES_KEEP_H

#include <stdbool.h>
#include <stdint.h>

struct keep;

/* At most so many polls at once, and so many rows of each table. */
enum { KEEP_DUE_MAX = 512, KEEP_ROWS = 2000 };

struct keep *keep_new(const char *dsn, uint64_t seed);
struct keep *keep_free(struct keep *k);

/* Polls that time has opened or closed by now, and nobody has entered it. */
typedef void keep_due_cb(void *user, uint32_t poll);
int keep_each_due(struct keep *k, int64_t now_ms, keep_due_cb *due, void *user);

/* Make one partition that will be needed soon: of ballots for the next polls, of daily
 * counts for today and the two days behind it. What was written to the default
 * partition meanwhile moves into it. *ret_more: there may be another to make. */
int keep_make_partition(struct keep *k, int64_t now_ms, bool *ret_more);

/* Delete some of what nobody asks for any more: daily counts of before yesterday, votes
 * of before STORE_RECENT_MS, rows of poll_log and batch_log that were committed ten
 * minutes ago, edits that were never entered. *ret_more: there is more. */
int keep_trim(struct keep *k, int64_t now_ms, bool *ret_more);

const char *keep_errmsg(const struct keep *k);

#endif
