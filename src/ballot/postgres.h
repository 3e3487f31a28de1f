/* postgres.h — the ballot of a cluster: a batch is a transaction of PostgreSQL.
 *
 * DESIGN
 *
 *   loop ──submit──▶ lane (by poll) ──▶ BEGIN, lock and read     one round trip
 *     ▲                                 core/admit judges, in order
 *     │                                 write, COMMIT            one round trip
 *     └────── op comes home ◀────────── events
 *
 * A vote counts because its row was committed, and for no other reason. SQL locks,
 * reads and writes; it never judges. Rows of polls are locked by id, then those of
 * users by id, so lanes and processes never wait for each other in a circle.
 *
 * An op is judged by the time at which it was submitted. A process whose clock is wrong
 * must not judge: may_judge() says whether it is right.
 *
 * When the connection is lost during COMMIT, its outcome is asked for afterwards, by
 * the transaction's id, and never guessed. Where it cannot be found out (PostgreSQL
 * stays away, or another server was promoted), the ops come home with ERR_UNAVAILABLE:
 * in doubt, and a retry of the client tells.
 *
 * Ownership  what the options point to has to outlive the ballot; texts are copied.
 * Errors     ballot_postgres_start(): ERR_UNAVAILABLE, no thread could be started. A
 *            PostgreSQL that is away is no error here.
 * Threads    events and report come from the lanes, one at a time. doubt: the lanes.
 *            may_judge: whoever submits.
 */
#ifndef BALLOT_POSTGRES_H
#define BALLOT_POSTGRES_H

#include "ballot/ballot.h"
#include "base/clock.h"

struct pg;

struct ballot_postgres_opts {
    const struct clock *clock;
    const char *dsn;
    uint64_t origin;        /* random, of this process: rows say which op wrote them */
    uint32_t votes_per_day; /* 0: no limit */
    size_t max_waiting;     /* ops, for each lane */
    struct ballot_events events;
    /* Write what an edit changes of a poll's texts, within the batch's transaction; its
     * rules are written with the batch. */
    int (*write_edit)(void *user, struct pg *pg, uint32_t poll,
                      const struct poll_edit *edit);
    /* A batch was committed: other processes may want to know. Any lane, several at
     * once; may be NULL. */
    void (*committed)(void *user);
    /* Are changes judged, and polls opened and closed? If not, they are refused with
     * ERR_UNAVAILABLE. NULL: always. */
    bool (*may_judge)(void *user);
    /* A batch is in doubt: it may have been committed, or may still be. May be NULL. */
    void (*doubt)(void *user);
    /* Batches begin to fail (text says why), or succeed again (err 0). */
    void (*report)(void *user, int err, const char *text);
    void *user;
};

int ballot_postgres_start(const struct ballot_postgres_opts *opts,
                          struct ballot **ret_ballot);

#endif
