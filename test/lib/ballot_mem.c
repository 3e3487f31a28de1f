#include "lib/ballot_mem.h"

#include <pthread.h>

#include "ballot/slots.h"
#include "base/err.h"
#include "base/mem.h"

struct mem_ballot {
    struct ballot base;
    const struct clock *clock;
    struct ballot_events events;
    pthread_mutex_t lock; /* guards the rest; events are told under it */
    struct quota *quota;
    struct slots slots;
};

static void enter(struct mem_ballot *b, struct slot *slot, struct ballot_op *op,
                  int64_t now_ms)
{
    struct change *c = &op->change;

    op->at_ms = now_ms;
    op->rc = tally_admit(slot->tally, &op->wish, now_ms, c, &op->replay);
    if (op->rc == 0 && op->replay)
        op->receipt = c->receipt;
    if (op->rc != 0 || op->replay)
        return;
    if (c->kind == CHANGE_VOTE)
        op->rc = quota_take(b->quota, c->user);
    if (op->rc != 0)
        return;
    if (c->kind == CHANGE_VOTE && c->keyed)
        c->receipt.votes_left = quota_left(b->quota, c->user);
    op->receipt = c->receipt;
    tally_apply(slot->tally, c);
    b->events.durable(b->events.user, c, 1, 0);
}

/* has_entered: a change has; else only time has passed. */
static void publish(struct mem_ballot *b, const struct slot *slot,
                    const struct ballot_op *op, bool has_entered)
{
    const struct poll_rules *rules = tally_rules(slot->tally);
    struct result r;

    tally_result(slot->tally, &r);
    if (has_entered && op->wish.kind == CHANGE_DELETE)
        b->events.deleted(b->events.user, slot->poll);
    else if (has_entered && op->wish.kind == CHANGE_EDIT)
        b->events.edited(b->events.user, op->wish.edit, &r, rules);
    else
        b->events.published(b->events.user, &r, rules);
}

static void work_on(struct mem_ballot *b, struct slot *slot, struct ballot_op *op,
                    int64_t now_ms)
{
    bool has_changed = tally_touch(slot->tally, now_ms), has_entered = false;

    if (op->verb == BALLOT_CHANGE) {
        enter(b, slot, op, now_ms);
        has_entered = op->rc == 0 && !op->replay;
    }
    if (has_changed || has_entered)
        publish(b, slot, op, has_entered);
    tally_result(slot->tally, &op->result);
    op->visibility = tally_rules(slot->tally)->visibility;
    op->owner_id = tally_rules(slot->tally)->owner_id;
    op->choice = tally_choice(slot->tally, op->wish.user);
    op->skipped = tally_skipped(slot->tally, op->wish.user);
    if (has_entered && op->wish.kind == CHANGE_DELETE)
        slots_remove(&b->slots, slot);
}

static void answer(struct mem_ballot *b, struct ballot_op *op)
{
    struct slot *slot = slots_find(&b->slots, op->poll);
    int64_t now_ms = clock_now_ms(b->clock);

    quota_set_day(b->quota, now_ms / CLOCK_DAY_MS);
    op->replay = false;
    op->rc = slot != NULL || op->verb == BALLOT_QUOTA ? 0 : ERR_NOT_FOUND;
    if (op->rc == 0 && op->verb != BALLOT_QUOTA)
        work_on(b, slot, op, now_ms);
    op->votes_today = quota_used(b->quota, op->wish.user);
    op->votes_left = quota_left(b->quota, op->wish.user);
}

static int mem_submit(struct ballot *base, struct ballot_op *op)
{
    struct mem_ballot *b = (struct mem_ballot *)base;

    pthread_mutex_lock(&b->lock);
    answer(b, op);
    pthread_mutex_unlock(&b->lock);
    mail_return(&op->mail);
    return 0;
}

static struct ballot *mem_stop(struct ballot *base)
{
    struct mem_ballot *b = (struct mem_ballot *)base;

    slots_done(&b->slots);
    quota_free(b->quota);
    pthread_mutex_destroy(&b->lock);
    mem_free(b);
    return NULL;
}

/* There is no store, so it lacks nothing. */
static uint64_t mem_mark(struct ballot *base)
{
    (void)base;
    return 0;
}

static bool mem_is_stored(struct ballot *base, uint64_t mark)
{
    (void)base;
    (void)mark;
    return true;
}

static const struct ballot_ops mem_ops = {.name = "mem",
                                          .submit = mem_submit,
                                          .mark = mem_mark,
                                          .is_stored = mem_is_stored,
                                          .stop = mem_stop};

struct ballot *ballot_mem_new(const struct clock *clock, struct quota *quota,
                              const struct ballot_events *events)
{
    struct mem_ballot *b = mem_zalloc(1, sizeof *b);

    b->base.ops = &mem_ops;
    b->clock = clock;
    b->events = *events;
    b->quota = quota;
    pthread_mutex_init(&b->lock, NULL);
    slots_init(&b->slots);
    return &b->base;
}

void ballot_mem_add(struct ballot *base, uint32_t poll, const struct poll_rules *rules)
{
    struct mem_ballot *b = (struct mem_ballot *)base;

    pthread_mutex_lock(&b->lock);
    slots_add(&b->slots, poll)->tally = tally_new(poll, rules, 1);
    pthread_mutex_unlock(&b->lock);
}
