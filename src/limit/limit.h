/* limit.h — the port that counts requests: at most so many in any window of time.
 *
 * DESIGN
 *
 * A limiter is one rule for many keys: at most max requests in any window_ms, for each
 * key. The window slides: a request admitted at t counts from t until just before t +
 * window_ms. A refused request never counts. So nobody locks themselves out by asking
 * too often: the next request is admitted as soon as the oldest one has left the
 * window, and limit_take() says when, to the millisecond.
 *
 * This is exact for rules of up to LIMIT_EXACT requests. Under a larger rule a request
 * counts longer, by at most a thousandth of the window: never are more than max
 * admitted.
 *
 * Memory is bounded whatever the number of keys. When it runs short, the keys that
 * matter least are dropped and start afresh when they return: a crowd of keys can make
 * the limiter forget, but never refuse somebody who asked little.
 *
 * Some backends have to ask another server. limit_ask() serves both kinds: it says at
 * once, or the ask comes home with the answer. limit_take() and limit_give_back() are
 * for limiters that are known to say at once.
 *
 * Units      now_ms is milliseconds of a clock that never goes back (clock_mono_ms()).
 *            Threads may come a little out of order.
 * Ownership  the caller ends a limiter with limit_free(). An ask that is under way is
 *            the limiter's, until it comes home through its mail.
 * Errors     none.
 * Threads    all but limit_free(): any, at the same time. limit_free(): when nobody
 *            else uses it.
 */
#ifndef LIMIT_LIMIT_H
#define LIMIT_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mailbox.h"

enum { LIMIT_EXACT = 1000, LIMIT_WINDOW_MS_MAX = 86400000 };

/* The outcome of a request. */
struct limit_state {
    bool admitted;
    uint32_t left;       /* how many more would be admitted now */
    uint32_t more_in_ms; /* until one more than that is: the oldest leaves; >= 1, and at
                          * most how long a request counts */
};

struct limiter;

/* One request of a key, now; or the key's newest admitted request does not count. */
struct limit_ask {
    struct mail mail; /* first */
    struct limiter *limiter;
    uint64_t key, now_ms;
    bool gives_back;
    struct limit_state state; /* the answer; of what gives back: nothing */
};

struct limit_ops {
    const char *name;
    /* NULL: it says at once, by take and give_back. Else these two may be NULL. */
    bool (*ask)(struct limit_ask *ask);
    struct limit_state (*take)(struct limiter *l, uint64_t key, uint64_t now_ms);
    void (*give_back)(struct limiter *l, uint64_t key, uint64_t now_ms);
    struct limiter *(*free)(struct limiter *l); /* NULL-safe; returns NULL */
};

struct limiter {
    const struct limit_ops *ops; /* first field of every backend's struct */
    uint32_t max;                /* >= 1 */
    uint32_t window_ms;          /* 1..LIMIT_WINDOW_MS_MAX */
};

/* One request of this key, now. */
static inline struct limit_state limit_take(struct limiter *l, uint64_t key,
                                            uint64_t now_ms)
{
    return l->ops->take(l, key, now_ms);
}

/* Take back the key's newest admitted request: it does not count. */
static inline void limit_give_back(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    l->ops->give_back(l, key, now_ms);
}

/* True: ask->state is the answer. False: it comes home with it. mail, limiter, key,
 * now_ms and gives_back are filled in. */
static inline bool limit_ask(struct limit_ask *ask)
{
    struct limiter *l = ask->limiter;

    if (l->ops->ask != NULL)
        return l->ops->ask(ask);
    if (ask->gives_back)
        limit_give_back(l, ask->key, ask->now_ms);
    else
        ask->state = limit_take(l, ask->key, ask->now_ms);
    return true;
}

/* Accepts NULL; returns NULL. */
static inline struct limiter *limit_free(struct limiter *l)
{
    return l != NULL ? l->ops->free(l) : NULL;
}

#endif
