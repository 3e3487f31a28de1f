/* look.h — a poll as one caller sees it: definition, current result, what the caller
 * did.
 *
 * The catalogue has the definition and the newest result. The ballot is asked only when
 * it knows more: what a signed-in caller has done, or that time has opened or closed
 * the poll since its result was published.
 *
 * Threads  the call's loop.
 */
#ifndef APP_LOOK_H
#define APP_LOOK_H

#include "app/call.h"
#include "app/views.h"

struct look {
    struct poll *poll; /* borrowed: until the call ends */
    struct result result;
    struct viewer viewer;
};

enum look_depth {
    LOOK_RESULT, /* the viewer's choice only if their right to see depends on it */
    LOOK_VIEWER, /* the viewer's choice in any case */
};

/* Looks at the poll c->id for c->who, then runs reply, which answers the call. Answers
 * 404 itself. */
void look_at_poll(struct call *c, enum look_depth depth,
                  void (*reply)(struct call *c, const struct look *look));

#endif
