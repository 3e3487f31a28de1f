/* What a handler sees of a request and a client of its answer, over real sockets. */
#include "lib/http_rig.h"

enum { LARGE = 3000000 };

static char large_text[LARGE];

static const char *const method_names[] = {"GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS"};

static void answer_echo(struct http_req *req)
{
    buf_printf(http_out(req), "%s %.*s|%.*s|%.*s|%.*s", method_names[req->method],
               (int)req->target.len, req->target.at, (int)req->path.len, req->path.at,
               (int)req->query.len, req->query.at, (int)req->body.len, req->body.at);
    http_reply(req, 200, "text/plain");
}

static void answer_headers(struct http_req *req)
{
    struct str a = http_header(req, "x-a"), none = http_header(req, "x-none");
    struct str c = http_cookie(req, "c");

    buf_printf(http_out(req), "%.*s|%s|%.*s|%s|%.*s|1.%d", (int)a.len, a.at,
               none.at == NULL ? "none" : "some", (int)c.len, c.at,
               c.at == NULL ? "none" : "some", (int)req->peer.len, req->peer.at,
               req->http_minor);
    http_reply(req, 200, "text/plain");
}

static int add_value(struct str value, void *user)
{
    buf_printf(user, "[%.*s]", (int)value.len, value.at);
    return 0;
}

static void answer_query(struct http_req *req)
{
    struct buf decoded = {0};
    struct str value = {NULL, 0};
    int rc = http_query(req, "a", &decoded, &value);

    buf_printf(http_out(req), "%s:%.*s:", rc == 0 ? "ok" : err_code(rc), (int)value.len,
               value.at);
    rc = http_query_each(req, "a", add_value, http_out(req));
    buf_text(http_out(req), rc == 0 ? ":ok" : ":bad");
    buf_done(&decoded);
    http_reply(req, 200, "text/plain");
}

static void on_request(struct http_req *req, void *user)
{
    (void)user;
    if (str_eq(req->path, STR("/echo"))) {
        answer_echo(req);
    } else if (str_eq(req->path, STR("/headers"))) {
        answer_headers(req);
    } else if (str_eq(req->path, STR("/query"))) {
        answer_query(req);
    } else if (str_eq(req->path, STR("/204"))) {
        buf_text(http_out(req), "never sent");
        http_reply(req, 204, NULL);
    } else if (str_eq(req->path, STR("/304"))) {
        http_add_header(req, "ETag", STR("\"1\""));
        http_reply(req, 304, NULL);
    } else if (str_eq(req->path, STR("/large"))) {
        buf_add(http_out(req), large_text, LARGE);
        http_reply(req, 200, "text/plain");
    } else if (str_eq(req->path, STR("/like-echo"))) {
        req->headers_path = STR("/echo");
        http_reply(req, 204, NULL);
    } else if (str_eq(req->path, STR("/static"))) {
        http_reply_static(req, 200, "text/plain", (struct str){large_text, LARGE});
    } else {
        http_add_header(req, "X-Ours", STR("1"));
        buf_text(http_out(req), req->path.len != 0 ? "ok" : "no path");
        http_reply(req, 200, "text/plain; charset=utf-8");
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

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n"
#define END "\r\n"

/* ---- what an answer holds ---- */

static void answers_carry_date_id_type_and_length(void **state)
{
    struct client c = client_open(*state, 0);
    struct answer a;
    char first_id[512];

    client_say(&c, GET("/") END);
    a = client_answer(&c, false);
    assert_int_equal(a.status, 200);
    assert_true(like_a_date(answer_header(&a, "Date")));
    snprintf(first_id, sizeof first_id, "%s", answer_header(&a, "X-Request-Id"));
    assert_int_equal(strlen(first_id), 17);
    assert_string_equal(answer_header(&a, "Content-Type"), "text/plain; charset=utf-8");
    assert_string_equal(answer_header(&a, "Content-Length"), "2");
    assert_string_equal(answer_header(&a, "X-Ours"), "1");
    assert_null(answer_header(&a, "Connection"));
    assert_string_equal(a.body.data, "ok");
    answer_done(&a);

    client_say(&c, GET("/") END);
    a = client_answer(&c, false);
    assert_string_not_equal(answer_header(&a, "X-Request-Id"), first_id);
    answer_done(&a);
    client_close(&c);
}

static void an_answer_holds_nothing_of_the_one_before(void **state)
{
    struct client c = client_open(*state, 0);
    struct answer a;

    client_say(&c, GET("/") END);
    client_expect(&c, "with a header of ours", 200, "ok");
    client_say(&c, GET("/echo") END);
    a = client_answer(&c, false);
    assert_null(answer_header(&a, "X-Ours"));
    assert_string_equal(a.body.data, "GET /echo|/echo||");
    answer_done(&a);
    client_close(&c);
}

static void keeps_a_safe_request_id(void **state)
{
    char longest[129], longer[130];
    const struct {
        const char *why, *id;
        bool kept;
    } rows[] = {
        {"plain", "abc-123_X.~", true},   {"like a path", "a/b:c+d=@", true},
        {"the longest", longest, true},   {"longer", longer, false},
        {"a blank inside", "a b", false}, {"a quote", "a\"b", false},
        {"markup", "<b>", false},         {"not ASCII", "\xc3\xa4", false},
        {"nothing", "", false},
    };
    struct client c = client_open(*state, 0);

    memset(longest, 'a', sizeof longest - 1);
    longest[128] = '\0';
    memset(longer, 'a', sizeof longer - 1);
    longer[129] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct answer a;
        struct buf b = {0};

        buf_printf(&b, GET("/") "X-Request-ID: %s\r\n\r\n", rows[i].id);
        client_send(&c, b.data, b.len);
        a = client_answer(&c, false);
        if ((strcmp(answer_header(&a, "X-Request-Id"), rows[i].id) == 0) !=
            rows[i].kept)
            fail_msg("%s: %s", rows[i].why, answer_header(&a, "X-Request-Id"));
        answer_done(&a);
        buf_done(&b);
    }
    client_close(&c);
}

static void answers_head_like_get_without_the_body(void **state)
{
    struct client c = client_open(*state, 0);
    static const char *const paths[] = {"/", "/large", "/static"};
    static const char *const lengths[] = {"2", "3000000", "3000000"};

    for (int i = 0; i < 3; i++) {
        struct buf b = {0};
        struct answer a;

        buf_printf(&b, "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
        client_send(&c, b.data, b.len);
        a = client_answer(&c, true);
        assert_int_equal(a.status, 200);
        assert_string_equal(answer_header(&a, "Content-Length"), lengths[i]);
        answer_done(&a);
        buf_done(&b);
    }
    client_say(&c, GET("/") END);
    client_expect(&c, "the answer to the next request follows at once", 200, "ok");
    client_close(&c);
}

static void sends_no_body_where_there_may_be_none(void **state)
{
    struct client c = client_open(*state, 0);
    struct answer a;

    client_say(&c, GET("/204") END GET("/304") END GET("/") END);
    a = client_answer(&c, true);
    assert_int_equal(a.status, 204);
    assert_null(answer_header(&a, "Content-Length"));
    answer_done(&a);
    a = client_answer(&c, true);
    assert_int_equal(a.status, 304);
    assert_null(answer_header(&a, "Content-Length"));
    assert_string_equal(answer_header(&a, "ETag"), "\"1\"");
    answer_done(&a);
    client_expect(&c, "nothing in between", 200, "ok");
    client_close(&c);
}

static void sends_large_answers_whole(void **state)
{
    static const char *const requests[] = {GET("/large") END, GET("/static") END};

    for (int i = 0; i < 2; i++) {
        struct client c = client_open(*state, 4096);
        struct answer a;

        client_say(&c, requests[i]);
        client_say(&c, GET("/") END); /* has to wait */
        a = client_answer(&c, false);
        assert_int_equal(a.status, 200);
        assert_int_equal(a.body.len, LARGE + 1);
        assert_memory_equal(a.body.data, large_text, LARGE);
        answer_done(&a);
        client_expect(&c, "the one that waited", 200, "ok");
        client_close(&c);
    }
}

/* ---- what a handler sees ---- */

static void hands_over_what_was_sent(void **state)
{
    static const struct {
        const char *why, *request, *want;
    } rows[] = {
        {"a query", GET("/echo?a=b?c") END, "GET /echo?a=b?c|/echo|a=b?c|"},
        {"OPTIONS", "OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n",
         "OPTIONS /echo|/echo||"},
        {"DELETE", "DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n", "DELETE /echo|/echo||"},
        {"a body", "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
         "PUT /echo|/echo||abc"},
        {"chunks",
         "PATCH /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
         "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
         "PATCH /echo|/echo||abc"},
        {"absolute", GET("http://a/echo?b") END, "GET http://a/echo?b|/echo|b|"},
    };
    struct client c = client_open(*state, 0);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        client_say(&c, rows[i].request);
        client_expect(&c, rows[i].why, 200, rows[i].want);
    }
    client_close(&c);
}

static void an_absolute_target_may_have_no_path(void **state)
{
    struct client c = client_open(*state, 0);

    client_say(&c, GET("http://a") END);
    client_expect(&c, "it is /", 200, "ok");
    client_close(&c);
}

static void finds_headers_and_cookies(void **state)
{
    static const struct {
        const char *why, *headers, *want;
    } rows[] = {
        {"none", "", "|none||none|127.0.0.1|1.1"},
        {"one", "X-A: b\r\n", "b|none||none|127.0.0.1|1.1"},
        {"in capitals", "X-A:   B \r\n", "B|none||none|127.0.0.1|1.1"},
        {"two lines", "x-a: b\r\nX-B: x\r\nX-A: c\r\n",
         "b, c|none||none|127.0.0.1|1.1"},
        {"three, one empty", "x-a: b\r\nX-A:\r\nX-A: c\r\n",
         "b, , c|none||none|127.0.0.1|1.1"},
        {"a cookie", "Cookie: c=1\r\n", "|none|1|some|127.0.0.1|1.1"},
        {"among others", "Cookie: a=b; c=1=2; d=e\r\n", "|none|1=2|some|127.0.0.1|1.1"},
        {"in a second line", "Cookie: a=b\r\nCookie: c=2\r\n",
         "|none|2|some|127.0.0.1|1.1"},
        {"quoted", "Cookie: c=\"3\"\r\n", "|none|3|some|127.0.0.1|1.1"},
        {"the first counts", "Cookie: c=4; c=5\r\n", "|none|4|some|127.0.0.1|1.1"},
        {"part of a name", "Cookie: cc=1; xc=2\r\n", "|none||none|127.0.0.1|1.1"},
        {"no value first", "Cookie: c; c=6\r\n", "|none|6|some|127.0.0.1|1.1"},
        {"no value", "Cookie: c\r\n", "|none||none|127.0.0.1|1.1"},
        {"names differ by case", "Cookie: C=1\r\n", "|none||none|127.0.0.1|1.1"},
    };
    struct client c = client_open(*state, 0);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        client_say(&c, GET("/headers"));
        client_say(&c, rows[i].headers);
        client_say(&c, END);
        client_expect(&c, rows[i].why, 200, rows[i].want);
    }
    client_close(&c);
}

static void decodes_the_query(void **state)
{
    static const struct {
        const char *why, *target, *want;
    } rows[] = {
        {"none", "/query",
         "not_found::"
         ":ok"},
        {"another", "/query?b=1&aa=2",
         "not_found::"
         ":ok"},
        {"one", "/query?b=1&a=2", "ok:2:[2]:ok"},
        {"no value", "/query?a", "ok::[]:ok"},
        {"empty", "/query?a=&b", "ok::[]:ok"},
        {"several", "/query?a=1&b=2&a=3", "ok:1:[1][3]:ok"},
        {"escapes", "/query?a=%C3%a4+b%2Bc%26", "ok:\xc3\xa4 b+c&:[\xc3\xa4 b+c&]:ok"},
        {"an escaped name", "/query?%61=1", "ok:1:[1]:ok"},
        {"= in the value", "/query?a=b=c", "ok:b=c:[b=c]:ok"},
        {"half an escape", "/query?a=%4",
         "bad_request::"
         ":bad"},
        {"no escape", "/query?a=%4g",
         "bad_request::"
         ":bad"},
        {"an escaped NUL", "/query?a=%00",
         "bad_request::"
         ":bad"},
        {"not UTF-8", "/query?a=%ff",
         "bad_request::"
         ":bad"},
        {"the second is not", "/query?a=1&a=%ff", "ok:1:[1]:bad"},
    };
    struct client c = client_open(*state, 0);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};

        buf_printf(&b, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", rows[i].target);
        client_send(&c, b.data, b.len);
        client_expect(&c, rows[i].why, 200, rows[i].want);
        buf_done(&b);
    }
    client_close(&c);
}

/* ---- the cap of its body ---- */

static size_t allow_images(const struct http_req *req, void *user)
{
    (void)user;
    return str_eq(req->path, STR("/echo")) && http_header(req, "x-a").len != 0 ? 200000
                                                                               : 10;
}

static void the_cap_of_a_body_can_depend_on_its_request(void **state)
{
    struct rig rig;
    struct client c;
    struct answer a;

    (void)state;
    rig_init(&rig, on_request);
    rig.opts.on_head = allow_images;
    rig_start(&rig);

    c = client_open(&rig, 0);
    client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n"
                   "X-A: 1\r\n\r\n");
    client_send(&c, large_text, 200000);
    a = client_answer(&c, false);
    assert_int_equal(a.status, 200);
    assert_memory_equal(a.body.data + strlen("POST /echo|/echo||"), large_text, 200000);
    answer_done(&a);
    client_say(&c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
    client_expect(&c, "over ten", 413, NULL);
    client_close(&c);
    rig_stop(&rig);
}

static struct str lines_of(struct str path)
{
    return str_starts(path, STR("/e")) ? STR("X-Path: e\r\nX-More: 1\r\n")
                                       : STR("X-Path: other\r\n");
}

static void every_answer_carries_the_lines_of_its_path(void **state)
{
    static const struct {
        const char *why, *sent, *want;
        int status;
    } rows[] = {
        {"an answer", GET("/echo") END, "e", 200},
        {"without a body", GET("/204") END, "other", 204},
        {"not modified", GET("/304") END, "other", 304},
        {"from where it is", GET("/static") END, "other", 200},
        {"as if at another path", GET("/like-echo") END, "e", 204},
        {"refused when it was read",
         "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "e",
         413},
        {"never read", "nonsense\r\n\r\n", "other", 400},
    };
    struct rig rig;

    (void)state;
    rig_init(&rig, on_request);
    rig.opts.path_headers = lines_of;
    rig_start(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client c = client_open(&rig, 0);
        struct answer a;

        client_say(&c, rows[i].sent);
        a = client_answer(&c, false);
        assert_int_equal(a.status, rows[i].status);
        assert_string_equal(answer_header(&a, "X-Path"), rows[i].want);
        if (rows[i].want[0] == 'e')
            assert_string_equal(answer_header(&a, "X-More"), "1");
        answer_done(&a);
        client_close(&c);
    }
    rig_stop(&rig);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_carry_date_id_type_and_length),
        TEST(an_answer_holds_nothing_of_the_one_before),
        TEST(keeps_a_safe_request_id),
        TEST(answers_head_like_get_without_the_body),
        TEST(sends_no_body_where_there_may_be_none),
        TEST(sends_large_answers_whole),
        TEST(hands_over_what_was_sent),
        TEST(an_absolute_target_may_have_no_path),
        TEST(finds_headers_and_cookies),
        TEST(decodes_the_query),
        cmocka_unit_test(the_cap_of_a_body_can_depend_on_its_request),
        cmocka_unit_test(every_answer_carries_the_lines_of_its_path),
    };

    for (size_t i = 0; i < LARGE; i++)
        large_text[i] = (char)('a' + i % 26);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
