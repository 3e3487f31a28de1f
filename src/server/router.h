/* router.h — finds a request's handler, by path, method and who is asking.
 *
 * Threads  the loop's. */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include "net/http.h"

/* http_opts.on_request, .on_too_large and .on_error; user is the struct app_loop. */
void router_on_request(struct http_req *req, void *user);
void router_on_too_large(struct http_req *req, void *user);
void router_on_error(int err, struct str request_id, struct buf *out, void *user);

#endif
