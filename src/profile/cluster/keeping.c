#include "profile/cluster/keeping.h"

#include "app/app.h"
#include "ballot/ballot.h"
#include "base/mem.h"
#include "config/config.h"
#include "store/postgres_keep.h"
#include "work/keeper.h"

struct keeping {
    const struct app *app;
    struct keep *keep;
    struct keeper *keeper;
};

static void touched(struct mail *m)
{
    mem_free(m); /* the op's first field is its mail */
}

/* The ballot enters it under the poll's lock, and tells whoever follows. One that is
 * not taken now is due again. */
static void touch(void *user, uint32_t poll)
{
    const struct keeping *k = user;
    struct ballot_op *op = mem_zalloc(1, sizeof *op);

    op->mail.on_home = touched;
    op->verb = BALLOT_TOUCH;
    op->poll = poll;
    if (ballot_submit(k->app->ballot, op) != 0)
        mem_free(op);
}

static int enter_due(void *user, int64_t now_ms)
{
    struct keeping *k = user;

    return keep_each_due(k->keep, now_ms, touch, k);
}

static int tidy(void *user, int64_t now_ms, bool *ret_more)
{
    struct keeping *k = user;
    bool more_to_make, more_to_trim = false;
    int rc = keep_make_partition(k->keep, now_ms, &more_to_make);

    if (rc == 0)
        rc = keep_trim(k->keep, now_ms, &more_to_trim);
    *ret_more = more_to_make || more_to_trim;
    return rc;
}

static void report(void *user, int err)
{
    const struct keeping *k = user;

    if (err != 0)
        LOG(&k->app->log, LOG_WARN, "keeper_failed",
            LOG_STR("error", keep_errmsg(k->keep)),
            LOG_STR("effect", "old rows stay, retrying"));
    else
        LOG(&k->app->log, LOG_INFO, "keeper_works_again", LOG_STR("effect", "none"));
}

int keeping_start(const struct app *app, uint64_t seed, struct keeping **ret_keeping)
{
    struct keeping *k = mem_zalloc(1, sizeof *k);
    struct keeper_opts opts = {.clock = app->clock,
                               .due = enter_due,
                               .tidy = tidy,
                               .report = report,
                               .user = k};
    int rc;

    k->app = app;
    k->keep = keep_new(app->config->postgres_dsn, seed);
    rc = keeper_start(&opts, &k->keeper);
    if (rc != 0) {
        keeping_stop(k);
        return rc;
    }
    *ret_keeping = k;
    return 0;
}

struct keeping *keeping_stop(struct keeping *k)
{
    if (k != NULL) {
        keeper_stop(k->keeper);
        keep_free(k->keep);
        mem_free(k);
    }
    return NULL;
}
