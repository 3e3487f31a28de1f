/* What a client can take from the server, and for how long: time, connections,
 * descriptors. And how a server ends. */
#include <fcntl.h>
#include <sys/resource.h>

#include "lib/http_rig.h"

enum { SHORT_MS = 100, LARGE = 30000000 };

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static char *large_text; /* zeros that nobody reads to their end */

static void on_request(struct http_req *req, void *user)
{
    struct rig *rig = user;

    if (str_eq(req->path, STR("/hold"))) {
        rig->held = req;
    } else if (str_eq(req->path, STR("/large"))) {
        http_reply_static(req, 200, "text/plain", (struct str){large_text, LARGE});
    } else {
        buf_text(http_out(req), "ok");
        http_reply(req, 200, "text/plain");
    }
}

static void answer_held(struct rig *rig, void *user)
{
    struct http_req *req = rig->held;

    (void)user;
    rig->held = NULL;
    buf_text(http_out(req), "late");
    http_reply(req, 200, "text/plain");
}

/* ---- time ---- */

static void begin(struct rig *rig)
{
    rig_init(rig, on_request);
    rig->opts.idle_timeout_ms = SHORT_MS;
}

static bool two_open(const struct http_stats *s)
{
    return s->open == 2;
}

/* A second connection, beside the one of the test. It says nothing: when it has ended,
 * the server has looked who is overdue. */
static struct client open_silent(struct rig *rig)
{
    struct client silent = client_open(rig, 0);

    rig_await(rig, "both are in", two_open);
    return silent;
}

static void await_look(struct client *silent)
{
    client_expect_end(silent, "said nothing");
    client_close(silent);
}

/* More than a time limit passes, and the server has looked. */
static void pass_a_limit(struct rig *rig)
{
    struct client silent = open_silent(rig);

    rig_pass_ms(SHORT_MS + 1);
    await_look(&silent);
}

static uint32_t *limit_of(struct http_opts *o, const char *name)
{
    if (strcmp(name, "header") == 0)
        return &o->header_timeout_ms;
    if (strcmp(name, "body") == 0)
        return &o->body_timeout_ms;
    return strcmp(name, "idle") == 0 ? &o->idle_timeout_ms : &o->write_timeout_ms;
}

#define POST "POST / HTTP/1.1\r\nHost: a\r\n"

/* Time passes, and the client says a little more, until the server has had enough. */
static void drip_until_heard(struct client *c, const char *drip)
{
    uint64_t until = clock_mono_ms() + RIG_LIMIT_MS;
    struct pollfd p = {.fd = c->fd, .events = POLLIN};

    while (poll(&p, 1, 5) == 0 && clock_mono_ms() < until) {
        rig_pass_ms(SHORT_MS / 10);
        client_say(c, drip);
    }
}

static void a_slow_client_is_dropped_in_time(void **state)
{
    static const struct {
        const char *why, *limit, *before, *drip;
        int answers; /* to what came before */
        int status;  /* of the last answer; 0: none */
    } rows[] = {
        {"says nothing", "idle", "", "", 0, 0},
        {"says nothing more", "idle", GET("/"), "", 1, 0},
        {"half a request line", "header", "GET /", "", 0, 408},
        {"a byte now and then", "header", "GET /", "a", 0, 408},
        {"headers without end", "header", "GET / HTTP/1.1\r\n", "A: b\r\n", 0, 408},
        {"the second request", "header", GET("/") "GET /", "a", 1, 408},
        {"no body", "body", POST "Content-Length: 100\r\n\r\n", "", 0, 408},
        {"a slow body", "body", POST "Content-Length: 60000\r\n\r\n", "a", 0, 408},
        {"slow chunks", "body", POST "Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n",
         0, 408},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        struct client c;

        begin(&rig);
        rig.opts.idle_timeout_ms = UINT32_MAX;
        *limit_of(&rig.opts, rows[i].limit) = SHORT_MS;
        rig_start(&rig);
        c = client_open(&rig, 0);
        client_say(&c, rows[i].before);
        for (int n = 0; n < rows[i].answers; n++)
            client_expect(&c, rows[i].why, 200, "ok");
        drip_until_heard(&c, rows[i].drip);
        if (rows[i].status != 0)
            client_expect(&c, rows[i].why, rows[i].status, NULL);
        client_expect_end(&c, rows[i].why);
        if (atomic_load(&rig_passed_ms) < SHORT_MS)
            fail_msg("%s: too early", rows[i].why);
        assert_int_equal(rig_stats(&rig).timeouts, 1);
        client_close(&c);
        rig_stop(&rig);
    }
}

/* A connection that is used lives on, whether it is ever idle or never. */
static void time_limits_are_those_of_one_request(void **state)
{
    static const struct {
        const char *why, *first, *then;
    } rows[] = {
        {"whole requests", "", GET("/")},
        {"the next begins with the end of each", "GET / HTTP/1.1\r\n",
         "Host: a\r\n\r\nGET / HTTP/1.1\r\n"},
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig rig;
        struct client c, silent;

        begin(&rig);
        rig.opts.header_timeout_ms = SHORT_MS;
        rig_start(&rig);
        c = client_open(&rig, 0);
        client_say(&c, rows[i].first);
        silent = open_silent(&rig);
        for (int half = 0; half < 2; half++) {
            client_say(&c, rows[i].then);
            client_expect(&c, rows[i].why, 200, "ok");
            rig_pass_ms(SHORT_MS / 2 + 1);
        }
        await_look(&silent);
        client_say(&c, rows[i].then);
        client_expect(&c, rows[i].why, 200, "ok");
        client_close(&c);
        rig_stop(&rig);
    }
}

static void a_handler_may_take_its_time(void **state)
{
    struct rig rig;
    struct client c;

    (void)state;
    begin(&rig);
    rig.opts.header_timeout_ms = rig.opts.body_timeout_ms = rig.opts.write_timeout_ms =
        SHORT_MS;
    rig_start(&rig);
    c = client_open(&rig, 0);
    client_say(&c, GET("/hold"));
    rig_await_held(&rig);
    pass_a_limit(&rig);
    rig_on_loop(&rig, answer_held, NULL);
    client_expect(&c, "late", 200, "late");
    client_close(&c);
    rig_stop(&rig);
}

static bool none_open_in_a_while(const struct http_stats *s)
{
    rig_pass_ms(SHORT_MS / 10);
    return s->open == 0;
}

static void a_client_that_takes_no_answer_is_dropped(void **state)
{
    struct rig rig;
    struct client c;

    (void)state;
    begin(&rig);
    rig.opts.write_timeout_ms = SHORT_MS;
    rig.send_buffer = 4096;
    rig_start(&rig);
    c = client_open(&rig, 4096);
    client_say(&c, GET("/large"));
    while (c.in.len == 0 && client_receive(&c))
        ;
    rig_await(&rig, "dropped", none_open_in_a_while);
    assert_int_equal(rig_stats(&rig).timeouts, 1);
    client_close(&c);
    rig_stop(&rig);
}

static void take(struct client *c, size_t bytes)
{
    while (c->in.len < bytes)
        assert_true(client_receive(c));
    c->in.len = 0;
}

/* What it takes in a time limit is more than the buffers on the way hold. */
static void a_client_that_takes_it_slowly_is_not_yet(void **state)
{
    struct rig rig;
    struct client c;

    (void)state;
    begin(&rig);
    rig.opts.write_timeout_ms = SHORT_MS;
    rig.send_buffer = 16384;
    rig_start(&rig);
    c = client_open(&rig, 65536);
    client_say(&c, GET("/large"));
    for (int i = 0; i < 4; i++) {
        take(&c, LARGE / 10);
        pass_a_limit(&rig);
    }
    take(&c, LARGE / 10);
    assert_int_equal(rig_stats(&rig).open, 1);
    rig_await(&rig, "dropped when it takes no more", none_open_in_a_while);
    client_close(&c);
    rig_stop(&rig);
}

/* ---- connections ---- */

static void refuses_more_connections_than_its_cap(void **state)
{
    struct rig rig;
    struct client a, b, more;
    struct answer refusal;

    (void)state;
    rig_init(&rig, on_request);
    rig.opts.max_conns = 2;
    rig_start(&rig);
    a = client_open(&rig, 0);
    b = client_open(&rig, 0);
    rig_await(&rig, "both are in", two_open);
    for (int i = 0; i < 100; i++) {
        more = client_open(&rig, 0);
        client_say(&more, GET("/"));
        refusal = client_answer(&more, false);
        if (i < 10) { /* told so; in a flood some are only closed */
            assert_int_equal(refusal.status, 503);
            assert_string_equal(answer_header(&refusal, "Retry-After"), "1");
            assert_string_equal(answer_header(&refusal, "Content-Type"),
                                "application/problem+json");
            client_expect_end(&more, "refused");
        }
        answer_done(&refusal);
        client_close(&more);
    }
    assert_int_equal(rig_stats(&rig).refused, 100);

    client_say(&a, GET("/"));
    client_expect(&a, "those within are served", 200, "ok");
    client_close(&b);
    client_close(&a);
    rig_await(&rig, "all have gone", rig_none_open);
    a = client_open(&rig, 0);
    client_say(&a, GET("/"));
    client_expect(&a, "there is room again", 200, "ok");
    client_close(&a);
    rig_stop(&rig);
}

/* ---- descriptors ---- */

static struct rlimit descriptors;

static int keep_descriptors(void **state)
{
    (void)state;
    return getrlimit(RLIMIT_NOFILE, &descriptors);
}

/* Also when the test has failed: the next ones need some. */
static int restore_descriptors(void **state)
{
    (void)state;
    return setrlimit(RLIMIT_NOFILE, &descriptors);
}

static size_t fill_descriptors(int *fds, size_t max)
{
    size_t n = 0;

    while (n < max && (fds[n] = fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0)
        n++;
    assert_true(n < max);
    return n;
}

static void without_descriptors_it_says_so_and_goes_on(void **state)
{
    enum { N = 5, MAX = 400 };
    struct rlimit low = {.rlim_cur = 300, .rlim_max = descriptors.rlim_max};
    struct rig rig;
    struct client clients[N], inside;
    int fds[MAX];
    size_t n;

    (void)state;
    rig_init(&rig, on_request);
    rig_start(&rig);
    inside = client_open(&rig, 0);
    client_say(&inside, GET("/"));
    client_expect(&inside, "it is in", 200, "ok");

    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int i = 0; i < N; i++) /* while there are descriptors: the server uses any */
        clients[i] = client_new(0);
    n = fill_descriptors(fds, MAX);
    for (int i = 0; i < N; i++) {
        client_connect(&clients[i], &rig);
        client_expect(&clients[i], "no descriptor is left", 503, NULL);
        client_expect_end(&clients[i], "refused");
    }
    client_say(&inside, GET("/"));
    client_expect(&inside, "those within are served", 200, "ok");
    assert_int_equal(rig_stats(&rig).refused, N);
    assert_int_equal(rig_stats(&rig).open, 1);

    for (int i = 0; i < N; i++)
        client_close(&clients[i]);
    while (n > 0)
        close(fds[--n]);
    clients[0] = client_open(&rig, 0);
    client_say(&clients[0], GET("/"));
    client_expect(&clients[0], "it goes on", 200, "ok");
    client_close(&clients[0]);
    client_close(&inside);
    rig_stop(&rig);
}

/* ---- the end ---- */

struct drain {
    sem_t drained;
    struct rig *rig;
};

static void on_drained(void *user)
{
    struct drain *d = user;

    d->rig->server = http_server_free(d->rig->server); /* that is allowed */
    sem_post(&d->drained);
}

static void start_drain(struct rig *rig, void *user)
{
    http_drain(rig->server, on_drained, user);
}

static void drains_what_it_has_begun(void **state)
{
    struct rig rig;
    struct drain d = {.rig = &rig};
    struct client idle, half, held, answered;
    struct answer a;

    (void)state;
    sem_init(&d.drained, 0, 0);
    rig_init(&rig, on_request);
    rig_start(&rig);
    idle = client_open(&rig, 0);
    client_say(&idle, GET("/"));
    client_expect(&idle, "before", 200, "ok");
    half = client_open(&rig, 0);
    client_say(&half, GET("/") "GET / HTTP");
    client_expect(&half, "before", 200, "ok");
    held = client_open(&rig, 0);
    client_say(&held, GET("/hold"));
    rig_await_held(&rig);

    rig_on_loop(&rig, start_drain, &d);
    client_expect_end(&idle, "idle ones are closed");
    client_say(&half, "/1.1\r\nHost: a\r\n\r\n");
    answered = half;
    a = client_answer(&answered, false);
    assert_int_equal(a.status, 200);
    assert_string_equal(answer_header(&a, "Connection"), "close");
    answer_done(&a);
    client_expect_end(&answered, "its last answer");
    assert_int_equal(sem_trywait(&d.drained), -1);

    rig_on_loop(&rig, answer_held, NULL);
    a = client_answer(&held, false);
    assert_string_equal(a.body.data, "late");
    assert_string_equal(answer_header(&a, "Connection"), "close");
    answer_done(&a);
    client_expect_end(&held, "its last answer");
    sem_wait(&d.drained);
    client_close(&idle);
    client_close(&answered);
    client_close(&held);
    rig_stop(&rig);
    sem_destroy(&d.drained);
}

static void has_nothing_to_drain(void **state)
{
    struct rig rig;
    struct drain d = {.rig = &rig};

    (void)state;
    sem_init(&d.drained, 0, 0);
    rig_init(&rig, on_request);
    rig_start(&rig);
    rig_on_loop(&rig, start_drain, &d);
    sem_wait(&d.drained);
    rig_stop(&rig);
    sem_destroy(&d.drained);
}

static void ends_with_connections_in_every_state(void **state)
{
    static const char *const said[] = {"",
                                       "GET /",
                                       GET("/"),
                                       GET("/large"),
                                       POST "Content-Length: 5\r\n\r\na",
                                       "nonsense\r\n"};
    enum { N = sizeof said / sizeof *said };
    struct client c[N];
    struct rig rig;

    (void)state;
    rig_init(&rig, on_request);
    rig.send_buffer = 4096;
    rig_start(&rig);
    for (int i = 0; i < N; i++) {
        c[i] = client_open(&rig, 4096);
        client_say(&c[i], said[i]);
    }
    while (!client_receive(&c[N - 1]))
        ;
    rig_stop(&rig);
    for (int i = 0; i < N; i++)
        client_close(&c[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_client_is_dropped_in_time),
        cmocka_unit_test(time_limits_are_those_of_one_request),
        cmocka_unit_test(a_handler_may_take_its_time),
        cmocka_unit_test(a_client_that_takes_no_answer_is_dropped),
        cmocka_unit_test(a_client_that_takes_it_slowly_is_not_yet),
        cmocka_unit_test(refuses_more_connections_than_its_cap),
        cmocka_unit_test_setup_teardown(without_descriptors_it_says_so_and_goes_on,
                                        keep_descriptors, restore_descriptors),
        cmocka_unit_test(drains_what_it_has_begun),
        cmocka_unit_test(has_nothing_to_drain),
        cmocka_unit_test(ends_with_connections_in_every_state),
    };
    int rc;

    large_text = mem_zalloc(1, LARGE);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    mem_free(large_text);
    return rc;
}
