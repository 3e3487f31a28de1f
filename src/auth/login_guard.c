#include "auth/login_guard.h"

#include <sodium.h>

#include "base/buf.h"
#include "base/unicode.h"
#include "base/mem.h"
#include "tbl/limits.h"

enum which { ADDRESS, PAIR, STRANGER, ACCOUNT, N_COUNTED };

struct login_guard {
    struct limiter *counted[N_COUNTED]; /* NULL: no limit */
    struct limiter *known;              /* pairs that have logged in */
    unsigned char key[crypto_shorthash_KEYBYTES];
};

struct login_guard *login_guard_new(uint32_t failures, uint32_t address_failures,
                                    login_limiter *make, void *user)
{
    struct login_guard *g = mem_zalloc(1, sizeof *g);
    uint64_t attack = (uint64_t)failures * LOGIN_UNDER_ATTACK;

    if (address_failures != 0)
        g->counted[ADDRESS] = make(user, address_failures, LOGIN_WINDOW_MS);
    if (failures != 0) {
        g->counted[PAIR] = make(user, failures, LOGIN_WINDOW_MS);
        g->counted[STRANGER] = make(user, LOGIN_STRANGER, LOGIN_WINDOW_MS);
        g->counted[ACCOUNT] = make(
            user, attack < UINT32_MAX ? (uint32_t)attack : UINT32_MAX, LOGIN_WINDOW_MS);
    }
    g->known = make(user, 1, LOGIN_KNOWN_MS);
    randombytes_buf(g->key, sizeof g->key);
    return g;
}

struct login_guard *login_guard_free(struct login_guard *g)
{
    if (g == NULL)
        return NULL;
    for (int i = 0; i < N_COUNTED; i++)
        limit_free(g->counted[i]);
    limit_free(g->known);
    sodium_memzero(g->key, sizeof g->key);
    mem_free(g);
    return NULL;
}

static uint64_t hash(const struct login_guard *g, const void *bytes, size_t len)
{
    uint64_t h;

    crypto_shorthash((unsigned char *)&h, bytes, len, g->key);
    return h;
}

/* All texts too long to be an address share one key. */
static uint64_t account_key(const struct login_guard *g, struct str email)
{
    struct buf folded = {0};
    uint64_t key;

    if (email.len <= LIMIT_EMAIL_BYTES)
        unicode_fold(&folded, email);
    key = hash(g, folded.len != 0 ? folded.data : "", folded.len);
    buf_done(&folded);
    return key;
}

static uint64_t key_of(const struct login_try *t, enum which which)
{
    return which == ADDRESS ? t->address : which == ACCOUNT ? t->account : t->pair;
}

/* True if there is no limit. */
static bool take(struct login_guard *g, struct login_try *t, enum which which,
                 uint64_t now_ms, uint32_t *wait_ms)
{
    struct limit_state s;

    if (g->counted[which] == NULL)
        return true;
    s = limit_take(g->counted[which], key_of(t, which), now_ms);
    if (s.admitted)
        t->taken |= 1u << which;
    else if (s.more_in_ms > *wait_ms)
        *wait_ms = s.more_in_ms;
    return s.admitted;
}

/* A limiter with a limit of one is a set: it refuses its members. */
static bool is_known(struct login_guard *g, uint64_t pair, uint64_t now_ms)
{
    bool added = limit_take(g->known, pair, now_ms).admitted;

    if (added)
        limit_give_back(g->known, pair, now_ms);
    return !added;
}

bool login_guard_begin(struct login_guard *g, struct str email, uint64_t address,
                       uint64_t now_ms, struct login_try *ret_try,
                       uint32_t *ret_wait_ms)
{
    struct login_try t = {.address = address, .account = account_key(g, email)};
    uint64_t both[2] = {t.account, address};
    uint32_t attack_ms = 0;
    bool attacked;

    t.pair = hash(g, both, sizeof both);
    *ret_wait_ms = 0;
    take(g, &t, PAIR, now_ms, ret_wait_ms);
    attacked = !take(g, &t, ACCOUNT, now_ms, &attack_ms);
    if (!is_known(g, t.pair, now_ms)) {
        take(g, &t, ADDRESS, now_ms, ret_wait_ms);
        if (attacked)
            take(g, &t, STRANGER, now_ms, ret_wait_ms);
    }
    *ret_try = t;
    if (*ret_wait_ms == 0)
        return true;
    login_guard_untried(g, &t, now_ms);
    return false;
}

void login_guard_untried(struct login_guard *g, const struct login_try *t,
                         uint64_t now_ms)
{
    for (enum which i = 0; i < N_COUNTED; i++)
        if ((t->taken & 1u << i) != 0)
            limit_give_back(g->counted[i], key_of(t, i), now_ms);
}

void login_guard_right(struct login_guard *g, const struct login_try *t,
                       uint64_t now_ms)
{
    login_guard_untried(g, t, now_ms);
    limit_take(g->known, t->pair, now_ms);
}
