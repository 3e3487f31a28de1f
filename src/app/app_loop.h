/* app_loop.h — what each loop owns.
 *
 * Threads  that loop's; any thread may read the counters.
 */
#ifndef APP_APP_LOOP_H
#define APP_APP_LOOP_H

#include "app/door.h"
#include "base/buf.h"
#include "base/metric.h"
#include "core/poll.h"

/* The last result that was written, and its JSON. */
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
