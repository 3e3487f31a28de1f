/* polls_list.c — GET /api/polls: the feed for who sends a token, else the plain list,
 * which is also what a token gets that asks for polls that are not open.
 *
 * DESIGN
 *
 *   query ─▶ q: search ids (read lane) ─▶ seen polls: cache, or tail and store (read
 *   lane) ─▶ feed_walk() ─▶ poll_page_show()
 *
 * Steps with nothing to do are skipped: the usual page is one walk.
 */
#include <roaring/roaring.h>

#include "api/list_query.h"
#include "api/poll_page.h"
#include "app/app.h"
#include "app/handlers.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/change.h"
#include "core/poll.h"
#include "index/catalogue.h"
#include "index/feed.h"
#include "index/index.h"
#include "index/seen.h"
#include "index/tail.h"

enum { SEARCH_MAX = 10000 };

struct listing {
    struct poll_page page; /* first */
    struct call *call;
    struct list_query q;
    bool is_feed;
    roaring_bitmap_t *only, *seen; /* NULL: no bounds */
    roaring_bitmap_t *found;       /* of a job */
    roaring_bitmap_t *undone;      /* in the tail: the store may still have them */
};

static void free_bitmap(roaring_bitmap_t *b)
{
    if (b != NULL)
        roaring_bitmap_free(b);
}

static void free_listing(struct poll_page *page)
{
    struct listing *l = (struct listing *)page;

    list_query_done(&l->q);
    free_bitmap(l->only);
    free_bitmap(l->seen);
    free_bitmap(l->found);
    free_bitmap(l->undone);
    mem_free(l);
}

static struct listing *listing_of(const struct call *c)
{
    return (struct listing *)poll_page_of(c, free_listing);
}

/* ---- walking ---- */

/* Is it, by the clock, what was asked for? */
static bool take(void *user, uint32_t id)
{
    struct listing *l = user;
    struct poll *p;
    bool taken;

    if (catalogue_get(l->call->app->index->catalogue, id, &p, NULL) != 0)
        return false;
    taken = l->q.any_status || poll_status(&p->rules, l->page.now_ms) == l->q.status;
    poll_unref(p);
    return taken;
}

static void walk(struct call *c)
{
    struct listing *l = listing_of(c);
    struct feed_query q = {.order = l->q.order,
                           .closed_too = l->q.any_status || l->q.status == POLL_CLOSED,
                           .tags = l->q.tags,
                           .n_tags = l->q.n_tags,
                           .only = l->only,
                           .seen = l->seen,
                           .cursor = l->q.cursor,
                           .limit = l->q.limit,
                           .take = take,
                           .user = l};

    if (!l->is_feed)
        q.skip = (size_t)(l->q.page - 1) * l->q.limit;
    l->page.now_ms = clock_now_ms(c->app->clock);
    l->page.untouched = l->is_feed;
    if (feed_walk(c->app->index->feed, &q, l->page.ids, &l->page.n, l->page.next) != 0)
        call_fail(c, ERR_BAD_REQUEST,
                  "cursor must be a nextCursor that came with a page of this sort.");
    else
        poll_page_show(c);
}

/* ---- what was seen ---- */

static int found_poll(void *user, uint32_t poll)
{
    roaring_bitmap_add(((struct listing *)user)->found, poll);
    return 0;
}

static void found_in_tail(void *user, enum change_kind kind, uint32_t poll)
{
    struct listing *l = user;

    if (kind == CHANGE_WITHDRAW || kind == CHANGE_UNSKIP) {
        roaring_bitmap_remove(l->found, poll);
        roaring_bitmap_add(l->undone, poll);
    } else {
        roaring_bitmap_remove(l->undone, poll);
        roaring_bitmap_add(l->found, poll);
    }
}

static int read_seen(struct store *s, struct store_job *job)
{
    struct call *c = call_of_job(job);
    struct listing *l = listing_of(c);
    int rc = s->ops->seen_each(s, c->who.user, found_poll, l);

    roaring_bitmap_andnot_inplace(l->found, l->undone);
    return rc;
}

static void seen_read(struct call *c)
{
    struct listing *l = listing_of(c);

    if (c->job.rc != 0) {
        seen_give_up(c->app->index->seen, c->who.user);
        call_fail(c, c->job.rc, NULL);
        return;
    }
    seen_fill(c->app->index->seen, c->who.user, l->found);
    l->seen = seen_get(c->app->index->seen, c->who.user);
    if (l->seen == NULL) /* dropped at once */
        l->seen = roaring_bitmap_copy(l->found);
    walk(c);
}

static void find_seen(struct call *c)
{
    struct listing *l = listing_of(c);

    if (!l->is_feed) {
        walk(c);
        return;
    }
    l->seen = seen_get(c->app->index->seen, c->who.user);
    if (l->seen != NULL) {
        walk(c);
        return;
    }
    seen_begin(c->app->index->seen, c->who.user);
    l->found = roaring_bitmap_create();
    l->undone = roaring_bitmap_create();
    tail_each(c->app->index->tail, c->who.user, found_in_tail,
              l); /* before the store */
    call_read(c, read_seen, seen_read);
}

/* ---- searching ---- */

static int read_search(struct store *s, struct store_job *job)
{
    struct listing *l = listing_of(call_of_job(job));

    return s->ops->search(s, l->q.search, SEARCH_MAX, found_poll, l);
}

static void searched(struct call *c)
{
    struct listing *l = listing_of(c);

    if (c->job.rc != 0) {
        call_fail(c, c->job.rc, NULL);
        return;
    }
    l->only = l->found;
    l->found = NULL;
    find_seen(c);
}

/* There is no feed of polls that nobody can vote on: who asks for those means the list.
 */
static bool is_feed(const struct call *c, const struct list_query *q)
{
    return c->who.user != 0 && !q->seen_too &&
           (q->any_status || q->status == POLL_OPEN);
}

void handle_polls(struct call *c)
{
    struct listing *l = mem_zalloc(1, sizeof *l);
    const char *why;

    l->page.free_whole = free_listing;
    poll_page_keep(c, &l->page);
    l->call = c;
    if (list_query_read(c->req, &l->q, &why) != 0) {
        call_fail(c, ERR_BAD_REQUEST, why);
        return;
    }
    l->is_feed = is_feed(c, &l->q);
    if (l->is_feed) {
        l->q.any_status = false;
        l->q.status = POLL_OPEN;
    }
    if (l->q.search.at == NULL) {
        find_seen(c);
        return;
    }
    l->found = roaring_bitmap_create();
    call_read(c, read_search, searched);
}
