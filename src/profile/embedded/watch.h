/* watch.h — reports on one machine's backends, for GET /metrics and GET /readyz.
 *
 * Checks (ops/ready.h): `disk`, can we write next to the data; `journal`, did the last
 * append work; `projector`, does the database keep up with the journal. All recover
 * without a client's request, since nobody sends any to a server that is not ready.
 *
 * Ownership  everything is borrowed.
 * Threads    the owner sets the first fields before anybody asks. Metrics and checks:
 *            as their headers say.
 */
#ifndef PROFILE_EMBEDDED_WATCH_H
#define PROFILE_EMBEDDED_WATCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "ops/ready.h"
#include "ops/scrape.h"

struct journal;
struct store_lane;

struct embedded_watch {
    const struct store_lane *lane;
    const struct journal *journal;
    uint64_t journal_max_bytes;
    const char *dir;
    atomic_bool journal_failed; /* set by the owner */

    /* used by the read lane */
    uint64_t probed_ms; /* monotonic; 0: not yet */
    const char *disk;   /* the result of that probe */
};

struct own_metrics embedded_watch_metrics(struct embedded_watch *w);
struct ready_checks embedded_watch_ready(struct embedded_watch *w);

#endif
