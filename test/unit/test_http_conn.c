/* The life of a connection: how long it stays, what is refused, what comes late. */
#include <linux/tcp.h>

#include "lib/http_rig.h"

static const char *const method_names[] = {"GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS"};

static void answer_echo(struct http_req *req)
{
    buf_printf(http_out(req), "%s %.*s|%.*s|%.*s|%.*s", method_names[req->method],
               (int)req->target.len, req->target.at, (int)req->path.len, req->path.at,
               (int)req->query.len, req->query.at, (int)req->body.len, req->body.at);
    http_reply(req, 200, "text/plain");
}

static void on_request(struct http_req *req, void *user)
{
    struct rig *rig = user;

    if (str_eq(req->path, STR("/echo"))) {
        answer_echo(req);
    } else if (str_eq(req->path, STR("/hold"))) {
        rig->held = req;
    } else {
        buf_text(http_out(req), "ok");
        http_reply(req, 200, "text/plain");
    }
}

static int start(void **state)
{
    struct rig *rig = mem_zalloc(1, sizeof *rig);

    rig_init(rig, on_request);
    rig_start(rig);
    *state = rig;
    return 0;
}

static int stop(void **state)
{
    rig_stop(*state);
    mem_free(*state);
    return 0;
}

static void answer_held(struct rig *rig, void *user)
{
    struct http_req *req = rig->held;

    rig->held = NULL;
    buf_printf(http_out(req), "%s %.*s %.*s %.*s", (const char *)user,
               (int)req->target.len, req->target.at, (int)req->body.len, req->body.at,
               (int)req->peer.len, req->peer.at);
    http_reply(req, 200, "text/plain");
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n"
#define END "\r\n"

/* ---- the life of a connection ---- */

static void stays_open_as_long_as_was_asked(void **state)
{
    static const struct {
        const char *why, *request, *connection; /* the header of the answer */
        bool open;
    } rows[] = {
        {"HTTP/1.1", GET("/") END, NULL, true},
        {"told to close", GET("/") "Connection: close\r\n\r\n", "close", false},
        {"told so among others", GET("/") "connection: x, CLOSE\r\n\r\n", "close",
         false},
        {"told both", GET("/") "Connection: keep-alive, close\r\n\r\n", "close", false},
        {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "close", false},
        {"HTTP/1.0 that asks", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
         "keep-alive", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client c = client_open(*state, 0);
        struct answer a;
        const char *connection;

        client_say(&c, rows[i].request);
        a = client_answer(&c, false);
        assert_int_equal(a.status, 200);
        connection = answer_header(&a, "Connection");
        if ((connection == NULL) != (rows[i].connection == NULL) ||
            (connection != NULL && strcmp(connection, rows[i].connection) != 0))
            fail_msg("%s: Connection: %s", rows[i].why, connection);
        if (rows[i].open) {
            client_say(&c, GET("/") END);
            client_expect(&c, rows[i].why, 200, "ok");
        } else {
            client_expect_end(&c, rows[i].why);
        }
        answer_done(&a);
        client_close(&c);
    }
}

static void answers_pipelined_requests_in_order(void **state)
{
    enum { N = 3000 };
    struct client c = client_open(*state, 0);
    struct buf b = {0};

    for (int i = 0; i < N; i++)
        buf_printf(
            &b, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n%04d", i);
    client_send(&c, b.data, b.len);
    for (int i = 0; i < N; i++) {
        char want[64];

        snprintf(want, sizeof want, "POST /echo|/echo||%04d", i);
        client_expect(&c, "pipelined", 200, want);
    }
    buf_done(&b);
    client_close(&c);
}

static void answers_to_pipelined_requests_leave_together(void **state)
{
    struct client c = client_open(*state, 0);
    struct tcp_info info;
    socklen_t len = sizeof info;

    client_say(&c, GET("/") END GET("/echo") END GET("/") END);
    client_expect(&c, "the first", 200, "ok");
    client_expect(&c, "the second", 200, "GET /echo|/echo||");
    client_expect(&c, "the third", 200, "ok");
    assert_int_equal(getsockopt(c.fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
    assert_int_equal(info.tcpi_data_segs_in, 1);
    client_close(&c);
}

static void what_follows_a_closing_request_is_not_read(void **state)
{
    struct client c = client_open(*state, 0);

    client_say(&c, GET("/echo") "Connection: close\r\n\r\n" GET("/echo") END);
    client_expect(&c, "the first", 200, "GET /echo|/echo||");
    client_expect_end(&c, "and no second");
    client_close(&c);
}

static void understands_a_request_that_comes_byte_by_byte(void **state)
{
    static const char request[] = "POST /echo HTTP/1.1\r\nHost: a\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n"
                                  "3\r\nabc\r\n0\r\n\r\n";
    struct client c = client_open(*state, 0);
    int on = 1;

    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; i < sizeof request - 1; i++)
        client_send(&c, request + i, 1);
    client_expect(&c, "in pieces", 200, "POST /echo|/echo||abc");
    client_close(&c);
}

static void a_client_that_has_said_all_gets_its_answer(void **state)
{
    struct client c = client_open(*state, 0);

    client_say(&c, GET("/echo") END GET("/") END "GET /half");
    shutdown(c.fd, SHUT_WR);
    client_expect(&c, "the first", 200, "GET /echo|/echo||");
    client_expect(&c, "the second", 200, "ok");
    client_expect_end(&c, "half a request has no answer");
    client_close(&c);
}

/* ---- refusals ---- */

static void refuses_with_a_problem_document_and_closes(void **state)
{
    static const struct {
        const char *why, *request;
        int status;
        const char *code;
    } rows[] = {
        {"smuggling",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
         400, "bad_request"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400, "bad_request"},
        {"nonsense", "\x01\x02\x03", 400, "bad_request"},
        {"too large a body",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 413,
         "too_large"},
        {"too large a chunk",
         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n",
         413, "too_large"},
        {"an expectation", GET("/") "Expect: x\r\n\r\n", 417, "expectation_failed"},
        {"a method", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not_implemented"},
        {"a coding", GET("/") "Transfer-Encoding: gzip, chunked\r\n\r\n", 501,
         "not_implemented"},
        {"a version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "http_version"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client c = client_open(*state, 0);
        struct answer a;
        char want[600];

        client_say(&c, rows[i].request);
        a = client_answer(&c, false);
        if (a.status != rows[i].status)
            fail_msg("%s: %d, not %d", rows[i].why, a.status, rows[i].status);
        assert_string_equal(answer_header(&a, "Content-Type"),
                            "application/problem+json");
        assert_string_equal(answer_header(&a, "Connection"), "close");
        assert_true(like_a_date(answer_header(&a, "Date")));
        snprintf(want, sizeof want, "{\"code\":\"%s\",\"id\":\"%s\"}", rows[i].code,
                 answer_header(&a, "X-Request-Id"));
        assert_string_equal(a.body.data, want);
        client_expect_end(&c, rows[i].why);
        answer_done(&a);
        client_close(&c);
    }
    assert_int_equal(rig_stats(*state).requests, 0);
    assert_int_equal(rig_stats(*state).malformed, sizeof rows / sizeof *rows);
}

static void a_refusal_keeps_the_request_id_that_was_read(void **state)
{
    struct client c = client_open(*state, 0);
    struct answer a;

    client_say(&c, "POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n"
                   "Content-Length: 65537\r\n\r\n");
    a = client_answer(&c, false);
    assert_int_equal(a.status, 413);
    assert_string_equal(answer_header(&a, "X-Request-Id"), "mine");
    answer_done(&a);
    client_close(&c);
}

static void on_too_large(struct http_req *req, void *user)
{
    (void)user;
    http_add_header(req, "X-Whose", http_header(req, "x-name"));
    buf_printf(http_out(req), "%.*s %zu", (int)req->path.len, req->path.at,
               req->body.len);
    http_reply(req, 413, "text/plain");
}

static void a_body_that_is_too_large_can_be_refused_by_whom_it_was_for(void **state)
{
    static const char *const framings[] = {
        "Content-Length: 65537\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10000\r\nabc",
    };
    struct rig rig;

    (void)state;
    rig_init(&rig, on_request);
    rig.opts.on_too_large = on_too_large;
    rig_start(&rig);
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        struct client c = client_open(&rig, 0);
        struct answer a;

        client_say(&c, "POST /x HTTP/1.1\r\nHost: a\r\nX-Name: me\r\n");
        client_say(&c, framings[i]);
        a = client_answer(&c, false);
        assert_int_equal(a.status, 413);
        assert_string_equal(answer_header(&a, "X-Whose"), "me");
        assert_string_equal(answer_header(&a, "Connection"), "close");
        assert_string_equal(a.body.data, "/x 0");
        client_expect_end(&c, framings[i]);
        answer_done(&a);
        client_close(&c);
    }
    assert_int_equal(rig_stats(&rig).requests, 0);
    assert_int_equal(rig_stats(&rig).malformed, 2);
    rig_stop(&rig);
}

static void what_came_before_a_refusal_is_answered(void **state)
{
    struct client c = client_open(*state, 0);

    client_say(&c, GET("/") END "nonsense\r\n" GET("/") END);
    client_expect(&c, "a request", 200, "ok");
    client_expect(&c, "nonsense", 400, NULL);
    client_expect_end(&c, "and nothing more is read");
    client_close(&c);
}

static void names_limits_of_the_head(void **state)
{
    static const struct {
        const char *before, *after;
        size_t n;
        int status;
    } rows[] = {
        {"GET /", " HTTP/1.1\r\nHost: a\r\n\r\n", 5000, 414},
        {GET("/") "A: ", "\r\n\r\n", 20000, 431},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client c = client_open(*state, 0);
        struct buf b = {0};

        buf_text(&b, rows[i].before);
        memset(buf_reserve(&b, rows[i].n), 'a', rows[i].n);
        b.len += rows[i].n;
        buf_text(&b, rows[i].after);
        client_send(&c, b.data, b.len);
        client_expect(&c, "too long", rows[i].status, NULL);
        client_expect_end(&c, "too long");
        buf_done(&b);
        client_close(&c);
    }
}

/* The reset for a body that nobody reads may not overtake the answer. */
static void a_refused_body_does_not_eat_the_refusal(void **state)
{
    char part[3000] = {0};

    for (int i = 0; i < 20; i++) {
        struct client c = client_open(*state, 0);

        client_say(&c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
        for (int n = 0; n < 1000; n++)
            client_send(&c, part, sizeof part);
        client_expect(&c, "too large", 413, NULL);
        client_expect_end(&c, "too large");
        client_close(&c);
    }
    rig_await(*state, "nobody lingers", rig_none_open);
}

static void says_when_to_go_on(void **state)
{
    struct client c = client_open(*state, 0);
    struct answer a;

    client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                   "Expect: 100-continue\r\n\r\n");
    a = client_answer(&c, true);
    assert_int_equal(a.status, 100);
    answer_done(&a);
    client_say(&c, "abc");
    client_expect(&c, "the body came", 200, "POST /echo|/echo||abc");

    client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                   "Expect: 100-continue\r\n\r\nabc");
    client_expect(&c, "not asked for any more", 200, "POST /echo|/echo||abc");

    client_say(&c, GET("/echo") "Expect: 100-continue\r\n\r\n");
    client_expect(&c, "there is no body", 200, "GET /echo|/echo||");

    client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n"
                   "Expect: 100-continue\r\n\r\n");
    client_expect(&c, "better not", 413, NULL);
    client_expect_end(&c, "better not");
    client_close(&c);
}

/* ---- answers that come later ---- */

static void answers_later_and_in_order(void **state)
{
    struct rig *rig = *state;
    struct client c = client_open(rig, 0);

    client_say(&c, "POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                   "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    rig_await_held(rig);
    rig_on_loop(rig, answer_held, "late");
    client_expect(&c, "held", 200, "late /hold abc 127.0.0.1");
    client_expect(&c, "waited for it", 200, "GET /echo|/echo||");
    client_close(&c);
}

/* More than the read buffer holds may come while a request is being answered. */
static void a_flood_behind_a_held_request_waits(void **state)
{
    enum { N = 3000 };
    struct rig *rig = *state;
    struct client c = client_open(rig, 0);
    struct buf b = {0};

    client_say(&c, GET("/hold") END);
    rig_await_held(rig);
    for (int i = 0; i < N; i++)
        buf_text(&b, GET("/echo") END);
    client_send(&c, b.data, b.len);
    rig_on_loop(rig, answer_held, "late");
    client_expect(&c, "held", 200, "late /hold  127.0.0.1");
    for (int i = 0; i < N; i++)
        client_expect(&c, "behind it", 200, "GET /echo|/echo||");
    buf_done(&b);
    client_close(&c);
}

static void a_client_that_left_is_no_concern_of_the_handler(void **state)
{
    struct rig *rig = *state;

    for (int reset = 0; reset <= 1; reset++) {
        struct client c = client_open(rig, 0);

        client_say(&c,
                   "POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        rig_await_held(rig);
        if (reset) {
            client_vanish(&c);
            rig_await(rig, "the reset is noticed", rig_none_open);
        } else {
            client_close(&c);
        }
        rig_on_loop(rig, answer_held, "late");
        rig_await(rig, "the connection is gone", rig_none_open);
    }
}

static void a_client_that_left_half_still_gets_a_late_answer(void **state)
{
    struct rig *rig = *state;
    struct client c = client_open(rig, 0);

    client_say(&c, GET("/hold") END);
    shutdown(c.fd, SHUT_WR);
    rig_await_held(rig);
    rig_on_loop(rig, answer_held, "late");
    client_expect(&c, "held", 200, "late /hold  127.0.0.1");
    client_expect_end(&c, "held");
    client_close(&c);
}

/* The request outlives connection and server; only the handler ends it. */
static void a_held_request_survives_its_server(void **state)
{
    struct rig rig;
    struct client c;

    (void)state;
    rig_init(&rig, on_request);
    rig_start(&rig);
    c = client_open(&rig, 0);
    client_say(&c, GET("/hold") END);
    rig_await_held(&rig);
    rig_stop(&rig);
    answer_held(&rig, "nobody");
    client_close(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stays_open_as_long_as_was_asked),
        TEST(answers_pipelined_requests_in_order),
        TEST(answers_to_pipelined_requests_leave_together),
        TEST(what_follows_a_closing_request_is_not_read),
        TEST(understands_a_request_that_comes_byte_by_byte),
        TEST(a_client_that_has_said_all_gets_its_answer),
        TEST(refuses_with_a_problem_document_and_closes),
        TEST(a_refusal_keeps_the_request_id_that_was_read),
        cmocka_unit_test(a_body_that_is_too_large_can_be_refused_by_whom_it_was_for),
        TEST(what_came_before_a_refusal_is_answered),
        TEST(names_limits_of_the_head),
        TEST(a_refused_body_does_not_eat_the_refusal),
        TEST(says_when_to_go_on),
        TEST(answers_later_and_in_order),
        TEST(a_flood_behind_a_held_request_waits),
        TEST(a_client_that_left_is_no_concern_of_the_handler),
        TEST(a_client_that_left_half_still_gets_a_late_answer),
        cmocka_unit_test(a_held_request_survives_its_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
