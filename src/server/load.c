#include "server/load.h"

#include "app/app.h"
#include "auth/jwt.h"
#include "auth/revocations.h"
#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "store/store.h"
#include "work/store_lane.h"

enum { LOADING_STEP = 100000 };

static int take_poll(void *user, struct stored_poll *p)
{
    struct app *app = user;
    struct result r;

    tally_result_at(p->poll, p->base_version, p->counts, p->skips,
                    clock_now_ms(app->clock), &r);
    index_add(app->index, p->poll, &r);
    if (catalogue_count(app->index->catalogue) % LOADING_STEP == 0)
        LOG(&app->log, LOG_INFO, "loading",
            LOG_INT("polls", catalogue_count(app->index->catalogue)));
    return 0;
}

static int take_recent(void *user, uint32_t poll, int64_t start_ms, uint32_t votes)
{
    struct app *app = user;

    index_add_recent(app->index, poll, start_ms, votes);
    return 0;
}

static int take_token_end(void *user, uint32_t user_id, int64_t end_ms)
{
    struct app *app = user;

    revocations_add(app->revocations, user_id, end_ms);
    return 0;
}

/* How long the end of a user's tokens matters: until the last of them has expired. */
static int64_t token_ends_matter_ms(const struct app *app)
{
    struct jwt_lifetimes lifetimes = config_lifetimes(app->config);

    return jwt_longest_ms(&lifetimes);
}

static int take_account(void *user, uint32_t id, int64_t created_ms)
{
    struct app *app = user;

    revocations_born(app->revocations, id, created_ms);
    return 0;
}

static int load_accounts(struct app *app, struct store *s)
{
    uint32_t last = 0;
    int rc = s->ops->each_account(s, take_account, app, &last);

    if (rc == 0)
        revocations_given(app->revocations, last);
    return rc;
}

int server_load(struct app *app, struct store *s)
{
    int64_t now_ms = clock_now_ms(app->clock);
    int rc = s->ops->each_poll(s, take_poll, app);

    if (rc == 0)
        rc = s->ops->recent_each(s, now_ms - STORE_RECENT_MS, take_recent, app);
    if (rc == 0)
        rc = load_accounts(app, s);
    if (rc == 0)
        rc = s->ops->token_ends_each(s, now_ms - token_ends_matter_ms(app),
                                     take_token_end, app);
    if (rc == 0)
        LOG(&app->log, LOG_INFO, "loaded",
            LOG_INT("polls", catalogue_count(app->index->catalogue)));
    return rc;
}

struct tidy_job {
    struct store_job job; /* first */
    int64_t tokens_before_ms;
};

static int tidy(struct store *s, struct store_job *job)
{
    return s->ops->tidy(s, ((struct tidy_job *)job)->tokens_before_ms);
}

static void tidied(struct mail *m)
{
    mem_free(m); /* the mail is first; a failed tidy waits for the next start */
}

void server_tidy(struct app *app)
{
    struct tidy_job *j = mem_zalloc(1, sizeof *j);

    j->job.work = tidy;
    j->job.mail.on_home = tidied;
    j->tokens_before_ms = clock_now_ms(app->clock) - token_ends_matter_ms(app);
    if (store_lane_submit(app->store, &j->job) != 0)
        mem_free(j);
}
