/* test_projector.c — how the journal comes into the store, and what happens when it
 * cannot. */
#include "lib/check.h"

#include "base/clock.h"
#include "base/err.h"
#include "lib/lane_bench.h"

static void start_projects_all_that_the_journal_has(void **state)
{
    struct bench *b = *state;
    size_t n = 2 * PROJECT_MAX + 1;

    append_votes(b, n);
    start(b);
    assert_int_equal(store_lane_position(b->lane), n * STRIDE);
    assert_int_equal(b->journal.released, n * STRIDE);
    assert_int_equal(b->n_commits, 3);
    assert_int_equal(votes_stored(b), n);
}

static void count_progress(void *user, uint64_t done_bytes)
{
    struct bench *b = user;

    assert_true(done_bytes % (PROJECT_MAX * STRIDE) == 0 ||
                done_bytes == b->journal.n * STRIDE);
    b->n_reports++;
}

static void start_tells_its_progress(void **state)
{
    struct bench *b = *state;
    struct store_lane_opts opts = opts_of(b);

    append_votes(b, PROJECT_MAX + 5);
    assert_int_equal(store_lane_start(&opts, count_progress, &b->lane), 0);
    assert_int_equal(b->n_reports, 2);
}

static void a_start_with_nothing_to_do_is_silent(void **state)
{
    struct bench *b = *state;
    struct store_lane_opts opts = opts_of(b);

    assert_int_equal(store_lane_start(&opts, count_progress, &b->lane), 0);
    assert_int_equal(b->n_reports, 0);
}

static void a_start_goes_on_where_the_last_one_ended(void **state)
{
    struct bench *b = *state;

    append_votes(b, 3);
    start(b);
    stop(b);
    append_votes(b, 2);
    b->journal.changes[0].option = 1; /* must not be read again */
    b->journal.changes[0].version = 100;
    start(b);
    assert_int_equal(votes_stored(b), 5);
}

static void a_start_fails_when_the_journal_does_not_fit(void **state)
{
    struct bench *b = *state;
    struct store_lane_opts opts = opts_of(b);

    b->journal.fail = ERR_CONFLICT;
    assert_int_equal(store_lane_start(&opts, NULL, &b->lane), ERR_CONFLICT);
    EXPECT_REPORTS(b, ERR_CONFLICT);
    b->lane = NULL;
}

static void a_start_fails_when_the_store_does(void **state)
{
    static const enum store_mem_fault faults[] = {MEM_NO_READ, MEM_NO_BEGIN,
                                                  MEM_NO_WRITE, MEM_NO_COMMIT};
    struct bench *b = *state;
    struct store_lane_opts opts = opts_of(b);

    append_votes(b, 1);
    for (size_t i = 0; i < LENGTH(faults); i++) {
        store_mem_fault(b->w->s, faults[i]);
        assert_int_equal(store_lane_start(&opts, NULL, &b->lane), ERR_UNAVAILABLE);
        assert_int_equal(b->n_reports, i + 1);
    }
    store_mem_fault(b->w->s, MEM_SOUND);
    assert_int_equal(votes_stored(b), 0);
    b->lane = NULL;
}

static void a_wake_has_the_new_changes_projected(void **state)
{
    struct bench *b = *state;

    start(b);
    for (size_t n = 1; n <= 3; n++) {
        append_votes(b, 1);
        store_lane_wake(b->lane);
        await_position(b, n);
        assert_int_equal(votes_stored(b), n);
    }
}

/* What comes while there is a pause goes into one transaction. Each job has the lane go
 * round once, and would have it project each time. */
static void many_wakes_are_few_transactions(void **state)
{
    enum { ROUNDS = 60 };
    struct bench *b = *state;
    uint64_t from_ms = clock_mono_ms(), n_pauses;

    start(b);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct job j = new_job(b, "x", ERR_INVALID);

        append_votes(b, 1);
        store_lane_wake(b->lane);
        bench_submit(b, &j);
        bench_await(&b->home);
    }
    await_position(b, ROUNDS);
    assert_int_equal(votes_stored(b), ROUNDS);
    n_pauses = (clock_mono_ms() - from_ms) / PROJECT_PAUSE_MS;
    assert_in_range(b->n_projects, 1, 1 + n_pauses);
}

static void a_projector_that_is_behind_goes_on_by_itself(void **state)
{
    struct bench *b = *state;

    start(b);
    append_votes(b, 2 * PROJECT_MAX + 1);
    store_lane_wake(b->lane);
    await_position(b, 2 * PROJECT_MAX + 1);
    assert_int_equal(b->n_commits, 3);
}

static void what_a_journal_gives_bit_by_bit_is_one_transaction(void **state)
{
    struct bench *b = *state;

    b->journal.at_a_time = 7;
    append_votes(b, 100);
    start(b);
    assert_int_equal(votes_stored(b), 100);
    assert_int_equal(b->n_commits, 1);
}

static struct bench *woken; /* by on_read, which knows only its journal */

static void append_and_wake(struct fake_journal *j)
{
    (void)j;
    append_votes(woken, 1);
    store_lane_wake(woken->lane);
}

static void a_wake_while_the_journal_is_read_is_not_lost(void **state)
{
    struct bench *b = *state;

    start(b);
    woken = b;
    for (size_t n = 2; n <= 6; n += 2) {
        pthread_mutex_lock(&b->journal.lock);
        b->journal.on_read = append_and_wake;
        pthread_mutex_unlock(&b->journal.lock);
        append_votes(b, 1);
        store_lane_wake(b->lane);
        await_position(b, n);
    }
    assert_int_equal(votes_stored(b), 6);
}

static void stop_leaves_nothing_behind(void **state)
{
    struct bench *b = *state;
    struct job jobs[MAX_WAITING - 1]; /* the wake waits too */

    start(b);
    append_votes(b, 1);
    store_lane_wake(b->lane);
    await_position(b, 1); /* it pauses now */
    append_votes(b, PROJECT_MAX);
    store_lane_wake(b->lane);
    for (size_t i = 0; i < LENGTH(jobs); i++) {
        char name[] = "user-a";

        name[5] = (char)('a' + i);
        jobs[i] = new_job(b, name, 0);
        bench_submit(b, &jobs[i]);
    }
    stop(b);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        assert_true(jobs[i].came_home && jobs[i].job.rc == 0);
    assert_int_equal(votes_stored(b), 1 + PROJECT_MAX);
    assert_null(store_lane_stop(NULL));
}

/* ---- when it fails ---- */

static void projecting_recovers_and_counts_once(void **state)
{
    static const struct {
        const char *why;
        enum store_mem_fault fault;
    } rows[] = {
        {"begin fails", MEM_NO_BEGIN},
        {"the changes cannot be written", MEM_NO_WRITE},
        {"a crash between projecting and the commit", MEM_NO_COMMIT},
        {"the commit is done, but nobody is told", MEM_COMMIT_LOST},
    };
    struct bench *b = *state;
    size_t n = 0;

    start(b);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char name[] = "bob0";

        name[3] = (char)('0' + i);
        store_mem_fault(b->w->s, rows[i].fault);
        append_votes(b, 10);
        store_lane_wake(b->lane);
        await_reports(b, 2 * i + 1);
        CHECK_EQ_AT(rows[i].why, store_lane_position(b->lane), n * STRIDE);
        CHECK_EQ_AT(rows[i].why, b->journal.released, n * STRIDE);
        store_mem_fault(b->w->s, MEM_SOUND);
        CHECK_EQ_AT(rows[i].why, run_job(b, name), 0); /* a reason to try again */
        n += 10;
        await_position(b, n);
        await_reports(b, 2 * i + 2);
        CHECK_EQ_AT(rows[i].why, votes_stored(b), n);
    }
    stop(b);
    EXPECT_REPORTS(b, ERR_UNAVAILABLE, 0, ERR_UNAVAILABLE, 0, ERR_UNAVAILABLE, 0,
                   ERR_UNAVAILABLE, 0);
}

static void projecting_is_tried_again_without_a_reason(void **state)
{
    struct bench *b = *state;

    start(b);
    store_mem_fault(b->w->s, MEM_NO_COMMIT);
    append_votes(b, 10);
    store_lane_wake(b->lane);
    await_reports(b, 1);
    store_mem_fault(b->w->s, MEM_SOUND);
    await_position(b, 10);
    assert_int_equal(votes_stored(b), 10);
}

static void a_journal_that_cannot_be_read_does_not_stop_jobs(void **state)
{
    struct bench *b = *state;

    start(b);
    pthread_mutex_lock(&b->journal.lock);
    b->journal.fail = ERR_CONFLICT;
    pthread_mutex_unlock(&b->journal.lock);
    append_votes(b, 1);
    store_lane_wake(b->lane);
    await_reports(b, 1);
    assert_int_equal(run_job(b, "bob"), 0);
    assert_int_equal(run_job(b, "cyd"), 0);
    pthread_mutex_lock(&b->journal.lock);
    b->journal.fail = 0;
    pthread_mutex_unlock(&b->journal.lock);
    assert_int_equal(run_job(b, "dan"), 0);
    await_position(b, 1);
    await_reports(b, 2);
    stop(b);
    EXPECT_REPORTS(b, ERR_CONFLICT, 0);
}

static void changes_that_cannot_be_projected_do_not_stop_jobs(void **state)
{
    enum { JOBS = 8 };
    struct bench *b = *state;

    start(b);
    b->project_fails = true;
    append_votes(b, 1);
    store_lane_wake(b->lane);
    await_reports(b, 1);
    for (int i = 0; i < JOBS; i++) {
        char name[] = "user0";

        name[4] = (char)('0' + i);
        assert_int_equal(run_job(b, name), 0);
    }
    assert_true(b->n_projects >= JOBS); /* each was a reason to try */
    stop(b);
    EXPECT_REPORTS(b, ERR_UNAVAILABLE);
    assert_int_equal(b->journal.released, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(start_projects_all_that_the_journal_has),
        BENCH_TEST(start_tells_its_progress),
        BENCH_TEST(a_start_with_nothing_to_do_is_silent),
        BENCH_TEST(a_start_goes_on_where_the_last_one_ended),
        BENCH_TEST(a_start_fails_when_the_journal_does_not_fit),
        BENCH_TEST(a_start_fails_when_the_store_does),
        BENCH_TEST(a_wake_has_the_new_changes_projected),
        BENCH_TEST(many_wakes_are_few_transactions),
        BENCH_TEST(a_projector_that_is_behind_goes_on_by_itself),
        BENCH_TEST(what_a_journal_gives_bit_by_bit_is_one_transaction),
        BENCH_TEST(a_wake_while_the_journal_is_read_is_not_lost),
        BENCH_TEST(stop_leaves_nothing_behind),
        BENCH_TEST(projecting_recovers_and_counts_once),
        BENCH_TEST(projecting_is_tried_again_without_a_reason),
        BENCH_TEST(a_journal_that_cannot_be_read_does_not_stop_jobs),
        BENCH_TEST(changes_that_cannot_be_projected_do_not_stop_jobs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
