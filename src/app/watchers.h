/* watchers.h — what handlers tell the watchers.
 *
 * The code that holds live connections fills in the table, and server/ sets it in
 * struct app before the loops start. So handlers need not know who listens, or in which
 * process.
 *
 * Threads  any loop's.
 */
#ifndef APP_WATCHERS_H
#define APP_WATCHERS_H

#include <stdint.h>

struct app;
struct identity;

struct watchers_news {
    /* A user has voted, or withdrawn the vote, on a poll where that decides who sees
     * results: show the user's watchers what they may see now. */
    void (*user_voted)(struct app *app, uint32_t user, uint32_t poll);
    /* A user's tokens issued up to end_ms have ended: end what was opened with them.
     * Call it after the revocation, so that nothing is opened meanwhile. */
    void (*tokens_ended)(struct app *app, uint32_t user, int64_t end_ms);
    /* Somebody signed out: end what was opened in that session, or with that token. */
    void (*signed_out)(struct app *app, const struct identity *who);
};

#endif
