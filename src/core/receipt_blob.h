/* receipt_blob.h — a receipt as a blob in a row of the database.
 *
 * A million keyed votes are a million receipts on disk, so numbers are stored in seven
 * bits a byte, lowest first; the high bit says that more follow (LEB128). In this
 * order:
 *
 *   option | version | votes left + 1 (0: no limit) | votes by option …
 *
 * The row has the time of the vote. There is no length: the counts go on to the end.
 *
 * Errors   receipt_decode(): ERR_INVALID, and then *ret is unchanged.
 * Threads  pure.
 */
#ifndef CORE_RECEIPT_BLOB_H
#define CORE_RECEIPT_BLOB_H

#include "base/str.h"
#include "core/change.h"

enum { RECEIPT_BLOB_BYTES = 1 + 10 + 5 + 5 * LIMIT_OPTIONS };

size_t receipt_encode(const struct receipt *r, uint8_t ret_bytes[RECEIPT_BLOB_BYTES]);
/* Does not set voted_ms. */
int receipt_decode(struct str bytes, struct receipt *ret_receipt);

#endif
