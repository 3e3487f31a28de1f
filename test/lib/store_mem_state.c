#include "lib/store_mem_state.h"

#include <string.h>

#include "base/lookalike.h"
#include "base/mem.h"
#include "base/unicode.h"

/* ---- copies ---- */

static struct mem_rows copy_rows(const struct mem_rows *r)
{
    return (struct mem_rows){mem_dup(r->at, r->n * sizeof *r->at), r->n, r->n};
}

struct mem_state *mem_state_copy(const struct mem_state *from)
{
    struct mem_state *s = mem_zalloc(1, sizeof *s);

    if (from == NULL)
        return s;
    *s = *from;
    s->accounts = mem_dup(from->accounts, from->n_accounts * sizeof *s->accounts);
    s->ends = mem_dup(from->ends, from->n_ends * sizeof *s->ends);
    s->keys = mem_dup(from->keys, from->n_keys * sizeof *s->keys);
    s->recent = mem_dup(from->recent, from->n_recent * sizeof *s->recent);
    s->edits = mem_dup(from->edits, from->n_edits * sizeof *s->edits);
    for (size_t i = 0; i < s->n_edits; i++)
        poll_ref(s->edits[i].values);
    s->daily = mem_dup(from->daily, from->n_daily * sizeof *s->daily);
    s->cap_daily = s->n_daily;
    s->polls = mem_dup(from->polls, from->n_polls * sizeof *s->polls);
    for (size_t i = 0; i < s->n_polls; i++) {
        poll_ref(s->polls[i].poll);
        s->polls[i].votes = copy_rows(&from->polls[i].votes);
        s->polls[i].skips = copy_rows(&from->polls[i].skips);
        s->polls[i].withdrawn = copy_rows(&from->polls[i].withdrawn);
    }
    return s;
}

static void drop_poll(struct mem_poll *p)
{
    poll_unref(p->poll);
    mem_free(p->votes.at);
    mem_free(p->skips.at);
    mem_free(p->withdrawn.at);
}

struct mem_state *mem_state_free(struct mem_state *s)
{
    if (s != NULL) {
        for (size_t i = 0; i < s->n_polls; i++)
            drop_poll(&s->polls[i]);
        mem_free(s->accounts);
        mem_free(s->polls);
        mem_free(s->daily);
        mem_free(s->ends);
        mem_state_drop_edit(s, 0);
        mem_free(s->edits);
        mem_free(s->keys);
        mem_free(s->recent);
        mem_free(s);
    }
    return NULL;
}

/* ---- finding ---- */

struct mem_poll *mem_state_poll(const struct mem_state *s, uint32_t id)
{
    for (size_t i = 0; i < s->n_polls; i++)
        if (s->polls[i].poll->id == id)
            return &s->polls[i];
    return NULL;
}

struct account *mem_state_account(const struct mem_state *s, uint32_t id)
{
    for (size_t i = 0; i < s->n_accounts; i++)
        if (s->accounts[i].id == id)
            return &s->accounts[i];
    return NULL;
}

/* An empty text is nobody's. */
static bool same_by(void (*key)(struct buf *b, struct str s), const char *a,
                    const char *b)
{
    struct buf fa = {0}, fb = {0};
    bool same;

    key(&fa, str_of(a));
    key(&fb, str_of(b));
    same = fa.len != 0 && str_eq(buf_str(&fa), buf_str(&fb));
    buf_done(&fa);
    buf_done(&fb);
    return same;
}

struct account *mem_state_username(const struct mem_state *s, const char *username)
{
    for (size_t i = 0; i < s->n_accounts; i++)
        if (same_by(name_key, s->accounts[i].username, username) ||
            same_by(name_look, s->accounts[i].username, username))
            return &s->accounts[i];
    return NULL;
}

struct account *mem_state_email(const struct mem_state *s, const char *email)
{
    for (size_t i = 0; i < s->n_accounts; i++)
        if (same_by(unicode_fold, s->accounts[i].email, email))
            return &s->accounts[i];
    return NULL;
}

/* Where a user's row is, or belongs. True when it is there. */
static bool find_row(const struct mem_rows *r, uint32_t user, size_t *ret_i)
{
    size_t low = 0, high = r->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->at[middle].user < user)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_i = low;
    return low < r->n && r->at[low].user == user;
}

bool mem_state_has_seen(const struct mem_poll *p, uint32_t user)
{
    size_t i;

    return find_row(&p->votes, user, &i) || find_row(&p->skips, user, &i);
}

const struct change *mem_state_vote(const struct mem_poll *p, uint32_t user)
{
    size_t i;

    return find_row(&p->votes, user, &i) ? &p->votes.at[i] : NULL;
}

const struct change *mem_state_skip(const struct mem_poll *p, uint32_t user)
{
    size_t i;

    return find_row(&p->skips, user, &i) ? &p->skips.at[i] : NULL;
}

const struct change *mem_state_withdrawn(const struct mem_poll *p, uint32_t user)
{
    size_t i;

    return find_row(&p->withdrawn, user, &i) ? &p->withdrawn.at[i] : NULL;
}

struct tally *mem_state_tally(const struct mem_poll *p)
{
    struct tally *t = tally_new(p->poll->id, &p->poll->rules, p->base_version);

    for (size_t i = 0; i < p->votes.n; i++)
        tally_apply(t, &p->votes.at[i]);
    for (size_t i = 0; i < p->skips.n; i++)
        tally_apply(t, &p->skips.at[i]);
    for (size_t i = 0; i < p->withdrawn.n; i++)
        tally_remember(t, p->withdrawn.at[i].user, p->withdrawn.at[i].key,
                       &p->withdrawn.at[i].receipt);
    return t;
}

/* ---- changing ---- */

static bool add_row(struct mem_rows *r, const struct change *c)
{
    size_t i;

    if (find_row(r, c->user, &i))
        return false;
    if (r->n == r->cap) {
        r->cap = r->cap != 0 ? 2 * r->cap : 16;
        r->at = mem_realloc(r->at, r->cap * sizeof *r->at);
    }
    memmove(r->at + i + 1, r->at + i, (r->n - i) * sizeof *r->at);
    r->at[i] = *c;
    r->n++;
    return true;
}

static void remove_row(struct mem_rows *r, size_t i)
{
    r->n--;
    memmove(r->at + i, r->at + i + 1, (r->n - i) * sizeof *r->at);
}

static void remove_user(struct mem_rows *r, uint32_t user)
{
    size_t i;

    if (find_row(r, user, &i))
        remove_row(r, i);
}

void mem_state_add_account(struct mem_state *s, const struct account *a)
{
    s->accounts = mem_realloc(s->accounts, (s->n_accounts + 1) * sizeof *s->accounts);
    s->accounts[s->n_accounts++] = *a;
}

void mem_state_remove_account(struct mem_state *s, struct account *a)
{
    size_t i = (size_t)(a - s->accounts);

    for (size_t k = 0; k < s->n_polls; k++) {
        struct poll *was = s->polls[k].poll;

        remove_user(&s->polls[k].withdrawn, a->id);
        if (was->rules.owner_id != a->id)
            continue;
        s->polls[k].poll = poll_new(was);
        s->polls[k].poll->rules.owner_id = 0;
        poll_unref(was);
    }
    mem_state_drop_keys(s, a->id);
    s->n_accounts--;
    memmove(a, a + 1, (s->n_accounts - i) * sizeof *a);
}

void mem_state_end_tokens(struct mem_state *s, uint32_t user, int64_t end_ms)
{
    for (size_t i = 0; i < s->n_ends; i++) {
        if (s->ends[i].user != user)
            continue;
        if (s->ends[i].end_ms < end_ms)
            s->ends[i].end_ms = end_ms;
        return;
    }
    s->ends = mem_realloc(s->ends, (s->n_ends + 1) * sizeof *s->ends);
    s->ends[s->n_ends++] = (struct mem_end){user, end_ms};
}

void mem_state_forget_ends(struct mem_state *s, int64_t before_ms)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_ends; i++)
        if (s->ends[i].end_ms >= before_ms)
            s->ends[n++] = s->ends[i];
    s->n_ends = n;
}

uint32_t mem_state_add_poll(struct mem_state *s, const struct poll *p)
{
    struct poll *own = poll_new(p);

    own->id = ++s->last_poll;
    own->owner_name = (struct str){NULL, 0}; /* as it is when it is read */
    s->polls = mem_realloc(s->polls, (s->n_polls + 1) * sizeof *s->polls);
    s->polls[s->n_polls++] = (struct mem_poll){.poll = own, .base_version = 1};
    return own->id;
}

static bool is_before(const struct mem_daily *d, int64_t day, uint32_t user)
{
    return d->day != day ? d->day < day : d->user < user;
}

static void count_daily(struct mem_state *s, const struct change *c)
{
    int64_t day = store_day(c->at_ms);
    size_t low = 0, high = s->n_daily;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (is_before(&s->daily[middle], day, c->user))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < s->n_daily && s->daily[low].day == day && s->daily[low].user == c->user) {
        s->daily[low].votes++;
        return;
    }
    if (s->n_daily == s->cap_daily) {
        s->cap_daily = s->cap_daily != 0 ? 2 * s->cap_daily : 16;
        s->daily = mem_realloc(s->daily, s->cap_daily * sizeof *s->daily);
    }
    memmove(s->daily + low + 1, s->daily + low, (s->n_daily - low) * sizeof *s->daily);
    s->daily[low] = (struct mem_daily){day, c->user, 1};
    s->n_daily++;
}

static void count_recent(struct mem_state *s, const struct change *c)
{
    int64_t start_ms = c->at_ms / STORE_SPAN_MS * STORE_SPAN_MS;

    for (size_t i = 0; i < s->n_recent; i++)
        if (s->recent[i].poll == c->poll && s->recent[i].start_ms == start_ms) {
            s->recent[i].votes++;
            return;
        }
    s->recent = mem_realloc(s->recent, (s->n_recent + 1) * sizeof *s->recent);
    s->recent[s->n_recent++] = (struct mem_recent){c->poll, 1, start_ms};
}

static void enter_vote(struct mem_state *s, struct mem_poll *p, const struct change *c)
{
    struct change row = *c;

    row.receipt.option = c->option;
    row.receipt.voted_ms = c->at_ms;
    if (!add_row(&p->votes, &row))
        return;
    count_daily(s, c);
    count_recent(s, c);
}

static void enter_move(struct mem_poll *p, const struct change *c)
{
    size_t i;

    if (find_row(&p->votes, c->user, &i) && p->votes.at[i].option == c->was_option) {
        p->votes.at[i].option = c->option;
        p->votes.at[i].version = c->version;
    }
}

static void enter_withdrawal(struct mem_poll *p, const struct change *c)
{
    size_t i;

    if (!find_row(&p->votes, c->user, &i) || p->votes.at[i].option != c->was_option)
        return;
    if (p->votes.at[i].keyed) {
        remove_user(&p->withdrawn, c->user);
        add_row(&p->withdrawn, &p->votes.at[i]);
    }
    remove_row(&p->votes, i);
}

static void enter_closing(struct mem_poll *p, const struct change *c)
{
    int64_t closes_ms = p->poll->rules.closes_ms;
    struct poll *closed;

    if ((closes_ms != 0 && closes_ms <= c->at_ms) || c->version < p->base_version)
        return;
    closed = poll_new(p->poll);
    closed->rules.closes_ms = c->at_ms;
    poll_unref(p->poll);
    p->poll = closed;
}

uint64_t mem_state_add_edit(struct mem_state *s, uint32_t poll, uint32_t fields,
                            const struct poll *values)
{
    s->edits = mem_realloc(s->edits, (s->n_edits + 1) * sizeof *s->edits);
    s->edits[s->n_edits++] =
        (struct mem_edit){++s->last_edit, poll, fields, poll_new(values)};
    return s->last_edit;
}

void mem_state_drop_edit(struct mem_state *s, uint64_t id)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_edits; i++)
        if (id == 0 || s->edits[i].id == id)
            poll_unref(s->edits[i].values);
        else
            s->edits[n++] = s->edits[i];
    s->n_edits = n;
}

static void enter_edit(struct mem_state *s, struct mem_poll *p, const struct change *c)
{
    for (size_t i = 0; i < s->n_edits; i++) {
        const struct mem_edit *e = &s->edits[i];
        struct poll *was = p->poll;

        if (e->id != c->edit.id || e->poll != c->poll)
            continue;
        p->poll = poll_edited(was, e->fields, e->values);
        p->base_version = c->version;
        poll_unref(was);
        mem_state_drop_edit(s, c->edit.id);
        return;
    }
}

static void remove_poll(struct mem_state *s, struct mem_poll *p)
{
    size_t i = (size_t)(p - s->polls);

    mem_state_end_key(s, p->poll->id);
    drop_poll(p);
    s->n_polls--;
    memmove(p, p + 1, (s->n_polls - i) * sizeof *p);
}

static void enter_known(struct mem_state *s, struct mem_poll *p, const struct change *c)
{
    switch (c->kind) {
    case CHANGE_VOTE:
        enter_vote(s, p, c);
        break;
    case CHANGE_SKIP:
        add_row(&p->skips, c);
        break;
    case CHANGE_MOVE:
        enter_move(p, c);
        break;
    case CHANGE_WITHDRAW:
        enter_withdrawal(p, c);
        break;
    case CHANGE_CLOSE:
        enter_closing(p, c);
        break;
    case CHANGE_DELETE:
        remove_poll(s, p);
        break;
    case CHANGE_EDIT:
        if (c->version > p->base_version)
            enter_edit(s, p, c);
        break;
    case CHANGE_UNSKIP:
        remove_user(&p->skips, c->user);
        break;
    }
}

void mem_state_enter(struct mem_state *s, const struct change *c)
{
    struct mem_poll *p = mem_state_poll(s, c->poll);
    bool versioned =
        c->kind == CHANGE_VOTE || c->kind == CHANGE_MOVE || c->kind == CHANGE_WITHDRAW;

    if (p == NULL || c->option >= p->poll->rules.n_options ||
        c->was_option >= p->poll->rules.n_options)
        return;
    if (versioned && c->version <= p->base_version)
        return;
    if (versioned)
        p->base_version = c->version;
    enter_known(s, p, c);
}
