#include "auth/revocations.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "auth/births.h"
#include "base/err.h"
#include "base/mem.h"

enum { SLOT_BITS = 16, STRIPE_BITS = 4, FIRST_CAP = 16, SWEEP_S = 10 };

/* 32 bits of seconds last until 2106. */
struct entry {
    uint32_t user; /* 0: free */
    uint32_t end_s;
};

struct stripe {
    pthread_mutex_t lock;
    struct entry *entries; /* open addressing, linear probing; at most 3/4 full */
    size_t cap, n;         /* cap: a power of two, or 0 */
};

struct revocations {
    struct births *births;
    int64_t lifetime_s;
    size_t max_users;
    atomic_size_t n_users;
    uint32_t swept_s; /* when old ends were last dropped */
    _Atomic uint32_t newest_s;
    _Atomic uint32_t slots[1 << SLOT_BITS]; /* the newest end of each slot's users */
    struct stripe stripes[1 << STRIPE_BITS];
};

/* The top bits choose the slot, the topmost of these the stripe, lower ones the place
 * in the stripe's table. */
static uint64_t hash(uint32_t user)
{
    return user * UINT64_C(0x9e3779b97f4a7c15);
}

static _Atomic uint32_t *slot_of(struct revocations *r, uint32_t user)
{
    return &r->slots[hash(user) >> (64 - SLOT_BITS)];
}

static struct stripe *stripe_of(struct revocations *r, uint32_t user)
{
    return &r->stripes[hash(user) >> (64 - STRIPE_BITS)];
}

static uint32_t to_s(int64_t ms)
{
    return ms <= 0 ? 0 : (uint32_t)(ms / 1000);
}

struct revocations *revocations_new(int64_t lifetime_ms, size_t max_users)
{
    struct revocations *r = mem_zalloc(1, sizeof *r);

    r->births = births_new();
    r->lifetime_s = (lifetime_ms + 999) / 1000;
    r->max_users = max_users;
    for (size_t i = 0; i < 1 << STRIPE_BITS; i++)
        pthread_mutex_init(&r->stripes[i].lock, NULL);
    return r;
}

struct revocations *revocations_free(struct revocations *r)
{
    if (r != NULL) {
        for (size_t i = 0; i < 1 << STRIPE_BITS; i++) {
            pthread_mutex_destroy(&r->stripes[i].lock);
            mem_free(r->stripes[i].entries);
        }
        births_free(r->births);
        mem_free(r);
    }
    return NULL;
}

/* Find the user's entry, or the free one for it. The table must not be full. */
static struct entry *find_locked(const struct stripe *s, uint32_t user)
{
    size_t i = (size_t)(hash(user) >> 16) & (s->cap - 1);

    while (s->entries[i].user != 0 && s->entries[i].user != user)
        i = (i + 1) & (s->cap - 1);
    return &s->entries[i];
}

static bool outlived(const struct revocations *r, const struct entry *e, uint32_t now_s)
{
    return (int64_t)e->end_s + r->lifetime_s < (int64_t)now_s;
}

/* Move the entries that still matter into a new table, with room for one more. */
static void rebuild_locked(struct revocations *r, struct stripe *s, uint32_t now_s)
{
    struct stripe old = *s;
    size_t kept = 0;

    for (size_t i = 0; i < old.cap; i++)
        kept += old.entries[i].user != 0 && !outlived(r, &old.entries[i], now_s);
    for (s->cap = FIRST_CAP; s->cap < kept * 2;)
        s->cap *= 2;
    s->entries = mem_zalloc(s->cap, sizeof *s->entries);
    s->n = kept;
    for (size_t i = 0; i < old.cap; i++)
        if (old.entries[i].user != 0 && !outlived(r, &old.entries[i], now_s))
            *find_locked(s, old.entries[i].user) = old.entries[i];
    atomic_fetch_sub(&r->n_users, old.n - kept);
    mem_free(old.entries);
}

/* Only once in a while: searching full tables at every call would be slow. */
static void drop_outlived(struct revocations *r, uint32_t now_s)
{
    if (now_s < r->swept_s + SWEEP_S)
        return;
    r->swept_s = now_s;
    for (size_t i = 0; i < 1 << STRIPE_BITS; i++) {
        struct stripe *s = &r->stripes[i];

        pthread_mutex_lock(&s->lock);
        rebuild_locked(r, s, now_s);
        pthread_mutex_unlock(&s->lock);
    }
}

/* The user's newest issue time that is void; 0: none. */
static uint32_t end_of(struct revocations *r, uint32_t user)
{
    struct stripe *s = stripe_of(r, user);
    uint32_t end_s = 0;

    pthread_mutex_lock(&s->lock);
    if (s->cap != 0)
        end_s = find_locked(s, user)->end_s;
    pthread_mutex_unlock(&s->lock);
    return end_s;
}

int revocations_plan(struct revocations *r, uint32_t user, int64_t now_ms,
                     int64_t *ret_end_ms)
{
    uint32_t now_s = to_s(now_ms), had_s = end_of(r, user);
    int64_t end_s = had_s >= now_s ? (int64_t)had_s + 1 : now_s;

    if (end_s * 1000 > now_ms + REVOCATIONS_AHEAD_MS)
        return ERR_RATE_LIMITED;
    if (had_s == 0 && revocations_users(r) >= r->max_users)
        drop_outlived(r, now_s);
    if (had_s == 0 && revocations_users(r) >= r->max_users)
        return ERR_OVERLOADED;
    *ret_end_ms = end_s * 1000;
    return 0;
}

static void put_locked(struct revocations *r, struct stripe *s, uint32_t user,
                       uint32_t end_s, uint32_t now_s)
{
    struct entry *e;

    if (s->cap == 0 || (s->n + 1) * 4 > s->cap * 3)
        rebuild_locked(r, s, now_s);
    assert(s->n < s->cap); /* a search ends at a free entry */
    e = find_locked(s, user);
    if (e->user == 0) {
        s->n++;
        atomic_fetch_add(&r->n_users, 1);
    }
    e->user = user;
    if (end_s > e->end_s)
        e->end_s = end_s;
}

static void raise_to(_Atomic uint32_t *at, uint32_t s)
{
    uint32_t was = atomic_load(at);

    while (was < s && !atomic_compare_exchange_weak(at, &was, s))
        ;
}

void revocations_add(struct revocations *r, uint32_t user, int64_t end_ms,
                     int64_t now_ms)
{
    struct stripe *s = stripe_of(r, user);
    uint32_t end_s = to_s(end_ms);

    assert(user != 0);
    pthread_mutex_lock(&s->lock);
    put_locked(r, s, user, end_s, to_s(now_ms));
    pthread_mutex_unlock(&s->lock);

    /* Raise the filters last: whoever they send on finds the table ready. */
    raise_to(slot_of(r, user), end_s);
    raise_to(&r->newest_s, end_s);
}

void revocations_born(struct revocations *r, uint32_t user, int64_t created_ms)
{
    births_add(r->births, user, created_ms);
}

void revocations_given(struct revocations *r, uint32_t last)
{
    births_given(r->births, last);
}

bool revocations_hit(struct revocations *r, uint32_t user, int64_t issued_ms)
{
    uint32_t issued_s = to_s(issued_ms);

    if (births_void(r->births, user, issued_ms))
        return true;
    if (issued_s > atomic_load_explicit(&r->newest_s, memory_order_acquire) ||
        issued_s > atomic_load_explicit(slot_of(r, user), memory_order_acquire))
        return false;
    return issued_s <= end_of(r, user);
}

int64_t revocations_issue_ms(struct revocations *r, uint32_t user, int64_t now_ms)
{
    int64_t now_s = to_s(now_ms), end_s = end_of(r, user);
    int64_t issue_ms = (now_s > end_s ? now_s : end_s + 1) * 1000;
    int64_t born_ms = births_ms(r->births, user);

    return issue_ms > born_ms ? issue_ms : born_ms;
}

size_t revocations_users(const struct revocations *r)
{
    return atomic_load(&r->n_users);
}
