/* router.c — see router.h.
 *
 * Order of the checks: is there time for it (503); who is asking, if the token is good;
 * have they asked too often (429); is it another role's path (421); is there such a
 * path (404), with this method (405); may this origin use the cookie (403); is the
 * token good (401); may this kind of user do it (403).
 */
#include "server/router.h"

#include "api/pages.h"
#include "api/session.h"
#include "app/app.h"
#include "app/app_loop.h"
#include "app/door.h"
#include "app/handlers.h"
#include "app/identity.h"
#include "app/metrics.h"
#include "app/origin.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/config.h"
#include "config/roles.h"
#include "net/loop.h"
#include "server/rate_limit.h"

enum who { ANYONE, OPTIONAL, VOTER, REGISTERED };
enum { ROLE_EACH = ROLES_ALL };

struct route {
    enum http_method method;
    struct str path;
    unsigned roles; /* one of them is needed: config/roles.h */
    enum who who;
    void (*handle)(struct call *c);
};

static const struct route routes[] = {
#define X(method, path, role, who, handler)                                            \
    {HTTP_##method##_, {path, sizeof path - 1}, ROLE_##role, who, handler},
    ROUTE_TABLE(X)
#undef X
};

/* ---- finding ---- */

/* Cut off one segment of digits, 1..2^32-1 without leading zeros. */
static bool take_id(struct str *path, uint32_t *ret_id)
{
    struct str digits = *path;
    uint64_t id;
    size_t n = 0;

    while (n < path->len && path->at[n] != '/')
        n++;
    digits.len = n;
    if (n == 0 || digits.at[0] == '0' || str_to_u64(digits, UINT32_MAX, &id) != 0)
        return false;
    *ret_id = (uint32_t)id;
    *path = str_skip(*path, n);
    return true;
}

/* Cut off one segment that is not empty. */
static bool take_file(struct str *path)
{
    struct str name;
    struct str rest = str_cut(*path, '/', &name);

    *path = rest;
    return name.len > 0;
}

static bool matches(struct str pattern, struct str path, uint32_t *ret_id)
{
    while (pattern.len > 0) {
        if (str_starts(pattern, STR("{file}"))) {
            if (!take_file(&path))
                return false;
            pattern = str_skip(pattern, 6);
        } else if (str_starts(pattern, STR("{page}"))) {
            return page_in_root(path) != NULL;
        } else if (pattern.at[0] == '{') {
            if (!take_id(&path, ret_id))
                return false;
            pattern = str_skip(pattern, 4); /* {id} */
        } else if (path.len == 0 || path.at[0] != pattern.at[0]) {
            return false;
        } else {
            pattern = str_skip(pattern, 1);
            path = str_skip(path, 1);
        }
    }
    return path.len == 0;
}

/* A path with a trailing slash means the same as without. */
static struct str canonical(struct str path)
{
    if (path.len > 1 && path.at[path.len - 1] == '/')
        path.len--;
    return path;
}

static const struct route *find(enum http_method method, struct str path,
                                uint32_t *ret_id)
{
    if (method == HTTP_HEAD_)
        method = HTTP_GET_;
    for (size_t i = 0; i < N_ROUTES; i++)
        if (routes[i].method == method && matches(routes[i].path, path, ret_id))
            return &routes[i];
    return NULL;
}

/* The roles of the path; those of no path are everybody's. */
static unsigned roles_of(struct str path)
{
    uint32_t id;

    for (size_t i = 0; i < N_ROUTES; i++)
        if (matches(routes[i].path, path, &id))
            return routes[i].roles;
    return ROLES_ALL;
}

static const struct route *route_of(const struct call *c)
{
    return c->route < N_ROUTES ? &routes[c->route] : NULL;
}

/* Append the methods of the path: "GET, HEAD, POST, OPTIONS". False: there is no such
 * path. */
static bool allowed(struct str path, struct buf *out)
{
    bool found = false;
    uint32_t id;

    for (int m = 0; m < HTTP__METHODS; m++) {
        if (find((enum http_method)m, path, &id) == NULL)
            continue;
        buf_text(out, http_method_text((enum http_method)m));
        buf_text(out, ", ");
        found = true;
    }
    if (found)
        buf_text(out, "OPTIONS");
    return found;
}

/* ---- who is asking ---- */

/* Routes for anyone ignore the token, but still refuse a cookie sent by a foreign page:
 * it must not sign anybody in or out. */
static int identify(struct call *c, enum who who)
{
    struct str token;
    int rc;

    if (who == ANYONE)
        return identity_find_token(c, &token) == ERR_FOREIGN_ORIGIN ? ERR_FOREIGN_ORIGIN
                                                                    : 0;
    rc = identity_read(c);
    if (rc == 0 && c->who.user == 0 && who != OPTIONAL)
        rc = ERR_UNAUTHORIZED;
    return rc == 0 && who == REGISTERED && c->who.guest ? ERR_FORBIDDEN : rc;
}

static const char *why_not(int err)
{
    switch (err) {
    case ERR_UNAUTHORIZED:
        return "Send a token that is valid: Authorization: Bearer <token>.";
    case ERR_FOREIGN_ORIGIN:
        return ORIGIN_REFUSED;
    default:
        return "A guest may not do this: register first.";
    }
}

/* ---- answers without a handler ---- */

static void answer_options(struct call *c, struct str methods)
{
    http_add_header(c->req, "Allow", methods);
    origin_add_preflight(c, methods);
    call_no_content(c);
}

static void answer_nothing_there(struct call *c)
{
    if (page_says_not_found(c)) {
        page_not_found(c);
        return;
    }
    http_add_header(c->req, "Vary", STR("Accept"));
    call_fail(c, ERR_NOT_FOUND, "There is nothing at this path.");
}

static void answer_no_route(struct call *c, struct str path)
{
    struct buf methods = {0};

    if (str_eq(path, STR("*"))) { /* OPTIONS * asks what the server supports */
        answer_options(c, STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    } else if (!allowed(path, &methods)) {
        answer_nothing_there(c);
    } else if (c->req->method == HTTP_OPTIONS_) {
        answer_options(c, buf_str(&methods));
    } else {
        http_add_header(c->req, "Allow", buf_str(&methods));
        call_fail(c, ERR_METHOD_NOT_ALLOWED, NULL);
    }
    buf_done(&methods);
}

/* Somebody in front sends requests to the wrong process: clients must not take it for
 * an answer about the poll. */
static void answer_misdirected(struct call *c, unsigned roles)
{
    struct buf detail = {0};

    buf_text(&detail, "This process does not have the role ");
    setting_show_words(config_setting(CONFIG_KEY_roles), roles, &detail);
    buf_text(&detail, ", it has ");
    setting_show(config_setting(CONFIG_KEY_roles), c->app->config, &detail);
    buf_text(&detail, ". Send the request to one that has.");
    buf_char(&detail, '\0');
    call_fail(c, ERR_MISDIRECTED, detail.data);
    buf_done(&detail);
}

static bool is_limited(struct str path)
{
    return str_starts(path, STR("/api/")) || str_eq(path, STR("/api"));
}

/* When too many vote at once, refuse the surplus before spending anything on it. */
static bool is_surplus(struct app_loop *l, const struct route *route)
{
    return route != NULL && route->handle == handle_vote &&
           door_is_full(&l->doors[DOOR_BALLOT], loop_mono_ms(l->loop));
}

/* These end or renew the session themselves, with a cookie of their own. */
static bool sets_cookie(const struct route *route)
{
    return route != NULL &&
           (route->handle == handle_me_change || route->handle == handle_me_delete ||
            route->handle == handle_refresh);
}

static void identify_for(struct call *c, const struct route *route)
{
    c->who = (struct identity){0};
    c->identified = identify(c, route != NULL ? route->who : OPTIONAL);
}

/* Where there are other processes, one of them may have ended the session meanwhile. */
static void identify_again(struct call *c, const struct route *route)
{
    if (c->app->follow != NULL)
        identify_for(c, route);
    if (c->by_cookie && c->who.user != 0 && !sets_cookie(route))
        session_renew(c);
}

static void answer(struct call *c)
{
    struct str path = canonical(c->req->path);
    const struct route *route = route_of(c);
    unsigned roles = route != NULL ? route->roles : roles_of(path);

    identify_again(c, route);
    if ((roles & c->app->config->roles) == 0)
        answer_misdirected(c, roles);
    else if (route == NULL)
        answer_no_route(c, path);
    else if (c->identified != 0)
        call_fail(c, c->identified, why_not(c->identified));
    else
        route->handle(c);
}

static void answer_too_large(struct call *c)
{
    identify_again(c, route_of(c));
    call_fail(c, ERR_TOO_LARGE, NULL);
}

/* Who asks may have been answered by another process before: what they did there, and
 * what has ended their session there, is to be known here first. */
static void answer_when_current(struct call *c)
{
    struct str path = canonical(c->req->path);

    if (is_limited(path) || str_starts(path, STR("/p/")) ||
        str_starts(path, STR("/embed/")) || str_starts(path, STR("/ws")))
        call_current(c, answer);
    else
        answer(c);
}

/* Checks for every request: is there room, and is it one too many of whoever sent it?
 * What is refused here has cost no lane anything. */
static void let_in(struct call *c, call_then_cb *then)
{
    struct str path = canonical(c->req->path);
    const struct route *route = find(c->req->method, path, &c->id);

    if (route != NULL)
        c->route = (unsigned)(route - routes);
    origin_add_headers(c);
    if (is_surplus(c->loop, route)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    identify_for(c, route);
    if (is_limited(path))
        rate_limit_admit(c, route != NULL ? route->handle : NULL, then);
    else
        then(c);
}

void router_on_request(struct http_req *req, void *user)
{
    let_in(call_new(user, req), answer_when_current);
}

void router_on_too_large(struct http_req *req, void *user)
{
    let_in(call_new(user, req), answer_too_large);
}

void router_on_error(int err, struct str request_id, struct buf *out, void *user)
{
    const struct app_loop *loop = user;

    LOG(&loop->app->log, LOG_DEBUG, "request_refused", LOG_STR("code", err_code(err)),
        LOG_INT("status", err_http_status(err)), LOG_TEXT("request_id", request_id));
    problem_write(out, err, NULL, request_id, (struct str){NULL, 0});
}
