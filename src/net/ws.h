/* ws.h — WebSocket for a server (RFC 6455), on wslay and a stream.
 *
 * Incoming: text messages, put together from fragments, checked for masking, UTF-8 and
 * size (LIMIT_WS_MESSAGE_BYTES, else close 1009). Pings are answered, at most one pong
 * waits. Outgoing: frames that the caller has encoded once with ws_encode().
 *
 * Protocol errors end the connection with the close code that the RFC gives them: 1002
 * (protocol), 1003 (binary message), 1007 (not UTF-8), 1009 (too big).
 *
 * A ws between messages costs its stream and itself: the wslay context (some hundred
 * bytes) exists only while a message is arriving.
 *
 * Ownership  ws_accept() gives a ws that lives until on_close() returned.
 * Threads    the loop's.
 */
#ifndef NET_WS_H
#define NET_WS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/frame.h"
#include "net/http.h"

struct ws;

struct ws_ops {
    void (*on_text)(void *user, struct str text);
    void (*on_writable)(void *user);
    void (*on_close)(void *user); /* last call; code and reason are in the log's reach
                                     no more: peers lie about them */
};

/* Is this a request for WebSocket (GET, Upgrade: websocket)? */
bool ws_wanted(const struct http_req *req);

/* Check the handshake and take the connection over.
 *
 * ERR_UPGRADE_REQUIRED  it is not for WebSocket, or not version 13: answer 426
 *                       with Upgrade: websocket and Sec-WebSocket-Version: 13
 * ERR_BAD_REQUEST       the key is missing or malformed
 *
 * On an error the request is still the caller's to answer. With 0, *ret_ws may be NULL:
 * the client has gone. */
int ws_accept(struct http_req *req, const struct ws_ops *ops, void *user,
              struct ws **ret_ws);

/* Append one unmasked text message as a frame, ready for ws_send(). */
void ws_encode(struct buf *out, struct str text);

bool ws_send(struct ws *w, struct frame *f); /* stream_send() */
bool ws_busy(const struct ws *w);
void ws_text(struct ws *w,
             struct str text); /* small, for this client: stream_control() */
void ws_ping(struct ws *w);
void ws_close(struct ws *w, uint16_t code, const char *reason);

#endif
