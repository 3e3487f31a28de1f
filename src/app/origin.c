#include "app/origin.h"

#include "app/app.h"
#include "app/call.h"
#include "config/config.h"
#include "net/http.h"
#include "net/ws.h"

enum { WARN_EVERY_MS = 600000 };

const char ORIGIN_REFUSED[] =
    "This web origin may not use the session cookie. If it is this server's own page, "
    "a "
    "proxy in front hides that: its operator finds the setting in the log.";

static bool is_configured(const struct call *c, struct str origin)
{
    const struct setting_list *list = &c->app->config->server_origins;

    for (size_t i = 0; i < list->n; i++)
        if (str_eq_nocase(origin, str_of(list->items[i])))
            return true;
    return false;
}

/* "https://polls.example:8443" → "polls.example:8443", if that is the Host. */
static bool is_same_host(const struct call *c, struct str origin)
{
    struct str host = http_header(c->req, "host");

    if (str_starts(origin, STR("http://")))
        origin = str_skip(origin, 7);
    else if (str_starts(origin, STR("https://")))
        origin = str_skip(origin, 8);
    else
        return false;
    return host.len > 0 && str_eq_nocase(origin, host);
}

static bool changes_something(const struct call *c)
{
    return c->req->method != HTTP_GET_ && c->req->method != HTTP_HEAD_ &&
           c->req->method != HTTP_OPTIONS_;
}

static bool is_ours(const struct call *c, struct str origin)
{
    return origin.at == NULL || is_same_host(c, origin) || is_configured(c, origin) ||
           str_eq(http_header(c->req, "sec-fetch-site"), STR("same-origin"));
}

/* Whoever sets the time says it: one of several loops. */
static bool is_time_to_warn(struct app *app)
{
    uint64_t now_ms = clock_mono_ms(), last_ms = atomic_load(&app->warned_foreign_ms);

    return (last_ms == 0 || now_ms - last_ms >= WARN_EVERY_MS) &&
           atomic_compare_exchange_strong(&app->warned_foreign_ms, &last_ms, now_ms);
}

static void warn(const struct call *c, struct str origin)
{
    if (!is_time_to_warn(c->app))
        return;
    LOG(&c->app->log, LOG_WARN, "foreign_origin", LOG_TEXT("origin", origin),
        LOG_TEXT("host", http_header(c->req, "host")),
        LOG_STR("reason", "a page of this web origin was refused the session cookie, "
                          "since the Host of its request is another"),
        LOG_STR("advice",
                "if it is your own, let the proxy pass the Host on unchanged, "
                "or add the origin to server.origins (docs/operate/proxy.md)"));
}

bool origin_may_use_cookie(struct call *c)
{
    struct str origin = http_header(c->req, "origin");

    if ((!changes_something(c) && !ws_wanted(c->req)) || is_ours(c, origin))
        return true;
    warn(c, origin);
    return false;
}

void origin_add_headers(struct call *c)
{
    struct str origin;

    if (c->app->config->server_origins.n == 0)
        return;
    http_add_header(c->req, "Vary", STR("Origin"));
    origin = http_header(c->req, "origin");
    if (origin.at == NULL || !is_configured(c, origin))
        return;
    http_add_header(c->req, "Access-Control-Allow-Origin", origin);
    http_add_header(c->req, "Access-Control-Allow-Credentials", STR("true"));
    http_add_header(c->req, "Access-Control-Expose-Headers",
                    STR("Location, ETag, Link, Retry-After, Idempotent-Replay, "
                        "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, "
                        "X-RateLimit-Reset"));
}

void origin_add_preflight(struct call *c, struct str methods)
{
    struct str origin = http_header(c->req, "origin");

    if (origin.at == NULL || !is_configured(c, origin))
        return;
    http_add_header(c->req, "Access-Control-Allow-Methods", methods);
    http_add_header(c->req, "Access-Control-Allow-Headers",
                    STR("Authorization, Content-Type, Idempotency-Key, If-None-Match, "
                        "Last-Event-ID, X-Expect-User, X-Request-Id"));
    http_add_header(c->req, "Access-Control-Max-Age", STR("600"));
}
