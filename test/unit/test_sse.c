/* An event stream, on a stream that writes down what it gets. */
#include "lib/fake_stream.h"

#include "net/sse.h"

static unsigned n_writable, n_closed;

static void on_writable(void *user)
{
    assert_ptr_equal(user, &fake);
    n_writable++;
}

static void on_close(void *user)
{
    assert_ptr_equal(user, &fake);
    n_closed++;
}

static const struct sse_ops OPS = {
    .on_writable = on_writable, .on_close = on_close, .write_timeout_ms = 1234};

static void patience_has_a_default(void **state)
{
    static const struct sse_ops ops = {.on_writable = on_writable,
                                       .on_close = on_close};

    (void)state;
    fake = (struct stream){.req = {.method = HTTP_GET_, .http_minor = 1}};
    assert_non_null(sse_accept(&fake.req, &ops, &fake));
    assert_int_equal(fake.write_timeout_ms, STREAM_WRITE_TIMEOUT_MS);
    fake_end();
}

static struct sse *open_sse(void)
{
    struct sse *s;

    fake = (struct stream){.req = {.method = HTTP_GET_, .http_minor = 1}};
    n_writable = n_closed = 0;
    s = sse_accept(&fake.req, &OPS, &fake);
    assert_non_null(s);
    return s;
}

static void the_head_lets_events_through_at_once(void **state)
{
    (void)state;
    open_sse();
    assert_sent_text("HTTP/1.1 200 OK\r\n"
                     "Content-Type: text/event-stream\r\n"
                     "Cache-Control: no-store\r\n"
                     "X-Accel-Buffering: no\r\n"
                     "Connection: close\r\n"
                     "X-Common: yes\r\n"
                     "\r\n"
                     ":\n\n");
    assert_int_equal(fake.write_timeout_ms, 1234);
    fake_end();
    assert_int_equal(n_closed, 1);
}

static void a_client_that_has_gone_is_no_error(void **state)
{
    (void)state;
    fake = (struct stream){.gone = true};
    n_closed = 0;
    assert_null(sse_accept(&fake.req, &OPS, &fake));
    assert_int_equal(n_closed, 0);
}

static void events_are_encoded(void **state)
{
    static const struct {
        struct str id;
        const char *want;
    } rows[] = {
        {STR("12.34"), "event: results\nid: 12.34\ndata: {\"a\":1}\n\n"},
        {STR(""), "event: results\ndata: {\"a\":1}\n\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};

        sse_encode(&out, "results", rows[i].id, STR("{\"a\":1}"));
        buf_char(&out, '\0');
        assert_string_equal(out.data, rows[i].want);
        buf_done(&out);
    }
}

static void frames_and_comments_are_sent(void **state)
{
    struct sse *s = open_sse();
    struct frame *f = frame_new("data: x\n\n", 9, 1);

    (void)state;
    fake.bytes.len = 0;
    assert_true(sse_send(s, f));
    sse_comment(s);
    assert_sent_text("data: x\n\n:\n\n");

    fake.busy = true;
    assert_false(sse_send(s, f));
    fake_writable();
    assert_int_equal(n_writable, 1);
    assert_true(sse_send(s, f));
    frame_unref(f);

    fake_receive("anything", 8); /* is ignored */
    fake_end();
}

static void the_end_says_when_to_come_back(void **state)
{
    struct sse *s = open_sse();
    struct frame *f = frame_new("data: x\n\n", 9, 1);

    (void)state;
    fake.bytes.len = 0;
    sse_close(s, 1500);
    assert_true(fake.closed);
    sse_close(s, 1500); /* these do nothing any more */
    sse_comment(s);
    assert_false(sse_send(s, f));
    fake_writable();
    assert_int_equal(n_writable, 0);
    assert_sent_text("retry: 1500\n\n");
    frame_unref(f);
    fake_end();
    assert_int_equal(n_closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_lets_events_through_at_once),
        cmocka_unit_test(patience_has_a_default),
        cmocka_unit_test(a_client_that_has_gone_is_no_error),
        cmocka_unit_test(events_are_encoded),
        cmocka_unit_test(frames_and_comments_are_sent),
        cmocka_unit_test(the_end_says_when_to_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
