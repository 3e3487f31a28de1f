/* A connection after HTTP: taking it over, bytes both ways, slow readers. */
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "lib/stream_rig.h"

/* ---- receiving ---- */

static void bytes_come_as_they_were_sent(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take") "abc\nd", 0); /* some with the request */
    client_say(&c, "ef");
    client_say(&c, "\n");
    await_owner(&rig, "two lines", got_both);
    client_close(&c);
    await_owner(&rig, "the peer has gone", is_closed);
    finish(&rig);
}

static void what_is_not_used_is_bounded(void **state)
{
    static const struct {
        const char *why;
        size_t n;
        bool open;
    } rows[] = {{"as much as may be", 64, true}, {"one more", 65, false}};

    (void)state;
    for (int with_request = 0; with_request <= 1; with_request++) {
        for (size_t i = 0; i < 2; i++) {
            struct rig rig;
            struct scene sc;
            struct client c;
            struct buf b = {0};

            begin(&rig, &sc, 0);
            buf_text(&b, GET("/take"));
            if (!with_request) {
                c = open_stream(&rig, GET("/take"), 0);
                b.len = 0;
            }
            for (size_t n = 0; n < rows[i].n; n++)
                buf_char(&b, 'a');
            buf_char(&b, '\0');
            if (with_request) {
                b.len--;
                c = open_stream(&rig, b.data, 0);
            } else {
                client_say(&c, b.data);
            }
            if (rows[i].open) {
                await_owner(&rig, "it came alone", was_asked);
                client_say(&c, "\nabc\ndef\n");
                shutdown(c.fd, SHUT_WR);
            }
            await_owner(&rig, rows[i].why, is_closed);
            assert_int_equal(sc.owners[0].got.len, rows[i].open ? rows[i].n + 9 : 0);
            buf_done(&b);
            client_close(&c);
            finish(&rig);
        }
    }
}

static void an_error_of_its_owner_ends_it(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take"), 0);
    client_say(&c, "#");
    await_owner(&rig, "ended", is_closed);
    client_close(&c);
    finish(&rig);
}

static void a_stream_without_on_data_ignores_its_peer(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    sc.greet = true;
    c = open_stream(&rig, GET("/deaf") "whatever", 0);
    for (int i = 0; i < 100; i++)
        client_say(&c, "and so on, and so on, and so on, and so on, and so on");
    expect_bytes(&c, "it is alive", "hello\n");
    client_close(&c);
    await_owner(&rig, "the peer has gone", is_closed);
    finish(&rig);
}

/* ---- taking over ---- */

static void take_held(struct rig *rig, void *user)
{
    struct http_req *req = rig->held;

    (void)user;
    rig->held = NULL;
    take(rig, req, &ops);
}

static void can_be_taken_over_later(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = client_open(&rig, 0);
    client_say(&c, GET("/") GET("/later") "abc\ndef\n");
    client_expect(&c, "what came before", 200, "ok");
    rig_await_held(&rig);
    rig_on_loop(&rig, take_held, NULL);
    expect_bytes(&c, "the head", HEAD);
    await_owner(&rig, "what came with the request", got_both);
    assert_int_equal(rig_stats(&rig).open, 0);
    assert_int_equal(rig_stats(&rig).streams, 1);
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    assert_int_equal(rig_stats(&rig).streams, 0);
    finish(&rig);
}

static void nothing_is_left_to_take_over(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = client_open(&rig, 0);
    client_say(&c, GET("/later"));
    rig_await_held(&rig);
    client_vanish(&c);
    rig_await(&rig, "the reset is noticed", rig_none_open);
    rig_on_loop(&rig, take_held, NULL);
    assert_null(sc.owners[0].stream);
    assert_int_equal(sc.owners[0].n_closed, 0);
    finish(&rig);
}

static void answers_before_it_leave_first(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = client_open(&rig, 0);
    client_say(&c, GET("/") GET("/") GET("/take"));
    client_expect(&c, "the first", 200, "ok");
    client_expect(&c, "the second", 200, "ok");
    expect_bytes(&c, "then the head", HEAD);
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    finish(&rig);
}

/* ---- sending ---- */

static void send_controls(struct rig *rig, void *user)
{
    struct stream *s = scene_of(rig)->owners[0].stream;
    char text[STREAM_CONTROL_MAX];

    (void)user;
    assert(scene_of(rig)->owners[0].n_writable == 0);
    memset(text, 'c', sizeof text);
    stream_control(s, text, 500);
    stream_control(s, text, 13); /* dropped */
    stream_control(s, text, 12);
    stream_control(s, text, 1); /* dropped */
}

static void a_slow_reader_gets_every_frame_that_was_taken(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    unsigned n = 0;
    size_t i;

    (void)state;
    begin(&rig, &sc, 4096);
    c = open_stream(&rig, GET("/take"), 4096);
    rig_on_loop(&rig, fill, &n);
    rig_on_loop(&rig, send_controls, NULL);
    assert_true(n > 0);
    while (c.in.len < n * (size_t)FRAME + STREAM_CONTROL_MAX)
        assert_true(client_receive(&c));
    for (i = 0; i < n * (size_t)FRAME; i++)
        assert_int_equal(c.in.data[i], 'f');
    for (; i < c.in.len; i++) /* after the frames, and no more than fits */
        assert_int_equal(c.in.data[i], 'c');
    assert_int_equal(c.in.len, n * (size_t)FRAME + STREAM_CONTROL_MAX);

    await_owner(&rig, "not busy any more", is_writable_again);
    c.in.len = 0;
    rig_on_loop(&rig, fill, &n); /* and it takes more */
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    finish(&rig);
}

/* ---- what waits in the kernel ---- */

enum { SMALL_FRAME = 1000, SMALL_BUFFER = 4096, ROUNDS = 300, A_ROUND = 10 };

/* The server's end of a client's connection: all is in this process. */
static int other_end(const struct client *c)
{
    struct sockaddr_in own, peer;
    socklen_t len = sizeof own;

    getsockname(c->fd, (struct sockaddr *)&own, &len);
    for (int fd = 0; fd < 1024; fd++) {
        len = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
            peer.sin_port == own.sin_port)
            return fd;
    }
    fail_msg("there is no other end");
    return -1;
}

static int value_of(int fd, int level, int option)
{
    socklen_t len = sizeof(int);
    int value = -1;

    assert_int_equal(getsockopt(fd, level, option, &value, &len), 0);
    return value;
}

static struct frame *numbered_frame(unsigned n)
{
    char text[SMALL_FRAME];

    memset(text, '.', sizeof text);
    memcpy(text, &n, sizeof n);
    return frame_new(text, sizeof text, 0);
}

/* Small frames until one is not taken: *user is how many were. */
static void fill_with_small(struct rig *rig, void *user)
{
    struct stream *s = scene_of(rig)->owners[0].stream;
    unsigned *n = user;
    struct frame *f = numbered_frame(0);

    while (*n < 100000 && stream_send(s, f))
        ++*n;
    frame_unref(f);
}

static int in_client(const struct client *c)
{
    int n = 0;

    assert_int_equal(ioctl(c->fd, FIONREAD, &n), 0);
    return n;
}

static void one_frame_waits_wherever_it_waits(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    uint64_t until = clock_mono_ms() + RIG_LIMIT_MS;
    unsigned n = 0;
    int fd;

    (void)state;
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take"), SMALL_BUFFER);
    fd = other_end(&c);
    assert_int_equal(value_of(fd, SOL_SOCKET, SO_SNDBUF), 2 * STREAM_SEND_BYTES);
    assert_int_equal(value_of(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 1);
    rig_on_loop(&rig, fill_with_small, &n);
    assert_true(n > 0 && n < 100000);
    /* One waits in the kernel, one here: all others have reached the client. */
    while ((int)(n * SMALL_FRAME) - in_client(&c) > 2 * SMALL_FRAME &&
           clock_mono_ms() < until)
        poll(NULL, 0, 1);
    assert_true((int)(n * SMALL_FRAME) - in_client(&c) <= 2 * SMALL_FRAME);
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    finish(&rig);
}

/* Some more states come to be; each is sent unless the reader is busy. */
static void publish_some(struct rig *rig, void *user)
{
    struct stream *s = scene_of(rig)->owners[0].stream;
    unsigned *newest = user;

    assert(s != NULL); /* it reads: it is not disconnected */
    for (int i = 0; i < A_ROUND; i++) {
        struct frame *f = numbered_frame(++*newest);

        stream_send(s, f);
        frame_unref(f);
    }
}

/* A reader that takes one state while ten come to be gets ever newer ones: how old they
 * are is what fits into its own buffer, however long it reads. */
static void a_slow_reader_sees_new_states_for_as_long_as_it_reads(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    unsigned newest = 0, seen = 0, last = 0;

    (void)state;
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take"), SMALL_BUFFER);
    for (unsigned i = 0; i < ROUNDS; i++) {
        char text[SMALL_FRAME];

        rig_on_loop(&rig, publish_some, &newest);
        assert_int_equal(recv(c.fd, text, sizeof text, MSG_WAITALL), sizeof text);
        memcpy(&seen, text, sizeof seen);
        assert_true(seen > last);
        assert_true(newest - seen <= A_ROUND * (2 * SMALL_BUFFER / SMALL_FRAME + 3));
        last = seen;
    }
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    finish(&rig);
}

/* The kernel may take some more until its buffers are full: that is progress. */
static bool is_closed_in_a_while(const struct owner *o)
{
    rig_pass_ms(RIG_LIMIT_MS / 10);
    return is_closed(o);
}

static void a_reader_that_takes_nothing_is_disconnected(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    unsigned n;

    (void)state;
    begin(&rig, &sc, 4096);
    c = open_stream(&rig, GET("/take"), 4096);
    rig_on_loop(&rig, fill, &n);
    await_owner(&rig, "disconnected", is_closed_in_a_while);
    client_close(&c);
    finish(&rig);
}

static void send_to_the_dead(struct rig *rig, void *user)
{
    struct owner *o = &scene_of(rig)->owners[0];
    struct frame *f = make_frame('f');

    (void)user;
    for (int i = 0; i < 200 && o->stream != NULL; i++) {
        stream_send(o->stream, f);
        stream_control(o->stream, "c", 1);
        assert(o->n_closed == 0); /* never from inside of a call */
    }
    frame_unref(f);
}

static void a_failed_send_closes_later(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take"), 0);
    client_vanish(&c);
    rig_on_loop(&rig, send_to_the_dead, NULL);
    await_owner(&rig, "closed once", is_closed);
    finish(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_as_they_were_sent),
        cmocka_unit_test(what_is_not_used_is_bounded),
        cmocka_unit_test(an_error_of_its_owner_ends_it),
        cmocka_unit_test(a_stream_without_on_data_ignores_its_peer),
        cmocka_unit_test(can_be_taken_over_later),
        cmocka_unit_test(nothing_is_left_to_take_over),
        cmocka_unit_test(answers_before_it_leave_first),
        cmocka_unit_test(a_slow_reader_gets_every_frame_that_was_taken),
        cmocka_unit_test(one_frame_waits_wherever_it_waits),
        cmocka_unit_test(a_slow_reader_sees_new_states_for_as_long_as_it_reads),
        cmocka_unit_test(a_reader_that_takes_nothing_is_disconnected),
        cmocka_unit_test(a_failed_send_closes_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
