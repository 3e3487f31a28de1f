/* frame.h — bytes that are made once and sent to many.
 *
 * A frame is immutable after frame_new(): its maker fills data, then shares it.
 *
 * Ownership  frame_new() gives the caller the first reference; the last frame_unref()
 *            frees it. frame_unref() accepts NULL and returns NULL.
 * Threads    references may be taken and dropped on any thread.
 */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
    atomic_uint refs;
    uint64_t version; /* of the state that it shows: a newer one replaces it */
    size_t len;
    char data[];
};

struct frame *frame_new(const void *data, size_t len, uint64_t version);
struct frame *frame_ref(struct frame *f);
struct frame *frame_unref(struct frame *f);

#endif
