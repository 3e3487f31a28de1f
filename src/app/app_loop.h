/* app_loop.h — what one loop has of its own.
 *
 * Threads  that loop's, except for counters, which any may read.
 */
#ifndef APP_APP_LOOP_H
#define APP_APP_LOOP_H

#include "app/door.h"
#include "base/buf.h"
#include "base/metric.h"
#include "core/poll.h"

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
    struct packer *packer;
    struct counter n_calls; /* not answered yet */
    struct shown_result last_result;
    struct loop_metrics *metrics;
    struct door doors[DOOR__LANES];
};

#endif
