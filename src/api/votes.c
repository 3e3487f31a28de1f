/* votes.c — voting, changing, withdrawing, skipping, taking a skip back. */
#include "app/app.h"
#include "app/app_loop.h"
#include "api/body.h"
#include "app/handlers.h"
#include "app/json_body.h"
#include "app/metrics.h"
#include "app/views.h"
#include "app/watchers.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "core/change.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"

/* ---- reading the wish ---- */

static void prepare(struct call *c, enum change_kind kind)
{
    c->op.verb = BALLOT_CHANGE;
    c->op.poll = c->id;
    c->op.wish =
        (struct wish){.kind = kind, .user = c->who.user, .guest = c->who.guest};
}

/* ---- answering ---- */

static void count(struct call *c, bool repeated)
{
    metrics_count_wish(c->loop->metrics, c->op.wish.kind, c->op.rc, repeated);
}

static void fail_not_open(struct call *c)
{
    struct poll *p;
    int64_t in_ms;

    if (catalogue_get(c->app->index->catalogue, c->op.poll, &p, NULL) != 0) {
        call_fail_poll(c, ERR_NOT_FOUND);
        return;
    }
    in_ms = p->rules.opens_ms - clock_now_ms(c->app->clock);
    poll_unref(p);
    call_fail_in(c, ERR_POLL_NOT_OPEN, NULL, (in_ms + 999) / 1000);
}

static void fail_daily(struct call *c)
{
    /* Not from now: midnight may have passed since. */
    int64_t into_day = c->op.at_ms % CLOCK_DAY_MS;

    call_fail_in(c, ERR_DAILY_LIMIT,
                 "Votes are counted by UTC day: come back tomorrow.",
                 (CLOCK_DAY_MS - into_day + 999) / 1000);
}

static const char *why_conflict(enum change_kind kind)
{
    if (kind == CHANGE_VOTE)
        return "This Idempotency-Key was used for another option.";
    return "There is no vote to change here, or the poll does not allow it.";
}

static void fail_vote(struct call *c)
{
    switch (c->op.rc) {
    case ERR_POLL_NOT_OPEN:
        fail_not_open(c);
        break;
    case ERR_DAILY_LIMIT:
        fail_daily(c);
        break;
    case ERR_NOT_FOUND:
        call_fail_poll(c, ERR_NOT_FOUND);
        break;
    case ERR_CONFLICT:
        call_fail(c, ERR_CONFLICT, why_conflict(c->op.wish.kind));
        break;
    case ERR_FORBIDDEN:
        call_fail(c, ERR_FORBIDDEN, "Only registered users may vote on this poll.");
        break;
    default:
        call_fail(c, c->op.rc, NULL);
    }
}

static bool may_see(struct call *c, int choice, enum poll_status status)
{
    const struct viewer v = {
        .user = c->who.user, .guest = c->who.guest, .choice = choice};
    const struct poll_rules rules = {.owner_id = c->op.owner_id,
                                     .visibility = c->op.visibility};

    return viewer_may_see(&v, &rules, status);
}

/* All voters of a poll in one batch are shown the same result: write it once for all of
 * them on this loop. */
static void write_result(struct call *c, const struct result *r)
{
    struct shown_result *last = &c->loop->last_result;

    if (last->poll != r->poll || last->version != r->version ||
        last->status != r->status) {
        last->json.len = 0;
        view_result(&last->json, r);
        last->poll = r->poll;
        last->version = r->version;
        last->status = r->status;
    }
    buf_str_add(call_out(c), buf_str(&last->json));
}

/* Rebuild the result from a receipt. Votes only enter open polls, so it was open. */
static void result_of_receipt(const struct receipt *from, uint32_t poll,
                              struct result *ret)
{
    *ret = (struct result){.poll = poll,
                           .version = from->version,
                           .status = POLL_OPEN,
                           .n_options = from->n_options};
    for (uint32_t i = 0; i < from->n_options; i++) {
        ret->counts[i] = from->counts[i];
        ret->total += from->counts[i];
    }
}

static void write_vote(struct call *c, int option, int64_t voted_ms, uint32_t left,
                       const struct result *r)
{
    struct buf *out = call_out(c);

    buf_text(out, "{\"pollId\":");
    buf_u64(out, c->op.poll);
    buf_text(out, ",\"optionIndex\":");
    buf_i64(out, option);
    buf_text(out, ",\"votedAt\":");
    buf_json_time(out, voted_ms);
    buf_text(out, ",\"votesLeftToday\":");
    if (left == UINT32_MAX)
        buf_text(out, "null");
    else
        buf_u64(out, left);
    buf_text(out, ",\"results\":");
    if (may_see(c, option, r->status))
        write_result(c, r);
    else
        buf_text(out, "null");
    buf_char(out, '}');
}

/* Where only voters see results, this voter sees them from now on, or no longer. */
static void tell_watchers(struct call *c)
{
    if (c->op.visibility == VISIBLE_AFTER_VOTE)
        c->app->watchers->user_voted(c->app, c->who.user, c->op.poll);
}

static void voted(struct call *c)
{
    struct ballot_op *op = &c->op;
    struct result r;

    count(c, op->replay);
    if (op->rc != 0) {
        fail_vote(c);
        return;
    }
    if (op->wish.keyed) { /* a repeat is told the same again */
        result_of_receipt(&op->receipt, op->poll, &r);
        write_vote(c, op->receipt.option, op->receipt.voted_ms, op->receipt.votes_left,
                   &r);
    } else {
        write_vote(c, op->change.option, op->change.at_ms, op->votes_left, &op->result);
    }
    if (op->replay) {
        http_add_header(c->req, "Idempotent-Replay", STR("true"));
        call_reply(c, 200);
    } else {
        tell_watchers(c);
        call_reply(c, 201);
    }
}

/* Do not ask the store for a poll that does not exist. */
static void cast(struct call *c)
{
    if (catalogue_get(c->app->index->catalogue, c->op.poll, NULL, NULL) != 0)
        call_fail_poll(c, ERR_NOT_FOUND);
    else
        call_ballot(c, voted);
}

static void vote(struct call *c)
{
    struct faults faults = {call_fault, c};

    prepare(c, CHANGE_VOTE);
    (void)vote_input(c->body, http_header(c->req, "idempotency-key"), &faults,
                     &c->op.wish);
    if (!call_fail_if_faults(c))
        cast(c);
}

/* Most votes are the same few bytes: read them without building a tree. */
static bool handle_plain_vote(struct call *c)
{
    uint32_t option;

    if (!call_is_json(c) || !vote_is_plain(c->req->body, &option) ||
        http_header(c->req, "idempotency-key").at != NULL)
        return false;
    prepare(c, CHANGE_VOTE);
    c->op.wish.option = option;
    cast(c);
    return true;
}

void handle_vote(struct call *c)
{
    if (!handle_plain_vote(c) && call_json(c))
        vote(c);
}

void handle_votes(struct call *c)
{
    json_t *field;
    json_int_t id = 0;

    if (!call_json(c))
        return;
    field = json_object_get(c->body, "pollId");
    if (!json_body_whole(field, &id))
        call_fault(c, "pollId",
                   field == NULL || json_is_null(field) ? FAULT_REQUIRED
                                                        : FAULT_WRONG_TYPE,
                   "must be the number of a poll");
    c->id = id >= 1 && id <= UINT32_MAX ? (uint32_t)id : 0; /* 0 is nobody's: 404 */
    vote(c);
}

/* ---- changing and withdrawing ---- */

static void moved(struct call *c)
{
    struct ballot_op *op = &c->op;

    count(c, op->replay);
    if (op->rc != 0) {
        fail_vote(c);
        return;
    }
    write_vote(c, (int)op->wish.option, op->change.at_ms, op->votes_left, &op->result);
    call_reply(c, 200);
}

void handle_vote_change(struct call *c)
{
    struct faults faults = {call_fault, c};

    if (!call_json(c))
        return;
    prepare(c, CHANGE_MOVE);
    (void)option_input(c->body, &faults, &c->op.wish);
    if (!call_fail_if_faults(c))
        call_ballot(c, moved);
}

static void withdrawn(struct call *c)
{
    count(c, c->op.replay);
    if (c->op.rc != 0) {
        fail_vote(c);
        return;
    }
    tell_watchers(c);
    call_no_content(c);
}

void handle_vote_withdraw(struct call *c)
{
    prepare(c, CHANGE_WITHDRAW);
    call_ballot(c, withdrawn);
}

/* ---- skipping ---- */

static void skipped(struct call *c)
{
    count(c, c->op.replay);
    if (c->op.rc != 0 && c->op.rc != ERR_ALREADY_SKIPPED) /* again is the same */
        fail_vote(c);
    else
        call_no_content(c);
}

void handle_skip(struct call *c)
{
    prepare(c, CHANGE_SKIP);
    call_ballot(c, skipped);
}

static void unskipped(struct call *c)
{
    count(c, c->op.replay);
    if (c->op.rc != 0)
        fail_vote(c);
    else
        call_no_content(c);
}

void handle_unskip(struct call *c)
{
    prepare(c, CHANGE_UNSKIP);
    call_ballot(c, unskipped);
}
