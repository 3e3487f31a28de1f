/* views.h — polls, results and accounts as JSON, and who may see a result.
 *
 * Threads  pure.
 */
#ifndef APP_VIEWS_H
#define APP_VIEWS_H

#include "base/buf.h"
#include "core/account.h"
#include "core/poll.h"
#include "core/tally.h"

/* Somebody who asks for a poll. */
struct viewer {
    uint32_t user; /* 0: nobody */
    bool guest;
    int choice; /* the option that they voted for, or -1 */
    bool skipped;
};

bool viewer_is_owner(const struct viewer *v, const struct poll_rules *rules);

/* The owner always; others by the poll's rule. */
bool viewer_may_see(const struct viewer *v, const struct poll_rules *rules,
                    enum poll_status status);
/* The version of a result of which nothing is shown. It counts from the data set's
 * first version, which a restore lifts: so it never names what was shown before. */
uint64_t view_hidden_version(uint64_t first_version, const struct poll_rules *rules,
                             enum poll_status status);

/* Percent with one decimal, rounded half up: 20 of 33 is 60.6. */
void view_percent(struct buf *out, uint32_t votes, uint32_t total);
void view_result(struct buf *out, const struct result *r); /* {"pollId":…} */
/* The same without its braces, to be part of a larger object. */
void view_result_fields(struct buf *out, const struct result *r);
void view_poll(struct buf *out, const struct poll *p, const struct result *r,
               const struct viewer *v);

void view_time_or_null(struct buf *out, int64_t ms); /* 0 is null */

/* An account as its owner sees it, without braces: "id" to "createdAt". */
void view_account_fields(struct buf *out, const struct account *a);

#endif
