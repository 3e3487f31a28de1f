/* live_identity.c — keeps whose a watcher is, and until when. */
#include <ev.h>
#include <sys/queue.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/watchers.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/mem.h"
#include "hub/hub.h"
#include "live/live.h"
#include "live/live_watcher.h"
#include "net/loop.h"

enum { CLOSE_UNAUTHORIZED = 4401 };

static struct watchers_of_users *bucket_of(struct live *l, uint32_t user)
{
    return &l->by_user[user % USER_BUCKETS];
}

/* ---- the end of an identity ---- */

static void end_watcher(struct watcher *w)
{
    if (w->kind == WATCHER_WS) {
        ws_close(w->ws, CLOSE_UNAUTHORIZED, "the token has ended");
        return;
    }
    sse_event(w->sse, "unauthorized",
              STR("{\"type\":\"error\",\"code\":\"unauthorized\","
                  "\"detail\":\"The token has ended.\"}"));
    sse_close(w->sse, WATCHER_RETRY_MS);
}

static int64_t now_ms(const struct watcher *w)
{
    return clock_now_ms(w->live->loop->app->clock);
}

void watcher_end_if_expired(struct watcher *w)
{
    if (w->who.user != 0 && now_ms(w) >= w->who.expires_ms)
        end_watcher(w);
}

/* If the wall clock was set back, the token has not expired yet: wait again. */
static void on_expiry(struct ev_loop *ev, ev_timer *timer, int events)
{
    struct watcher *w = timer->data;

    (void)events;
    if (now_ms(w) >= w->who.expires_ms) {
        end_watcher(w);
        return;
    }
    ev_timer_set(timer, (double)(w->who.expires_ms - now_ms(w)) / 1000., 0.);
    ev_timer_start(ev, timer);
}

void watcher_identify(struct watcher *w, const struct identity *who)
{
    struct ev_loop *ev = loop_ev(w->live->loop->loop);

    w->who = *who;
    if (who->user == 0)
        return;
    LIST_INSERT_HEAD(bucket_of(w->live, who->user), w, by_user);
    ev_timer_init(&w->expiry, on_expiry, (double)(who->expires_ms - now_ms(w)) / 1000.,
                  0.);
    w->expiry.data = w;
    ev_timer_start(ev, &w->expiry);
}

void watcher_forget_identity(struct watcher *w)
{
    if (w->who.user == 0)
        return;
    LIST_REMOVE(w, by_user);
    ev_timer_stop(loop_ev(w->live->loop->loop), &w->expiry);
    w->who = (struct identity){0};
}

void watcher_become(struct watcher *w, const struct identity *who)
{
    bool same = w->who.user == who->user && w->who.guest == who->guest;

    watcher_forget_identity(w);
    watcher_identify(w, who);
    if (!same)
        watcher_rejudge(w);
}

/* ---- news of a user, to all loops ---- */

struct news {
    struct mail mail; /* first; goes to one loop */
    struct live *live;
    void (*tell)(struct watcher *w, const struct news *n);
    struct identity who; /* the user, and what else tell() needs */
    int64_t end_ms;
    uint32_t poll;
};

static void on_news(struct mail *m)
{
    struct news *n = (struct news *)m;
    struct watcher *w;

    if (!n->live->closing) { /* otherwise all of them end anyway */
        LIST_FOREACH(w, bucket_of(n->live, n->who.user), by_user)
        if (w->who.user == n->who.user)
            n->tell(w, n);
    }
    mem_free(n);
}

/* A watcher that is told to end stays in its list until its connection has gone. */
static void tell_watchers(struct app *app, const struct news *news)
{
    for (unsigned i = 0; i < app->n_loops; i++) {
        struct news *n = mem_zalloc(1, sizeof *n);

        *n = *news;
        n->live = app->loops[i].live;
        n->mail.home = loop_inbox(app->loops[i].loop);
        n->mail.on_home = on_news;
        mail_return(&n->mail);
    }
}

static void tell_voted(struct watcher *w, const struct news *n)
{
    watcher_recheck(w, n->poll);
}

static void user_voted(struct app *app, uint32_t user, uint32_t poll)
{
    if (hub_viewers(app->hub, poll) != 0)
        tell_watchers(
            app, &(struct news){.tell = tell_voted, .who.user = user, .poll = poll});
}

static void tell_tokens_ended(struct watcher *w, const struct news *n)
{
    if (w->who.issued_ms <= n->end_ms)
        end_watcher(w);
}

static void tokens_ended(struct app *app, uint32_t user, int64_t end_ms)
{
    tell_watchers(
        app,
        &(struct news){.tell = tell_tokens_ended, .who.user = user, .end_ms = end_ms});
}

static void tell_signed_out(struct watcher *w, const struct news *n)
{
    const struct identity *out = &n->who;

    if (w->who.session == out->session &&
        (out->session != 0 || w->who.issued_ms == out->issued_ms))
        end_watcher(w);
}

static void signed_out(struct app *app, const struct identity *who)
{
    tell_watchers(app, &(struct news){.tell = tell_signed_out, .who = *who});
}

const struct watchers_news live_news = {
    .user_voted = user_voted,
    .tokens_ended = tokens_ended,
    .signed_out = signed_out,
};
