#include "work/keeper.h"

#include "base/lane.h"
#include "base/mem.h"

enum { NICE = 5 };

struct keeper {
    struct keeper_opts opts;
    struct lane *lane;
    uint64_t due_ms, tidy_ms; /* when to do them next; monotonic */
    bool failing;
};

static void report(struct keeper *k, int rc)
{
    bool fails = rc != 0;

    if (fails != k->failing)
        k->opts.report(k->opts.user, rc);
    k->failing = fails;
}

static int tidy(struct keeper *k, int64_t now_ms)
{
    bool more = false;
    int rc = k->opts.tidy(k->opts.user, now_ms, &more);

    k->tidy_ms = clock_mono_ms() + (rc == 0 && more ? 0 : KEEPER_TIDY_MS);
    return rc;
}

static void run(struct mail *batch, void *user)
{
    struct keeper *k = user;
    int64_t now_ms = clock_now_ms(k->opts.clock);
    int rc;

    (void)batch;
    rc = k->opts.due(k->opts.user, now_ms);
    if (rc == 0 && clock_mono_ms() >= k->tidy_ms)
        rc = tidy(k, now_ms);
    k->due_ms = clock_mono_ms() + KEEPER_DUE_MS;
    report(k, rc);
}

static int until_due(void *user)
{
    const struct keeper *k = user;
    uint64_t now_ms = clock_mono_ms();

    return now_ms < k->due_ms ? (int)(k->due_ms - now_ms) : 0;
}

int keeper_start(const struct keeper_opts *opts, struct keeper **ret_keeper)
{
    struct keeper *k = mem_zalloc(1, sizeof *k);
    struct lane_opts lane = {
        .name = "keeper", .nice = NICE, .run = run, .wake_in_ms = until_due, .user = k};
    int rc;

    k->opts = *opts;
    rc = lane_start(&lane, &k->lane);
    if (rc != 0)
        mem_free(k);
    else
        *ret_keeper = k;
    return rc;
}

struct keeper *keeper_stop(struct keeper *k)
{
    if (k != NULL) {
        lane_stop(k->lane);
        mem_free(k);
    }
    return NULL;
}
