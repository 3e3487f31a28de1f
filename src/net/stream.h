/* stream.h — a connection that was taken over from HTTP: bytes both ways.
 *
 * DESIGN
 *
 * A stream keeps memory small: while nothing waits to be sent it has no write buffer,
 * and while nothing is half read it has no read buffer. A frame that the socket does
 * not take whole is kept by reference with an offset; while it waits the stream is
 * busy and takes no further frame, so at most one frame and CONTROL_MAX bytes of
 * control data wait for a slow reader, however much is published meanwhile.
 *
 * The kernel keeps no queue behind our back either: it takes a frame only when it has
 * sent the whole of the one before (TCP_NOTSENT_LOWAT; each frame ends a segment, since
 * the kernel asks that question at the start of a segment only), and what it has sent
 * and keeps until it is acknowledged is bounded too (SO_SNDBUF). So a reader on a slow
 * line gets what is newest whenever the line has room.
 *
 * Ownership  the stream ends itself when the peer goes, when nothing was taken for
 *            write_timeout_ms, or after stream_close(); on_close() is then called
 *            exactly once and the stream may not be used after it.
 * Threads    the loop's.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/frame.h"
#include "net/http.h"

struct stream;

enum {
    STREAM_CONTROL_MAX = 512,
    STREAM_WRITE_TIMEOUT_MS = 30000,
    STREAM_SEND_BYTES = 16384, /* the kernel doubles it, and counts its own memory in */
};

struct stream_ops {
    /* Bytes from the peer, as they come. Returns how many of them were used; the rest
     * is kept and given again with what follows, at most max_read bytes in all: a peer
     * that sends more than that unused is disconnected. < 0: close now. */
    long (*on_data)(void *user, const char *data, size_t len);
    void (*on_writable)(void *user); /* no longer busy */
    void (*on_close)(void *user);
    size_t max_read;
};

/* Ends the HTTP life of req's connection: sends head (status line and headers, with
 * the empty line) and gives the stream. ops must outlive the stream. Bytes that the
 * client has already sent beyond the request are given to on_data() on the next turn
 * of the loop. NULL when the client has gone: nothing was sent and no callback will
 * come. The request is freed either way. */
struct stream *http_take_over(struct http_req *req, struct str head,
                              const struct stream_ops *ops, void *user,
                              uint32_t write_timeout_ms);

/* Send a shared frame. false: the stream is busy or closing, and the frame was not
 * taken; on_writable() will say when. true: sent, or kept (by reference) and under way.
 */
bool stream_send(struct stream *s, struct frame *f);
bool stream_busy(const struct stream *s);

/* Small control data (a pong, a comment, a close frame): goes out after the frame that
 * is under way. Dropped when STREAM_CONTROL_MAX bytes of it wait already. */
void stream_control(struct stream *s, const void *data, size_t len);

/* Close when what waits has been sent, or after a second at the latest. on_close()
 * comes later, never from inside this call. */
void stream_close(struct stream *s);

#endif
