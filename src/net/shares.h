/* shares.h — how many connections each address has.
 *
 * DESIGN
 *
 * While there is room an address may have as many as it likes: a hall is one address.
 * When all are taken, whoever has more than half of them gives one up for each that
 * comes from an address with less than half. More than half is one address at most, so
 * nobody has to search for it.
 *
 * Shapes     an address is a number; 0 is nobody's (a proxy of ours) and has no share.
 * Ownership  a share lives while somebody holds it.
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
/* One connection more; NULL for address 0. */
struct share *share_join(struct shares *s, uint64_t address);
/* One less. Accepts NULL. */
void share_leave(struct shares *s, struct share *share);
/* All connections are taken, and this address wants one: whose has to go? NULL: none.
 */
const struct share *shares_displaced_by(const struct shares *s, uint64_t address);

#endif
