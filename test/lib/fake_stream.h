/* fake_stream.h — stands in for http.h and stream.h when a test program is linked: one
 * request and one stream, which write down what is done with them. */
#ifndef TEST_LIB_FAKE_STREAM_H
#define TEST_LIB_FAKE_STREAM_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/frame.h"
#include "net/http.h"
#include "net/stream.h"

struct stream {
    const struct stream_ops *ops;
    void *user;
    bool gone;        /* the client, before it was taken over */
    bool busy;        /* takes nothing */
    bool closed;      /* stream_close() was called */
    struct buf bytes; /* everything that was sent */
    uint32_t write_timeout_ms;
    struct http_req req;
    const char *headers[8][2];
    bool taken_over;
};

static struct stream fake;

struct str http_header(const struct http_req *req, const char *name)
{
    assert_ptr_equal(req, &fake.req);
    for (size_t i = 0; i < 8 && fake.headers[i][0] != NULL; i++) {
        if (strcmp(fake.headers[i][0], name) == 0)
            return str_of(fake.headers[i][1]);
    }
    return (struct str){NULL, 0};
}

void http_common_headers(const struct http_req *req, struct buf *out)
{
    assert_ptr_equal(req, &fake.req);
    buf_text(out, "X-Common: yes\r\n");
}

struct stream *http_take_over(struct http_req *req, struct str head,
                              const struct stream_ops *ops, void *user,
                              uint32_t write_timeout_ms)
{
    assert_ptr_equal(req, &fake.req);
    fake.taken_over = true;
    if (fake.gone)
        return NULL;
    fake.ops = ops;
    fake.user = user;
    fake.write_timeout_ms = write_timeout_ms;
    buf_str_add(&fake.bytes, head);
    return &fake;
}

bool stream_send(struct stream *s, struct frame *f)
{
    assert_false(s->closed);
    if (s->busy)
        return false;
    buf_add(&s->bytes, f->data, f->len);
    return true;
}

bool stream_busy(const struct stream *s)
{
    return s->busy;
}

void stream_control(struct stream *s, const void *data, size_t len)
{
    assert_false(s->closed);
    buf_add(&s->bytes, data, len);
}

void stream_close(struct stream *s)
{
    assert_false(s->closed);
    s->closed = true;
}

/* ---- for the tests ---- */

static inline void fake_receive(const void *data, size_t len)
{
    assert_int_equal(fake.ops->on_data(fake.user, data, len), (long)len);
}

static inline void fake_writable(void)
{
    fake.busy = false;
    fake.ops->on_writable(fake.user);
}

static inline void fake_end(void)
{
    fake.ops->on_close(fake.user);
    buf_done(&fake.bytes);
    fake = (struct stream){0};
}

/* What was sent since the last time that this was asked. */
#define assert_sent(bytes_, len_)                                                      \
    do {                                                                               \
        assert_int_equal(fake.bytes.len, (len_));                                      \
        if ((len_) != 0)                                                               \
            assert_memory_equal(fake.bytes.data, (bytes_), (len_));                    \
        fake.bytes.len = 0;                                                            \
    } while (0)
#define assert_sent_text(text) assert_sent((text), strlen(text))

#endif
