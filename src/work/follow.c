#include "work/follow.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"

struct follow {
    struct follow_opts opts;
    struct lane *lane;
    uint64_t due_ms; /* monotonic; the lane's */
    atomic_bool failing;
    struct mail wake;   /* in the mailbox, or the lane's, while waking is true */
    atomic_bool waking; /* set by whoever puts wake; cleared by the lane */
    _Atomic uint64_t current_ms; /* monotonic: what was committed by then is known */
};

static const char ask_kind[] = "follow_ask";

static void report(struct follow *f, int rc)
{
    bool fails = rc != 0;

    if (fails != atomic_exchange(&f->failing, fails))
        f->opts.report(f->opts.user, rc);
}

static void send_home(struct mail *batch, int rc)
{
    while (batch != NULL) {
        struct follow_ask *ask = mail_open_as(batch, ask_kind);

        batch = batch->next; /* one that has been returned is not looked at again */
        ask->rc = rc;
        mail_return(&ask->mail);
    }
}

/* Takes the wake out of a batch, if it is there. */
static struct mail *take_wake(struct follow *f, struct mail *batch)
{
    for (struct mail **at = &batch; *at != NULL; at = &(*at)->next)
        if (*at == &f->wake) {
            *at = f->wake.next;
            atomic_store(&f->waking,
                         false); /* before reading: what comes later is new */
            break;
        }
    return batch;
}

static void run(struct mail *batch, void *user)
{
    struct follow *f = user;
    struct mail *asks = take_wake(f, batch);
    uint64_t began_ms = clock_mono_ms();
    int rc = f->opts.read(f->opts.user);

    if (rc == 0)
        atomic_store(&f->current_ms, began_ms);
    f->due_ms = clock_mono_ms() + f->opts.every_ms;
    report(f, rc);
    send_home(asks, rc);
}

static int until_due(void *user)
{
    const struct follow *f = user;
    uint64_t now_ms = clock_mono_ms();

    return now_ms < f->due_ms ? (int)(f->due_ms - now_ms) : 0;
}

int follow_start(const struct follow_opts *opts, struct follow **ret_follow)
{
    struct follow *f = mem_zalloc(1, sizeof *f);
    struct lane_opts lane = {.name = "follow",
                             .max_waiting = opts->max_waiting,
                             .run = run,
                             .wake_in_ms = until_due,
                             .user = f};
    int rc;

    f->opts = *opts;
    if (f->opts.every_ms == 0)
        f->opts.every_ms = FOLLOW_MS;
    atomic_init(&f->current_ms, clock_mono_ms());
    rc = lane_start(&lane, &f->lane);
    if (rc != 0)
        mem_free(f);
    else
        *ret_follow = f;
    return rc;
}

int follow_submit(struct follow *f, struct follow_ask *ask)
{
    if (follow_fails(f))
        return ERR_UNAVAILABLE;
    ask->mail.kind = ask_kind;
    return lane_submit(f->lane, &ask->mail);
}

void follow_wake(struct follow *f)
{
    /* A wake may not be refused, and there is at most this one. */
    if (!atomic_exchange(&f->waking, true))
        mailbox_force(lane_box(f->lane), &f->wake);
}

bool follow_fails(const struct follow *f)
{
    return atomic_load(&f->failing);
}

uint64_t follow_age_ms(const struct follow *f)
{
    return clock_mono_ms() - atomic_load(&f->current_ms);
}

struct follow *follow_stop(struct follow *f)
{
    if (f != NULL) {
        lane_stop(f->lane);
        mem_free(f);
    }
    return NULL;
}
