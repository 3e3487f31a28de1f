#include "base/frame.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

struct frame *frame_new(const void *data, size_t len, uint64_t version)
{
    struct frame *f = mem_alloc(sizeof *f + len);

    atomic_init(&f->refs, 1);
    f->version = version;
    f->len = len;
    if (len != 0)
        memcpy(f->data, data, len);
    return f;
}

struct frame *frame_ref(struct frame *f)
{
    unsigned had = atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);

    assert(had > 0); /* it is alive: the caller has one */
    return f;
}

struct frame *frame_unref(struct frame *f)
{
    unsigned had;

    if (f == NULL)
        return NULL;
    had = atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel);
    assert(had > 0);
    if (had == 1)
        mem_free(f);
    return NULL;
}
