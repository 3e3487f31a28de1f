/* refresh.c — renews a session, and ends it.
 *
 *   refresh   read lane: is the account still there? ─▶ was its token ended meanwhile?
 *             ─▶ a new token
 *   logout    end what was opened in this session; `everywhere`: on the store lane, end
 *             all the user's tokens
 */
#include "api/account_call.h"
#include "api/session.h"
#include "app/app.h"
#include "app/call.h"
#include "app/handlers.h"
#include "app/identity.h"
#include "app/watchers.h"
#include "auth/revocations.h"
#include "base/clock.h"
#include "base/err.h"

/* ---- POST /api/auth/refresh ---- */

static int read_account(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);

    return s->ops->account_by_id(s, ac->account.id, &ac->account);
}

static void account_read(struct call *c)
{
    struct account_call *ac = account_call_of(c);
    int rc = c->job.rc == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : c->job.rc;

    if (rc == 0 && revocations_hit(c->app->revocations, c->who.user, c->who.issued_ms))
        rc = ERR_UNAUTHORIZED;
    if (rc != 0)
        call_fail(c, rc, NULL);
    else
        session_reply_renewed(c, &ac->account, ac->issued_ms);
}

void handle_refresh(struct call *c)
{
    struct account_call *ac;

    if (!call_json_or_empty(c))
        return;
    ac = account_call_new(c);
    ac->account.id = c->who.user;
    ac->issued_ms = revocations_issue_ms(c->app->revocations, c->who.user, ac->now_ms);
    call_read(c, read_account, account_read);
}

/* ---- POST /api/auth/logout ---- */

static int end_all_tokens(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    struct account_change change = {.tokens_end_ms = 0};
    int rc = revocations_plan(ac->app->revocations, ac->account.id,
                              clock_now_ms(ac->app->clock), &change.tokens_end_ms);

    ac->issued_ms = change.tokens_end_ms;
    if (rc == 0)
        rc = s->ops->account_change(s, ac->account.id, &change, &ac->taken_field);
    return rc;
}

static void all_tokens_ended(struct store_job *job)
{
    const struct account_call *ac = account_call_of_job(job);

    session_end_tokens(ac->app, ac->account.id, ac->issued_ms);
}

static void signed_out_everywhere(struct call *c)
{
    if (c->job.rc == ERR_RATE_LIMITED)
        call_fail_in(c, ERR_RATE_LIMITED, "You have signed out everywhere too often.",
                     30);
    else if (c->job.rc != 0 && c->job.rc != ERR_NOT_FOUND)
        call_fail(c, c->job.rc, NULL);
    else
        session_reply_ended(c);
}

static void sign_out_everywhere(struct call *c)
{
    if (c->who.user == 0) {
        call_fail(c, ERR_UNAUTHORIZED, NULL);
        return;
    }
    if (c->who.guest) {
        call_fail(c, ERR_FORBIDDEN, "A guest has one session only.");
        return;
    }
    account_call_new(c)->account.id = c->who.user;
    call_store(c, end_all_tokens, all_tokens_ended, signed_out_everywhere);
}

/* False: the call was answered. */
static bool read_everywhere(struct call *c, bool *ret_everywhere)
{
    json_t *value;

    if (!call_json_or_empty(c))
        return false;
    value = json_object_get(c->body, "everywhere");
    *ret_everywhere = json_is_true(value);
    if (value != NULL && !json_is_boolean(value))
        call_fault(c, "everywhere", FAULT_WRONG_TYPE, "must be true or false");
    return !call_fail_if_faults(c);
}

/* Signing out also works after the session has ended: the browser still has the
 * cookie. */
void handle_logout(struct call *c)
{
    bool everywhere;

    if (!read_everywhere(c, &everywhere))
        return;
    if (identity_read(c) != 0)
        c->who = (struct identity){0};
    if (everywhere) {
        sign_out_everywhere(c);
        return;
    }
    if (c->who.user != 0)
        c->app->watchers->signed_out(c->app, &c->who);
    session_reply_ended(c);
}
