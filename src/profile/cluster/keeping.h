/* keeping.h — the keeper of a process in a cluster: work/keeper.h over
 * store/postgres_keep.h.
 *
 * Ownership  keeping_start() gives it, keeping_stop() ends it (accepts NULL; returns
 *            NULL). app outlives it, and so does its ballot.
 * Threads    the owner's.
 */
#ifndef PROFILE_CLUSTER_KEEPING_H
#define PROFILE_CLUSTER_KEEPING_H

#include <stdint.h>

struct app;
struct keeping;

int keeping_start(const struct app *app, uint64_t seed, struct keeping **ret_keeping);
struct keeping *keeping_stop(struct keeping *k);

#endif
