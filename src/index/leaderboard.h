/* leaderboard.h — the most voted polls whose results everyone may see.
 *
 * DESIGN
 *
 *   GET ──ask──▶ ┌ its own lane, nice ──────────────────────────┐
 *                │ catalogue (all), or votes lately (trend.h)   │──▶ the best 100, kept
 *   once a second│ while somebody watches: has the list changed?│    for a second
 *                └──────────────────────────────────────────────┘──▶ hub: the topic
 *
 * Looking at every poll takes a while with a million of them, so it is nobody else's
 * lane, and is done at most once a second for a list. The order: more votes first, then
 * the older poll. The lists of an hour and a day keep polls that have closed, if
 * everyone may see their results. Watchers get a new list when it has changed, within a
 * second.
 *
 * Ownership  an ask is lent by a submit that returned 0, and comes home through its
 *            mail (mail.home, mail.on_home: set them before).
 * Errors     start: ERR_UNAVAILABLE. submit: ERR_OVERLOADED.
 * Threads    submit, write: any.
 */
#ifndef INDEX_LEADERBOARD_H
#define INDEX_LEADERBOARD_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/mailbox.h"
#include "hub/hub.h"
#include "index/index.h"

/* Of the hub; above every poll's id. */
#define TOPIC_LEADERBOARD (UINT64_C(1) << 32)

enum board_window { BOARD_ALL, BOARD_HOUR, BOARD_DAY };

struct board_place {
    uint32_t poll, votes;
};

struct board_ask {
    struct mail mail; /* first */
    enum board_window window;
    char tag[LIMIT_TAG_BYTES + 1]; /* empty: any */
    /* the answer */
    struct board_place places[LIMIT_PAGE];
    size_t n;
};

struct leaderboard;

struct leaderboard_opts { /* all borrowed until leaderboard_stop() */
    const struct clock *clock;
    struct index *index;
    struct hub *hub;
};

int leaderboard_start(const struct leaderboard_opts *opts, struct leaderboard **ret_b);
void leaderboard_stop(struct leaderboard *b); /* ends the lane; accepts NULL */
struct leaderboard *leaderboard_free(struct leaderboard *b); /* accepts NULL */
int leaderboard_submit(struct leaderboard *b, struct board_ask *ask);

/* [{"poll": …, "totalVotes", "votes", "rank"}] of the first max places. */
void leaderboard_view(struct leaderboard *b, struct buf *out,
                      const struct board_place *places, size_t n, size_t max);

/* The list as watchers see it, without braces: "items":[…]; its version. 0: it is not
 * known yet, and nothing was written. */
uint64_t leaderboard_write(struct leaderboard *b, struct buf *out);

#endif
