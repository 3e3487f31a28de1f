/* store.h — the port of the truth at rest: accounts, polls, votes.
 *
 * Calls block, so only lanes make them. A store has two sides that may work at the same
 * time: the writer's calls on one thread (the store lane), the reader's on another (the
 * read lane). A read sees everything committed before it started.
 *
 * Writing is by transaction: begin, any of the writer's calls, commit. A call that
 * fails with anything but ERR_UNAVAILABLE has changed nothing, and the transaction goes
 * on. After ERR_UNAVAILABLE, or a failed commit, roll back: nothing of the transaction
 * is there, and until then every call of the writer fails. (A commit whose failure came
 * after its last write, just before the machine stops, may be found done at the next
 * start: so changes may be entered twice, and a job must not mind.)
 *
 * Units      _ms are milliseconds since the Unix epoch; a day is a number of days since
 *            then, in UTC.
 * Errors     ERR_UNAVAILABLE: the disk or the database fails now; more per call. errmsg
 *            of the side says what happened, for the log.
 * Threads    as above, per call. open and free: the owner, with neither side at work.
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

/* What each_poll() gives: the definition and the stored counts, without any voter. */
struct stored_poll {
    struct poll *poll;     /* a reference for the callee to keep or drop */
    uint64_t base_version; /* 1 for a poll without votes */
    uint32_t total, skips;
    uint32_t counts[LIMIT_OPTIONS];
};

/* A poll and when its votes came, all at one moment. */
struct store_stats {
    struct poll_rules rules;
    struct stored_poll p;      /* its poll is NULL */
    int64_t first_ms, last_ms; /* votes that are there; 0: none */
};

struct store_totals {
    uint64_t accounts, polls, votes, skips;
};

/* What account_change() sets; NULL or 0: as it is. */
struct account_change {
    const char *username, *email, *password_hash;
    int64_t tokens_end_ms; /* with a new password: tokens issued until then are void */
};

enum {
    STORE_SPAN_MS = 300000,     /* what recent votes are counted by */
    STORE_RECENT_MS = 90000000, /* how long they are kept at the least: 25 hours */
};

enum { STORE_SEARCH_WORDS = 32 }; /* of a query; further ones are not looked for */

/* The request with an Idempotency-Key that made a poll: what it was called, and what it
 * asked for. Both hashed. */
struct poll_key {
    uint8_t key[VOTE_KEY_BYTES], content[VOTE_KEY_BYTES];
};

enum { STORE_DELETED_KEYS = 100 }; /* of an owner's deleted polls; older ones go */

/* What walks call, once for each thing; one that returns an int stops the walk with
 * anything but 0. None may call the store. */
typedef int store_poll_cb(void *user, uint32_t poll);
typedef int store_stored_poll_cb(void *user, struct stored_poll *p);
typedef int store_vote_cb(void *user, uint32_t poll, uint32_t option, int64_t voted_ms);
typedef int store_skip_cb(void *user, uint32_t poll, int64_t skipped_ms);
/* Votes for an option that came in the span that begins at start_ms. */
typedef int store_span_cb(void *user, int64_t start_ms, uint32_t option,
                          uint32_t votes);
/* Votes on a poll that came in the span that begins at start_ms. */
typedef int store_recent_cb(void *user, uint32_t poll, int64_t start_ms,
                            uint32_t votes);
typedef int store_daily_cb(void *user, uint32_t user_id, uint32_t votes);
/* Tokens of user_id that were issued until end_ms are void. */
typedef int store_token_end_cb(void *user, uint32_t user_id, int64_t end_ms);
typedef void store_finding_cb(void *user, const char *text); /* a sentence */

/* The day of a moment. */
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

    /* Enter changes, in order: rows, counts, versions, the daily counts. A change that
     * is there already (a replay after a crash) changes nothing: of votes, moves and
     * withdrawals, whatever has a version that the poll has reached. Changes of polls
     * that do not exist are passed over. A moved vote keeps its time and its receipt.
     * Skips and their taking back have no version: entered again, in order and to the
     * end, they come to the same.
     * The receipt of a withdrawn vote is kept: the last of a user and poll.
     * A closing counts only if no edit came after it, by its version.
     */
    int (*project)(struct store *s, const struct change *changes, size_t n);
    /* How far the journal is projected: part of the same transaction. */
    int (*set_position)(struct store *s, uint64_t position);

    /* Fills in a->id. ERR_CONFLICT: the username or the e-mail is taken (compared
     * without case); *ret_field says which ("username", "email"). ERR_INVALID: a guest
     * with a name, or a user without one. */
    int (*account_add)(struct store *s, struct account *a, const char **ret_field);
    /* As account_by_id(), within the transaction: what it says stays true in it. */
    int (*account_get)(struct store *s, uint32_t id, struct account *ret_a);
    /* ERR_NOT_FOUND. ERR_CONFLICT: as account_add(). ERR_INVALID: a guest has nothing
     * to change. */
    int (*account_change)(struct store *s, uint32_t id, const struct account_change *c,
                          const char **ret_field);
    /* Everything that says who this was goes, with the keys of their polls and receipts
     * of withdrawn votes. Polls stay, without an owner; votes and skips stay what they
     * are, under an id that is nobody's and never used again. ERR_NOT_FOUND */
    int (*account_delete)(struct store *s, uint32_t id, int64_t tokens_end_ms);
    /* The polls of this owner, by id. */
    int (*owned_each)(struct store *s, uint32_t owner, store_poll_cb *each,
                      void *user_data);
    /* At the start, when everything is projected: forgets ends of tokens before this
     * time, and edits that never came. */
    int (*tidy)(struct store *s, int64_t tokens_before_ms);
    /* The id of the new poll, never that of an earlier one; p->id and p->owner_name are
     * ignored. ERR_NOT_FOUND: no such owner. */
    int (*poll_add)(struct store *s, const struct poll *p, uint32_t *ret_id);
    /* The poll that this owner made with that key; it may be deleted since.
     * ERR_NOT_FOUND: none. ERR_CONFLICT: one of another content. */
    int (*key_find)(struct store *s, uint32_t owner, const struct poll_key *key,
                    uint32_t *ret_poll);
    /* This poll of theirs was made with that key, which key_find() did not find in this
     * transaction. Kept as long as the owner and the poll; of polls that are deleted,
     * the newest STORE_DELETED_KEYS. */
    int (*key_add)(struct store *s, uint32_t owner, const struct poll_key *key,
                   uint32_t poll);

    /* An edit of a poll, which changes nothing yet: the projected CHANGE_EDIT with its
     * id does, and that takes it away. */
    int (*edit_add)(struct store *s, uint32_t poll, uint32_t fields,
                    const struct poll *values, uint64_t *ret_id);
    int (*edit_drop)(struct store *s, uint64_t id); /* it will not come after all */

    /* --- the reader's side --- */
    int (*position)(struct store *s, uint64_t *ret_position);
    /* ERR_NOT_FOUND */
    int (*account_by_email)(struct store *s, const char *email, struct account *ret_a);
    int (*account_by_id)(struct store *s, uint32_t id, struct account *ret_a);
    /* Until when tokens are void, of every user who has such an end, after this time.
     */
    int (*token_ends_each)(struct store *s, int64_t after_ms, store_token_end_cb *each,
                           void *user_data);
    /* Every poll, by id. */
    int (*each_poll)(struct store *s, store_stored_poll_cb *each, void *user_data);
    /* The whole tally with its voters and receipts. ERR_NOT_FOUND */
    int (*tally_load)(struct store *s, uint32_t poll, struct tally **ret_tally);
    /* Every poll that the user has voted on or skipped, in any order, each once. */
    int (*seen_each)(struct store *s, uint32_t user, store_poll_cb *each,
                     void *user_data);
    /* The polls of this owner with an id below before, the newest first. */
    int (*owned_before)(struct store *s, uint32_t owner, uint32_t before,
                        store_poll_cb *each, void *user_data);
    /* The user's votes, the newest first, at most max; only those before a vote of
     * before_ms on before_poll (INT64_MAX: from the newest). */
    int (*user_votes)(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_vote_cb *each,
                      void *user_data);
    /* The user's skips, in the same way. */
    int (*user_skips)(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_skip_cb *each,
                      void *user_data);
    /* The votes that the user withdrew and whose receipts are kept, by poll. */
    int (*user_withdrawn)(struct store *s, uint32_t user, store_vote_cb *each,
                          void *user_data);
    /* each: how many of the votes for an option came in a span of bucket_ms, in order
     * of start_ms and option. ERR_NOT_FOUND */
    int (*poll_stats)(struct store *s, uint32_t poll, int64_t bucket_ms,
                      struct store_stats *ret, store_span_cb *each, void *user_data);
    /* Polls whose title, options and tags have all the words of the query, whatever
     * their case and accents; of the last word its beginning is enough. The newest
     * first, at most max. What has no letters and no digits is no word, and a query
     * without words finds nothing. */
    int (*search)(struct store *s, struct str query, size_t max, store_poll_cb *each,
                  void *user_data);
    /* How many votes each user cast on a day, those since withdrawn or deleted with
     * their poll included. Only the newest days are kept: two at the least. */
    int (*each_daily)(struct store *s, int64_t day, store_daily_cb *each,
                      void *user_data);
    /* How many votes were cast on each poll in each span that begins at or after
     * since_ms, those since withdrawn included. Of the last STORE_RECENT_MS. */
    int (*recent_each)(struct store *s, int64_t since_ms, store_recent_cb *each,
                       void *user_data);
    /* Is the database sound, and are the counts of every poll equal to its rows? Calls
     * finding, with a sentence, for each thing that is wrong. ERR_CONFLICT: something
     * was. The totals are of the rows themselves. */
    int (*verify)(struct store *s, store_finding_cb *finding, void *user_data,
                  struct store_totals *ret_totals);

    /* Of the side's last ERR_UNAVAILABLE; never NULL. On that side's thread. */
    const char *(*errmsg)(struct store *s, enum store_side side);
    struct store *(*free)(struct store *s); /* NULL-safe; returns NULL */
};

struct store {
    const struct store_ops *ops; /* first field of every backend's struct */
};

/* The writer's: enter changes, which reach up to position in the journal, in a
 * transaction of their own. On an error nothing was entered, and errmsg says why. */
int store_project(struct store *s, const struct change *changes, size_t n,
                  uint64_t position);

#endif
