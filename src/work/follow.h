/* follow.h — keeps what this process has in memory up to what others have committed.
 *
 * DESIGN
 *
 *   loops: "is what I know current?" ─▶ ┌ follow lane ─────────────────────────┐
 *                                       │ read what is new, once for all who   │
 *   for watchers: follow_wake(),    ──▶ │ ask; tell the index; send them home  │
 *   and every FOLLOW_MS                 └──────────────────────────────────────┘
 *
 * Who comes home with rc 0 finds in memory everything that was committed before they
 * asked. So a request that first asks here may be answered from memory, as on one
 * machine, whichever process the client was answered by before.
 *
 * Asking costs one round trip to the database, shared by all who ask while the one
 * before it is under way.
 *
 * Who only follows results does not ask. A bus that hears of commits calls
 * follow_wake(), so that they are seen at once; without one they are seen within
 * FOLLOW_MS.
 *
 * While reading fails nobody waits for it: asking is refused at once.
 *
 * Ownership  a follow_ask is lent by a submit that returned 0, and comes home through
 *            its mail.
 * Errors     submit: ERR_OVERLOADED. submit and rc: ERR_UNAVAILABLE, what is known may
 *            be old: follow_age_ms().
 * Threads    submit, age: any. read and report: the lane.
 */
#ifndef WORK_FOLLOW_H
#define WORK_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mailbox.h"

enum { FOLLOW_MS = 100 };

struct follow_ask {
    struct mail mail; /* first */
    int rc;
};

struct follow_opts {
    size_t max_waiting;
    /* Read what is new and tell the index; 0 or ERR_UNAVAILABLE. Blocks. */
    int (*read)(void *user);
    /* Reading begins to fail, or works again (err 0). */
    void (*report)(void *user, int err);
    void *user;
    uint32_t every_ms; /* at the latest it looks by itself; 0: FOLLOW_MS */
};

struct follow;

/* When it returns, memory is taken for current: it has just been loaded. */
int follow_start(const struct follow_opts *opts, struct follow **ret_follow);
int follow_submit(struct follow *f, struct follow_ask *ask);
/* Something may have been committed: read soon, for watchers. However often it is
 * called, one more read is under way or waits, at most. Any thread. */
void follow_wake(struct follow *f);
bool follow_fails(const struct follow *f); /* any thread */
/* Nothing that was committed so long ago is missing. */
uint64_t follow_age_ms(const struct follow *f);
struct follow *follow_stop(struct follow *f); /* accepts NULL; returns NULL */

#endif
