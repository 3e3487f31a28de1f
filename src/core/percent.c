#include "core/percent.h"

uint32_t percent_tenths(uint32_t votes, uint32_t total)
{
    return total == 0 ? 0
                      : (uint32_t)(((uint64_t)votes * 2000 + total) / (2ULL * total));
}

void percent_write(struct buf *out, uint32_t tenths)
{
    buf_u64(out, tenths / 10);
    if (tenths % 10 != 0) {
        buf_char(out, '.');
        buf_u64(out, tenths % 10);
    }
}
