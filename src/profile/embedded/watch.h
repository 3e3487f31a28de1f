/* watch.h — how one machine's backends do: for GET /metrics and GET /readyz.
 *
 * Checks (ops/ready.h): `disk`, can something be written next to the data; `journal`,
 * did the last append work; `projector`, does the database keep up with the journal.
 * All of them heal without a client's doing: who is not ready is not asked anything.
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
    atomic_bool journal_failed; /* the owner keeps it */

    /* the read lane's */
    uint64_t probed_ms; /* monotonic; 0: not yet */
    const char *disk;   /* what was found then */
};

struct own_metrics embedded_watch_metrics(struct embedded_watch *w);
struct ready_checks embedded_watch_ready(struct embedded_watch *w);

#endif
