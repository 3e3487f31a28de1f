/* live_follow.c — what a watcher follows, and what it may see of it. */
#include <assert.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/views.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "live/live_watcher.h"
#include "net/loop.h"

static struct viewer viewer_of(const struct watcher *w)
{
    return (struct viewer){.user = w->who.user, .guest = w->who.guest, .choice = -1};
}

/* May this viewer always see results? All others get the form for strangers, which
 * applies the rules at the moment of sending: while they watch, the rules may be
 * edited, and a closed poll may reopen. */
static bool is_privileged(const struct viewer *v, const struct poll_rules *rules)
{
    return viewer_is_owner(v, rules) ||
           (rules->visibility == VISIBLE_AFTER_VOTE && v->choice >= 0);
}

static unsigned form_of(const struct watcher *w, bool privileged)
{
    return (w->kind == WATCHER_SSE ? FORM_SSE : 0u) | (privileged ? 0u : FORM_STRANGER);
}

/* A question to the ballot: has this watcher voted, or has time opened or closed the
 * poll?
 */
struct question {
    struct ballot_op op; /* first */
    struct watcher *watcher;
    struct poll *poll;
    uint64_t seen_version;
    bool dropped; /* untracked meanwhile */
    bool stale;   /* the watcher's user has changed meanwhile: ask again */
    bool again;   /* a recheck: only matters while the poll is followed */
    LIST_ENTRY(question) link;
};

static int follow(struct watcher *w, const struct poll *p, const struct viewer *v,
                  uint64_t seen_version)
{
    int rc = hub_follow(&w->subscriber, p->id, form_of(w, is_privileged(v, &p->rules)),
                        seen_version, LIMIT_TRACKED_POLLS);

    watcher_judge_lonely(w);
    return rc;
}

static int ask(struct watcher *w, struct poll *p, uint64_t seen_version, bool again);

static bool is_wanted(const struct question *q)
{
    struct watcher *w = q->watcher;

    return !w->closed && !q->dropped &&
           (!q->again || hub_follows(&w->subscriber, q->op.poll));
}

static int ask_anew(const struct question *q)
{
    return ask(q->watcher, poll_ref(q->poll), q->seen_version, q->again);
}

static void on_answer(struct mail *m)
{
    struct question *q = (struct question *)m;
    struct watcher *w = q->watcher;
    struct viewer v = viewer_of(w);

    assert(w->n_pending > 0);
    w->n_pending--;
    LIST_REMOVE(q, link);
    if (q->op.rc == 0 && !q->stale)
        v.choice = q->op.choice;
    if (is_wanted(q) && !(q->stale && ask_anew(q) == 0))
        (void)follow(w, q->poll, &v, q->seen_version); /* even a deleted poll */
    watcher_end_if_idle(w);
    watcher_free_if_done(w);
    poll_unref(q->poll);
    mem_free(q);
}

/* Takes over the caller's reference to the poll. */
static int ask(struct watcher *w, struct poll *p, uint64_t seen_version, bool again)
{
    struct question *q = mem_zalloc(1, sizeof *q);
    struct app *app = w->live->loop->app;
    int rc;

    q->op.mail.home = loop_inbox(w->live->loop->loop);
    q->op.mail.on_home = on_answer;
    q->op.verb = BALLOT_LOOK;
    q->op.poll = p->id;
    q->op.wish.user = w->who.user;
    q->watcher = w;
    q->poll = p;
    q->seen_version = seen_version;
    q->again = again;
    rc = ballot_submit(app->ballot, &q->op);
    if (rc != 0) {
        poll_unref(p);
        mem_free(q);
        return rc;
    }
    w->n_pending++;
    LIST_INSERT_HEAD(&w->questions, q, link);
    return 0;
}

void watcher_unwatch(struct watcher *w, uint32_t poll)
{
    struct question *q;

    LIST_FOREACH(q, &w->questions, link)
    q->dropped = q->dropped || q->op.poll == poll;
    hub_unfollow(&w->subscriber, poll);
    watcher_judge_lonely(w);
}

int watcher_watch(struct watcher *w, uint32_t poll, uint64_t seen_version)
{
    struct app *app = w->live->loop->app;
    struct viewer v = viewer_of(w);
    struct poll *p;
    struct result r;
    int rc;

    if (w->subscriber.n_follows + w->n_pending >= LIMIT_TRACKED_POLLS &&
        !hub_follows(&w->subscriber, poll))
        return ERR_TOO_LARGE;
    rc = catalogue_get(app->index->catalogue, poll, &p, &r);
    if (rc != 0)
        return rc;
    if ((w->who.user != 0 && p->rules.visibility == VISIBLE_AFTER_VOTE) ||
        r.status != poll_status(&p->rules, clock_now_ms(app->clock)))
        return ask(w, p, seen_version, false);
    rc = follow(w, p, &v, seen_version);
    poll_unref(p);
    return rc;
}

void watcher_recheck(struct watcher *w, uint32_t poll)
{
    struct poll *p;

    if (!hub_follows(&w->subscriber, poll) ||
        catalogue_get(w->live->loop->app->index->catalogue, poll, &p, NULL) != 0)
        return;
    (void)ask(w, p, 0, true); /* if full, the next vote or follow shows it */
}

static bool is_asked(struct watcher *w, uint32_t poll)
{
    const struct question *q;

    LIST_FOREACH(q, &w->questions, link)
    if (q->op.poll == poll && !q->dropped)
        return true;
    return false;
}

/* Show what everybody may see (or the owner), until the ballot knows more. */
static void rejudge(struct watcher *w, uint32_t poll)
{
    struct viewer v = viewer_of(w);
    struct poll *p;

    if (catalogue_get(w->live->loop->app->index->catalogue, poll, &p, NULL) != 0)
        return;
    (void)follow(w, p, &v, 0);
    poll_unref(p);
    if (w->who.user != 0 && !is_asked(w, poll))
        watcher_recheck(w, poll);
}

void watcher_rejudge(struct watcher *w)
{
    uint64_t topics[LIMIT_TRACKED_POLLS];
    size_t n = hub_topics(&w->subscriber, topics, LIMIT_TRACKED_POLLS);
    struct question *q;

    LIST_FOREACH(q, &w->questions, link)
    q->stale = true;
    for (size_t i = 0; i < n; i++)
        if (topics[i] != TOPIC_LEADERBOARD)
            rejudge(w, (uint32_t)topics[i]);
}
