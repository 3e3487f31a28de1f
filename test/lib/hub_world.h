/* hub_world.h — a hub with a clock that stands still, for tests.
 *
 * The world holds a version for each topic (its state), shards whose ticks are run by
 * hand, and readers that write down what they were sent.
 */
#ifndef TEST_LIB_HUB_WORLD_H
#define TEST_LIB_HUB_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "hub/hub.h"

enum { WORLD_SHARDS = 3, WORLD_TOPICS = 3000, NEVER = -1 };

struct world;

struct shard {
    struct world *world;
    struct hub_shard *hub;
    struct mailbox inbox;
    unsigned n_wakes;
    int64_t tick_us; /* when it wants its tick; NEVER */
};

struct world {
    uint64_t now_us;
    uint64_t send_cost_us;
    uint64_t version[WORLD_TOPICS]; /* 0: nothing to show */
    unsigned n_encodes, n_sends, n_ticks;
    uint32_t viewers;    /* as the last encode was told */
    struct frame *frame; /* that it gave, with a reference of ours */
    struct hub *hub;
    struct shard shards[WORLD_SHARDS];
};

struct reader {
    struct subscriber sub; /* first: on_send() casts */
    struct world *world;
    bool busy;       /* refuses */
    bool busy_after; /* becomes busy with each frame that it takes */
    /* "topic/form:version " for each frame, "ended:n_follows " for each end */
    struct buf received;
    uint64_t n_received;
    void (*on_frame)(struct reader *r, uint64_t topic, unsigned form, uint64_t version);
    void (*on_ended)(struct reader *r);
};

struct payload {
    uint64_t topic, version;
    unsigned form;
};

static inline struct frame *world_encode(void *user, uint64_t topic, unsigned form,
                                         uint32_t viewers)
{
    struct world *w = user;
    struct payload p = {topic, w->version[topic], form};

    w->n_encodes++;
    w->viewers = viewers;
    frame_unref(w->frame);
    w->frame = p.version != 0 ? frame_new(&p, sizeof p, p.version) : NULL;
    return w->frame != NULL ? frame_ref(w->frame) : NULL;
}

static inline bool world_send(struct subscriber *sub, struct frame *f)
{
    struct reader *r = (struct reader *)sub;
    struct payload p;

    if (r->busy)
        return false;
    memcpy(&p, f->data, sizeof p);
    assert_int_equal(p.version, f->version);
    buf_printf(&r->received, "%d/%u:", (int)p.topic, p.form);
    if (p.version == HUB_LAST_VERSION)
        buf_text(&r->received, "last ");
    else
        buf_printf(&r->received, "%d ", (int)p.version);
    r->n_received++;
    r->world->n_sends++;
    r->world->now_us += r->world->send_cost_us;
    r->busy = r->busy_after;
    if (r->on_frame != NULL)
        r->on_frame(r, p.topic, p.form, p.version);
    return true;
}

static inline void world_ended(struct subscriber *sub)
{
    struct reader *r = (struct reader *)sub;

    buf_printf(&r->received, "ended:%u ", sub->n_follows);
    if (r->on_ended != NULL)
        r->on_ended(r);
}

static const struct subscriber_ops WORLD_OPS = {.send = world_send,
                                                .ended = world_ended};

static inline void world_wake(void *user)
{
    ((struct shard *)user)->n_wakes++;
}

static inline void world_want_tick(void *user, uint32_t in_ms)
{
    struct shard *s = user;
    int64_t at = (int64_t)(s->world->now_us + in_ms * 1000ULL);

    if (s->tick_us == NEVER || at < s->tick_us)
        s->tick_us = at;
}

static inline uint64_t world_now(void *user)
{
    return ((struct world *)user)->now_us;
}

static inline void world_init(struct world *w, size_t slice)
{
    struct hub_opts opts = {.n_shards = WORLD_SHARDS,
                            .min_gap_ms = 50,
                            .budget_pct = 25,
                            .slice = slice,
                            .source = {world_encode, w},
                            .now_us = world_now,
                            .now_user = w};

    *w = (struct world){.now_us = 1000000};
    w->hub = hub_new(&opts);
    for (unsigned i = 0; i < WORLD_SHARDS; i++) {
        struct shard *s = &w->shards[i];

        s->world = w;
        s->tick_us = NEVER;
        mailbox_init(&s->inbox, 0, world_wake, s);
        s->hub = hub_shard_new(w->hub, i,
                               &(struct hub_shard_opts){.inbox = &s->inbox,
                                                        .want_tick = world_want_tick,
                                                        .user = s});
    }
}

static inline void world_done(struct world *w)
{
    for (unsigned i = 0; i < WORLD_SHARDS; i++)
        hub_shard_free(w->shards[i].hub);
    for (unsigned i = 0; i < WORLD_SHARDS; i++)
        mail_open_all(mailbox_take(&w->shards[i].inbox));
    hub_free(w->hub);
    frame_unref(w->frame);
}

/* One turn of a shard's loop: its mail, and its tick if that is due. */
static inline bool shard_turn(struct shard *s)
{
    struct mail *batch = mailbox_take(&s->inbox);
    bool did = batch != NULL;

    mail_open_all(batch);
    if (s->tick_us != NEVER && (uint64_t)s->tick_us <= s->world->now_us) {
        s->tick_us = NEVER;
        s->world->n_ticks++;
        hub_tick(s->hub);
        did = true;
    }
    return did;
}

/* Everything that can be done without time passing. */
static inline void world_turn(struct world *w)
{
    bool did = true;

    while (did) {
        did = false;
        for (unsigned i = 0; i < WORLD_SHARDS; i++)
            did |= shard_turn(&w->shards[i]);
    }
}

/* Until nobody wants anything any more. */
static inline void world_settle(struct world *w)
{
    for (;;) {
        int64_t next = NEVER;

        world_turn(w);
        for (unsigned i = 0; i < WORLD_SHARDS; i++) {
            int64_t at = w->shards[i].tick_us;

            if (at != NEVER && (next == NEVER || at < next))
                next = at;
        }
        if (next == NEVER)
            return;
        if (w->now_us < (uint64_t)next)
            w->now_us = (uint64_t)next;
    }
}

static inline void world_pass_ms(struct world *w, uint64_t ms)
{
    w->now_us += ms * 1000;
    world_turn(w);
}

static inline void publish(struct world *w, uint64_t topic, uint64_t version)
{
    w->version[topic] = version;
    hub_publish(w->hub, topic);
}

static inline void reader_init(struct reader *r, struct world *w, unsigned shard)
{
    *r = (struct reader){.world = w};
    hub_subscriber_init(&r->sub, w->shards[shard].hub, &WORLD_OPS);
}

static inline void reader_done(struct reader *r)
{
    hub_subscriber_done(&r->sub);
    buf_done(&r->received);
}

static inline void follow(struct reader *r, uint64_t topic, unsigned form)
{
    assert_int_equal(hub_follow(&r->sub, topic, form, 0, 100), 0);
}

/* What came since the last time that this was asked. */
#define assert_got(r, text)                                                            \
    do {                                                                               \
        buf_char(&(r)->received, '\0');                                                \
        assert_string_equal((r)->received.data, (text));                               \
        (r)->received.len = 0;                                                         \
    } while (0)

#endif
