#include "link/breaker.h"

bool breaker_is_open(const struct breaker *b)
{
    return b->pause_ms != 0;
}

bool breaker_allows(const struct breaker *b, uint64_t now_ms)
{
    return !breaker_is_open(b) || now_ms >= b->until_ms;
}

/* From half of it to one and a half. */
static uint64_t jitter(struct breaker *b, uint64_t ms)
{
    b->random = b->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return ms / 2 + (b->random >> 33) % (ms + 1);
}

static void open_breaker(struct breaker *b, uint64_t now_ms)
{
    b->pause_ms = b->pause_ms == 0 ? BREAKER_PAUSE_MS : 2 * b->pause_ms;
    if (b->pause_ms > BREAKER_PAUSE_MAX_MS)
        b->pause_ms = BREAKER_PAUSE_MAX_MS;
    b->until_ms = now_ms + jitter(b, b->pause_ms);
}

void breaker_failed(struct breaker *b, uint64_t now_ms)
{
    if (b->failures++ == 0)
        b->since_ms = now_ms;
    if (b->failures >= BREAKER_FAILURES || now_ms - b->since_ms >= BREAKER_PATIENCE_MS)
        open_breaker(b, now_ms);
}

void breaker_worked(struct breaker *b)
{
    *b = (struct breaker){.random = b->random};
}
