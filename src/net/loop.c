#include "net/loop.h"

#include <assert.h>
#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

struct loop {
    unsigned index;
    struct ev_loop *ev;
    struct ev_async mail;   /* mail has come, or stopping is set */
    struct ev_check turned; /* a turn of the loop begins */
    struct ev_prepare over; /* the turn is over: the loop polls for events, or sleeps */
    struct mailbox inbox;
    uint64_t mono_ms, since_ms, over_ms;
    pthread_t thread;
    bool started; /* started and not yet joined */
    atomic_bool stopping;
};

static void wake(void *user)
{
    struct loop *l = user;

    ev_async_send(l->ev, &l->mail);
}

static void on_mail(struct ev_loop *ev, struct ev_async *w, int events)
{
    struct loop *l = w->data;

    (void)events;
    mail_open_all(mailbox_take(&l->inbox));
    if (atomic_load(&l->stopping))
        ev_break(ev, EVBREAK_ALL);
}

/* What arrives during a turn waits until the turn ends. Between turns the loop either
 * sleeps, and nothing waits, or another thread has its core, and everything waits. We
 * cannot tell which; after a long turn the second is more likely. */
static uint64_t earliest_ms(const struct loop *l, uint64_t now_ms)
{
    uint64_t worked_ms = l->over_ms - l->mono_ms;
    uint64_t late_ms = now_ms - l->mono_ms;

    return now_ms - (late_ms < 2 * worked_ms ? late_ms : 2 * worked_ms);
}

static void on_turned(struct ev_loop *ev, struct ev_check *w, int events)
{
    struct loop *l = w->data;
    uint64_t now_ms = clock_mono_ms();

    (void)ev;
    (void)events;
    l->since_ms = earliest_ms(l, now_ms);
    l->mono_ms = now_ms;
}

static void on_over(struct ev_loop *ev, struct ev_prepare *w, int events)
{
    struct loop *l = w->data;

    (void)ev;
    (void)events;
    l->over_ms = clock_mono_ms();
}

int loop_new(unsigned index, struct loop **ret_loop)
{
    struct loop *l = mem_zalloc(1, sizeof *l);

    l->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV | EVFLAG_NOSIGMASK);
    if (l->ev == NULL) {
        mem_free(l);
        return ERR_UNAVAILABLE;
    }
    l->index = index;
    l->mono_ms = l->since_ms = l->over_ms = clock_mono_ms();
    atomic_init(&l->stopping, false);
    mailbox_init(&l->inbox, 0, wake, l);

    ev_async_init(&l->mail, on_mail);
    l->mail.data = l;
    ev_async_start(l->ev, &l->mail);

    ev_check_init(&l->turned, on_turned);
    ev_set_priority(&l->turned, EV_MAXPRI); /* first, so the others see its time */
    l->turned.data = l;
    ev_check_start(l->ev, &l->turned);
    ev_prepare_init(&l->over, on_over);
    ev_set_priority(&l->over, EV_MINPRI);
    l->over.data = l;
    ev_prepare_start(l->ev, &l->over);
    *ret_loop = l;
    return 0;
}

static void *loop_main(void *arg)
{
    struct loop *l = arg;
    char name[16];

    snprintf(name, sizeof name, "loop-%u", l->index);
    pthread_setname_np(pthread_self(), name);
    ev_run(l->ev, 0);
    mail_open_all(mailbox_take(&l->inbox));
    return NULL;
}

/* Signals go to the thread that owns the server, so loops start with all of them
 * blocked. */
int loop_start(struct loop *l)
{
    sigset_t all, before;
    int rc;

    assert(!l->started);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&l->thread, NULL, loop_main, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0)
        return ERR_UNAVAILABLE;
    l->started = true;
    return 0;
}

void loop_stop(struct loop *l)
{
    atomic_store(&l->stopping, true);
    wake(l);
}

void loop_join(struct loop *l)
{
    if (l->started)
        pthread_join(l->thread, NULL);
    l->started = false;
}

struct loop *loop_free(struct loop *l)
{
    if (l != NULL) {
        assert(!l->started);
        mail_open_all(mailbox_take(&l->inbox));
        ev_loop_destroy(l->ev);
        mem_free(l);
    }
    return NULL;
}

unsigned loop_index(const struct loop *l)
{
    return l->index;
}

struct ev_loop *loop_ev(struct loop *l)
{
    return l->ev;
}

struct mailbox *loop_inbox(struct loop *l)
{
    return &l->inbox;
}

uint64_t loop_mono_ms(const struct loop *l)
{
    return l->mono_ms;
}

uint64_t loop_since_ms(const struct loop *l)
{
    return l->since_ms;
}
