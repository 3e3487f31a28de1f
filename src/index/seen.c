#include "index/seen.h"

#include <assert.h>
#include <pthread.h>
#include <sys/queue.h>

#include "base/mem.h"

enum { STRIPES = 64, FIRST_BUCKETS = 16 };

struct entry {
    uint32_t user;
    uint32_t n_loading; /* seen_begin()s that have not ended */
    bool loaded;
    bool forget; /* when it has been loaded: it may have been read too early */
    roaring_bitmap_t *polls;
    /* withdrawn while it was being loaded: what the store still has does not count */
    roaring_bitmap_t *removed;
    size_t bytes;
    struct entry *chain; /* in its bucket */
    TAILQ_ENTRY(entry) by_use;
};

struct stripe {
    pthread_mutex_t lock;
    struct entry **buckets; /* a power of two */
    size_t n_buckets, n, bytes;
    TAILQ_HEAD(entries_by_use, entry) by_use; /* the most recently asked first */
    uint64_t hits, misses;
};

struct seen {
    size_t max_bytes; /* of a stripe */
    struct stripe stripes[STRIPES];
};

struct seen *seen_new(size_t max_bytes)
{
    struct seen *s = mem_zalloc(1, sizeof *s);

    s->max_bytes = max_bytes / STRIPES;
    for (int i = 0; i < STRIPES; i++) {
        struct stripe *t = &s->stripes[i];

        pthread_mutex_init(&t->lock, NULL);
        t->n_buckets = FIRST_BUCKETS;
        t->buckets = mem_zalloc(t->n_buckets, sizeof(struct entry *));
        TAILQ_INIT(&t->by_use);
    }
    return s;
}

static struct stripe *stripe_of(struct seen *s, uint32_t user)
{
    return &s->stripes[user % STRIPES];
}

static struct entry **link_of(struct stripe *t, uint32_t user)
{
    struct entry **at = &t->buckets[user / STRIPES & (t->n_buckets - 1)];

    while (*at != NULL && (*at)->user != user)
        at = &(*at)->chain;
    return at;
}

static void drop_locked(struct stripe *t, struct entry *e)
{
    assert(t->n > 0);
    assert(*link_of(t, e->user) == e);
    assert(t->bytes >= e->bytes);
    *link_of(t, e->user) = e->chain;
    TAILQ_REMOVE(&t->by_use, e, by_use);
    t->bytes -= e->bytes;
    t->n--;
    roaring_bitmap_free(e->polls);
    if (e->removed != NULL)
        roaring_bitmap_free(e->removed);
    mem_free(e);
}

struct seen *seen_free(struct seen *s)
{
    for (int i = 0; s != NULL && i < STRIPES; i++) {
        struct stripe *t = &s->stripes[i];

        while (!TAILQ_EMPTY(&t->by_use))
            drop_locked(t, TAILQ_FIRST(&t->by_use));
        mem_free(t->buckets);
        pthread_mutex_destroy(&t->lock);
    }
    mem_free(s);
    return NULL;
}

static void grow_locked(struct stripe *t)
{
    struct entry *e;

    mem_free(t->buckets);
    t->n_buckets *= 2;
    t->buckets = mem_zalloc(t->n_buckets, sizeof(struct entry *));
    TAILQ_FOREACH(e, &t->by_use, by_use)
    {
        struct entry **bucket = &t->buckets[e->user / STRIPES & (t->n_buckets - 1)];

        e->chain = *bucket;
        *bucket = e;
    }
}

static struct entry *add_entry_locked(struct stripe *t, uint32_t user)
{
    struct entry *e = mem_zalloc(1, sizeof *e), **bucket;

    if (t->n == t->n_buckets)
        grow_locked(t);
    bucket = &t->buckets[user / STRIPES & (t->n_buckets - 1)];
    e->user = user;
    e->polls = roaring_bitmap_create();
    e->chain = *bucket;
    *bucket = e;
    TAILQ_INSERT_HEAD(&t->by_use, e, by_use);
    t->n++;
    return e;
}

static void measure_locked(struct stripe *t, struct entry *e)
{
    size_t bytes = sizeof *e + roaring_bitmap_size_in_bytes(e->polls);

    t->bytes += bytes - e->bytes;
    e->bytes = bytes;
}

static void trim_locked(struct seen *s, struct stripe *t)
{
    struct entry *e = TAILQ_LAST(&t->by_use, entries_by_use), *before;

    for (; e != NULL && t->bytes > s->max_bytes; e = before) {
        before = TAILQ_PREV(e, entries_by_use, by_use);
        if (e->n_loading == 0 && before != NULL) /* never the one that is being used */
            drop_locked(t, e);
    }
}

roaring_bitmap_t *seen_get(struct seen *s, uint32_t user)
{
    struct stripe *t = stripe_of(s, user);
    roaring_bitmap_t *copy = NULL;
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    if (e != NULL && e->loaded) {
        copy = roaring_bitmap_copy(e->polls);
        TAILQ_REMOVE(&t->by_use, e, by_use);
        TAILQ_INSERT_HEAD(&t->by_use, e, by_use);
        t->hits++;
    } else {
        t->misses++;
    }
    pthread_mutex_unlock(&t->lock);
    return copy;
}

void seen_begin(struct seen *s, uint32_t user)
{
    struct stripe *t = stripe_of(s, user);
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    if (e == NULL)
        e = add_entry_locked(t, user);
    e->n_loading++;
    pthread_mutex_unlock(&t->lock);
}

static void end_loading_locked(struct entry *e)
{
    assert(e->n_loading > 0); /* seen_begin() came before */
    if (--e->n_loading > 0 || e->removed == NULL)
        return;
    roaring_bitmap_free(e->removed);
    e->removed = NULL;
}

void seen_fill(struct seen *s, uint32_t user, const roaring_bitmap_t *found)
{
    struct stripe *t = stripe_of(s, user);
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    assert(e != NULL); /* seen_begin() keeps it there */
    roaring_bitmap_or_inplace(e->polls, found);
    if (e->removed != NULL)
        roaring_bitmap_andnot_inplace(e->polls, e->removed);
    e->loaded = !e->forget;
    TAILQ_REMOVE(&t->by_use, e, by_use);
    TAILQ_INSERT_HEAD(&t->by_use, e, by_use);
    end_loading_locked(e);
    measure_locked(t, e);
    if (e->n_loading == 0 && !e->loaded)
        drop_locked(t, e);
    trim_locked(s, t);
    pthread_mutex_unlock(&t->lock);
}

void seen_give_up(struct seen *s, uint32_t user)
{
    struct stripe *t = stripe_of(s, user);
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    assert(e != NULL);
    end_loading_locked(e);
    if (e->n_loading == 0 && !e->loaded)
        drop_locked(t, e);
    pthread_mutex_unlock(&t->lock);
}

void seen_add(struct seen *s, uint32_t user, uint32_t poll)
{
    struct stripe *t = stripe_of(s, user);
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    if (e != NULL) {
        roaring_bitmap_add(e->polls, poll);
        if (e->removed != NULL)
            roaring_bitmap_remove(e->removed, poll);
        measure_locked(t, e);
        trim_locked(s, t);
    }
    pthread_mutex_unlock(&t->lock);
}

void seen_remove(struct seen *s, uint32_t user, uint32_t poll)
{
    struct stripe *t = stripe_of(s, user);
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    if (e != NULL) {
        roaring_bitmap_remove(e->polls, poll);
        if (e->n_loading > 0 && e->removed == NULL)
            e->removed = roaring_bitmap_create();
        if (e->removed != NULL)
            roaring_bitmap_add(e->removed, poll);
    }
    pthread_mutex_unlock(&t->lock);
}

static void forget_locked(struct stripe *t, struct entry *e)
{
    if (e->n_loading == 0) {
        drop_locked(t, e);
        return;
    }
    e->loaded = false;
    e->forget = true;
}

void seen_forget(struct seen *s, uint32_t user)
{
    struct stripe *t = stripe_of(s, user);
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = *link_of(t, user);
    if (e != NULL)
        forget_locked(t, e);
    pthread_mutex_unlock(&t->lock);
}

void seen_forget_all(struct seen *s)
{
    for (int i = 0; i < STRIPES; i++) {
        struct stripe *t = &s->stripes[i];
        struct entry *e, *next;

        pthread_mutex_lock(&t->lock);
        for (e = TAILQ_FIRST(&t->by_use); e != NULL; e = next) {
            next = TAILQ_NEXT(e, by_use);
            forget_locked(t, e);
        }
        pthread_mutex_unlock(&t->lock);
    }
}

struct seen_stats seen_stats(struct seen *s)
{
    struct seen_stats sum = {0};

    for (int i = 0; i < STRIPES; i++) {
        struct stripe *t = &s->stripes[i];

        pthread_mutex_lock(&t->lock);
        sum.hits += t->hits;
        sum.misses += t->misses;
        sum.users += t->n;
        sum.bytes += t->bytes;
        pthread_mutex_unlock(&t->lock);
    }
    return sum;
}
