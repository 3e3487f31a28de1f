/* memory.h — the limiter of one machine: every key's requests in memory.
 *
 * DESIGN
 *
 * Each key has a log of when its requests came: moments of (when, how many), oldest
 * first, in a ring that starts inside the key's entry, grows on demand and is freed
 * once empty. A moment covers a millisecond; under a rule beyond LIMIT_EXACT, a
 * thousandth of the window, rounded up. So a log has 1,002 moments of 8 bytes at most,
 * and 100 with the default rule.
 *
 * Keys are spread over stripes, each a hash table with its own lock, held for some tens
 * of nanoseconds. A request of a known key touches only that key's entry: no order of
 * use is kept. Instead each stripe has a queue, and whoever allocates looks at its
 * oldest entries: those with an empty window are freed, the others go to the back.
 * There is no timer; freeing keeps pace with allocating.
 *
 * max_bytes is for all stripes together. A stripe that has used up its share looks at a
 * few entries at the front of its queue and drops an empty one, or the one with the
 * fewest requests. So keys that an attacker brings in great numbers push each other out
 * before they push out one at its limit.
 *
 * Threads    as limit.h.
 */
#ifndef LIMIT_MEMORY_H
#define LIMIT_MEMORY_H

#include "limit/limit.h"

struct limit_memory_opts {
    uint32_t max;       /* >= 1 */
    uint32_t window_ms; /* 1..LIMIT_WINDOW_MS_MAX */
    size_t max_bytes;   /* of all keys; at least LIMIT_MEMORY_BYTES_MIN */
    uint64_t seed;      /* random, so that nobody can choose keys that collide */
};

enum { LIMIT_MEMORY_BYTES_MIN = 1 << 20 };

struct limiter *limit_memory_new(const struct limit_memory_opts *opts);

#endif
