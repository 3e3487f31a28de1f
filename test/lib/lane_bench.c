#include "lib/lane_bench.h"

#include "lib/check.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"

enum { LIMIT_S = 30 };

/* ---- a journal that a test writes ---- */

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

void append_votes(struct bench *b, size_t n)
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

    b->n_projects++;
    return b->project_fails ? ERR_UNAVAILABLE : b->real->project(s, changes, n);
}

static struct bench *bench_of(struct store *s)
{
    return (struct bench *)((char *)(uintptr_t)s->ops - offsetof(struct bench, spied));
}

void keep_report(void *user, int err, const char *text)
{
    struct bench *b = user;

    assert_non_null(text);
    pthread_mutex_lock(&b->lock);
    if (b->n_reports < REPORTS)
        b->reports[b->n_reports] = err;
    b->n_reports++;
    pthread_mutex_unlock(&b->lock);
}

struct store_lane_opts opts_of(struct bench *b)
{
    return (struct store_lane_opts){.store = b->w->s,
                                    .source = &b->source,
                                    .max_waiting = MAX_WAITING,
                                    .report = keep_report,
                                    .user = b};
}

void start(struct bench *b)
{
    struct store_lane_opts opts = opts_of(b);

    assert_int_equal(store_lane_start(&opts, NULL, &b->lane), 0);
}

void stop(struct bench *b)
{
    b->lane = store_lane_stop(b->lane);
}

int bench_setup(void **state)
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

int bench_teardown(void **state)
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

void bench_await(sem_t *s)
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

void await_position(struct bench *b, size_t n_changes)
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

void await_reports(struct bench *b, size_t n)
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

void expect_reports(struct bench *b, const int *want, size_t n)
{
    assert_int_equal(b->n_reports, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(b->reports[i], want[i]);
}

uint32_t votes_stored(struct bench *b)
{
    struct stored_poll p;

    assert_true(look_up(b->w, b->poll, &p));
    assert_int_equal(p.total, p.counts[0] + p.counts[1]);
    assert_int_equal(p.base_version, p.total + 1);
    return p.total;
}

/* ---- jobs ---- */

static int work(struct store *s, struct store_job *job)
{
    struct job *j = (struct job *)job;
    const char *field;

    j->ran_as = j->order != NULL ? ++*j->order : 0;
    if (j->gate != NULL) {
        sem_post(j->entered);
        bench_await(j->gate);
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

struct job new_job(struct bench *b, const char *name, int answer)
{
    struct job j = {.bench = b, .answer = answer};

    j.job.mail.on_home = on_home;
    j.job.work = work;
    j.job.committed = committed;
    snprintf(j.account.username, sizeof j.account.username, "%s", name);
    snprintf(j.account.email, sizeof j.account.email, "%s@example.org", name);
    return j;
}

void bench_submit(struct bench *b, struct job *j)
{
    assert_int_equal(store_lane_submit(b->lane, &j->job), 0);
}

int run_job(struct bench *b, const char *name)
{
    struct job j = new_job(b, name, 0);

    bench_submit(b, &j);
    bench_await(&b->home);
    assert_true(j.came_home);
    assert_int_equal(j.committed, j.job.rc == 0);
    return j.job.rc;
}
