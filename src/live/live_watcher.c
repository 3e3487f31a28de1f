/* live_watcher.c — a watcher's life, over either protocol. */
#include "live/live_watcher.h"

#include <assert.h>
#include <stddef.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "live/live.h"
#include "net/loop.h"

enum { CLOSE_NORMAL = 1000, WS_BEAT_MS = 30000, SSE_BEAT_MS = 15000 };

static bool send_frame(struct subscriber *sub, struct frame *f)
{
    struct watcher *w = (struct watcher *)sub;

    if (w->closed)
        return true; /* nobody is there to receive it */
    return w->kind == WATCHER_WS ? ws_send(w->ws, f) : sse_send(w->sse, f);
}

void watcher_end_if_idle(struct watcher *w)
{
    if (w->kind == WATCHER_SSE && !w->closed && !w->opening &&
        w->subscriber.n_follows == 0 && w->n_pending == 0)
        sse_close(w->sse, WATCHER_RETRY_MS);
}

/* A watcher that follows nothing takes a connection that somebody else could use. */
void watcher_judge_lonely(struct watcher *w)
{
    struct live *l = w->live;
    bool lonely = w->kind == WATCHER_WS && !w->closed && w->subscriber.n_follows == 0;

    if (lonely == w->lonely)
        return;
    w->lonely = lonely;
    if (!lonely) {
        TAILQ_REMOVE(&l->lonely, w, lonely_link);
        return;
    }
    w->lonely_until_ms =
        clock_mono_ms() + (uint64_t)l->loop->app->config->live_idle_timeout_ms;
    TAILQ_INSERT_TAIL(&l->lonely, w, lonely_link);
}

void watchers_close_lonely(struct live *l, uint64_t now_ms)
{
    struct watcher *w, *next;

    for (w = TAILQ_FIRST(&l->lonely); w != NULL && w->lonely_until_ms <= now_ms;
         w = next) {
        next = TAILQ_NEXT(w, lonely_link);
        ws_close(w->ws, CLOSE_NORMAL, "nothing was followed");
    }
}

static void on_ended(struct subscriber *sub)
{
    watcher_judge_lonely((struct watcher *)sub);
    watcher_end_if_idle((struct watcher *)sub);
}

static const struct subscriber_ops subscriber_ops = {.send = send_frame,
                                                     .ended = on_ended};

static uint64_t beat_period_ms(const struct watcher *w)
{
    return w->kind == WATCHER_WS ? WS_BEAT_MS : SSE_BEAT_MS;
}

struct watcher *watcher_new(struct live *l, enum watcher_kind kind,
                            const struct identity *who)
{
    struct watcher *w = mem_zalloc(1, sizeof *w);

    hub_subscriber_init(&w->subscriber, l->shard, &subscriber_ops);
    w->live = l;
    w->kind = (uint8_t)kind;
    w->beat_at_ms = clock_mono_ms() + beat_period_ms(w);
    TAILQ_INSERT_TAIL(&l->watchers[kind], w, link);
    watcher_identify(w, who);
    counter_add(&l->n_watchers[kind], 1);
    watcher_judge_lonely(w);
    return w;
}

void watcher_beat(struct watcher *w, uint64_t now_ms)
{
    struct watchers *list = &w->live->watchers[w->kind];

    w->beat_at_ms = now_ms + beat_period_ms(w);
    TAILQ_REMOVE(list, w, link);
    TAILQ_INSERT_TAIL(list, w, link);
    if (w->kind == WATCHER_WS)
        ws_ping(w->ws);
    else
        sse_comment(w->sse);
    watcher_end_if_expired(w); /* the clock may have been set forward */
}

void watcher_free_if_done(struct watcher *w)
{
    if (w->closed && w->n_pending == 0) {
        assert(w->subscriber.n_follows == 0);
        mem_free(w);
    }
}

static void on_writable(void *user)
{
    struct watcher *w = user;

    hub_writable(&w->subscriber);
}

void watcher_gone(void *user)
{
    struct watcher *w = user;

    assert(!w->closed);
    hub_subscriber_done(&w->subscriber);
    TAILQ_REMOVE(&w->live->watchers[w->kind], w, link);
    watcher_forget_identity(w);
    counter_sub(&w->live->n_watchers[w->kind], 1);
    w->closed = true;
    watcher_judge_lonely(w);
    watcher_free_if_done(w);
}

void watchers_set_ops(struct live *l, uint32_t write_timeout_ms)
{
    l->ws_ops = (struct ws_ops){watcher_heard, watcher_heard_bytes, on_writable,
                                watcher_gone, write_timeout_ms};
    l->sse_ops = (struct sse_ops){on_writable, watcher_gone, write_timeout_ms};
}
