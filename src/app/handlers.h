/* handlers.h — one function for every line of tbl/routes.h: answers the call, now or
 * later, exactly once. On the call's loop. */
#ifndef APP_HANDLERS_H
#define APP_HANDLERS_H

#include "app/call.h"
#include "tbl/routes.h"

#define X(method, path, role, who, handler) void handler(struct call *c);
ROUTE_TABLE(X)
#undef X

#endif
