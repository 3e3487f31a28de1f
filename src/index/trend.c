#include "index/trend.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

enum { FIVES = 13, HOURS = 25, FIRST_CAP = 64 };
static const int64_t five_ms = 300000, hour_ms = 3600000;

/* A ring of counters: of the span `newest`, and those right before it. */
struct entry {
    uint32_t poll; /* 0: free */
    int64_t newest_five, newest_hour;
    uint32_t fives[FIVES], hours[HOURS];
};

struct trend {
    pthread_mutex_t lock;
    struct entry *entries; /* open addressing, linear probing; at most half full */
    size_t cap, n;
};

struct trend *trend_new(void)
{
    struct trend *t = mem_zalloc(1, sizeof *t);

    pthread_mutex_init(&t->lock, NULL);
    t->cap = FIRST_CAP;
    t->entries = mem_zalloc(t->cap, sizeof *t->entries);
    return t;
}

struct trend *trend_free(struct trend *t)
{
    if (t != NULL) {
        pthread_mutex_destroy(&t->lock);
        mem_free(t->entries);
        mem_free(t);
    }
    return NULL;
}

static struct entry *find(struct entry *entries, size_t cap, uint32_t poll)
{
    size_t i = (size_t)(poll * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (cap - 1);

    while (entries[i].poll != 0 && entries[i].poll != poll)
        i = (i + 1) & (cap - 1);
    return &entries[i];
}

/* Those that got nothing for so long that nothing is counted of them are left out. */
static void rebuild_locked(struct trend *t, int64_t now_ms)
{
    struct entry *old = t->entries;
    size_t old_cap = t->cap, kept = 0;
    int64_t oldest_hour = now_ms / hour_ms - HOURS;

    for (size_t i = 0; i < old_cap; i++)
        kept += old[i].poll != 0 && old[i].newest_hour > oldest_hour;
    for (t->cap = FIRST_CAP; t->cap < kept * 4;)
        t->cap *= 2;
    t->entries = mem_zalloc(t->cap, sizeof *t->entries);
    t->n = kept;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].poll != 0 && old[i].newest_hour > oldest_hour)
            *find(t->entries, t->cap, old[i].poll) = old[i];
    mem_free(old);
}

/* Count in the ring. The spans between its newest and this one had nothing. */
static void count(uint32_t *ring, int n_ring, int64_t *newest, int64_t span, uint32_t n)
{
    if (span <= *newest - n_ring)
        return; /* too old to matter */
    if (span - *newest >= n_ring)
        memset(ring, 0, (size_t)n_ring * sizeof *ring);
    else
        for (int64_t s = *newest + 1; s <= span; s++)
            ring[s % n_ring] = 0;
    if (span > *newest)
        *newest = span;
    ring[span % n_ring] += n;
}

void trend_add(struct trend *t, uint32_t poll, int64_t at_ms, uint32_t votes)
{
    struct entry *e;

    pthread_mutex_lock(&t->lock);
    e = find(t->entries, t->cap, poll);
    if (e->poll == 0 && (t->n + 1) * 2 > t->cap) {
        rebuild_locked(t, at_ms);
        e = find(t->entries, t->cap, poll);
    }
    if (e->poll != 0 || t->n < TREND_POLLS) {
        t->n += e->poll == 0;
        e->poll = poll;
        count(e->fives, FIVES, &e->newest_five, at_ms / five_ms, votes);
        count(e->hours, HOURS, &e->newest_hour, at_ms / hour_ms, votes);
    }
    pthread_mutex_unlock(&t->lock);
}

/* The counters that are not older than the ring is long, seen from now. */
static uint32_t sum(const uint32_t *ring, int n_ring, int64_t newest, int64_t now)
{
    uint32_t n = 0;

    for (int64_t s = now - n_ring + 1; s <= newest; s++)
        if (s > newest - n_ring)
            n += ring[s % n_ring];
    return n;
}

void trend_each(struct trend *t, enum trend_window window, int64_t now_ms,
                void (*each)(void *user, uint32_t poll, uint32_t votes), void *user)
{
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < t->cap; i++) {
        const struct entry *e = &t->entries[i];
        uint32_t n;

        if (e->poll == 0)
            continue;
        n = window == TREND_HOUR
                ? sum(e->fives, FIVES, e->newest_five, now_ms / five_ms)
                : sum(e->hours, HOURS, e->newest_hour, now_ms / hour_ms);
        if (n > 0)
            each(user, e->poll, n);
    }
    pthread_mutex_unlock(&t->lock);
}
