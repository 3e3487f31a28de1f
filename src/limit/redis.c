#include "limit/redis.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"

enum {
    ASKS_MAX = 512, /* in one call: Redis does nothing else meanwhile */
    WORDS_OF_ASK = 7,
    PING_MS = 1000,
    TRY_MS = 50,
    CLOCK_MS = 1000,            /* by which a key may outlive its use */
    CALLERS_KEEP_MS = 86400000, /* their time may pass more slowly than Redis' */
    KEY_BYTES = 64,
};

extern const char limit_script[]; /* sql/redis/limit.lua */

/* What an ask has of its own; the rest is its limiter's. */
struct ask_text {
    char key[KEY_BYTES], now_ms[24];
};

struct limit_redis {
    struct limit_redis_opts opts;
    struct lane *lane;
    struct redis *redis;
    struct redis_script script;
    atomic_bool works; /* the lane writes */
    atomic_uint_fast64_t own;

    /* One call's; the lane's. */
    struct limit_ask *asks[ASKS_MAX];
    size_t n_asks;
    struct ask_text texts[ASKS_MAX];
    struct str words[1 + ASKS_MAX * WORDS_OF_ASK];
    char n_text[8];
    bool answered;
};

struct redis_limiter {
    struct limiter base; /* first */
    struct limit_redis *lane;
    struct limit_redis_name name;
    struct limiter *own;
    char max[12], window_ms[12], quantum_ms[12], keep_ms[12];
};

static const char ask_kind[] = "limit_ask";

/* ---- in memory ---- */

static void decide_here(struct limit_ask *ask)
{
    struct redis_limiter *l = (struct redis_limiter *)ask->limiter;

    if (ask->gives_back)
        limit_give_back(l->own, ask->key, ask->now_ms);
    else
        ask->state = limit_take(l->own, ask->key, ask->now_ms);
}

static void decide_alone(struct limit_redis *r, struct limit_ask *ask)
{
    atomic_fetch_add_explicit(&r->own, 1, memory_order_relaxed);
    decide_here(ask);
}

/* What Redis has admitted is known here as well, for when it fails. */
static void remember(const struct limit_ask *ask)
{
    const struct redis_limiter *l = (const struct redis_limiter *)ask->limiter;

    if (ask->gives_back)
        limit_give_back(l->own, ask->key, ask->now_ms);
    else if (ask->state.admitted)
        limit_take(l->own, ask->key, ask->now_ms);
}

/* ---- one call ---- */

static void write_texts(struct limit_redis *r, size_t i)
{
    const struct limit_ask *ask = r->asks[i];
    const struct redis_limiter *l = (const struct redis_limiter *)ask->limiter;
    struct ask_text *t = &r->texts[i];

    snprintf(t->key, sizeof t->key, "rate:%s:%ju:%s", l->name.whose,
             (uintmax_t)ask->key, l->name.what);
    if (r->opts.callers_time)
        snprintf(t->now_ms, sizeof t->now_ms, "%ju", (uintmax_t)ask->now_ms);
}

static void add_words(struct limit_redis *r, size_t i)
{
    const struct limit_ask *ask = r->asks[i];
    const struct redis_limiter *l = (const struct redis_limiter *)ask->limiter;
    struct str *args = &r->words[1 + r->n_asks + i * (WORDS_OF_ASK - 1)];

    r->words[1 + i] = str_of(r->texts[i].key);
    args[0] = ask->gives_back ? STR("give_back") : STR("take");
    args[1] = str_of(l->max);
    args[2] = str_of(l->window_ms);
    args[3] = str_of(l->quantum_ms);
    args[4] = str_of(l->keep_ms);
    args[5] = str_of(r->texts[i].now_ms);
}

static void take_answers(void *user, const struct redis_value *v)
{
    struct limit_redis *r = user;

    r->answered = redis_count(v) == 3 * r->n_asks;
    for (size_t i = 0; r->answered && i < r->n_asks; i++)
        r->asks[i]->state = (struct limit_state){
            .admitted = redis_i64(redis_at(v, 3 * i)) == 1,
            .left = (uint32_t)redis_i64(redis_at(v, 3 * i + 1)),
            .more_in_ms = (uint32_t)redis_i64(redis_at(v, 3 * i + 2))};
}

static int call_script(struct limit_redis *r)
{
    int rc;

    snprintf(r->n_text, sizeof r->n_text, "%zu", r->n_asks);
    r->words[0] = str_of(r->n_text);
    for (size_t i = 0; i < r->n_asks; i++) {
        write_texts(r, i);
        add_words(r, i);
    }
    r->answered = false;
    rc = redis_run_script(r->redis, &r->script, r->words, 1 + r->n_asks * WORDS_OF_ASK,
                          take_answers, r);
    return rc == 0 && !r->answered ? ERR_INTERNAL : rc;
}

static void note(struct limit_redis *r, int rc)
{
    bool works = rc == 0;

    if (works != atomic_exchange(&r->works, works))
        r->opts.report(r->opts.user, rc, redis_errmsg(r->redis));
}

static void decide(struct limit_redis *r)
{
    if (r->n_asks == 0)
        return;
    if (atomic_load(&r->works))
        note(r, call_script(r));
    for (size_t i = 0; i < r->n_asks; i++) {
        if (atomic_load(&r->works))
            remember(r->asks[i]);
        else
            decide_alone(r, r->asks[i]);
        mail_return(&r->asks[i]->mail);
    }
    r->n_asks = 0;
}

/* ---- the lane ---- */

static int try_redis(struct limit_redis *r)
{
    const struct str words[] = {STR("PING")};
    const struct redis_command ping = {words, 1, NULL, NULL};

    return redis_run_all(r->redis, &ping, 1);
}

static void run(struct mail *batch, void *user)
{
    struct limit_redis *r = user;

    if (batch == NULL)
        note(r, try_redis(r));
    while (batch != NULL) {
        r->asks[r->n_asks++] = mail_open_as(batch, ask_kind);
        batch = batch->next;
        if (r->n_asks == ASKS_MAX)
            decide(r);
    }
    decide(r);
}

static int until_try(void *user)
{
    const struct limit_redis *r = user;

    return atomic_load(&r->works) ? PING_MS : TRY_MS;
}

int limit_redis_start(const struct limit_redis_opts *opts, struct limit_redis **ret)
{
    struct limit_redis *r = mem_zalloc(1, sizeof *r);
    struct lane_opts lane = {.name = "limit",
                             .max_waiting = opts->max_waiting,
                             .run = run,
                             .wake_in_ms = until_try,
                             .user = r};
    int rc;

    r->opts = *opts;
    r->redis = redis_new(&opts->redis);
    r->script.text = limit_script;
    atomic_store(&r->works, true);
    note(r, try_redis(r)); /* the first requests are counted by all, if it is there */
    rc = lane_start(&lane, &r->lane);
    if (rc == 0)
        *ret = r;
    else
        limit_redis_stop(r);
    return rc;
}

struct limit_redis *limit_redis_stop(struct limit_redis *r)
{
    if (r != NULL) {
        lane_stop(r->lane);
        redis_free(r->redis);
        mem_free(r);
    }
    return NULL;
}

bool limit_redis_works(const struct limit_redis *r)
{
    return atomic_load(&r->works);
}

uint64_t limit_redis_own(const struct limit_redis *r)
{
    return atomic_load_explicit(&r->own, memory_order_relaxed);
}

/* ---- the port ---- */

static bool redis_ask(struct limit_ask *ask)
{
    struct redis_limiter *l = (struct redis_limiter *)ask->limiter;

    ask->mail.kind = ask_kind;
    if (atomic_load(&l->lane->works) && lane_submit(l->lane->lane, &ask->mail) == 0)
        return false;
    decide_alone(l->lane, ask);
    return true;
}

static struct limiter *redis_limiter_free(struct limiter *base)
{
    struct redis_limiter *l = (struct redis_limiter *)base;

    if (l != NULL) {
        limit_free(l->own);
        mem_free(l);
    }
    return NULL;
}

static const struct limit_ops redis_ops = {
    .name = "redis", .ask = redis_ask, .free = redis_limiter_free};

static void write_rule(struct redis_limiter *l)
{
    uint32_t window_ms = l->base.window_ms;
    uint32_t quantum_ms = l->base.max <= LIMIT_EXACT ? 1 : (window_ms + 999) / 1000;
    uint32_t keep_ms = window_ms + quantum_ms + CLOCK_MS;

    if (l->lane->opts.callers_time)
        keep_ms = CALLERS_KEEP_MS;
    snprintf(l->max, sizeof l->max, "%u", l->base.max);
    snprintf(l->window_ms, sizeof l->window_ms, "%u", window_ms);
    snprintf(l->quantum_ms, sizeof l->quantum_ms, "%u", quantum_ms);
    snprintf(l->keep_ms, sizeof l->keep_ms, "%u", keep_ms);
}

struct limiter *limit_redis_new(struct limit_redis *r,
                                const struct limit_redis_name *name,
                                struct limiter *own)
{
    struct redis_limiter *l = mem_zalloc(1, sizeof *l);

    assert(own->ops->take != NULL);
    assert(strlen(name->whose) + strlen(name->what) + 30 < KEY_BYTES);
    l->base = (struct limiter){&redis_ops, own->max, own->window_ms};
    l->lane = r;
    l->name = *name;
    l->own = own;
    write_rule(l);
    return &l->base;
}
