#include "server/rate_limit.h"

#include <stddef.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/handlers.h"
#include "app/proxy.h"
#include "base/clock.h"
#include "base/err.h"
#include "limit/limit.h"
#include "net/http.h"
#include "net/loop.h"

static void add_headers(struct call *c, const struct limiter *l, struct limit_state s)
{
    int64_t reset_ms = clock_now_ms(c->app->clock) + s.more_in_ms;

    http_add_number(c->req, "X-RateLimit-Limit", l->max);
    http_add_number(c->req, "X-RateLimit-Remaining", s.left);
    http_add_number(c->req, "X-RateLimit-Reset", (reset_ms + 999) / 1000);
}

/* A whole hall does some things in the same second: those have limits of their own. */
static enum rate rate_of(const struct call *c, route_handler *handle)
{
    if (c->who.user != 0)
        return RATE_USER;
    if (handle == handle_guest)
        return RATE_JOIN;
    if (handle == handle_register)
        return RATE_REGISTER;
    if (handle == handle_poll || handle == handle_results ||
        handle == handle_sse_poll || handle == handle_poll_picture)
        return RATE_READ;
    return RATE_ADDRESS;
}

static const char *const why_not[RATE__KINDS] = {
    [RATE_USER] = "Your account has used up its requests for now.",
    [RATE_ADDRESS] = "Your address has used up its requests for now.",
    [RATE_READ] = "Too many people are reading polls from your address right now.",
    [RATE_JOIN] = "Too many people have just joined from your address.",
    [RATE_REGISTER] = "Too many people have just registered from your address.",
};

static enum rate rate_asked(const struct call *c)
{
    enum rate rate = 0;

    while (c->app->rates->of[rate] != c->limit.limiter)
        rate++;
    return rate;
}

static void go_on(struct call *c)
{
    struct limit_state s = c->limit.state;

    add_headers(c, c->limit.limiter, s);
    if (s.admitted)
        c->then(c);
    else
        call_fail_in(c, ERR_RATE_LIMITED, why_not[rate_asked(c)],
                     ((int64_t)s.more_in_ms + 999) / 1000);
}

static void on_limit_home(struct mail *m)
{
    go_on((struct call *)((char *)m - offsetof(struct call, limit)));
}

void rate_limit_admit(struct call *c, route_handler *handle, call_then_cb *then)
{
    enum rate rate = rate_of(c, handle);
    struct limiter *l = c->app->rates->of[rate];

    c->then = then;
    if (l == NULL) {
        then(c);
        return;
    }
    c->limit = (struct limit_ask){
        .mail = {.home = loop_inbox(c->loop->loop), .on_home = on_limit_home},
        .limiter = l,
        .key = rate == RATE_USER ? c->who.user : proxy_client_of(c),
        .now_ms = loop_mono_ms(c->loop->loop)};
    if (limit_ask(&c->limit))
        go_on(c);
}
