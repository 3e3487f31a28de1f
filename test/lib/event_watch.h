/* event_watch.h — holds a ballot to what ballot.h says of its events.
 *
 * It keeps a tally of its own for each poll, made of nothing but the changes that the
 * ballot called durable. Whatever the ballot publishes must be what that tally says,
 * and whoever is answered must have been published. The first thing that is wrong is
 * kept for the test to find: events come on the ballot's thread, where no test can
 * fail.
 *
 * Threads  any: one lock.
 */
#ifndef TEST_LIB_EVENT_WATCH_H
#define TEST_LIB_EVENT_WATCH_H

#include <pthread.h>

#include "ballot/ballot.h"

enum { WATCHED_POLLS = 128 };

struct watched_poll {
    struct tally *mirror; /* NULL: nothing was entered yet */
    struct result shown;  /* what was published last; version 0: nothing */
    struct poll_rules shown_rules;
    uint64_t edit;          /* entered and not published yet; 0: none */
    uint64_t edited;        /* published last */
    bool deleted;           /* entered */
    int n_shown, n_deleted; /* events */
};

struct event_watch {
    const struct poll_rules *rules; /* borrowed: of polls as they are made, by id */
    pthread_mutex_t lock;           /* guards the rest */
    struct watched_poll polls[WATCHED_POLLS];
    uint64_t position;
    size_t n_durable;  /* changes */
    const char *wrong; /* NULL: nothing so far */
};

void event_watch_init(struct event_watch *w, const struct poll_rules *rules);
void event_watch_done(struct event_watch *w);
struct ballot_events event_watch_events(struct event_watch *w);

/* The op is about to go home. */
void event_watch_answer(struct event_watch *w, const struct ballot_op *op);

/* A copy of what is known of a poll; its mirror is not for the caller. */
struct watched_poll event_watch_poll(struct event_watch *w, uint32_t poll);
size_t event_watch_durable(struct event_watch *w);
const char *event_watch_wrong(struct event_watch *w);

#endif
