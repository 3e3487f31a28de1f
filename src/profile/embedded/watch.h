/* watch.h — how one machine's backends do: for GET /metrics and GET /readyz.
 *
 * Checks (ops/ready.h): `disk`, can something be written next to the data; `journal`,
 * did the last append work; `projector`, does the database keep up with the journal.
 * All of them heal without a client's doing: who is not ready is not asked anything.
 *
 * Ownership  everything is borrowed.
 * Threads    init: the owner's. What app->wiring then has: as its header says.
 */
#ifndef PROFILE_EMBEDDED_WATCH_H
#define PROFILE_EMBEDDED_WATCH_H

#include <stdatomic.h>

#include <stdint.h>

#include "ops/ready.h"

struct app;
struct journal;

struct embedded_watch {
    struct app *app;
    struct journal *journal;
    const char *dir;
    atomic_bool journal_failed; /* the owner keeps it */

    /* the read lane's */
    uint64_t probed_ms; /* monotonic; 0: not yet */
    const char *disk;   /* what was found then */

    struct wiring wiring;
};

/* Sets app->wiring. */
void embedded_watch_init(struct embedded_watch *w, struct app *app,
                         struct journal *journal, const char *dir);

#endif
