/* polls.c — reading, closing and deleting polls.
 *
 * Definitions and results come from the catalogue, without a lane; only the ballot
 * knows who has voted. If time has overtaken a result's status, the ballot touches the
 * poll first, so what is shown is true to the millisecond without any job.
 */
#include "app/app.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/views.h"
#include "ballot/ballot.h"
#include "base/err.h"
#include "core/change.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"

/* ---- GET /api/polls/{id} ---- */

static void reply_poll(struct call *c, const struct look *look)
{
    view_poll(call_out(c), look->poll, &look->result, &look->viewer);
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

void handle_poll(struct call *c)
{
    look_at_poll(c, LOOK_VIEWER, reply_poll);
}

/* ---- POST /api/polls/{id}/close, DELETE /api/polls/{id} ---- */

static void ask_owner_change(struct call *c, enum change_kind kind, call_then_cb *then)
{
    c->op.verb = BALLOT_CHANGE;
    c->op.poll = c->id;
    c->op.wish =
        (struct wish){.kind = kind, .user = c->who.user, .guest = c->who.guest};
    if (catalogue_get(c->app->index->catalogue, c->id, NULL, NULL) != 0)
        call_fail_poll(c, ERR_NOT_FOUND);
    else
        call_ballot(c, then);
}

static void closed(struct call *c)
{
    if (c->op.rc != 0 && c->op.rc != ERR_POLL_CLOSED) /* closed already is closed */
        call_fail_poll(c, c->op.rc);
    else
        look_at_poll(c, LOOK_VIEWER, reply_poll);
}

void handle_poll_close(struct call *c)
{
    ask_owner_change(c, CHANGE_CLOSE, closed);
}

static void deleted(struct call *c)
{
    if (c->op.rc != 0)
        call_fail_poll(c, c->op.rc);
    else
        call_no_content(c);
}

void handle_poll_delete(struct call *c)
{
    ask_owner_change(c, CHANGE_DELETE, deleted);
}
