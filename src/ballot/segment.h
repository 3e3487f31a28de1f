/* segment.h — the files of a journal.
 *
 * A segment is a file of a fixed size whose blocks were all written once, so that
 * syncing a write into it moves no metadata. It is named by the position of its first
 * byte: "00000000003d0900.seg". A projected file is kept as "spare.seg" for the next
 * segment, since its blocks exist already.
 *
 * Errors   ERR_UNAVAILABLE with errno as the system left it.
 * Threads  create: the writer. retire: the reader.
 */
#ifndef BALLOT_SEGMENT_H
#define BALLOT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct segment {
    int fd;
    uint64_t start, size; /* positions start..start + size - 1 */
    uint64_t body;        /* the position of its first batch, after its header */
    uint64_t end;         /* the position after its last durable batch */
};

/* List all segments in dir, by position. The caller frees the array of *ret_n with
 * mem_free(). */
int segment_list(const char *dir, bool read_only, struct segment **ret_segments,
                 size_t *ret_n);

/* Make a segment that begins with this header (may be empty), from the spare or by
 * writing zeros. The file and its name are durable on return. */
int segment_create(const char *dir, uint64_t start, uint64_t size, struct str header,
                   struct segment *ret);

/* Keep its file as the spare if there is none and the size is usual; else remove it. */
void segment_retire(const char *dir, struct segment *s, uint64_t usual_size);

#endif
