/* ws.h — WebSocket for a server (RFC 6455), on wslay and a stream.
 *
 * Incoming: text messages, put together from fragments, checked for masking, UTF-8 and
 * size (LIMIT_WS_MESSAGE_BYTES, else close 1009). Pings are answered, at most one pong
 * waits. Outgoing: frames that the caller has encoded once with ws_encode().
 *
 * Protocol errors end the connection with the RFC's close code: 1002 (protocol), 1007
 * (not UTF-8), 1009 (too big). The owner decides what a binary message means.
 *
 * The closing handshake is one step: our close frame goes out (echoing the client's
 * code, if the client closes), then the stream closes, which waits at most a second for
 * what is still being sent.
 *
 * A ws between messages costs its stream and itself: a reader (some 4 KiB, and the
 * message so far) exists only while a message is arriving.
 *
 * Ownership  ws_accept() gives a ws that lives until on_close() returned.
 * Threads    the loop's.
 */
#ifndef NET_WS_H
#define NET_WS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/frame.h"
#include "net/http.h"

struct ws;

struct ws_ops {
    void (*on_text)(void *user, struct str text); /* not after ws_close() */
    void (*on_binary)(void *user);                /* not after ws_close() either */
    void (*on_writable)(void *user);
    void (*on_close)(void *user); /* the last call */
    /* A client that takes nothing for this long is disconnected. 0:
     * STREAM_WRITE_TIMEOUT_MS. */
    uint32_t write_timeout_ms;
};

/* Is this a request for WebSocket (GET, Upgrade: websocket)? */
bool ws_wanted(const struct http_req *req);

/* Check the handshake and take the connection over. Headers that http_add_header()
 * added are sent too.
 *
 * ERR_UPGRADE_REQUIRED  it is not for WebSocket, or not version 13: answer 426
 *                       with Upgrade: websocket and Sec-WebSocket-Version: 13
 * ERR_BAD_REQUEST       the key is missing or malformed
 *
 * On an error the caller still has to answer the request. With 0, *ret_ws may be NULL:
 * the client has gone. */
int ws_accept(struct http_req *req, const struct ws_ops *ops, void *user,
              struct ws **ret_ws);

/* Append one unmasked text message as a frame, ready for ws_send(). */
void ws_encode(struct buf *out, struct str text);

/* false: busy, on_writable() will follow; or closing, on_close() will. */
bool ws_send(struct ws *w, struct frame *f);
/* Send a message to this client alone. It is dropped if it would make more than
 * STREAM_CONTROL_MAX bytes of control data wait. */
void ws_text(struct ws *w, struct str text);
void ws_ping(struct ws *w);
/* reason: UTF-8, at most WS_REASON_MAX bytes. After it nothing is sent or read. */
void ws_close(struct ws *w, uint16_t code, const char *reason);

enum { WS_REASON_MAX = 123 };

#endif
