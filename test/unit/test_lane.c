/* test_lane.c — a thread that takes everything waiting as one batch. */
#include "lib/check.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/lane.h"

enum { LETTERS = 8, LIMIT_S = 30, NICE_MAX = 19 };

struct letter {
    struct mail mail; /* first: the letter is found by a cast from it */
    int number;
};

/* What the lane of a test works on. A shut gate holds it inside run(), like a disk that
 * does not answer. */
struct work {
    struct lane *lane;
    bool gated;
    sem_t entered, gate;

    /* written in run(); read by the test after lane_stop() */
    int n_batches, n_mails, batch_sizes[LETTERS], numbers[LETTERS];
    char thread_name[16];
    int nice;

    sem_t appointments; /* one for each run(NULL) */
    sem_t asked;        /* one for each wake_in_ms(), so before each sleep */
    atomic_int wake_in_ms;
    struct mail *to_force; /* put into the lane's own box by the first run() */
};

static void run(struct mail *batch, void *user)
{
    struct work *w = user;

    if (batch == NULL) {
        sem_post(&w->appointments);
        return;
    }
    if (w->gated) {
        sem_post(&w->entered);
        sem_wait(&w->gate);
    }
    pthread_getname_np(pthread_self(), w->thread_name, sizeof w->thread_name);
    w->nice = getpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid));
    if (w->to_force != NULL) {
        mailbox_force(lane_box(w->lane), w->to_force);
        w->to_force = NULL;
    }
    for (struct mail *next; batch != NULL; batch = next) {
        next = batch->next;
        w->batch_sizes[w->n_batches]++;
        w->numbers[w->n_mails++] = ((struct letter *)batch)->number;
        mail_return(batch);
    }
    w->n_batches++;
}

static int wake_in_ms(void *user)
{
    struct work *w = user;

    sem_post(&w->asked);
    return w->wake_in_ms;
}

static void work_start(struct work *w, const struct lane_opts *opts)
{
    struct lane_opts o = *opts;

    sem_init(&w->entered, 0, 0);
    sem_init(&w->gate, 0, 0);
    sem_init(&w->appointments, 0, 0);
    sem_init(&w->asked, 0, 0);
    o.name = o.name != NULL ? o.name : "test";
    o.run = run;
    o.user = w;
    assert_int_equal(lane_start(&o, &w->lane), 0);
}

static void work_stop(struct work *w)
{
    assert_null(lane_stop(w->lane));
    sem_destroy(&w->entered);
    sem_destroy(&w->gate);
    sem_destroy(&w->appointments);
    sem_destroy(&w->asked);
}

static bool came(sem_t *s)
{
    struct timespec limit;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += LIMIT_S;
    while (sem_timedwait(s, &limit) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

static void mark(struct mail *m)
{
    ((struct letter *)m)->number += 100;
}

/* Without a home: run() reads the number, then it is marked as returned. */
static void number(struct letter letters[LETTERS])
{
    for (int i = 0; i < LETTERS; i++)
        letters[i] = (struct letter){.mail = {.on_home = mark}, .number = i};
}

static void stop_runs_everything_that_was_submitted(void **state)
{
    struct letter letters[LETTERS];
    struct work w = {.gated = false};
    (void)state;

    number(letters);
    work_start(&w, &(struct lane_opts){.max_waiting = LETTERS});
    for (int i = 0; i < LETTERS; i++)
        assert_int_equal(lane_submit(w.lane, &letters[i].mail), 0);
    work_stop(&w);
    assert_int_equal(w.n_mails, LETTERS);
    for (int i = 0; i < LETTERS; i++)
        assert_int_equal(w.numbers[i], i);
    assert_null(lane_stop(NULL));
}

static void mail_that_comes_while_it_works_is_one_batch(void **state)
{
    struct letter letters[LETTERS];
    struct work w = {.gated = true};
    (void)state;

    number(letters);
    work_start(&w, &(struct lane_opts){.max_waiting = LETTERS});
    lane_submit(w.lane, &letters[0].mail);
    assert_true(came(&w.entered));
    for (int i = 1; i < 5; i++)
        lane_submit(w.lane, &letters[i].mail);
    assert_int_equal(mailbox_waiting(lane_box(w.lane)), 4);
    sem_post(&w.gate);
    assert_true(came(&w.entered));
    assert_int_equal(mailbox_waiting(lane_box(w.lane)), 0);
    sem_post(&w.gate);
    work_stop(&w);
    assert_int_equal(w.n_batches, 2);
    assert_int_equal(w.batch_sizes[0], 1);
    assert_int_equal(w.batch_sizes[1], 4);
}

static void refuses_when_too_much_waits(void **state)
{
    struct letter letters[LETTERS];
    struct work w = {.gated = true};
    (void)state;

    number(letters);
    work_start(&w, &(struct lane_opts){.max_waiting = 2});
    lane_submit(w.lane, &letters[0].mail);
    assert_true(came(&w.entered)); /* taken: it no longer waits */
    assert_int_equal(lane_submit(w.lane, &letters[1].mail), 0);
    assert_int_equal(lane_submit(w.lane, &letters[2].mail), 0);
    assert_int_equal(lane_submit(w.lane, &letters[3].mail), ERR_OVERLOADED);
    mailbox_force(lane_box(w.lane), &letters[4].mail);
    sem_post(&w.gate);
    sem_post(&w.gate);
    work_stop(&w);
    assert_int_equal(w.n_mails, 4);
    assert_int_equal(w.numbers[3], 4);
}

static void what_it_gives_itself_is_run_before_it_ends(void **state)
{
    struct letter letters[LETTERS];
    struct work w = {.to_force = &letters[1].mail};
    (void)state;

    number(letters);
    work_start(&w, &(struct lane_opts){.max_waiting = 1});
    lane_submit(w.lane, &letters[0].mail);
    work_stop(&w);
    assert_int_equal(w.n_mails, 2);
    assert_int_equal(w.numbers[1], 1);
}

static void post_sem(void *user)
{
    sem_post(user);
}

static void mail_comes_home(void **state)
{
    struct letter letter = {.number = 1};
    struct work w = {.gated = false};
    struct mailbox home;
    sem_t awake;
    (void)state;

    sem_init(&awake, 0, 0);
    mailbox_init(&home, 0, post_sem, &awake);
    letter.mail = (struct mail){.home = &home, .on_home = mark};
    work_start(&w, &(struct lane_opts){.max_waiting = 1});
    lane_submit(w.lane, &letter.mail);
    assert_true(came(&awake));
    mail_open_all(mailbox_take(&home));
    assert_int_equal(letter.number, 101);
    work_stop(&w);
    sem_destroy(&awake);
}

static void keeps_appointments_without_mail(void **state)
{
    struct work w = {.wake_in_ms = 1};
    (void)state;

    work_start(&w, &(struct lane_opts){.max_waiting = 1, .wake_in_ms = wake_in_ms});
    assert_true(came(&w.appointments));
    assert_true(came(&w.appointments));
    work_stop(&w);
    assert_int_equal(w.n_batches, 0);
}

/* Mail wakes the lane before its appointment: that is no appointment, even when the
 * mail was taken with an earlier batch already. */
static void mail_is_no_appointment(void **state)
{
    struct letter letters[LETTERS];
    struct work w = {.gated = true, .wake_in_ms = 3600000};
    int n;
    (void)state;

    number(letters);
    work_start(&w,
               &(struct lane_opts){.max_waiting = LETTERS, .wake_in_ms = wake_in_ms});
    assert_true(came(&w.asked));
    lane_submit(w.lane, &letters[0].mail);
    assert_true(came(&w.entered));
    lane_submit(w.lane, &letters[1].mail);
    sem_post(&w.gate);
    assert_true(came(&w.entered));
    sem_post(&w.gate);
    assert_true(came(&w.asked)); /* and is woken by what the second letter left */
    assert_true(came(&w.asked));
    sem_getvalue(&w.appointments, &n);
    work_stop(&w);
    assert_int_equal(w.n_batches, 2);
    assert_int_equal(n, 0);
}

static void has_a_name_and_gives_way(void **state)
{
    struct letter letter = {.mail = {.on_home = mark}, .number = 1};
    struct work w = {.gated = false};
    int most;
    (void)state;

    work_start(&w,
               &(struct lane_opts){.name = "librarian", .nice = 5, .max_waiting = 1});
    lane_submit(w.lane, &letter.mail);
    work_stop(&w);
    assert_string_equal(w.thread_name, "librarian");
    most = getpriority(PRIO_PROCESS, 0) + 5;
    assert_int_equal(w.nice, most < NICE_MAX ? most : NICE_MAX);
}

static void without_descriptors_it_does_not_start(void **state)
{
    struct rlimit before, none;
    struct lane *l = NULL;
    int rc;
    (void)state;

    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    rc = lane_start(&(struct lane_opts){.name = "none", .run = run}, &l);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(rc, ERR_UNAVAILABLE);
    assert_null(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_runs_everything_that_was_submitted),
        cmocka_unit_test(mail_that_comes_while_it_works_is_one_batch),
        cmocka_unit_test(refuses_when_too_much_waits),
        cmocka_unit_test(what_it_gives_itself_is_run_before_it_ends),
        cmocka_unit_test(mail_comes_home),
        cmocka_unit_test(keeps_appointments_without_mail),
        cmocka_unit_test(mail_is_no_appointment),
        cmocka_unit_test(has_a_name_and_gives_way),
        cmocka_unit_test(without_descriptors_it_does_not_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
