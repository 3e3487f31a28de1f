#include "app/door.h"

#include <assert.h>

enum { WIDE_OPEN = 1 << 30 };

void door_init(struct door *d, uint32_t few)
{
    *d = (struct door){.few = few, .limit = WIDE_OPEN};
}

static void widen(struct door *d)
{
    d->limit = d->limit < WIDE_OPEN / 2 ? d->limit * 2 : WIDE_OPEN;
}

static void narrow(struct door *d)
{
    uint64_t soon = (uint64_t)d->most * d->n * DOOR_SOON_MS / d->sum_ms;

    d->limit = soon < d->few ? d->few : (uint32_t)soon;
}

/* What has come home since the last measurement, and how soon? */
static void measure(struct door *d, uint64_t now_ms)
{
    uint64_t soon_ms = (uint64_t)d->n * DOOR_SOON_MS;

    if (now_ms < d->measured_ms + DOOR_MEASURE_MS)
        return;
    if (d->sum_ms > soon_ms)
        narrow(d);
    else if (d->sum_ms < soon_ms / 2)
        widen(d);
    d->measured_ms = now_ms;
    d->most = d->inside;
    d->n = 0;
    d->sum_ms = 0;
}

/* Nothing came home for long, and nothing is inside: whatever it was is over. */
static void forget(struct door *d, uint64_t now_ms)
{
    if (d->inside == 0 && now_ms >= d->measured_ms + 10 * DOOR_MEASURE_MS)
        door_init(d, d->few);
}

void door_pass_anyway(struct door *d)
{
    d->inside++;
    if (d->inside > d->most)
        d->most = d->inside;
}

bool door_is_full(struct door *d, uint64_t now_ms)
{
    forget(d, now_ms);
    return d->inside >= d->limit;
}

bool door_pass(struct door *d, uint64_t now_ms)
{
    if (door_is_full(d, now_ms))
        return false;
    door_pass_anyway(d);
    return true;
}

void door_leave(struct door *d, uint64_t now_ms, uint64_t took_ms)
{
    assert(d->inside > 0);
    d->inside--;
    d->n++;
    d->sum_ms += took_ms;
    measure(d, now_ms);
}

void door_turn_back(struct door *d)
{
    assert(d->inside > 0);
    d->inside--;
}
