/* WebSockets and event streams on a real loop and real sockets: what is published
 * reaches many watchers; slow ones get the newest; dead ones are let go; and an idle
 * one costs little memory. */
#include "lib/live_rig.h"

#include <malloc.h>
#include <sys/resource.h>

static void the_heads_are_complete(void **state)
{
    struct server *sv = *state;
    struct buf head = {0};
    int fd = dial(sv, 0);

    ask(fd, "/ws/1");
    read_to(fd, "\r\n\r\n", &head);
    assert_non_null(strstr(head.data, "HTTP/1.1 101 Switching Protocols\r\n"));
    assert_non_null(strstr(head.data, "\r\nSec-WebSocket-Accept: "
                                      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_non_null(
        strstr(head.data, "\r\nAccess-Control-Allow-Origin: https://a.example\r\n"));
    assert_non_null(strstr(head.data, "\r\nX-Request-Id: "));
    assert_non_null(strstr(head.data, "\r\nDate: "));
    close(fd);

    fd = dial(sv, 0);
    ask(fd, "/sse/1");
    read_to(fd, "\r\n\r\n", &head);
    assert_non_null(strstr(head.data, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(
        strstr(head.data, "\r\nAccess-Control-Allow-Origin: https://a.example\r\n"));
    assert_non_null(strstr(head.data, "\r\nX-Request-Id: "));
    assert_null(strstr(head.data, "Content-Length"));
    expect_event(fd, ":\n\n");
    close(fd);
    buf_done(&head);
}

static void an_update_reaches_everybody(void **state)
{
    enum { N = 100 };
    struct server *sv = *state;
    int fds[N];

    for (int i = 0; i < N; i++) {
        fds[i] = open_client(sv, i % 2 == 0 ? "/ws/1" : "/sse/1", 0);
        if (i % 2 == 0) {
            assert_int_equal(next_version(fds[i]), 1);
        } else {
            expect_event(fds[i], ":\n\n");
            expect_event(fds[i], "event: results\ndata: 1.1\n\n");
        }
    }
    publish(sv, SMALL);
    for (int i = 0; i < N; i++) {
        if (i % 2 == 0)
            assert_int_equal(next_version(fds[i]), 2);
        else
            expect_event(fds[i], "event: results\ndata: 1.2\n\n");
        close(fds[i]);
    }
    wait_until(sv, sv->n_watchers == 0);
}

static void a_websocket_converses(void **state)
{
    struct server *sv = *state;
    int fd = open_client(sv, "/ws/1", 0);
    struct buf out = {0}, got = {0};

    assert_int_equal(next_version(fd), 1);
    client_frame(&out, TEXT, "hel", 3);
    client_frame(&out, FIN | PING, "!", 1);
    client_frame(&out, FIN | CONT, "lo", 2);
    send_all(fd, buf_str(&out));
    assert_int_equal(read_frame(fd, &got), 0x8a);
    assert_string_equal(got.data, "!");
    assert_int_equal(read_frame(fd, &got), 0x81);
    assert_string_equal(got.data, "hello");

    out.len = 0;
    client_close(&out, 1000, "done");
    send_all(fd, buf_str(&out));
    assert_int_equal(read_frame(fd, &got), 0x88);
    assert_int_equal(got.len, 2);
    assert_memory_equal(got.data, "\x03\xe8", 2);
    expect_end(fd);
    wait_until(sv, sv->n_watchers == 0);
    buf_done(&out);
    buf_done(&got);
}

/* What a client says in the same breath as its handshake is not lost. */
static void a_hasty_client_is_heard(void **state)
{
    struct server *sv = *state;
    struct buf out = {0}, got = {0};
    int fd = dial(sv, 0);

    buf_text(&out, "GET /ws/1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                   "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    client_text(&out, "hasty");
    client_text(&out, "bye");
    send_all(fd, buf_str(&out));
    read_to(fd, "\r\n\r\n", &got);
    assert_int_equal(next_version(fd), 1);
    assert_int_equal(read_frame(fd, &got), 0x81);
    assert_string_equal(got.data, "hasty");
    assert_int_equal(read_frame(fd, &got), 0x81);
    assert_int_equal(read_frame(fd, &got), 0x88);
    assert_memory_equal(got.data,
                        "\x03\xe9"
                        "bye",
                        5);
    expect_end(fd);
    wait_until(sv, sv->n_watchers == 0);
    buf_done(&out);
    buf_done(&got);
}

static void a_client_that_errs_is_told_and_let_go(void **state)
{
    struct server *sv = *state;
    int fd = open_client(sv, "/ws/1", 0);
    struct buf got = {0};

    assert_int_equal(next_version(fd), 1);
    send_all(fd, STR("\x81\x05hello and more that nobody reads"));
    assert_int_equal(read_frame(fd, &got), 0x88);
    assert_memory_equal(got.data, "\x03\xea", 2);
    expect_end(fd);
    wait_until(sv, sv->n_watchers == 0);
    buf_done(&got);
}

static void a_slow_reader_gets_the_newest(void **state)
{
    enum { LAST = 40 };
    struct server *sv = *state;
    int quick = open_client(sv, "/patient/2", 0);
    int slow = open_client(sv, "/patient/2", 4096);
    unsigned n = 0, version = 0;

    assert_int_equal(next_version(quick), 1);
    for (unsigned v = 2; v <= LAST; v++) { /* the slow one holds nobody up */
        publish(sv, LARGE);
        assert_int_equal(next_version(quick), v);
    }
    wait_until(sv, sv->n_refused > 0);
    while (version < LAST) {
        unsigned next = next_version(slow);

        assert_true(next > version);
        version = next;
        n++;
    }
    assert_in_range(n, 2, LAST / 2);
    close(quick);
    close(slow);
    wait_until(sv, sv->n_watchers == 0);
}

static void a_dead_reader_is_let_go(void **state)
{
    struct server *sv = *state;
    int dead_ws = open_client(sv, "/ws/2", 4096);
    int dead_sse = open_client(sv, "/sse/2", 4096);
    int alive = open_client(sv, "/ws/1", 0);

    wait_until(sv, sv->n_watchers == 3);
    for (int i = 0; i < 20; i++) { /* more than the sockets' buffers hold */
        publish(sv, LARGE);
        publish(sv, SMALL);
        next_version(alive);
    }
    pass_until_watched_by(sv, 1);
    publish(sv, SMALL);
    while (next_version(alive) != 22)
        ;
    close(dead_ws);
    close(dead_sse);
    close(alive);
    wait_until(sv, sv->n_watchers == 0);
}

static void an_idle_connection_costs_little(void **state)
{
    enum { N = 1000, EACH_MAX = 1536 };
    static int fds[N];
    struct server *sv = *state;
    struct rlimit files;
    size_t before, after;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (int round = 0; round < 2; round++) { /* the first warms what is kept for all */
        before = mallinfo2().uordblks;
        for (int i = 0; i < N; i++) {
            fds[i] = open_client(sv, i % 2 == 0 ? "/ws/1" : "/sse/1", 0);
            if (i % 2 == 0)
                next_version(fds[i]);
        }
        wait_until(sv, sv->n_watchers == N);
        after = mallinfo2().uordblks;
        for (int i = 0; i < N; i++)
            close(fds[i]);
        wait_until(sv, sv->n_watchers == 0);
    }
    print_message("%zu bytes each\n", (after - before) / N);
    assert_true(after - before <= N * EACH_MAX); /* 0 with a sanitizer's allocator */
}

int main(void)
{
#define ON_SERVER(test) cmocka_unit_test_setup_teardown(test, start_server, stop_server)
    const struct CMUnitTest tests[] = {
        ON_SERVER(the_heads_are_complete),
        ON_SERVER(an_update_reaches_everybody),
        ON_SERVER(a_websocket_converses),
        ON_SERVER(a_hasty_client_is_heard),
        ON_SERVER(a_client_that_errs_is_told_and_let_go),
        ON_SERVER(a_slow_reader_gets_the_newest),
        ON_SERVER(a_dead_reader_is_let_go),
        ON_SERVER(an_idle_connection_costs_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
