/* poll_input.h — the body of POST /api/polls, as a poll.
 *
 * Text is trimmed, tags are put in lower case and kept once, times are read; what
 * breaks a rule is answered with 422 and every field that does. Unknown fields are
 * ignored, so counts cannot be sent in.
 *
 * Threads  the call's loop.
 */
#ifndef APP_POLL_INPUT_H
#define APP_POLL_INPUT_H

#include "app/call.h"

/* From c->body and c->who. False: the call was answered. */
bool poll_input(struct call *c, struct poll **ret_poll);

#endif
