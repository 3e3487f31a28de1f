/* shard.h — shared by the files of the hub. Private to it.
 *
 * room.c   rooms, who is in them, and what each follower is offered
 * hub.c    publishing, and when a room has its turn
 */
#ifndef HUB_SHARD_H
#define HUB_SHARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/metric.h"
#include "hub/hub.h"
#include "hub/topics.h"

struct hub {
    struct hub_opts opts;
    struct topics *topics;
};

/* A subscriber in a room. */
struct follow {
    LIST_ENTRY(follow) link; /* in the room */
    struct follow *next;     /* of the subscriber */
    struct subscriber *sub;
    struct room *room;
    uint64_t seen; /* the newest version that was sent */
    uint8_t form;
    bool anew;    /* version `seen` has not been sent in this form */
    bool waiting; /* was offered something newer while busy */
};
_Static_assert(sizeof(struct follow) + sizeof(struct subscriber) <= 128,
               "an idle connection is cheap");

enum room_state { ROOM_IDLE, ROOM_READY, ROOM_ROUND, ROOM_COOLING };

TAILQ_HEAD(room_queue, room);

/* A topic on one shard.
 *
 * `marked` says that the topic was published since its frames were last encoded for
 * everybody. The publisher that sets it pushes the room onto the shard's `marked`
 * stack; the shard pops it, and has then `noted` it. In between the room may not be
 * freed: if its last follower leaves then, `topic` becomes NULL and the popper frees
 * it.
 */
struct room {
    struct hub_shard *shard;
    struct topic *topic;
    LIST_HEAD(, follow)
    follows;               /* newest first, so that the cursor never meets a new
                              one */
    struct follow *cursor; /* whom the pass offers the frame next */
    struct frame *frames[HUB_FORMS];
    unsigned encoded; /* a bit per form: its frame is made (NULL: nothing to show) */
    uint32_t n_follows, n_waiting;
    enum room_state state;
    bool passing; /* in the round, and begun */
    bool noted;
    atomic_bool marked;
    struct room *next_marked;
    TAILQ_ENTRY(room) link; /* in the queue of its state */
    uint64_t cool_us;       /* when it may leave `cooling` */
};

struct hub_shard {
    struct mail mail; /* first: on_marked() casts. On its way to the loop while `marked`
                         is not empty */
    struct hub *hub;
    unsigned index;
    struct hub_shard_opts opts;
    _Atomic(struct room *) marked; /* a stack that any thread pushes to */

    struct room_queue ready, round, cooling; /* cooling: soonest first */
    size_t n_rooms;
    size_t n_cooling_noted;
    uint64_t resume_us; /* no round begins before then */
    uint64_t spent_us;  /* spent on the round so far */
    struct counter sent, skipped;
};

/* Put a room into the queue of its new state. */
void room_move(struct room *r, enum room_state to);
/* Begin a pass over the followers, who will all be offered the same frames. */
void room_begin_pass(struct room *r);
/* Offer the frame to up to max followers; returns to how many. `passing` becomes false
 * once everybody was offered it. If the topic has ended, nobody may be left: then close
 * the room. */
size_t room_pass(struct room *r, size_t max);
/* Free a room that nobody follows any more. */
void room_close(struct room *r);

#endif
