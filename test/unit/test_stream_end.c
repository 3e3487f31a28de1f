/* How streams end. */
#include "lib/stream_rig.h"

enum { CLOSE_MS = 1000 }; /* what stream.h gives a peer, to close its side */

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
        rig_pass_ms(CLOSE_MS);
        await_owner(&rig, "closed", is_closed);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes_after_what_waits_was_sent),
        cmocka_unit_test(closes_soon_without_its_peer),
        cmocka_unit_test(can_be_closed_by_what_it_receives),
        cmocka_unit_test(the_end_of_a_server_closes_its_streams),
        cmocka_unit_test(a_drain_does_not_wait_for_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
