#include "base/lane.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

struct lane {
    struct lane_opts opts; /* constant after start */
    struct mailbox box;
    pthread_t thread;
    int event; /* an eventfd: readable when there is mail, or when stopping */
    atomic_bool stopping;
};

static void wake(void *user)
{
    struct lane *l = user;
    uint64_t one = 1;

    (void)!write(l->event, &one, sizeof one);
}

/* False: the appointment came first. A wake-up may be left over from mail that an
 * earlier batch already took, so true does not promise mail. */
static bool sleep_until_mail(struct lane *l)
{
    struct pollfd p = {.fd = l->event, .events = POLLIN};
    int timeout = l->opts.wake_in_ms != NULL ? l->opts.wake_in_ms(l->opts.user) : -1;
    uint64_t n;
    int ready = poll(&p, 1, timeout);

    if (ready > 0)
        (void)!read(l->event, &n, sizeof n);
    return ready != 0;
}

static void set_up_thread(const struct lane *l)
{
    pthread_setname_np(pthread_self(), l->opts.name);
    if (l->opts.nice != 0) /* on Linux niceness belongs to a thread: 0 is this one */
        setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + l->opts.nice);
}

static void *lane_main(void *arg)
{
    struct lane *l = arg;

    set_up_thread(l);
    for (;;) {
        bool stopping = atomic_load(&l->stopping); /* read before the last take */
        struct mail *batch = mailbox_take(&l->box);
        bool appointment = false;

        if (batch == NULL && stopping)
            return NULL;
        if (batch == NULL) {
            appointment = !sleep_until_mail(l);
            batch = mailbox_take(&l->box);
        }
        if (batch != NULL || appointment)
            l->opts.run(batch, l->opts.user);
    }
}

int lane_start(const struct lane_opts *opts, struct lane **ret_lane)
{
    struct lane *l = mem_zalloc(1, sizeof *l);

    assert(opts->run != NULL);
    assert(strlen(opts->name) <= 15); /* as pthread_setname_np() wants */
    l->opts = *opts;
    mailbox_init(&l->box, opts->max_waiting, wake, l);
    l->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->event < 0)
        goto fail;
    if (pthread_create(&l->thread, NULL, lane_main, l) != 0)
        goto fail;
    *ret_lane = l;
    return 0;

fail:
    if (l->event >= 0)
        close(l->event);
    mem_free(l);
    return ERR_UNAVAILABLE;
}

int lane_submit(struct lane *l, struct mail *m)
{
    return mailbox_put(&l->box, m);
}

struct mailbox *lane_box(struct lane *l)
{
    return &l->box;
}

struct lane *lane_stop(struct lane *l)
{
    if (l != NULL) {
        atomic_store(&l->stopping, true);
        wake(l);
        assert(!pthread_equal(l->thread, pthread_self())); /* by its owner */
        pthread_join(l->thread, NULL);
        assert(mailbox_waiting(&l->box) == 0); /* nobody submits any more */
        close(l->event);
        mem_free(l);
    }
    return NULL;
}
