/* live_watcher.h — one watcher; private to the files of live/.
 */
#ifndef LIVE_LIVE_WATCHER_H
#define LIVE_LIVE_WATCHER_H

#include <ev.h>
#include <sys/queue.h>

#include "auth/jwt.h"
#include "base/metric.h"
#include "hub/hub.h"
#include "net/sse.h"
#include "net/ws.h"

/* A form of the hub: protocol and audience. */
enum { FORM_SSE = 1, FORM_STRANGER = 2 };

/* Marks the version of a frame that shows a poll without its results. */
#define HIDDEN_FRAME HUB_OTHER_SORT

/* When the client of an ended event stream may come back. */
enum { WATCHER_RETRY_MS = 1000 };

enum watcher_kind { WATCHER_WS, WATCHER_SSE, WATCHER__KINDS };

struct app_loop;
struct identity;
struct question; /* live_follow.c */

struct watcher {
    struct subscriber subscriber; /* first */
    struct live *live;
    union {
        struct ws *ws;
        struct sse *sse;
    };
    uint64_t beat_at_ms;    /* when to send the next sign of life */
    struct identity who;    /* user 0: nobody */
    struct ev_timer expiry; /* of the token, if user is not 0 */
    uint8_t kind;           /* enum watcher_kind */
    bool opening;           /* still following its polls: must not end as idle */
    bool closed;            /* the connection has gone, but questions are pending */
    uint8_t n_errors;       /* messages that we did not understand */
    uint16_t n_pending;     /* questions to the ballot not yet answered */
    LIST_HEAD(, question) questions; /* the pending ones */
    TAILQ_ENTRY(watcher) link;
    LIST_ENTRY(watcher) by_user; /* if who.user is not 0 */
    bool lonely;                 /* a WebSocket that follows nothing */
    uint64_t lonely_until_ms;    /* when to close it, if lonely */
    TAILQ_ENTRY(watcher) lonely_link;
};

TAILQ_HEAD(watchers, watcher);
LIST_HEAD(watchers_of_users, watcher);

enum { USER_BUCKETS = 1024 };

struct live {
    struct app_loop *loop;
    struct hub_shard *shard;
    struct watchers watchers[WATCHER__KINDS]; /* by beat_at_ms, the next first */
    struct watchers_of_users by_user[USER_BUCKETS];
    struct watchers lonely; /* by lonely_until_ms, the next first */
    struct counter n_watchers[WATCHER__KINDS];
    struct ws_ops ws_ops;
    struct sse_ops sse_ops;
    struct ev_timer tick, beat;
    uint64_t tick_at_ms; /* 0: no tick is wanted */
    bool closing;        /* live_close_all() was called */
};

/* What a WebSocket says: text, and bytes, which are never understood. */
void watcher_heard(void *watcher, struct str text);
void watcher_heard_bytes(void *watcher);
void watchers_set_ops(struct live *l, uint32_t write_timeout_ms);
struct watcher *watcher_new(struct live *l, enum watcher_kind kind,
                            const struct identity *who);
/* Set whose it is, and when its token expires. */
void watcher_identify(struct watcher *w, const struct identity *who);
void watcher_forget_identity(struct watcher *w);
/* End it if its token has expired. */
void watcher_end_if_expired(struct watcher *w);
/* Make it somebody else's, or nobody's. */
void watcher_become(struct watcher *w, const struct identity *who);
/* Follow a poll. 0, ERR_NOT_FOUND, ERR_OVERLOADED, ERR_TOO_LARGE: no more allowed. */
int watcher_watch(struct watcher *w, uint32_t poll, uint64_t seen_version);
/* Stop following a poll, and ignore answers still to come about it. */
void watcher_unwatch(struct watcher *w, uint32_t poll);
/* After live_close_all(), end this late watcher too, and return true. */
bool watcher_close_if_late(struct watcher *w);
/* End an event stream that follows nothing, since nothing will ever come. A WebSocket
 * can still ask for more. */
void watcher_end_if_idle(struct watcher *w);
/* Call when what it follows has changed. */
void watcher_judge_lonely(struct watcher *w);
void watchers_close_lonely(struct live *l, uint64_t now_ms);
void watcher_gone(void *watcher); /* its connection has gone */
/* Free it if its connection has gone and no answer is still to come. */
void watcher_free_if_done(struct watcher *w);
/* What the watcher's user may see of the poll may have changed: ask, and show it. */
void watcher_recheck(struct watcher *w, uint32_t poll);
/* The watcher has another user: from now on show only what that user may see. */
void watcher_rejudge(struct watcher *w);
/* Send a sign of life, and plan the next. */
void watcher_beat(struct watcher *w, uint64_t now_ms);

#endif
