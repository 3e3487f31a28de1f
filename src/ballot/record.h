/* record.h — the bytes of a change in the journal.
 *
 *   length (4) | crc32c (4) | type (1) | payload (length - 1) | zeros up to 8 bytes
 *
 * Numbers are little-endian. The checksum covers the record's position (8 bytes), its
 * length, its type and its payload. A type is an enum change_kind, RECORD_MARK, or
 * RECORD_SEGMENT, which is the first record of a segment.
 *
 * Units   positions and sizes in bytes; positions are multiples of RECORD_ALIGN.
 * Errors  record_read(): RECORD_END where zeros begin, RECORD_BAD if the bytes are not
 *         a valid record.
 * Threads pure.
 */
#ifndef BALLOT_RECORD_H
#define BALLOT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ballot/reached.h"
#include "base/buf.h"
#include "core/change.h"

enum { RECORD_ALIGN = 8, RECORD_BYTES_MAX = 160, RECORD_MARK = 100, RECORD_SEGMENT };
enum { RECORD_END = 0, RECORD_BAD = -1 };

/* Which journal a segment belongs to, and the size it was made with. */
struct segment_header {
    uint8_t journal_id[JOURNAL_ID_BYTES];
    uint64_t bytes;
};

struct record {
    uint8_t type;
    struct change change;          /* unless type is RECORD_MARK or RECORD_SEGMENT */
    uint64_t durable;              /* of RECORD_MARK: everything before this position */
    struct segment_header segment; /* of RECORD_SEGMENT */
};

static inline bool record_is_change(const struct record *r)
{
    return r->type < RECORD_MARK;
}

void record_add_change(struct buf *out, uint64_t position, const struct change *c);
void record_add_mark(struct buf *out, uint64_t position, uint64_t durable);
void record_add_segment(struct buf *out, uint64_t position,
                        const struct segment_header *h);

/* Read the record at the start of data, which begins at position. Returns its length,
 * RECORD_END, or RECORD_BAD (and then *ret is undefined). */
int record_read(const uint8_t *data, size_t len, uint64_t position, struct record *ret);

#endif
