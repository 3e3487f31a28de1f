/* trace.h — one line of the log a request, at level debug.
 *
 *   request  method path status us bytes user request_id
 *
 * The path without its query, and nothing else that the client sent: a log outlives
 * tokens, and is read by more people than the database. us, microseconds, are from the
 * whole request's being there to its answer, lanes included; bytes are those of the
 * body, 0 of a stream.
 *
 * At any other level a trace is NULL and costs a comparison.
 *
 * Ownership  trace_new() gives; trace_end() takes. What is needed is copied: a stream
 *            frees its request before it is logged.
 * Errors     none.
 * Threads    one at a time.
 */
#ifndef APP_TRACE_H
#define APP_TRACE_H

#include "base/log.h"
#include "net/http.h"

struct trace;

/* NULL: requests are not logged. */
struct trace *trace_new(const struct log *log, const struct http_req *req);
void trace_end(struct trace *t, const struct log *log, uint32_t user, int status,
               size_t bytes);

#endif
