/* my_polls.c — GET /api/users/me/polls: the caller's own, of any status, newest first.
 *
 *   read lane: ids of this owner's polls below the cursor, those of the status that is
 *   asked for, one more than the page ─▶ poll_page_show()
 *
 * A poll is in the store, and in the catalogue, before its owner is told of it; one
 * that was deleted leaves the catalogue before that is said, the store soon after. So
 * nothing need be waited for. A cursor is the id of the last poll on the page before.
 */
#include <stdio.h>

#include "api/poll_page.h"
#include "app/app.h"
#include "app/handlers.h"
#include "app/query.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/poll.h"
#include "index/catalogue.h"
#include "index/index.h"

enum { FULL = 1 }; /* stops the walk */

struct mine {
    struct poll_page page; /* first */
    struct catalogue *catalogue;
    uint32_t before, limit;
    int status; /* -1: any */
};

static void free_mine(struct poll_page *page)
{
    mem_free(page); /* the first field */
}

static struct mine *mine_of(const struct call *c)
{
    return (struct mine *)poll_page_of(c, free_mine);
}

static bool is_wanted(const struct mine *m, uint32_t id)
{
    struct poll *p;
    bool wanted;

    if (catalogue_get(m->catalogue, id, &p, NULL) != 0)
        return false;
    wanted = m->status < 0 || (int)poll_status(&p->rules, m->page.now_ms) == m->status;
    poll_unref(p);
    return wanted;
}

static int keep(void *user_data, uint32_t id)
{
    struct mine *m = user_data;
    struct poll_page *page = &m->page;

    if (!is_wanted(m, id))
        return 0;
    if (page->n == m->limit) {
        snprintf(page->next, sizeof page->next, "%u", page->ids[page->n - 1]);
        return FULL;
    }
    page->ids[page->n++] = id;
    return 0;
}

static int read_page(struct store *s, struct store_job *job)
{
    struct call *c = call_of_job(job);
    struct mine *m = mine_of(c);
    int rc = s->ops->owned_before(s, c->who.user, m->before, keep, m);

    return rc == FULL ? 0 : rc;
}

static void page_read(struct call *c)
{
    if (c->job.rc != 0)
        call_fail(c, c->job.rc, NULL);
    else
        poll_page_show(c);
}

void handle_my_polls(struct call *c)
{
    static const char *const statuses[] = {"scheduled", "open", "closed"};
    struct mine *m = mem_zalloc(1, sizeof *m);

    m->page.free_whole = free_mine;
    poll_page_keep(c, &m->page);
    m->catalogue = c->app->index->catalogue;
    m->page.now_ms = clock_now_ms(c->app->clock);
    m->status = -1;
    m->limit = 10;
    m->before = UINT32_MAX;
    if (query_word(c, "status", statuses, 3, &m->status,
                   "status must be scheduled, open or closed.") &&
        query_number(c, "limit", LIMIT_PAGE, &m->limit,
                     "limit must be a number from 1 to 100.") &&
        query_number(c, "cursor", UINT32_MAX, &m->before,
                     "cursor must be a nextCursor of this list."))
        call_read(c, read_page, page_read);
}
