/* ready.h — what GET /readyz asks before it says that work may be sent here.
 *
 * Each dependency has a check, which the wiring brings along. Checks run on the
 * read lane, so a database that hangs leaves the question unanswered, and may block.
 * While the server drains the answer is no, whatever the checks say.
 *
 * Errors   a check returns NULL, or what is wrong, in static storage.
 * Threads  checks: the read lane.
 */
#ifndef OPS_READY_H
#define OPS_READY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct histogram;

struct ready_check {
    const char *name;
    const char *(*check)(void *user);
};

enum { READY_CHECKS_MAX = 16 };

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

#endif
