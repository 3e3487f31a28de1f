#include "app/settled.h"

#include <assert.h>
#include <ev.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/call.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/loop.h"

struct settling {
    struct ev_timer timer;
    struct call *call;
    call_then_cb *then;
    uint64_t mark, give_up_ms;
};

static void end(struct ev_loop *ev, struct settling *s, bool settled)
{
    struct call *c = s->call;
    call_then_cb *then = s->then;

    assert(ev_is_active(&s->timer)); /* it ends once */
    ev_timer_stop(ev, &s->timer);
    mem_free(s);
    if (settled)
        then(c);
    else
        call_fail(c, ERR_UNAVAILABLE, "The newest votes are not in the store yet.");
}

static void on_timer(struct ev_loop *ev, ev_timer *timer, int events)
{
    struct settling *s = timer->data;
    bool settled = ballot_is_stored(s->call->app->ballot, s->mark);

    (void)events;
    if (settled || clock_mono_ms() >= s->give_up_ms)
        end(ev, s, settled);
}

void call_settled(struct call *c, call_then_cb *then)
{
    struct ballot *ballot = c->app->ballot;
    uint64_t mark = ballot_mark(ballot);
    struct settling *s;

    if (ballot_is_stored(ballot, mark)) {
        then(c);
        return;
    }
    s = mem_zalloc(1, sizeof *s);
    s->call = c;
    s->then = then;
    s->mark = mark;
    s->give_up_ms = clock_mono_ms() + SETTLE_LIMIT_MS;
    ev_timer_init(&s->timer, on_timer, SETTLE_CHECK_MS / 1000.,
                  SETTLE_CHECK_MS / 1000.);
    s->timer.data = s;
    ev_timer_start(loop_ev(c->loop->loop), &s->timer);
}
