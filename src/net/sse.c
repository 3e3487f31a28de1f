#include "net/sse.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "net/stream.h"

enum { MAX_READ = 4096 }; /* never reached: all input is dropped at once */

struct sse {
    struct stream *stream;
    const struct sse_ops *ops;
    void *user;
    bool closing;
};

static long on_data(void *user, const char *data, size_t len)
{
    (void)user;
    (void)data;
    return (long)len;
}

static void on_writable(void *user)
{
    struct sse *s = user;

    if (!s->closing)
        s->ops->on_writable(s->user);
}

static void on_close(void *user)
{
    struct sse *s = user;

    s->ops->on_close(s->user);
    mem_free(s);
}

static const struct stream_ops STREAM_OPS = {.on_data = on_data,
                                             .on_writable = on_writable,
                                             .on_close = on_close,
                                             .max_read = MAX_READ};

void sse_comment(struct sse *s)
{
    if (!s->closing)
        stream_control(s->stream, ":\n\n", 3);
}

/* X-Accel-Buffering tells nginx to pass each event on at once. The comment is for
 * proxies and clients that do not show the head before the first byte of the body. */
static void write_head(const struct http_req *req, struct buf *out)
{
    buf_text(out, "HTTP/1.1 200 OK\r\n"
                  "Content-Type: text/event-stream\r\n"
                  "Cache-Control: no-store\r\n"
                  "X-Accel-Buffering: no\r\n"
                  "Connection: close\r\n");
    http_common_headers(req, out);
    buf_text(out, "\r\n:\n\n");
}

struct sse *sse_accept(struct http_req *req, const struct sse_ops *ops, void *user)
{
    struct sse *s = mem_zalloc(1, sizeof *s);
    struct buf head = {0};

    s->ops = ops;
    s->user = user;
    write_head(req, &head);
    s->stream = http_take_over(req, buf_str(&head), &STREAM_OPS, s,
                               ops->write_timeout_ms != 0 ? ops->write_timeout_ms
                                                          : STREAM_WRITE_TIMEOUT_MS);
    buf_done(&head);
    if (s->stream == NULL) {
        mem_free(s);
        return NULL;
    }
    return s;
}

static void add_field(struct buf *out, const char *name, struct str value)
{
    assert(value.len == 0 || (memchr(value.at, '\n', value.len) == NULL &&
                              memchr(value.at, '\r', value.len) == NULL));
    buf_text(out, name);
    buf_text(out, ": ");
    buf_str_add(out, value);
    buf_char(out, '\n');
}

void sse_encode(struct buf *out, const char *event, struct str id, struct str data)
{
    add_field(out, "event", str_of(event));
    if (id.len != 0)
        add_field(out, "id", id);
    add_field(out, "data", data);
    buf_char(out, '\n');
}

void sse_event(struct sse *s, const char *event, struct str data)
{
    struct buf out = {0};

    if (s->closing)
        return;
    sse_encode(&out, event, (struct str){NULL, 0}, data);
    stream_control(s->stream, out.data, out.len);
    buf_done(&out);
}

bool sse_send(struct sse *s, struct frame *f)
{
    return !s->closing && stream_send(s->stream, f);
}

void sse_close(struct sse *s, uint32_t retry_ms)
{
    struct buf out = {0};

    if (s->closing)
        return;
    s->closing = true;
    buf_text(&out, "retry: ");
    buf_u64(&out, retry_ms);
    buf_text(&out, "\n\n");
    stream_control(s->stream, out.data, out.len);
    buf_done(&out);
    stream_close(s->stream);
}
