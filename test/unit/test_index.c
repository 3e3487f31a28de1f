/* test_index.c — each fact reaches every part of the index, and no reader misses a
 * poll.
 */
#include "lib/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/mem.h"
#include "index/index.h"

enum { CREATED_MS = 1000, OPENS_MS = 2000, CLOSES_MS = 3000, USER = 9 };

/* What the index asked of those around it: "at 5 2000" and "changed 5", in order. */
struct asked {
    char text[512];
    size_t n;
};

static void note_appointment(void *user, uint32_t poll, int64_t at_ms)
{
    struct asked *a = user;

    a->n += (size_t)snprintf(a->text + a->n, sizeof a->text - a->n, "at %u %lld; ",
                             poll, (long long)at_ms);
}

static void note_change(void *user, uint32_t poll)
{
    struct asked *a = user;

    a->n +=
        (size_t)snprintf(a->text + a->n, sizeof a->text - a->n, "changed %u; ", poll);
}

static struct index *new_index(struct asked *a)
{
    struct index_opts opts = {1 << 20, note_appointment, note_change, a};

    *a = (struct asked){0};
    return index_new(&opts);
}

static void expect(struct asked *a, const char *text)
{
    assert_string_equal(a->text, text);
    *a = (struct asked){0};
}

static struct poll timed_poll(uint32_t id, const char *tag)
{
    return (struct poll){.id = id,
                         .created_ms = CREATED_MS,
                         .rules = {.owner_id = 1,
                                   .n_options = 2,
                                   .opens_ms = OPENS_MS,
                                   .closes_ms = CLOSES_MS},
                         .title = STR("Which?"),
                         .owner_name = STR("ada"),
                         .options = {STR("a"), STR("b")},
                         .tags = {str_of(tag)},
                         .n_tags = 1};
}

static struct result result_at(const struct poll *p, uint64_t base, int64_t now_ms)
{
    static const uint32_t none[LIMIT_OPTIONS];
    struct result r;

    tally_result_at(p, base, none, 0, now_ms, &r);
    return r;
}

static void add(struct index *x, const struct poll *p, int64_t now_ms)
{
    struct result r = result_at(p, 1, now_ms);

    index_add(x, poll_new(p), &r);
}

static void publish(struct index *x, const struct poll *p, uint64_t base,
                    int64_t now_ms)
{
    struct ballot_events events = index_events(x);
    struct result r = result_at(p, base, now_ms);

    events.published(events.user, &r, &p->rules);
}

static void edit(struct index *x, const struct poll *to, uint32_t fields, uint64_t base,
                 int64_t now_ms)
{
    struct ballot_events events = index_events(x);
    struct poll_edit wish = {71, fields, to};
    struct result r = result_at(to, base, now_ms);

    events.edited(events.user, &wish, &r, &to->rules);
}

static bool walk_has(struct index *x, enum feed_order order, const char *tag,
                     uint32_t id)
{
    struct str tags[] = {str_of(tag)};
    struct feed_query q = {
        .order = order, .tags = tags, .n_tags = tag[0] != '\0', .limit = 100};
    char next[FEED_CURSOR_BYTES];
    uint32_t ids[100];
    size_t n;

    assert_int_equal(feed_walk(x->feed, &q, ids, &n, next), 0);
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void a_new_poll_is_read_and_appointed(void **state)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct poll *found;
    struct result r;

    (void)state;
    add(x, &p, CREATED_MS);
    expect(&asked, "at 5 2000; at 5 3000; ");
    assert_int_equal(catalogue_get(x->catalogue, 5, &found, &r), 0);
    assert_int_equal(r.status, POLL_SCHEDULED);
    assert_true(str_eq(found->title, STR("Which?")));
    poll_unref(found);
    assert_true(walk_has(x, FEED_NEW, "c", 5));
    index_free(x);
}

/* What the result has shown already is not to come; what it has not is, however late.
 */
static void what_time_has_done_is_not_appointed(void **state)
{
    static const struct {
        int64_t now_ms;
        const char *asked;
    } rows[] = {
        {OPENS_MS - 1, "at 5 2000; at 5 3000; "},
        {OPENS_MS, "at 5 3000; "},
        {CLOSES_MS - 1, "at 5 3000; "},
        {CLOSES_MS, ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll p = timed_poll(5, "c");
        struct asked asked;
        struct index *x = new_index(&asked);

        add(x, &p, rows[i].now_ms);
        expect(&asked, rows[i].asked);
        index_free(x);
    }
}

static void a_result_reaches_readers_and_followers(void **state)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct result r;

    (void)state;
    add(x, &p, OPENS_MS);
    expect(&asked, "at 5 3000; ");
    publish(x, &p, 7, OPENS_MS);
    expect(&asked, "changed 5; ");
    assert_int_equal(catalogue_get(x->catalogue, 5, NULL, &r), 0);
    assert_int_equal(r.version, 8); /* the opening is one */
    assert_true(walk_has(x, FEED_NEW, "c", 5));
    publish(x, &p, 7, CLOSES_MS);
    expect(&asked, "changed 5; ");
    assert_false(walk_has(x, FEED_NEW, "c", 5));
    index_free(x);
}

static void an_edit_moves_a_poll_everywhere(void **state)
{
    struct poll p = timed_poll(5, "c"), to = timed_poll(5, "go");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct poll *found;

    (void)state;
    add(x, &p, CLOSES_MS);
    expect(&asked, "");
    assert_false(walk_has(x, FEED_NEW, "c", 5));
    to.title = STR("Whither?");
    to.rules.closes_ms = CLOSES_MS + 500;
    edit(x, &to, POLL_TITLE | POLL_TAGS | POLL_CLOSES, 9, CLOSES_MS);
    expect(&asked, "at 5 3500; changed 5; ");
    assert_false(walk_has(x, FEED_NEW, "c", 5));
    assert_true(walk_has(x, FEED_NEW, "go", 5)); /* open again */
    assert_true(walk_has(x, FEED_CLOSING, "go", 5));
    assert_int_equal(catalogue_get(x->catalogue, 5, &found, NULL), 0);
    assert_true(str_eq(found->title, STR("Whither?")));
    assert_int_equal(found->rules.closes_ms, CLOSES_MS + 500);
    poll_unref(found);
    index_free(x);
}

static void a_deleted_poll_is_nowhere(void **state)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct ballot_events events = index_events(x);
    size_t n;

    (void)state;
    add(x, &p, OPENS_MS);
    expect(&asked, "at 5 3000; ");
    events.deleted(events.user, 5);
    expect(&asked, "changed 5; ");
    assert_int_equal(catalogue_count(x->catalogue), 0);
    assert_false(walk_has(x, FEED_NEW, "", 5));
    mem_free(feed_tags(x->feed, &n));
    assert_int_equal(n, 0);
    events.deleted(events.user, 5);
    edit(x, &p, POLL_TITLE, 9, OPENS_MS);
    expect(&asked, ""); /* what is unknown is passed over */
    index_free(x);
}

static void an_owner_can_be_renamed(void **state)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct poll *found;

    (void)state;
    add(x, &p, OPENS_MS);
    index_set_owner(x, 5, 1, STR("lovelace"));
    assert_int_equal(catalogue_get(x->catalogue, 5, &found, NULL), 0);
    assert_true(str_eq(found->owner_name, STR("lovelace")));
    poll_unref(found);
    index_free(x);
}

/* ---- what other processes have done ---- */

static void take(struct index *x, const struct poll *p, uint64_t base, int64_t now_ms)
{
    struct result r = result_at(p, base, now_ms);

    index_take(x, poll_new(p), &r);
}

static uint64_t version_in(struct index *x)
{
    struct result r;

    assert_int_equal(catalogue_get(x->catalogue, 5, NULL, &r), 0);
    return r.version;
}

static void a_poll_of_another_process_is_added_once(void **state)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);

    (void)state;
    take(x, &p, 1, CREATED_MS);
    expect(&asked, "at 5 2000; at 5 3000; ");
    assert_true(walk_has(x, FEED_NEW, "c", 5));
    add(x, &p, CREATED_MS); /* its own maker is later than the news of it */
    expect(&asked, "");
    assert_int_equal(catalogue_count(x->catalogue), 1);
    index_drop(x, 5);
    expect(&asked, "changed 5; ");
    assert_false(walk_has(x, FEED_NEW, "c", 5));
    index_free(x);
}

static void only_newer_news_counts(void **state)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);

    (void)state;
    add(x, &p, OPENS_MS);
    expect(&asked, "at 5 3000; ");
    take(x, &p, 7, OPENS_MS);
    expect(&asked, "changed 5; ");
    assert_int_equal(version_in(x), 8);
    take(x, &p, 7, OPENS_MS);
    take(x, &p, 3, OPENS_MS);
    publish(x, &p, 3, CLOSES_MS); /* nor is the own ballot's late word */
    expect(&asked, "");
    assert_int_equal(version_in(x), 8);
    assert_true(walk_has(x, FEED_NEW, "c", 5));
    index_free(x);
}

static void an_edit_of_another_process_is_made(void **state)
{
    struct poll p = timed_poll(5, "c"), to = timed_poll(5, "go");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct poll *found;

    (void)state;
    add(x, &p, OPENS_MS);
    expect(&asked, "at 5 3000; ");
    to.title = STR("Whither?");
    to.rules.edits = 1;
    take(x, &to, 9, OPENS_MS);
    expect(&asked, "at 5 3000; changed 5; ");
    assert_false(walk_has(x, FEED_NEW, "c", 5));
    assert_true(walk_has(x, FEED_NEW, "go", 5));
    to.owner_name = STR("lovelace"); /* which makes no new version */
    take(x, &to, 9, OPENS_MS);
    assert_int_equal(catalogue_get(x->catalogue, 5, &found, NULL), 0);
    assert_true(str_eq(found->title, STR("Whither?")));
    assert_true(str_eq(found->owner_name, STR("lovelace")));
    poll_unref(found);
    index_free(x);
}

/* ---- what users have done ---- */

static const int64_t lately_ms = INT64_C(1700000000000);

static void count_entry(void *user_data, enum change_kind kind, uint32_t poll)
{
    (void)kind;
    (void)poll;
    ++*(int *)user_data;
}

static int in_tail(struct index *x)
{
    int n = 0;

    tail_each(x->tail, USER, count_entry, &n);
    return n;
}

static void add_votes(void *user, uint32_t poll, uint32_t votes)
{
    (void)poll;
    *(uint32_t *)user += votes;
}

static uint32_t votes_lately(struct index *x)
{
    uint32_t votes = 0;

    trend_each(x->trend, TREND_HOUR, lately_ms, add_votes, &votes);
    return votes;
}

static bool has_seen(struct index *x, uint32_t poll)
{
    roaring_bitmap_t *seen = seen_get(x->seen, USER);
    bool has;

    assert_non_null(seen);
    has = roaring_bitmap_contains(seen, poll);
    roaring_bitmap_free(seen);
    return has;
}

static void enter(struct index *x, enum change_kind kind, uint32_t poll,
                  uint64_t position)
{
    struct ballot_events events = index_events(x);
    struct change c = {.kind = kind, .poll = poll, .user = USER, .at_ms = lately_ms};

    events.durable(events.user, &c, 1, position);
}

static void what_users_do_is_known_before_it_is_told(void **state)
{
    roaring_bitmap_t *none = roaring_bitmap_create();
    struct asked asked;
    struct index *x = new_index(&asked);

    (void)state;
    seen_begin(x->seen, USER);
    seen_fill(x->seen, USER, none);
    enter(x, CHANGE_VOTE, 5, 100);
    enter(x, CHANGE_SKIP, 6, 200);
    assert_true(has_seen(x, 5));
    assert_true(has_seen(x, 6));
    assert_int_equal(in_tail(x), 2);
    assert_int_equal(votes_lately(x), 1);
    enter(x, CHANGE_WITHDRAW, 5, 300);
    assert_false(has_seen(x, 5));
    assert_int_equal(votes_lately(x), 1); /* votes cast count */
    index_trim(x, 200);
    assert_int_equal(in_tail(x), 1);
    enter(x, CHANGE_VOTE, 7, 0); /* the store has it already */
    assert_int_equal(in_tail(x), 1);
    assert_true(has_seen(x, 7));
    index_add_recent(x, 8, lately_ms, 40);
    assert_int_equal(votes_lately(x), 42);
    expect(&asked, "");
    roaring_bitmap_free(none);
    index_free(x);
}

/* ---- beside readers ---- */

enum { EDITS = 3000 };

struct reader {
    struct index *x;
    enum feed_order order;
    atomic_bool stop;
    atomic_uint n_walks;
    unsigned n_missing;
};

static void *read_on(void *arg)
{
    struct reader *r = arg;

    while (!atomic_load(&r->stop)) {
        if (!walk_has(r->x, r->order, "c", 5))
            r->n_missing++;
        atomic_fetch_add(&r->n_walks, 1);
    }
    return NULL;
}

/* The poll keeps its tag and stays open: whoever reads meanwhile has it on their page.
 */
static void edit_beside(enum feed_order order)
{
    struct poll p = timed_poll(5, "c");
    struct asked asked;
    struct index *x = new_index(&asked);
    struct reader r = {.x = x, .order = order};
    pthread_t thread;

    add(x, &p, OPENS_MS);
    assert_int_equal(pthread_create(&thread, NULL, read_on, &r), 0);
    for (uint64_t i = 0; i < EDITS || atomic_load(&r.n_walks) < 10; i++) {
        edit(x, &p, POLL_DESCRIPTION, 2 + i, OPENS_MS);
        asked.n = 0;
    }
    atomic_store(&r.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(r.n_missing, 0);
    index_free(x);
}

static void no_reader_misses_a_poll_that_is_edited(void **state)
{
    (void)state;
    for (int order = 0; order < FEED__ORDERS; order++)
        edit_beside((enum feed_order)order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_poll_is_read_and_appointed),
        cmocka_unit_test(what_time_has_done_is_not_appointed),
        cmocka_unit_test(a_result_reaches_readers_and_followers),
        cmocka_unit_test(an_edit_moves_a_poll_everywhere),
        cmocka_unit_test(a_deleted_poll_is_nowhere),
        cmocka_unit_test(an_owner_can_be_renamed),
        cmocka_unit_test(a_poll_of_another_process_is_added_once),
        cmocka_unit_test(only_newer_news_counts),
        cmocka_unit_test(an_edit_of_another_process_is_made),
        cmocka_unit_test(what_users_do_is_known_before_it_is_told),
        cmocka_unit_test(no_reader_misses_a_poll_that_is_edited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
