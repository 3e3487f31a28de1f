/* A WebSocket from handshake to close, on a stream that writes down what it gets. */
#include "lib/fake_stream.h"

#include "base/err.h"
#include "net/ws.h"
#include "lib/ws_client.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* of RFC 6455, section 1.3 */

static struct buf seen; /* what the owner was told */
static struct ws *ws;
static bool close_on_text;

static void on_text(void *user, struct str text)
{
    assert_ptr_equal(user, &seen);
    buf_text(&seen, "text ");
    buf_str_add(&seen, text);
    buf_char(&seen, ';');
    if (close_on_text)
        ws_close(ws, 1008, "no");
}

static void on_writable(void *user)
{
    (void)user;
    buf_text(&seen, "writable;");
}

static void on_close(void *user)
{
    (void)user;
    buf_text(&seen, "close;");
}

static void on_binary(void *user)
{
    (void)user;
    buf_text(&seen, "binary;");
}

static const struct ws_ops OPS = {.on_text = on_text,
                                  .on_binary = on_binary,
                                  .on_writable = on_writable,
                                  .on_close = on_close,
                                  .write_timeout_ms = 1234};

#define assert_seen(text)                                                              \
    do {                                                                               \
        buf_char(&seen, '\0');                                                         \
        assert_string_equal(seen.data, (text));                                        \
        seen.len = 0;                                                                  \
    } while (0)

static void ask(enum http_method method, int minor)
{
    static const char *const good[5][2] = {{"host", "localhost"},
                                           {"upgrade", "websocket"},
                                           {"connection", "Upgrade"},
                                           {"sec-websocket-version", "13"},
                                           {"sec-websocket-key", KEY}};

    fake = (struct stream){.req = {.method = method, .http_minor = minor}};
    memcpy(fake.headers, good, sizeof good);
}

static int open_ws(void **state)
{
    (void)state;
    ask(HTTP_GET_, 1);
    close_on_text = false;
    assert_int_equal(ws_accept(&fake.req, &OPS, &seen, &ws), 0);
    assert_non_null(ws);
    fake.bytes.len = 0;
    return 0;
}

static int end_ws(void **state)
{
    (void)state;
    fake_end();
    assert_seen("close;");
    buf_done(&seen);
    return 0;
}

static void receive(struct buf *sent)
{
    fake_receive(sent->data, sent->len);
    buf_done(sent);
}

static void the_handshake_is_checked(void **state)
{
    static const struct {
        const char *why;
        enum http_method method;
        int minor;
        const char *header, *value; /* in place of the good one */
        int want;
        bool wanted;
    } rows[] = {
        {"the example of the RFC", HTTP_GET_, 1, NULL, NULL, 0, true},
        {"POST", HTTP_POST_, 1, NULL, NULL, ERR_UPGRADE_REQUIRED, false},
        {"HTTP/1.0", HTTP_GET_, 0, NULL, NULL, ERR_UPGRADE_REQUIRED, true},
        {"no upgrade", HTTP_GET_, 1, "upgrade", "", ERR_UPGRADE_REQUIRED, false},
        {"another upgrade", HTTP_GET_, 1, "upgrade", "h2c", ERR_UPGRADE_REQUIRED,
         false},
        {"half a token", HTTP_GET_, 1, "upgrade", "websocket2", ERR_UPGRADE_REQUIRED,
         false},
        {"one of several upgrades", HTTP_GET_, 1, "upgrade", "h2c, WebSocket", 0, true},
        {"no connection", HTTP_GET_, 1, "connection", "", ERR_UPGRADE_REQUIRED, true},
        {"keep-alive only", HTTP_GET_, 1, "connection", "keep-alive",
         ERR_UPGRADE_REQUIRED, true},
        {"as Firefox says it", HTTP_GET_, 1, "connection", "keep-alive, Upgrade", 0,
         true},
        {"version 8", HTTP_GET_, 1, "sec-websocket-version", "8", ERR_UPGRADE_REQUIRED,
         true},
        {"no version", HTTP_GET_, 1, "sec-websocket-version", "", ERR_UPGRADE_REQUIRED,
         true},
        {"no host", HTTP_GET_, 1, "host", "", ERR_BAD_REQUEST, true},
        {"no key", HTTP_GET_, 1, "sec-websocket-key", "", ERR_BAD_REQUEST, true},
        {"a key of 15 bytes", HTTP_GET_, 1, "sec-websocket-key", "AAAAAAAAAAAAAAAAAAAA",
         ERR_BAD_REQUEST, true},
        {"a key of 17 bytes", HTTP_GET_, 1, "sec-websocket-key",
         "dGhlIHNhbXBsZSBub25jZAA=", ERR_BAD_REQUEST, true},
        {"a key of 18 bytes", HTTP_GET_, 1, "sec-websocket-key",
         "dGhlIHNhbXBsZSBub25jZAAA", ERR_BAD_REQUEST, true},
        {"not base64", HTTP_GET_, 1, "sec-websocket-key",
         "dGhlIHNhbXBsZSBub25j!Q==", ERR_BAD_REQUEST, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].why);
        ask(rows[i].method, rows[i].minor);
        for (size_t j = 0; rows[i].header != NULL && j < 5; j++) {
            if (strcmp(fake.headers[j][0], rows[i].header) == 0)
                fake.headers[j][1] = rows[i].value;
        }
        ws = NULL;
        assert_int_equal(ws_wanted(&fake.req), rows[i].wanted);
        assert_int_equal(ws_accept(&fake.req, &OPS, &seen, &ws), rows[i].want);
        assert_int_equal(ws != NULL, rows[i].want == 0);
        assert_int_equal(fake.taken_over, rows[i].want == 0);
        if (rows[i].want == 0)
            fake_end();
    }
    buf_done(&seen);
}

static void the_handshake_is_answered(void **state)
{
    (void)state;
    ask(HTTP_GET_, 1);
    assert_int_equal(ws_accept(&fake.req, &OPS, &seen, &ws), 0);
    assert_sent_text("HTTP/1.1 101 Switching Protocols\r\n"
                     "Upgrade: websocket\r\n"
                     "Connection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                     "X-Common: yes\r\n"
                     "\r\n");
    assert_int_equal(fake.write_timeout_ms, 1234);
    end_ws(NULL);
}

static void a_client_that_has_gone_is_no_error(void **state)
{
    (void)state;
    ask(HTTP_GET_, 1);
    fake.gone = true;
    assert_int_equal(ws_accept(&fake.req, &OPS, &seen, &ws), 0);
    assert_null(ws);
    assert_int_equal(seen.len, 0);
}

static void patience_has_a_default(void **state)
{
    static const struct ws_ops ops = {
        .on_text = on_text, .on_writable = on_writable, .on_close = on_close};

    (void)state;
    ask(HTTP_GET_, 1);
    assert_int_equal(ws_accept(&fake.req, &ops, &seen, &ws), 0);
    assert_int_equal(fake.write_timeout_ms, STREAM_WRITE_TIMEOUT_MS);
    end_ws(NULL);
}

static void texts_come_in_and_go_out(void **state)
{
    struct buf in = {0}, out = {0};
    struct frame *f;

    (void)state;
    client_text(&in, "one");
    client_text(&in, "two");
    receive(&in);
    assert_seen("text one;text two;");

    ws_encode(&out, STR("news"));
    f = frame_new(out.data, out.len, 1);
    buf_done(&out);
    assert_true(ws_send(ws, f));
    assert_sent_text("\x81\x04news");
    ws_text(ws, STR("you"));
    assert_sent_text("\x81\x03you");

    fake.busy = true;
    assert_false(ws_send(ws, f));
    fake_writable();
    assert_seen("writable;");
    assert_true(ws_send(ws, f));
    frame_unref(f);
}

static void lengths_are_written_as_the_rfc_says(void **state)
{
    static char zeros[70000];
    static const struct {
        size_t len;
        struct str head;
    } rows[] = {
        {0, STR("\x81\x00")},
        {125, STR("\x81\x7d")},
        {126, STR("\x81\x7e\x00\x7e")},
        {65535, STR("\x81\x7e\xff\xff")},
        {65536, STR("\x81\x7f\0\0\0\0\0\x01\0\0")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};

        ws_encode(&out, (struct str){zeros, rows[i].len});
        assert_int_equal(out.len, rows[i].head.len + rows[i].len);
        assert_memory_equal(out.data, rows[i].head.at, rows[i].head.len);
        buf_done(&out);
    }
}

static void pings_are_answered(void **state)
{
    struct buf in = {0};

    (void)state;
    client_frame(&in, FIN | PING, "are you there", 13);
    receive(&in);
    assert_sent_text("\x8a\x0d"
                     "are you there");
    client_frame(&in, FIN | PING, "", 0);
    receive(&in);
    assert_sent("\x8a\x00", 2);
}

static void one_pong_waits_for_a_slow_reader(void **state)
{
    struct buf in = {0};

    (void)state;
    fake.busy = true;
    client_frame(&in, FIN | PING, "1", 1);
    client_frame(&in, FIN | PING, "2", 1);
    client_frame(&in, FIN | PING, "3", 1);
    receive(&in);
    assert_sent_text("");
    fake_writable();
    assert_sent_text("\x8a\x01"
                     "3");
    assert_seen("writable;");
    fake_writable();
    assert_sent_text("");
    assert_seen("writable;");
    fake.busy = true; /* and one that waits for ever is freed in the end */
    client_frame(&in, FIN | PING, "4", 1);
    receive(&in);
}

static void the_line_is_kept_open(void **state)
{
    (void)state;
    ws_ping(ws);
    assert_sent("\x89\x00", 2);
}

static void we_close(void **state)
{
    struct buf in = {0}, out = {0};
    struct frame *f;

    (void)state;
    fake.busy = true;
    client_frame(&in, FIN | PING, "p", 1);
    receive(&in);
    ws_close(ws, 1012, "restart");
    assert_sent_text("\x88\x09\x03\xf4"
                     "restart");
    assert_true(fake.closed);

    ws_close(ws, 1000, "again"); /* all of these do nothing any more */
    ws_text(ws, STR("late"));
    ws_ping(ws);
    fake_writable();
    ws_encode(&out, STR("late"));
    f = frame_new(out.data, out.len, 1);
    assert_false(ws_send(ws, f));
    frame_unref(f);
    buf_done(&out);
    client_text(&in, "late");
    client_frame(&in, FIN | PING, "p", 1);
    client_close(&in, 1012, "");
    receive(&in);
    assert_sent_text("");
    assert_int_equal(seen.len, 0);
}

static void we_close_in_the_middle_of_a_batch(void **state)
{
    struct buf in = {0};

    (void)state;
    close_on_text = true;
    client_text(&in, "one");
    client_text(&in, "two");
    client_frame(&in, FIN | PING, "p", 1);
    client_frame(&in, FIN | BINARY, "b", 1);
    receive(&in);
    assert_seen("text one;");
    assert_sent_text("\x88\x04\x03\xf0"
                     "no");
}

static void a_binary_message_is_the_owners_to_judge(void **state)
{
    struct buf in = {0};

    (void)state;
    client_frame(&in, FIN | BINARY, "\xff", 1);
    client_text(&in, "two");
    receive(&in);
    assert_seen("binary;text two;");
    assert_sent_text("");
}

static void the_client_closes_or_errs(void **state)
{
    static const struct {
        const char *why;
        unsigned first;
        struct str payload, want;
    } rows[] = {
        {"its code comes back", FIN | CLOSE, STR("\x03\xe9going"),
         STR("\x88\x02\x03\xe9")},
        {"so does none", FIN | CLOSE, STR(""), STR("\x88\x00")},
        {"half a code", FIN | CLOSE, STR("\x03"), STR("\x88\x02\x03\xea")},
        {"a code that may not be sent", FIN | CLOSE, STR("\x03\xed"),
         STR("\x88\x02\x03\xea")},
        {"not UTF-8", FIN | TEXT, STR("\xff"), STR("\x88\x02\x03\xef")},
        {"a reserved bit", FIN | TEXT | 0x40, STR("a"), STR("\x88\x02\x03\xea")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf in = {0};

        print_message("%s\n", rows[i].why);
        open_ws(NULL);
        client_frame(&in, rows[i].first, rows[i].payload.at, rows[i].payload.len);
        client_text(&in, "after it");
        receive(&in);
        assert_sent(rows[i].want.at, rows[i].want.len);
        assert_true(fake.closed);
        end_ws(NULL);
    }
}

static void a_client_may_vanish_within_a_message(void **state)
{
    struct buf in = {0};

    (void)state;
    client_frame(&in, TEXT, "half", 4);
    receive(&in);
    assert_int_equal(seen.len, 0);
}

int main(void)
{
#define WITH_WS(test) cmocka_unit_test_setup_teardown(test, open_ws, end_ws)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handshake_is_checked),
        cmocka_unit_test(the_handshake_is_answered),
        cmocka_unit_test(patience_has_a_default),
        cmocka_unit_test(a_client_that_has_gone_is_no_error),
        WITH_WS(texts_come_in_and_go_out),
        cmocka_unit_test(lengths_are_written_as_the_rfc_says),
        WITH_WS(pings_are_answered),
        WITH_WS(one_pong_waits_for_a_slow_reader),
        WITH_WS(the_line_is_kept_open),
        WITH_WS(we_close),
        WITH_WS(we_close_in_the_middle_of_a_batch),
        WITH_WS(a_binary_message_is_the_owners_to_judge),
        cmocka_unit_test(the_client_closes_or_errs),
        WITH_WS(a_client_may_vanish_within_a_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
