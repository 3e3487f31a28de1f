/* Whatever the bytes, and however they are cut, they are understood in one way. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/feeder.h"

enum { MAX_BODY = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feed pieces whose sizes come from a small generator; 0: one byte at a time. */
static void feed(struct feeder *f, const char *bytes, size_t len, uint32_t seed)
{
    feeder_init(f, MAX_BODY);
    for (size_t at = 0; at < len;) {
        size_t n = 1;

        if (seed != 0) {
            seed = seed * 1664525 + 1013904223;
            n += seed >> 24 & (seed >> 20 & 1 ? 3 : 63);
        }
        if (n > len - at)
            n = len - at;
        feeder_give(f, bytes + at, n);
        at += n;
    }
}

static void judge_alike(const struct feeder *a, const struct feeder *b)
{
    assert(a->error == b->error);
    assert(a->n_requests == b->n_requests);
    assert(str_eq(buf_str(&a->log), buf_str(&b->log)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct feeder whole, pieces;

    feeder_init(&whole, MAX_BODY);
    feeder_give(&whole, bytes, size);
    for (uint32_t seed = 0; seed < 3; seed++) {
        feed(&pieces, bytes, size, seed * (uint32_t)(size + 1));
        judge_alike(&whole, &pieces);
        feeder_done(&pieces);
    }
    feeder_done(&whole);
    return 0;
}
