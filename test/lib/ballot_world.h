/* ballot_world.h — a ballot with polls that are made up, a clock that stands still, and
 * the words in which its tests speak. */
#ifndef TEST_LIB_BALLOT_WORLD_H
#define TEST_LIB_BALLOT_WORLD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "ballot/ballot.h"
#include "ballot/journaled.h"
#include "lib/event_watch.h"
#include "lib/journal_world.h"

enum { POLLS = WATCHED_POLLS, POLL_OF_PRIMER = 127, OWNER = 1 };
enum { MORNING = 1700000000 }; /* seconds; UTC day 19675 */
static const int64_t T0 = INT64_C(1000) * MORNING;

struct ballot_world;

struct ballot_backend {
    const char *name;
    int (*begin)(void **state), (*end)(void **state); /* of a group; may be NULL */
    void (*start)(struct ballot_world *w);
    void (*stop)(struct ballot_world *w);
    void (*add)(struct ballot_world *w, uint32_t poll);     /* may be NULL */
    void (*break_disk)(struct ballot_world *w, bool fails); /* NULL: it cannot fail */
    void (*project)(struct ballot_world *w); /* NULL: what is answered is stored */
};
extern const struct ballot_backend ballot_backend_journaled, ballot_backend_mem,
    ballot_backend_postgres;

enum loading { LOAD_AT_ONCE, LOAD_HELD, LOAD_REFUSED, LOAD_FAILED };

struct ballot_world {
    const struct ballot_backend *backend;
    struct ballot *b;

    struct clock clock; /* first of the two: found by its address */
    _Atomic int64_t now_ms;
    uint32_t per_day;
    size_t max_waiting;

    bool exists[POLLS]; /* set before the first op for it */
    struct poll_rules rules[POLLS];
    struct event_watch watch; /* over restarts too */

    bool made; /* of the ballot in PostgreSQL: its schema */

    /* of the journaled ballot */
    char dir[DIR_BYTES];
    struct journal_opts journal_opts;
    struct journal *journal;
    size_t max_bytes;
    atomic_int loading;           /* enum loading */
    atomic_int n_loads, n_synced; /* calls */
    _Atomic uint64_t projected;

    pthread_mutex_t lock; /* guards the rest */
    struct tally_load *held[POLLS];
    size_t n_held;
    int reports[16];
    size_t n_reports;
};

/* For a test whose state is a world of its own, of the journaled ballot. */
#define JOURNALED_TEST(name)                                                           \
    cmocka_unit_test_prestate_setup_teardown(                                          \
        name, ballot_world_setup, ballot_world_teardown,                               \
        (void *)(uintptr_t)&ballot_backend_journaled)
/* The same tests on every backend; each test's state is a world of its own. */
#define BALLOT_TEST(f)                                                                 \
    {                                                                                  \
        .name = #f, .test_func = f                                                     \
    }
struct CMUnitTest;
int ballot_world_run(const struct CMUnitTest *tests, size_t n); /* how many failed */
int ballot_world_setup(void **state); /* of the backend that it holds */
int ballot_world_teardown(void **state);

struct ballot_world *ballot_world_new(const struct ballot_backend *backend);
void ballot_world_free(struct ballot_world *w);
/* For options that are not the usual: stop, set, start. */
void ballot_world_stop(struct ballot_world *w);
void ballot_world_start(struct ballot_world *w);
void ballot_world_restart(struct ballot_world *w);

/* Open, of three options, anyone, votes may change. Gives the rules, to be changed
 * before the first op. */
struct poll_rules *make_poll(struct ballot_world *w, uint32_t poll);
void add_poll_with(struct ballot_world *w, uint32_t poll,
                   const struct poll_rules *rules);

/* An op, and whether it has come home. */
struct task {
    struct ballot_op op;       /* first: the task is found by a cast from it */
    struct event_watch *watch; /* of the world that it was sent to */
    sem_t done;
};

void task_of(struct task *t, enum ballot_verb verb, uint32_t poll, uint32_t user);
void task_change(struct task *t, enum change_kind kind, uint32_t poll, uint32_t user,
                 uint32_t option);
void task_key(struct task *t, const char *key);
int try_submit(struct ballot_world *w, struct task *t); /* as ballot_submit() */
void submit(struct ballot_world *w, struct task *t);    /* may not be refused */
int await(struct task *t);                              /* its op's rc */
bool is_done(struct task *t);
int run_task(struct ballot_world *w, struct task *t); /* send, await */

int cast(struct ballot_world *w, enum change_kind kind, uint32_t poll, uint32_t user,
         uint32_t option);
int cast_vote(struct ballot_world *w, uint32_t poll, uint32_t user, uint32_t option);
int choice_of(struct ballot_world *w, uint32_t poll, uint32_t user); /* by a LOOK */
uint32_t left_of(struct ballot_world *w, uint32_t user);             /* by a QUOTA */
/* "open v4: 2 0 1", by a LOOK; valid until the next call. */
const char *shown_of(struct ballot_world *w, uint32_t poll);
const char *result_text(const struct result *r);

/* Let the store have everything that was answered. */
void project_all(struct ballot_world *w);

/* Of the journaled ballot: how many changes its journal has of a poll. */
size_t in_journal(struct ballot_world *w, uint32_t poll);
/* Let everything that is sent from now on wait, so that it is one batch; let it go. */
void hold_batch(struct ballot_world *w);
void let_batch_go(struct ballot_world *w);
void let_loads_go(struct ballot_world *w);
void wait_for_held(struct ballot_world *w, size_t n);
struct result published_of(struct ballot_world *w, uint32_t poll, int *ret_times);
/* Fails the test if the ballot's events have been anything but what they should. */
void check_events(struct ballot_world *w);

#endif
