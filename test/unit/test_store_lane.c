/* test_store_lane.c — jobs on the two lanes over a store. */
#include "lib/check.h"

#include "base/err.h"
#include "lib/lane_bench.h"

static void a_job_is_stored_before_it_is_made_visible(void **state)
{
    struct bench *b = *state;
    struct job j = new_job(b, "bob", 0);

    start(b);
    bench_submit(b, &j);
    bench_await(&b->home);
    assert_int_equal(j.job.rc, 0);
    assert_true(j.committed);
    assert_true(j.was_there);
}

/* Jobs that wait while one is held in its work: all in the next transaction. */
static void waiting_jobs_share_a_transaction_and_refusals_do_no_harm(void **state)
{
    struct bench *b = *state;
    sem_t entered, gate;
    atomic_int order = 0;
    size_t before;
    struct job held = new_job(b, "held", 0);
    struct job jobs[] = {new_job(b, "bob", 0), new_job(b, "x", ERR_INVALID),
                         new_job(b, "ada", 0), new_job(b, "cyd", 0)};

    sem_init(&entered, 0, 0);
    sem_init(&gate, 0, 0);
    start(b);
    before = b->n_commits;
    held.entered = &entered;
    held.gate = &gate;
    bench_submit(b, &held);
    bench_await(&entered);
    for (size_t i = 0; i < LENGTH(jobs); i++) {
        jobs[i].order = &order;
        bench_submit(b, &jobs[i]);
    }
    sem_post(&gate);
    for (size_t i = 0; i < 1 + LENGTH(jobs); i++)
        bench_await(&b->home);

    assert_int_equal(b->n_commits - before, 2);
    for (int i = 0; i < (int)LENGTH(jobs); i++)
        assert_int_equal(jobs[i].ran_as, i + 1);
    assert_int_equal(jobs[0].job.rc, 0);
    assert_int_equal(jobs[1].job.rc, ERR_INVALID);
    assert_false(jobs[1].committed);
    assert_int_equal(jobs[2].job.rc, ERR_CONFLICT); /* the name is taken */
    assert_false(jobs[2].committed);
    assert_int_equal(jobs[3].job.rc, 0);
    assert_true(jobs[0].was_there && jobs[3].was_there);
    assert_int_equal(verified(b->w).accounts, 4);
    sem_destroy(&entered);
    sem_destroy(&gate);
}

static void a_full_lane_refuses(void **state)
{
    struct bench *b = *state;
    sem_t entered, gate;
    struct job held = new_job(b, "held", 0), extra = new_job(b, "extra", 0);
    struct job jobs[MAX_WAITING];

    sem_init(&entered, 0, 0);
    sem_init(&gate, 0, 0);
    start(b);
    held.entered = &entered;
    held.gate = &gate;
    bench_submit(b, &held);
    bench_await(&entered);
    for (size_t i = 0; i < MAX_WAITING; i++) {
        jobs[i] = new_job(b, "x", ERR_INVALID);
        bench_submit(b, &jobs[i]);
    }
    assert_int_equal(store_lane_submit(b->lane, &extra.job), ERR_OVERLOADED);
    store_lane_wake(b->lane); /* is not refused */
    append_votes(b, 1);
    sem_post(&gate);
    for (size_t i = 0; i < 1 + MAX_WAITING; i++)
        bench_await(&b->home);
    assert_false(extra.came_home);
    await_position(b, 1);
    sem_destroy(&entered);
    sem_destroy(&gate);
}

static void jobs_of_a_failed_transaction_were_never_stored(void **state)
{
    static const struct {
        const char *why;
        enum store_mem_fault fault;
    } rows[] = {
        {"begin fails", MEM_NO_BEGIN},
        {"writing fails", MEM_NO_WRITE},
        {"commit fails", MEM_NO_COMMIT},
    };
    struct bench *b = *state;

    start(b);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char name[] = "bob0";

        name[3] = (char)('0' + i);
        store_mem_fault(b->w->s, rows[i].fault);
        CHECK_EQ_AT(rows[i].why, run_job(b, name), ERR_UNAVAILABLE);
        CHECK_EQ_AT(rows[i].why, run_job(b, name), ERR_UNAVAILABLE);
        store_mem_fault(b->w->s, MEM_SOUND);
        CHECK_EQ_AT(rows[i].why, run_job(b, name), 0);
    }
    assert_int_equal(verified(b->w).accounts, 4);
    stop(b); /* failures are told once each, and so are recoveries */
    EXPECT_REPORTS(b, ERR_UNAVAILABLE, 0, ERR_UNAVAILABLE, 0, ERR_UNAVAILABLE, 0);
}

static void a_job_that_finds_the_store_failing_ends_the_transaction(void **state)
{
    struct bench *b = *state;
    sem_t entered, gate;
    struct job held = new_job(b, "held", 0);
    struct job jobs[] = {new_job(b, "bob", 0), new_job(b, "x", ERR_UNAVAILABLE),
                         new_job(b, "cyd", 0)};

    sem_init(&entered, 0, 0);
    sem_init(&gate, 0, 0);
    start(b);
    held.entered = &entered;
    held.gate = &gate;
    bench_submit(b, &held);
    bench_await(&entered);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        bench_submit(b, &jobs[i]);
    sem_post(&gate);
    for (size_t i = 0; i < 1 + LENGTH(jobs); i++)
        bench_await(&b->home);
    for (size_t i = 0; i < LENGTH(jobs); i++) {
        assert_int_equal(jobs[i].job.rc, ERR_UNAVAILABLE);
        assert_false(jobs[i].committed);
    }
    assert_int_equal(held.job.rc, 0);
    assert_int_equal(verified(b->w).accounts, 2);
    sem_destroy(&entered);
    sem_destroy(&gate);
}

/* ---- the read lane ---- */

static int read_account(struct store *s, struct store_job *job)
{
    struct job *j = (struct job *)job;

    return s->ops->account_by_id(s, j->account.id, &j->account);
}

static void reads_answer_each_for_itself(void **state)
{
    struct bench *b = *state;
    struct read_lane_opts opts = {b->w->s, MAX_WAITING, keep_report, b};
    struct read_lane *l;
    struct job found = new_job(b, "?", 0), missing = found, broken = found;

    found.account.id = broken.account.id = b->w->owner;
    missing.account.id = b->w->owner + 1;
    found.job.work = missing.job.work = broken.job.work = read_account;
    assert_int_equal(read_lane_start(&opts, &l), 0);
    assert_int_equal(read_lane_submit(l, &missing.job), 0);
    assert_int_equal(read_lane_submit(l, &found.job), 0);
    bench_await(&b->home);
    bench_await(&b->home);
    assert_int_equal(missing.job.rc, ERR_NOT_FOUND);
    assert_int_equal(found.job.rc, 0);
    assert_string_equal(found.account.username, "ada");
    assert_false(found.committed);

    store_mem_fault(b->w->s, MEM_NO_READ);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read_lane_submit(l, &broken.job), 0);
        bench_await(&b->home);
        assert_int_equal(broken.job.rc, ERR_UNAVAILABLE);
    }
    store_mem_fault(b->w->s, MEM_SOUND);
    assert_int_equal(read_lane_submit(l, &broken.job), 0);
    assert_null(read_lane_stop(l)); /* answers what was submitted */
    assert_int_equal(broken.job.rc, 0);
    EXPECT_REPORTS(b, ERR_UNAVAILABLE, 0);
    assert_null(read_lane_stop(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_job_is_stored_before_it_is_made_visible),
        BENCH_TEST(waiting_jobs_share_a_transaction_and_refusals_do_no_harm),
        BENCH_TEST(a_full_lane_refuses),
        BENCH_TEST(jobs_of_a_failed_transaction_were_never_stored),
        BENCH_TEST(a_job_that_finds_the_store_failing_ends_the_transaction),
        BENCH_TEST(reads_answer_each_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
