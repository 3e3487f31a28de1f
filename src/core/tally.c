#include "core/tally.h"

#include <assert.h>
#include <string.h>
#include <roaring/roaring.h>

#include "base/mem.h"
#include "core/receipts.h"

struct tally {
    struct poll_state state;
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
    t->state = (struct poll_state){
        .poll = poll, .rules = *rules, .base_version = base_version};
    t->skips = roaring_bitmap_create();
    for (uint32_t i = 0; i < rules->n_options; i++)
        t->votes[i] = roaring_bitmap_create();
    return t;
}

struct tally *tally_free(struct tally *t)
{
    if (t != NULL) {
        for (uint32_t i = 0; i < t->state.rules.n_options; i++)
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
    for (uint32_t i = 0; i < t->state.rules.n_options; i++)
        if (roaring_bitmap_contains(t->votes[i], user))
            return (int)i;
    return -1;
}

bool tally_skipped(const struct tally *t, uint32_t user)
{
    return roaring_bitmap_contains(t->skips, user);
}

static uint32_t count(const struct tally *t, uint32_t option)
{
    return (uint32_t)roaring_bitmap_get_cardinality(t->votes[option]);
}

static uint32_t total(const struct tally *t)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->state.rules.n_options; i++)
        n += count(t, i);
    return n;
}

/* ---- admission ---- */

/* Room for what a standing borrows. */
struct found {
    uint32_t counts[LIMIT_OPTIONS];
    struct keyed_receipt told, told_before;
};

static const struct keyed_receipt *find_told(const struct receipts *r, uint32_t user,
                                             struct keyed_receipt *room)
{
    return receipts_get(r, user, room->key, &room->receipt) ? room : NULL;
}

/* Receipts and counts are looked up only for those who need them. */
static void find_keyed(const struct tally *t, const struct wish *w, struct found *room,
                       struct standing *s)
{
    s->told_before = find_told(&t->withdrawn, w->user, &room->told_before);
    if (s->choice.n != 0) {
        s->told = find_told(&t->receipts, w->user, &room->told);
    } else {
        for (uint32_t i = 0; i < t->state.rules.n_options; i++)
            room->counts[i] = count(t, i);
        s->counts = room->counts;
    }
}

static void find_voter(const struct tally *t, const struct wish *w, struct found *room,
                       struct standing *s)
{
    int choice = tally_choice(t, w->user);

    if (choice >= 0)
        s->choice = (struct choice){.n = 1, .numbers = {(uint8_t)choice}};
    else
        s->skipped = tally_skipped(t, w->user);
    if (w->kind == CHANGE_WITHDRAW || (w->kind == CHANGE_VOTE && w->keyed))
        find_keyed(t, w, room, s);
}

/* What the rules ask for this wish (admit.h). */
static void find_standing(const struct tally *t, const struct wish *w,
                          struct found *room, struct standing *s)
{
    switch (w->kind) {
    case CHANGE_VOTE:
    case CHANGE_SKIP:
    case CHANGE_MOVE:
    case CHANGE_WITHDRAW:
        find_voter(t, w, room, s);
        return;
    case CHANGE_UNSKIP:
        s->skipped = tally_skipped(t, w->user);
        return;
    case CHANGE_EDIT:
        s->total = total(t);
        break;
    case CHANGE_CLOSE:
    case CHANGE_DELETE:
        break;
    }
    s->owns = w->user == t->state.rules.owner_id && !w->guest;
}

int tally_admit(const struct tally *t, const struct wish *w, int64_t now_ms,
                struct change *ret_change, bool *ret_replay)
{
    struct standing s = {.poll = &t->state};
    struct found room; /* written where the standing points to it */

    find_standing(t, w, &room, &s);
    return admit_wish(&s, w, now_ms, ret_change, ret_replay);
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
    for (uint32_t i = n; i < t->state.rules.n_options; i++) {
        assert(roaring_bitmap_is_empty(t->votes[i])); /* or votes would be lost */
        roaring_bitmap_free(t->votes[i]);
    }
    for (uint32_t i = t->state.rules.n_options; i < n; i++)
        t->votes[i] = roaring_bitmap_create();
}

static void set_edited(struct tally *t, const struct poll_rules *rules, bool opened,
                       bool closed)
{
    set_n_options(t, rules->n_options);
    t->state.rules = *rules;
    t->state.opened = opened;
    t->state.closed = closed;
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
    return c->option < t->state.rules.n_options &&
           c->was_option < t->state.rules.n_options;
}

void tally_apply(struct tally *t, const struct change *c)
{
    bool known = c->version <= t->state.base_version;

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
        t->state.rules.closes_ms = c->at_ms;
        t->state.closed = true;
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
        t->state.base_version = c->version;
}

/* The last change first: each finds the tally as it left it. */
void tally_revert(struct tally *t, const struct change *c)
{
    assert(has_options(t, c));
    assert(c->version <= t->state.base_version);
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
        assert(t->state.closed);
        t->state.rules.closes_ms = c->was_closes_ms;
        t->state.closed = false;
        return;
    case CHANGE_DELETE:
        return;
    case CHANGE_EDIT:
        set_edited(t, &c->edit.was_rules, c->edit.was_opened, c->edit.was_closed);
        t->state.base_version = c->edit.was_version;
        return;
    case CHANGE_UNSKIP:
        roaring_bitmap_add(t->skips, c->user);
        return;
    }
    assert(t->state.base_version == c->version);
    t->state.base_version = c->version - 1;
}

void tally_remember(struct tally *t, uint32_t user, const uint8_t key[VOTE_KEY_BYTES],
                    const struct receipt *receipt)
{
    receipts_put(&t->withdrawn, user, key, receipt);
}

/* ---- time ---- */

bool tally_touch(struct tally *t, int64_t now_ms)
{
    return poll_state_touch(&t->state, now_ms);
}

/* ---- looking ---- */

void tally_result(const struct tally *t, struct result *ret_result)
{
    struct result *r = ret_result;

    r->poll = t->state.poll;
    r->version = poll_state_version(&t->state);
    r->status = poll_state_status(&t->state);
    r->n_options = t->state.rules.n_options;
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
    return t->state.base_version;
}

const struct poll_rules *tally_rules(const struct tally *t)
{
    return &t->state.rules;
}

size_t tally_bytes(const struct tally *t)
{
    size_t n = sizeof *t + receipts_bytes(&t->receipts) +
               receipts_bytes(&t->withdrawn) + roaring_bitmap_size_in_bytes(t->skips);

    for (uint32_t i = 0; i < t->state.rules.n_options; i++)
        n += roaring_bitmap_size_in_bytes(t->votes[i]);
    return n;
}
