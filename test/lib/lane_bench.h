/* lane_bench.h — the lanes over a store in memory, with a journal that a test writes.
 */
#ifndef TEST_LIB_LANE_BENCH_H
#define TEST_LIB_LANE_BENCH_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "lib/store_world.h"
#include "lib/store_mem.h"
#include "work/store_lane.h"

enum { REPORTS = 8, STRIDE = 8, MAX_WAITING = 16 };

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

    struct store_ops spied; /* the store's, with calls counted */
    const struct store_ops *real;
    atomic_size_t n_commits, n_projects;
    atomic_bool project_fails;

    pthread_mutex_t lock; /* guards the reports */
    int reports[REPORTS];
    size_t n_reports;
    sem_t home;
};

/* For a test whose state is a bench of its own. */
#define BENCH_TEST(name)                                                               \
    cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
int bench_setup(void **state);
int bench_teardown(void **state);

/* Votes of users nobody has been yet. */
void append_votes(struct bench *b, size_t n);

struct store_lane_opts opts_of(struct bench *b);
void start(struct bench *b);
void stop(struct bench *b);
/* A store_report_cb: keeps what it is told. */
void keep_report(void *user, int err, const char *text);

/* These wait for a condition, and fail the test when it does not come true. */
void bench_await(sem_t *s);
void await_position(struct bench *b, size_t n_changes);
void await_reports(struct bench *b, size_t n);

/* Exactly these errors were reported, in this order. */
void expect_reports(struct bench *b, const int *want, size_t n);
#define EXPECT_REPORTS(b, ...)                                                         \
    expect_reports((b), (const int[]){__VA_ARGS__},                                    \
                   sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

/* And the counts agree with each other. */
uint32_t votes_stored(struct bench *b);

/* A job that adds an account. */
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

struct job new_job(struct bench *b, const char *name, int answer);
void bench_submit(struct bench *b, struct job *j);
/* To its end: what it came home with. */
int run_job(struct bench *b, const char *name);

#endif
