/* tail.h — votes and skips that are durable but not in the store yet, by user.
 *
 * Look here before you read a user's votes from the store: an acknowledged vote is
 * either still here, or was committed before the read began.
 *
 * Entries lie in rings, one for each of a few shares of the users, so that a look reads
 * only a small part, and adding never waits long. They leave when they are projected.
 * Sixteen bytes each; the journal's max_bytes bounds how many there can be.
 *
 * Units    a position is the journal's.
 * Threads  any; add and trim each by one thread at a time.
 */
#ifndef INDEX_TAIL_H
#define INDEX_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "core/change.h"

struct tail;

struct tail *tail_new(void);
struct tail *tail_free(struct tail *t); /* accepts NULL; returns NULL */

/* Changes of one batch that ends at position, in order. Only those of voters are kept.
 */
void tail_add(struct tail *t, const struct change *changes, size_t n,
              uint64_t position);
/* Everything up to position is in the store. */
void tail_trim(struct tail *t, uint64_t position);

/* The user's changes, the oldest first. Under a lock: each() may not call the tail. */
void tail_each(struct tail *t, uint32_t user,
               void (*each)(void *user_data, enum change_kind kind, uint32_t poll),
               void *user_data);

#endif
