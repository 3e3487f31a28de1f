/* test_metric.c — counters and histograms; what a loop counts of its requests. */
#include "lib/check.h"

#include "app/metrics.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/metric.h"

static void a_counter_goes_up_and_down(void **state)
{
    struct counter c = {0};

    (void)state;
    counter_add(&c, 3);
    counter_add(&c, 4);
    counter_sub(&c, 1);
    assert_int_equal(counter_get(&c), 6);
}

static void a_value_is_counted_at_the_first_bound_that_it_does_not_exceed(void **state)
{
    static const struct {
        const char *why;
        uint64_t value;
        size_t at;
    } rows[] = {
        {"nothing", 0, 0},
        {"the first bound itself", 1, 0},
        {"one more", 2, 1},
        {"between two", 3, 2},
        {"the last bound", 4096, 12},
        {"beyond all", 4097, 13},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct histogram h = {0};

        histogram_observe(&h, &bounds_batch, rows[i].value);
        CHECK_EQ_AT(rows[i].why, counter_get(&h.counts[rows[i].at]), 1);
        CHECK_EQ_AT(rows[i].why, histogram_count(&h), 1);
        CHECK_EQ_AT(rows[i].why, counter_get(&h.sum), rows[i].value);
    }
}

static void bounds_rise(void **state)
{
    static const struct bounds *const all[] = {
#define X(name, unit, ...) &bounds_##name,
        METRIC_BOUNDS(X)
#undef X
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++)
        for (size_t n = 1; n < all[i]->n; n++)
            assert_true(all[i]->at[n] > all[i]->at[n - 1]);
}

static void merging_adds_each_number(void **state)
{
    struct histogram sum = {0}, a = {0}, b = {0};

    (void)state;
    histogram_observe(&a, &bounds_batch, 1);
    histogram_observe(&b, &bounds_batch, 1);
    histogram_observe(&b, &bounds_batch, 5000);
    histogram_merge(&sum, &a);
    histogram_merge(&sum, &b);
    assert_int_equal(counter_get(&sum.counts[0]), 2);
    assert_int_equal(counter_get(&sum.counts[bounds_batch.n]), 1);
    assert_int_equal(counter_get(&sum.sum), 5002);
}

/* Where in a row was something counted? */
static size_t counted_at(const struct counter *row, size_t n)
{
    size_t at = n;

    for (size_t i = 0; i < n; i++)
        if (counter_get(&row[i]) != 0) {
            assert_int_equal(at, n);
            at = i;
        }
    return at;
}

static void every_status_that_we_send_is_told_as_itself(void **state)
{
    static const int statuses[] = {101, 200, 201, 202, 204, 304, 400, 404,
                                   417, 422, 425, 426, 429, 431, 500, 505};

    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        struct loop_metrics *m = mem_zalloc(1, sizeof *m);

        metrics_count_answer(m, 3, HTTP_GET_, statuses[i], 10);
        assert_int_equal(metrics_status(counted_at(m->answers[3], N_STATUSES)),
                         statuses[i]);
        assert_int_equal(histogram_count(&m->us[3]), 1);
        mem_free(m);
    }
}

static void what_no_route_took_is_told_by_its_method(void **state)
{
    struct loop_metrics *m = mem_zalloc(1, sizeof *m);

    (void)state;
    metrics_count_answer(m, ROUTE_OTHER, HTTP_PATCH_, 404, 10);
    assert_int_equal(
        metrics_status(counted_at(m->answers[N_ROUTES + HTTP_PATCH_], N_STATUSES)),
        404);
    assert_int_equal(histogram_count(&m->us[ROUTE_OTHER]), 1);
    mem_free(m);
}

static void a_wish_is_told_by_its_outcome(void **state)
{
    static const struct {
        const char *why;
        int rc;
        bool repeated;
        size_t at;
    } rows[] = {
        {"entered", 0, false, OUTCOME_ACCEPTED},
        {"again under its key", 0, true, OUTCOME_REPEATED},
        {"the first error", ERR_BAD_REQUEST, false, OUTCOME_ERRORS},
        {"the last error", ERR_HTTP_VERSION, false, N_OUTCOMES - 1},
        {"no error of ours", -5, false,
         OUTCOME_ERRORS + (size_t)(ERR_INTERNAL - ERR_BAD_REQUEST)},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct loop_metrics *m = mem_zalloc(1, sizeof *m);

        metrics_count_wish(m, CHANGE_VOTE, rows[i].rc, rows[i].repeated);
        CHECK_EQ_AT(rows[i].why, counted_at(m->wishes[CHANGE_VOTE], N_OUTCOMES),
                    rows[i].at);
        mem_free(m);
    }
}

static void the_owners_changes_are_no_votes(void **state)
{
    struct loop_metrics *m = mem_zalloc(1, sizeof *m);

    (void)state;
    metrics_count_wish(m, CHANGE_DELETE, 0, false);
    assert_int_equal(counted_at(&m->wishes[0][0], N_WISHES * (size_t)N_OUTCOMES),
                     N_WISHES * N_OUTCOMES);
    mem_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_goes_up_and_down),
        cmocka_unit_test(a_value_is_counted_at_the_first_bound_that_it_does_not_exceed),
        cmocka_unit_test(bounds_rise),
        cmocka_unit_test(merging_adds_each_number),
        cmocka_unit_test(every_status_that_we_send_is_told_as_itself),
        cmocka_unit_test(what_no_route_took_is_told_by_its_method),
        cmocka_unit_test(a_wish_is_told_by_its_outcome),
        cmocka_unit_test(the_owners_changes_are_no_votes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
