/* history.c — what a user has done: GET /api/users/me/votes, …/skips, …/export.
 *
 *   wait until the store has everything that was acknowledged ─▶ read lane ─▶ JSON,
 *   with titles out of the catalogue
 *
 * A cursor is the time and the poll of the last vote, or skip, on the page before: what
 * comes or goes meanwhile moves nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/handlers.h"
#include "app/query.h"
#include "app/settled.h"
#include "app/views.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/account.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"

enum { CURSOR_BYTES = 32 }; /* "1700000000000.12" */

struct done_vote {
    uint32_t poll, option;
    int64_t at_ms;
};

struct done_list {
    struct done_vote *at;
    size_t n, cap;
};

struct history {
    struct done_list votes, withdrawn, skips;
    struct done_list owned; /* only the polls matter */
    struct account account;
    uint32_t limit, before_poll;
    int64_t before_ms;
};

static void free_history(void *data)
{
    struct history *h = data;

    mem_free(h->votes.at);
    mem_free(h->withdrawn.at);
    mem_free(h->skips.at);
    mem_free(h->owned.at);
    mem_free(h);
}

static struct history *history_new(struct call *c)
{
    struct history *h = mem_zalloc(1, sizeof *h);

    h->limit = 10;
    h->before_ms = INT64_MAX;
    call_set_data(c, h, free_history);
    return h;
}

static struct history *history_of(struct store_job *job)
{
    return call_data(call_of_job(job), free_history);
}

static void keep(struct done_list *l, uint32_t poll, uint32_t option, int64_t at_ms)
{
    if (l->n == l->cap) {
        l->cap = l->cap != 0 ? l->cap * 2 : 128;
        l->at = mem_realloc(l->at, l->cap * sizeof *l->at);
    }
    l->at[l->n++] = (struct done_vote){poll, option, at_ms};
}

static int keep_vote(void *user_data, uint32_t poll, uint32_t option, int64_t voted_ms)
{
    keep(&((struct history *)user_data)->votes, poll, option, voted_ms);
    return 0;
}

static int keep_withdrawn(void *user_data, uint32_t poll, uint32_t option,
                          int64_t voted_ms)
{
    keep(&((struct history *)user_data)->withdrawn, poll, option, voted_ms);
    return 0;
}

static int keep_skip(void *user_data, uint32_t poll, int64_t skipped_ms)
{
    keep(&((struct history *)user_data)->skips, poll, 0, skipped_ms);
    return 0;
}

static int keep_owned(void *user_data, uint32_t poll)
{
    keep(&((struct history *)user_data)->owned, poll, 0, 0);
    return 0;
}

static void view_poll_name(struct buf *out, const struct poll *p)
{
    buf_text(out, "\"poll\":{\"id\":");
    buf_u64(out, p->id);
    buf_text(out, ",\"title\":");
    buf_json_str(out, p->title);
    buf_char(out, '}');
}

static void view_vote(struct buf *out, const struct done_vote *v)
{
    buf_text(out, ",\"optionIndex\":");
    buf_u64(out, v->option);
    buf_text(out, ",\"votedAt\":");
    buf_json_time(out, v->at_ms);
}

static void view_skip(struct buf *out, const struct done_vote *skip)
{
    buf_text(out, ",\"skippedAt\":");
    buf_json_time(out, skip->at_ms);
}

/* Polls that are gone by now are left out, as their votes will be. */
static void view_done(struct call *c, const struct done_list *l, size_t n,
                      void (*view)(struct buf *out, const struct done_vote *v))
{
    struct buf *out = call_out(c);
    size_t shown = 0;

    for (size_t i = 0; i < n; i++) {
        struct poll *p;

        if (catalogue_get(c->app->index->catalogue, l->at[i].poll, &p, NULL) != 0)
            continue;
        buf_text(out, shown++ > 0 ? ",{" : "{");
        view_poll_name(out, p);
        view(out, &l->at[i]);
        buf_char(out, '}');
        poll_unref(p);
    }
}

/* ---- GET /api/users/me/votes, GET /api/users/me/skips ---- */

/* One more than the page: is there another? */
static int read_votes(struct store *s, struct store_job *job)
{
    struct history *h = history_of(job);

    return s->ops->user_votes(s, call_of_job(job)->who.user, h->before_ms,
                              h->before_poll, h->limit + 1, keep_vote, h);
}

static int read_skips(struct store *s, struct store_job *job)
{
    struct history *h = history_of(job);

    return s->ops->user_skips(s, call_of_job(job)->who.user, h->before_ms,
                              h->before_poll, h->limit + 1, keep_skip, h);
}

static void write_next(struct call *c, const struct done_vote *last)
{
    char cursor[CURSOR_BYTES];

    snprintf(cursor, sizeof cursor, "%lld.%u", (long long)last->at_ms, last->poll);
    query_add_next(c, cursor);
    buf_printf(call_out(c), "\"%s\"}", cursor);
}

static void reply_page(struct call *c, const struct done_list *l,
                       void (*view)(struct buf *out, const struct done_vote *v))
{
    struct history *h = call_data(c, free_history);
    struct buf *out = call_out(c);
    bool more = l->n > h->limit;
    size_t n = more ? h->limit : l->n;

    if (c->job.rc != 0) {
        call_fail(c, c->job.rc, NULL);
        return;
    }
    buf_text(out, "{\"items\":[");
    view_done(c, l, n, view);
    buf_text(out, "],\"nextCursor\":");
    if (more)
        write_next(c, &l->at[n - 1]);
    else
        buf_text(out, "null}");
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

static void reply_votes(struct call *c)
{
    reply_page(c, &((struct history *)c->data)->votes, view_vote);
}

static void reply_skips(struct call *c)
{
    reply_page(c, &((struct history *)c->data)->skips, view_skip);
}

static void votes_settled(struct call *c)
{
    call_read(c, read_votes, reply_votes);
}

static void skips_settled(struct call *c)
{
    call_read(c, read_skips, reply_skips);
}

static int read_cursor(struct call *c, struct history *h)
{
    struct buf text = {0};
    struct str value, head;
    uint64_t ms, poll;
    int rc = http_query(c->req, "cursor", &text, &value);

    if (rc == 0) {
        value = str_cut(value, '.', &head);
        rc = str_to_u64(head, INT64_MAX, &ms);
        if (rc == 0)
            rc = str_to_u64(value, UINT32_MAX, &poll);
        if (rc == 0) {
            h->before_ms = (int64_t)ms;
            h->before_poll = (uint32_t)poll;
        }
    }
    buf_done(&text);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static void list_page(struct call *c, void (*settled)(struct call *c))
{
    struct history *h = history_new(c);

    if (!query_number(c, "limit", LIMIT_PAGE, &h->limit,
                      "limit must be a number from 1 to 100."))
        return;
    if (read_cursor(c, h) != 0)
        call_fail(c, ERR_BAD_REQUEST, "cursor must be a nextCursor of this list.");
    else
        call_settled(c, settled);
}

void handle_my_votes(struct call *c)
{
    list_page(c, votes_settled);
}

void handle_my_skips(struct call *c)
{
    list_page(c, skips_settled);
}

/* ---- GET /api/users/me/export ---- */

static int read_all(struct store *s, struct store_job *job)
{
    struct history *h = history_of(job);
    uint32_t user = call_of_job(job)->who.user;
    int rc = s->ops->account_by_id(s, user, &h->account);

    if (rc == 0)
        rc = s->ops->user_votes(s, user, INT64_MAX, 0, SIZE_MAX, keep_vote, h);
    if (rc == 0)
        rc = s->ops->user_withdrawn(s, user, keep_withdrawn, h);
    if (rc == 0)
        rc = s->ops->user_skips(s, user, INT64_MAX, 0, SIZE_MAX, keep_skip, h);
    return rc;
}

static int read_owned(struct store *s, struct store_job *job)
{
    return s->ops->owned_each(s, call_of_job(job)->who.user, keep_owned,
                              history_of(job));
}

static int by_poll(const void *a, const void *b)
{
    const struct done_vote *v = a, *w = b;

    return (v->poll > w->poll) - (v->poll < w->poll);
}

static const struct done_vote *find(const struct done_list *sorted, uint32_t poll)
{
    const struct done_vote key = {.poll = poll};

    return sorted->n == 0 ? NULL
                          : bsearch(&key, sorted->at, sorted->n, sizeof key, by_poll);
}

/* The lists are written: now they may be sorted. */
static void view_owned(struct call *c, struct history *h)
{
    struct buf *out = call_out(c);
    size_t shown = 0;

    if (h->votes.n > 1)
        qsort(h->votes.at, h->votes.n, sizeof *h->votes.at, by_poll);
    for (size_t i = 0; i < h->owned.n; i++) {
        uint32_t id = h->owned.at[i].poll;
        const struct done_vote *vote = find(&h->votes, id);
        struct viewer v = {.user = c->who.user,
                           .choice = vote != NULL ? (int)vote->option : -1,
                           .skipped = find(&h->skips, id) != NULL};
        struct result r;
        struct poll *p;

        if (catalogue_get(c->app->index->catalogue, id, &p, &r) != 0)
            continue;
        if (shown++ > 0)
            buf_char(out, ',');
        view_poll(out, p, &r, &v);
        poll_unref(p);
    }
}

static void reply_export(struct call *c)
{
    struct history *h = call_data(c, free_history);
    struct buf *out = call_out(c);

    if (c->job.rc != 0) {
        call_fail(c, c->job.rc, NULL);
        return;
    }
    buf_text(out, "{\"exportedAt\":");
    buf_json_time(out, clock_now_ms(c->app->clock));
    buf_text(out, ",\"account\":{");
    view_account_fields(out, &h->account);
    buf_text(out, "},\"votes\":[");
    view_done(c, &h->votes, h->votes.n, view_vote);
    buf_text(out, "],\"withdrawnVotes\":[");
    view_done(c, &h->withdrawn, h->withdrawn.n, view_vote);
    buf_text(out, "],\"skips\":[");
    view_done(c, &h->skips, h->skips.n, view_skip);
    buf_text(out, "],\"polls\":[");
    view_owned(c, h);
    buf_text(out, "]}");
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    http_add_header(c->req, "Content-Disposition",
                    STR("attachment; filename=\"pollux-export.json\""));
    call_reply(c, 200);
}

static void all_read(struct call *c)
{
    if (c->job.rc != 0)
        call_fail(c, c->job.rc == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : c->job.rc, NULL);
    else
        call_store(c, read_owned, NULL, reply_export);
}

static void export_settled(struct call *c)
{
    call_read(c, read_all, all_read);
}

void handle_my_export(struct call *c)
{
    history_new(c);
    call_settled(c, export_settled);
}
