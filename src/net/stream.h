/* stream.h — a connection that was taken over from HTTP: bytes both ways.
 *
 * DESIGN
 *
 * A stream uses little memory: it has a write buffer only while something waits to be
 * sent, and a read buffer only while something is half read. A frame that the socket
 * does not take whole is kept by reference, with an offset. Until it is sent the stream
 * is busy and takes no further frame, so at most one frame and CONTROL_MAX bytes of
 * control data wait for a slow reader, however much is published meanwhile.
 *
 * The kernel does not queue much either: it takes a frame only after it has sent the
 * whole one before (TCP_NOTSENT_LOWAT; each frame ends a segment, since the kernel
 * checks only at the start of one), and what it keeps until it is acknowledged is
 * bounded too (SO_SNDBUF). So a reader on a slow line gets the newest frame whenever
 * the line has room.
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
    STREAM_SEND_BYTES = 16384, /* the kernel doubles it, for its own overhead */
};

struct stream_ops {
    /* Called with bytes from the peer, as they come. Return how many were used; the
     * rest is passed again together with what follows. A peer with more than max_read
     * unused bytes is disconnected. < 0: close now. */
    long (*on_data)(void *user, const char *data, size_t len);
    void (*on_writable)(void *user); /* no longer busy */
    void (*on_close)(void *user);
    size_t max_read;
};

/* Take req's connection over from HTTP: sends head (status line and headers, with the
 * empty line) and returns the stream. ops must outlive the stream. Bytes that the
 * client has already sent after the request go to on_data() on the loop's next turn.
 * NULL: the client has gone, nothing was sent and no callback will come. The request is
 * freed either way. */
struct stream *http_take_over(struct http_req *req, struct str head,
                              const struct stream_ops *ops, void *user,
                              uint32_t write_timeout_ms);

/* Send a shared frame. true: sent, or kept (by reference) and on its way. false: not
 * taken; the stream is closing, or busy until on_writable().
 */
bool stream_send(struct stream *s, struct frame *f);
bool stream_busy(const struct stream *s);

/* Send small control data (a pong, a comment, a close frame), after the frame that is
 * being sent. It is dropped if it would make more than STREAM_CONTROL_MAX bytes
 * wait. */
void stream_control(struct stream *s, const void *data, size_t len);

/* Close when what waits has been sent, or after a second at the latest. on_close()
 * comes later, never from inside this call. */
void stream_close(struct stream *s);

#endif
