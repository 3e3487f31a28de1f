/* live_ws.c — /ws and /ws/polls/{id}: what a WebSocket says, and what it is answered.
 */
#include <stddef.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/handlers.h"
#include "app/proxy.h"
#include "base/err.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "live/live.h"
#include "live/live_watcher.h"
#include "net/http.h"

enum { CLOSE_POLICY = 1008 };

/* more: further members as JSON, each after a comma. */
static void send_error(struct watcher *w, int err, const char *detail, struct str more)
{
    struct buf out = {0};

    buf_text(&out, "{\"type\":\"error\",\"code\":\"");
    buf_text(&out, err_code(err));
    buf_text(&out, "\",\"detail\":");
    buf_json_str(&out, str_of(detail));
    buf_str_add(&out, more);
    buf_char(&out, '}');
    ws_text(w->ws, buf_str(&out));
    buf_done(&out);
}

/* Answer a message that we do not understand. The third one ends the connection. */
static void not_understood(struct watcher *w, int err, const char *detail)
{
    send_error(w, err, detail, (struct str){NULL, 0});
    if (++w->n_errors >= LIMIT_WS_ERRORS)
        ws_close(w->ws, CLOSE_POLICY, "too many messages that we did not understand");
}

/* The polls of one message that were refused, and why; 0 once the client was told. */
struct refused {
    uint32_t polls[LIMIT_TRACKED_POLLS];
    int errs[LIMIT_TRACKED_POLLS];
    size_t n;
};

static void track(struct watcher *w, uint32_t poll, struct refused *r)
{
    int rc = watcher_watch(w, poll, 0);

    if (rc == 0)
        return;
    r->polls[r->n] = poll;
    r->errs[r->n++] = rc;
}

static const char *why_refused(int err)
{
    if (err == ERR_TOO_LARGE)
        return "One connection can track at most 100 polls.";
    return err == ERR_NOT_FOUND ? call_poll_detail(err) : "Try again.";
}

/* Name all polls refused for this reason in one message. */
static void tell_of(struct watcher *w, struct refused *r, int err)
{
    struct buf more = {0};
    const char *before = ",\"polls\":[";

    for (size_t i = 0; i < r->n; i++) {
        if (r->errs[i] != err)
            continue;
        buf_text(&more, before);
        buf_u64(&more, r->polls[i]);
        before = ",";
        r->errs[i] = 0;
    }
    buf_char(&more, ']');
    send_error(w, err, why_refused(err), buf_str(&more));
    buf_done(&more);
}

static void tell_refused(struct watcher *w, struct refused *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->errs[i] != 0)
            tell_of(w, r, r->errs[i]);
}

/* Accept every id in the list, or none. */
static bool are_ids(json_t *polls)
{
    json_t *id;
    size_t i;

    if (!json_is_array(polls) || json_array_size(polls) > LIMIT_TRACKED_POLLS)
        return false;
    json_array_foreach(polls, i,
                       id) if (!json_is_integer(id) || json_integer_value(id) < 1 ||
                               json_integer_value(id) > UINT32_MAX) return false;
    return true;
}

/* Topics other than polls: there is only one. */
static bool are_topics(json_t *topics)
{
    json_t *name;
    size_t i;

    if (!json_is_array(topics) || json_array_size(topics) > LIMIT_TRACKED_POLLS)
        return false;
    json_array_foreach(topics, i, name) if (!json_is_string(name) ||
                                            !str_eq(str_of(json_string_value(name)),
                                                    STR("leaderboard"))) return false;
    return true;
}

static void take_polls(struct watcher *w, json_t *polls, bool tracks)
{
    struct refused refused = {.n = 0};
    json_t *id;
    size_t i;

    json_array_foreach(polls, i, id)
    {
        uint32_t poll = (uint32_t)json_integer_value(id);

        if (tracks)
            track(w, poll, &refused);
        else
            watcher_unwatch(w, poll);
    }
    tell_refused(w, &refused);
}

static void take_topics(struct watcher *w, json_t *topics, bool tracks)
{
    if (json_array_size(topics) == 0)
        return;
    if (!tracks)
        hub_unfollow(&w->subscriber, TOPIC_LEADERBOARD);
    else if (hub_follow(&w->subscriber, TOPIC_LEADERBOARD, 0, 0, LIMIT_TRACKED_POLLS) !=
             0)
        send_error(w, ERR_TOO_LARGE,
                   "One connection can track at most 100 polls and topics.",
                   STR(",\"topics\":[\"leaderboard\"]"));
    watcher_judge_lonely(w);
}

static void take_wishes(struct watcher *w, json_t *message, bool tracks)
{
    json_t *polls = json_object_get(message, "polls");
    json_t *topics = json_object_get(message, "topics");

    if ((polls != NULL || topics == NULL) && !are_ids(polls)) {
        not_understood(w, ERR_BAD_REQUEST, "polls must list up to 100 ids of polls.");
    } else if (topics != NULL && !are_topics(topics)) {
        not_understood(w, ERR_BAD_REQUEST, "topics can only be [\"leaderboard\"].");
    } else {
        take_polls(w, polls, tracks);
        take_topics(w, topics, tracks);
    }
}

/* A token, or null to be nobody. If the token is not good, the watcher's user stays. */
static void take_auth(struct watcher *w, json_t *token)
{
    struct app_loop *l = w->live->loop;
    struct str text = {json_string_value(token), json_string_length(token)};
    struct identity who = {0};

    if (!json_is_string(token) && !json_is_null(token))
        not_understood(w, ERR_BAD_REQUEST, "token must be a string, or null.");
    else if (!json_is_null(token) &&
             jwt_verify(l->verifier, text, clock_now_ms(l->app->clock), &who) != 0)
        not_understood(w, ERR_UNAUTHORIZED, "The token is not valid.");
    else
        watcher_become(w, &who);
}

static void take_message(struct watcher *w, json_t *message)
{
    const char *text = json_string_value(json_object_get(message, "type"));
    struct str type = text != NULL ? str_of(text) : (struct str){NULL, 0};

    if (str_eq(type, STR("track")))
        take_wishes(w, message, true);
    else if (str_eq(type, STR("untrack")))
        take_wishes(w, message, false);
    else if (str_eq(type, STR("auth")))
        take_auth(w, json_object_get(message, "token"));
    else if (str_eq(type, STR("ping"))) /* browsers hide WebSocket's own pings */
        ws_text(w->ws, STR("{\"type\":\"pong\"}"));
    else
        not_understood(
            w, ERR_BAD_REQUEST,
            "The type must be \"track\", \"untrack\", \"auth\" or \"ping\".");
}

void watcher_heard(void *user, struct str text)
{
    struct watcher *w = user;
    bool nul = text.len != 0 && memchr(text.at, '\0', text.len) != NULL;
    json_t *message = nul ? NULL
                          : json_loadb(text.at, text.len,
                                       JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

    if (message == NULL)
        not_understood(w, ERR_INVALID_JSON, "A message must be JSON.");
    else
        take_message(w, message);
    json_decref(message);
}

void watcher_heard_bytes(void *user)
{
    not_understood(user, ERR_INVALID_JSON, "A message must be text: JSON.");
}

static void fail_handshake(struct call *c, int err)
{
    if (err == ERR_UPGRADE_REQUIRED) {
        http_add_header(c->req, "Upgrade", STR("websocket"));
        http_add_header(c->req, "Sec-WebSocket-Version", STR("13"));
    }
    call_fail(c, err, "This is a WebSocket endpoint (RFC 6455, version 13).");
}

/* NULL: the call has been answered, its client has gone, or we are closing. */
static struct watcher *accept_ws(struct call *c)
{
    struct watcher *w = watcher_new(c->loop->live, WATCHER_WS, &c->who);
    int rc;

    c->req->address = proxy_client_of(c);
    rc = ws_accept(c->req, &c->loop->live->ws_ops, w, &w->ws);
    if (rc != 0 || w->ws == NULL) {
        watcher_gone(w);
        w = NULL;
    }
    if (rc != 0)
        fail_handshake(c, rc);
    else
        call_taken_over(c, 101);
    if (w != NULL && watcher_close_if_late(w))
        w = NULL;
    return w;
}

void handle_ws(struct call *c)
{
    accept_ws(c);
}

void handle_ws_poll(struct call *c)
{
    struct refused refused = {.n = 0};
    uint32_t poll = c->id;
    struct watcher *w;

    if (catalogue_get(c->app->index->catalogue, poll, NULL, NULL) != 0) {
        call_fail_poll(c, ERR_NOT_FOUND);
        return;
    }
    w = accept_ws(c);
    if (w == NULL)
        return;
    track(w, poll, &refused);
    tell_refused(w, &refused);
}
