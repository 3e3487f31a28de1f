/* sse.h — server-sent events (WHATWG HTML, section 9.2) on a stream.
 *
 * Outgoing only: what a client sends after its request is ignored. Frames are encoded
 * once with sse_encode() and sent to many. The answer has no length and is not chunked:
 * it ends with the connection, so that the bytes of a frame are the same for everybody.
 *
 * Ownership  sse_accept() gives an sse that lives until on_close() returned.
 * Threads    the loop's.
 */
#ifndef NET_SSE_H
#define NET_SSE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/frame.h"
#include "net/http.h"

struct sse;

struct sse_ops {
    void (*on_writable)(void *user);
    void (*on_close)(void *user);
    /* A client that takes nothing for this long is disconnected. 0:
     * STREAM_WRITE_TIMEOUT_MS. */
    uint32_t write_timeout_ms;
};

/* Answer 200 text/event-stream (with what http_add_header() added) and take the
 * connection over. NULL: the client has gone. The request is freed either way. */
struct sse *sse_accept(struct http_req *req, const struct sse_ops *ops, void *user);

/* Append "event: …\nid: …\ndata: …\n\n". An empty id is left out. No argument may hold
 * a line break (asserted); our JSON has none. */
void sse_encode(struct buf *out, const char *event, struct str id, struct str data);

/* false: busy, on_writable() will follow; or closing, on_close() will. */
bool sse_send(struct sse *s, struct frame *f);
/* An event for this client alone, under the rule of ws_text(). */
void sse_event(struct sse *s, const char *event, struct str data);
void sse_comment(struct sse *s); /* ":\n\n" keeps the connection alive */

/* "retry: …" tells the client when to come back, then the stream ends. */
void sse_close(struct sse *s, uint32_t retry_ms);

#endif
