/* door.h — how much work a loop hands to a lane: no more than comes back soon.
 *
 * DESIGN
 *
 * A lane's mailbox has a cap, but a cap counts things, while clients feel time: the
 * same number takes a moment on a fast machine and seconds on a slow or busy one. So
 * each loop has a door in front of each lane, which measures how long work takes to
 * come home. By Little's law, what is inside divided by that time is the throughput. If
 * work takes longer than DOOR_SOON_MS on average, the door lets in only as much as
 * comes home within that time. Anything more is refused at once with 503, and nothing
 * was done.
 *
 * When what went in comes home sooner than half of that, twice as much is let in, each
 * DOOR_MEASURE_MS: after a crowd has gone a door is wide open again within a second,
 * and then the next crowd is let in whole. A few are always let in: a machine that only
 * stumbles refuses nobody.
 *
 *   requests ──▶ door_pass() ──▶ lane ──▶ door_leave(took) ──▶ answers
 *                    └─ no: 503
 *
 * Units    milliseconds of a clock that never goes back.
 * Errors   none.
 * Threads  one loop's.
 */
#ifndef APP_DOOR_H
#define APP_DOOR_H

#include <stdbool.h>
#include <stdint.h>

enum { DOOR_SOON_MS = 300, DOOR_MEASURE_MS = 100 };

/* What a loop asks; each has a door. */
enum door_to { DOOR_BALLOT, DOOR_STORE, DOOR_READ, DOOR_PASSWORD, DOOR__LANES };

struct door {
    uint32_t few;    /* always let in */
    uint32_t limit;  /* how many may be inside */
    uint32_t inside; /* now */
    /* since measured_ms: */
    uint32_t most; /* that were inside at once */
    uint32_t n;    /* that came home */
    uint64_t sum_ms, measured_ms;
};

void door_init(struct door *d, uint32_t few);
bool door_pass(struct door *d, uint64_t now_ms);
/* Would it say no? */
bool door_is_full(struct door *d, uint64_t now_ms);
/* Enter with work that may no longer be refused. */
void door_pass_anyway(struct door *d);
/* One of those inside came home, after took_ms. */
void door_leave(struct door *d, uint64_t now_ms, uint64_t took_ms);
/* The lane did not take it after all, which says nothing about time. */
void door_turn_back(struct door *d);

#endif
