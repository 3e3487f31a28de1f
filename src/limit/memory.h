/* memory.h — the limiter of one machine: every key's requests in memory.
 *
 * DESIGN
 *
 * A key has a log of when its requests came: runs of (moment, how many), oldest first,
 * in a ring that starts inside the key's entry, grows as it is needed and is given
 * back when it has run empty. A run is a millisecond; of a rule beyond LIMIT_EXACT, a
 * thousandth of the window, rounded up. So a log has 1,002 runs of 8 bytes at most,
 * and 100 with the default rule.
 *
 * Keys are spread over stripes, each a hash table with a lock of its own, which is held
 * for some tens of nanoseconds. What a request of a known key touches is its entry
 * alone: there is no order of use to keep. Instead each stripe has a queue, and whoever
 * takes memory looks at its oldest entries: those whose window is empty are freed, the
 * others go to the back. No timer; what is freed keeps pace with what is taken.
 *
 * max_bytes is for the stripes together. One that has used up its part forgets, of a
 * few entries at the front of the queue, an empty one or the one with the fewest
 * requests. Keys that one attacker brings in great numbers thus push each other out
 * before they push out one that is at its limit.
 *
 * Threads    as limit.h; limit_memory_bytes(): any.
 */
#ifndef LIMIT_MEMORY_H
#define LIMIT_MEMORY_H

#include "limit/limit.h"

struct limit_memory_opts {
    uint32_t max;       /* >= 1 */
    uint32_t window_ms; /* 1..LIMIT_WINDOW_MS_MAX */
    size_t max_bytes;   /* of all keys; at least LIMIT_MEMORY_BYTES_MIN */
    uint64_t seed;      /* random: so nobody can choose keys that collide */
};

enum { LIMIT_MEMORY_BYTES_MIN = 1 << 20 };

struct limiter *limit_memory_new(const struct limit_memory_opts *opts);

/* What the keys take now; for tests. */
size_t limit_memory_bytes(struct limiter *l);

#endif
