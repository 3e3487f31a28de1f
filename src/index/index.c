#include "index/index.h"

#include <assert.h>

#include "base/mem.h"

struct index *index_new(const struct index_opts *opts)
{
    struct index *x = mem_zalloc(1, sizeof *x);

    assert(opts->appoint != NULL && opts->changed != NULL);
    x->opts = *opts;
    pthread_mutex_init(&x->changing, NULL);
    x->catalogue = catalogue_new();
    x->feed = feed_new();
    x->seen = seen_new(opts->seen_bytes);
    x->tail = tail_new();
    x->trend = trend_new();
    return x;
}

struct index *index_free(struct index *x)
{
    if (x != NULL) {
        catalogue_free(x->catalogue);
        feed_free(x->feed);
        seen_free(x->seen);
        tail_free(x->tail);
        trend_free(x->trend);
        pthread_mutex_destroy(&x->changing);
        mem_free(x);
    }
    return NULL;
}

/* Appoint what time has still to do to a poll, judged by its result: a moment that has
 * passed since the result was made is appointed too, and comes at once. */
static void appoint(struct index *x, const struct result *r,
                    const struct poll_rules *rules)
{
    if (rules->opens_ms != 0 && r->status == POLL_SCHEDULED)
        x->opts.appoint(x->opts.user, r->poll, rules->opens_ms);
    if (rules->closes_ms != 0 && r->status != POLL_CLOSED)
        x->opts.appoint(x->opts.user, r->poll, rules->closes_ms);
}

/* ---- from the store ---- */

/* Who finds a poll in the catalogue may edit it: it is in the feed by then. */
static void add_locked(struct index *x, struct poll *poll, const struct result *r)
{
    struct poll_rules rules = poll->rules;

    assert(poll->id != 0 && poll->id == r->poll);
    feed_add(x->feed, poll, r);
    catalogue_add(x->catalogue, poll, r);
    appoint(x, r, &rules);
}

void index_add(struct index *x, struct poll *poll, const struct result *r)
{
    pthread_mutex_lock(&x->changing);
    if (catalogue_get(x->catalogue, poll->id, NULL, NULL) != 0)
        add_locked(x, poll, r);
    else
        poll_unref(poll);
    pthread_mutex_unlock(&x->changing);
}

void index_set_owner(struct index *x, uint32_t poll, uint32_t owner_id, struct str name)
{
    catalogue_set_owner(x->catalogue, poll, owner_id, name);
}

void index_add_recent(struct index *x, uint32_t poll, int64_t start_ms, uint32_t votes)
{
    trend_add(x->trend, poll, start_ms, votes);
}

void index_trim(struct index *x, uint64_t position)
{
    tail_trim(x->tail, position);
}

/* ---- from the ballot ---- */

static void add_to_seen(struct index *x, const struct change *c)
{
    if (c->kind == CHANGE_VOTE || c->kind == CHANGE_SKIP)
        seen_add(x->seen, c->user, c->poll);
    else if (c->kind == CHANGE_WITHDRAW || c->kind == CHANGE_UNSKIP)
        seen_remove(x->seen, c->user, c->poll);
}

/* Nobody has been told yet: whoever is told finds their next page of the feed right. */
static void durable(void *user, const struct change *changes, size_t n,
                    uint64_t position)
{
    struct index *x = user;

    if (position != 0)
        tail_add(x->tail, changes, n, position);
    for (size_t i = 0; i < n; i++) {
        add_to_seen(x, &changes[i]);
        if (changes[i].kind == CHANGE_VOTE)
            trend_add(x->trend, changes[i].poll, changes[i].at_ms, 1);
    }
}

static void publish_locked(struct index *x, const struct result *r,
                           const struct poll_rules *rules)
{
    struct result known;

    if (catalogue_get(x->catalogue, r->poll, NULL, &known) != 0 ||
        known.version > r->version)
        return;
    catalogue_publish(x->catalogue, r, rules);
    feed_update(x->feed, r->poll, r, rules->closes_ms);
    x->opts.changed(x->opts.user, r->poll);
}

static void edit_locked(struct index *x, const struct poll_edit *edit,
                        const struct result *r, const struct poll_rules *rules)
{
    struct poll *was, *is;

    if (catalogue_get(x->catalogue, r->poll, &was, NULL) != 0)
        return;
    is = catalogue_edit(x->catalogue, edit, r, rules);
    feed_edit(x->feed, was, is, r);
    poll_unref(is);
    poll_unref(was);
    appoint(x, r, rules);
    x->opts.changed(x->opts.user, r->poll);
}

static void published(void *user, const struct result *r,
                      const struct poll_rules *rules)
{
    struct index *x = user;

    pthread_mutex_lock(&x->changing);
    publish_locked(x, r, rules);
    pthread_mutex_unlock(&x->changing);
}

static void edited(void *user, const struct poll_edit *edit, const struct result *r,
                   const struct poll_rules *rules)
{
    struct index *x = user;

    pthread_mutex_lock(&x->changing);
    edit_locked(x, edit, r, rules);
    pthread_mutex_unlock(&x->changing);
}

static void delete_locked(struct index *x, uint32_t poll)
{
    struct poll *p;

    if (catalogue_get(x->catalogue, poll, &p, NULL) != 0)
        return;
    feed_delete(x->feed, p);
    catalogue_delete(x->catalogue, poll);
    poll_unref(p);
    x->opts.changed(x->opts.user, poll);
}

static void deleted(void *user, uint32_t poll)
{
    struct index *x = user;

    pthread_mutex_lock(&x->changing);
    delete_locked(x, poll);
    pthread_mutex_unlock(&x->changing);
}

/* ---- from other processes ---- */

static bool is_edited(const struct poll *was, const struct poll *is)
{
    return was->rules.edits != is->rules.edits ||
           was->rules.closes_ms != is->rules.closes_ms;
}

static void take_newer(struct index *x, const struct poll *was, struct poll *is,
                       const struct result *r)
{
    const struct poll_edit whole = {.fields = POLL__FIELDS, .values = is};

    if (is_edited(was, is))
        edit_locked(x, &whole, r, &is->rules);
    else
        publish_locked(x, r, &is->rules);
}

static void take_locked(struct index *x, struct poll *poll, const struct result *r)
{
    struct result known;
    struct poll *was;

    if (catalogue_get(x->catalogue, poll->id, &was, &known) != 0) {
        add_locked(x, poll, r);
        return; /* nobody follows what was not there */
    }
    if (r->version > known.version)
        take_newer(x, was, poll, r);
    if (was->rules.owner_id != poll->rules.owner_id ||
        !str_eq(was->owner_name, poll->owner_name))
        catalogue_set_owner(x->catalogue, poll->id, poll->rules.owner_id,
                            poll->owner_name);
    poll_unref(was);
    poll_unref(poll);
}

void index_take(struct index *x, struct poll *poll, const struct result *r)
{
    pthread_mutex_lock(&x->changing);
    take_locked(x, poll, r);
    pthread_mutex_unlock(&x->changing);
}

void index_drop(struct index *x, uint32_t poll)
{
    deleted(x, poll);
}

void index_keep_only(struct index *x, const uint32_t *polls, size_t n)
{
    size_t i = 0;

    for (uint32_t id = catalogue_next(x->catalogue, 0); id != 0;
         id = catalogue_next(x->catalogue, id)) {
        while (i < n && polls[i] < id)
            i++;
        if (i == n || polls[i] != id)
            deleted(x, id);
    }
    seen_forget_all(x->seen);
}

struct ballot_events index_events(struct index *x)
{
    return (struct ballot_events){durable, published, edited, deleted, x};
}
