/* polls.c — creating, reading, closing and deleting polls.
 *
 * Definitions and results are read from the catalogue, without a lane; who has voted is
 * the ballot's to say. A result whose status time has overtaken is touched first, so
 * what is shown is true to the millisecond without any job having run.
 */
#include "app/body.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/views.h"
#include "base/err.h"
#include "base/mem.h"

/* ---- POST /api/polls ---- */

struct creation {
    struct app *app;
    struct poll *poll; /* its id and its owner's name are set once they are known */
};

static void free_creation(void *data)
{
    struct creation *n = data;

    poll_unref(n->poll);
    mem_free(n);
}

static struct creation *creation_of(struct store_job *job)
{
    return call_of_job(job)->data;
}

/* The owner's name is read on the writer's side, where it is changed too (me.c). */
static int store_poll(struct store *s, struct store_job *job)
{
    struct creation *n = creation_of(job);
    struct poll *unnamed = n->poll;
    struct account owner;
    uint32_t id;
    int rc = s->ops->account_get(s, n->poll->rules.owner_id, &owner);

    if (rc == 0)
        rc = s->ops->poll_add(s, n->poll, &id);
    if (rc != 0)
        return rc;
    n->poll = poll_with_owner(unnamed, owner.id, str_of(owner.username));
    n->poll->id = id; /* nobody else has it yet */
    poll_unref(unnamed);
    return 0;
}

static void new_result(const struct poll *p, struct result *ret)
{
    static const uint32_t none[LIMIT_OPTIONS];

    tally_result_at(p, 1, none, 0, p->created_ms, ret);
}

/* On the store lane, durable: now everybody may know it. */
static void poll_stored(struct store_job *job)
{
    struct creation *n = creation_of(job);
    const struct poll_rules *rules = &n->poll->rules;
    struct result r;

    new_result(n->poll, &r);
    catalogue_add(n->app->catalogue, poll_ref(n->poll), &r);
    feed_add(n->app->feed, n->poll, &r);
    if (rules->opens_ms != 0)
        scheduler_at(n->app->scheduler, n->poll->id, rules->opens_ms);
    if (rules->closes_ms != 0)
        scheduler_at(n->app->scheduler, n->poll->id, rules->closes_ms);
}

static void reply_created(struct call *c)
{
    struct creation *n = c->data;
    struct viewer v = {.user = c->who.user, .choice = -1};
    struct buf location = {0};
    struct result r;

    if (c->job.rc != 0) { /* an owner who is not stored has gone since the token */
        call_fail(c, c->job.rc == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : c->job.rc, NULL);
        return;
    }
    new_result(n->poll, &r);
    view_poll(call_out(c), n->poll, &r, &v);
    buf_text(&location, "/api/polls/");
    buf_u64(&location, n->poll->id);
    http_add_header(c->req, "Location", buf_str(&location));
    buf_done(&location);
    call_reply(c, 201);
}

void handle_poll_create(struct call *c)
{
    struct poll_faults faults = {call_fault, c};
    struct creation *n;
    struct poll *poll;

    if (!call_json(c))
        return;
    if (poll_input(c->body, c->who.user, clock_now_ms(c->app->clock), &faults, &poll) !=
        0) {
        call_fail_if_faults(c);
        return;
    }
    n = mem_zalloc(1, sizeof *n);
    n->poll = poll;
    n->app = c->app;
    c->data = n;
    c->free_data = free_creation;
    call_store(c, store_poll, poll_stored, reply_created);
}

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

static void ask_owner_change(struct call *c, enum change_kind kind,
                             void (*then)(struct call *c))
{
    c->op.verb = BALLOT_CHANGE;
    c->op.poll = c->id;
    c->op.wish =
        (struct wish){.kind = kind, .user = c->who.user, .guest = c->who.guest};
    if (catalogue_get(c->app->catalogue, c->id, NULL, NULL) != 0)
        call_fail(c, ERR_NOT_FOUND, "There is no such poll.");
    else
        call_ballot(c, then);
}

static void fail_owner_change(struct call *c)
{
    call_fail(c, c->op.rc,
              c->op.rc == ERR_FORBIDDEN ? "Only the poll's owner may do this." : NULL);
}

static void closed(struct call *c)
{
    if (c->op.rc != 0 && c->op.rc != ERR_POLL_CLOSED) /* closed already is closed */
        fail_owner_change(c);
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
        fail_owner_change(c);
    else
        call_no_content(c);
}

void handle_poll_delete(struct call *c)
{
    ask_owner_change(c, CHANGE_DELETE, deleted);
}
