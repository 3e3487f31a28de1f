/* seen.h — which polls each user has voted on or skipped: a bounded cache of bitmaps.
 *
 * DESIGN
 *
 *   feed request ─▶ seen_get(): in the cache? ── yes ─▶ walk
 *                        │ no
 *                   seen_begin() ─▶ tail_each(), then the store ─▶ seen_fill() ─▶ walk
 *   vote, skip ──▶ seen_add(), before it is answered
 *
 * From seen_begin() on, that user's votes are added, so none is lost between reading
 * the past and hearing of new ones. Users being loaded stay; of the others, those that
 * asked longest ago are dropped when the cache is full.
 *
 * Units    about max_bytes for all bitmaps together.
 * Threads  any: striped locks.
 */
#ifndef INDEX_SEEN_H
#define INDEX_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <roaring/roaring.h>

struct seen;

struct seen *seen_new(size_t max_bytes);
struct seen *seen_free(struct seen *s); /* accepts NULL; returns NULL */

/* A copy, to roaring_bitmap_free(); NULL: not loaded. */
roaring_bitmap_t *seen_get(struct seen *s, uint32_t user);

/* Begin to load; each seen_begin() is followed by one seen_fill() or seen_give_up(). */
void seen_begin(struct seen *s, uint32_t user);
/* Everything that was found (borrowed). */
void seen_fill(struct seen *s, uint32_t user, const roaring_bitmap_t *found);
void seen_give_up(struct seen *s, uint32_t user);

/* Nothing happens for a user that is not in the cache. */
void seen_add(struct seen *s, uint32_t user, uint32_t poll);
void seen_remove(struct seen *s, uint32_t user, uint32_t poll);

/* The user has voted, skipped or taken back in another process: what is known of them
 * is dropped, and the next seen_get() finds nothing. */
void seen_forget(struct seen *s, uint32_t user);
void seen_forget_all(struct seen *s);

struct seen_stats {
    uint64_t hits, misses;
    size_t users, bytes;
};
struct seen_stats seen_stats(struct seen *s);

#endif
