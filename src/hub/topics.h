/* topics.h — the table of followed topics that all shards share. Private to the hub.
 *
 * A topic is here while somebody follows it, with one room for each shard that has
 * followers. The table is cut into stripes with a lock each, so that publishers and
 * shards seldom meet. What is done under a lock is a look-up and a few stores.
 *
 * Ownership  topics_add() makes a topic, topics_remove() frees it. Rooms are the
 *            shards'.
 * Threads    any; what a stripe gives is valid, and its rooms may be read and written,
 *            until topics_unlock(). `id` is constant and `viewers` atomic: a shard with
 *            a room in the topic may use both without the lock.
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
