/* live_handlers.c — /ws, /ws/polls/{id}; and watchers over either protocol. */
#include <assert.h>
#include <stddef.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/handlers.h"
#include "app/proxy.h"
#include "app/views.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "live/live.h"
#include "live/live_watcher.h"
#include "net/http.h"
#include "net/loop.h"

enum {
    CLOSE_NORMAL = 1000,
    CLOSE_POLICY = 1008,
    WS_BEAT_MS = 30000,
    SSE_BEAT_MS = 15000
};

/* ---- a watcher's life ---- */

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

static void free_if_done(struct watcher *w)
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
    free_if_done(w);
}

/* ---- following a poll ---- */

static struct viewer viewer_of(const struct watcher *w)
{
    return (struct viewer){.user = w->who.user, .guest = w->who.guest, .choice = -1};
}

/* May this viewer always see results? All others get the form for strangers, which
 * applies the rules at the moment of sending: while they watch, the rules may be
 * edited, and a closed poll may reopen. */
static bool is_privileged(const struct viewer *v, const struct poll_rules *rules)
{
    return viewer_is_owner(v, rules) ||
           (rules->visibility == VISIBLE_AFTER_VOTE && v->choice >= 0);
}

static unsigned form_of(const struct watcher *w, bool privileged)
{
    return (w->kind == WATCHER_SSE ? FORM_SSE : 0u) | (privileged ? 0u : FORM_STRANGER);
}

/* A question to the ballot: has this watcher voted, or has time opened or closed the
 * poll?
 */
struct question {
    struct ballot_op op; /* first */
    struct watcher *watcher;
    struct poll *poll;
    uint64_t seen_version;
    bool dropped; /* untracked meanwhile */
    bool stale;   /* the watcher's user has changed meanwhile: ask again */
    bool again;   /* a recheck: only matters while the poll is followed */
    LIST_ENTRY(question) link;
};

static int follow(struct watcher *w, const struct poll *p, const struct viewer *v,
                  uint64_t seen_version)
{
    int rc = hub_follow(&w->subscriber, p->id, form_of(w, is_privileged(v, &p->rules)),
                        seen_version, LIMIT_TRACKED_POLLS);

    watcher_judge_lonely(w);
    return rc;
}

static int ask(struct watcher *w, struct poll *p, uint64_t seen_version, bool again);

static bool is_wanted(const struct question *q)
{
    struct watcher *w = q->watcher;

    return !w->closed && !q->dropped &&
           (!q->again || hub_follows(&w->subscriber, q->op.poll));
}

static int ask_anew(const struct question *q)
{
    return ask(q->watcher, poll_ref(q->poll), q->seen_version, q->again);
}

static void on_answer(struct mail *m)
{
    struct question *q = (struct question *)m;
    struct watcher *w = q->watcher;
    struct viewer v = viewer_of(w);

    assert(w->n_pending > 0);
    w->n_pending--;
    LIST_REMOVE(q, link);
    if (q->op.rc == 0 && !q->stale)
        v.choice = q->op.choice;
    if (is_wanted(q) && !(q->stale && ask_anew(q) == 0))
        (void)follow(w, q->poll, &v, q->seen_version); /* even a deleted poll */
    watcher_end_if_idle(w);
    free_if_done(w);
    poll_unref(q->poll);
    mem_free(q);
}

/* Takes over the caller's reference to the poll. */
static int ask(struct watcher *w, struct poll *p, uint64_t seen_version, bool again)
{
    struct question *q = mem_zalloc(1, sizeof *q);
    struct app *app = w->live->loop->app;
    int rc;

    q->op.mail.home = loop_inbox(w->live->loop->loop);
    q->op.mail.on_home = on_answer;
    q->op.verb = BALLOT_LOOK;
    q->op.poll = p->id;
    q->op.wish.user = w->who.user;
    q->watcher = w;
    q->poll = p;
    q->seen_version = seen_version;
    q->again = again;
    rc = ballot_submit(app->ballot, &q->op);
    if (rc != 0) {
        poll_unref(p);
        mem_free(q);
        return rc;
    }
    w->n_pending++;
    LIST_INSERT_HEAD(&w->questions, q, link);
    return 0;
}

/* Stop following a poll, and ignore answers still to come about it. */
static void unwatch(struct watcher *w, uint32_t poll)
{
    struct question *q;

    LIST_FOREACH(q, &w->questions, link)
    q->dropped = q->dropped || q->op.poll == poll;
    hub_unfollow(&w->subscriber, poll);
    watcher_judge_lonely(w);
}

int watcher_watch(struct watcher *w, uint32_t poll, uint64_t seen_version)
{
    struct app *app = w->live->loop->app;
    struct viewer v = viewer_of(w);
    struct poll *p;
    struct result r;
    int rc;

    if (w->subscriber.n_follows + w->n_pending >= LIMIT_TRACKED_POLLS &&
        !hub_follows(&w->subscriber, poll))
        return ERR_TOO_LARGE;
    rc = catalogue_get(app->index->catalogue, poll, &p, &r);
    if (rc != 0)
        return rc;
    if ((w->who.user != 0 && p->rules.visibility == VISIBLE_AFTER_VOTE) ||
        r.status != poll_status(&p->rules, clock_now_ms(app->clock)))
        return ask(w, p, seen_version, false);
    rc = follow(w, p, &v, seen_version);
    poll_unref(p);
    return rc;
}

void watcher_recheck(struct watcher *w, uint32_t poll)
{
    struct poll *p;

    if (!hub_follows(&w->subscriber, poll) ||
        catalogue_get(w->live->loop->app->index->catalogue, poll, &p, NULL) != 0)
        return;
    (void)ask(w, p, 0, true); /* if full, the next vote or follow shows it */
}

static bool is_asked(struct watcher *w, uint32_t poll)
{
    const struct question *q;

    LIST_FOREACH(q, &w->questions, link)
    if (q->op.poll == poll && !q->dropped)
        return true;
    return false;
}

/* Show what everybody may see (or the owner), until the ballot knows more. */
static void rejudge(struct watcher *w, uint32_t poll)
{
    struct viewer v = viewer_of(w);
    struct poll *p;

    if (catalogue_get(w->live->loop->app->index->catalogue, poll, &p, NULL) != 0)
        return;
    (void)follow(w, p, &v, 0);
    poll_unref(p);
    if (w->who.user != 0 && !is_asked(w, poll))
        watcher_recheck(w, poll);
}

void watcher_rejudge(struct watcher *w)
{
    uint64_t topics[LIMIT_TRACKED_POLLS];
    size_t n = hub_topics(&w->subscriber, topics, LIMIT_TRACKED_POLLS);
    struct question *q;

    LIST_FOREACH(q, &w->questions, link)
    q->stale = true;
    for (size_t i = 0; i < n; i++)
        if (topics[i] != TOPIC_LEADERBOARD)
            rejudge(w, (uint32_t)topics[i]);
}

/* ---- WebSocket ---- */

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
            unwatch(w, poll);
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

static void on_text(void *user, struct str text)
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

static void on_binary(void *user)
{
    not_understood(user, ERR_INVALID_JSON, "A message must be text: JSON.");
}

void watchers_set_ops(struct live *l, uint32_t write_timeout_ms)
{
    l->ws_ops = (struct ws_ops){on_text, on_binary, on_writable, watcher_gone,
                                write_timeout_ms};
    l->sse_ops = (struct sse_ops){on_writable, watcher_gone, write_timeout_ms};
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
