#include "core/percent.h"

uint32_t percent_tenths(uint32_t votes, uint32_t total)
{
    return total == 0 ? 0
                      : (uint32_t)(((uint64_t)votes * 2000 + total) / (2ULL * total));
}
