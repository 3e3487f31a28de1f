/* breaker.h — says when it makes sense to try again what has failed.
 *
 * The first two failures in a row are followed by a try at once. From the third on, or
 * once the failures have lasted for BREAKER_PATIENCE_MS, the breaker is open: it allows
 * one try after a pause that doubles up to BREAKER_PAUSE_MAX_MS. Each pause is made
 * longer or shorter by up to a half, so that many processes do not come back all at
 * once.
 *
 * Units    _ms are milliseconds of a monotonic clock.
 * Errors   none.
 * Threads  one at a time.
 */
#ifndef LINK_BREAKER_H
#define LINK_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_FAILURES = 3,
    BREAKER_PATIENCE_MS = 2000,
    BREAKER_PAUSE_MS = 50, /* the first pause */
    BREAKER_PAUSE_MAX_MS = 1000,
};

struct breaker {
    uint32_t failures; /* in a row */
    uint64_t since_ms; /* of the first of them */
    uint64_t pause_ms, until_ms;
    uint64_t random; /* for jitter; any seed */
};

bool breaker_is_open(const struct breaker *b);
/* May one try be made now? */
bool breaker_allows(const struct breaker *b, uint64_t now_ms);
void breaker_failed(struct breaker *b, uint64_t now_ms);
void breaker_worked(struct breaker *b);

#endif
