#include "index/tail.h"

#include <assert.h>
#include <pthread.h>

#include "base/mem.h"

enum { SHARES = 64, FIRST_CAP = 64 };

struct entry {
    uint32_t user, poll;
    uint64_t position : 56;
    uint64_t kind : 8;
};

struct share {
    pthread_mutex_t lock;
    struct entry *ring; /* cap entries, a power of two */
    size_t cap, head, n;
};

struct tail {
    struct share shares[SHARES];
};

struct tail *tail_new(void)
{
    struct tail *t = mem_zalloc(1, sizeof *t);

    for (int i = 0; i < SHARES; i++)
        pthread_mutex_init(&t->shares[i].lock, NULL);
    return t;
}

struct tail *tail_free(struct tail *t)
{
    for (int i = 0; t != NULL && i < SHARES; i++) {
        pthread_mutex_destroy(&t->shares[i].lock);
        mem_free(t->shares[i].ring);
    }
    mem_free(t);
    return NULL;
}

static struct entry *entry_at(const struct share *s, size_t i)
{
    return &s->ring[(s->head + i) & (s->cap - 1)];
}

static void grow_locked(struct share *s)
{
    size_t cap = s->cap != 0 ? s->cap * 2 : FIRST_CAP;
    struct entry *ring = mem_alloc(cap * sizeof *ring);

    for (size_t i = 0; i < s->n; i++)
        ring[i] = *entry_at(s, i);
    mem_free(s->ring);
    s->ring = ring;
    s->cap = cap;
    s->head = 0;
}

static void push(struct share *s, struct entry e)
{
    pthread_mutex_lock(&s->lock);
    if (s->n == s->cap)
        grow_locked(s);
    assert(s->n == 0 || entry_at(s, s->n - 1)->position <= e.position);
    *entry_at(s, s->n++) = e;
    pthread_mutex_unlock(&s->lock);
}

static struct share *share_of(struct tail *t, uint32_t user)
{
    return &t->shares[user % SHARES];
}

void tail_add(struct tail *t, const struct change *changes, size_t n, uint64_t position)
{
    for (size_t i = 0; i < n; i++) {
        const struct change *c = &changes[i];

        if (c->kind == CHANGE_VOTE || c->kind == CHANGE_SKIP ||
            c->kind == CHANGE_WITHDRAW || c->kind == CHANGE_UNSKIP)
            push(share_of(t, c->user),
                 (struct entry){c->user, c->poll, position & ((1ull << 56) - 1),
                                (unsigned)c->kind & 0xff});
    }
}

/* A ring that a storm has made large is given back once it is empty. */
static void trim_share(struct share *s, uint64_t position)
{
    pthread_mutex_lock(&s->lock);
    while (s->n > 0 && entry_at(s, 0)->position <= position) {
        s->head = (s->head + 1) & (s->cap - 1);
        s->n--;
    }
    if (s->n == 0 && s->cap > FIRST_CAP) {
        mem_free(s->ring);
        s->ring = NULL;
        s->cap = s->head = 0;
    }
    pthread_mutex_unlock(&s->lock);
}

void tail_trim(struct tail *t, uint64_t position)
{
    for (int i = 0; i < SHARES; i++)
        trim_share(&t->shares[i], position);
}

void tail_each(struct tail *t, uint32_t user,
               void (*each)(void *user_data, enum change_kind kind, uint32_t poll),
               void *user_data)
{
    struct share *s = share_of(t, user);

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n; i++) {
        const struct entry *e = entry_at(s, i);

        if (e->user == user)
            each(user_data, (enum change_kind)e->kind, e->poll);
    }
    pthread_mutex_unlock(&s->lock);
}
