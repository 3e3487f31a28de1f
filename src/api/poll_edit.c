/* poll_edit.c — PATCH /api/polls/{id}.
 *
 *   rules ─▶ store lane: the edit waits there ─▶ ballot: owner? votes? then the journal
 *   says that it is true, and the projector makes the poll so, in order with its votes
 *
 * Only the ballot knows whether there is a vote, and only there no vote can come in
 * between. The journal's records are small, so the texts go to the store first; an edit
 * that is refused, or cut off by a crash, is dropped from there again.
 */
#include "app/app.h"
#include "api/body.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/views.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "core/change.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"

struct editing {
    struct poll_edit edit;
    struct poll *values; /* a reference: edit.values */
    int rc;              /* of the ballot */
};

static void free_editing(void *data)
{
    struct editing *e = data;

    poll_unref(e->values);
    mem_free(e);
}

static struct editing *editing_of(struct store_job *job)
{
    return call_data(call_of_job(job), free_editing);
}

static int add_edit(struct store *s, struct store_job *job)
{
    struct editing *e = editing_of(job);

    return s->ops->edit_add(s, call_of_job(job)->id, e->edit.fields, e->values,
                            &e->edit.id);
}

static int drop_edit(struct store *s, struct store_job *job)
{
    return s->ops->edit_drop(s, editing_of(job)->edit.id);
}

static void fail(struct call *c, int rc)
{
    if (rc == ERR_CONFLICT)
        call_fail(c, rc,
                  "There are votes: only closesAt and description can be changed.");
    else
        call_fail_poll(c, rc);
}

/* If it cannot be dropped now, the next start drops it. */
static void dropped(struct call *c)
{
    const struct editing *e = call_data(c, free_editing);

    fail(c, e->rc);
}

static void reply_poll(struct call *c, const struct look *look)
{
    view_poll(call_out(c), look->poll, &look->result, &look->viewer);
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

static void judged(struct call *c)
{
    struct editing *e = call_data(c, free_editing);

    e->rc = c->op.rc;
    if (e->rc == 0)
        look_at_poll(c, LOOK_VIEWER, reply_poll);
    else if (e->rc == ERR_UNAVAILABLE) /* the journal's disk: rather not the store's */
        fail(c, e->rc);
    else
        call_store(c, drop_edit, NULL, dropped);
}

static void edit_added(struct call *c)
{
    struct editing *e = call_data(c, free_editing);

    if (c->job.rc != 0) {
        call_fail(c, c->job.rc, NULL);
        return;
    }
    e->edit.values = e->values;
    c->op.verb = BALLOT_CHANGE;
    c->op.poll = c->id;
    c->op.wish = (struct wish){.kind = CHANGE_EDIT,
                               .user = c->who.user,
                               .guest = c->who.guest,
                               .edit = &e->edit};
    call_ballot(c, judged);
}

static bool is_owner(const struct call *c, const struct poll *p)
{
    const struct viewer v = {.user = c->who.user, .guest = c->who.guest};

    return viewer_is_owner(&v, &p->rules);
}

static void edit(struct call *c, const struct poll *p)
{
    struct faults faults = {call_fault, c};
    struct editing *e;
    struct poll *values;
    uint32_t fields;

    if (!is_owner(c, p)) {
        fail(c, ERR_FORBIDDEN);
        return;
    }
    if (poll_edit_input(c->body, p, clock_now_ms(c->app->clock), &faults, &fields,
                        &values) != 0) {
        call_fail_if_faults(c);
        return;
    }
    e = mem_zalloc(1, sizeof *e);
    e->edit.fields = fields;
    e->values = values;
    call_set_data(c, e, free_editing);
    if (fields == 0)
        look_at_poll(c, LOOK_VIEWER, reply_poll); /* nothing would change */
    else
        call_store(c, add_edit, NULL, edit_added);
}

void handle_poll_edit(struct call *c)
{
    struct poll *p;

    if (!call_json(c))
        return;
    if (catalogue_get(c->app->index->catalogue, c->id, &p, NULL) != 0) {
        fail(c, ERR_NOT_FOUND);
        return;
    }
    edit(c, p);
    poll_unref(p);
}
