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
 * began. It may tell again what it has told before, and never passes anything over: a
 * transaction that was still running at one call is read at the next.
 *
 * Ownership  news_new() gives it, news_free() ends it (accepts NULL; returns NULL).
 *            What callbacks get is borrowed, but for a stored poll's definition.
 * Errors     ERR_UNAVAILABLE: news_errmsg() says why. What was told until then is true,
 *            and the next call tells all of it again.
 * Threads    one at a time.
 */
#ifndef STORE_POSTGRES_NEWS_H
#define STORE_POSTGRES_NEWS_H

#include <stdint.h>

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
    /* They have voted, skipped, or taken one of these back. */
    int (*voter)(void *user, uint32_t id);
    void *user;
};

struct news *news_new(const char *dsn, uint64_t seed);
struct news *news_free(struct news *n);
/* The first call tells of everything there is, but of no voters. */
int news_read(struct news *n, const struct news_sink *to);
const char *news_errmsg(const struct news *n);

#endif
