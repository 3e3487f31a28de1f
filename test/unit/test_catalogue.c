/* test_catalogue.c — every poll's definition and newest result. */
#include "lib/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "index/catalogue.h"

static struct result result_at(uint32_t poll, uint64_t version)
{
    return (struct result){.poll = poll,
                           .version = version,
                           .status = POLL_OPEN,
                           .n_options = 2,
                           .total = (uint32_t)version,
                           .skips = (uint32_t)version + 7,
                           .counts = {(uint32_t)version - 1, 1}};
}

static void add(struct catalogue *c, uint32_t id)
{
    struct poll from = {.id = id, .rules = {.n_options = 2}, .title = STR("Which?")};
    struct result r = result_at(id, 1);

    catalogue_add(c, poll_new(&from), &r);
}

static bool has(struct catalogue *c, uint32_t id)
{
    return catalogue_get(c, id, NULL, NULL) == 0;
}

static void check_result(const struct result *r, uint32_t poll, uint64_t version)
{
    assert_int_equal(r->poll, poll);
    assert_int_equal(r->version, version);
    assert_int_equal(r->n_options, 2);
    assert_int_equal(r->counts[0], version - 1);
    assert_int_equal(r->counts[1], 1);
    assert_int_equal(r->total, version);
    assert_int_equal(r->skips, version + 7);
}

static void what_was_added_is_found(void **state)
{
    static const uint32_t ids[] = {1, 2, 1023, 1024, 16383, 16384, 5000000};
    struct catalogue *c = catalogue_new();
    (void)state;

    assert_int_equal(catalogue_count(c), 0);
    for (size_t i = 0; i < LENGTH(ids); i++) {
        struct poll *p = NULL;
        struct result r;

        assert_false(has(c, ids[i]));
        add(c, ids[i]);
        assert_int_equal(catalogue_get(c, ids[i], &p, &r), 0);
        assert_int_equal(p->id, ids[i]);
        CHECK_STR(p->title, "Which?");
        check_result(&r, ids[i], 1);
        assert_int_equal(r.status, POLL_OPEN);
        poll_unref(p);
        assert_int_equal(catalogue_count(c), i + 1);
    }
    for (size_t i = 0; i < LENGTH(ids); i++)
        assert_true(has(c, ids[i]));
    assert_false(has(c, 3));
    assert_false(has(c, 0));
    assert_false(has(c, UINT32_MAX));
    catalogue_free(c);
    assert_null(catalogue_free(NULL));
}

static void only_newer_results_are_taken(void **state)
{
    struct catalogue *c = catalogue_new();
    struct poll_rules rules = {.n_options = 2};
    struct result r, got;
    (void)state;

    add(c, 5);
    r = result_at(5, 9);
    catalogue_publish(c, &r, &rules);
    assert_int_equal(catalogue_get(c, 5, NULL, &got), 0);
    check_result(&got, 5, 9);
    r = result_at(5, 8);
    catalogue_publish(c, &r, &rules);
    assert_int_equal(catalogue_get(c, 5, NULL, &got), 0);
    check_result(&got, 5, 9);
    r = result_at(5, 9);
    r.skips = 3; /* a skip makes no version */
    catalogue_publish(c, &r, &rules);
    assert_int_equal(catalogue_get(c, 5, NULL, &got), 0);
    assert_int_equal(got.skips, 3);
    r = result_at(6, 9); /* a poll that is not there, in the page and beyond */
    catalogue_publish(c, &r, &rules);
    assert_false(has(c, 6));
    r = result_at(600000, 9);
    catalogue_publish(c, &r, &rules);
    assert_false(has(c, 600000));
    catalogue_free(c);
}

static void closing_makes_a_new_definition(void **state)
{
    struct catalogue *c = catalogue_new();
    struct poll_rules rules = {.n_options = 2};
    struct poll *before, *same, *after;
    struct result r = result_at(5, 2);
    (void)state;

    add(c, 5);
    assert_int_equal(catalogue_get(c, 5, &before, NULL), 0);
    catalogue_publish(c, &r, &rules);
    assert_int_equal(catalogue_get(c, 5, &same, NULL), 0);
    assert_ptr_equal(same, before);
    rules.closes_ms = 1234;
    r = result_at(5, 3);
    r.status = POLL_CLOSED;
    catalogue_publish(c, &r, &rules);
    assert_int_equal(catalogue_get(c, 5, &after, &r), 0);
    assert_int_equal(r.status, POLL_CLOSED);
    assert_int_equal(after->rules.closes_ms, 1234);
    CHECK_STR(after->title, "Which?");
    assert_int_equal(before->rules.closes_ms, 0); /* who holds it sees no change */
    poll_unref(before);
    poll_unref(same);
    poll_unref(after);
    catalogue_free(c);
}

static void what_is_deleted_is_not_found(void **state)
{
    struct catalogue *c = catalogue_new();
    struct poll_rules rules = {.n_options = 2};
    struct result r = result_at(5, 9);
    struct poll *held;
    (void)state;

    add(c, 5);
    add(c, 6);
    assert_int_equal(catalogue_get(c, 5, &held, NULL), 0);
    catalogue_delete(c, 5);
    assert_int_equal(catalogue_get(c, 5, NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(catalogue_count(c), 1);
    catalogue_delete(c, 5);
    catalogue_delete(c, 77);
    catalogue_delete(c, 7700000);
    assert_int_equal(catalogue_count(c), 1);
    catalogue_publish(c, &r, &rules);
    assert_false(has(c, 5));
    CHECK_STR(held->title, "Which?");
    poll_unref(held);
    catalogue_free(c);
}

/* ---- threads ---- */

enum { IDS = 20000, VERSIONS = 20000, HOT = 3 };

struct shared {
    struct catalogue *c;
    atomic_bool done;
};

static void *adds(void *arg)
{
    struct shared *s = arg;

    for (uint32_t id = 10; id <= IDS; id++)
        add(s->c, id);
    return NULL;
}

static void *publishes(void *arg)
{
    struct shared *s = arg;

    for (uint64_t v = 2; v <= VERSIONS; v++) {
        struct poll_rules rules = {.n_options = 2, .closes_ms = (int64_t)(v / 64)};
        struct result r = result_at(HOT, v);

        catalogue_publish(s->c, &r, &rules);
    }
    atomic_store(&s->done, true);
    return NULL;
}

/* A result is whole, and never older than one that was seen before. */
static void *looks(void *arg)
{
    struct shared *s = arg;
    uint64_t seen = 0;

    while (!atomic_load(&s->done)) {
        struct result r;
        struct poll *p;

        if (catalogue_get(s->c, HOT, &p, &r) != 0 || r.version < seen ||
            r.counts[0] != r.version - 1 || r.total != r.version || p->id != HOT)
            return "torn";
        seen = r.version;
        poll_unref(p);
    }
    return NULL;
}

static void threads_see_whole_results(void **state)
{
    struct shared s = {.c = catalogue_new()};
    void *(*const mains[])(void *) = {adds, publishes, looks, looks};
    pthread_t threads[LENGTH(mains)];
    struct result r;
    (void)state;

    add(s.c, HOT);
    for (size_t i = 0; i < LENGTH(mains); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, mains[i], &s), 0);
    for (size_t i = 0; i < LENGTH(mains); i++) {
        void *wrong;

        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_int_equal(catalogue_count(s.c), 1 + IDS - 9);
    assert_int_equal(catalogue_get(s.c, HOT, NULL, &r), 0);
    check_result(&r, HOT, VERSIONS);
    catalogue_free(s.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(only_newer_results_are_taken),
        cmocka_unit_test(closing_makes_a_new_definition),
        cmocka_unit_test(what_is_deleted_is_not_found),
        cmocka_unit_test(threads_see_whole_results),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
