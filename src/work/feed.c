#include "work/feed.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "work/feed_order.h"

enum {
    SMALL = 20000,         /* polls: an order of so many is made while a reader waits */
    FEW = 4096,            /* candidates: sorted by themselves, not found by walking */
    TAG_BUCKETS = 4096,    /* tags are at most ten a poll */
    TENFOLD_MS = 45000000, /* 12.5 hours */
};

/* What the orders need of a poll, by id. */
struct facts {
    int64_t created_ms, closes_ms; /* closes_ms 0: never */
    uint32_t total;
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
static struct tag **tag_link(struct feed *f, struct str name)
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
    struct tag **at = tag_link(f, name);

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
    struct tag **at = tag_link(f, name), *t = *at;

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

void feed_add(struct feed *f, const struct poll *p, const struct result *r)
{
    bool unclosed = r->status != POLL_CLOSED;

    pthread_rwlock_wrlock(&f->lock);
    roaring_bitmap_add(f->all, p->id);
    if (unclosed)
        roaring_bitmap_add(f->unclosed, p->id);
    for (uint32_t i = 0; i < p->n_tags; i++)
        tag_poll_locked(f, p->tags[i], p->id, unclosed);
    *facts_of_locked(f, p->id) = (struct facts){.created_ms = p->created_ms,
                                                .closes_ms = p->rules.closes_ms,
                                                .total = r->total};
    pthread_rwlock_unlock(&f->lock);
    soil(&f->closing_dirt);
    soil(&f->hot_dirt);
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
        __atomic_store_n(&f->facts[id].total, r->total, __ATOMIC_RELAXED);
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

void feed_delete(struct feed *f, const struct poll *p)
{
    bool unclosed;

    pthread_rwlock_wrlock(&f->lock);
    unclosed = roaring_bitmap_contains(f->unclosed, p->id);
    for (uint32_t i = 0; i < p->n_tags; i++)
        untag_poll_locked(f, p->tags[i], p->id, unclosed);
    roaring_bitmap_remove(f->all, p->id);
    roaring_bitmap_remove(f->unclosed, p->id);
    pthread_rwlock_unlock(&f->lock);
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

static int64_t key_of(const struct feed *f, enum feed_order order, uint32_t id)
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
            (struct place){key_of(f, order, it.current_value), it.current_value};
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

/* ---- cursors ---- */

struct cursor {
    bool set;
    uint32_t generation; /* hot */
    struct place place;  /* what was given last */
};

static void write_cursor(enum feed_order order, const struct cursor *c,
                         char ret[FEED_CURSOR_BYTES])
{
    if (order == FEED_NEW)
        snprintf(ret, FEED_CURSOR_BYTES, "n%" PRIu32, c->place.id);
    else if (order == FEED_HOT)
        snprintf(ret, FEED_CURSOR_BYTES, "h%" PRIu32 ".%" PRIu64 ".%" PRIu32,
                 c->generation, (uint64_t)-c->place.key, c->place.id);
    else
        snprintf(ret, FEED_CURSOR_BYTES, "c%" PRIu64 ".%" PRIu32,
                 (uint64_t)c->place.key, c->place.id);
}

/* "h3.1700000000000.12": numbers behind a letter. */
static bool read_numbers(struct str s, uint64_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str head;

        s = str_cut(s, '.', &head);
        if (str_to_u64(head, INT64_MAX, &numbers[i]) != 0)
            return false;
    }
    return s.len == 0;
}

static int read_cursor(enum feed_order order, struct str s, struct cursor *ret)
{
    static const struct {
        char letter;
        size_t n;
    } shapes[] = {
        [FEED_NEW] = {'n', 1}, [FEED_HOT] = {'h', 3}, [FEED_CLOSING] = {'c', 2}};
    uint64_t numbers[3] = {0};
    size_t n = shapes[order].n;

    *ret = (struct cursor){0};
    if (s.len == 0)
        return 0;
    if (s.at[0] != shapes[order].letter || !read_numbers(str_skip(s, 1), numbers, n) ||
        numbers[n - 1] > UINT32_MAX)
        return ERR_BAD_REQUEST;
    ret->set = true;
    ret->place.id = (uint32_t)numbers[n - 1];
    if (order == FEED_HOT) {
        ret->generation = (uint32_t)numbers[0];
        ret->place.key = -(int64_t)numbers[1];
    } else if (order == FEED_CLOSING) {
        ret->place.key = (int64_t)numbers[0];
    }
    return 0;
}

/* ---- walking ---- */

struct walk {
    struct feed *feed;
    const struct feed_query *q;
    const roaring_bitmap_t *set; /* the candidates */
    roaring_bitmap_t *own;       /* set, when it had to be made */
    struct cursor at;
    size_t n_skipped, n;
    uint32_t *ids;
};

static const roaring_bitmap_t *narrow(struct walk *w, const roaring_bitmap_t *by)
{
    if (w->own == NULL)
        w->own = roaring_bitmap_and(w->set, by);
    else
        roaring_bitmap_and_inplace(w->own, by);
    return w->own;
}

static void find_set_locked(struct walk *w)
{
    w->set = w->q->closed_too ? w->feed->all : w->feed->unclosed;
    for (size_t i = 0; i < w->q->n_tags; i++) {
        struct tag *t = *tag_link(w->feed, w->q->tags[i]);

        if (t == NULL) { /* a tag that no poll has */
            if (w->own != NULL)
                roaring_bitmap_free(w->own);
            w->set = w->own = roaring_bitmap_create();
            return;
        }
        w->set = narrow(w, t->polls);
    }
    if (w->q->only != NULL)
        w->set = narrow(w, w->q->only);
}

/* One candidate in order. False: there are enough. */
static bool meet(struct walk *w, struct place place)
{
    bool wanted =
        (w->q->seen == NULL || !roaring_bitmap_contains(w->q->seen, place.id)) &&
        (w->q->take == NULL || w->q->take(w->q->user, place.id));

    if (wanted && w->n == w->q->limit)
        return false; /* the cursor stays before it */
    w->at.place = place;
    if (!wanted)
        return true;
    if (w->n_skipped < w->q->skip)
        w->n_skipped++;
    else
        w->ids[w->n++] = place.id;
    return true;
}

/* True: to the end. */
static bool walk_new(struct walk *w)
{
    roaring_uint32_iterator_t it;
    bool there;

    if (!w->at.set) {
        roaring_init_iterator_last(w->set, &it);
    } else {
        roaring_init_iterator(w->set, &it);
        there = roaring_move_uint32_iterator_equalorlarger(&it, w->at.place.id);
        if (there)
            roaring_previous_uint32_iterator(&it);
        else
            roaring_init_iterator_last(w->set, &it);
    }
    for (; it.has_value; roaring_previous_uint32_iterator(&it))
        if (!meet(w, (struct place){0, it.current_value}))
            return false;
    return true;
}

static bool walk_order(struct walk *w, const struct order *o)
{
    for (size_t i = w->at.set ? feed_order_after(o, w->at.place) : 0; i < o->n; i++)
        if (roaring_bitmap_contains(w->set, o->places[i].id) && !meet(w, o->places[i]))
            return false;
    return true;
}

/* A few candidates of a long order: it is shorter to sort them alone. */
static struct order *order_of_few(struct walk *w)
{
    roaring_uint32_iterator_t it;
    struct place places[FEW];
    size_t n = 0;

    for (roaring_init_iterator(w->set, &it); it.has_value;
         roaring_advance_uint32_iterator(&it))
        places[n++] = (struct place){key_of(w->feed, w->q->order, it.current_value),
                                     it.current_value};
    return feed_order_new(places, n, 0);
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

static struct order *order_for(struct feed *f, const struct feed_query *q,
                               const struct cursor *c)
{
    struct order *o;

    if (q->order == FEED_NEW)
        return NULL;
    o = newest_order(f, q->order, c->generation);
    if (o == NULL || (is_small(f) && (q->order == FEED_CLOSING || !c->set))) {
        feed_order_unref(o);
        q->order == FEED_HOT ? make_hot(f) : make_closing(f);
        o = newest_order(f, q->order, c->generation);
    }
    return o;
}

static bool walk_locked(struct walk *w, const struct order *o)
{
    struct order *few;
    bool end;

    find_set_locked(w);
    if (w->q->order == FEED_NEW)
        return walk_new(w);
    if (w->q->order == FEED_HOT || w->own == NULL ||
        roaring_bitmap_get_cardinality(w->own) > FEW)
        return walk_order(w, o);
    few = order_of_few(w);
    end = walk_order(w, few);
    feed_order_unref(few);
    return end;
}

int feed_walk(struct feed *f, const struct feed_query *q, uint32_t *ret_ids,
              size_t *ret_n, char ret_cursor[FEED_CURSOR_BYTES])
{
    struct walk w = {.feed = f, .q = q, .ids = ret_ids};
    struct order *o;
    bool end;

    if (read_cursor(q->order, q->cursor, &w.at) != 0)
        return ERR_BAD_REQUEST;
    o = order_for(f, q, &w.at);
    if (q->order == FEED_HOT)
        w.at.generation = o->generation;
    pthread_rwlock_rdlock(&f->lock);
    end = walk_locked(&w, o);
    pthread_rwlock_unlock(&f->lock);
    feed_order_unref(o);
    if (w.own != NULL)
        roaring_bitmap_free(w.own);
    ret_cursor[0] = '\0';
    if (!end)
        write_cursor(q->order, &w.at, ret_cursor);
    *ret_n = w.n;
    return 0;
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

size_t feed_bytes(struct feed *f)
{
    size_t n = sizeof *f;

    pthread_rwlock_rdlock(&f->lock);
    n += f->n_facts * sizeof *f->facts + roaring_bitmap_size_in_bytes(f->all) +
         roaring_bitmap_size_in_bytes(f->unclosed);
    for (int i = 0; i < TAG_BUCKETS; i++)
        for (const struct tag *t = f->tags[i]; t != NULL; t = t->chain)
            n += sizeof *t + roaring_bitmap_size_in_bytes(t->polls);
    pthread_rwlock_unlock(&f->lock);
    return n;
}
