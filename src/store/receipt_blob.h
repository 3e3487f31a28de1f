/* receipt_blob.h — a receipt as bytes in a row.
 *
 * A million keyed votes are a million receipts on disk, so: numbers of seven bits a
 * byte, lowest first, the highest bit saying that more follow (LEB128), in this order:
 *
 *   option | version | votes left + 1 (0: no limit) | votes by option …
 *
 * The time of the vote is the row's own. That there are as many counts as the bytes
 * hold makes a length needless.
 *
 * Errors   receipt_decode(): ERR_INVALID; what is not a receipt writes nothing.
 * Threads  pure.
 */
#ifndef STORE_RECEIPT_BLOB_H
#define STORE_RECEIPT_BLOB_H

#include "base/str.h"
#include "core/change.h"

enum { RECEIPT_BLOB_BYTES = 1 + 10 + 5 + 5 * LIMIT_OPTIONS };

size_t receipt_encode(const struct receipt *r, uint8_t ret_bytes[RECEIPT_BLOB_BYTES]);
/* voted_ms is left alone. */
int receipt_decode(struct str bytes, struct receipt *ret_receipt);

#endif
