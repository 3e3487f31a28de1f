/* store.h — the port of the database: accounts, polls, votes.
 *
 * Calls block, so only lanes make them. A store has two sides that may work at the same
 * time: one thread makes the writer's calls (the store lane), another the reader's (the
 * read lane). A read sees everything committed before it started.
 *
 * Write in transactions: begin, any of the writer's calls, commit. A call that fails
 * with anything but ERR_UNAVAILABLE has changed nothing, and the transaction goes on.
 * After ERR_UNAVAILABLE, or a failed commit, roll back; until then every call of the
 * writer fails, and afterwards nothing of the transaction is there. (If a commit fails
 * after its last write and the machine then stops, the next start may find it done. So
 * changes may be entered twice, and jobs must tolerate that.)
 *
 * Units      _ms are milliseconds since the Unix epoch; a day is a number of days since
 *            then, in UTC.
 * Errors     ERR_UNAVAILABLE: the disk or the database fails now; more per call. errmsg
 *            of the side says what happened, for the log.
 * Threads    as above. open and free: the owner, while neither side is at work.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "core/account.h"
#include "core/change.h"
#include "core/poll.h"
#include "core/tally.h"

struct store;

enum store_side { STORE_WRITER, STORE_READER };

/* What each_poll() gives: the definition and the stored counts, no voters. */
struct stored_poll {
    struct poll *poll;     /* the callee owns this reference */
    uint64_t base_version; /* 1 for a poll without votes */
    uint32_t total, skips;
    uint32_t counts[LIMIT_OPTIONS];
};

/* A poll and when its votes came, all at one moment. */
struct store_stats {
    struct poll_rules rules;
    struct stored_poll p;      /* its poll is NULL */
    int64_t first_ms, last_ms; /* 0: there are no votes */
};

struct store_totals {
    uint64_t accounts, polls, votes, skips;
};

/* What account_change() sets; NULL or 0: leave it as it is. */
struct account_change {
    const char *username, *email, *password_hash;
    int64_t tokens_end_ms; /* with a new password: tokens issued until then are void */
};

enum {
    STORE_SPAN_MS = 300000,     /* recent votes are counted in spans of this length */
    STORE_RECENT_MS = 90000000, /* they are kept for at least 25 hours */
};

enum { STORE_SEARCH_WORDS = 32 }; /* words of a query; further ones are ignored */

/* Identifies a request that made a poll: its Idempotency-Key and its content, both
 * hashed. */
struct poll_key {
    uint8_t key[VOTE_KEY_BYTES], content[VOTE_KEY_BYTES];
};

enum { STORE_DELETED_KEYS = 100 }; /* of an owner; older ones go */

/* Callbacks of walks, called once per item. Those that return an int stop the walk with
 * anything but 0. None may call the store. */
typedef int store_poll_cb(void *user, uint32_t poll);
typedef int store_stored_poll_cb(void *user, struct stored_poll *p);
typedef int store_vote_cb(void *user, uint32_t poll, uint32_t option, int64_t voted_ms);
typedef int store_skip_cb(void *user, uint32_t poll, int64_t skipped_ms);
/* How many votes for an option came in the span from start_ms. */
typedef int store_span_cb(void *user, int64_t start_ms, uint32_t option,
                          uint32_t votes);
/* How many votes on a poll came in the span from start_ms. */
typedef int store_recent_cb(void *user, uint32_t poll, int64_t start_ms,
                            uint32_t votes);
typedef int store_daily_cb(void *user, uint32_t user_id, uint32_t votes);
typedef int store_account_cb(void *user, uint32_t id, int64_t created_ms);
/* Tokens of user_id that were issued up to end_ms are void. */
typedef int store_token_end_cb(void *user, uint32_t user_id, int64_t end_ms);
typedef void store_finding_cb(void *user, const char *text); /* a sentence */
/* How many polls of all of them are checked, or moved. */
typedef void store_checked_cb(void *user, uint64_t done, uint64_t all);

/* Who is told what verify() finds. */
struct store_report {
    store_finding_cb *finding;  /* once for each problem */
    store_checked_cb *progress; /* now and then; NULL: not told */
    void *user;
};

enum { STORE_PROGRESS_POLLS = 4096 }; /* progress is told after so many */

/* The day that a time is on. */
static inline int64_t store_day(int64_t ms)
{
    return ms / CLOCK_DAY_MS - (ms % CLOCK_DAY_MS < 0);
}

struct store_ops {
    const char *name;

    /* --- the writer's side --- */
    int (*begin)(struct store *s);
    int (*commit)(struct store *s); /* 0: durable */
    void (*rollback)(struct store *s);

    /* Enter changes, in order: rows, counts, versions, the daily counts. A vote, move
     * or withdrawal whose version the poll has reached is in already (a replay after a
     * crash) and changes nothing. Changes of polls that do not exist are ignored. A
     * moved vote keeps its time and its receipt. Skips and their removal have no
     * version: replayed in order and to the end, they give the same result. Of
     * withdrawn votes, the last receipt of each user and poll is kept. A closing is
     * ignored if its version shows that an edit came after it.
     */
    int (*project)(struct store *s, const struct change *changes, size_t n);
    /* Store how far the journal is projected, in the same transaction. */
    int (*set_position)(struct store *s, uint64_t position);

    /* Fills in a->id. ERR_CONFLICT: the username or the e-mail is taken (compared
     * without case); *ret_field says which ("username", "email"). ERR_INVALID: a guest
     * with a name, or a user without one. */
    int (*account_add)(struct store *s, struct account *a, const char **ret_field);
    /* As account_by_id(), but within the transaction, so the answer stays true until it
     * ends. */
    int (*account_get)(struct store *s, uint32_t id, struct account *ret_a);
    /* ERR_NOT_FOUND. ERR_CONFLICT: as account_add(). ERR_INVALID: a guest has nothing
     * to change. */
    int (*account_change)(struct store *s, uint32_t id, const struct account_change *c,
                          const char **ret_field);
    /* Delete everything that says who this was, the keys of their polls, and the
     * receipts of their withdrawn votes. Their polls stay, without an owner; their
     * votes and skips stay under the id, which is never used again. ERR_NOT_FOUND */
    int (*account_delete)(struct store *s, uint32_t id, int64_t tokens_end_ms);
    /* The polls of this owner, by id. */
    int (*owned_each)(struct store *s, uint32_t owner, store_poll_cb *each,
                      void *user_data);
    /* For the start, when everything is projected: forget ends of tokens before this
     * time, and edits that were never made. */
    int (*tidy)(struct store *s, int64_t tokens_before_ms);
    /* Gives the new poll's id, which no earlier poll had; p->id and p->owner_name are
     * ignored. ERR_NOT_FOUND: no such owner. */
    int (*poll_add)(struct store *s, const struct poll *p, uint32_t *ret_id);
    /* Find the poll that this owner made with this key; it may be deleted by now.
     * ERR_NOT_FOUND: none. ERR_CONFLICT: the content differs. */
    int (*key_find)(struct store *s, uint32_t owner, const struct poll_key *key,
                    uint32_t *ret_poll);
    /* Store that this key made this poll; key_find() must not have found it in this
     * transaction. It is kept as long as owner and poll exist; of deleted polls, the
     * newest STORE_DELETED_KEYS are kept. */
    int (*key_add)(struct store *s, uint32_t owner, const struct poll_key *key,
                   uint32_t poll);

    /* Store an edit of a poll. It takes effect, and is removed, when the CHANGE_EDIT
     * with its id is projected. */
    int (*edit_add)(struct store *s, uint32_t poll, uint32_t fields,
                    const struct poll *values, uint64_t *ret_id);
    int (*edit_drop)(struct store *s, uint64_t id); /* it was not made after all */

    /* --- the reader's side --- */
    int (*position)(struct store *s, uint64_t *ret_position);
    /* ERR_NOT_FOUND */
    int (*account_by_email)(struct store *s, const char *email, struct account *ret_a);
    int (*account_by_id)(struct store *s, uint32_t id, struct account *ret_a);
    /* Every account, guests too. *ret_last: the highest id that was ever given out, or
     * passed over by a restore. */
    int (*each_account)(struct store *s, store_account_cb *each, void *user_data,
                        uint32_t *ret_last);
    /* Each end of a user's tokens that is after this time.
     */
    int (*token_ends_each)(struct store *s, int64_t after_ms, store_token_end_cb *each,
                           void *user_data);
    /* Every poll, by id. */
    int (*each_poll)(struct store *s, store_stored_poll_cb *each, void *user_data);
    /* The whole tally with its voters and receipts. ERR_NOT_FOUND */
    int (*tally_load)(struct store *s, uint32_t poll, struct tally **ret_tally);
    /* Every poll that the user has voted on or skipped, once each, in any order. */
    int (*seen_each)(struct store *s, uint32_t user, store_poll_cb *each,
                     void *user_data);
    /* The owner's polls with an id below before, newest first. */
    int (*owned_before)(struct store *s, uint32_t owner, uint32_t before,
                        store_poll_cb *each, void *user_data);
    /* The user's votes, newest first, at most max, and only those before a vote of
     * before_ms on before_poll (INT64_MAX: from the newest). */
    int (*user_votes)(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_vote_cb *each,
                      void *user_data);
    /* The same for the user's skips. */
    int (*user_skips)(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_skip_cb *each,
                      void *user_data);
    /* The user's withdrawn votes whose receipts are kept, by poll. */
    int (*user_withdrawn)(struct store *s, uint32_t user, store_vote_cb *each,
                          void *user_data);
    /* When a poll's votes came: counts per option and span of bucket_ms, in order of
     * start_ms and option. ERR_NOT_FOUND */
    int (*poll_stats)(struct store *s, uint32_t poll, int64_t bucket_ms,
                      struct store_stats *ret, store_span_cb *each, void *user_data);
    /* Polls whose title, options and tags contain all words of the query, in any case
     * and with any accents; the last word may be incomplete. Newest first, at most max.
     * Words have letters or digits; a query without words finds nothing. */
    int (*search)(struct store *s, struct str query, size_t max, store_poll_cb *each,
                  void *user_data);
    /* How many votes each user cast on a day, including those withdrawn, or deleted
     * with their poll, since. Only the newest days are kept, at least two. */
    int (*each_daily)(struct store *s, int64_t day, store_daily_cb *each,
                      void *user_data);
    /* How many votes were cast on each poll in each span from since_ms on, including
     * those withdrawn since. Covers the last STORE_RECENT_MS. */
    int (*recent_each)(struct store *s, int64_t since_ms, store_recent_cb *each,
                       void *user_data);
    /* Check that the database is sound, and that every poll's counts equal its rows.
     * ERR_CONFLICT: something was found. The totals are counted from the rows. */
    int (*verify)(struct store *s, const struct store_report *to,
                  struct store_totals *ret_totals);

    /* What the side's last ERR_UNAVAILABLE was about; never NULL. On that side's
     * thread. */
    const char *(*errmsg)(struct store *s, enum store_side side);
    struct store *(*free)(struct store *s); /* accepts NULL; returns NULL */
};

struct store {
    const struct store_ops *ops; /* first field of every backend's struct */
};

/* Enter changes in a transaction of their own; position is where they end in the
 * journal. For the writer. On an error nothing was entered, and errmsg says why. */
int store_project(struct store *s, const struct change *changes, size_t n,
                  uint64_t position);

#endif
