#include "net/shares.h"

#include "base/mem.h"

void shares_init(struct shares *s, size_t max_connections)
{
    *s = (struct shares){.half = max_connections / 2};
}

static struct share **bucket_of(const struct shares *s, uint64_t address)
{
    uint64_t mixed = address * UINT64_C(0x9e3779b97f4a7c15);

    return (struct share **)&s->buckets[mixed >> 54];
}

static struct share *find(const struct shares *s, uint64_t address)
{
    struct share *share = *bucket_of(s, address);

    while (share != NULL && share->address != address)
        share = share->next;
    return share;
}

static struct share *add(struct shares *s, uint64_t address)
{
    struct share **bucket = bucket_of(s, address);
    struct share *share = mem_zalloc(1, sizeof *share);

    share->address = address;
    share->next = *bucket;
    *bucket = share;
    return share;
}

struct share *share_join(struct shares *s, uint64_t address)
{
    struct share *share;

    if (address == 0)
        return NULL;
    share = find(s, address);
    if (share == NULL)
        share = add(s, address);
    share->n++;
    if (share->n > s->half)
        s->largest = share;
    return share;
}

static void drop(struct shares *s, struct share *share)
{
    struct share **at = bucket_of(s, share->address);

    while (*at != share)
        at = &(*at)->next;
    *at = share->next;
    mem_free(share);
}

void share_leave(struct shares *s, struct share *share)
{
    if (share == NULL)
        return;
    share->n--;
    if (share == s->largest && share->n <= s->half)
        s->largest = NULL;
    if (share->n == 0)
        drop(s, share);
}

const struct share *shares_displaced_by(const struct shares *s, uint64_t address)
{
    const struct share *own = find(s, address);
    size_t n = own != NULL ? own->n : 0;

    return n < s->half ? s->largest : NULL;
}
