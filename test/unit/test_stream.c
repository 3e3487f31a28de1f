/* A connection after HTTP: frames, control data, slow readers, visits. The owner of
 * each stream here is a struct owner; everything but the client runs on the loop. */
#include "net/stream.h"

#include <assert.h>

#include "unit/http_rig.h"

enum { FRAME = 20000, OWNERS = 16 };

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD "HTTP/1.1 101 Switching Protocols\r\n\r\n"

struct owner {
    struct stream *stream; /* NULL when closed, or never opened */
    struct buf got;        /* what on_data() used */
    unsigned n_writable, n_closed, n_visits, n_data;
};

/* What a test may ask of the handler, and what it sees. */
struct scene {
    struct owner owners[OWNERS];
    size_t n_owners;
    uint32_t write_timeout_ms;
    struct http_req *held;
    bool greet; /* send control data at once */
};

static struct scene *scene_of(struct rig *rig)
{
    return rig->test;
}

/* Uses whole lines; "!" closes, "#" is an error. */
static long on_data(void *user, const char *data, size_t len)
{
    struct owner *o = user;
    const char *lf = memrchr(data, '\n', len);
    size_t used = lf != NULL ? (size_t)(lf - data) + 1 : 0;

    o->n_data++;
    if (memchr(data, '#', len) != NULL)
        return -1;
    if (memchr(data, '!', len) != NULL)
        stream_close(o->stream);
    buf_add(&o->got, data, used);
    return (long)used;
}

static void on_writable(void *user)
{
    ((struct owner *)user)->n_writable++;
}

static void on_close(void *user)
{
    struct owner *o = user;

    o->n_closed++;
    o->stream = NULL;
}

static const struct stream_ops ops = {.on_data = on_data,
                                      .on_writable = on_writable,
                                      .on_close = on_close,
                                      .max_read = 64};
static const struct stream_ops deaf_ops = {.on_close = on_close};

static void take(struct rig *rig, struct http_req *req, const struct stream_ops *with)
{
    struct scene *sc = scene_of(rig);
    struct owner *o = &sc->owners[sc->n_owners++];

    assert(sc->n_owners <= OWNERS);
    o->stream = http_take_over(req, STR(HEAD), with, o, sc->write_timeout_ms);
    if (sc->greet && o->stream != NULL)
        stream_control(o->stream, "hello\n", 6);
}

static void on_request(struct http_req *req, void *user)
{
    struct rig *rig = user;

    if (str_eq(req->path, STR("/take"))) {
        take(rig, req, &ops);
    } else if (str_eq(req->path, STR("/deaf"))) {
        take(rig, req, &deaf_ops);
    } else if (str_eq(req->path, STR("/later"))) {
        scene_of(rig)->held = req;
    } else {
        buf_text(http_out(req), "ok");
        http_reply(req, 200, "text/plain");
    }
}

static void begin(struct rig *rig, struct scene *sc, int send_buffer)
{
    *sc = (struct scene){.write_timeout_ms = RIG_LIMIT_MS};
    rig_init(rig, on_request);
    rig->test = sc;
    rig->send_buffer = send_buffer;
    rig_start(rig);
}

static void finish(struct rig *rig)
{
    struct scene *sc = scene_of(rig);

    rig_stop(rig);
    for (size_t i = 0; i < sc->n_owners; i++) {
        assert_null(sc->owners[i].stream);
        buf_done(&sc->owners[i].got);
    }
}

static void see_owner(struct rig *rig, void *user)
{
    *(struct owner *)user = scene_of(rig)->owners[0];
}

/* Wait until the first owner has seen something. */
static void await_owner(struct rig *rig, const char *why,
                        bool (*holds)(const struct owner *o))
{
    uint64_t until = clock_mono_ms() + RIG_LIMIT_MS;
    struct owner o = {0};

    do
        rig_on_loop(rig, see_owner, &o);
    while (!holds(&o) && clock_mono_ms() < until);
    if (!holds(&o))
        fail_msg("waited in vain: %s", why);
}

static bool is_closed(const struct owner *o)
{
    return o->n_closed == 1;
}

static bool is_writable_again(const struct owner *o)
{
    return o->n_writable == 1;
}

static struct client open_stream(struct rig *rig, const char *request, int buffer)
{
    struct client c = client_open(rig, buffer);
    struct answer a;

    client_say(&c, request);
    a = client_answer(&c, true);
    assert_int_equal(a.status, 101);
    answer_done(&a);
    return c;
}

static void expect_bytes(struct client *c, const char *why, const char *want)
{
    while (c->in.len < strlen(want) && client_receive(c))
        ;
    if (c->in.len < strlen(want) || memcmp(c->in.data, want, strlen(want)) != 0)
        fail_msg("%s: got %.*s", why, (int)c->in.len, c->in.data);
    buf_consume(&c->in, strlen(want));
}

/* ---- receiving ---- */

static bool got_both(const struct owner *o)
{
    return str_eq(buf_str(&o->got), STR("abc\ndef\n"));
}

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
    struct http_req *req = scene_of(rig)->held;

    (void)user;
    scene_of(rig)->held = NULL;
    take(rig, req, &ops);
}

static void see_held(struct rig *rig, void *user)
{
    *(bool *)user = scene_of(rig)->held != NULL;
}

static void await_held(struct rig *rig)
{
    bool held = false;

    while (!held)
        rig_on_loop(rig, see_held, &held);
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
    await_held(&rig);
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
    await_held(&rig);
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

static struct frame *make_frame(char letter)
{
    char text[FRAME];

    memset(text, letter, sizeof text);
    return frame_new(text, sizeof text, 0);
}

/* Sends frames until one is not taken. */
static void fill(struct rig *rig, void *user)
{
    struct stream *s = scene_of(rig)->owners[0].stream;
    struct frame *f = make_frame('f');
    unsigned n = 0;

    assert(!stream_busy(s));
    while (stream_send(s, f))
        n++;
    assert(stream_busy(s));
    assert(f->refs == 2); /* the one under way is kept by reference */
    frame_unref(f);
    *(unsigned *)user = n;
}

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

static void a_reader_that_takes_nothing_is_disconnected(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    unsigned n;

    (void)state;
    begin(&rig, &sc, 4096);
    sc.write_timeout_ms = 100;
    rig.opts.write_timeout_ms = 100;
    c = open_stream(&rig, GET("/take"), 4096);
    rig_on_loop(&rig, fill, &n);
    await_owner(&rig, "disconnected", is_closed);
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

/* ---- closing ---- */

static void close_it(struct rig *rig, void *user)
{
    struct owner *o = &scene_of(rig)->owners[0];
    struct frame *f = make_frame('f');

    (void)user;
    stream_control(o->stream, "bye\n", 4);
    stream_close(o->stream);
    assert(o->n_closed == 0);
    assert(!stream_send(o->stream, f));
    stream_control(o->stream, "no more", 7);
    stream_close(o->stream);
    frame_unref(f);
}

static void closes_after_what_waits_was_sent(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    unsigned n;

    (void)state;
    begin(&rig, &sc, 4096);
    c = open_stream(&rig, GET("/take"), 4096);
    client_say(&c, "abc\n"); /* a reset for that would eat the rest */
    rig_on_loop(&rig, fill, &n);
    rig_on_loop(&rig, close_it, NULL);
    client_say(&c, "def\n");
    while (client_receive(&c))
        ;
    assert_int_equal(c.in.len, n * (size_t)FRAME + 4);
    assert_memory_equal(c.in.data + c.in.len - 4, "bye\n", 4);
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    assert_int_equal(sc.owners[0].n_writable, 0);
    finish(&rig);
}

static void closes_soon_without_its_peer(void **state)
{
    for (int filled = 0; filled <= 1; filled++) {
        uint64_t from = clock_mono_ms();
        struct rig rig;
        struct scene sc;
        struct client c;
        unsigned n;

        (void)state;
        begin(&rig, &sc, 4096);
        c = open_stream(&rig, GET("/take"), 4096);
        if (filled)
            rig_on_loop(&rig, fill, &n);
        rig_on_loop(&rig, close_it, NULL);
        await_owner(&rig, "closed", is_closed);
        assert_true(clock_mono_ms() - from < 3000);
        client_close(&c);
        finish(&rig);
    }
}

static void can_be_closed_by_what_it_receives(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;

    (void)state;
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take"), 0);
    client_say(&c, "!\n");
    client_expect_end(&c, "it asked for that");
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    finish(&rig);
}

static void the_end_of_a_server_closes_its_streams(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client a, b;
    unsigned n;

    (void)state;
    begin(&rig, &sc, 4096);
    a = open_stream(&rig, GET("/take"), 4096);
    b = open_stream(&rig, GET("/deaf"), 0);
    rig_on_loop(&rig, fill, &n);
    finish(&rig);
    assert_int_equal(sc.owners[0].n_closed, 1);
    assert_int_equal(sc.owners[1].n_closed, 1);
    client_close(&a);
    client_close(&b);
}

static void post(void *user)
{
    sem_post(user);
}

static void start_drain(struct rig *rig, void *user)
{
    http_drain(rig->server, post, user);
}

static void a_drain_does_not_wait_for_streams(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c;
    sem_t drained;

    (void)state;
    sem_init(&drained, 0, 0);
    begin(&rig, &sc, 0);
    c = open_stream(&rig, GET("/take"), 0);
    rig_on_loop(&rig, start_drain, &drained);
    sem_wait(&drained);
    client_say(&c, "abc\ndef\n");
    await_owner(&rig, "it lives on", got_both);
    client_close(&c);
    await_owner(&rig, "closed", is_closed);
    finish(&rig);
    sem_destroy(&drained);
}

/* ---- visits ---- */

static void visit(void *user)
{
    ((struct owner *)user)->n_visits++;
}

static void start_visits(struct rig *rig, void *user)
{
    (void)user;
    http_visit_streams(rig->server, 200, visit);
}

static void see_visits(struct rig *rig, void *user)
{
    unsigned *range = user;

    range[0] = UINT32_MAX;
    range[1] = 0;
    for (size_t i = 0; i < OWNERS; i++) {
        unsigned n = scene_of(rig)->owners[i].n_visits;

        range[0] = n < range[0] ? n : range[0];
        range[1] = n > range[1] ? n : range[1];
    }
}

static void visits_all_streams_alike(void **state)
{
    struct rig rig;
    struct scene sc;
    struct client c[OWNERS];
    uint64_t from, until = clock_mono_ms() + RIG_LIMIT_MS, took;
    unsigned range[2] = {0, 0}; /* of visits */

    (void)state;
    begin(&rig, &sc, 0);
    for (int i = 0; i < OWNERS; i++)
        c[i] = open_stream(&rig, GET("/take"), 0);
    from = clock_mono_ms();
    rig_on_loop(&rig, start_visits, NULL);
    while (range[0] < 5 && clock_mono_ms() < until) {
        poll(NULL, 0, 5);
        rig_on_loop(&rig, see_visits, range);
        assert_true(range[1] - range[0] <= 1); /* in turn */
    }
    took = clock_mono_ms() - from;
    assert_true(range[0] >= 5);
    assert_true(took >= 800); /* five periods, give or take one */
    for (int i = 0; i < OWNERS; i++)
        client_close(&c[i]);
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
        cmocka_unit_test(a_reader_that_takes_nothing_is_disconnected),
        cmocka_unit_test(a_failed_send_closes_later),
        cmocka_unit_test(closes_after_what_waits_was_sent),
        cmocka_unit_test(closes_soon_without_its_peer),
        cmocka_unit_test(can_be_closed_by_what_it_receives),
        cmocka_unit_test(the_end_of_a_server_closes_its_streams),
        cmocka_unit_test(a_drain_does_not_wait_for_streams),
        cmocka_unit_test(visits_all_streams_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
