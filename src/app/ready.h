/* ready.h — what GET /readyz asks before it says that work may be sent here.
 *
 * Each dependency has a check, which the wiring brings along (app.h). Checks run on the
 * read lane, so a database that hangs leaves the question unanswered, and may block.
 * While the server drains the answer is no, whatever the checks say.
 *
 * Errors   a check returns NULL, or what is wrong, in static storage.
 * Threads  checks: the read lane.
 */
#ifndef APP_READY_H
#define APP_READY_H

#include <stddef.h>

struct ready_check {
    const char *name;
    const char *(*check)(void *user);
};

enum { READY_CHECKS_MAX = 16 };

#endif
