#include "index/feed_internal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum {
    SMALL = 20000,         /* polls: an order of so many is made while a reader waits */
    TENFOLD_MS = 45000000, /* 12.5 hours */
};

/* ---- sets ---- */

struct feed *feed_new(void)
{
    struct feed *f = mem_zalloc(1, sizeof *f);

    pthread_rwlock_init(&f->lock, NULL);
    pthread_mutex_init(&f->making, NULL);
    pthread_mutex_init(&f->orders_lock, NULL);
    f->all = roaring_bitmap_create();
    f->unclosed = roaring_bitmap_create();
    atomic_init(&f->closing_dirt, 1);
    atomic_init(&f->hot_dirt, 1);
    return f;
}

static void free_tags(struct feed *f)
{
    for (int i = 0; i < TAG_BUCKETS; i++)
        for (struct tag *t = f->tags[i], *next; t != NULL; t = next) {
            next = t->chain;
            roaring_bitmap_free(t->polls);
            mem_free(t);
        }
}

struct feed *feed_free(struct feed *f)
{
    if (f == NULL)
        return NULL;
    free_tags(f);
    feed_order_unref(f->closing);
    for (int i = 0; i < HOT_GENERATIONS; i++)
        feed_order_unref(f->hot[i]);
    roaring_bitmap_free(f->all);
    roaring_bitmap_free(f->unclosed);
    mem_free(f->facts);
    pthread_rwlock_destroy(&f->lock);
    pthread_mutex_destroy(&f->making);
    pthread_mutex_destroy(&f->orders_lock);
    mem_free(f);
    return NULL;
}

/* FNV-1a, 32 bits. */
struct tag **feed_tag_link(struct feed *f, struct str name)
{
    uint32_t hash = 2166136261u;
    struct tag **at;

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.at[i]) * 16777619u;
    at = &f->tags[hash % TAG_BUCKETS];
    while (*at != NULL && !str_eq(str_of((*at)->name.tag), name))
        at = &(*at)->chain;
    return at;
}

static void tag_poll_locked(struct feed *f, struct str name, uint32_t id, bool unclosed)
{
    struct tag **at = feed_tag_link(f, name);

    if (*at == NULL) {
        *at = mem_zalloc(1, sizeof **at);
        memcpy((*at)->name.tag, name.at, name.len);
        (*at)->polls = roaring_bitmap_create();
        f->n_tags++;
    }
    roaring_bitmap_add((*at)->polls, id);
    (*at)->name.polls += unclosed;
}

static void untag_poll_locked(struct feed *f, struct str name, uint32_t id,
                              bool unclosed)
{
    struct tag **at = feed_tag_link(f, name), *t = *at;

    if (t == NULL)
        return;
    roaring_bitmap_remove(t->polls, id);
    t->name.polls -= unclosed;
    if (!roaring_bitmap_is_empty(t->polls))
        return;
    *at = t->chain; /* names that nobody uses any more do not add up */
    f->n_tags--;
    roaring_bitmap_free(t->polls);
    mem_free(t);
}

static struct facts *facts_of_locked(struct feed *f, uint32_t id)
{
    if (id >= f->n_facts) {
        size_t n = f->n_facts != 0 ? f->n_facts : 1024;

        while (n <= id)
            n *= 2;
        f->facts = mem_realloc(f->facts, n * sizeof *f->facts);
        memset(f->facts + f->n_facts, 0, (n - f->n_facts) * sizeof *f->facts);
        f->n_facts = n;
    }
    return &f->facts[id];
}

static void soil(_Atomic uint64_t *dirt)
{
    atomic_fetch_add_explicit(dirt, 1, memory_order_relaxed);
}

/* The order is everybody's: of a poll that hides its results it knows no votes. */
static uint32_t known_total(enum poll_visibility visibility, const struct result *r)
{
    bool known = visibility == VISIBLE_ALWAYS ||
                 (visibility == VISIBLE_AFTER_CLOSE && r->status == POLL_CLOSED);

    return known ? r->total : 0;
}

static void add_locked(struct feed *f, const struct poll *p, const struct result *r)
{
    bool unclosed = r->status != POLL_CLOSED;

    roaring_bitmap_add(f->all, p->id);
    if (unclosed)
        roaring_bitmap_add(f->unclosed, p->id);
    for (uint32_t i = 0; i < p->n_tags; i++)
        tag_poll_locked(f, p->tags[i], p->id, unclosed);
    *facts_of_locked(f, p->id) =
        (struct facts){.created_ms = p->created_ms,
                       .closes_ms = p->rules.closes_ms,
                       .total = known_total(p->rules.visibility, r),
                       .visibility = (uint8_t)p->rules.visibility};
}

static void delete_locked(struct feed *f, const struct poll *p)
{
    bool unclosed = roaring_bitmap_contains(f->unclosed, p->id);

    for (uint32_t i = 0; i < p->n_tags; i++)
        untag_poll_locked(f, p->tags[i], p->id, unclosed);
    roaring_bitmap_remove(f->all, p->id);
    roaring_bitmap_remove(f->unclosed, p->id);
}

void feed_add(struct feed *f, const struct poll *p, const struct result *r)
{
    pthread_rwlock_wrlock(&f->lock);
    add_locked(f, p, r);
    pthread_rwlock_unlock(&f->lock);
    soil(&f->closing_dirt);
    soil(&f->hot_dirt);
}

void feed_edit(struct feed *f, const struct poll *was, const struct poll *is,
               const struct result *r)
{
    assert(was->id == is->id);
    pthread_rwlock_wrlock(&f->lock);
    delete_locked(f, was);
    add_locked(f, is, r);
    pthread_rwlock_unlock(&f->lock);
    soil(&f->closing_dirt);
    soil(&f->hot_dirt);
}

void feed_delete(struct feed *f, const struct poll *p)
{
    pthread_rwlock_wrlock(&f->lock);
    delete_locked(f, p);
    pthread_rwlock_unlock(&f->lock);
}

/* Its tags count unclosed polls only. A poll's tags are not known here, so all are
 * asked: closing is rare. */
static void close_locked(struct feed *f, uint32_t id)
{
    roaring_bitmap_remove(f->unclosed, id);
    for (int i = 0; i < TAG_BUCKETS; i++)
        for (struct tag *t = f->tags[i]; t != NULL; t = t->chain)
            t->name.polls -= roaring_bitmap_contains(t->polls, id);
}

void feed_update(struct feed *f, uint32_t id, const struct result *r, int64_t closes_ms)
{
    bool closes;

    pthread_rwlock_rdlock(&f->lock);
    if (id < f->n_facts) /* one writer: the ballot lane */
        __atomic_store_n(&f->facts[id].total, known_total(f->facts[id].visibility, r),
                         __ATOMIC_RELAXED);
    closes = (r->status == POLL_CLOSED && roaring_bitmap_contains(f->unclosed, id)) ||
             (id < f->n_facts && f->facts[id].closes_ms != closes_ms);
    pthread_rwlock_unlock(&f->lock);
    soil(&f->hot_dirt);
    if (!closes)
        return;
    pthread_rwlock_wrlock(&f->lock);
    facts_of_locked(f, id)->closes_ms = closes_ms;
    if (r->status == POLL_CLOSED && roaring_bitmap_contains(f->unclosed, id))
        close_locked(f, id);
    pthread_rwlock_unlock(&f->lock);
    soil(&f->closing_dirt);
}

/* ---- orders ---- */

/* The hottest has the smallest key. */
static int64_t hot_key(const struct facts *x)
{
    uint32_t total = __atomic_load_n(&x->total, __ATOMIC_RELAXED);

    return -(x->created_ms + (int64_t)(log10(1.0 + total) * TENFOLD_MS));
}

/* What closes soonest first; what never closes at the end. */
static int64_t closing_key(const struct facts *x)
{
    return x->closes_ms != 0 ? x->closes_ms : INT64_MAX;
}

int64_t feed_key(const struct feed *f, enum feed_order order, uint32_t id)
{
    const struct facts *x = &f->facts[id];

    return order == FEED_HOT ? hot_key(x) : closing_key(x);
}

static struct order *make_order(struct feed *f, enum feed_order order,
                                uint32_t generation)
{
    roaring_uint32_iterator_t it;
    struct place *places;
    struct order *made;
    size_t n = 0;

    pthread_rwlock_rdlock(&f->lock);
    places = mem_alloc(roaring_bitmap_get_cardinality(f->all) * sizeof *places);
    for (roaring_init_iterator(f->all, &it); it.has_value;
         roaring_advance_uint32_iterator(&it))
        places[n++] =
            (struct place){feed_key(f, order, it.current_value), it.current_value};
    pthread_rwlock_unlock(&f->lock);
    made = feed_order_new(places, n, generation);
    mem_free(places);
    return made;
}

static void replace(struct feed *f, struct order **at, struct order *by)
{
    struct order *old;

    pthread_mutex_lock(&f->orders_lock);
    old = *at;
    *at = by;
    if (at != &f->closing)
        f->generation = by->generation;
    pthread_mutex_unlock(&f->orders_lock);
    feed_order_unref(old);
}

static void make_closing(struct feed *f)
{
    uint64_t dirt = atomic_load(&f->closing_dirt);

    pthread_mutex_lock(&f->making);
    if (dirt > f->closing_made) {
        replace(f, &f->closing, make_order(f, FEED_CLOSING, 0));
        f->closing_made = dirt;
    }
    pthread_mutex_unlock(&f->making);
}

static void make_hot(struct feed *f)
{
    uint64_t dirt = atomic_load(&f->hot_dirt);
    uint32_t generation;

    pthread_mutex_lock(&f->making);
    if (dirt > f->hot_made) {
        generation = f->generation + 1;
        replace(f, &f->hot[generation % HOT_GENERATIONS],
                make_order(f, FEED_HOT, generation));
        f->hot_made = dirt;
    }
    pthread_mutex_unlock(&f->making);
}

void feed_refresh(struct feed *f)
{
    make_closing(f);
    make_hot(f);
}

static bool is_small(struct feed *f)
{
    bool small;

    pthread_rwlock_rdlock(&f->lock);
    small = roaring_bitmap_get_cardinality(f->all) <= SMALL;
    pthread_rwlock_unlock(&f->lock);
    return small;
}

static struct order *newest_order(struct feed *f, enum feed_order order,
                                  uint32_t generation)
{
    struct order *o;

    pthread_mutex_lock(&f->orders_lock);
    if (order == FEED_CLOSING) {
        o = f->closing;
    } else {
        o = f->hot[generation % HOT_GENERATIONS];
        if (generation == 0 || o == NULL || o->generation != generation)
            o = f->hot[f->generation % HOT_GENERATIONS];
    }
    if (o != NULL)
        feed_order_ref(o);
    pthread_mutex_unlock(&f->orders_lock);
    return o;
}

/* A small feed is put in order while the reader waits, unless that would move a reader
 * of `hot` who has begun already. */
struct order *feed_order_for(struct feed *f, enum feed_order order, uint32_t generation)
{
    struct order *o = newest_order(f, order, generation);

    if (o == NULL || (is_small(f) && (order == FEED_CLOSING || generation == 0))) {
        feed_order_unref(o);
        if (order == FEED_HOT)
            make_hot(f);
        else
            make_closing(f);
        o = newest_order(f, order, generation);
    }
    return o;
}

/* ---- tags ---- */

static int by_use(const void *a, const void *b)
{
    const struct feed_tag *x = a, *y = b;

    if (x->polls != y->polls)
        return x->polls > y->polls ? -1 : 1;
    return strcmp(x->tag, y->tag);
}

struct feed_tag *feed_tags(struct feed *f, size_t *ret_n)
{
    struct feed_tag *list;
    size_t n = 0;

    pthread_rwlock_rdlock(&f->lock);
    list = mem_alloc(f->n_tags * sizeof *list);
    for (int i = 0; i < TAG_BUCKETS; i++)
        for (const struct tag *t = f->tags[i]; t != NULL; t = t->chain)
            if (t->name.polls > 0)
                list[n++] = t->name;
    pthread_rwlock_unlock(&f->lock);
    if (n > 1)
        qsort(list, n, sizeof *list, by_use);
    *ret_n = n;
    return list;
}
