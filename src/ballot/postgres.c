#include "ballot/postgres.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "ballot/postgres_batch.h"
#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"

enum {
    LANES = 2,
    TRIES = 5,
    ANSWER_MS = 5000, /* of PostgreSQL: a row may be waited for */
    OUTCOME_MS = 10000,
    ASK_AGAIN_MS = 20,
};

struct postgres_lane {
    struct postgres *ballot;
    struct lane *lane;
    struct pg *pg;
    struct batch *batch;
};

struct postgres {
    struct ballot base;
    struct ballot_postgres_opts opts;
    struct postgres_lane lanes[LANES];
    pthread_mutex_t telling; /* events, reports and figures come one at a time */
    bool failing;
};

static const char op_kind[] = "ballot_op";

/* ---- a transaction ---- */

static int write_edits(struct postgres_lane *l)
{
    const struct ballot_postgres_opts *opts = &l->ballot->opts;
    const struct batch *b = l->batch;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < b->n_polls; i++)
        if (b->polls[i].edit != NULL)
            rc =
                opts->write_edit(opts->user, l->pg, b->polls[i].poll, b->polls[i].edit);
    return rc;
}

static void pause_ms(int ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000L};

    nanosleep(&t, NULL);
}

/* The connection was lost during COMMIT. 0: it was committed. */
static int find_outcome(struct postgres_lane *l)
{
    uint64_t until_ms = clock_mono_ms() + OUTCOME_MS;
    bool committed = false;
    int rc;

    do {
        pg_rollback(l->pg);
        rc = batch_find_outcome(l->batch, l->pg, &committed);
        if (rc == ERR_OVERLOADED)
            pause_ms(ASK_AGAIN_MS);
    } while (rc == ERR_OVERLOADED && clock_mono_ms() < until_ms);
    if (rc != 0) {
        if (l->ballot->opts.doubt != NULL)
            l->ballot->opts.doubt(l->ballot->opts.user);
        return ERR_UNAVAILABLE;
    }
    return committed ? 0 : ERR_OVERLOADED;
}

static int end_batch(struct postgres_lane *l)
{
    int rc;

    if (!batch_has_changed(l->batch)) {
        pg_rollback(l->pg);
        return 0;
    }
    rc = write_edits(l);
    if (rc != 0)
        return rc == ERR_OVERLOADED ? rc : ERR_INTERNAL;
    rc = batch_write(l->batch, l->pg);
    return rc != 0 && !pg_is_connected(l->pg) ? find_outcome(l) : rc;
}

/* 0: committed. ERR_OVERLOADED: try again. Else it is not known to be committed. */
static int try_batch(struct postgres_lane *l, bool *ret_was_connected)
{
    int rc;

    *ret_was_connected = pg_is_connected(l->pg);
    rc = batch_read(l->batch, l->pg);
    if (rc == ERR_UNAVAILABLE && *ret_was_connected)
        return ERR_OVERLOADED; /* a connection that broke while it was idle */
    if (rc != 0)
        return rc;
    batch_judge(l->batch);
    return end_batch(l);
}

static int run_transaction(struct postgres_lane *l)
{
    bool was_connected;
    int rc = ERR_OVERLOADED;

    for (int i = 0; rc == ERR_OVERLOADED && i < TRIES; i++) {
        batch_begin(l->batch);
        rc = try_batch(l, &was_connected);
        if (rc != 0)
            pg_rollback(l->pg);
    }
    return rc == 0 ? 0 : ERR_UNAVAILABLE;
}

/* ---- telling ---- */

static void tell_poll(const struct ballot_events *events, const struct poll_row *p)
{
    struct result r;

    if (p->deleted) {
        events->deleted(events->user, p->poll);
        return;
    }
    poll_row_result(p, &r);
    if (p->edit != NULL)
        events->edited(events->user, p->edit, &r, &p->state.rules);
    else
        events->published(events->user, &r, &p->state.rules);
}

static void tell(struct postgres *g, const struct batch *b)
{
    const struct ballot_events *events = &g->opts.events;

    if (b->n_changes > 0) {
        histogram_observe(&g->base.figures.batch, &bounds_batch, b->n_changes);
        events->durable(events->user, b->changes, b->n_changes, 0);
    }
    for (size_t i = 0; i < b->n_polls; i++)
        if (b->polls[i].changed)
            tell_poll(events, &b->polls[i]);
}

static void report(struct postgres *g, int err, const char *text)
{
    bool fails = err != 0;

    if (fails != g->failing)
        g->opts.report(g->opts.user, err, text);
    g->failing = fails;
}

/* ---- a batch ---- */

static void send_home(struct batch *b, int rc)
{
    for (size_t i = 0; i < b->n_ops; i++) {
        if (rc != 0) {
            b->ops[i]->rc = rc;
            b->ops[i]->replay = false;
        }
        mail_return(&b->ops[i]->mail); /* it belongs to its home from here on */
    }
    b->n_ops = 0;
}

static void run_batch(struct postgres_lane *l)
{
    struct postgres *g = l->ballot;
    struct batch *b = l->batch;
    int rc;

    if (b->n_ops == 0)
        return;
    rc = run_transaction(l);
    pthread_mutex_lock(&g->telling);
    report(g, rc, pg_errmsg(l->pg));
    if (rc == 0)
        tell(g, b);
    pthread_mutex_unlock(&g->telling);
    if (rc == 0 && batch_has_changed(b) && g->opts.committed != NULL)
        g->opts.committed(g->opts.user);
    if (rc == 0)
        batch_answer(b);
    b->next_number += b->n_changes;
    send_home(b, rc);
}

/* A batch has one edit or deletion at most: what comes after it sees what it made. */
static bool ends_batch(const struct ballot_op *op)
{
    return op->verb == BALLOT_CHANGE &&
           (op->wish.kind == CHANGE_EDIT || op->wish.kind == CHANGE_DELETE);
}

/* A batch is of one day. */
static bool is_of_another_day(const struct batch *b, const struct ballot_op *op)
{
    return b->n_ops > 0 && op->at_ms / CLOCK_DAY_MS != b->ops[0]->at_ms / CLOCK_DAY_MS;
}

static void run(struct mail *m, void *user)
{
    struct postgres_lane *l = user;
    struct batch *b = l->batch;

    while (m != NULL) {
        struct ballot_op *op = mail_open_as(m, op_kind);

        m = m->next;
        if (is_of_another_day(b, op))
            run_batch(l);
        b->ops[b->n_ops++] = op;
        if (b->n_ops == BATCH_MAX || ends_batch(op))
            run_batch(l);
    }
    run_batch(l);
}

/* ---- the port ---- */

static int postgres_submit(struct ballot *base, struct ballot_op *op)
{
    struct postgres *g = (struct postgres *)base;
    const struct ballot_postgres_opts *opts = &g->opts;

    if ((op->verb == BALLOT_CHANGE || op->verb == BALLOT_TOUCH) &&
        opts->may_judge != NULL && !opts->may_judge(opts->user))
        return ERR_UNAVAILABLE;
    op->mail.kind = op_kind;
    op->at_ms = clock_now_ms(opts->clock);
    return lane_submit(g->lanes[op->poll % LANES].lane, &op->mail);
}

/* What is answered is committed: there is nothing to wait for. */
static uint64_t postgres_mark(struct ballot *base)
{
    (void)base;
    return 0;
}

static bool postgres_is_stored(struct ballot *base, uint64_t mark)
{
    (void)base;
    (void)mark;
    return true;
}

static void end_lane(struct postgres_lane *l)
{
    lane_stop(l->lane);
    pg_free(l->pg);
    mem_free(l->batch);
}

static struct ballot *postgres_stop(struct ballot *base)
{
    struct postgres *g = (struct postgres *)base;

    for (int i = 0; i < LANES; i++)
        end_lane(&g->lanes[i]);
    pthread_mutex_destroy(&g->telling);
    mem_free(g);
    return NULL;
}

static const struct ballot_ops postgres_ops = {
    .name = "postgres",
    .submit = postgres_submit,
    .mark = postgres_mark,
    .is_stored = postgres_is_stored,
    .stop = postgres_stop,
};

static int start_lane(struct postgres *g, int i)
{
    const struct ballot_postgres_opts *opts = &g->opts;
    struct postgres_lane *l = &g->lanes[i];
    struct lane_opts lane = {
        .name = "ballot", .max_waiting = opts->max_waiting, .run = run, .user = l};

    l->ballot = g;
    l->pg = pg_new(&(struct pg_opts){
        .dsn = opts->dsn,
        .name = "pollux ballot",
        .timeout_ms = ANSWER_MS,
        .seed = opts->origin + (uint64_t)i,
    });
    l->batch = mem_zalloc(1, sizeof *l->batch);
    l->batch->origin = opts->origin;
    l->batch->next_number = (uint64_t)i << 62; /* a lane's numbers are its own */
    l->batch->number = (uint64_t)i << 62;
    l->batch->votes_per_day = opts->votes_per_day;
    return lane_start(&lane, &l->lane);
}

int ballot_postgres_start(const struct ballot_postgres_opts *opts,
                          struct ballot **ret_ballot)
{
    struct postgres *g = mem_zalloc(1, sizeof *g);

    g->base.ops = &postgres_ops;
    g->opts = *opts;
    pthread_mutex_init(&g->telling, NULL);
    for (int i = 0; i < LANES; i++) {
        int rc = start_lane(g, i);

        if (rc != 0) {
            postgres_stop(&g->base);
            return rc;
        }
    }
    g->base.box = lane_box(g->lanes[0].lane);
    *ret_ballot = &g->base;
    return 0;
}
