/* receipts.h — what voters with an Idempotency-Key were told, by user id.
 *
 * A hash table (open addressing, linear probing, deletion by backward shift: Knuth, The
 * Art of Computer Programming vol. 3, 6.4, algorithm R) of small blocks that are as
 * long as the poll has options.
 *
 * Threads  one at a time: the owning tally's.
 */
#ifndef CORE_RECEIPTS_H
#define CORE_RECEIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/change.h"

struct kept_receipt;

struct receipts {
    struct kept_receipt **slots; /* n_slots, a power of two, or none */
    size_t n_slots, n;
};

void receipts_done(struct receipts *r);
/* Store a receipt in place of the user's earlier one. */
void receipts_put(struct receipts *r, uint32_t user, const uint8_t key[VOTE_KEY_BYTES],
                  const struct receipt *receipt);
/* False: the user has none, and nothing was written. */
bool receipts_get(const struct receipts *r, uint32_t user,
                  uint8_t ret_key[VOTE_KEY_BYTES], struct receipt *ret_receipt);
bool receipts_has(const struct receipts *r, uint32_t user);
void receipts_remove(struct receipts *r, uint32_t user);
/* Move the user's receipt over, replacing the one there. Without one, nothing
 * changes. */
void receipts_move(struct receipts *from, struct receipts *to, uint32_t user);
size_t receipts_bytes(const struct receipts *r);

#endif
