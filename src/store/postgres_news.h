/* postgres_news.h — what other processes have changed in PostgreSQL, for one that keeps
 * a copy of it in memory.
 *
 * DESIGN
 *
 *   every commit:   rows, and what it was about in poll_log or batch_log
 *   news_read():    which of these are from transactions that may be new to me?
 *                   ──▶ each poll and account that they name, whole, as it is now
 *
 * One news_read() is one round trip, and sees everything that was committed before it
 * began. It never passes anything over: it keeps the snapshot in which it last looked,
 * and reads what was written by transactions that were running then, or began later.
 * So a foreign transaction that runs for hours costs nothing.
 *
 * Where that is not enough to go by, everything is told again, and what is not told is
 * gone: the rows since are deleted already (this process was cut off for long), or the
 * connection is another. A server that crashed gives ids of transactions that it lost
 * out again, and so does a replica that was promoted: a snapshot of before says nothing
 * of them.
 *
 * Ownership  news_new() gives it, news_free() ends it (accepts NULL; returns NULL).
 *            What callbacks get is borrowed, but for a stored poll's definition.
 * Errors     ERR_UNAVAILABLE: news_errmsg() says why. What was told until then is true,
 *            and the next call tells all of it again.
 * Threads    one at a time.
 */
#ifndef STORE_POSTGRES_NEWS_H
#define STORE_POSTGRES_NEWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/poll.h"
#include "core/tally.h"

struct news;

struct news_sink {
    /* A poll as it is now. Takes over the reference. */
    int (*poll)(void *user, struct poll *poll, const struct result *r);
    int (*poll_gone)(void *user, uint32_t poll);
    int (*account)(void *user, uint32_t id, int64_t created_ms, struct str name);
    int (*account_gone)(void *user, uint32_t id);
    /* Tokens that were issued until then are void. */
    int (*tokens_end)(void *user, uint32_t id, int64_t end_ms);
    /* They have voted, skipped, or taken one of these back, in another process. */
    int (*voter)(void *user, uint32_t id);
    /* All polls and accounts have been told anew. These n are the ids of the polls, in
     * order: there are no others. Anybody may have voted. */
    int (*all_told)(void *user, const uint32_t *polls, size_t n);
    void *user;
};

struct news_opts {
    const char *dsn;
    const struct clock *clock;
    uint64_t origin; /* of this process' ballots */
};

struct news *news_new(const struct news_opts *opts);
struct news *news_free(struct news *n);
/* The first call tells of everything there is, but of no voters. */
int news_read(struct news *n, const struct news_sink *to);
const char *news_errmsg(const struct news *n);
/* By how many milliseconds at least this process' clock is ahead of PostgreSQL's, or
 * behind it (negative); as of the last read. */
int64_t news_clock_off_ms(const struct news *n);
/* This process has a batch of which nobody knows whether it was committed: tell again
 * of everything, and from now on of this process' own voters too. Any thread. */
void news_doubt(struct news *n);

#endif
