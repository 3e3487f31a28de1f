/* feed_walk.c — reading a feed: cursors, and the walk down an order. */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "work/feed_internal.h"

enum { FEW = 4096 }; /* candidates: sorted by themselves, not found by walking */

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
        struct tag *t = *feed_tag_link(w->feed, w->q->tags[i]);

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
        places[n++] = (struct place){feed_key(w->feed, w->q->order, it.current_value),
                                     it.current_value};
    return feed_order_new(places, n, 0);
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
    o = q->order != FEED_NEW ? feed_order_for(f, q->order, w.at.generation) : NULL;
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
