/* What the followers of a topic are sent, and when. */
#include "lib/hub_world.h"

static void follow_sends_the_state_at_once(void **state)
{
    static const struct {
        const char *why;
        uint64_t version, seen;
        const char *want;
    } rows[] = {
        {"it has nothing", 5, 0, "1/2:5 "},
        {"it has an older one", 5, 4, "1/2:5 "},
        {"it has it already", 5, 5, ""},
        {"it has a newer one, from a future that was lost", 5, 6, "1/2:5 "},
        {"there is nothing to show", 0, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct reader r;

        print_message("%s\n", rows[i].why);
        world_init(&w, 256);
        reader_init(&r, &w, 0);
        w.version[1] = rows[i].version;
        assert_int_equal(hub_follow(&r.sub, 1, 2, rows[i].seen, 100), 0);
        assert_got(&r, rows[i].want);
        reader_done(&r);
        world_done(&w);
    }
}

static void a_lone_publish_leaves_at_once(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    publish(&w, 1, 1);
    follow(&r, 1, 0);
    publish(&w, 1, 2);
    world_turn(&w);
    assert_got(&r, "1/0:1 1/0:2 ");
    world_settle(&w);
    assert_int_equal(w.n_ticks, 1); /* no more is wanted when the gap is over, */
    w.now_us += 50000;
    hub_tick(w.shards[0].hub);
    hub_tick(w.shards[0].hub);
    assert_int_equal(w.n_encodes, 2); /* and one too many does nothing */
    reader_done(&r);
    world_done(&w);
}

static void publishes_within_the_gap_are_merged(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    follow(&r, 1, 0);
    publish(&w, 1, 1);
    world_turn(&w);
    assert_got(&r, "1/0:1 ");

    for (uint64_t v = 2; v <= 49; v++) {
        publish(&w, 1, v);
        world_pass_ms(&w, 1);
    }
    publish(&w, 1, 50);
    w.now_us += 1999; /* 49.999 ms after the first */
    world_turn(&w);
    assert_got(&r, "");
    w.now_us += 1;
    world_turn(&w);
    assert_got(&r, "1/0:50 ");

    world_pass_ms(&w, 1000);
    assert_got(&r, "");
    publish(&w, 1, 51);
    world_turn(&w);
    assert_got(&r, "1/0:51 "); /* idle again: at once */
    reader_done(&r);
    world_done(&w);
}

static void the_gap_is_each_topics_own(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    follow(&r, 1, 0);
    follow(&r, 2, 0);
    publish(&w, 1, 1);
    world_turn(&w);
    world_pass_ms(&w, 10);
    publish(&w, 2, 1);
    world_turn(&w);
    assert_got(&r, "1/0:1 2/0:1 ");
    publish(&w, 1, 2);
    publish(&w, 2, 2);
    world_pass_ms(&w, 40);
    assert_got(&r, "1/0:2 ");
    world_pass_ms(&w, 10);
    assert_got(&r, "2/0:2 ");
    reader_done(&r);
    world_done(&w);
}

static void a_version_is_sent_once(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    publish(&w, 1, 7);
    follow(&r, 1, 0);
    follow(&r, 1, 0); /* again: nothing new to say */
    for (unsigned i = 0; i < 5; i++) {
        hub_publish(w.hub, 1);
        world_settle(&w);
    }
    publish(&w, 1, 6); /* a source that errs */
    world_settle(&w);
    assert_got(&r, "1/0:7 ");
    reader_done(&r);
    world_done(&w);
}

static void whoever_comes_while_another_waits_is_counted(void **state)
{
    struct reader slow, late;
    struct world w;

    (void)state;
    world_init(&w, 256);
    reader_init(&slow, &w, 0);
    reader_init(&late, &w, 0);
    follow(&slow, 1, 0);
    slow.busy = true;
    publish(&w, 1, 1);
    world_settle(&w); /* its frame is kept, and says one viewer */
    follow(&late, 1, 0);
    assert_int_equal(w.viewers, 2);
    assert_got(&late, "1/0:1 ");
    reader_done(&slow);
    reader_done(&late);
    world_done(&w);
}

/* What is shown without results has other versions than the results. */
static void versions_of_another_sort_say_nothing_about_these(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    publish(&w, 1, 7);
    follow(&r, 1, 0);
    publish(&w, 1, HUB_OTHER_SORT | 2);
    world_settle(&w);
    publish(&w, 1, 3);
    world_settle(&w);
    assert_got(&r, "1/0:7 1/0:2 1/0:3 ");
    reader_done(&r);
    world_done(&w);
}

static void another_form_shows_the_same_version_again(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    publish(&w, 1, 3);
    follow(&r, 1, 1);
    assert_got(&r, "1/1:3 ");
    follow(&r, 1, 0);
    assert_got(&r, "1/0:3 ");
    hub_publish(w.hub, 1);
    world_settle(&w);
    assert_got(&r, "");

    r.busy = true; /* and when it cannot be sent now, it is sent later */
    follow(&r, 1, 2);
    assert_got(&r, "");
    r.busy = false;
    hub_writable(&r.sub);
    assert_got(&r, "1/2:3 ");
    reader_done(&r);
    world_done(&w);
}

static void a_busy_reader_gets_the_newest_and_slows_nobody(void **state)
{
    struct world w;
    struct reader slow, quick;
    struct hub_stats stats;

    (void)state;
    world_init(&w, 256);
    reader_init(&slow, &w, 0);
    reader_init(&quick, &w, 0);
    follow(&slow, 1, 0);
    follow(&quick, 1, 0);
    slow.busy = true;
    for (uint64_t v = 1; v <= 3; v++) {
        publish(&w, 1, v);
        world_settle(&w);
    }
    assert_got(&quick, "1/0:1 1/0:2 1/0:3 ");
    publish(&w, 1, 4); /* not sent to anybody yet */
    slow.busy = false;
    hub_writable(&slow.sub);
    assert_got(&slow, "1/0:4 ");
    world_settle(&w);
    assert_got(&slow, "");
    assert_got(&quick, "1/0:4 ");

    stats = hub_shard_stats(w.shards[0].hub);
    assert_int_equal(stats.sent, 5);
    assert_int_equal(stats.skipped, 3);
    reader_done(&slow);
    reader_done(&quick);
    world_done(&w);
}

static void a_busy_reader_is_not_asked_again_until_it_says_so(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    follow(&r, 1, 0);
    r.busy = true;
    publish(&w, 1, 1);
    world_settle(&w);
    r.busy = false; /* but has not said so */
    publish(&w, 1, 2);
    world_settle(&w);
    assert_got(&r, "");
    hub_writable(&r.sub);
    assert_got(&r, "1/0:2 ");
    reader_done(&r);
    world_done(&w);
}

static void topics_take_turns_on_a_slow_connection(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    for (uint64_t topic = 1; topic <= 3; topic++)
        follow(&r, topic, 0);
    r.busy = r.busy_after = true;
    for (uint64_t v = 1; v <= 6; v++) {
        for (uint64_t topic = 1; topic <= 3; topic++)
            publish(&w, topic, v);
        world_settle(&w);
        r.busy = false;
        hub_writable(&r.sub);
    }
    assert_got(&r, "3/0:1 2/0:2 1/0:3 3/0:4 2/0:5 1/0:6 ");
    reader_done(&r);
    world_done(&w);
}

static void what_became_of_nothing_is_not_waited_for(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    follow(&r, 1, 0);
    r.busy = true;
    publish(&w, 1, 1);
    world_settle(&w);
    w.version[1] = 0;
    hub_publish(w.hub, 1);
    r.busy = false;
    hub_writable(&r.sub);
    world_settle(&w);
    assert_got(&r, "");
    reader_done(&r);
    world_done(&w);
}

static void a_reader_may_go_while_a_pass_is_under_way(void **state)
{
    enum { N = 6 };
    struct reader readers[N];
    struct world w;

    (void)state;
    world_init(&w, 2);
    for (unsigned i = 0; i < N; i++) {
        reader_init(&readers[i], &w, 0);
        follow(&readers[i], 1, 0);
    }
    publish(&w, 1, 1);
    shard_turn(&w.shards[0]); /* newest first: 5 and 4 have it, 3 is next */
    assert_got(&readers[4], "1/0:1 ");
    hub_unfollow(&readers[5].sub, 1); /* one before the cursor, */
    hub_unfollow(&readers[3].sub, 1); /* the very next, */
    hub_unfollow(&readers[0].sub, 1); /* and the last */
    reader_done(&readers[1]);
    world_settle(&w);
    assert_got(&readers[3], "");
    assert_got(&readers[2], "1/0:1 ");
    assert_got(&readers[0], "");

    publish(&w, 1, 2);
    world_settle(&w);
    assert_got(&readers[4], "1/0:2 ");
    assert_got(&readers[2], "1/0:2 ");
    reader_init(&readers[1], &w, 0);
    for (unsigned i = 0; i < N; i++)
        reader_done(&readers[i]);
    world_done(&w);
}

static void everybody_may_go_at_any_moment(void **state)
{
    static const char *const moments[] = {
        "marked",           "noted", "within a pass", "cooling", "cooling and marked",
        "cooling and noted"};

    (void)state;
    for (unsigned moment = 0; moment < 6; moment++) {
        struct reader readers[4], again;
        struct world w;

        print_message("%s\n", moments[moment]);
        world_init(&w, 2);
        for (unsigned i = 0; i < 4; i++) {
            reader_init(&readers[i], &w, 0);
            follow(&readers[i], 1, 0);
        }
        publish(&w, 1, 1);
        if (moment == 1)
            mail_open_all(mailbox_take(&w.shards[0].inbox));
        if (moment == 2)
            shard_turn(&w.shards[0]);
        if (moment >= 3)
            world_turn(&w);
        if (moment >= 4)
            publish(&w, 1, 2);
        if (moment == 5)
            mail_open_all(mailbox_take(&w.shards[0].inbox));
        for (unsigned i = 0; i < 4; i++)
            reader_done(&readers[i]);
        assert_int_equal(hub_viewers(w.hub, 1), 0);

        reader_init(&again, &w, 0); /* the topic can be followed anew */
        follow(&again, 1, 0);
        publish(&w, 1, 3);
        world_settle(&w);
        assert_got(&again, moment >= 4 ? "1/0:2 1/0:3 " : "1/0:1 1/0:3 ");
        publish(&w, 1, 4); /* and may still be marked when the shard ends */
        reader_done(&again);
        world_done(&w);
    }
}

static void who_follows_no_more_gets_no_more(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    follow(&r, 1, 0);
    follow(&r, 2, 0);
    hub_unfollow(&r.sub, 1);
    hub_unfollow(&r.sub, 1); /* harmless */
    publish(&w, 1, 1);
    publish(&w, 2, 1);
    world_settle(&w);
    assert_got(&r, "2/0:1 ");
    reader_done(&r);
    world_done(&w);
}

static void follows_have_a_limit(void **state)
{
    struct world w;
    struct reader r;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    assert_int_equal(hub_follow(&r.sub, 1, 0, 0, 2), 0);
    assert_int_equal(hub_follow(&r.sub, 2, 0, 0, 2), 0);
    assert_int_equal(hub_follow(&r.sub, 3, 0, 0, 2), ERR_TOO_LARGE);
    assert_int_equal(hub_follow(&r.sub, 2, 1, 0, 2), 0); /* a change is no new one */
    assert_int_equal(r.sub.n_follows, 2);
    assert_int_equal(hub_viewers(w.hub, 3), 0);
    hub_unfollow(&r.sub, 1);
    assert_int_equal(hub_follow(&r.sub, 3, 0, 0, 2), 0);
    reader_done(&r);
    world_done(&w);
}

static void viewers_are_counted_over_all_shards(void **state)
{
    struct world w;
    struct reader readers[WORLD_SHARDS * 2];

    (void)state;
    world_init(&w, 256);
    for (unsigned i = 0; i < WORLD_SHARDS * 2; i++) {
        reader_init(&readers[i], &w, i % WORLD_SHARDS);
        follow(&readers[i], 1, 0);
        follow(&readers[i], 2, 0);
        assert_int_equal(w.viewers, i + 1); /* whoever comes counts itself */
    }
    hub_unfollow(&readers[0].sub, 2);
    assert_int_equal(hub_viewers(w.hub, 1), WORLD_SHARDS * 2);
    assert_int_equal(hub_viewers(w.hub, 2), WORLD_SHARDS * 2 - 1);
    assert_int_equal(hub_viewers(w.hub, 3), 0);
    for (unsigned i = 0; i < WORLD_SHARDS * 2; i++)
        reader_done(&readers[i]);
    assert_int_equal(hub_viewers(w.hub, 1), 0);
    world_done(&w);
}

/* ---- the end of a topic ---- */

static void who_was_told_the_end_follows_no_more(void **state)
{
    static const size_t slices[] = {1, 2, 4, 256};

    (void)state;
    for (size_t k = 0; k < sizeof slices / sizeof *slices; k++) {
        struct world w;
        struct reader readers[6], other;

        world_init(&w, slices[k]);
        reader_init(&other, &w, 0);
        follow(&other, 2, 0);
        follow(&other, 1, 3);
        for (unsigned i = 0; i < 6; i++) {
            reader_init(&readers[i], &w, i % 2);
            follow(&readers[i], 1, 0);
        }
        publish(&w, 1, HUB_LAST_VERSION);
        world_settle(&w);
        for (unsigned i = 0; i < 6; i++) {
            assert_got(&readers[i], "1/0:last ended:0 ");
            assert_false(hub_follows(&readers[i].sub, 1));
        }
        assert_got(&other, "1/3:last ended:1 ");
        assert_int_equal(hub_viewers(w.hub, 1), 0);
        publish(&w, 1, HUB_LAST_VERSION); /* to nobody */
        publish(&w, 2, 1);
        world_settle(&w);
        assert_got(&other, "2/0:1 ");
        for (unsigned i = 0; i < 6; i++) {
            assert_got(&readers[i], "");
            reader_done(&readers[i]);
        }
        reader_done(&other);
        world_done(&w);
    }
}

static void a_busy_reader_is_told_the_end_when_it_can_take_it(void **state)
{
    struct world w;
    struct reader busy, free_one;

    (void)state;
    world_init(&w, 256);
    reader_init(&busy, &w, 0);
    reader_init(&free_one, &w, 0);
    follow(&busy, 1, 0);
    follow(&busy, 2, 0);
    follow(&free_one, 1, 0);
    busy.busy = true;
    publish(&w, 1, HUB_LAST_VERSION);
    publish(&w, 2, 7);
    world_settle(&w);
    assert_got(&free_one, "1/0:last ended:0 ");
    assert_got(&busy, "");
    assert_int_equal(hub_viewers(w.hub, 1), 1);
    busy.busy = false;
    hub_writable(&busy.sub);
    assert_got(&busy, "2/0:7 1/0:last ended:1 ");
    assert_int_equal(hub_viewers(w.hub, 1), 0);
    assert_int_equal(busy.sub.n_follows, 1);
    reader_done(&busy);
    reader_done(&free_one);
    world_done(&w);
}

static void following_what_has_ended_is_told_at_once(void **state)
{
    struct world w;
    struct reader r, informed;

    (void)state;
    world_init(&w, 256);
    reader_init(&r, &w, 0);
    reader_init(&informed, &w, 0);
    w.version[1] = HUB_LAST_VERSION;
    follow(&r, 1, 0);
    assert_got(&r, "1/0:last ended:0 ");
    assert_int_equal(hub_follow(&informed.sub, 1, 0, HUB_LAST_VERSION, 100), 0);
    assert_got(&informed, "ended:0 ");
    r.busy = true;
    follow(&r, 1, 0);
    assert_got(&r, "");
    assert_int_equal(hub_viewers(w.hub, 1), 1);
    r.busy = false;
    hub_writable(&r.sub);
    assert_got(&r, "1/0:last ended:0 ");
    assert_int_equal(hub_viewers(w.hub, 1), 0);
    reader_done(&r);
    reader_done(&informed);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follow_sends_the_state_at_once),
        cmocka_unit_test(a_lone_publish_leaves_at_once),
        cmocka_unit_test(publishes_within_the_gap_are_merged),
        cmocka_unit_test(the_gap_is_each_topics_own),
        cmocka_unit_test(a_version_is_sent_once),
        cmocka_unit_test(whoever_comes_while_another_waits_is_counted),
        cmocka_unit_test(versions_of_another_sort_say_nothing_about_these),
        cmocka_unit_test(another_form_shows_the_same_version_again),
        cmocka_unit_test(a_busy_reader_gets_the_newest_and_slows_nobody),
        cmocka_unit_test(a_busy_reader_is_not_asked_again_until_it_says_so),
        cmocka_unit_test(topics_take_turns_on_a_slow_connection),
        cmocka_unit_test(what_became_of_nothing_is_not_waited_for),
        cmocka_unit_test(a_reader_may_go_while_a_pass_is_under_way),
        cmocka_unit_test(everybody_may_go_at_any_moment),
        cmocka_unit_test(who_follows_no_more_gets_no_more),
        cmocka_unit_test(follows_have_a_limit),
        cmocka_unit_test(viewers_are_counted_over_all_shards),
        cmocka_unit_test(who_was_told_the_end_follows_no_more),
        cmocka_unit_test(a_busy_reader_is_told_the_end_when_it_can_take_it),
        cmocka_unit_test(following_what_has_ended_is_told_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
