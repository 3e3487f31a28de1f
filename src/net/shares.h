/* shares.h — how many connections each address has.
 *
 * DESIGN
 *
 * While there is room, an address may have as many as it likes: a whole hall can share
 * one. When all are taken, the address with more than half of them gives one up for
 * each new one from another address. Only one address can have more than half, so
 * nobody has to search for it.
 *
 * Shapes     an address is a number; 0 (a proxy of ours) has no share.
 * Ownership  a share lives while a connection holds it.
 * Threads    one at a time.
 */
#ifndef NET_SHARES_H
#define NET_SHARES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHARES_BUCKETS = 1024 };

struct share {
    struct share *next; /* in its bucket */
    uint64_t address;
    size_t n;
};

struct shares {
    struct share *buckets[SHARES_BUCKETS];
    struct share *largest; /* the one with more than half, or NULL */
    size_t half;
};

void shares_init(struct shares *s, size_t max_connections);
/* Count one connection more. NULL for address 0. */
struct share *share_join(struct shares *s, uint64_t address);
/* Count one less. Accepts NULL. */
void share_leave(struct shares *s, struct share *share);
/* All connections are taken, and this address wants one: which share must give one up?
 * NULL: none.
 */
const struct share *shares_displaced_by(const struct shares *s, uint64_t address);

#endif
