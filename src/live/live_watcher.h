/* live_watcher.h — one watcher; shared by the files of live/ only.
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

/* When an event stream that ends may be asked for again. */
enum { WATCHER_RETRY_MS = 1000 };

enum watcher_kind { WATCHER_WS, WATCHER_SSE, WATCHER__KINDS };

struct app_loop;
struct identity;
struct question; /* live_handlers.c */

struct watcher {
    struct subscriber subscriber; /* first */
    struct live *live;
    union {
        struct ws *ws;
        struct sse *sse;
    };
    uint64_t beat_at_ms;    /* when to show that the line is open */
    struct identity who;    /* user 0: nobody */
    struct ev_timer expiry; /* of its token, when user is not 0 */
    uint8_t kind;           /* enum watcher_kind */
    bool opening;           /* more is to be followed before it may end */
    bool closed;        /* the connection has gone; it is kept for what is pending */
    uint8_t n_errors;   /* messages that were not understood */
    uint16_t n_pending; /* questions to the ballot that are not home */
    LIST_HEAD(, question) questions; /* these */
    TAILQ_ENTRY(watcher) link;
    LIST_ENTRY(watcher) by_user; /* when who.user is not 0 */
    bool lonely;                 /* a WebSocket that follows nothing */
    uint64_t lonely_until_ms;    /* then it is closed */
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
    bool closing;        /* live_close_all() */
};

void watchers_set_ops(struct live *l, uint32_t write_timeout_ms);
struct watcher *watcher_new(struct live *l, enum watcher_kind kind,
                            const struct identity *who);
/* Whose it is: sets who, and plans its end. */
void watcher_identify(struct watcher *w, const struct identity *who);
void watcher_forget_identity(struct watcher *w);
/* End it if its token has expired, or was ended. */
void watcher_end_if_expired(struct watcher *w);
/* From here on it is somebody else's, or nobody's. */
void watcher_become(struct watcher *w, const struct identity *who);
/* 0, ERR_NOT_FOUND, ERR_TOO_LARGE: it follows as many as it may, ERR_OVERLOADED. */
int watcher_watch(struct watcher *w, uint32_t poll, uint64_t seen_version);
/* True: all have been ended, and so is this one, which comes after them. */
bool watcher_close_if_late(struct watcher *w);
/* Nothing will ever come over an event stream that follows nothing; over a WebSocket
 * more can be asked for. */
void watcher_end_if_idle(struct watcher *w);
/* What it follows has changed. */
void watcher_judge_lonely(struct watcher *w);
void watchers_close_lonely(struct live *l, uint64_t now_ms);
void watcher_gone(void *watcher); /* its connection is */
/* What the watcher's user may see of that poll may have changed: ask, and show it. */
void watcher_recheck(struct watcher *w, uint32_t poll);
/* The watcher has another user: show of all that it follows what this one may see, and
 * nothing else from here on. */
void watcher_rejudge(struct watcher *w);
/* A sign of life, and the next appointment. */
void watcher_beat(struct watcher *w, uint64_t now_ms);

#endif
