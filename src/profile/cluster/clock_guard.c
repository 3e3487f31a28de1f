#include "profile/cluster/clock_guard.h"

void clock_guard_see(struct clock_guard *g, int64_t off_ms, const struct log *log)
{
    bool is_off = off_ms > CLOCK_OFF_MS || off_ms < -CLOCK_OFF_MS;

    if (is_off == atomic_exchange(&g->is_off, is_off))
        return;
    if (is_off)
        LOG(log, LOG_ERROR, "clock_off", LOG_INT("ahead_of_postgresql_ms", off_ms),
            LOG_STR("effect", "votes are refused with 503 until the clock is set"));
    else
        LOG(log, LOG_INFO, "clock_right_again", LOG_STR("effect", "none"));
}

bool clock_guard_is_right(const struct clock_guard *g)
{
    return !atomic_load(&g->is_off);
}
