#include "hub/hub.h"

#include <assert.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/shard.h"

static uint64_t now_us(const struct hub_shard *s)
{
    const struct hub_opts *o = &s->hub->opts;

    return o->now_us != NULL ? o->now_us(o->now_user) : clock_mono_us();
}

/* Hub */

struct hub *hub_new(const struct hub_opts *opts)
{
    struct hub *h = mem_zalloc(1, sizeof *h);

    assert(opts->n_shards != 0 && opts->slice != 0);
    assert(opts->budget_pct >= 1 && opts->budget_pct <= 100);
    h->opts = *opts;
    h->topics = topics_new(opts->n_shards);
    return h;
}

struct hub *hub_free(struct hub *h)
{
    if (h != NULL) {
        topics_free(h->topics);
        mem_free(h);
    }
    return NULL;
}

/* This exchange and the one in room_begin_pass() order things: a change comes before
 * its publish, and encoding comes after the mark is cleared. So no change is missed in
 * between. */
static void mark(struct room *r)
{
    struct hub_shard *s = r->shard;
    struct room *top;

    if (atomic_exchange_explicit(&r->marked, true, memory_order_acq_rel))
        return;
    top = atomic_load_explicit(&s->marked, memory_order_relaxed);
    do
        r->next_marked = top;
    while (!atomic_compare_exchange_weak_explicit(
        &s->marked, &top, r, memory_order_acq_rel, memory_order_relaxed));
    if (top == NULL)
        mailbox_force(s->opts.inbox, &s->mail);
}

void hub_publish(struct hub *h, uint64_t topic)
{
    struct stripe *st = topics_lock(h->topics, topic);
    struct topic *t = topics_find(st, topic);

    for (unsigned i = 0; t != NULL && i < h->opts.n_shards; i++) {
        if (t->rooms[i] != NULL)
            mark(t->rooms[i]);
    }
    topics_unlock(st);
}

uint32_t hub_viewers(struct hub *h, uint64_t topic)
{
    struct stripe *st = topics_lock(h->topics, topic);
    struct topic *t = topics_find(st, topic);
    uint32_t n = t != NULL ? atomic_load(&t->viewers) : 0;

    topics_unlock(st);
    return n;
}

/* Rounds */

static void cool(struct room *r)
{
    assert(r->state == ROOM_ROUND && !r->passing);
    r->cool_us = now_us(r->shard) + r->shard->hub->opts.min_gap_ms * 1000ULL;
    room_move(r, ROOM_COOLING);
}

/* Serve the first room of the round. Unless done it goes to the end: a small room waits
 * for one slice of a large room, not for all of it. */
static size_t send_some(struct room *r, size_t max)
{
    size_t n;

    assert(r->state == ROOM_ROUND);
    if (!r->passing)
        room_begin_pass(r);
    n = room_pass(r, max);
    if (r->n_follows == 0)
        room_close(r);
    else if (r->passing)
        room_move(r, ROOM_ROUND);
    else
        cool(r);
    return n;
}

static void send_slice(struct hub_shard *s, uint64_t started_us)
{
    const struct hub_opts *o = &s->hub->opts;
    size_t left = o->slice;
    struct room *r;
    uint64_t ended_us;

    while (left > 0 && (r = TAILQ_FIRST(&s->round)) != NULL)
        left -= send_some(r, left);

    ended_us = now_us(s);
    s->spent_us += ended_us - started_us;
    if (TAILQ_EMPTY(&s->round)) {
        s->resume_us = ended_us + s->spent_us * (100 - o->budget_pct) / o->budget_pct;
        s->spent_us = 0;
    }
}

/* Let rooms whose gap is over be sent again. */
static void thaw(struct hub_shard *s, uint64_t now)
{
    struct room *r;

    while ((r = TAILQ_FIRST(&s->cooling)) != NULL && r->cool_us <= now)
        room_move(r, r->noted ? ROOM_READY : ROOM_IDLE);
}

/* Tell the loop when there is something to do next. */
static void plan(struct hub_shard *s, uint64_t now)
{
    uint64_t at;

    thaw(s, now);
    if (!TAILQ_EMPTY(&s->round))
        at = now;
    else if (!TAILQ_EMPTY(&s->ready))
        at = s->resume_us;
    else if (s->n_cooling_noted != 0)
        at = TAILQ_FIRST(&s->cooling)->cool_us;
    else
        return;
    s->opts.want_tick(s->opts.user, at > now ? (uint32_t)((at - now + 999) / 1000) : 0);
}

void hub_tick(struct hub_shard *s)
{
    uint64_t now = now_us(s);
    struct room *r;

    thaw(s, now);
    if (TAILQ_EMPTY(&s->round) && now >= s->resume_us) {
        while ((r = TAILQ_FIRST(&s->ready)) != NULL)
            room_move(r, ROOM_ROUND);
    }
    if (!TAILQ_EMPTY(&s->round))
        send_slice(s, now);
    plan(s, now_us(s));
}

/* Marks */

static void note(struct room *r)
{
    if (r->topic == NULL) { /* its last follower went meanwhile */
        mem_free(r);
        return;
    }
    assert(atomic_load_explicit(&r->marked, memory_order_relaxed));
    r->noted = true;
    if (r->state == ROOM_IDLE)
        room_move(r, ROOM_READY);
    else if (r->state == ROOM_COOLING)
        r->shard->n_cooling_noted++;
}

static struct room *take_marked(struct hub_shard *s)
{
    struct room *newest =
        atomic_exchange_explicit(&s->marked, NULL, memory_order_acq_rel);
    struct room *oldest = NULL;

    while (newest != NULL) {
        struct room *next = newest->next_marked;

        newest->next_marked = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

/* Only this function takes from the stack. So the stack is empty exactly while the mail
 * is at home, and a push onto the empty stack may send it (release: after this has read
 * it).
 */
static void on_marked(struct mail *m)
{
    struct hub_shard *s = (struct hub_shard *)m;
    struct room *r = take_marked(s);

    while (r != NULL) {
        struct room *next = r->next_marked;

        note(r);
        r = next;
    }
    if (s->hub == NULL)
        mem_free(s);
    else
        plan(s, now_us(s));
}

/* Shards */

struct hub_shard *hub_shard_new(struct hub *h, unsigned index,
                                const struct hub_shard_opts *opts)
{
    struct hub_shard *s = mem_zalloc(1, sizeof *s);

    assert(index < h->opts.n_shards);
    s->mail.on_home = on_marked;
    s->hub = h;
    s->index = index;
    s->opts = *opts;
    atomic_init(&s->marked, NULL);
    TAILQ_INIT(&s->ready);
    TAILQ_INIT(&s->round);
    TAILQ_INIT(&s->cooling);
    return s;
}

struct hub_shard *hub_shard_free(struct hub_shard *s)
{
    if (s == NULL)
        return NULL;
    assert(s->n_rooms == 0);
    if (atomic_load_explicit(&s->marked, memory_order_acquire) != NULL)
        s->hub = NULL; /* its mail is under way: on_marked() frees it */
    else
        mem_free(s);
    return NULL;
}

struct hub_stats hub_shard_stats(const struct hub_shard *s)
{
    return (struct hub_stats){counter_get(&s->sent), counter_get(&s->skipped)};
}
