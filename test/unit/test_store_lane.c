/* test_store_lane.c — the lanes over a store: jobs, the projector, and their failures.
 */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/store_world.h"
#include "store/mem.h"
#include "work/store_lane.h"

enum { LIMIT_S = 30, REPORTS = 8, STRIDE = 8, MAX_WAITING = 16 };

/* ---- a journal that a test writes ---- */

struct fake_journal {
    pthread_mutex_t lock; /* guards what follows */
    struct change *changes;
    size_t n;
    size_t at_a_time; /* given by one read; 0: as many as are asked for */
    int fail;         /* what reading answers; 0: changes */
    void (*on_read)(struct fake_journal *j); /* once, while it is read */
    _Atomic uint64_t released;
};

struct bench {
    struct world *w;
    uint32_t poll;
    struct fake_journal journal;
    struct change_source source;
    struct store_lane *lane;

    struct store_ops spied; /* the store's, with commits counted */
    const struct store_ops *real;
    atomic_size_t n_commits;
    atomic_bool project_fails;

    pthread_mutex_t lock; /* guards the reports */
    int reports[REPORTS];
    size_t n_reports;
    sem_t home;
};

static int read_fake(void *user, uint64_t position, struct change *changes, size_t max,
                     size_t *ret_n, uint64_t *ret_next)
{
    struct fake_journal *j = &((struct bench *)user)->journal;
    void (*on_read)(struct fake_journal *) = NULL;
    size_t from = position / STRIDE, n;
    int rc;

    pthread_mutex_lock(&j->lock);
    rc = j->fail;
    if (rc == 0) {
        n = j->n - from < max ? j->n - from : max;
        if (j->at_a_time != 0 && n > j->at_a_time)
            n = j->at_a_time;
        if (n != 0)
            memcpy(changes, j->changes + from, n * sizeof *changes);
        *ret_n = n;
        *ret_next = position + n * STRIDE;
        on_read = j->on_read;
        j->on_read = NULL;
    }
    pthread_mutex_unlock(&j->lock);
    if (on_read != NULL)
        on_read(j);
    return rc;
}

static void release_fake(void *user, uint64_t position)
{
    struct fake_journal *j = &((struct bench *)user)->journal;

    assert_true(position > j->released);
    j->released = position;
}

/* Votes of users nobody has been yet. */
static void append_votes(struct bench *b, size_t n)
{
    struct fake_journal *j = &b->journal;

    pthread_mutex_lock(&j->lock);
    j->changes = mem_realloc(j->changes, (j->n + n) * sizeof *j->changes);
    for (size_t i = 0; i < n; i++, j->n++)
        j->changes[j->n] =
            vote(b->poll, (uint32_t)j->n + 1, (uint32_t)j->n % 2, j->n + 2);
    pthread_mutex_unlock(&j->lock);
}

/* ---- the bench ---- */

static struct bench *bench_of(struct store *s);

static int counted_commit(struct store *s)
{
    struct bench *b = bench_of(s);

    b->n_commits++;
    return b->real->commit(s);
}

static int failing_project(struct store *s, const struct change *changes, size_t n)
{
    struct bench *b = bench_of(s);

    return b->project_fails ? ERR_UNAVAILABLE : b->real->project(s, changes, n);
}

static struct bench *bench_of(struct store *s)
{
    return (struct bench *)((char *)(uintptr_t)s->ops - offsetof(struct bench, spied));
}

static void keep_report(void *user, int err, const char *text)
{
    struct bench *b = user;

    assert_non_null(text);
    pthread_mutex_lock(&b->lock);
    if (b->n_reports < REPORTS)
        b->reports[b->n_reports] = err;
    b->n_reports++;
    pthread_mutex_unlock(&b->lock);
}

static struct store_lane_opts opts_of(struct bench *b)
{
    return (struct store_lane_opts){.store = b->w->s,
                                    .source = &b->source,
                                    .max_waiting = MAX_WAITING,
                                    .report = keep_report,
                                    .user = b};
}

static void start(struct bench *b)
{
    struct store_lane_opts opts = opts_of(b);

    assert_int_equal(store_lane_start(&opts, NULL, &b->lane), 0);
}

static void stop(struct bench *b)
{
    b->lane = store_lane_stop(b->lane);
}

static int setup(void **state)
{
    struct bench *b = mem_zalloc(1, sizeof *b);

    b->w = world_new(&backend_mem);
    b->poll = add_poll(b->w, 2);
    b->source = (struct change_source){read_fake, release_fake, b};
    b->real = b->w->s->ops;
    b->spied = *b->real;
    b->spied.commit = counted_commit;
    b->spied.project = failing_project;
    b->w->s->ops = &b->spied;
    pthread_mutex_init(&b->journal.lock, NULL);
    pthread_mutex_init(&b->lock, NULL);
    sem_init(&b->home, 0, 0);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    store_lane_stop(b->lane);
    world_free(b->w);
    pthread_mutex_destroy(&b->journal.lock);
    pthread_mutex_destroy(&b->lock);
    sem_destroy(&b->home);
    mem_free(b->journal.changes);
    mem_free(b);
    return 0;
}

/* ---- waiting ---- */

static void await(sem_t *s)
{
    struct timespec limit;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += LIMIT_S;
    while (sem_timedwait(s, &limit) != 0)
        assert_int_equal(errno, EINTR);
}

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void await_position(struct bench *b, size_t n_changes)
{
    for (int i = 0; i < LIMIT_S * 1000; i++) {
        if (store_lane_position(b->lane) == n_changes * STRIDE &&
            b->journal.released == n_changes * STRIDE)
            return;
        pause_a_little();
    }
    fail_msg("projected up to %ju of %zu",
             (uintmax_t)store_lane_position(b->lane) / STRIDE, n_changes);
}

static void await_reports(struct bench *b, size_t n)
{
    for (int i = 0; i < LIMIT_S * 1000; i++) {
        size_t got;

        pthread_mutex_lock(&b->lock);
        got = b->n_reports;
        pthread_mutex_unlock(&b->lock);
        if (got >= n)
            return;
        pause_a_little();
    }
    fail_msg("no report");
}

static void expect_reports(struct bench *b, const int *want, size_t n)
{
    assert_int_equal(b->n_reports, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(b->reports[i], want[i]);
}

#define EXPECT_REPORTS(b, ...)                                                         \
    expect_reports((b), (const int[]){__VA_ARGS__},                                    \
                   sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static uint32_t votes_stored(struct bench *b)
{
    struct stored_poll p;

    assert_true(look_up(b->w, b->poll, &p));
    assert_int_equal(p.total, p.counts[0] + p.counts[1]);
    assert_int_equal(p.base_version, p.total + 1);
    return p.total;
}

/* ---- jobs ---- */

struct job {
    struct store_job job; /* first */
    struct bench *bench;
    struct account account;
    int answer;            /* of work(); 0: add the account */
    sem_t *entered, *gate; /* a job that is held in its work */
    atomic_int *order;     /* counts the jobs that ran */
    int ran_as;
    bool was_there; /* in committed(): readers see the account */
    bool committed, came_home;
};

static int work(struct store *s, struct store_job *job)
{
    struct job *j = (struct job *)job;
    const char *field;

    j->ran_as = j->order != NULL ? ++*j->order : 0;
    if (j->gate != NULL) {
        sem_post(j->entered);
        await(j->gate);
    }
    return j->answer != 0 ? j->answer : s->ops->account_add(s, &j->account, &field);
}

static void committed(struct store_job *job)
{
    struct job *j = (struct job *)job;
    struct store *s = j->bench->w->s;
    struct account a;

    assert_false(j->came_home);
    j->committed = true;
    j->was_there = s->ops->account_by_id(s, j->account.id, &a) == 0;
}

static void on_home(struct mail *m)
{
    struct job *j = (struct job *)m;

    j->came_home = true;
    sem_post(&j->bench->home);
}

static struct job new_job(struct bench *b, const char *name, int answer)
{
    struct job j = {.bench = b, .answer = answer};

    j.job.mail.on_home = on_home;
    j.job.work = work;
    j.job.committed = committed;
    snprintf(j.account.username, sizeof j.account.username, "%s", name);
    snprintf(j.account.email, sizeof j.account.email, "%s@example.org", name);
    return j;
}

static void submit(struct bench *b, struct job *j)
{
    assert_int_equal(store_lane_submit(b->lane, &j->job), 0);
}

static int run_job(struct bench *b, const char *name)
{
    struct job j = new_job(b, name, 0);

    submit(b, &j);
    await(&b->home);
    assert_true(j.came_home);
    assert_int_equal(j.committed, j.job.rc == 0);
    return j.job.rc;
}

static void a_job_is_stored_before_it_is_made_visible(void **state)
{
    struct bench *b = *state;
    struct job j = new_job(b, "bob", 0);

    start(b);
    submit(b, &j);
    await(&b->home);
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
    submit(b, &held);
    await(&entered);
    for (size_t i = 0; i < LENGTH(jobs); i++) {
        jobs[i].order = &order;
        submit(b, &jobs[i]);
    }
    sem_post(&gate);
    for (size_t i = 0; i < 1 + LENGTH(jobs); i++)
        await(&b->home);

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
    submit(b, &held);
    await(&entered);
    for (size_t i = 0; i < MAX_WAITING; i++) {
        jobs[i] = new_job(b, "x", ERR_INVALID);
        submit(b, &jobs[i]);
    }
    assert_int_equal(store_lane_submit(b->lane, &extra.job), ERR_OVERLOADED);
    store_lane_wake(b->lane); /* is not refused */
    append_votes(b, 1);
    sem_post(&gate);
    for (size_t i = 0; i < 1 + MAX_WAITING; i++)
        await(&b->home);
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

/* ---- the projector ---- */

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

/* What comes while there is a pause goes into one transaction. */
static void many_wakes_are_few_transactions(void **state)
{
    struct bench *b = *state;

    start(b);
    for (size_t i = 0; i < 500; i++) {
        append_votes(b, 1);
        store_lane_wake(b->lane);
    }
    await_position(b, 500);
    assert_int_equal(votes_stored(b), 500);
    assert_true(b->n_commits < 50);
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
        submit(b, &jobs[i]);
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
    struct bench *b = *state;

    start(b);
    b->project_fails = true;
    append_votes(b, 1);
    store_lane_wake(b->lane);
    await_reports(b, 1);
    assert_int_equal(run_job(b, "bob"), 0);
    assert_int_equal(run_job(b, "cyd"), 0);
    stop(b);
    EXPECT_REPORTS(b, ERR_UNAVAILABLE);
    assert_int_equal(b->journal.released, 0);
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
    await(&b->home);
    await(&b->home);
    assert_int_equal(missing.job.rc, ERR_NOT_FOUND);
    assert_int_equal(found.job.rc, 0);
    assert_string_equal(found.account.username, "ada");
    assert_false(found.committed);

    store_mem_fault(b->w->s, MEM_NO_READ);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read_lane_submit(l, &broken.job), 0);
        await(&b->home);
        assert_int_equal(broken.job.rc, ERR_UNAVAILABLE);
    }
    store_mem_fault(b->w->s, MEM_SOUND);
    assert_int_equal(read_lane_submit(l, &broken.job), 0);
    assert_null(read_lane_stop(l)); /* answers what was submitted */
    assert_int_equal(broken.job.rc, 0);
    EXPECT_REPORTS(b, ERR_UNAVAILABLE, 0);
    assert_null(read_lane_stop(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_job_is_stored_before_it_is_made_visible),
        TEST(waiting_jobs_share_a_transaction_and_refusals_do_no_harm),
        TEST(a_full_lane_refuses),
        TEST(jobs_of_a_failed_transaction_were_never_stored),
        TEST(start_projects_all_that_the_journal_has),
        TEST(start_tells_its_progress),
        TEST(a_start_goes_on_where_the_last_one_ended),
        TEST(a_start_fails_when_the_journal_does_not_fit),
        TEST(a_start_fails_when_the_store_does),
        TEST(a_wake_has_the_new_changes_projected),
        TEST(many_wakes_are_few_transactions),
        TEST(what_a_journal_gives_bit_by_bit_is_one_transaction),
        TEST(a_wake_while_the_journal_is_read_is_not_lost),
        TEST(stop_leaves_nothing_behind),
        TEST(projecting_recovers_and_counts_once),
        TEST(projecting_is_tried_again_without_a_reason),
        TEST(a_journal_that_cannot_be_read_does_not_stop_jobs),
        TEST(changes_that_cannot_be_projected_do_not_stop_jobs),
        TEST(reads_answer_each_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
