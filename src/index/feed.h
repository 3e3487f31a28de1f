/* feed.h — which polls there are, by tag and in which order: what lists are made from.
 *
 * DESIGN
 *
 *   sets, kept current         orders, made anew in the background
 *   all, unclosed: bitmaps     new: the bitmap itself, from its end
 *   each tag: a bitmap         closing: ids by closing time    hot: ids by score
 *                  └──────────┬──────────────┘
 *   feed_walk(): down the order from the cursor, past what is not in the wanted sets or
 *                was seen, until there are enough
 *
 * A cursor is a place in the order, never a count of polls, so polls that leave the set
 * while somebody reads move nothing: each poll that stays eligible is met exactly
 * once. In `new` and `closing` the place is a poll's own key, which does not
 * change. Scores do: a cursor in `hot` names the generation of the order that its
 * reader began with; generations are kept for a while (HOT_GENERATIONS), and a reader
 * who comes back later goes on in the newest from the same score.
 *
 * The score of a poll is its creation time plus 12.5 hours for each tenfold of votes.
 *
 * A poll belongs to the walk by its sets; whether it is open this very millisecond is
 * for take() to say, by the clock.
 *
 * Units      _ms are milliseconds since the Unix epoch.
 * Ownership  nothing that is passed in is kept.
 * Errors     feed_walk(): ERR_BAD_REQUEST, the cursor is not of this order.
 * Threads    any. take() runs under a read lock: it may not call the feed.
 */
#ifndef INDEX_FEED_H
#define INDEX_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <roaring/roaring.h>

#include "base/str.h"
#include "core/poll.h"
#include "core/tally.h"

enum feed_order { FEED_NEW, FEED_HOT, FEED_CLOSING, FEED__ORDERS };
enum { HOT_GENERATIONS = 64, FEED_CURSOR_BYTES = 64 };

struct feed;

struct feed *feed_new(void);
struct feed *feed_free(struct feed *f); /* accepts NULL; returns NULL */

void feed_add(struct feed *f, const struct poll *p, const struct result *r);
/* A newer result, or a new closing time: keeps the sets and the scores current. */
void feed_update(struct feed *f, uint32_t id, const struct result *r,
                 int64_t closes_ms);
/* The definition has changed: in one step, so that no walk misses the poll. */
void feed_edit(struct feed *f, const struct poll *was, const struct poll *is,
               const struct result *r);
void feed_delete(struct feed *f, const struct poll *p);

struct feed_query {
    enum feed_order order;
    bool closed_too; /* all polls, not only the unclosed */
    const struct str *tags;
    size_t n_tags;                /* all of them must match */
    const roaring_bitmap_t *only; /* NULL: any */
    const roaring_bitmap_t *seen; /* NULL: nothing was seen */
    struct str cursor;            /* empty: from the beginning */
    size_t skip;                  /* so many of the taken are passed over first */
    size_t limit;
    bool (*take)(void *user, uint32_t id); /* may be NULL: everything */
    void *user;
};

/* *ret_n ids, at most limit, in order. ret_cursor: where to go on, "" at the end. */
int feed_walk(struct feed *f, const struct feed_query *q, uint32_t *ret_ids,
              size_t *ret_n, char ret_cursor[FEED_CURSOR_BYTES]);

/* Rebuild the orders if something has changed: every few seconds, in the background. A
 * small feed does so by itself when it is read. */
void feed_refresh(struct feed *f);

/* Tags with the number of unclosed polls, the most used first (by name among equals).
 */
struct feed_tag {
    char tag[LIMIT_TAG_BYTES + 1];
    uint32_t polls;
};
/* Gives an array of *ret_n to mem_free(). */
struct feed_tag *feed_tags(struct feed *f, size_t *ret_n);

#endif
