#include "live/live.h"

#include <ev.h>
#include <sys/queue.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/views.h"
#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "live/live_watcher.h"
#include "net/loop.h"

enum { CLOSE_SERVICE_RESTART = 1012, BEAT_S = 1 };

/* ---- what is sent ---- */

/* hidden: the version of the state without results; 0: results are shown. */
static void write_message(struct buf *out, const struct result *r, uint64_t hidden,
                          uint32_t viewers)
{
    buf_text(out, "{\"type\":\"results\",");
    if (hidden != 0) {
        buf_text(out, "\"pollId\":");
        buf_u64(out, r->poll);
        buf_text(out, ",\"version\":");
        buf_u64(out, hidden);
        buf_text(out, ",\"status\":\"");
        buf_text(out, poll_status_text(r->status));
        buf_text(out, "\",\"hidden\":true");
    } else {
        view_result_fields(out, r);
    }
    buf_text(out, ",\"viewers\":");
    buf_u64(out, viewers);
    buf_char(out, '}');
}

/* An event's id also says what was shown: "12.34.v", or with hidden results
 * "12.2.h". */
static void wrap(struct buf *out, unsigned form, const struct result *r,
                 uint64_t hidden, struct str message)
{
    struct buf id = {0};

    if (!(form & FORM_SSE)) {
        ws_encode(out, message);
        return;
    }
    buf_u64(&id, r->poll);
    buf_char(&id, '.');
    buf_u64(&id, hidden != 0 ? hidden : r->version);
    buf_text(&id, hidden != 0 ? ".h" : ".v");
    sse_encode(out, "results", buf_str(&id), message);
    buf_done(&id);
}

/* {"type":"leaderboard","version":…,"items":[…],"viewers":…}; only WebSockets follow.
 */
static struct frame *encode_leaderboard(const struct app *app, uint32_t viewers)
{
    struct buf items = {0}, message = {0}, bytes = {0};
    uint64_t version = leaderboard_write(app->leaderboard, &items);
    struct frame *f = NULL;

    if (version != 0) {
        buf_text(&message, "{\"type\":\"leaderboard\",\"version\":");
        buf_u64(&message, version);
        buf_char(&message, ',');
        buf_str_add(&message, buf_str(&items));
        buf_text(&message, ",\"viewers\":");
        buf_u64(&message, viewers);
        buf_char(&message, '}');
        ws_encode(&bytes, buf_str(&message));
        f = frame_new(bytes.data, bytes.len, version);
    }
    buf_done(&items);
    buf_done(&message);
    buf_done(&bytes);
    return f;
}

/* The last message about a poll. It has no id: there is nothing to resume. */
static struct frame *encode_deleted(uint64_t poll, unsigned form)
{
    struct buf message = {0}, bytes = {0};
    struct frame *f;

    buf_text(&message, "{\"type\":\"deleted\",\"pollId\":");
    buf_u64(&message, poll);
    buf_char(&message, '}');
    if (form & FORM_SSE)
        sse_encode(&bytes, "deleted", (struct str){NULL, 0}, buf_str(&message));
    else
        ws_encode(&bytes, buf_str(&message));
    f = frame_new(bytes.data, bytes.len, HUB_LAST_VERSION);
    buf_done(&message);
    buf_done(&bytes);
    return f;
}

/* 0: this form shows the results. */
static uint64_t hidden_version(const struct app *app, unsigned form,
                               const struct poll_rules *rules, enum poll_status status)
{
    const struct viewer stranger = {.choice = -1};

    if (!(form & FORM_STRANGER) || viewer_may_see(&stranger, rules, status))
        return 0;
    return view_hidden_version(app->first_version, rules, status);
}

struct frame *live_encode(void *user, uint64_t topic, unsigned form, uint32_t viewers)
{
    struct app *app = user;
    struct buf message = {0}, bytes = {0};
    struct frame *f;
    struct poll *p;
    struct result r;
    uint64_t hidden;

    if (topic == TOPIC_LEADERBOARD)
        return encode_leaderboard(app, viewers);
    if (catalogue_get(app->index->catalogue, (uint32_t)topic, &p, &r) != 0)
        return encode_deleted(topic, form); /* followers knew it: it existed */
    hidden = hidden_version(app, form, &p->rules, r.status);
    poll_unref(p);
    write_message(&message, &r, hidden, viewers);
    wrap(&bytes, form, &r, hidden, buf_str(&message));
    f = frame_new(bytes.data, bytes.len,
                  hidden != 0 ? hidden | HIDDEN_FRAME : r.version);
    buf_done(&message);
    buf_done(&bytes);
    return f;
}

/* ---- the loop's watchers ---- */

static void on_tick_timer(struct ev_loop *ev, ev_timer *timer, int events)
{
    struct live *l = timer->data;

    (void)ev;
    (void)events;
    l->tick_at_ms = 0;
    hub_tick(l->shard);
}

/* The hub wants a tick: keep the earliest time asked for. */
static void want_tick(void *user, uint32_t in_ms)
{
    struct live *l = user;
    struct ev_loop *ev = loop_ev(l->loop->loop);
    uint64_t at_ms = clock_mono_ms() + in_ms;

    if (l->tick_at_ms != 0 && l->tick_at_ms <= at_ms)
        return;
    l->tick_at_ms = at_ms;
    ev_timer_stop(ev, &l->tick);
    ev_now_update(ev);
    ev_timer_set(&l->tick, in_ms / 1000.0, 0.);
    ev_timer_start(ev, &l->tick);
}

static void on_beat(struct ev_loop *ev, ev_timer *timer, int events)
{
    struct live *l = timer->data;
    uint64_t now_ms = clock_mono_ms();

    (void)ev;
    (void)events;
    for (int kind = 0; kind < WATCHER__KINDS; kind++) {
        struct watcher *w;

        while ((w = TAILQ_FIRST(&l->watchers[kind])) != NULL && w->beat_at_ms <= now_ms)
            watcher_beat(w, now_ms);
    }
    watchers_close_lonely(l, now_ms);
}

struct live *live_new(struct app_loop *loop, struct hub *hub)
{
    struct live *l = mem_zalloc(1, sizeof *l);
    struct hub_shard_opts shard = {
        .inbox = loop_inbox(loop->loop), .want_tick = want_tick, .user = l};

    l->loop = loop;
    watchers_set_ops(l, (uint32_t)loop->app->config->server_write_timeout_ms);
    for (int kind = 0; kind < WATCHER__KINDS; kind++)
        TAILQ_INIT(&l->watchers[kind]);
    TAILQ_INIT(&l->lonely);
    l->shard = hub_shard_new(hub, loop_index(loop->loop), &shard);
    ev_timer_init(&l->tick, on_tick_timer, 0., 0.);
    l->tick.data = l;
    ev_timer_init(&l->beat, on_beat, BEAT_S, BEAT_S);
    l->beat.data = l;
    ev_timer_start(loop_ev(loop->loop), &l->beat);
    return l;
}

static void close_watcher(struct watcher *w)
{
    if (w->kind == WATCHER_WS)
        ws_close(w->ws, CLOSE_SERVICE_RESTART, "the server restarts");
    else
        sse_close(w->sse, WATCHER_RETRY_MS);
}

void live_close_all(struct live *l)
{
    struct watcher *w;

    l->closing = true;
    TAILQ_FOREACH(w, &l->watchers[WATCHER_WS], link)
    close_watcher(w);
    TAILQ_FOREACH(w, &l->watchers[WATCHER_SSE], link)
    close_watcher(w);
}

bool watcher_close_if_late(struct watcher *w)
{
    if (w->live->closing)
        close_watcher(w);
    return w->live->closing;
}

size_t live_watchers(const struct live *l)
{
    return counter_get(&l->n_watchers[WATCHER_WS]) +
           counter_get(&l->n_watchers[WATCHER_SSE]);
}

struct live_figures live_figures(const struct live *l)
{
    struct hub_stats hub = hub_shard_stats(l->shard);

    return (struct live_figures){
        .websockets = counter_get(&l->n_watchers[WATCHER_WS]),
        .event_streams = counter_get(&l->n_watchers[WATCHER_SSE]),
        .sent = hub.sent,
        .skipped = hub.skipped,
    };
}

struct live *live_free(struct live *l)
{
    if (l != NULL) {
        hub_shard_free(l->shard);
        mem_free(l);
    }
    return NULL;
}
