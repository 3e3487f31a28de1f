/* settled.h — wait until the store has all that clients were told is done.
 *
 * Votes are acknowledged before they are projected. Who reads them from the store, and
 * must not miss one, waits first: usually for nothing, under load for the projector's
 * next transaction (store_lane.h).
 *
 * Errors   503 after SETTLE_LIMIT_MS: the store fails, or is far behind.
 * Threads  the call's loop.
 */
#ifndef APP_SETTLED_H
#define APP_SETTLED_H

#include "app/call.h"

enum { SETTLE_LIMIT_MS = 10000, SETTLE_CHECK_MS = 10 };

/* Nothing more may be done but return. */
void call_settled(struct call *c, call_then_cb *then);

#endif
