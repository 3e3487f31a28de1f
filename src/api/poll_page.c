#include "api/poll_page.h"

#include <assert.h>

#include "app/app.h"
#include "app/query.h"
#include "app/views.h"
#include "ballot/ballot.h"
#include "base/err.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"

static void free_page(void *data)
{
    struct poll_page *page = data;

    page->free_whole(page);
}

void poll_page_keep(struct call *c, struct poll_page *page)
{
    assert(page->free_whole != NULL);
    call_set_data(c, page, free_page);
}

struct poll_page *poll_page_of(const struct call *c,
                               void (*free_whole)(struct poll_page *page))
{
    struct poll_page *page = call_data(c, free_page);

    assert(page->free_whole == free_whole);
    return page;
}

static void finish(struct call *c, const struct poll_page *page)
{
    struct buf *out = call_out(c);

    buf_text(out, page->n_shown == 0 ? "{\"items\":[]" : "]");
    if (page->next[0] != '\0') {
        query_add_next(c, page->next);
        buf_printf(out, ",\"nextCursor\":\"%s\"}", page->next);
    } else {
        buf_text(out, ",\"nextCursor\":null}");
    }
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

static void show(struct call *c, struct poll_page *page, const struct poll *p,
                 const struct result *r, const struct viewer *v)
{
    buf_text(call_out(c), page->n_shown++ == 0 ? "{\"items\":[" : ",");
    view_poll(call_out(c), p, r, v);
}

/* Show what the ballot knows now; leave out a poll that was deleted meanwhile.
 */
static void asked(struct call *c)
{
    struct poll_page *page = call_data(c, free_page);
    struct viewer v = {.user = c->who.user,
                       .guest = c->who.guest,
                       .choice = c->op.choice,
                       .skipped = c->op.skipped};
    struct poll *p;

    if (c->op.rc != 0 && c->op.rc != ERR_NOT_FOUND) {
        call_fail(c, c->op.rc, NULL);
        return;
    }
    if (c->op.rc == 0 &&
        catalogue_get(c->app->index->catalogue, c->op.poll, &p, NULL) == 0) {
        show(c, page, p, &c->op.result, &v);
        poll_unref(p);
    }
    poll_page_show(c);
}

static void ask(struct call *c, uint32_t poll)
{
    c->op.verb = BALLOT_LOOK;
    c->op.poll = poll;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, asked);
}

/* Only the ballot knows what the caller did. */
static bool must_ask(const struct call *c, const struct poll_page *page,
                     const struct poll *p, const struct result *r)
{
    return (c->who.user != 0 && !page->untouched) ||
           r->status != poll_status(&p->rules, page->now_ms);
}

void poll_page_show(struct call *c)
{
    struct poll_page *page = call_data(c, free_page);
    struct viewer v = {.user = c->who.user, .guest = c->who.guest, .choice = -1};

    assert(page->n <= LIMIT_PAGE);
    while (page->at < page->n) {
        uint32_t id = page->ids[page->at++];
        struct result r;
        struct poll *p;
        bool asks;

        if (catalogue_get(c->app->index->catalogue, id, &p, &r) != 0)
            continue;
        asks = must_ask(c, page, p, &r);
        if (!asks)
            show(c, page, p, &r, &v);
        poll_unref(p);
        if (asks) {
            ask(c, id);
            return;
        }
    }
    finish(c, page);
}
