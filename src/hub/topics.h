/* topics.h — the table of followed topics, shared by all shards. Private to the hub.
 *
 * A topic is in the table while somebody follows it, with one room for each shard that
 * has followers. The table is split into stripes, each with a lock, so that publishers
 * and shards rarely meet. A lock is held for a look-up and a few stores.
 *
 * Ownership  topics_add() makes a topic, topics_remove() frees it. Rooms are the
 *            shards'.
 * Threads    any; a topic found under a stripe's lock is valid, and its rooms may be
 *            read and written, until topics_unlock(). `id` is constant and `viewers`
 *            atomic: a shard with a room in the topic may use both without the lock.
 */
#ifndef HUB_TOPICS_H
#define HUB_TOPICS_H

#include <stdatomic.h>
#include <stdint.h>

struct room;
struct topics;
struct stripe;

struct topic {
    struct topic *next; /* in its bucket */
    uint64_t id;
    atomic_uint viewers;
    unsigned n_rooms;     /* that are not NULL */
    struct room *rooms[]; /* one a shard */
};

struct topics *topics_new(unsigned n_shards);
struct topics *topics_free(struct topics *t); /* accepts NULL; returns NULL */

struct stripe *topics_lock(struct topics *t, uint64_t id);
void topics_unlock(struct stripe *s);
struct topic *topics_find(const struct stripe *s, uint64_t id); /* NULL: nobody */
struct topic *topics_add(struct stripe *s, uint64_t id);        /* that was not there */
void topics_remove(struct stripe *s, struct topic *topic);

#endif
