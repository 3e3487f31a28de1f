#include "server/rate_limit.h"

#include "app/app.h"
#include "app/app_loop.h"
#include "app/call.h"
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

bool rate_limit_admit(struct call *c)
{
    bool known = c->who.user != 0;
    struct limiter *l = known ? c->app->user_limit : c->app->address_limit;
    struct limit_state s;

    if (l == NULL)
        return true;
    s = limit_take(l, known ? c->who.user : proxy_client_of(c),
                   loop_mono_ms(c->loop->loop));
    add_headers(c, l, s);
    if (!s.admitted)
        call_fail_in(c, ERR_RATE_LIMITED,
                     known ? "Your account has used up its requests for now."
                           : "Your address has used up its requests for now.",
                     ((int64_t)s.more_in_ms + 999) / 1000);
    return s.admitted;
}
