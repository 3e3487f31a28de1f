/* A loop opens the mail that comes home to it, on its own thread, and stops. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ev.h>

#include "base/clock.h"
#include "base/lane.h"
#include "net/loop.h"

/* ---- time: the test's own, which stands in for base/clock.h when this is linked ----
 */

static atomic_uint_least64_t now_ms = 1000;
static atomic_uint n_looks;

uint64_t clock_mono_ms(void)
{
    atomic_fetch_add(&n_looks, 1);
    return atomic_load(&now_ms);
}

static void pass_ms(uint64_t ms)
{
    atomic_fetch_add(&now_ms, ms);
}

/* A loop looks at the clock when it is made, and when each of its turns begins and is
 * over: after an even number of times it looks for events, or sleeps. */
static void wait_until_it_sleeps(void)
{
    while (atomic_load(&n_looks) % 2 != 0)
        sched_yield();
}

/* ---- mail ---- */

struct letter {
    struct mail mail;
    struct loop *loop;
    pthread_t opened_by;
    unsigned n_opened;
    uint64_t mono_ms, since_ms, keeps_ms;
    struct letter *next; /* to be sent while this one keeps the loop busy */
    uint64_t sent_ms;
    sem_t *opened;
};

static void on_home(struct mail *m)
{
    struct letter *l = (struct letter *)m;

    l->opened_by = pthread_self();
    l->n_opened++;
    l->mono_ms = loop_mono_ms(l->loop);
    l->since_ms = loop_since_ms(l->loop);
    if (l->next != NULL) {
        l->next->sent_ms = atomic_load(&now_ms);
        mail_return(&l->next->mail);
    }
    pass_ms(l->keeps_ms); /* a loop at work */
    sem_post(l->opened);
}

static struct letter letter_to(struct loop *l, sem_t *opened)
{
    return (struct letter){.mail = {.home = loop_inbox(l), .on_home = on_home},
                           .loop = l,
                           .opened = opened};
}

static void opens_its_mail_on_its_own_thread(void **state)
{
    struct loop *l;
    struct letter a, b;
    sem_t opened;
    uint64_t before = atomic_load(&now_ms);

    (void)state;
    sem_init(&opened, 0, 0);
    assert_int_equal(loop_new(3, &l), 0);
    assert_int_equal(loop_index(l), 3);
    a = letter_to(l, &opened);
    b = letter_to(l, &opened);
    mail_return(&a.mail); /* before the start */
    assert_int_equal(loop_start(l), 0);
    sem_wait(&opened);
    pass_ms(5);
    mail_return(&b.mail); /* while it sleeps */
    sem_wait(&opened);
    loop_stop(l);
    loop_join(l);
    assert_int_equal(a.n_opened, 1);
    assert_int_equal(b.n_opened, 1);
    assert_true(pthread_equal(a.opened_by, b.opened_by));
    assert_false(pthread_equal(a.opened_by, pthread_self()));
    assert_int_equal(b.mono_ms, before + 5);
    assert_null(loop_free(l));
    sem_destroy(&opened);
}

static void return_all(struct mail *batch, void *user)
{
    (void)user;
    while (batch != NULL) {
        struct mail *next = batch->next;

        mail_return(batch);
        batch = next;
    }
}

static void work_comes_home_from_a_lane(void **state)
{
    enum { N = 1000 };
    static struct letter letters[N];
    struct lane_opts opts = {.name = "lane", .run = return_all};
    struct lane *lane;
    struct loop *l;
    sem_t opened;

    (void)state;
    sem_init(&opened, 0, 0);
    assert_int_equal(loop_new(0, &l), 0);
    assert_int_equal(lane_start(&opts, &lane), 0);
    assert_int_equal(loop_start(l), 0);
    for (int i = 0; i < N; i++) {
        letters[i] = letter_to(l, &opened);
        assert_int_equal(lane_submit(lane, &letters[i].mail), 0);
    }
    for (int i = 0; i < N; i++)
        sem_wait(&opened);
    lane_stop(lane);
    loop_stop(l);
    loop_join(l);
    for (int i = 0; i < N; i++)
        assert_int_equal(letters[i].n_opened, 1);
    loop_free(l);
    sem_destroy(&opened);
}

static void mail_that_comes_too_late_is_opened_at_the_end(void **state)
{
    struct loop *l;
    struct letter a;
    sem_t opened;

    (void)state;
    sem_init(&opened, 0, 0);
    assert_int_equal(loop_new(0, &l), 0);
    assert_int_equal(loop_start(l), 0);
    loop_stop(l);
    loop_join(l);
    a = letter_to(l, &opened);
    mail_return(&a.mail);
    assert_int_equal(a.n_opened, 0);
    loop_free(l);
    assert_int_equal(a.n_opened, 1);
    sem_destroy(&opened);
}

static void can_be_stopped_before_it_runs(void **state)
{
    struct loop *l;

    (void)state;
    assert_int_equal(loop_new(0, &l), 0);
    loop_stop(l);
    assert_int_equal(loop_start(l), 0);
    loop_join(l);
    loop_free(l);
    assert_null(loop_free(NULL));
}

static void see_signals(struct ev_loop *ev, struct ev_timer *w, int events)
{
    (void)ev;
    (void)events;
    pthread_sigmask(SIG_SETMASK, NULL, w->data);
    ev_break(ev, EVBREAK_ALL);
}

static void signals_go_to_other_threads(void **state)
{
    struct loop *l;
    struct ev_timer timer;
    sigset_t blocked, mine;

    (void)state;
    assert_int_equal(loop_new(0, &l), 0);
    ev_timer_init(&timer, see_signals, 0, 0);
    timer.data = &blocked;
    ev_timer_start(loop_ev(l), &timer);
    assert_int_equal(loop_start(l), 0);
    loop_join(l);
    loop_free(l);
    pthread_sigmask(SIG_SETMASK, NULL, &mine);
    assert_int_equal(sigismember(&blocked, SIGTERM), 1);
    assert_int_equal(sigismember(&mine, SIGTERM), 0);
}

static void knows_since_when_something_may_have_waited(void **state)
{
    struct loop *l;
    struct letter busy, waited, later;
    uint64_t from_ms = atomic_load(&now_ms);
    sem_t opened;

    (void)state;
    sem_init(&opened, 0, 0);
    atomic_store(&n_looks, 0);
    assert_int_equal(loop_new(0, &l), 0);
    busy = letter_to(l, &opened);
    waited = letter_to(l, &opened);
    later = letter_to(l, &opened);
    busy.next = &waited;
    busy.keeps_ms = 60;
    assert_int_equal(loop_start(l), 0);
    mail_return(&busy.mail);
    sem_wait(&opened);
    sem_wait(&opened);
    assert_in_range(waited.since_ms, from_ms, waited.sent_ms);
    assert_true(waited.mono_ms >= waited.since_ms + 60);

    wait_until_it_sleeps();
    pass_ms(300);
    mail_return(&later.mail);
    sem_wait(&opened);
    assert_true(later.since_ms > waited.mono_ms + 100);
    loop_stop(l);
    loop_join(l);
    loop_free(l);
    sem_destroy(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_since_when_something_may_have_waited),
        cmocka_unit_test(opens_its_mail_on_its_own_thread),
        cmocka_unit_test(work_comes_home_from_a_lane),
        cmocka_unit_test(mail_that_comes_too_late_is_opened_at_the_end),
        cmocka_unit_test(can_be_stopped_before_it_runs),
        cmocka_unit_test(signals_go_to_other_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
