/* What following and publishing cost: frames, slices, shares of time, wake-ups. */
#include "lib/hub_world.h"

static void a_frame_is_made_once_per_form(void **state)
{
    enum { N = 300 };
    static struct reader readers[N];
    struct world w;
    unsigned before;

    (void)state;
    world_init(&w, 64); /* also when the pass takes several slices */
    for (unsigned i = 0; i < N; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, i % 3);
    }
    before = w.n_encodes;
    publish(&w, 1, 1);
    world_settle(&w);
    assert_int_equal(w.n_encodes - before, 3);
    assert_int_equal(w.n_sends, N);
    assert_got(&readers[4], "1/1:1 ");
    for (unsigned i = 0; i < N; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void leaving_makes_no_new_frame(void **state)
{
    struct reader readers[6];
    struct world w;
    unsigned before;

    (void)state;
    world_init(&w, 2);
    for (unsigned i = 0; i < 6; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, 0);
    }
    before = w.n_encodes;
    publish(&w, 1, 1);
    shard_turn(&w.shards[0]);
    reader_done(&readers[5]);
    world_settle(&w);
    assert_int_equal(w.n_encodes - before, 1);
    for (unsigned i = 0; i < 5; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void busy_readers_share_a_frame_that_is_kept_no_longer(void **state)
{
    struct reader readers[4];
    struct world w;
    unsigned before;

    (void)state;
    world_init(&w, 256);
    for (unsigned i = 0; i < 4; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, 0);
        readers[i].busy = true;
    }
    before = w.n_encodes;
    publish(&w, 1, 1);
    world_settle(&w);
    for (unsigned i = 0; i < 3; i++) {
        readers[i].busy = false;
        hub_writable(&readers[i].sub);
        assert_int_equal(readers[i].n_received, 1);
    }
    assert_int_equal(w.n_encodes - before, 1);
    assert_int_equal(atomic_load(&w.frame->refs), 2);
    hub_unfollow(&readers[3].sub, 1); /* the last one does not want it any more */
    assert_int_equal(atomic_load(&w.frame->refs), 1);
    for (unsigned i = 0; i < 4; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void there_may_be_many_topics(void **state)
{
    static struct reader readers[WORLD_TOPICS / 100];
    struct world w;

    (void)state;
    world_init(&w, 256);
    for (uint64_t t = 1; t < WORLD_TOPICS; t++) {
        if (t % 100 == 1)
            reader_init(&readers[t / 100], &w, 0);
        follow(&readers[t / 100 - (t % 100 == 0)], t, 0);
    }
    for (uint64_t t = 1; t < WORLD_TOPICS; t++) {
        assert_int_equal(hub_viewers(w.hub, t), 1);
        publish(&w, t, t);
    }
    world_settle(&w);
    assert_int_equal(w.n_sends, WORLD_TOPICS - 1);
    for (size_t i = 0; i < WORLD_TOPICS / 100; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void a_pass_is_cut_into_slices(void **state)
{
    enum { N = 100 };
    static struct reader readers[N];
    struct world w;

    (void)state;
    world_init(&w, 30);
    for (unsigned i = 0; i < N; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, 0);
    }
    publish(&w, 1, 1);
    for (unsigned want = 30; want <= 120; want += 30) {
        shard_turn(&w.shards[0]);
        assert_int_equal(w.n_sends, want < N ? want : N);
    }
    assert_int_equal(w.shards[0].tick_us, NEVER);
    for (unsigned i = 0; i < N; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void a_small_topic_does_not_wait_for_a_large_one(void **state)
{
    enum { N = 100 };
    static struct reader readers[N];
    struct world w;
    struct reader small;

    (void)state;
    world_init(&w, 10);
    for (unsigned i = 0; i < N; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, 0);
    }
    reader_init(&small, &w, 0);
    follow(&small, 2, 0);
    publish(&w, 1, 1);
    publish(&w, 2, 1);
    shard_turn(&w.shards[0]);
    shard_turn(&w.shards[0]);
    assert_int_equal(w.n_sends, 20);
    assert_got(&small, "2/0:1 ");
    reader_done(&small);
    for (unsigned i = 0; i < N; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

/* However the topics take turns, also while others are being sent. */
static void sending_keeps_to_its_share_of_the_time(void **state)
{
    enum { N = 1000, N_TOPICS = 40 };
    static struct reader readers[N];
    struct world w;
    uint64_t start, spent;

    (void)state;
    world_init(&w, 64);
    w.send_cost_us = 80; /* 80 ms for all: there is always something to send */
    for (unsigned i = 0; i < N; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1 + i % N_TOPICS, 0);
    }
    start = w.now_us;
    for (uint64_t v = 1; w.now_us - start < 10000000; v++) {
        for (uint64_t t = 1; t <= N_TOPICS; t++)
            publish(&w, t, v);
        shard_turn(&w.shards[0]);
        w.now_us += 1000;
    }
    spent = w.n_sends * w.send_cost_us;
    assert_in_range(spent * 100 / (w.now_us - start), 15, 25);
    for (unsigned i = 0; i < N; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void the_pause_holds_for_other_topics_too(void **state)
{
    enum { N = 1000 };
    static struct reader readers[N];
    struct world w;
    struct reader other, elsewhere;

    (void)state;
    world_init(&w, N);
    w.send_cost_us = 100;
    for (unsigned i = 0; i < N; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, 0);
    }
    reader_init(&other, &w, 0);
    follow(&other, 2, 0);
    reader_init(&elsewhere, &w, 1);
    follow(&elsewhere, 2, 0);

    publish(&w, 1, 1);
    world_turn(&w); /* takes 100 ms, so 300 ms of pause follow */
    publish(&w, 2, 1);
    world_pass_ms(&w, 299);
    assert_got(&other, "");
    assert_got(&elsewhere, "2/0:1 "); /* another shard is another loop */
    world_pass_ms(&w, 1);
    assert_got(&other, "2/0:1 ");

    reader_done(&elsewhere);
    reader_done(&other);
    for (unsigned i = 0; i < N; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void publishing_costs_little(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    for (unsigned i = 0; i < 1000; i++)
        publish(&w, 1, i + 1);
    assert_int_equal(w.shards[0].n_wakes, 0); /* nobody follows: nobody is woken */

    reader_init(&r, &w, 0);
    follow(&r, 1, 0);
    for (unsigned i = 0; i < 1000; i++)
        publish(&w, 1, i + 2000);
    assert_int_equal(w.shards[0].n_wakes, 1);
    world_turn(&w);
    for (unsigned i = 0; i < 1000; i++) { /* within the gap it stays marked */
        publish(&w, 1, i + 4000);
        world_turn(&w);
    }
    assert_int_equal(w.shards[0].n_wakes, 2);
    assert_int_equal(w.shards[1].n_wakes, 0);
    reader_done(&r);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_made_once_per_form),
        cmocka_unit_test(leaving_makes_no_new_frame),
        cmocka_unit_test(busy_readers_share_a_frame_that_is_kept_no_longer),
        cmocka_unit_test(there_may_be_many_topics),
        cmocka_unit_test(a_pass_is_cut_into_slices),
        cmocka_unit_test(a_small_topic_does_not_wait_for_a_large_one),
        cmocka_unit_test(sending_keeps_to_its_share_of_the_time),
        cmocka_unit_test(the_pause_holds_for_other_topics_too),
        cmocka_unit_test(publishing_costs_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
