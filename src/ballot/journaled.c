#include "ballot/journaled.h"

#include <assert.h>
#include <semaphore.h>

#include "ballot/slots.h"
#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"

enum { TALLY_BYTES_MAX = 256 << 20, RETRY_MS = 1000 };

struct journaled {
    struct ballot base;
    struct journaled_opts opts;
    struct lane *lane;

    /* used by the lane only */
    struct slots slots;
    size_t n_loading;        /* loads that have not come back */
    struct barrier *barrier; /* stop() waits for n_loading to be 0 */
    bool failing;            /* the last append failed */
    uint64_t retry_ms;       /* when to try again, if failing; monotonic */

    /* the current batch */
    int64_t now_ms;
    struct change *changes;     /* JOURNAL_BATCH_MAX */
    struct slot **change_slots; /* the slot of each change */
    size_t n_changes;
    uint64_t n_batches;               /* finished batches */
    struct ballot_op *ops, **ops_end; /* in order, linked by mail.next */
    struct slot *changed;             /* slots to publish, by next_changed */
};

/* Tells stop() that all mail before it is answered. */
struct barrier {
    struct mail mail; /* first */
    struct journaled *lane;
    sem_t passed;
};

static const char op_kind[] = "ballot_op", load_kind[] = "tally_load";

static struct ballot_op *op_of(struct mail *m)
{
    return mail_open_as(m, op_kind);
}

static void mark_changed(struct journaled *b, struct slot *slot)
{
    assert(slot->tally != NULL);
    if (slot->changed)
        return;
    slot->changed = true;
    slot->next_changed = b->changed;
    b->changed = slot;
}

/* ---- entering ---- */

/* A vote takes one from the day's quota. If none is left, nothing has changed yet. */
static int take_quota(struct journaled *b, struct ballot_op *op, struct change *c)
{
    int rc;

    if (c->kind != CHANGE_VOTE)
        return 0;
    rc = quota_take(b->opts.quota, op->wish.user);
    if (rc == 0 && c->keyed)
        c->receipt.votes_left = quota_left(b->opts.quota, op->wish.user);
    return rc;
}

static void enter(struct journaled *b, struct slot *slot, struct ballot_op *op)
{
    struct change *c = &b->changes[b->n_changes];

    assert(b->n_changes < JOURNAL_BATCH_MAX); /* a full batch is committed at once */
    op->at_ms = b->now_ms;
    op->rc = tally_admit(slot->tally, &op->wish, b->now_ms, c, &op->replay);
    if (op->rc == 0 && !op->replay)
        op->rc = take_quota(b, op, c);
    if (op->rc != 0)
        return;
    op->change = *c;
    op->receipt = c->receipt;
    if (op->replay)
        return;
    tally_apply(slot->tally, c);
    slot->deleted = c->kind == CHANGE_DELETE;
    if (c->kind == CHANGE_EDIT)
        slot->edit = op->wish.edit; /* borrowed until the op goes home */
    b->change_slots[b->n_changes++] = slot;
    mark_changed(b, slot);
}

/* Answer the op with the batch, in order. */
static void add_op(struct journaled *b, struct ballot_op *op)
{
    op->mail.next = NULL;
    *b->ops_end = op;
    b->ops_end = (struct ballot_op **)&op->mail.next;
}

static void commit(struct journaled *b);

static void work_on(struct journaled *b, struct slot *slot, struct ballot_op *op)
{
    if (slot->edit != NULL && op->wish.kind == CHANGE_EDIT)
        commit(b); /* a batch publishes only one edit per poll */
    op->rc = 0;
    op->replay = false;
    if (slot->deleted) {
        op->rc = ERR_NOT_FOUND;
    } else {
        if (tally_touch(slot->tally, b->now_ms))
            mark_changed(b, slot);
        if (op->verb == BALLOT_CHANGE)
            enter(b, slot, op);
        op->votes_left = quota_left(b->opts.quota, op->wish.user);
    }
    op->slot = slot;
    add_op(b, op);
    if (b->n_changes == JOURNAL_BATCH_MAX)
        commit(b);
}

/* ---- leaving ---- */

static void report(struct journaled *b, int err)
{
    bool fails = err != 0;

    if (fails != b->failing)
        b->opts.report(b->opts.user, err);
    b->failing = fails;
    if (fails)
        b->retry_ms = clock_mono_ms() + RETRY_MS;
}

/* Retry a failing journal without waiting for a vote: nobody sends votes to a server
 * that is not ready. */
static void retry(struct journaled *b)
{
    if (b->failing && clock_mono_ms() >= b->retry_ms)
        report(b, journal_retry(b->opts.journal));
}

static int wake_in_ms(void *user)
{
    struct journaled *b = user;
    uint64_t now_ms = clock_mono_ms();

    if (!b->failing)
        return -1;
    return now_ms < b->retry_ms ? (int)(b->retry_ms - now_ms) : 0;
}

static void take_back(struct journaled *b)
{
    while (b->n_changes > 0) {
        const struct change *c = &b->changes[--b->n_changes];
        struct slot *slot = b->change_slots[b->n_changes];

        assert(slot->changed); /* so the old result is published again */
        tally_revert(slot->tally, c);
        slot->deleted = false;
        slot->edit = NULL;
        if (c->kind == CHANGE_VOTE)
            quota_give_back(b->opts.quota, c->user);
    }
}

/* Count a poll's result once for a whole finished batch. */
static const struct result *result_of(struct journaled *b, struct slot *slot)
{
    if (slot->counted != b->n_batches) {
        tally_result(slot->tally, &slot->result);
        slot->counted = b->n_batches;
    }
    return &slot->result;
}

static void publish(struct journaled *b, struct slot *slot)
{
    const struct ballot_events *events = &b->opts.events;
    const struct poll_edit *edit = slot->edit;
    const struct poll_rules *rules = tally_rules(slot->tally);

    slot->edit = NULL;
    if (slot->deleted)
        events->deleted(events->user, slot->poll);
    else if (edit != NULL)
        events->edited(events->user, edit, result_of(b, slot), rules);
    else
        events->published(events->user, result_of(b, slot), rules);
}

static void publish_changed(struct journaled *b)
{
    struct slot *slot;

    while ((slot = b->changed) != NULL) {
        b->changed = slot->next_changed;
        assert(slot->changed && slot->tally != NULL);
        slot->changed = false;
        slots_set_bytes(&b->slots, slot, sizeof *slot + tally_bytes(slot->tally));
        publish(b, slot);
    }
}

/* Answer a LOOK or TOUCH, now that we know whether the batch's changes stay. */
static void answer_look(struct journaled *b, struct ballot_op *op)
{
    struct slot *slot = op->slot;

    op->rc = slot->deleted ? ERR_NOT_FOUND : 0;
    if (op->rc != 0)
        return;
    op->choice = tally_choice(slot->tally, op->wish.user);
    op->skipped = tally_skipped(slot->tally, op->wish.user);
    op->votes_left = quota_left(b->opts.quota, op->wish.user);
    op->result = *result_of(b, slot);
}

static void answer_change(struct journaled *b, struct ballot_op *op, int rc)
{
    struct slot *slot = op->slot;

    if (rc != 0)
        op->rc = rc;
    if (slot->deleted)
        return;
    op->result = *result_of(b, slot);
    op->visibility = tally_rules(slot->tally)->visibility;
    op->owner_id = tally_rules(slot->tally)->owner_id;
}

static void answer_quota(struct journaled *b, struct ballot_op *op)
{
    op->votes_today = quota_used(b->opts.quota, op->wish.user);
    op->votes_left = quota_left(b->opts.quota, op->wish.user);
}

static void send_home(struct journaled *b, int rc)
{
    struct ballot_op *op = b->ops;

    b->ops = NULL;
    b->ops_end = &b->ops;
    while (op != NULL) {
        struct mail *m = op->mail.next;
        struct ballot_op *next = m != NULL ? op_of(m) : NULL;

        if (op->verb == BALLOT_QUOTA)
            answer_quota(b, op);
        else if (op->verb != BALLOT_CHANGE)
            answer_look(b, op);
        else
            answer_change(b, op, rc);
        mail_return(&op->mail); /* op belongs to its home from here on */
        op = next;
    }
}

static void tell_durable(struct journaled *b)
{
    const struct ballot_events *events = &b->opts.events;
    uint64_t position = journal_synced(b->opts.journal);

    for (size_t i = 0; i < b->n_changes; i++) {
        assert(b->change_slots[i]->position <= position); /* positions only grow */
        b->change_slots[i]->position = position;
    }
    events->durable(events->user, b->changes, b->n_changes, position);
}

static void commit(struct journaled *b)
{
    int rc = 0;

    if (b->n_changes > 0) {
        rc = journal_append(b->opts.journal, b->changes, b->n_changes);
        if (rc == 0)
            histogram_observe(&b->base.figures.batch, &bounds_batch, b->n_changes);
        report(b, rc);
    }
    if (rc != 0)
        take_back(b);
    b->n_batches++;
    if (b->n_changes > 0)
        tell_durable(b);
    publish_changed(b);
    assert(b->changed == NULL); /* publish before answering anybody */
    send_home(b, rc);
    if (b->n_changes > 0)
        b->opts.synced(b->opts.user);
    b->n_changes = 0;
}

/* ---- loading ---- */

static void on_loaded(struct mail *m);

static int start_load(struct journaled *b, struct slot *slot)
{
    struct tally_load *l = mem_zalloc(1, sizeof *l);
    int rc;

    l->mail.home = lane_box(b->lane);
    l->mail.on_home = on_loaded;
    l->mail.kind = load_kind;
    l->poll = slot->poll;
    l->lane = b;
    rc = b->opts.load(b->opts.user, l);
    if (rc != 0)
        mem_free(l);
    else
        b->n_loading++;
    return rc;
}

static void refuse(struct ballot_op *op, int rc)
{
    op->rc = rc;
    op->replay = false;
    mail_return(&op->mail);
}

static void wait_for_tally(struct slot *slot, struct ballot_op *op)
{
    assert(slot->tally == NULL);
    op->mail.next = NULL;
    *slot->waiting_end = &op->mail;
    slot->waiting_end = &op->mail.next;
}

static void take_quota_question(struct journaled *b, struct ballot_op *op)
{
    op->rc = 0;
    op->replay = false;
    add_op(b, op);
}

static void take_op(struct journaled *b, struct ballot_op *op)
{
    struct slot *slot = slots_find(&b->slots, op->poll);
    int rc;

    if (op->verb == BALLOT_QUOTA) {
        take_quota_question(b, op);
        return;
    }
    if (slot != NULL && slot->tally != NULL) {
        counter_add(&b->base.figures.tallies_found, 1);
        work_on(b, slot, op);
        return;
    }
    counter_add(&b->base.figures.tallies_read, 1);
    if (slot == NULL) {
        slot = slots_add(&b->slots, op->poll);
        rc = start_load(b, slot);
        if (rc != 0) {
            slots_remove(&b->slots, slot);
            refuse(op, rc);
            return;
        }
    }
    wait_for_tally(slot, op);
}

/* Work on the waiting ops, or refuse them if the load failed. */
static void take_load(struct journaled *b, struct tally_load *l)
{
    struct slot *slot = slots_find(&b->slots, l->poll);
    struct mail *m = slot->waiting;
    int rc = l->rc;

    assert(slot->tally == NULL); /* only one load per poll */
    assert(m != NULL);           /* somebody is waiting for it */
    slot->waiting = NULL;
    slot->waiting_end = &slot->waiting;
    if (rc == 0) {
        slot->tally = l->tally;
        slots_set_bytes(&b->slots, slot, sizeof *slot + tally_bytes(slot->tally));
    } else {
        slots_remove(&b->slots, slot);
    }
    mem_free(l);
    while (m != NULL) {
        struct mail *next = m->next;

        if (rc == 0)
            work_on(b, slot, op_of(m));
        else
            refuse(op_of(m), rc);
        m = next;
    }
}

static void on_loaded(struct mail *m)
{
    struct tally_load *l = mail_open_as(m, load_kind);
    struct journaled *b = l->lane;

    assert(b->n_loading > 0);
    b->n_loading--;
    take_load(b, l);
}

static void on_barrier(struct mail *m)
{
    struct barrier *barrier = (struct barrier *)m;

    assert(barrier->lane->barrier == NULL); /* stop() is called once */
    barrier->lane->barrier = barrier;
}

/* Let stop() continue once nothing is left to wait for. */
static void pass_barrier(struct journaled *b)
{
    struct barrier *barrier = b->barrier;

    if (barrier == NULL || b->n_loading > 0)
        return;
    b->barrier = NULL;
    sem_post(&barrier->passed); /* stop() may free barrier from here on */
}

/* ---- the lane ---- */

static void run(struct mail *batch, void *user)
{
    struct journaled *b = user;

    b->now_ms = clock_now_ms(b->opts.clock);
    quota_set_day(b->opts.quota, b->now_ms / CLOCK_DAY_MS);
    while (batch != NULL) {
        struct mail *next = batch->next; /* work_on() reuses the link */

        if (batch->home == lane_box(b->lane)) /* our own mail, come home */
            batch->on_home(batch);
        else
            take_op(b, op_of(batch));
        batch = next;
    }
    commit(b);
    retry(b);
    slots_trim(&b->slots, b->opts.max_bytes, b->opts.projected(b->opts.user));
    pass_barrier(b);
}

static int journaled_submit(struct ballot *base, struct ballot_op *op)
{
    op->mail.kind = op_kind;
    return lane_submit(((struct journaled *)base)->lane, &op->mail);
}

static uint64_t journaled_mark(struct ballot *base)
{
    return journal_synced(((struct journaled *)base)->opts.journal);
}

static bool journaled_is_stored(struct ballot *base, uint64_t mark)
{
    const struct journaled *b = (struct journaled *)base;

    return b->opts.projected(b->opts.user) >= mark;
}

static struct ballot *journaled_stop(struct ballot *base)
{
    struct journaled *b = (struct journaled *)base;
    struct barrier barrier = {.lane = b};

    sem_init(&barrier.passed, 0, 0);
    barrier.mail.home = lane_box(b->lane);
    barrier.mail.on_home = on_barrier;
    mail_return(&barrier.mail);
    while (sem_wait(&barrier.passed) != 0)
        ; /* interrupted by a signal: wait on */
    sem_destroy(&barrier.passed);
    lane_stop(b->lane);
    assert(b->n_loading == 0 && b->n_changes == 0 && b->ops == NULL);
    slots_done(&b->slots);
    quota_free(b->opts.quota);
    mem_free(b->change_slots);
    mem_free(b->changes);
    mem_free(b);
    return NULL;
}

static const struct ballot_ops journaled_ops = {
    .name = "journaled",
    .submit = journaled_submit,
    .mark = journaled_mark,
    .is_stored = journaled_is_stored,
    .stop = journaled_stop,
};

int journaled_start(const struct journaled_opts *opts, struct ballot **ret_ballot)
{
    struct journaled *b = mem_zalloc(1, sizeof *b);
    struct lane_opts lane = {.name = "ballot",
                             .max_waiting = opts->max_waiting,
                             .run = run,
                             .wake_in_ms = wake_in_ms,
                             .user = b};
    int rc;

    b->base.ops = &journaled_ops;
    b->opts = *opts;
    if (b->opts.max_bytes == 0)
        b->opts.max_bytes = TALLY_BYTES_MAX;
    b->ops_end = &b->ops;
    b->changes = mem_alloc(JOURNAL_BATCH_MAX * sizeof *b->changes);
    b->change_slots = mem_alloc(JOURNAL_BATCH_MAX * sizeof(struct slot *));
    slots_init(&b->slots);
    rc = lane_start(&lane, &b->lane);
    if (rc != 0) {
        slots_done(&b->slots);
        mem_free(b->change_slots);
        mem_free(b->changes);
        mem_free(b);
        return rc;
    }
    b->base.box = lane_box(b->lane);
    *ret_ballot = &b->base;
    return 0;
}
