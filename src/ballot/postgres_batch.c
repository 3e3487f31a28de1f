#include "ballot/postgres_batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

/* ---- which rows ---- */

static int compare_polls(const void *a, const void *b)
{
    const struct poll_row *p = a, *q = b;

    return (p->poll > q->poll) - (p->poll < q->poll);
}

static int compare_ballots(const void *a, const void *b)
{
    const struct ballot_row *p = a, *q = b;

    if (p->poll != q->poll)
        return p->poll < q->poll ? -1 : 1;
    return (p->user > q->user) - (p->user < q->user);
}

static int compare_days(const void *a, const void *b)
{
    const struct day_row *p = a, *q = b;

    return (p->user > q->user) - (p->user < q->user);
}

struct poll_row *batch_poll(struct batch *b, uint32_t poll)
{
    const struct poll_row key = {.poll = poll};

    return bsearch(&key, b->polls, b->n_polls, sizeof *b->polls, compare_polls);
}

struct ballot_row *batch_ballot(struct batch *b, uint32_t poll, uint32_t user)
{
    const struct ballot_row key = {.poll = poll, .user = user};

    return bsearch(&key, b->ballots, b->n_ballots, sizeof *b->ballots, compare_ballots);
}

struct day_row *batch_day(struct batch *b, uint32_t user)
{
    const struct day_row key = {.user = user};

    return bsearch(&key, b->days, b->n_days, sizeof *b->days, compare_days);
}

static bool is_vote(const struct ballot_op *op)
{
    return op->verb == BALLOT_CHANGE && op->wish.kind == CHANGE_VOTE;
}

/* Sort rows and leave one of each. */
static size_t sort_unique(void *rows, size_t n, size_t size,
                          int (*compare)(const void *a, const void *b))
{
    char *at = rows;
    size_t kept = 0;

    qsort(rows, n, size, compare);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || compare(at + (kept - 1) * size, at + i * size) != 0)
            memmove(at + kept++ * size, at + i * size, size);
    return kept;
}

void batch_begin(struct batch *b)
{
    b->number++;
    b->day = b->ops[0]->at_ms / CLOCK_DAY_MS;
    b->n_polls = b->n_ballots = b->n_changes = 0;
    b->n_days = b->n_ops;
    for (size_t i = 0; i < b->n_ops; i++) {
        const struct ballot_op *op = b->ops[i];

        b->days[i] = (struct day_row){.user = op->wish.user};
        if (op->verb == BALLOT_QUOTA)
            continue;
        b->polls[b->n_polls++] = (struct poll_row){.poll = op->poll};
        b->ballots[b->n_ballots++] =
            (struct ballot_row){.poll = op->poll, .user = op->wish.user};
    }
    b->n_polls = sort_unique(b->polls, b->n_polls, sizeof *b->polls, compare_polls);
    b->n_ballots =
        sort_unique(b->ballots, b->n_ballots, sizeof *b->ballots, compare_ballots);
    b->n_days = sort_unique(b->days, b->n_days, sizeof *b->days, compare_days);
    for (size_t i = 0; i < b->n_ops; i++)
        if (is_vote(b->ops[i]))
            batch_day(b, b->ops[i]->wish.user)->votes = true;
}

/* ---- judging ---- */

static uint32_t votes_left(const struct batch *b, const struct day_row *d)
{
    uint32_t used = d->used + d->cast;

    if (b->votes_per_day == 0)
        return UINT32_MAX;
    return used < b->votes_per_day ? b->votes_per_day - used : 0;
}

/* A vote takes one from the day's. */
static int take_vote(const struct batch *b, struct day_row *d, struct change *c)
{
    if (c->kind != CHANGE_VOTE)
        return 0;
    if (votes_left(b, d) == 0)
        return ERR_DAILY_LIMIT;
    d->cast++;
    if (c->keyed)
        c->receipt.votes_left = votes_left(b, d);
    return 0;
}

static void enter_vote(struct poll_row *p, struct ballot_row *v, const struct change *c)
{
    p->counts[c->option]++;
    p->total++;
    p->cast++;
    v->kind = BALLOT_VOTE;
    v->at_ms = c->at_ms;
    v->choice = (struct choice){.n = 1, .numbers = {c->option}};
    v->version = c->version;
    v->has_told = c->keyed;
    if (c->keyed) {
        memcpy(v->told.key, c->key, VOTE_KEY_BYTES);
        v->told.receipt = c->receipt;
    }
}

static void enter_move(struct poll_row *p, struct ballot_row *v, const struct change *c)
{
    p->counts[c->was_option]--;
    p->counts[c->option]++;
    v->choice.numbers[0] = c->option;
    v->version = c->version;
}

static void enter_withdraw(struct poll_row *p, struct ballot_row *v,
                           const struct change *c)
{
    p->counts[c->was_option]--;
    p->total--;
    v->kind = BALLOT_NONE;
    if (v->has_told) {
        v->told_before = v->told;
        v->has_told_before = true;
    }
    v->has_told = false;
}

/* Options come or go only while nobody has voted: their counts are 0. */
static void enter_edit(struct poll_row *p, const struct change *c)
{
    p->state.rules = c->edit.rules;
    p->state.opened = poll_has_opened(&c->edit.rules, c->at_ms);
    p->state.closed = poll_has_closed(&c->edit.rules, c->at_ms);
}

static void enter(struct poll_row *p, struct ballot_row *v, const struct change *c)
{
    p->changed = v->changed = true;
    p->state.base_version = c->version;
    switch (c->kind) {
    case CHANGE_VOTE:
        enter_vote(p, v, c);
        return;
    case CHANGE_MOVE:
        enter_move(p, v, c);
        return;
    case CHANGE_WITHDRAW:
        enter_withdraw(p, v, c);
        return;
    case CHANGE_SKIP:
        v->kind = BALLOT_SKIP;
        v->at_ms = c->at_ms;
        p->skips++;
        return;
    case CHANGE_UNSKIP:
        v->kind = BALLOT_NONE;
        p->skips--;
        return;
    case CHANGE_CLOSE:
        p->state.rules.closes_ms = c->at_ms;
        p->state.closed = true;
        break;
    case CHANGE_DELETE:
        p->deleted = true;
        break;
    case CHANGE_EDIT:
        enter_edit(p, c);
        break;
    }
    v->changed = false; /* an owner's change is nobody's ballot */
}

static struct standing standing_of(const struct poll_row *p, const struct ballot_row *v,
                                   const struct wish *w)
{
    struct standing s = {.poll = &p->state,
                         .total = p->total,
                         .counts = p->counts,
                         .owns = w->user == p->state.rules.owner_id && !w->guest,
                         .skipped = v->kind == BALLOT_SKIP,
                         .told = v->has_told ? &v->told : NULL,
                         .told_before = v->has_told_before ? &v->told_before : NULL};

    if (v->kind == BALLOT_VOTE)
        s.choice = v->choice;
    return s;
}

static void judge_change(struct batch *b, struct ballot_op *op, struct poll_row *p)
{
    struct ballot_row *v = batch_ballot(b, op->poll, op->wish.user);
    struct change *c = &b->changes[b->n_changes];
    struct standing s = standing_of(p, v, &op->wish);
    bool was_changed = v->changed;

    op->rc = admit_wish(&s, &op->wish, op->at_ms, c, &op->replay);
    if (op->rc == 0 && !op->replay)
        op->rc = take_vote(b, batch_day(b, op->wish.user), c);
    if (op->rc != 0)
        return;
    op->change = *c;
    op->receipt = c->receipt;
    if (op->replay)
        return;
    enter(p, v, c);
    v->changed |= was_changed;
    v->number = b->next_number + b->n_changes++;
    if (c->kind == CHANGE_EDIT)
        p->edit = op->wish.edit;
}

static void judge(struct batch *b, struct ballot_op *op)
{
    struct poll_row *p;

    op->rc = 0;
    op->replay = false;
    if (op->verb == BALLOT_QUOTA)
        return;
    p = batch_poll(b, op->poll);
    if (!p->found || p->deleted) {
        op->rc = ERR_NOT_FOUND;
        return;
    }
    if (poll_state_touch(&p->state, op->at_ms))
        p->changed = true;
    if (op->verb == BALLOT_CHANGE)
        judge_change(b, op, p);
}

void batch_judge(struct batch *b)
{
    for (size_t i = 0; i < b->n_ops; i++)
        judge(b, b->ops[i]);
}

bool batch_has_changed(const struct batch *b)
{
    for (size_t i = 0; i < b->n_polls; i++)
        if (b->polls[i].changed)
            return true;
    return false;
}

/* ---- answering ---- */

void poll_row_result(const struct poll_row *p, struct result *ret_result)
{
    struct result *r = ret_result;

    r->poll = p->poll;
    r->version = poll_state_version(&p->state);
    r->status = poll_state_status(&p->state);
    r->n_options = p->state.rules.n_options;
    r->total = p->total;
    r->skips = p->skips;
    memcpy(r->counts, p->counts, sizeof r->counts);
}

static void answer_poll(struct batch *b, struct ballot_op *op)
{
    const struct poll_row *p = batch_poll(b, op->poll);
    const struct ballot_row *v = batch_ballot(b, op->poll, op->wish.user);

    if (!p->found || p->deleted) {
        if (op->verb != BALLOT_CHANGE)
            op->rc = ERR_NOT_FOUND;
        return;
    }
    poll_row_result(p, &op->result);
    op->visibility = p->state.rules.visibility;
    op->owner_id = p->state.rules.owner_id;
    op->choice = v->kind == BALLOT_VOTE ? v->choice.numbers[0] : -1;
    op->skipped = v->kind == BALLOT_SKIP;
}

void batch_answer(struct batch *b)
{
    for (size_t i = 0; i < b->n_ops; i++) {
        struct ballot_op *op = b->ops[i];
        const struct day_row *d = batch_day(b, op->wish.user);

        op->votes_today = d->used + d->cast;
        op->votes_left = votes_left(b, d);
        if (op->verb != BALLOT_QUOTA)
            answer_poll(b, op);
    }
}
