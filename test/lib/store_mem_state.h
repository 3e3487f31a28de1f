/* store_mem_state.h — what the store in memory holds: a value that can be copied.
 *
 * Threads  one at a time.
 */
#ifndef TEST_LIB_STORE_MEM_STATE_H
#define TEST_LIB_STORE_MEM_STATE_H

#include "store/store.h"

/* One change a user, in the order of user ids. */
struct mem_rows {
    struct change *at;
    size_t n, cap;
};

struct mem_poll {
    struct poll *poll; /* a reference */
    uint64_t base_version;
    struct mem_rows votes, skips;
    struct mem_rows withdrawn; /* keyed votes that are gone, each user's last */
};

struct mem_daily {
    int64_t day;
    uint32_t user, votes;
};

struct mem_end {
    uint32_t user;
    int64_t end_ms;
};

struct mem_recent {
    uint32_t poll, votes;
    int64_t start_ms;
};

struct mem_edit {
    uint64_t id;
    uint32_t poll, fields;
    struct poll *values; /* a reference */
};

struct mem_key {
    uint32_t owner, poll;
    struct poll_key key;
    bool deleted; /* the poll is */
};

struct mem_state {
    uint64_t position;
    uint32_t last_account, last_poll; /* ids are never used again */
    struct account *accounts;
    struct mem_poll *polls;  /* by id */
    struct mem_daily *daily; /* by day and user */
    struct mem_end *ends;    /* of tokens */
    struct mem_recent *recent;
    size_t n_recent;
    struct mem_edit *edits;
    uint64_t last_edit;
    size_t n_edits;
    struct mem_key *keys; /* in the order in which polls were made */
    size_t n_keys;
    size_t n_accounts, n_polls, n_daily, cap_daily, n_ends;
};

struct mem_state *mem_state_copy(const struct mem_state *from); /* NULL: an empty one */
struct mem_state *mem_state_free(struct mem_state *s);

struct mem_poll *mem_state_poll(const struct mem_state *s, uint32_t id); /* or NULL */
struct account *mem_state_account(const struct mem_state *s, uint32_t id);
/* By the folded username or e-mail. */
struct account *mem_state_username(const struct mem_state *s, const char *username);
struct account *mem_state_email(const struct mem_state *s, const char *email);

void mem_state_add_account(struct mem_state *s, const struct account *a);
/* Its polls stay, without an owner; their keys, and receipts of what it withdrew, go.
 */
void mem_state_remove_account(struct mem_state *s, struct account *a);
/* Ends only ever grow. */
void mem_state_end_tokens(struct mem_state *s, uint32_t user, int64_t end_ms);
void mem_state_forget_ends(struct mem_state *s, int64_t before_ms);
uint32_t mem_state_add_poll(struct mem_state *s, const struct poll *p); /* its id */
void mem_state_enter(struct mem_state *s, const struct change *c);

uint64_t mem_state_add_edit(struct mem_state *s, uint32_t poll, uint32_t fields,
                            const struct poll *values);
void mem_state_drop_edit(struct mem_state *s, uint64_t id); /* 0: all */
/* mem_keys.c. As key_find() and key_add() of store.h. */
int mem_state_find_key(const struct mem_state *s, uint32_t owner,
                       const struct poll_key *key, uint32_t *ret_poll);
void mem_state_add_key(struct mem_state *s, uint32_t owner, const struct poll_key *key,
                       uint32_t poll);
void mem_state_end_key(struct mem_state *s, uint32_t poll);    /* which is deleted */
void mem_state_drop_keys(struct mem_state *s, uint32_t owner); /* who is */
/* Has the user voted on this poll, or skipped it? */
bool mem_state_has_seen(const struct mem_poll *p, uint32_t user);
/* As each_poll() shows it. */
struct stored_poll mem_state_show(const struct mem_state *s, const struct mem_poll *p);
/* With all its voters and receipts. */
struct tally *mem_state_tally(const struct mem_poll *p);
/* The user's row on this poll, or NULL. */
const struct change *mem_state_vote(const struct mem_poll *p, uint32_t user);
const struct change *mem_state_skip(const struct mem_poll *p, uint32_t user);
const struct change *mem_state_withdrawn(const struct mem_poll *p, uint32_t user);
/* As store.h's calls of these names. */
int mem_state_owned_each(const struct mem_state *s, uint32_t owner, store_poll_cb *each,
                         void *user_data);
int mem_state_owned_before(const struct mem_state *s, uint32_t owner, uint32_t before,
                           store_poll_cb *each, void *user_data);
int mem_state_user_votes(const struct mem_state *s, uint32_t user, int64_t before_ms,
                         uint32_t before_poll, size_t max, store_vote_cb *each,
                         void *user_data);
int mem_state_user_withdrawn(const struct mem_state *s, uint32_t user,
                             store_vote_cb *each, void *user_data);
int mem_state_user_skips(const struct mem_state *s, uint32_t user, int64_t before_ms,
                         uint32_t before_poll, size_t max, store_skip_cb *each,
                         void *user_data);
int mem_state_timeline(const struct mem_poll *p, int64_t bucket_ms,
                       struct store_stats *ret, store_span_cb *each, void *user_data);
int mem_state_search(const struct mem_state *s, struct str query, size_t max,
                     store_poll_cb *each, void *user_data);
struct store_totals mem_state_totals(const struct mem_state *s);

#endif
