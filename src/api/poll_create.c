/* poll_create.c — POST /api/polls.
 *
 *   rules ─▶ store lane: has this key made a poll already? else add it ─▶ catalogue
 *
 * The store lane handles requests for one key one after the other, so two at the same
 * instant make one poll. A repeat is answered whenever it comes; only the first request
 * must have a closesAt in the future.
 */
#include "app/app.h"

#include <assert.h>
#include "api/body.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/views.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "core/account.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"
#include "store/store.h"

struct creation {
    struct app *app;
    struct poll *poll; /* its id and its owner's name are filled in once known */
    bool keyed;
    struct poll_key key;
    uint32_t made; /* the poll that the key has made before; 0: none */
};

static void free_creation(void *data)
{
    struct creation *n = data;

    poll_unref(n->poll);
    mem_free(n);
}

static struct creation *creation_of(struct store_job *job)
{
    return call_data(call_of_job(job), free_creation);
}

static bool is_late(const struct poll *p)
{
    return p->rules.closes_ms != 0 && p->rules.closes_ms <= p->created_ms;
}

/* 0: go on, or n->made. ERR_CONFLICT: the key is another poll's. ERR_INVALID: it is the
 * first of its key, and breaks the one rule that was not asked before. */
static int find_made(struct store *s, struct creation *n)
{
    int rc = s->ops->key_find(s, n->poll->rules.owner_id, &n->key, &n->made);

    if (rc == ERR_NOT_FOUND)
        rc = is_late(n->poll) ? ERR_INVALID : 0;
    return rc;
}

/* Read the owner's name on the writer's side, where it changes too (me.c). */
static int add_poll(struct store *s, struct creation *n)
{
    struct poll *unnamed = n->poll;
    struct account owner;
    uint32_t id;
    int rc = s->ops->account_get(s, n->poll->rules.owner_id, &owner);

    if (rc == 0)
        rc = s->ops->poll_add(s, n->poll, &id);
    if (rc == 0 && n->keyed)
        rc = s->ops->key_add(s, owner.id, &n->key, id);
    if (rc != 0)
        return rc;
    n->poll = poll_with_owner(unnamed, owner.id, str_of(owner.username));
    assert(id != 0 && n->made == 0);
    n->poll->id = id; /* nobody else has it yet */
    poll_unref(unnamed);
    return 0;
}

static int store_poll(struct store *s, struct store_job *job)
{
    struct creation *n = creation_of(job);
    int rc = n->keyed ? find_made(s, n) : 0;

    return rc != 0 || n->made != 0 ? rc : add_poll(s, n);
}

static void new_result(const struct creation *n, struct result *ret)
{
    static const uint32_t none[LIMIT_OPTIONS];

    tally_result_at(n->poll, n->app->first_version, none, 0, n->poll->created_ms, ret);
}

/* On the store lane: the poll is durable, so everybody may know it now. */
static void poll_stored(struct store_job *job)
{
    struct creation *n = creation_of(job);
    struct result r;

    if (n->made != 0)
        return;
    new_result(n, &r);
    index_add(n->app->index, poll_ref(n->poll), &r);
}

/* ---- answering ---- */

static void add_location(struct call *c, uint32_t id)
{
    struct buf location = {0};

    buf_text(&location, "/api/polls/");
    buf_u64(&location, id);
    http_add_header(c->req, "Location", buf_str(&location));
    buf_done(&location);
}

static void reply_as_it_is(struct call *c, const struct look *look)
{
    add_location(c, look->poll->id);
    http_add_header(c->req, "Idempotent-Replay", STR("true"));
    view_poll(call_out(c), look->poll, &look->result, &look->viewer);
    call_reply(c, 200);
}

/* A deleted poll is not made again either: no late packet may bring it back. */
static void reply_repeated(struct call *c, uint32_t made)
{
    c->id = made;
    if (catalogue_get(c->app->index->catalogue, made, NULL, NULL) != 0)
        call_fail(c, ERR_CONFLICT,
                  "The poll that this Idempotency-Key made has been deleted.");
    else
        look_at_poll(c, LOOK_VIEWER, reply_as_it_is);
}

static void fail_late(struct call *c, const struct creation *n)
{
    struct faults faults = {call_fault, c};

    (void)poll_check(n->poll, n->poll->created_ms, &faults);
    if (!call_fail_if_faults(c)) /* the store found something else */
        call_fail(c, ERR_INVALID, NULL);
}

static void fail_creation(struct call *c, const struct creation *n)
{
    switch (c->job.rc) {
    case ERR_NOT_FOUND: /* an owner who is not stored has gone since the token */
        call_fail(c, ERR_UNAUTHORIZED, NULL);
        break;
    case ERR_CONFLICT:
        call_fail(c, ERR_CONFLICT, "This Idempotency-Key was used for another poll.");
        break;
    case ERR_INVALID:
        fail_late(c, n);
        break;
    default:
        call_fail(c, c->job.rc, NULL);
    }
}

static void reply_created(struct call *c)
{
    struct creation *n = call_data(c, free_creation);
    struct viewer v = {.user = c->who.user, .choice = -1};
    struct result r;

    if (c->job.rc != 0) {
        fail_creation(c, n);
    } else if (n->made != 0) {
        reply_repeated(c, n->made);
    } else {
        new_result(n, &r);
        view_poll(call_out(c), n->poll, &r, &v);
        add_location(c, n->poll->id);
        call_reply(c, 201);
    }
}

void handle_poll_create(struct call *c)
{
    struct faults faults = {call_fault, c};
    int64_t now_ms = clock_now_ms(c->app->clock);
    struct poll *poll = NULL;
    struct creation *n;
    struct poll_key key;
    bool keyed;

    if (!call_json(c))
        return;
    (void)key_input(c->body, http_header(c->req, "idempotency-key"), &faults, key.key,
                    &keyed);
    (void)poll_input(c->body, c->who.user, keyed ? 0 : now_ms, &faults, &poll);
    if (call_fail_if_faults(c)) {
        poll_unref(poll);
        return;
    }
    poll_hash(poll, key.content);
    poll->created_ms = now_ms;
    n = mem_zalloc(1, sizeof *n);
    *n = (struct creation){.app = c->app, .poll = poll, .keyed = keyed, .key = key};
    call_set_data(c, n, free_creation);
    call_store(c, store_poll, poll_stored, reply_created);
}
