#include "core/receipts.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

struct kept_receipt {
    int64_t voted_ms;
    uint64_t version;
    uint32_t user, votes_left;
    uint8_t key[VOTE_KEY_BYTES];
    uint8_t option, n_options;
    uint32_t counts[];
};

enum { FIRST_SLOTS = 16, ABOUT_BYTES = 96 };

/* Ids are handed out in order: a multiplication spreads them. */
static size_t home_slot(const struct receipts *r, uint32_t user)
{
    return (size_t)((user * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (r->n_slots - 1);
}

/* The user's slot, or the empty one where it would go. */
static size_t find_slot(const struct receipts *r, uint32_t user)
{
    size_t i = home_slot(r, user);

    while (r->slots[i] != NULL && r->slots[i]->user != user)
        i = (i + 1) & (r->n_slots - 1);
    return i;
}

static void grow(struct receipts *r)
{
    struct receipts old = *r;

    r->n_slots = old.n_slots != 0 ? old.n_slots * 2 : FIRST_SLOTS;
    r->slots = mem_zalloc(r->n_slots, sizeof *r->slots);
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i] != NULL)
            r->slots[find_slot(r, old.slots[i]->user)] = old.slots[i];
    mem_free(old.slots);
}

void receipts_done(struct receipts *r)
{
    for (size_t i = 0; i < r->n_slots; i++)
        mem_free(r->slots[i]);
    mem_free(r->slots);
    *r = (struct receipts){0};
}

static struct kept_receipt *pack(uint32_t user, const uint8_t key[VOTE_KEY_BYTES],
                                 const struct receipt *from)
{
    size_t bytes = from->n_options * sizeof *from->counts;
    struct kept_receipt *k = mem_alloc(sizeof *k + bytes);

    assert(from->n_options <= LIMIT_OPTIONS);
    k->voted_ms = from->voted_ms;
    k->version = from->version;
    k->user = user;
    k->votes_left = from->votes_left;
    memcpy(k->key, key, VOTE_KEY_BYTES);
    k->option = from->option;
    k->n_options = (uint8_t)from->n_options;
    memcpy(k->counts, from->counts, bytes);
    return k;
}

/* In place of the user's earlier one. */
static void put(struct receipts *r, struct kept_receipt *k)
{
    size_t i;

    if ((r->n + 1) * 4 > r->n_slots * 3)
        grow(r);
    assert(r->n < r->n_slots); /* a free one ends every search */
    i = find_slot(r, k->user);
    if (r->slots[i] == NULL)
        r->n++;
    mem_free(r->slots[i]);
    r->slots[i] = k;
}

void receipts_put(struct receipts *r, uint32_t user, const uint8_t key[VOTE_KEY_BYTES],
                  const struct receipt *receipt)
{
    put(r, pack(user, key, receipt));
}

static struct kept_receipt *find(const struct receipts *r, uint32_t user)
{
    return r->n != 0 ? r->slots[find_slot(r, user)] : NULL;
}

bool receipts_has(const struct receipts *r, uint32_t user)
{
    return find(r, user) != NULL;
}

bool receipts_get(const struct receipts *r, uint32_t user,
                  uint8_t ret_key[VOTE_KEY_BYTES], struct receipt *ret_receipt)
{
    const struct kept_receipt *k = find(r, user);

    if (k == NULL)
        return false;
    memcpy(ret_key, k->key, VOTE_KEY_BYTES);
    *ret_receipt = (struct receipt){.voted_ms = k->voted_ms,
                                    .version = k->version,
                                    .option = k->option,
                                    .votes_left = k->votes_left,
                                    .n_options = k->n_options};
    memcpy(ret_receipt->counts, k->counts, k->n_options * sizeof *k->counts);
    return true;
}

/* May the block at slot i move up to the hole: is its home at or before it? */
static bool can_fill(const struct receipts *r, size_t hole, size_t i)
{
    size_t mask = r->n_slots - 1, home = home_slot(r, r->slots[i]->user);

    return ((i - home) & mask) >= ((i - hole) & mask);
}

/* The user's block, for the caller; NULL: there is none. */
static struct kept_receipt *take(struct receipts *r, uint32_t user)
{
    struct kept_receipt *taken = find(r, user);
    size_t hole, i;

    if (taken == NULL)
        return NULL;
    hole = find_slot(r, user);
    assert(r->slots[hole] == taken);
    r->n--;
    for (i = (hole + 1) & (r->n_slots - 1); r->slots[i] != NULL;
         i = (i + 1) & (r->n_slots - 1)) {
        if (can_fill(r, hole, i)) {
            r->slots[hole] = r->slots[i];
            hole = i;
        }
    }
    r->slots[hole] = NULL;
    return taken;
}

void receipts_remove(struct receipts *r, uint32_t user)
{
    mem_free(take(r, user));
}

void receipts_move(struct receipts *from, struct receipts *to, uint32_t user)
{
    struct kept_receipt *k = take(from, user);

    if (k != NULL)
        put(to, k);
}

size_t receipts_bytes(const struct receipts *r)
{
    return r->n_slots * sizeof *r->slots + r->n * ABOUT_BYTES;
}
