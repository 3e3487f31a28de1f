/* test_feed.c — every eligible poll is met exactly once, whatever happens meanwhile. */
#include "lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "index/feed.h"

enum { POLLS = 300, TAGS = 4 };

static const char *const tag_names[TAGS] = {"c", "go", "news", "x-1"};

/* A naive model of the polls. */
struct model {
    bool there, closed, seen;
    unsigned tags; /* bits */
    int64_t created_ms, closes_ms;
    uint32_t total;
};

static struct poll *poll_of(uint32_t id, const struct model *m)
{
    struct poll p = {.id = id, .created_ms = m->created_ms, .title = STR("t")};

    p.rules.n_options = 2;
    p.rules.closes_ms = m->closes_ms;
    p.options[0] = STR("a");
    p.options[1] = STR("b");
    for (unsigned i = 0; i < TAGS; i++)
        if (m->tags & 1u << i)
            p.tags[p.n_tags++] = str_of(tag_names[i]);
    return poll_new(&p);
}

static struct result result_of(uint32_t id, const struct model *m)
{
    return (struct result){.poll = id,
                           .version = 1,
                           .status = m->closed ? POLL_CLOSED : POLL_OPEN,
                           .n_options = 2,
                           .total = m->total};
}

static void add(struct feed *f, uint32_t id, struct model *m)
{
    struct result r = result_of(id, m);
    struct poll *p = poll_of(id, m);

    m->there = true;
    feed_add(f, p, &r);
    poll_unref(p);
}

static void update(struct feed *f, uint32_t id, const struct model *m)
{
    struct result r = result_of(id, m);

    feed_update(f, id, &r, m->closes_ms);
}

static void delete (struct feed *f, uint32_t id, struct model *m)
{
    struct poll *p = poll_of(id, m);

    feed_delete(f, p);
    m->there = false;
    poll_unref(p);
}

/* One page; returns how many. */
static size_t page(struct feed *f, struct feed_query q, char cursor[FEED_CURSOR_BYTES],
                   uint32_t *ids)
{
    char next[FEED_CURSOR_BYTES];
    size_t n;

    q.cursor = str_of(cursor);
    assert_int_equal(feed_walk(f, &q, ids, &n, next), 0);
    memcpy(cursor, next, sizeof next);
    return n;
}

static struct feed_query all_of(enum feed_order order, size_t limit)
{
    return (struct feed_query){.order = order, .limit = limit};
}

/* ---- orders ---- */

static void the_newest_comes_first(void **state)
{
    struct feed *f = feed_new();
    struct model m[5] = {0};
    char cursor[FEED_CURSOR_BYTES] = "";
    uint32_t ids[3];

    (void)state;
    for (uint32_t id = 1; id < 5; id++)
        add(f, id, &m[id]);
    assert_int_equal(page(f, all_of(FEED_NEW, 3), cursor, ids), 3);
    assert_int_equal(ids[0], 4);
    assert_int_equal(ids[2], 2);
    assert_string_equal(cursor, "n2");
    assert_int_equal(page(f, all_of(FEED_NEW, 3), cursor, ids), 1);
    assert_int_equal(ids[0], 1);
    assert_string_equal(cursor, "");
    feed_free(f);
}

static void the_end_is_known_on_the_last_full_page(void **state)
{
    struct feed *f = feed_new();
    struct model m[3] = {0};
    char cursor[FEED_CURSOR_BYTES] = "";
    uint32_t ids[2];

    (void)state;
    add(f, 1, &m[1]);
    add(f, 2, &m[2]);
    assert_int_equal(page(f, all_of(FEED_NEW, 2), cursor, ids), 2);
    assert_string_equal(cursor, "");
    feed_free(f);
}

static void the_soonest_to_close_comes_first_and_never_last(void **state)
{
    struct feed *f = feed_new();
    struct model m[5] = {{0}, {.closes_ms = 900}, {0}, {.closes_ms = 500}, {0}};
    static const uint32_t want[] = {3, 1, 4, 2};
    char cursor[FEED_CURSOR_BYTES] = "";
    uint32_t ids[4];

    (void)state;
    for (uint32_t id = 1; id < 5; id++)
        add(f, id, &m[id]);
    for (size_t i = 0; i < 4; i++) { /* a page each: the cursor holds the place */
        assert_int_equal(page(f, all_of(FEED_CLOSING, 1), cursor, ids), 1);
        assert_int_equal(ids[0], want[i]);
    }
    assert_string_equal(cursor, "");
    m[2].closes_ms = 100;
    update(f, 2, &m[2]);
    assert_int_equal(page(f, all_of(FEED_CLOSING, 1), cursor, ids), 1);
    assert_int_equal(ids[0], 2);
    feed_free(f);
}

static void votes_make_hot_and_age_makes_cold(void **state)
{
    struct feed *f = feed_new();
    const int64_t day = 86400000;
    struct model m[4] = {{0},
                         {.created_ms = 10 * day, .total = 1000},
                         {.created_ms = 10 * day + 1, .total = 10},
                         {.created_ms = 30 * day}};
    char cursor[FEED_CURSOR_BYTES] = "";
    uint32_t ids[3];

    (void)state;
    for (uint32_t id = 1; id < 4; id++)
        add(f, id, &m[id]);
    assert_int_equal(page(f, all_of(FEED_HOT, 3), cursor, ids), 3);
    assert_int_equal(ids[0], 3);
    assert_int_equal(ids[1], 1);
    assert_int_equal(ids[2], 2);
    m[2].total = 100000;
    update(f, 2, &m[2]);
    cursor[0] = '\0';
    page(f, all_of(FEED_HOT, 3), cursor, ids);
    assert_int_equal(ids[1], 2);
    feed_free(f);
}

static void a_reader_of_hot_keeps_the_order_it_began_with(void **state)
{
    struct feed *f = feed_new();
    struct model m[4] = {{0}, {.created_ms = 1}, {.created_ms = 2}, {.created_ms = 3}};
    char cursor[FEED_CURSOR_BYTES] = "";
    uint32_t ids[1];

    (void)state;
    for (uint32_t id = 1; id < 4; id++)
        add(f, id, &m[id]);
    page(f, all_of(FEED_HOT, 1), cursor, ids);
    assert_int_equal(ids[0], 3);
    m[1].total = 1000000; /* it would jump over the reader */
    update(f, 1, &m[1]);
    feed_refresh(f);
    page(f, all_of(FEED_HOT, 1), cursor, ids);
    assert_int_equal(ids[0], 2);
    page(f, all_of(FEED_HOT, 1), cursor, ids);
    assert_int_equal(ids[0], 1);
    assert_string_equal(cursor, "");
    feed_free(f);
}

static void cursors_of_others_are_refused(void **state)
{
    static const struct {
        enum feed_order order;
        const char *cursor;
    } rows[] = {
        {FEED_NEW, "1"},      {FEED_NEW, "c1.1"},   {FEED_NEW, "n"},
        {FEED_NEW, "n1.2"},   {FEED_NEW, "n-1"},    {FEED_NEW, "n4294967296"},
        {FEED_CLOSING, "n1"}, {FEED_CLOSING, "c1"}, {FEED_CLOSING, "c1.2.3"},
        {FEED_HOT, "h1.2"},   {FEED_HOT, "c1.2.3"}, {FEED_HOT, "h1.2.x"},
    };
    struct feed *f = feed_new();
    char next[FEED_CURSOR_BYTES];
    uint32_t id;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct feed_query q = all_of(rows[i].order, 1);

        q.cursor = str_of(rows[i].cursor);
        CHECK_EQ_AT(rows[i].cursor, feed_walk(f, &q, &id, &n, next), ERR_BAD_REQUEST);
    }
    feed_free(f);
}

/* ---- sets ---- */

static bool refuse_odd(void *user, uint32_t id)
{
    (void)user;
    return id % 2 == 0;
}

static void tags_bounds_and_take_narrow_the_walk(void **state)
{
    struct feed *f = feed_new();
    struct model m[7] = {{0},         {.tags = 1}, {.tags = 3},
                         {.tags = 3}, {.tags = 2}, {.tags = 3, .closed = true},
                         {.tags = 3}};
    const struct str both[] = {STR("c"), STR("go")}, none[] = {STR("nobody")};
    struct feed_query q = all_of(FEED_NEW, 10);
    char cursor[FEED_CURSOR_BYTES] = "";
    roaring_bitmap_t *bits = roaring_bitmap_of(2, 2, 6);
    uint32_t ids[10];

    (void)state;
    for (uint32_t id = 1; id < 7; id++)
        add(f, id, &m[id]);
    q.tags = both;
    q.n_tags = 2;
    assert_int_equal(page(f, q, cursor, ids), 3); /* 6 3 2 */
    q.take = refuse_odd;
    assert_int_equal(page(f, q, cursor, ids), 2); /* 6 2 */
    q.only = bits;
    assert_int_equal(page(f, q, cursor, ids), 2);
    q.seen = bits;
    assert_int_equal(page(f, q, cursor, ids), 0);
    q = all_of(FEED_NEW, 10);
    q.closed_too = true;
    assert_int_equal(page(f, q, cursor, ids), 6);
    q.skip = 4;
    assert_int_equal(page(f, q, cursor, ids), 2);
    assert_int_equal(ids[0], 2);
    q.tags = none;
    q.n_tags = 1;
    assert_int_equal(page(f, q, cursor, ids), 0);
    roaring_bitmap_free(bits);
    feed_free(f);
}

static void tags_count_unclosed_polls(void **state)
{
    struct feed *f = feed_new();
    struct model m[4] = {{0}, {.tags = 3}, {.tags = 2}, {.tags = 4}};
    struct feed_tag *tags;
    size_t n;

    (void)state;
    for (uint32_t id = 1; id < 4; id++)
        add(f, id, &m[id]);
    tags = feed_tags(f, &n);
    assert_int_equal(n, 3);
    assert_string_equal(tags[0].tag, "go");
    assert_int_equal(tags[0].polls, 2);
    assert_string_equal(tags[1].tag, "c"); /* by name among equals */
    mem_free(tags);
    m[3].closed = true;
    update(f, 3, &m[3]);
    update(f, 3, &m[3]); /* twice is once */
    delete (f, 1, &m[1]);
    tags = feed_tags(f, &n);
    assert_int_equal(n, 1);
    assert_int_equal(tags[0].polls, 1);
    mem_free(tags);
    delete (f, 2, &m[2]);
    delete (f, 3, &m[3]);
    tags = feed_tags(f, &n);
    assert_int_equal(n, 0);
    mem_free(tags);
    feed_free(f);
}

/* ---- everything at once ---- */

static unsigned seed = 1;

static unsigned roll(unsigned n)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % n;
}

static void change_something(struct feed *f, struct model *m, uint32_t *newest,
                             roaring_bitmap_t *seen)
{
    uint32_t id = 1 + roll(*newest);

    if (roll(4) == 0 && *newest + 1 < POLLS) {
        id = ++*newest;
        m[id] = (struct model){.tags = roll(1 << TAGS),
                               .created_ms = 1000 + (int64_t)roll(1000000),
                               .closes_ms = roll(2) ? 1 + (int64_t)roll(50) : 0};
        add(f, id, &m[id]);
    } else if (m[id].there && roll(3) == 0) {
        m[id].closed = true;
        update(f, id, &m[id]);
    } else if (m[id].there && roll(5) == 0) {
        delete (f, id, &m[id]);
    } else if (m[id].there) {
        m[id].total += roll(1000);
        update(f, id, &m[id]);
        if (roll(3) == 0) {
            m[id].seen = true;
            roaring_bitmap_add(seen, id);
        }
    }
}

static bool eligible(const struct model *m, unsigned tag)
{
    return m->there && !m->closed && !m->seen && (tag == TAGS || m->tags & 1u << tag);
}

/* A walk while things change: who was eligible from its beginning to its end was met
 * exactly once; nobody twice; nobody who never was. */
static void walk_once(struct feed *f, struct model *m, uint32_t *newest,
                      roaring_bitmap_t *seen, enum feed_order order, unsigned tag)
{
    const struct str name = tag < TAGS ? str_of(tag_names[tag]) : STR("");
    struct feed_query q = all_of(order, 1 + roll(7));
    unsigned met[POLLS] = {0};
    bool whole[POLLS];
    char cursor[FEED_CURSOR_BYTES] = "";

    q.tags = &name;
    q.n_tags = tag < TAGS;
    q.seen = seen;
    for (uint32_t id = 1; id < POLLS; id++)
        whole[id] = id <= *newest && eligible(&m[id], tag);
    do {
        uint32_t ids[8];
        size_t n = page(f, q, cursor, ids);

        for (size_t i = 0; i < n; i++) {
            met[ids[i]]++;
            assert_true(eligible(&m[ids[i]], tag));
        }
        for (unsigned i = roll(4); i > 0; i--)
            change_something(f, m, newest, seen);
        for (uint32_t id = 1; id < POLLS; id++)
            whole[id] = whole[id] && (met[id] > 0 || eligible(&m[id], tag));
        if (roll(3) == 0)
            feed_refresh(f);
    } while (cursor[0] != '\0');
    for (uint32_t id = 1; id < POLLS; id++) {
        assert_true(met[id] <= 1);
        assert_true(!whole[id] || met[id] == 1);
    }
}

static void every_eligible_poll_is_met_exactly_once(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        struct feed *f = feed_new();
        struct model m[POLLS] = {0};
        uint32_t newest = 1;
        roaring_bitmap_t *seen = roaring_bitmap_create();

        seed = round + 1;
        add(f, 1, &m[1]);
        for (int i = 0; i < 600; i++)
            change_something(f, m, &newest, seen);
        for (int i = 0; i < 6; i++)
            walk_once(f, m, &newest, seen, (enum feed_order)roll(FEED__ORDERS),
                      roll(TAGS + 1));
        roaring_bitmap_free(seen);
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_comes_first),
        cmocka_unit_test(the_end_is_known_on_the_last_full_page),
        cmocka_unit_test(the_soonest_to_close_comes_first_and_never_last),
        cmocka_unit_test(votes_make_hot_and_age_makes_cold),
        cmocka_unit_test(a_reader_of_hot_keeps_the_order_it_began_with),
        cmocka_unit_test(cursors_of_others_are_refused),
        cmocka_unit_test(tags_bounds_and_take_narrow_the_walk),
        cmocka_unit_test(tags_count_unclosed_polls),
        cmocka_unit_test(every_eligible_poll_is_met_exactly_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
