/* app.h — the program as a whole: what every handler can reach.
 *
 * DESIGN
 *
 *   main: configuration → server.c: wiring → loops: router.c → handlers
 *                                               polls.c votes.c results.c accounts.c
 * live.c
 *
 * struct app is made once, is constant while the loops run, and everything that it
 * points to may be used from any thread by its own rules. struct app_loop is what one
 * loop has of its own, and is touched by that loop's thread only.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/config.h"
#include "app/jwt.h"
#include "app/password.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/log.h"
#include "hub/hub.h"
#include "limit/limit.h"
#include "net/http.h"
#include "work/catalogue.h"
#include "work/feed.h"
#include "work/scheduler.h"
#include "work/seen.h"
#include "work/store_lane.h"
#include "work/tail.h"

struct live;
struct loop_set;

/* The result that was written last, and as what. */
struct shown_result {
    uint32_t poll;
    enum poll_status status;
    uint64_t version;
    struct buf json;
};

struct app_loop {
    struct app *app;
    struct loop *loop;
    struct http_server *server;
    struct jwt_verifier *verifier;
    struct live *live; /* this loop's watchers */
    size_t n_calls;    /* not answered yet */
    struct shown_result last_result;
};

struct app {
    const struct config *config;
    const struct clock *clock;
    struct log log;
    struct catalogue *catalogue;
    struct feed *feed;
    struct seen *seen;
    struct tail *tail;
    struct ballot *ballot;
    struct store_lane *store;
    struct read_lane *reads;
    struct passwords *passwords;
    struct jwt_signer *signer;
    struct revocations *revocations;
    struct hub *hub;
    struct scheduler *scheduler;
    struct limiter *user_limit, *address_limit; /* NULL: none is set */
    struct app_loop *loops;
    unsigned n_loops;
    struct loop_set *set; /* loops.c's */
};

#endif
