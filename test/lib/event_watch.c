#include "lib/event_watch.h"

#include <string.h>

#include "base/err.h"

static void blame(struct event_watch *w, bool right, const char *what)
{
    if (!right && w->wrong == NULL)
        w->wrong = what;
}

static bool same_counts(const struct result *a, const struct result *b)
{
    return a->n_options == b->n_options && a->total == b->total &&
           a->skips == b->skips &&
           memcmp(a->counts, b->counts, a->n_options * sizeof a->counts[0]) == 0;
}

/* ---- durable ---- */

static void enter(struct event_watch *w, const struct change *c)
{
    struct watched_poll *p = &w->polls[c->poll];

    blame(w, !p->deleted, "a change of a poll that is deleted");
    if (p->mirror == NULL)
        p->mirror = tally_new(c->poll, &w->rules[c->poll], 1);
    tally_apply(p->mirror, c);
    p->deleted |= c->kind == CHANGE_DELETE;
    if (c->kind == CHANGE_EDIT) {
        blame(w, p->edit == 0, "an edit before the last one was published");
        p->edit = c->edit.id;
    }
}

static void durable(void *user, const struct change *changes, size_t n,
                    uint64_t position)
{
    struct event_watch *w = user;

    pthread_mutex_lock(&w->lock);
    blame(w, n > 0, "nothing is durable");
    blame(w, position == 0 || position > w->position, "a position that does not grow");
    w->position = position;
    w->n_durable += n;
    for (size_t i = 0; i < n; i++)
        enter(w, &changes[i]);
    pthread_mutex_unlock(&w->lock);
}

/* ---- published ---- */

static void compare_with_mirror(struct event_watch *w, const struct watched_poll *p,
                                const struct result *r, const struct poll_rules *rules)
{
    const struct poll_rules *own;
    struct result mine;

    if (p->mirror == NULL) {
        blame(w, r->total == 0 && r->skips == 0, "votes that never became durable");
        return;
    }
    own = tally_rules(p->mirror);
    tally_result(p->mirror, &mine);
    blame(w, same_counts(&mine, r), "counts that are not those of the durable changes");
    blame(w, own->closes_ms == rules->closes_ms && own->opens_ms == rules->opens_ms,
          "rules that are not those of the durable changes");
}

static void compare_with_last(struct event_watch *w, const struct watched_poll *p,
                              const struct result *r)
{
    if (p->shown.version == 0)
        return;
    blame(w, r->version >= p->shown.version, "a version that shrinks");
    if (r->version == p->shown.version)
        blame(w,
              r->status == p->shown.status && r->total == p->shown.total &&
                  memcmp(r->counts, p->shown.counts,
                         r->n_options * sizeof r->counts[0]) == 0,
              "two results of one version");
}

static void show_locked(struct event_watch *w, const struct result *r,
                        const struct poll_rules *rules)
{
    struct watched_poll *p = &w->polls[r->poll];

    blame(w, p->n_deleted == 0, "a result of a poll that is deleted");
    compare_with_mirror(w, p, r, rules);
    compare_with_last(w, p, r);
    p->shown = *r;
    p->shown_rules = *rules;
    p->n_shown++;
}

static void published(void *user, const struct result *r,
                      const struct poll_rules *rules)
{
    struct event_watch *w = user;

    pthread_mutex_lock(&w->lock);
    blame(w, w->polls[r->poll].edit == 0, "an edit that is published as a result only");
    show_locked(w, r, rules);
    pthread_mutex_unlock(&w->lock);
}

static void edited(void *user, const struct poll_edit *edit, const struct result *r,
                   const struct poll_rules *rules)
{
    struct event_watch *w = user;
    struct watched_poll *p = &w->polls[r->poll];

    pthread_mutex_lock(&w->lock);
    blame(w, p->edit == edit->id, "another edit than the durable one");
    p->edit = 0;
    p->edited = edit->id;
    show_locked(w, r, rules);
    pthread_mutex_unlock(&w->lock);
}

static void poll_deleted(void *user, uint32_t poll)
{
    struct event_watch *w = user;
    struct watched_poll *p = &w->polls[poll];

    pthread_mutex_lock(&w->lock);
    blame(w, p->deleted, "a deletion that is not durable");
    blame(w, p->n_deleted == 0, "a second deletion");
    p->n_deleted++;
    pthread_mutex_unlock(&w->lock);
}

/* ---- answered ---- */

void event_watch_answer(struct event_watch *w, const struct ballot_op *op)
{
    const struct watched_poll *p;

    if (op->verb != BALLOT_CHANGE || op->rc != 0 || op->replay)
        return;
    pthread_mutex_lock(&w->lock);
    p = &w->polls[op->poll];
    if (op->wish.kind == CHANGE_DELETE) {
        blame(w, p->n_deleted == 1, "an answer before the deletion was told");
    } else if (p->n_deleted == 0) {
        blame(w, p->mirror != NULL, "an answer before it was durable");
        blame(w, p->shown.version >= op->result.version,
              "an answer before its result was published");
        blame(w, p->shown.version >= op->change.version, "a change that is not shown");
    }
    pthread_mutex_unlock(&w->lock);
}

/* ---- asking ---- */

struct watched_poll event_watch_poll(struct event_watch *w, uint32_t poll)
{
    struct watched_poll p;

    pthread_mutex_lock(&w->lock);
    p = w->polls[poll];
    pthread_mutex_unlock(&w->lock);
    return p;
}

size_t event_watch_durable(struct event_watch *w)
{
    size_t n;

    pthread_mutex_lock(&w->lock);
    n = w->n_durable;
    pthread_mutex_unlock(&w->lock);
    return n;
}

const char *event_watch_wrong(struct event_watch *w)
{
    const char *wrong;

    pthread_mutex_lock(&w->lock);
    wrong = w->wrong;
    pthread_mutex_unlock(&w->lock);
    return wrong;
}

struct ballot_events event_watch_events(struct event_watch *w)
{
    return (struct ballot_events){durable, published, edited, poll_deleted, w};
}

void event_watch_init(struct event_watch *w, const struct poll_rules *rules)
{
    *w = (struct event_watch){.rules = rules};
    pthread_mutex_init(&w->lock, NULL);
}

void event_watch_done(struct event_watch *w)
{
    for (int i = 0; i < WATCHED_POLLS; i++)
        tally_free(w->polls[i].mirror);
    pthread_mutex_destroy(&w->lock);
}
