/* ballot_mem.h — a ballot without a journal: the test double.
 *
 * The same rules and answers as any other; nothing is kept when the process ends. Every
 * op is answered before submit() returns, on the caller's thread, so it is never full.
 *
 * Ownership  ballot_mem_new() gives; ballot_stop() ends. quota becomes the ballot's;
 *            clock is borrowed; events are copied.
 * Errors     as in ballot.h, but never ERR_OVERLOADED or ERR_UNAVAILABLE.
 * Threads    any: one lock guards all of it.
 */
#ifndef TEST_LIB_BALLOT_MEM_H
#define TEST_LIB_BALLOT_MEM_H

#include "ballot/ballot.h"
#include "base/clock.h"
#include "core/quota.h"

struct ballot *ballot_mem_new(const struct clock *clock, struct quota *quota,
                              const struct ballot_events *events);

/* A poll without votes, at version 1. */
void ballot_mem_add(struct ballot *b, uint32_t poll, const struct poll_rules *rules);

#endif
