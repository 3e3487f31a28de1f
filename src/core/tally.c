#include "core/tally.h"

#include <assert.h>
#include <string.h>
#include <roaring/roaring.h>

#include "base/err.h"
#include "base/mem.h"
#include "core/receipts.h"

struct tally {
    uint32_t poll;
    struct poll_rules rules;
    uint64_t base_version;
    bool opened, closed; /* entered by tally_touch() */
    roaring_bitmap_t *skips;
    struct receipts receipts;  /* of votes that are there */
    struct receipts withdrawn; /* of each user's last keyed vote that is not */
    roaring_bitmap_t *votes[LIMIT_OPTIONS]; /* user ids by option */
};

struct tally *tally_new(uint32_t poll, const struct poll_rules *rules,
                        uint64_t base_version)
{
    struct tally *t = mem_zalloc(1, sizeof *t);

    assert(rules->n_options >= 1 && rules->n_options <= LIMIT_OPTIONS);
    t->poll = poll;
    t->rules = *rules;
    t->base_version = base_version;
    t->skips = roaring_bitmap_create();
    for (uint32_t i = 0; i < rules->n_options; i++)
        t->votes[i] = roaring_bitmap_create();
    return t;
}

struct tally *tally_free(struct tally *t)
{
    if (t != NULL) {
        for (uint32_t i = 0; i < t->rules.n_options; i++)
            roaring_bitmap_free(t->votes[i]);
        roaring_bitmap_free(t->skips);
        receipts_done(&t->receipts);
        receipts_done(&t->withdrawn);
        mem_free(t);
    }
    return NULL;
}

int tally_choice(const struct tally *t, uint32_t user)
{
    for (uint32_t i = 0; i < t->rules.n_options; i++)
        if (roaring_bitmap_contains(t->votes[i], user))
            return (int)i;
    return -1;
}

bool tally_skipped(const struct tally *t, uint32_t user)
{
    return roaring_bitmap_contains(t->skips, user);
}

static uint64_t version(const struct tally *t)
{
    return t->base_version + t->opened + t->closed;
}

static uint32_t count(const struct tally *t, uint32_t option)
{
    return (uint32_t)roaring_bitmap_get_cardinality(t->votes[option]);
}

static uint32_t total(const struct tally *t)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->rules.n_options; i++)
        n += count(t, i);
    return n;
}

/* ---- admission ---- */

static int admit_open(const struct tally *t, int64_t now_ms)
{
    if (t->closed) /* also when the clock has been set back since */
        return ERR_POLL_CLOSED;
    switch (poll_status(&t->rules, now_ms)) {
    case POLL_SCHEDULED:
        return ERR_POLL_NOT_OPEN;
    case POLL_CLOSED:
        return ERR_POLL_CLOSED;
    default:
        return 0;
    }
}

static int admit_voter(const struct tally *t, const struct wish *w)
{
    if (w->guest && t->rules.voters == VOTERS_REGISTERED)
        return ERR_FORBIDDEN;
    return w->option < t->rules.n_options ? 0 : ERR_UNKNOWN_OPTION;
}

/* Write what the voter will have been told once c is applied. */
static void write_receipt(const struct tally *t, struct change *c)
{
    struct receipt *r = &c->receipt;

    r->voted_ms = c->at_ms;
    r->version = version(t) + 1;
    r->option = c->option;
    r->votes_left = UINT32_MAX;
    r->n_options = t->rules.n_options;
    for (uint32_t i = 0; i < r->n_options; i++)
        r->counts[i] = count(t, i) + (i == c->option);
}

static bool has_key(const struct receipts *r, const struct wish *w,
                    struct receipt *ret_receipt)
{
    uint8_t key[VOTE_KEY_BYTES];

    return receipts_get(r, w->user, key, ret_receipt) &&
           memcmp(key, w->key, VOTE_KEY_BYTES) == 0;
}

/* Find the answer to an earlier request with this key, also if its vote was withdrawn
 * since: a late packet must not restore it. */
static bool was_told(const struct tally *t, const struct wish *w, bool voted,
                     struct receipt *ret_receipt)
{
    return w->keyed && ((voted && has_key(&t->receipts, w, ret_receipt)) ||
                        has_key(&t->withdrawn, w, ret_receipt));
}

static int admit_vote(const struct tally *t, const struct wish *w, int64_t now_ms,
                      struct change *c, bool *ret_replay)
{
    bool voted = tally_choice(t, w->user) >= 0;
    struct receipt told;
    int rc;

    if (was_told(t, w, voted, &told)) { /* a replay is answered after closing too */
        if (told.option != w->option)
            return ERR_CONFLICT;
        c->receipt = told;
        *ret_replay = true;
        return 0;
    }
    rc = admit_open(t, now_ms);
    if (rc == 0)
        rc = admit_voter(t, w);
    if (rc != 0)
        return rc;
    if (voted)
        return ERR_ALREADY_VOTED;
    if (tally_skipped(t, w->user))
        return ERR_ALREADY_SKIPPED;
    c->option = (uint8_t)w->option;
    c->version = t->base_version + 1;
    c->keyed = w->keyed;
    if (c->keyed) {
        memcpy(c->key, w->key, VOTE_KEY_BYTES);
        write_receipt(t, c);
    }
    return 0;
}

static int admit_skip(const struct tally *t, const struct wish *w, int64_t now_ms)
{
    if (tally_choice(t, w->user) >= 0)
        return ERR_ALREADY_VOTED;
    if (tally_skipped(t, w->user))
        return ERR_ALREADY_SKIPPED;
    return admit_open(t, now_ms);
}

/* Moving or withdrawing: both need a vote, an open poll and its permission. */
static int admit_undo(const struct tally *t, const struct wish *w, int64_t now_ms,
                      struct change *c)
{
    int choice = tally_choice(t, w->user), rc = admit_open(t, now_ms);

    if (rc != 0)
        return rc;
    if (!t->rules.vote_change || choice < 0)
        return ERR_CONFLICT;
    c->was_option = (uint8_t)choice;
    c->version = t->base_version + 1;
    return 0;
}

static int admit_withdraw(const struct tally *t, const struct wish *w, int64_t now_ms,
                          struct change *c)
{
    int rc = admit_undo(t, w, now_ms, c);

    if (rc != 0)
        return rc;
    c->was_keyed = receipts_has(&t->receipts, w->user);
    c->keyed = receipts_get(&t->withdrawn, w->user, c->key, &c->receipt);
    return 0;
}

static int admit_move(const struct tally *t, const struct wish *w, int64_t now_ms,
                      struct change *c, bool *ret_replay)
{
    int rc = admit_undo(t, w, now_ms, c);

    if (rc == 0)
        rc = admit_voter(t, w);
    if (rc != 0)
        return rc;
    c->option = (uint8_t)w->option;
    assert(c->was_option < t->rules.n_options);
    *ret_replay = c->option == c->was_option; /* it is as wished already */
    return 0;
}

static int admit_owner(const struct tally *t, const struct wish *w)
{
    return w->user == t->rules.owner_id && !w->guest ? 0 : ERR_FORBIDDEN;
}

static int admit_close(const struct tally *t, const struct wish *w, int64_t now_ms,
                       struct change *c)
{
    int rc = admit_owner(t, w);

    if (rc != 0)
        return rc;
    c->was_closes_ms = t->rules.closes_ms;
    return admit_open(t, now_ms) == ERR_POLL_CLOSED ? ERR_POLL_CLOSED : 0;
}

static bool closes_before_it_opens(const struct poll_rules *r)
{
    return r->opens_ms != 0 && r->closes_ms != 0 && r->opens_ms >= r->closes_ms;
}

/* Continue above everything that was visible, so that versions grow even if a closed
 * poll reopens. */
static int admit_edit(const struct tally *t, const struct wish *w, struct change *c)
{
    const struct poll_edit *wanted = w->edit;
    struct edit *e = &c->edit;
    int rc = admit_owner(t, w);

    if (rc != 0)
        return rc;
    if ((wanted->fields & POLL_FROZEN) != 0 && total(t) > 0)
        return ERR_CONFLICT;
    *e = (struct edit){.id = wanted->id,
                       .rules = t->rules,
                       .was_rules = t->rules,
                       .was_version = t->base_version,
                       .was_opened = t->opened,
                       .was_closed = t->closed};
    poll_edit_rules(&e->rules, wanted->fields, &wanted->values->rules);
    if ((wanted->fields & (POLL_OPENS | POLL_CLOSES)) != 0 &&
        closes_before_it_opens(&e->rules))
        return ERR_INVALID;
    c->version = version(t) + 1;
    return 0;
}

static int admit_kind(const struct tally *t, const struct wish *w, int64_t now_ms,
                      struct change *c, bool *ret_replay)
{
    switch (w->kind) {
    case CHANGE_VOTE:
        return admit_vote(t, w, now_ms, c, ret_replay);
    case CHANGE_SKIP:
        return admit_skip(t, w, now_ms);
    case CHANGE_MOVE:
        return admit_move(t, w, now_ms, c, ret_replay);
    case CHANGE_WITHDRAW:
        return admit_withdraw(t, w, now_ms, c);
    case CHANGE_CLOSE:
        return admit_close(t, w, now_ms, c);
    case CHANGE_DELETE:
        return admit_owner(t, w);
    case CHANGE_EDIT:
        return admit_edit(t, w, c);
    case CHANGE_UNSKIP: /* at any time: it is only the user's own mark */
        *ret_replay = !tally_skipped(t, w->user);
        return 0;
    }
    return ERR_INTERNAL;
}

int tally_admit(const struct tally *t, const struct wish *w, int64_t now_ms,
                struct change *ret_change, bool *ret_replay)
{
    struct change c = {.kind = w->kind,
                       .poll = t->poll,
                       .user = w->user,
                       .at_ms = now_ms,
                       .version = t->base_version};
    bool replay = false;
    int rc = admit_kind(t, w, now_ms, &c, &replay);

    if (rc == 0) {
        *ret_change = c;
        *ret_replay = replay;
    }
    return rc;
}

/* ---- facts ---- */

static void enter_vote(struct tally *t, const struct change *c)
{
    if (tally_choice(t, c->user) >= 0)
        return;
    roaring_bitmap_add(t->votes[c->option], c->user);
    if (c->keyed)
        receipts_put(&t->receipts, c->user, c->key, &c->receipt);
}

static void enter_move(struct tally *t, const struct change *c)
{
    roaring_bitmap_remove(t->votes[c->was_option], c->user);
    roaring_bitmap_add(t->votes[c->option], c->user);
}

static void enter_withdraw(struct tally *t, const struct change *c)
{
    roaring_bitmap_remove(t->votes[c->was_option], c->user);
    receipts_move(&t->receipts, &t->withdrawn, c->user);
}

static void revert_withdraw(struct tally *t, const struct change *c)
{
    roaring_bitmap_add(t->votes[c->was_option], c->user);
    if (!c->was_keyed)
        return;
    receipts_move(&t->withdrawn, &t->receipts, c->user);
    if (c->keyed)
        receipts_put(&t->withdrawn, c->user, c->key, &c->receipt);
}

/* Options come or go only while nobody has voted: their bitmaps are empty. */
static void set_n_options(struct tally *t, uint32_t n)
{
    assert(n >= 1 && n <= LIMIT_OPTIONS);
    for (uint32_t i = n; i < t->rules.n_options; i++) {
        assert(roaring_bitmap_is_empty(t->votes[i])); /* or votes would be lost */
        roaring_bitmap_free(t->votes[i]);
    }
    for (uint32_t i = t->rules.n_options; i < n; i++)
        t->votes[i] = roaring_bitmap_create();
}

static void set_edited(struct tally *t, const struct poll_rules *rules, bool opened,
                       bool closed)
{
    set_n_options(t, rules->n_options);
    t->rules = *rules;
    t->opened = opened;
    t->closed = closed;
}

static void enter_edit(struct tally *t, const struct change *c)
{
    set_edited(t, &c->edit.rules, poll_has_opened(&c->edit.rules, c->at_ms),
               poll_has_closed(&c->edit.rules, c->at_ms));
}

/* The journal and the store are checked before, but an index from outside is never
 * used unseen. */
static bool has_options(const struct tally *t, const struct change *c)
{
    return c->option < t->rules.n_options && c->was_option < t->rules.n_options;
}

void tally_apply(struct tally *t, const struct change *c)
{
    bool known = c->version <= t->base_version;

    if (!has_options(t, c))
        return;
    switch (c->kind) {
    case CHANGE_VOTE: /* rows are loaded in any order of version */
        enter_vote(t, c);
        break;
    case CHANGE_SKIP:
        roaring_bitmap_add(t->skips, c->user);
        break;
    case CHANGE_MOVE:
        if (!known)
            enter_move(t, c);
        break;
    case CHANGE_WITHDRAW:
        if (!known)
            enter_withdraw(t, c);
        break;
    case CHANGE_CLOSE:
        t->rules.closes_ms = c->at_ms;
        t->closed = true;
        break;
    case CHANGE_DELETE: /* the tally's owner drops it */
        break;
    case CHANGE_EDIT:
        if (!known)
            enter_edit(t, c);
        break;
    case CHANGE_UNSKIP:
        roaring_bitmap_remove(t->skips, c->user);
        break;
    }
    if (!known)
        t->base_version = c->version;
}

/* The last change first: each finds the tally as it left it. */
void tally_revert(struct tally *t, const struct change *c)
{
    assert(has_options(t, c));
    assert(c->version <= t->base_version);
    switch (c->kind) {
    case CHANGE_VOTE:
        roaring_bitmap_remove(t->votes[c->option], c->user);
        receipts_remove(&t->receipts, c->user);
        break;
    case CHANGE_SKIP:
        roaring_bitmap_remove(t->skips, c->user);
        return;
    case CHANGE_MOVE:
        roaring_bitmap_remove(t->votes[c->option], c->user);
        roaring_bitmap_add(t->votes[c->was_option], c->user);
        break;
    case CHANGE_WITHDRAW:
        revert_withdraw(t, c);
        break;
    case CHANGE_CLOSE:
        assert(t->closed);
        t->rules.closes_ms = c->was_closes_ms;
        t->closed = false;
        return;
    case CHANGE_DELETE:
        return;
    case CHANGE_EDIT:
        set_edited(t, &c->edit.was_rules, c->edit.was_opened, c->edit.was_closed);
        t->base_version = c->edit.was_version;
        return;
    case CHANGE_UNSKIP:
        roaring_bitmap_add(t->skips, c->user);
        return;
    }
    assert(t->base_version == c->version);
    t->base_version = c->version - 1;
}

void tally_remember(struct tally *t, uint32_t user, const uint8_t key[VOTE_KEY_BYTES],
                    const struct receipt *receipt)
{
    receipts_put(&t->withdrawn, user, key, receipt);
}

/* ---- time ---- */

bool tally_touch(struct tally *t, int64_t now_ms)
{
    bool opens = !t->opened && poll_has_opened(&t->rules, now_ms);
    bool closes = !t->closed && poll_has_closed(&t->rules, now_ms);

    t->opened |= opens;
    t->closed |= closes;
    return opens || closes;
}

/* ---- looking ---- */

void tally_result(const struct tally *t, struct result *ret_result)
{
    struct result *r = ret_result;

    r->poll = t->poll;
    r->version = version(t);
    r->status = t->closed                              ? POLL_CLOSED
                : t->rules.opens_ms != 0 && !t->opened ? POLL_SCHEDULED
                                                       : POLL_OPEN;
    r->n_options = t->rules.n_options;
    r->skips = (uint32_t)roaring_bitmap_get_cardinality(t->skips);
    r->total = 0;
    for (uint32_t i = 0; i < r->n_options; i++) {
        r->counts[i] = count(t, i);
        r->total += r->counts[i];
    }
}

void tally_result_at(const struct poll *p, uint64_t base_version,
                     const uint32_t *counts, uint32_t skips, int64_t now_ms,
                     struct result *ret_result)
{
    struct result *r = ret_result;

    r->poll = p->id;
    r->version = base_version + poll_has_opened(&p->rules, now_ms) +
                 poll_has_closed(&p->rules, now_ms);
    r->status = poll_status(&p->rules, now_ms);
    r->n_options = p->rules.n_options;
    r->skips = skips;
    r->total = 0;
    for (uint32_t i = 0; i < r->n_options; i++) {
        r->counts[i] = counts[i];
        r->total += counts[i];
    }
}

uint64_t tally_base_version(const struct tally *t)
{
    return t->base_version;
}

const struct poll_rules *tally_rules(const struct tally *t)
{
    return &t->rules;
}

size_t tally_bytes(const struct tally *t)
{
    size_t n = sizeof *t + receipts_bytes(&t->receipts) +
               receipts_bytes(&t->withdrawn) + roaring_bitmap_size_in_bytes(t->skips);

    for (uint32_t i = 0; i < t->rules.n_options; i++)
        n += roaring_bitmap_size_in_bytes(t->votes[i]);
    return n;
}
