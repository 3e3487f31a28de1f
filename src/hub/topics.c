#include "hub/topics.h"

#include <assert.h>
#include <pthread.h>
#include <stddef.h>

#include "base/mem.h"

enum { STRIPES = 64, FIRST_BUCKETS = 8 };

struct stripe {
    pthread_mutex_t lock; /* guards everything below, and the rooms of its topics */
    struct topic **buckets;
    size_t n_buckets; /* a power of two */
    size_t n_topics;
    unsigned n_shards; /* constant */
};

struct topics {
    struct stripe stripes[STRIPES];
};

/* Ids are consecutive, so spread them (the finaliser of splitmix64). */
static uint64_t spread(uint64_t id)
{
    id = (id ^ (id >> 30)) * 0xbf58476d1ce4e5b9U;
    id = (id ^ (id >> 27)) * 0x94d049bb133111ebU;
    return id ^ (id >> 31);
}

struct topics *topics_new(unsigned n_shards)
{
    struct topics *t = mem_zalloc(1, sizeof *t);

    for (size_t i = 0; i < STRIPES; i++) {
        struct stripe *s = &t->stripes[i];

        pthread_mutex_init(&s->lock, NULL);
        s->n_buckets = FIRST_BUCKETS;
        s->buckets = mem_zalloc(s->n_buckets, sizeof *s->buckets);
        s->n_shards = n_shards;
    }
    return t;
}

struct topics *topics_free(struct topics *t)
{
    if (t == NULL)
        return NULL;
    for (size_t i = 0; i < STRIPES; i++) {
        assert(t->stripes[i].n_topics == 0);
        mem_free(t->stripes[i].buckets);
        pthread_mutex_destroy(&t->stripes[i].lock);
    }
    mem_free(t);
    return NULL;
}

/* The upper bits choose the stripe, the lower ones the bucket in it. */
struct stripe *topics_lock(struct topics *t, uint64_t id)
{
    struct stripe *s = &t->stripes[(spread(id) >> 32) % STRIPES];

    pthread_mutex_lock(&s->lock);
    return s;
}

void topics_unlock(struct stripe *s)
{
    pthread_mutex_unlock(&s->lock);
}

static struct topic **bucket(const struct stripe *s, uint64_t id)
{
    return &s->buckets[spread(id) & (s->n_buckets - 1)];
}

struct topic *topics_find(const struct stripe *s, uint64_t id)
{
    struct topic *t = *bucket(s, id);

    while (t != NULL && t->id != id)
        t = t->next;
    return t;
}

static void insert(struct stripe *s, struct topic *t)
{
    struct topic **at = bucket(s, t->id);

    t->next = *at;
    *at = t;
}

static void grow(struct stripe *s)
{
    struct topic **old = s->buckets;
    size_t n_old = s->n_buckets;

    s->n_buckets *= 2;
    s->buckets = mem_zalloc(s->n_buckets, sizeof *s->buckets);
    for (size_t i = 0; i < n_old; i++) {
        while (old[i] != NULL) {
            struct topic *t = old[i];

            old[i] = t->next;
            insert(s, t);
        }
    }
    mem_free(old);
}

struct topic *topics_add(struct stripe *s, uint64_t id)
{
    struct topic *t = mem_zalloc(1, sizeof *t + s->n_shards * sizeof *t->rooms);

    assert(topics_find(s, id) == NULL); /* under the stripe's lock */
    t->id = id;
    atomic_init(&t->viewers, 0);
    if (s->n_topics == s->n_buckets)
        grow(s);
    insert(s, t);
    s->n_topics++;
    return t;
}

void topics_remove(struct stripe *s, struct topic *topic)
{
    struct topic **at = bucket(s, topic->id);

    assert(topic->n_rooms == 0 && atomic_load(&topic->viewers) == 0);
    assert(s->n_topics > 0);
    while (*at != topic)
        at = &(*at)->next;
    *at = topic->next;
    s->n_topics--;
    mem_free(topic);
}
