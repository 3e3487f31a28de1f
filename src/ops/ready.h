/* ready.h — what GET /readyz asks before it says that work may be sent here.
 *
 * Each dependency has a check, which the profile brings along. Checks run on the
 * read lane, so a database that hangs leaves the question unanswered, and may block.
 * While the server drains the answer is no, whatever the checks say.
 *
 * What leaves work that can still be done is named, and the answer stays yes: else the
 * loss of one part that all servers share would take all of them out.
 *
 * Errors   a check returns NULL, or what is wrong, in static storage.
 * Threads  checks: the read lane.
 */
#ifndef OPS_READY_H
#define OPS_READY_H

#include <stdbool.h>
#include <stddef.h>

struct ready_check {
    const char *name;
    const char *(*check)(void *user);
    bool leaves_work; /* what is wrong is no reason to send work elsewhere */
};

enum { READY_CHECKS_MAX = 16 };

/* What one set of checks asks. */
struct ready_checks {
    const struct ready_check *checks; /* READY_CHECKS_MAX at most */
    size_t n;
    void *user;
    bool without_store; /* these say it all: the store is not asked, and does not block
                         */
};

#endif
