#include "app/look.h"

#include <assert.h>

#include "app/app.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/index.h"

struct looking {
    struct look look; /* first */
    void (*reply)(struct call *c, const struct look *look);
};

static void free_looking(void *data)
{
    struct looking *l = data;

    poll_unref(l->look.poll);
    mem_free(l);
}

static struct looking *looking_new(struct call *c)
{
    struct looking *l = mem_zalloc(1, sizeof *l);

    l->look.viewer =
        (struct viewer){.user = c->who.user, .guest = c->who.guest, .choice = -1};
    call_set_data(c, l, free_looking);
    return l;
}

static void looked(struct call *c)
{
    struct looking *l = call_data(c, free_looking);

    if (c->op.rc != 0) {
        call_fail_poll(c, c->op.rc);
        return;
    }
    l->look.result = c->op.result;
    if (c->op.verb == BALLOT_LOOK) {
        l->look.viewer.choice = c->op.choice;
        l->look.viewer.skipped = c->op.skipped;
    }
    l->reply(c, &l->look);
}

static bool wants_choice(const struct look *look, enum look_depth depth)
{
    if (look->viewer.user == 0)
        return false;
    return depth == LOOK_VIEWER || look->poll->rules.visibility == VISIBLE_AFTER_VOTE;
}

void look_at_poll(struct call *c, enum look_depth depth,
                  void (*reply)(struct call *c, const struct look *look))
{
    struct looking *l = looking_new(c);
    struct look *look = &l->look;
    bool choice, overtaken;

    assert(reply != NULL);
    l->reply = reply;
    if (catalogue_get(c->app->index->catalogue, c->id, &look->poll, &look->result) !=
        0) {
        call_fail_poll(c, ERR_NOT_FOUND);
        return;
    }
    choice = wants_choice(look, depth);
    overtaken = look->result.status !=
                poll_status(&look->poll->rules, clock_now_ms(c->app->clock));
    if (!choice && !overtaken) {
        reply(c, look);
        return;
    }
    c->op.verb = choice ? BALLOT_LOOK : BALLOT_TOUCH;
    c->op.poll = c->id;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, looked);
}
