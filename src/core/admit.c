#include "core/admit.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"

/* ---- the poll ---- */

bool poll_state_touch(struct poll_state *p, int64_t now_ms)
{
    bool opens = !p->opened && poll_has_opened(&p->rules, now_ms);
    bool closes = !p->closed && poll_has_closed(&p->rules, now_ms);

    p->opened |= opens;
    p->closed |= closes;
    return opens || closes;
}

uint64_t poll_state_version(const struct poll_state *p)
{
    return p->base_version + p->opened + p->closed;
}

enum poll_status poll_state_status(const struct poll_state *p)
{
    if (p->closed)
        return POLL_CLOSED;
    return p->rules.opens_ms != 0 && !p->opened ? POLL_SCHEDULED : POLL_OPEN;
}

/* ---- voters: may it happen? ---- */

static int judge_time(const struct poll_state *p, int64_t now_ms)
{
    if (p->closed) /* also when the clock has been set back since */
        return ERR_POLL_CLOSED;
    switch (poll_status(&p->rules, now_ms)) {
    case POLL_SCHEDULED:
        return ERR_POLL_NOT_OPEN;
    case POLL_CLOSED:
        return ERR_POLL_CLOSED;
    default:
        return 0;
    }
}

static bool has_voted(const struct standing *s)
{
    return s->choice.n != 0;
}

static bool has_key(const struct keyed_receipt *told, const struct wish *w)
{
    return told != NULL && memcmp(told->key, w->key, VOTE_KEY_BYTES) == 0;
}

/* Find the answer to an earlier request with this key, also if its vote was withdrawn
 * since: a late packet must not restore it. */
static const struct keyed_receipt *find_told(const struct standing *s,
                                             const struct wish *w)
{
    if (w->kind != CHANGE_VOTE || !w->keyed)
        return NULL;
    if (has_voted(s) && has_key(s->told, w))
        return s->told;
    return has_key(s->told_before, w) ? s->told_before : NULL;
}

static int judge_voter(const struct poll_rules *rules, const struct wish *w)
{
    if (w->guest && rules->voters == VOTERS_REGISTERED)
        return ERR_FORBIDDEN;
    return w->option < rules->n_options ? 0 : ERR_UNKNOWN_OPTION;
}

/* The user has neither voted nor skipped. */
static int judge_fresh(const struct standing *s)
{
    if (has_voted(s))
        return ERR_ALREADY_VOTED;
    return s->skipped ? ERR_ALREADY_SKIPPED : 0;
}

static int judge_vote(const struct standing *s, const struct wish *w, int64_t now_ms)
{
    int rc = judge_time(s->poll, now_ms);

    if (rc == 0)
        rc = judge_voter(&s->poll->rules, w);
    return rc != 0 ? rc : judge_fresh(s);
}

static int judge_skip(const struct standing *s, int64_t now_ms)
{
    int rc = judge_fresh(s);

    return rc != 0 ? rc : judge_time(s->poll, now_ms);
}

/* Moving or withdrawing: both need an open poll, its permission and a vote. */
static int judge_undo(const struct standing *s, int64_t now_ms)
{
    int rc = judge_time(s->poll, now_ms);

    if (rc != 0)
        return rc;
    return s->poll->rules.vote_change && has_voted(s) ? 0 : ERR_CONFLICT;
}

static int judge_move(const struct standing *s, const struct wish *w, int64_t now_ms)
{
    int rc = judge_undo(s, now_ms);

    return rc != 0 ? rc : judge_voter(&s->poll->rules, w);
}

/* ---- owners: may it happen? ---- */

static int judge_owner(const struct standing *s)
{
    return s->owns ? 0 : ERR_FORBIDDEN;
}

static int judge_close(const struct standing *s, int64_t now_ms)
{
    int rc = judge_owner(s);

    if (rc != 0)
        return rc;
    return judge_time(s->poll, now_ms) == ERR_POLL_CLOSED ? ERR_POLL_CLOSED : 0;
}

static struct poll_rules edited_rules(const struct poll_rules *from,
                                      const struct poll_edit *edit)
{
    struct poll_rules r = *from;

    poll_edit_rules(&r, edit->fields, &edit->values->rules);
    return r;
}

static bool closes_before_it_opens(const struct poll_rules *r)
{
    return r->opens_ms != 0 && r->closes_ms != 0 && r->opens_ms >= r->closes_ms;
}

static int judge_edit(const struct standing *s, const struct wish *w)
{
    uint32_t fields = w->edit->fields;
    struct poll_rules edited;
    int rc = judge_owner(s);

    if (rc != 0)
        return rc;
    if ((fields & POLL_FROZEN) != 0 && s->total > 0)
        return ERR_CONFLICT;
    if ((fields & (POLL_OPENS | POLL_CLOSES)) == 0)
        return 0;
    edited = edited_rules(&s->poll->rules, w->edit);
    return closes_before_it_opens(&edited) ? ERR_INVALID : 0;
}

static int judge(const struct standing *s, const struct wish *w, int64_t now_ms)
{
    switch (w->kind) {
    case CHANGE_VOTE:
        return judge_vote(s, w, now_ms);
    case CHANGE_SKIP:
        return judge_skip(s, now_ms);
    case CHANGE_MOVE:
        return judge_move(s, w, now_ms);
    case CHANGE_WITHDRAW:
        return judge_undo(s, now_ms);
    case CHANGE_CLOSE:
        return judge_close(s, now_ms);
    case CHANGE_DELETE:
        return judge_owner(s);
    case CHANGE_EDIT:
        return judge_edit(s, w);
    case CHANGE_UNSKIP: /* at any time: it is only the user's own mark */
        return 0;
    }
    return ERR_INTERNAL;
}

/* ---- what would it be? ---- */

/* What the voter will have been told once c is applied. */
static void write_receipt(const struct standing *s, struct change *c)
{
    struct receipt *r = &c->receipt;

    r->voted_ms = c->at_ms;
    r->version = poll_state_version(s->poll) + 1;
    r->option = c->option;
    r->votes_left = UINT32_MAX;
    r->n_options = s->poll->rules.n_options;
    for (uint32_t i = 0; i < r->n_options; i++)
        r->counts[i] = s->counts[i] + (i == c->option);
}

static void write_vote(const struct standing *s, const struct wish *w, struct change *c)
{
    c->option = (uint8_t)w->option;
    c->version++;
    c->keyed = w->keyed;
    if (c->keyed) {
        memcpy(c->key, w->key, VOTE_KEY_BYTES);
        write_receipt(s, c);
    }
}

static void write_undo(const struct standing *s, struct change *c)
{
    c->was_option = s->choice.numbers[0];
    assert(c->was_option < s->poll->rules.n_options);
    c->version++;
}

static void write_withdraw(const struct standing *s, struct change *c)
{
    write_undo(s, c);
    c->was_keyed = s->told != NULL;
    c->keyed = s->told_before != NULL;
    if (c->keyed) {
        memcpy(c->key, s->told_before->key, VOTE_KEY_BYTES);
        c->receipt = s->told_before->receipt;
    }
}

/* Continue above everything that was visible, so that versions grow even if a closed
 * poll reopens. */
static void write_edit(const struct poll_state *p, const struct wish *w,
                       struct change *c)
{
    c->edit = (struct edit){.id = w->edit->id,
                            .rules = edited_rules(&p->rules, w->edit),
                            .was_rules = p->rules,
                            .was_version = p->base_version,
                            .was_opened = p->opened,
                            .was_closed = p->closed};
    c->version = poll_state_version(p) + 1;
}

/* True: it is as wished already. */
static bool write_change(const struct standing *s, const struct wish *w,
                         struct change *c)
{
    switch (w->kind) {
    case CHANGE_VOTE:
        write_vote(s, w, c);
        return false;
    case CHANGE_MOVE:
        write_undo(s, c);
        c->option = (uint8_t)w->option;
        return c->option == c->was_option;
    case CHANGE_WITHDRAW:
        write_withdraw(s, c);
        return false;
    case CHANGE_CLOSE:
        c->was_closes_ms = s->poll->rules.closes_ms;
        return false;
    case CHANGE_EDIT:
        write_edit(s->poll, w, c);
        return false;
    case CHANGE_UNSKIP:
        return !s->skipped;
    case CHANGE_SKIP:
    case CHANGE_DELETE:
        break;
    }
    return false;
}

static void start_change(const struct poll_state *p, const struct wish *w,
                         int64_t now_ms, struct change *c)
{
    static const struct change none;

    *c = none; /* cheaper than memset() */
    c->kind = w->kind;
    c->poll = p->poll;
    c->user = w->user;
    c->at_ms = now_ms;
    c->version = p->base_version;
}

int admit_wish(const struct standing *s, const struct wish *w, int64_t now_ms,
               struct change *ret_change, bool *ret_replay)
{
    const struct keyed_receipt *told = find_told(s, w); /* also after closing */
    int rc;

    if (told != NULL)
        rc = told->receipt.option == w->option ? 0 : ERR_CONFLICT;
    else
        rc = judge(s, w, now_ms);
    if (rc != 0)
        return rc;
    start_change(s->poll, w, now_ms, ret_change);
    if (told != NULL)
        ret_change->receipt = told->receipt;
    *ret_replay = told != NULL || write_change(s, w, ret_change);
    return 0;
}
