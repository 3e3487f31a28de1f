#include "limit/memory.h"

#include <assert.h>
#include <pthread.h>
#include <sys/queue.h>

#include "base/mem.h"

enum {
    STRIPE_BITS = 6,
    STRIPES = 1 << STRIPE_BITS,
    FIRST_BUCKETS = 16,
    FEW_MOMENTS = 4,
    EXPIRE = 2,     /* at the oldest entries, whenever memory is taken */
    SAMPLE = 8,     /* of them, when one has to go */
    HEAP_BYTES = 16 /* what the heap takes for itself, for each piece */
};

/* Requests of one moment. */
struct moment {
    uint32_t at; /* the low bits of its milliseconds: none is ever 2^31 away */
    uint32_t n;
};

struct entry {
    struct entry *next; /* in its bucket */
    TAILQ_ENTRY(entry) queue;
    uint64_t hash;      /* of the key, and no other key has it */
    uint64_t newest_ms; /* when the newest moment was */
    uint32_t total;     /* requests in the moments */
    uint16_t first, n_moments, cap;
    struct moment *moments; /* a ring of cap, a power of two: few, or from the heap */
    struct moment few[FEW_MOMENTS];
};

TAILQ_HEAD(entries, entry);

struct stripe {
    pthread_mutex_t lock; /* guards everything below, and the entries */
    struct entry **buckets;
    size_t n_buckets, n; /* n_buckets: a power of two, or 0 */
    size_t bytes;
    struct entries queue; /* who was looked at last is at the end */
};

struct memory {
    struct limiter base;
    size_t stripe_bytes; /* at most */
    uint32_t quantum_ms; /* moments are this far apart, at least */
    uint64_t seed;
    struct stripe stripes[STRIPES];
};

/* The finalizer of MurmurHash3: one to one, so hashes differ whenever keys do. */
static uint64_t hash_of(const struct memory *m, uint64_t key)
{
    uint64_t h = key ^ m->seed;

    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

/* ---- one key's log ---- */

static struct moment *moment_at(const struct entry *e, unsigned i)
{
    return &e->moments[(e->first + i) & (e->cap - 1u)];
}

static size_t ring_bytes(const struct entry *e)
{
    return e->moments == e->few ? 0 : e->cap * sizeof *e->moments + HEAP_BYTES;
}

static void empty_locked(struct stripe *s, struct entry *e)
{
    if (e->moments != e->few) {
        s->bytes -= ring_bytes(e);
        mem_free(e->moments);
    }
    e->moments = e->few;
    e->cap = FEW_MOMENTS;
    e->first = e->n_moments = 0;
    e->total = 0;
}

/* Has everything left the window? */
static bool is_idle(const struct memory *m, const struct entry *e, uint64_t now_ms)
{
    return e->newest_ms + m->base.window_ms <= now_ms;
}

/* Until a moment leaves the window; 0 or less: it has. */
static int32_t leaves_in_ms(const struct memory *m, const struct moment *r,
                            uint64_t now_ms)
{
    return (int32_t)(r->at + m->base.window_ms - (uint32_t)now_ms);
}

static void expire_locked(const struct memory *m, struct stripe *s, struct entry *e,
                          uint64_t now_ms)
{
    if (is_idle(m, e, now_ms)) {
        empty_locked(s, e);
        return;
    }
    while (e->n_moments > 0 && leaves_in_ms(m, moment_at(e, 0), now_ms) <= 0) {
        assert(e->total >= moment_at(e, 0)->n);
        e->total -= moment_at(e, 0)->n;
        e->first = (uint16_t)((e->first + 1) & (e->cap - 1));
        e->n_moments--;
    }
}

static void widen_locked(struct stripe *s, struct entry *e)
{
    struct moment *wider = mem_alloc(e->cap * 2 * sizeof *wider);

    for (unsigned i = 0; i < e->n_moments; i++)
        wider[i] = *moment_at(e, i);
    s->bytes -= ring_bytes(e);
    if (e->moments != e->few)
        mem_free(e->moments);
    e->moments = wider;
    e->cap = (uint16_t)(e->cap * 2);
    e->first = 0;
    s->bytes += ring_bytes(e);
}

/* ---- which keys are kept ---- */

static struct entry **bucket_locked(const struct stripe *s, uint64_t hash)
{
    return &s->buckets[hash & (s->n_buckets - 1)];
}

static struct entry *find_locked(const struct stripe *s, uint64_t hash)
{
    struct entry *e = s->n_buckets != 0 ? *bucket_locked(s, hash) : NULL;

    while (e != NULL && e->hash != hash)
        e = e->next;
    return e;
}

static void drop_locked(struct stripe *s, struct entry *e)
{
    struct entry **at = bucket_locked(s, e->hash);

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    TAILQ_REMOVE(&s->queue, e, queue);
    empty_locked(s, e);
    s->bytes -= sizeof *e + HEAP_BYTES;
    s->n--;
    mem_free(e);
}

/* The oldest of the queue, which becomes its youngest. */
static struct entry *next_locked(struct stripe *s)
{
    struct entry *e = TAILQ_FIRST(&s->queue);

    TAILQ_REMOVE(&s->queue, e, queue);
    TAILQ_INSERT_TAIL(&s->queue, e, queue);
    return e;
}

/* Who matters least? Anybody but keep: there are others. */
static struct entry *least_locked(const struct memory *m, struct stripe *s,
                                  const struct entry *keep, uint64_t now_ms)
{
    struct entry *least = NULL;

    for (int i = 0; i < SAMPLE; i++) {
        struct entry *e = next_locked(s);

        if (e == keep)
            continue;
        if (is_idle(m, e, now_ms))
            return e;
        if (least == NULL || e->total < least->total)
            least = e;
    }
    return least;
}

/* Memory was taken for keep: give back what nobody needs, and what has to be. */
static void make_room_locked(const struct memory *m, struct stripe *s,
                             const struct entry *keep, uint64_t now_ms)
{
    for (int i = 0; i < EXPIRE; i++) {
        struct entry *e = next_locked(s);

        if (e != keep && is_idle(m, e, now_ms))
            drop_locked(s, e);
    }
    while (s->bytes > m->stripe_bytes && s->n > 1)
        drop_locked(s, least_locked(m, s, keep, now_ms));
}

static void link_locked(struct stripe *s, struct entry *e)
{
    struct entry **bucket = bucket_locked(s, e->hash);

    e->next = *bucket;
    *bucket = e;
}

static void grow_buckets_locked(struct stripe *s)
{
    struct entry *e;

    s->bytes -= s->n_buckets * sizeof *s->buckets;
    mem_free(s->buckets);
    s->n_buckets = s->n_buckets != 0 ? s->n_buckets * 2 : FIRST_BUCKETS;
    s->buckets = mem_zalloc(s->n_buckets, sizeof *s->buckets);
    s->bytes += s->n_buckets * sizeof *s->buckets;
    TAILQ_FOREACH(e, &s->queue, queue)
    link_locked(s, e);
}

static struct entry *add_locked(const struct memory *m, struct stripe *s, uint64_t hash,
                                uint64_t now_ms)
{
    struct entry *e = mem_zalloc(1, sizeof *e);

    if (s->n == s->n_buckets)
        grow_buckets_locked(s);
    e->hash = hash;
    e->moments = e->few;
    e->cap = FEW_MOMENTS;
    link_locked(s, e);
    TAILQ_INSERT_TAIL(&s->queue, e, queue);
    s->n++;
    s->bytes += sizeof *e + HEAP_BYTES;
    make_room_locked(m, s, e, now_ms);
    return e;
}

/* ---- taking ---- */

static void count_locked(const struct memory *m, struct stripe *s, struct entry *e,
                         uint64_t now_ms)
{
    uint64_t at_ms = (now_ms + m->quantum_ms - 1) / m->quantum_ms * m->quantum_ms;

    if (at_ms < e->newest_ms)
        at_ms = e->newest_ms; /* another thread was faster: the log stays in order */
    e->total++;
    if (e->n_moments > 0 && at_ms == e->newest_ms) {
        moment_at(e, e->n_moments - 1u)->n++;
        return;
    }
    if (e->n_moments == e->cap) {
        widen_locked(s, e);
        make_room_locked(m, s, e, now_ms);
    }
    *moment_at(e, e->n_moments++) = (struct moment){(uint32_t)at_ms, 1};
    e->newest_ms = at_ms;
}

/* Until the oldest leaves. Seen from a thread that is a little behind that can be more
 * than a window from now, which it is for nobody who is told so. */
static uint32_t more_in_ms(const struct memory *m, const struct entry *e,
                           uint64_t now_ms)
{
    uint32_t most = m->base.window_ms + m->quantum_ms - 1;
    uint32_t more = (uint32_t)leaves_in_ms(m, moment_at(e, 0), now_ms);

    return more < most ? more : most;
}

static struct limit_state take_locked(const struct memory *m, struct stripe *s,
                                      struct entry *e, uint64_t now_ms)
{
    struct limit_state state;

    expire_locked(m, s, e, now_ms);
    state.admitted = e->total < m->base.max;
    if (state.admitted)
        count_locked(m, s, e, now_ms);
    state.left = m->base.max - e->total;
    state.more_in_ms = more_in_ms(m, e, now_ms);
    return state;
}

/* What has left the window, or was forgotten, is given back already. */
static void give_back_locked(const struct memory *m, struct stripe *s, struct entry *e,
                             uint64_t now_ms)
{
    struct moment *newest;

    expire_locked(m, s, e, now_ms);
    if (e->n_moments == 0)
        return;
    newest = moment_at(e, e->n_moments - 1u);
    e->total--;
    if (--newest->n > 0)
        return;
    e->n_moments--;
    if (e->n_moments > 0) /* nobody comes before this any more */
        e->newest_ms -= newest->at - moment_at(e, e->n_moments - 1u)->at;
    else
        empty_locked(s, e);
}

static void memory_give_back(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    struct memory *m = (struct memory *)l;
    uint64_t hash = hash_of(m, key);
    struct stripe *s = &m->stripes[hash >> (64 - STRIPE_BITS)];
    struct entry *e;

    pthread_mutex_lock(&s->lock);
    e = find_locked(s, hash);
    if (e != NULL)
        give_back_locked(m, s, e, now_ms);
    pthread_mutex_unlock(&s->lock);
}

static struct limit_state memory_take(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    struct memory *m = (struct memory *)l;
    uint64_t hash = hash_of(m, key);
    struct stripe *s = &m->stripes[hash >> (64 - STRIPE_BITS)];
    struct limit_state state;
    struct entry *e;

    pthread_mutex_lock(&s->lock);
    e = find_locked(s, hash);
    if (e == NULL)
        e = add_locked(m, s, hash, now_ms);
    state = take_locked(m, s, e, now_ms);
    pthread_mutex_unlock(&s->lock);
    return state;
}

/* ---- beginning and end ---- */

static struct limiter *memory_free(struct limiter *l)
{
    struct memory *m = (struct memory *)l;

    for (size_t i = 0; m != NULL && i < STRIPES; i++) {
        struct stripe *s = &m->stripes[i];

        while (!TAILQ_EMPTY(&s->queue))
            drop_locked(s, TAILQ_FIRST(&s->queue));
        mem_free(s->buckets);
        pthread_mutex_destroy(&s->lock);
    }
    mem_free(m);
    return NULL;
}

static const struct limit_ops OPS = {.name = "memory",
                                     .take = memory_take,
                                     .give_back = memory_give_back,
                                     .free = memory_free};

static uint32_t quantum_of(const struct limit_memory_opts *opts)
{
    return opts->max <= LIMIT_EXACT ? 1 : (opts->window_ms + 999) / 1000;
}

struct limiter *limit_memory_new(const struct limit_memory_opts *opts)
{
    struct memory *m = mem_zalloc(1, sizeof *m);

    assert(opts->max >= 1 && opts->window_ms >= 1 &&
           opts->window_ms <= LIMIT_WINDOW_MS_MAX &&
           opts->max_bytes >= LIMIT_MEMORY_BYTES_MIN);
    m->base = (struct limiter){&OPS, opts->max, opts->window_ms};
    m->stripe_bytes = opts->max_bytes / STRIPES;
    m->quantum_ms = quantum_of(opts);
    m->seed = opts->seed;
    for (size_t i = 0; i < STRIPES; i++) {
        pthread_mutex_init(&m->stripes[i].lock, NULL);
        TAILQ_INIT(&m->stripes[i].queue);
    }
    return &m->base;
}
