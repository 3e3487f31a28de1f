/* feed_internal.h — what a feed is made of; shared by feed.c and feed_walk.c only. */
#ifndef INDEX_FEED_INTERNAL_H
#define INDEX_FEED_INTERNAL_H

#include <pthread.h>

#include "index/feed.h"
#include "index/feed_order.h"

enum { TAG_BUCKETS = 4096 }; /* tags are at most ten a poll */

/* What the orders need of a poll, by id. */
struct facts {
    int64_t created_ms, closes_ms; /* closes_ms 0: never */
    uint32_t total;                /* of votes, as far as everybody may know it */
    uint8_t visibility;            /* enum poll_visibility */
};

struct tag {
    struct tag *chain;
    roaring_bitmap_t *polls; /* closed ones too */
    struct feed_tag name;    /* polls: how many of them are unclosed */
};

struct feed {
    pthread_rwlock_t lock; /* guards everything but the orders */
    roaring_bitmap_t *all, *unclosed;
    struct tag *tags[TAG_BUCKETS];
    size_t n_tags;
    struct facts *facts; /* by id */
    size_t n_facts;

    pthread_mutex_t making;                  /* one thread makes orders at a time */
    pthread_mutex_t orders_lock;             /* guards the pointers below */
    struct order *closing;                   /* NULL: not made yet */
    struct order *hot[HOT_GENERATIONS];      /* by generation, a ring */
    uint32_t generation;                     /* of the newest hot order; 0: none */
    _Atomic uint64_t closing_dirt, hot_dirt; /* changes since the start … */
    uint64_t closing_made, hot_made;         /* … that the newest orders have */
};

struct tag **feed_tag_link(struct feed *f, struct str name);
/* The key of a poll in the orders hot and closing. */
int64_t feed_key(const struct feed *f, enum feed_order order, uint32_t id);
/* The order to walk down, made first if it has to be; a reference. generation: of hot,
 * that the reader began with; 0: the newest. */
struct order *feed_order_for(struct feed *f, enum feed_order order,
                             uint32_t generation);

#endif
