/* app.h — the program as a whole: what every handler can reach.
 *
 * DESIGN
 *
 *   main.c: configuration → profile/: wiring → server/: loops, router → handlers:
 *   api/votes.c, api/polls.c, live/live_handlers.c …
 *
 * struct app is made once, is constant while the loops run, and everything that it
 * points to may be used from any thread by its own rules. struct app_loop is what one
 * loop has of its own, and is touched by that loop's thread only.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/door.h"
#include "app/ready.h"
#include "auth/jwt.h"
#include "auth/password.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "config/config.h"
#include "hub/hub.h"
#include "index/index.h"
#include "limit/limit.h"
#include "net/http.h"
#include "work/scheduler.h"
#include "work/store_lane.h"

struct leaderboard;
struct live;
struct login_guard;
struct loop_metrics;
struct loop_set;
struct packer;
struct scrapes;

/* What a backend has to tell GET /metrics. */
struct backend_figures {
    uint64_t projector_lag_bytes;
    bool journal_failed;
    const struct histogram *journal_sync_us; /* NULL: there is no journal */
};

/* What only the wiring knows of the backends, for GET /metrics and GET /readyz. */
struct wiring {
    void (*figures)(void *user, struct backend_figures *ret); /* any thread */
    const struct ready_check *checks;
    size_t n_checks;
    void *user;
};

/* The result that was written last, and as what. */
struct shown_result {
    uint32_t poll;
    enum poll_status status;
    uint64_t version;
    struct buf json;
};

/* What a loop asks, and so has a door in front of. */
enum door_to { DOOR_BALLOT, DOOR_STORE, DOOR_READ, DOOR_PASSWORD, DOOR__LANES };

struct app_loop {
    struct app *app;
    struct loop *loop;
    struct http_server *server;
    struct jwt_verifier *verifier;
    struct live *live; /* this loop's watchers */
    struct packer *packer;
    struct counter n_calls; /* not answered yet */
    struct shown_result last_result;
    struct loop_metrics *metrics;
    struct door doors[DOOR__LANES];
};

/* Up to where everything that was acknowledged lies in the journal. */
struct acknowledged {
    uint64_t (*position)(void *user);
    void *user;
};

struct app {
    const struct config *config;
    const struct clock *clock;
    struct log log;
    struct index *index;
    struct leaderboard *leaderboard;
    struct ballot *ballot;
    struct acknowledged acknowledged;
    struct store_lane *store;
    struct read_lane *reads;
    struct passwords *passwords;
    struct jwt_signer *signer;
    struct revocations *revocations;
    struct hub *hub;
    struct scheduler *scheduler;
    struct login_guard *logins;
    struct limiter *user_limit, *address_limit; /* NULL: none is set */
    struct scrapes *scrapes;
    struct wiring wiring;
    atomic_bool draining;
    struct app_loop *loops;
    unsigned n_loops;
    struct loop_set *set; /* loops.c's */
};

#endif
