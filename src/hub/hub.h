/* hub.h — topics, and everybody who follows them: state, not events.
 *
 * DESIGN
 *
 *   any thread: hub_publish(topic) ── marks it, wakes the loops that have followers
 *                                        │
 *   each loop: its shard ── hub_tick() ──┴─▶ encode the newest state once per form
 *                                            send it to each follower
 *
 * Nothing is queued: a publish only says "topic changed". When a shard gets to it, it
 * asks the source for the state as it is then, encodes it once per form (a form is a
 * protocol and an audience: WebSocket or SSE, may see results or may not), and sends
 * that frame by reference to all followers on its loop. A follower whose connection is
 * busy is marked, and gets whatever is newest when it can take it again. A follower
 * never gets a version twice (unless its form changes), and never an older one after a
 * newer.
 *
 * A topic leaves a shard at most every min_gap_ms, counted from when everybody had been
 * offered it: so no follower gets it more often. Sending is done in slices, and a
 * shard spends at most budget_pct of its loop's time on it: what is newest is merged
 * until then, so ten thousand watchers do not slow the voters.
 *
 *   idle ──publish──▶ ready ──▶ round ──all were offered it──▶ cooling ──▶ idle
 *                       ▲                                         │ gap over
 *                       └──────────── published meanwhile ────────┘
 *
 * A round is what was ready when it began. It is sent in slices, a slice each time the
 * loop comes round, and topics take turns in it. When a round has cost d of the loop's
 * time, the next one begins after a pause of d * (100 - budget_pct) / budget_pct. So a
 * lone publish leaves at once, and under pressure rounds grow instead of following each
 * other faster.
 *
 * A topic can end: its last state is a frame of HUB_LAST_VERSION. Whoever has been sent
 * it follows the topic no longer.
 *
 * A shard with no timer of its own tells its loop when it wants hub_tick() (want_tick),
 * so this module knows nothing of sockets and event loops.
 *
 * Shapes     a topic is a number other than 0 (a poll's id); a form is 0..HUB_FORMS-1;
 *            a version is never 0; HUB_LAST_VERSION is above all others.
 * Units      _ms are milliseconds, _us microseconds of monotonic time.
 * Ownership  a subscriber is embedded in its owner (a connection) and initialised by
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

struct hub;
struct hub_shard;

struct hub_source {
    /* The topic's state now, as one frame (its version set), for the caller to unref.
     * NULL when there is nothing to show. Runs on the shard's loop. A publish comes
     * after its change: encode() after it shows that change or a later one. */
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

/* The topic's state has changed. Cheap when nobody follows it, or when it is marked
 * already. */
void hub_publish(struct hub *h, uint64_t topic);
/* Followers of a topic, on all shards. */
uint32_t hub_viewers(struct hub *h, uint64_t topic);

struct hub_shard_opts {
    struct mailbox *inbox; /* of the loop: a publish wakes it through this */
    /* Run hub_tick() in that many milliseconds (0: on the next turn), unless it was
     * wanted earlier already. A tick too many does no harm. */
    void (*want_tick)(void *user, uint32_t in_ms);
    void *user;
};

struct hub_shard *hub_shard_new(struct hub *h, unsigned index,
                                const struct hub_shard_opts *opts);
/* Accepts NULL; returns NULL. Its subscribers must be gone. A publish may still lie in
 * its inbox: what is left of the shard is freed when that is opened the last time. */
struct hub_shard *hub_shard_free(struct hub_shard *s);

/* Send what is due, at most a slice of it. */
void hub_tick(struct hub_shard *s);

/* Each subscriber is one connection. */
struct subscriber;
struct subscriber_ops {
    /* false: it is busy and has not taken the frame; hub_writable() will follow, or the
     * subscriber's end. Does not call back into the hub. */
    bool (*send)(struct subscriber *sub, struct frame *f);
    /* A topic has ended, was told by send(), and is followed no longer. Does not call
     * back into the hub. May be NULL. */
    void (*ended)(struct subscriber *sub);
};

struct subscriber {
    const struct subscriber_ops *ops;
    struct hub_shard *shard;
    struct follow *follows; /* a list: the next in turn for a busy reader is first */
    uint32_t n_follows;
    bool waiting; /* busy: it refused a frame, and hub_writable() has not come yet */
};

void hub_subscriber_init(struct subscriber *sub, struct hub_shard *shard,
                         const struct subscriber_ops *ops);
void hub_subscriber_done(struct subscriber *sub);

/* Follow a topic and send its state at once, unless seen_version has it already (0: it
 * has nothing). Following again with another form sends the newest in that form, even
 * at the same version; with the same form it does nothing. */
int hub_follow(struct subscriber *sub, uint64_t topic, unsigned form,
               uint64_t seen_version, size_t max_follows);
void hub_unfollow(struct subscriber *sub, uint64_t topic);
bool hub_follows(struct subscriber *sub, uint64_t topic);

/* The connection can take frames again. */
void hub_writable(struct subscriber *sub);

struct hub_stats {
    uint64_t sent, skipped; /* frames sent; sends put off because a reader was busy */
};
struct hub_stats hub_shard_stats(const struct hub_shard *s); /* any thread */

#endif
