#include "lib/store_mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/store_mem_state.h"

struct mem_store {
    struct store base;
    _Atomic enum store_mem_fault fault;

    struct mem_state *work; /* the open transaction's; the writer's */
    bool failed;            /* it can only be rolled back; the writer's */

    pthread_mutex_t lock; /* guards what follows */
    struct mem_state *stored;
};

static struct mem_store *of(struct store *s)
{
    return (struct mem_store *)s;
}

/* ---- the writer's side ---- */

static int begin(struct store *base)
{
    struct mem_store *s = of(base);

    assert(s->work == NULL);
    if (s->fault == MEM_NO_BEGIN)
        return ERR_UNAVAILABLE;
    s->failed = false;
    s->work = mem_state_copy(s->stored); /* only this side ever replaces it */
    return 0;
}

static void rollback(struct store *base)
{
    struct mem_store *s = of(base);

    s->work = mem_state_free(s->work);
}

static int commit(struct store *base)
{
    struct mem_store *s = of(base);
    struct mem_state *old;

    assert(s->work != NULL);
    s->failed |= s->fault == MEM_NO_COMMIT;
    if (s->failed)
        return ERR_UNAVAILABLE;
    pthread_mutex_lock(&s->lock);
    old = s->stored;
    s->stored = s->work;
    pthread_mutex_unlock(&s->lock);
    s->work = NULL;
    mem_state_free(old);
    return s->fault == MEM_COMMIT_LOST ? ERR_UNAVAILABLE : 0;
}

/* The transaction's state; NULL when it has failed. */
static struct mem_state *working(struct store *base)
{
    struct mem_store *s = of(base);

    assert(s->work != NULL);
    s->failed |= s->fault == MEM_NO_WRITE;
    return s->failed ? NULL : s->work;
}

static int project(struct store *base, const struct change *changes, size_t n)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    for (size_t i = 0; i < n; i++)
        mem_state_enter(w, &changes[i]);
    return 0;
}

static int set_position(struct store *base, uint64_t position)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    w->position = position;
    return 0;
}

static bool is_others(const struct account *found, uint32_t id)
{
    return found != NULL && found->id != id;
}

/* ERR_CONFLICT: another account than id has one of the two. */
static int check_free(const struct mem_state *w, uint32_t id, const char *username,
                      const char *email, const char **ret_field)
{
    if (username != NULL && is_others(mem_state_username(w, username), id))
        *ret_field = "username";
    else if (email != NULL && is_others(mem_state_email(w, email), id))
        *ret_field = "email";
    else
        return 0;
    return ERR_CONFLICT;
}

static int account_add(struct store *base, struct account *a, const char **ret_field)
{
    struct mem_state *w = working(base);
    int rc;

    if (w == NULL)
        return ERR_UNAVAILABLE;
    if (a->guest != (a->username[0] == '\0'))
        return ERR_INVALID;
    rc = check_free(w, 0, a->username, a->email, ret_field);
    if (rc != 0)
        return rc;
    a->id = ++w->last_account;
    mem_state_add_account(w, a);
    return 0;
}

/* Into ret what was found; a is NULL when nothing was. */
static int give(const struct account *a, struct account *ret)
{
    if (a != NULL)
        *ret = *a;
    return a != NULL ? 0 : ERR_NOT_FOUND;
}

static int account_get(struct store *base, uint32_t id, struct account *ret_a)
{
    const struct mem_state *w = working(base);

    return w != NULL ? give(mem_state_account(w, id), ret_a) : ERR_UNAVAILABLE;
}

static void set_text(char *to, size_t size, const char *text)
{
    if (text != NULL)
        snprintf(to, size, "%s", text);
}

static int account_change(struct store *base, uint32_t id,
                          const struct account_change *c, const char **ret_field)
{
    struct mem_state *w = working(base);
    struct account *a;
    int rc;

    if (w == NULL)
        return ERR_UNAVAILABLE;
    a = mem_state_account(w, id);
    if (a == NULL || a->guest)
        return a == NULL ? ERR_NOT_FOUND : ERR_INVALID;
    rc = check_free(w, id, c->username, c->email, ret_field);
    if (rc != 0)
        return rc;
    set_text(a->username, sizeof a->username, c->username);
    set_text(a->email, sizeof a->email, c->email);
    set_text(a->password_hash, sizeof a->password_hash, c->password_hash);
    if (c->tokens_end_ms != 0)
        mem_state_end_tokens(w, id, c->tokens_end_ms);
    return 0;
}

static int account_delete(struct store *base, uint32_t id, int64_t tokens_end_ms)
{
    struct mem_state *w = working(base);
    struct account *a;

    if (w == NULL)
        return ERR_UNAVAILABLE;
    a = mem_state_account(w, id);
    if (a == NULL)
        return ERR_NOT_FOUND;
    mem_state_remove_account(w, a);
    mem_state_end_tokens(w, id, tokens_end_ms);
    return 0;
}

static int owned_each(struct store *base, uint32_t owner, store_poll_cb *each,
                      void *user_data)
{
    const struct mem_state *w = working(base);

    return w != NULL ? mem_state_owned_each(w, owner, each, user_data)
                     : ERR_UNAVAILABLE;
}

static int tidy(struct store *base, int64_t tokens_before_ms)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    mem_state_forget_ends(w, tokens_before_ms);
    mem_state_drop_edit(w, 0);
    return 0;
}

static int poll_add(struct store *base, const struct poll *p, uint32_t *ret_id)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    if (mem_state_account(w, p->rules.owner_id) == NULL)
        return ERR_NOT_FOUND;
    *ret_id = mem_state_add_poll(w, p);
    return 0;
}

static int key_find(struct store *base, uint32_t owner, const struct poll_key *key,
                    uint32_t *ret_poll)
{
    struct mem_state *w = working(base);

    return w != NULL ? mem_state_find_key(w, owner, key, ret_poll) : ERR_UNAVAILABLE;
}

static int key_add(struct store *base, uint32_t owner, const struct poll_key *key,
                   uint32_t poll)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    mem_state_add_key(w, owner, key, poll);
    return 0;
}

static int edit_add(struct store *base, uint32_t poll, uint32_t fields,
                    const struct poll *values, uint64_t *ret_id)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    *ret_id = mem_state_add_edit(w, poll, fields, values);
    return 0;
}

static int edit_drop(struct store *base, uint64_t id)
{
    struct mem_state *w = working(base);

    if (w == NULL)
        return ERR_UNAVAILABLE;
    if (id != 0)
        mem_state_drop_edit(w, id);
    return 0;
}

/* ---- the reader's side ---- */

/* Locks what is stored until let_go(), also when it cannot be read. */
static int look(struct store *base, const struct mem_state **ret)
{
    struct mem_store *s = of(base);

    pthread_mutex_lock(&s->lock);
    *ret = s->stored;
    return s->fault == MEM_NO_READ ? ERR_UNAVAILABLE : 0;
}

static int let_go(struct store *base, int rc)
{
    pthread_mutex_unlock(&of(base)->lock);
    return rc;
}

static int position(struct store *base, uint64_t *ret_position)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        *ret_position = v->position;
    return let_go(base, rc);
}

static int account_by_email(struct store *base, const char *email,
                            struct account *ret_a)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc = give(mem_state_email(v, email), ret_a);
    return let_go(base, rc);
}

static int account_by_id(struct store *base, uint32_t id, struct account *ret_a)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc = give(mem_state_account(v, id), ret_a);
    return let_go(base, rc);
}

static int each_account(struct store *base, store_account_cb *each, void *user_data,
                        uint32_t *ret_last)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    for (size_t i = 0; rc == 0 && i < v->n_accounts; i++)
        rc = each(user_data, v->accounts[i].id, v->accounts[i].created_ms);
    if (rc == 0)
        *ret_last = v->last_account;
    return let_go(base, rc);
}

static int token_ends_each(struct store *base, int64_t after_ms,
                           store_token_end_cb *each, void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    for (size_t i = 0; rc == 0 && i < v->n_ends; i++)
        if (v->ends[i].end_ms > after_ms)
            rc = each(user_data, v->ends[i].user, v->ends[i].end_ms);
    return let_go(base, rc);
}

static int each_poll(struct store *base, store_stored_poll_cb *each, void *user)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    for (size_t i = 0; rc == 0 && i < v->n_polls; i++) {
        struct stored_poll p = mem_state_show(v, &v->polls[i]);

        rc = each(user, &p);
    }
    return let_go(base, rc);
}

static int tally_load(struct store *base, uint32_t poll, struct tally **ret_tally)
{
    const struct mem_state *v;
    int rc = look(base, &v);
    const struct mem_poll *p = rc == 0 ? mem_state_poll(v, poll) : NULL;

    if (p != NULL)
        *ret_tally = mem_state_tally(p);
    else if (rc == 0)
        rc = ERR_NOT_FOUND;
    return let_go(base, rc);
}

static int seen_each(struct store *base, uint32_t user, store_poll_cb *each,
                     void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    for (size_t i = 0; rc == 0 && i < v->n_polls; i++)
        if (mem_state_has_seen(&v->polls[i], user))
            rc = each(user_data, v->polls[i].poll->id);
    return let_go(base, rc);
}

static int owned_before(struct store *base, uint32_t owner, uint32_t before,
                        store_poll_cb *each, void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc = mem_state_owned_before(v, owner, before, each, user_data);
    return let_go(base, rc);
}

static int user_votes(struct store *base, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_vote_cb *each,
                      void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc =
            mem_state_user_votes(v, user, before_ms, before_poll, max, each, user_data);
    return let_go(base, rc);
}

static int user_skips(struct store *base, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_skip_cb *each,
                      void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc =
            mem_state_user_skips(v, user, before_ms, before_poll, max, each, user_data);
    return let_go(base, rc);
}

static int user_withdrawn(struct store *base, uint32_t user, store_vote_cb *each,
                          void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc = mem_state_user_withdrawn(v, user, each, user_data);
    return let_go(base, rc);
}

static int poll_stats(struct store *base, uint32_t poll, int64_t bucket_ms,
                      struct store_stats *ret, store_span_cb *each, void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);
    const struct mem_poll *p = rc == 0 ? mem_state_poll(v, poll) : NULL;

    *ret = (struct store_stats){0};
    if (p != NULL) {
        ret->rules = p->poll->rules;
        ret->p = mem_state_show(v, p);
        ret->p.poll = poll_unref(ret->p.poll);
        rc = mem_state_timeline(p, bucket_ms, ret, each, user_data);
    } else if (rc == 0) {
        rc = ERR_NOT_FOUND;
    }
    return let_go(base, rc);
}

static int search(struct store *base, struct str query, size_t max, store_poll_cb *each,
                  void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    if (rc == 0)
        rc = mem_state_search(v, query, max, each, user_data);
    return let_go(base, rc);
}

static int each_daily(struct store *base, int64_t day, store_daily_cb *each, void *user)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    for (size_t i = 0; rc == 0 && i < v->n_daily; i++)
        if (v->daily[i].day == day)
            rc = each(user, v->daily[i].user, v->daily[i].votes);
    return let_go(base, rc);
}

static int recent_each(struct store *base, int64_t since_ms, store_recent_cb *each,
                       void *user_data)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    for (size_t i = 0; rc == 0 && i < v->n_recent; i++)
        if (v->recent[i].start_ms >= since_ms)
            rc = each(user_data, v->recent[i].poll, v->recent[i].start_ms,
                      v->recent[i].votes);
    return let_go(base, rc);
}

/* Counts are rows here, so there is nothing that could disagree. */
static int verify(struct store *base, const struct store_report *to,
                  struct store_totals *ret_totals)
{
    const struct mem_state *v;
    int rc = look(base, &v);

    (void)to;
    if (rc == 0)
        *ret_totals = mem_state_totals(v);
    return let_go(base, rc);
}

static const char *errmsg(struct store *s, enum store_side side)
{
    (void)s;
    return side == STORE_WRITER ? "mem: told to fail" : "mem: told not to read";
}

static struct store *free_store(struct store *base)
{
    if (base != NULL) {
        struct mem_store *s = of(base);

        mem_state_free(s->work);
        mem_state_free(s->stored);
        pthread_mutex_destroy(&s->lock);
        mem_free(s);
    }
    return NULL;
}

static const struct store_ops ops = {
    .name = "mem",
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .project = project,
    .set_position = set_position,
    .account_add = account_add,
    .account_get = account_get,
    .account_change = account_change,
    .account_delete = account_delete,
    .owned_each = owned_each,
    .tidy = tidy,
    .poll_add = poll_add,
    .key_find = key_find,
    .key_add = key_add,
    .edit_add = edit_add,
    .edit_drop = edit_drop,
    .position = position,
    .account_by_email = account_by_email,
    .account_by_id = account_by_id,
    .each_account = each_account,
    .token_ends_each = token_ends_each,
    .each_poll = each_poll,
    .tally_load = tally_load,
    .seen_each = seen_each,
    .owned_before = owned_before,
    .user_votes = user_votes,
    .user_skips = user_skips,
    .user_withdrawn = user_withdrawn,
    .poll_stats = poll_stats,
    .search = search,
    .each_daily = each_daily,
    .recent_each = recent_each,
    .verify = verify,
    .errmsg = errmsg,
    .free = free_store,
};

struct store *store_mem_new(void)
{
    struct mem_store *s = mem_zalloc(1, sizeof *s);

    s->base.ops = &ops;
    atomic_init(&s->fault, MEM_SOUND);
    pthread_mutex_init(&s->lock, NULL);
    s->stored = mem_state_copy(NULL);
    return &s->base;
}

void store_mem_fault(struct store *s, enum store_mem_fault fault)
{
    atomic_store(&of(s)->fault, fault);
}
