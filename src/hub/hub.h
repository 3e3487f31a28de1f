/* hub.h — topics and their followers: state, not events.
 *
 * DESIGN
 *
 *   any thread: hub_publish(topic) ── marks it, wakes the loops that have followers
 *                                        │
 *   each loop: its shard ── hub_tick() ──┴─▶ encode the newest state once per form
 *                                            send it to each follower
 *
 * Nothing is queued: a publish only says "this topic changed". When a shard gets to it,
 * it asks the source for the current state, encodes it once per form (a form is a
 * protocol and an audience: WebSocket or SSE, may see results or may not), and sends
 * that frame by reference to all followers on its loop. A busy follower is marked, and
 * gets whatever is newest once it can take it. A follower never gets a version twice
 * (unless its form changes), and never an older version after a newer one.
 *
 * A shard sends a topic at most every min_gap_ms, counted from when every follower had
 * been offered it, so no follower gets it more often. Sending is sliced, and takes at
 * most budget_pct of the loop's time; changes merge meanwhile, so ten thousand watchers
 * do not slow the voters down.
 *
 *   idle ──publish──▶ ready ──▶ round ──all were offered it──▶ cooling ──▶ idle
 *                       ▲                                         │ gap over
 *                       └──────────── published meanwhile ────────┘
 *
 * A round is everything that was ready when it began. It is sent in slices, one per
 * turn of the loop, and its topics take turns. If a round took d of the loop's time,
 * the next one starts after a pause of d * (100 - budget_pct) / budget_pct. So a lone
 * publish leaves at once, and under pressure rounds get larger instead of more
 * frequent.
 *
 * A topic can end: its last state is a frame of HUB_LAST_VERSION. Once sent it, a
 * subscriber no longer follows the topic.
 *
 * A shard has no timer: it asks its loop for a hub_tick() (want_tick), so this module
 * knows nothing about sockets and event loops.
 *
 * Shapes     a topic is a number other than 0 (a poll's id); a form is 0..HUB_FORMS-1;
 *            a version is never 0; HUB_LAST_VERSION is above all others. Versions with
 *            and without the bit HUB_OTHER_SORT say nothing about each other.
 * Units      _ms are milliseconds, _us microseconds of monotonic time.
 * Ownership  a subscriber lies inside its owner (a connection), which initialises it by
 *            hub_subscriber_init(); hub_subscriber_done() drops all that it follows.
 *            Frames from the source are given to the shard.
 * Errors     hub_follow(): ERR_TOO_LARGE beyond max_follows.
 * Threads    hub_publish(), hub_viewers(): any. The rest: the shard's loop.
 */
#ifndef HUB_HUB_H
#define HUB_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/frame.h"
#include "base/mailbox.h"

enum { HUB_FORMS = 4 };
#define HUB_LAST_VERSION UINT64_MAX
#define HUB_OTHER_SORT (UINT64_C(1) << 63)

struct hub;
struct hub_shard;

struct hub_source {
    /* Encode the topic's current state as one frame, with its version; the caller
     * unrefs it. NULL: there is nothing to show. Runs on the shard's loop. A publish
     * follows its change, so an encode() after it shows that change or a later one. */
    struct frame *(*encode)(void *user, uint64_t topic, unsigned form,
                            uint32_t viewers);
    void *user;
};

struct hub_opts {
    unsigned n_shards;
    uint32_t min_gap_ms; /* 50 */
    unsigned budget_pct; /* 25; 1..100 */
    size_t slice;        /* sends between two returns to the event loop: 256 */
    struct hub_source source;
    uint64_t (*now_us)(void *user); /* NULL: the monotonic clock */
    void *now_user;
};

struct hub *hub_new(const struct hub_opts *opts);
struct hub *hub_free(struct hub *h); /* after its shards; accepts NULL; returns NULL */

/* Say that a topic has changed. Cheap when nobody follows it, or when it is marked
 * already. */
void hub_publish(struct hub *h, uint64_t topic);
/* Followers of a topic, on all shards. */
uint32_t hub_viewers(struct hub *h, uint64_t topic);

struct hub_shard_opts {
    struct mailbox *inbox; /* of the loop: a publish wakes it through this */
    /* Have hub_tick() called in that many milliseconds (0: on the next turn), unless an
     * earlier call is due. A tick too many does no harm. */
    void (*want_tick)(void *user, uint32_t in_ms);
    void *user;
};

struct hub_shard *hub_shard_new(struct hub *h, unsigned index,
                                const struct hub_shard_opts *opts);
/* Accepts NULL; returns NULL. Its subscribers must be gone. A publish may still be in
 * the loop's inbox: the rest of the shard is freed when that is opened for the last
 * time. */
struct hub_shard *hub_shard_free(struct hub_shard *s);

/* Send what is due, one slice at most. */
void hub_tick(struct hub_shard *s);

/* Each subscriber is one connection. */
struct subscriber;
struct subscriber_ops {
    /* False: busy, the frame was not taken; hub_writable() or the subscriber's end will
     * follow. May not call the hub. */
    bool (*send)(struct subscriber *sub, struct frame *f);
    /* A topic has ended: its last frame was sent, and it is no longer followed. May not
     * call the hub. May be NULL. */
    void (*ended)(struct subscriber *sub);
};

struct subscriber {
    const struct subscriber_ops *ops;
    struct hub_shard *shard;
    struct follow *follows; /* a list; a busy reader's next one is first */
    uint32_t n_follows;
    bool waiting; /* it refused a frame, and hub_writable() has not come yet */
};

void hub_subscriber_init(struct subscriber *sub, struct hub_shard *shard,
                         const struct subscriber_ops *ops);
void hub_subscriber_done(struct subscriber *sub);

/* Follow a topic and send its state at once, unless the subscriber has that version
 * already (seen_version; 0: it has none). To follow again in another form sends the
 * newest state in that form, even at the same version; in the same form it does
 * nothing. */
int hub_follow(struct subscriber *sub, uint64_t topic, unsigned form,
               uint64_t seen_version, size_t max_follows);
void hub_unfollow(struct subscriber *sub, uint64_t topic);
bool hub_follows(struct subscriber *sub, uint64_t topic);
/* What it follows, at most max topics. Returns how many. */
size_t hub_topics(const struct subscriber *sub, uint64_t *ret_topics, size_t max);

/* The connection can take frames again. */
void hub_writable(struct subscriber *sub);

struct hub_stats {
    uint64_t sent, skipped; /* frames sent; sends put off because the reader was busy */
};
struct hub_stats hub_shard_stats(const struct hub_shard *s); /* any thread */

#endif
