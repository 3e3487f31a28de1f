/* feed_walk.c — reading a feed: cursors, and the walk down an order. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "index/feed_internal.h"

enum {
    FEW = 4096,     /* candidates: sorted by themselves, not found by walking */
    STEPS = 128,    /* one by one, before whole windows are taken */
    WINDOW = 32768, /* ids of the first window: half a container of a bitmap */
};

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

/* The smallest set leads; the others are only asked. */
struct walk {
    struct feed *feed;
    const struct feed_query *q;
    const roaring_bitmap_t *sets[LIMIT_TAGS + 2];
    size_t n_sets;
    bool nothing; /* a tag that no poll has */
    struct cursor at;
    size_t n_skipped, n;
    uint32_t *ids;
};

static void add_set(struct walk *w, const roaring_bitmap_t *set)
{
    w->sets[w->n_sets] = set;
    if (w->n_sets++ > 0 && roaring_bitmap_get_cardinality(set) <
                               roaring_bitmap_get_cardinality(w->sets[0])) {
        w->sets[w->n_sets - 1] = w->sets[0];
        w->sets[0] = set;
    }
}

static void find_sets_locked(struct walk *w)
{
    add_set(w, w->q->closed_too ? w->feed->all : w->feed->unclosed);
    if (w->q->only != NULL)
        add_set(w, w->q->only);
    for (size_t i = 0; i < w->q->n_tags; i++) {
        struct tag *t = *feed_tag_link(w->feed, w->q->tags[i]);

        w->nothing |= t == NULL;
        if (t != NULL)
            add_set(w, t->polls);
    }
}

static bool is_seen(const struct walk *w, uint32_t id)
{
    return w->q->seen != NULL && roaring_bitmap_contains(w->q->seen, id);
}

/* Is it in all sets from that one on? */
static bool is_in(const struct walk *w, size_t from, uint32_t id)
{
    for (size_t i = from; i < w->n_sets; i++)
        if (!roaring_bitmap_contains(w->sets[i], id))
            return false;
    return true;
}

/* One candidate in order, in all sets and not seen. False: there are enough. */
static bool meet(struct walk *w, struct place place)
{
    bool wanted = w->q->take == NULL || w->q->take(w->q->user, place.id);

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

/* To the greatest id of the set that is below top. */
static void descend(const roaring_bitmap_t *set, uint64_t top,
                    roaring_uint32_iterator_t *it)
{
    roaring_init_iterator(set, it);
    if (top <= UINT32_MAX &&
        roaring_move_uint32_iterator_equalorlarger(it, (uint32_t)top))
        roaring_previous_uint32_iterator(it);
    else
        roaring_init_iterator_last(set, it);
}

/* The candidates of ids low..top-1 in the first n sets, by whole containers. */
static roaring_bitmap_t *candidates(const struct walk *w, size_t n, uint64_t low,
                                    uint64_t top)
{
    roaring_bitmap_t *window = roaring_bitmap_from_range(low, top, 1);

    for (size_t i = 0; i < n; i++)
        roaring_bitmap_and_inplace(window, w->sets[i]);
    if (w->q->seen != NULL)
        roaring_bitmap_andnot_inplace(window, w->q->seen);
    return window;
}

static bool walk_window(struct walk *w, size_t n, const roaring_bitmap_t *window)
{
    roaring_uint32_iterator_t it;

    for (roaring_init_iterator_last(window, &it); it.has_value;
         roaring_previous_uint32_iterator(&it))
        if (is_in(w, n, it.current_value) &&
            !meet(w, (struct place){0, it.current_value}))
            return false;
    return true;
}

/* Where much has to be passed over: window by window, each twice as wide. In the first
 * the smallest set will do, and the others are asked one by one. */
static bool walk_windows(struct walk *w, uint64_t top)
{
    uint64_t first = roaring_bitmap_minimum(w->sets[0]);

    for (uint64_t width = WINDOW; top > first; width *= 2) {
        uint64_t low = top > width ? top - width : 0;
        size_t n = width == WINDOW ? 1 : w->n_sets;
        roaring_bitmap_t *window = candidates(w, n, low, top);
        bool go_on = walk_window(w, n, window);

        roaring_bitmap_free(window);
        if (!go_on)
            return false;
        top = low;
    }
    return true;
}

/* True: to the end. Usually what is wanted comes within a few steps. */
static bool walk_new(struct walk *w)
{
    uint64_t top = w->at.set ? w->at.place.id : (uint64_t)UINT32_MAX + 1;
    roaring_uint32_iterator_t it;

    descend(w->sets[0], top, &it);
    for (int steps = 0; it.has_value; roaring_previous_uint32_iterator(&it)) {
        uint32_t id = it.current_value;

        if (++steps > STEPS)
            return walk_windows(w, (uint64_t)id + 1);
        if (!is_seen(w, id) && is_in(w, 1, id) && !meet(w, (struct place){0, id}))
            return false;
    }
    return true;
}

static bool walk_order(struct walk *w, const struct order *o)
{
    for (size_t i = w->at.set ? feed_order_after(o, w->at.place) : 0; i < o->n; i++) {
        uint32_t id = o->places[i].id;

        if (!is_seen(w, id) && is_in(w, 0, id) && !meet(w, o->places[i]))
            return false;
    }
    return true;
}

/* A few candidates of a long order: it is shorter to sort them alone. */
static struct order *order_of_few(struct walk *w)
{
    roaring_uint32_iterator_t it;
    struct place places[FEW];
    size_t n = 0;

    for (roaring_init_iterator(w->sets[0], &it); it.has_value;
         roaring_advance_uint32_iterator(&it))
        if (is_in(w, 1, it.current_value))
            places[n++] = (struct place){
                feed_key(w->feed, w->q->order, it.current_value), it.current_value};
    return feed_order_new(places, n, 0);
}

static bool walk_locked(struct walk *w, const struct order *o)
{
    struct order *few;
    bool end;

    find_sets_locked(w);
    if (w->nothing)
        return true;
    if (w->q->order == FEED_NEW)
        return walk_new(w);
    assert(o != NULL); /* the other orders have been made */
    if (w->q->order == FEED_HOT || roaring_bitmap_get_cardinality(w->sets[0]) > FEW ||
        o->n <= FEW)
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
    ret_cursor[0] = '\0';
    if (!end)
        write_cursor(q->order, &w.at, ret_cursor);
    *ret_n = w.n;
    return 0;
}
