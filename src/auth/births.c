#include "auth/births.h"

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/mem.h"

enum { CHUNK_BITS = 12, CHUNK = 1 << CHUNK_BITS, CHUNKS = 1 << (32 - CHUNK_BITS) };

struct chunk {
    _Atomic uint32_t since_s[CHUNK];
};

struct births {
    _Atomic uint32_t last;
    _Atomic(struct chunk *) chunks[CHUNKS]; /* 8 MiB that nobody touches take none */
};

struct births *births_new(void)
{
    return mem_zalloc(1, sizeof(struct births));
}

struct births *births_free(struct births *b)
{
    size_t last = b == NULL ? 0 : (size_t)atomic_load(&b->last) >> CHUNK_BITS;

    for (size_t i = 0; b != NULL && i <= last; i++)
        mem_free(atomic_load(&b->chunks[i]));
    mem_free(b);
    return NULL;
}

static struct chunk *chunk_of(struct births *b, uint32_t user)
{
    _Atomic(struct chunk *) *at = &b->chunks[user >> CHUNK_BITS];
    struct chunk *was = atomic_load(at), *fresh;

    if (was != NULL)
        return was;
    fresh = mem_zalloc(1, sizeof *fresh);
    if (atomic_compare_exchange_strong(at, &was, fresh))
        return fresh;
    mem_free(fresh); /* another loop was faster */
    return was;
}

static void raise_to(_Atomic uint32_t *at, uint32_t n)
{
    uint32_t was = atomic_load(at);

    while (was < n && !atomic_compare_exchange_weak(at, &was, n))
        ;
}

void births_given(struct births *b, uint32_t last)
{
    raise_to(&b->last, last);
}

/* At least 1: 0 says that there is no account. 32 bits of seconds last until 2106. */
void births_add(struct births *b, uint32_t user, int64_t since_ms)
{
    uint32_t since_s = since_ms < 1000 ? 1 : (uint32_t)(since_ms / 1000);

    assert(user != 0);
    raise_to(&chunk_of(b, user)->since_s[user % CHUNK], since_s);
    births_given(b, user); /* last: who is given out has a birth */
}

int64_t births_ms(struct births *b, uint32_t user)
{
    struct chunk *c =
        atomic_load_explicit(&b->chunks[user >> CHUNK_BITS], memory_order_acquire);

    if (c == NULL)
        return 0;
    return INT64_C(1000) *
           atomic_load_explicit(&c->since_s[user % CHUNK], memory_order_acquire);
}

bool births_void(struct births *b, uint32_t user, int64_t issued_ms)
{
    uint32_t last = atomic_load_explicit(&b->last, memory_order_acquire);
    int64_t born_ms = births_ms(b, user);

    return born_ms == 0 ? user <= last : issued_ms < born_ms;
}
