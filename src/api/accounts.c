/* accounts.c — registering, logging in, joining as a guest.
 *
 *   register   rules ─▶ password lane: hash ─▶ store lane: add ─▶ token
 *   login      login_guard.h ─▶ read lane: find ─▶ password lane: verify ─▶ token
 *   guest                         store lane: add ─▶ token
 *
 * A login takes the same steps, and so the same time, whether the e-mail is known or
 * not, and is refused with the same words.
 */
#include <string.h>

#include "api/account_call.h"
#include "api/session.h"
#include "app/app.h"
#include "app/handlers.h"
#include "auth/account_rules.h"
#include "auth/password.h"
#include "auth/revocations.h"
#include "base/err.h"
#include "base/fault.h"
#include "core/account.h"

static int add_account(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);

    return s->ops->account_add(s, &ac->account, &ac->taken_field);
}

/* On the store lane: also when nobody waits for the answer any more. */
static void account_stored(struct store_job *job)
{
    const struct account_call *ac = account_call_of_job(job);

    revocations_born(ac->app->revocations, ac->account.id, ac->account.created_ms);
}

static void account_added(struct call *c)
{
    struct account_call *ac = account_call_of(c);

    if (c->job.rc == ERR_CONFLICT)
        account_call_fail_taken(c);
    else if (c->job.rc != 0)
        call_fail(c, c->job.rc, NULL);
    else
        session_reply(c, 201, &ac->account, ac->issued_ms);
}

/* ---- POST /api/auth/register ---- */

static void password_hashed(struct call *c)
{
    struct account_call *ac = account_call_of(c);

    if (ac->password.rc != 0) {
        call_fail(c, ac->password.rc, NULL);
        return;
    }
    memcpy(ac->account.password_hash, ac->password.hash, sizeof ac->password.hash);
    call_store(c, add_account, account_stored, account_added);
}

void handle_register(struct call *c)
{
    struct faults faults = {call_fault, c};
    struct str username, email, password;
    struct account_call *ac;

    if (!session_may_begin(c) || !call_json(c))
        return;
    if (account_call_read_line(c, "username", &username))
        account_check_username(username, &faults);
    if (account_call_read_line(c, "email", &email))
        account_check_email(email, &faults);
    if (account_call_read_text(c, "password", &password))
        account_check_password(password, "password", &faults);
    if (call_fail_if_faults(c))
        return;

    ac = account_call_new(c);
    ac->account.created_ms = ac->now_ms;
    account_call_copy_text(ac->account.username, sizeof ac->account.username, username);
    account_call_copy_text(ac->account.email, sizeof ac->account.email, email);
    password_set(&ac->password, password);
    account_call_wipe(password);
    account_call_ask_password(c, PASSWORD_HASH, password_hashed);
}

/* ---- POST /api/auth/login ---- */

/* Ask for the token's issue time before reading the hash: if the password changes in
 * between, the token ends with the old password (revocations.h). */
static int find_account(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    struct account found = {0};
    int rc = ERR_NOT_FOUND;

    if (ac->account.email[0] != '\0') /* guests have none */
        rc = s->ops->account_by_email(s, ac->account.email, &found);
    if (rc == 0) {
        ac->issued_ms =
            revocations_issue_ms(ac->app->revocations, found.id, ac->now_ms);
        rc = s->ops->account_by_id(s, found.id, &found);
    }
    if (rc == 0)
        ac->account = found;
    return rc;
}

/* Store the new hash, unless the password has changed meanwhile. */
static int keep_renewed(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    struct account_change change = {.password_hash = ac->password.hash};
    struct account now;
    int rc = s->ops->account_get(s, ac->account.id, &now);

    if (rc != 0 || strcmp(now.password_hash, ac->account.password_hash) != 0)
        return rc;
    return s->ops->account_change(s, ac->account.id, &change, &ac->taken_field);
}

static void reply_logged_in(struct call *c)
{
    struct account_call *ac = account_call_of(c);

    session_reply(c, 200, &ac->account, ac->issued_ms);
}

static void password_verified(struct call *c)
{
    struct account_call *ac = account_call_of(c);

    if (ac->password.rc == ERR_UNAUTHORIZED)
        call_fail(c, ERR_UNAUTHORIZED, "The e-mail address or the password is wrong.");
    else if (ac->password.rc != 0)
        call_fail(c, ac->password.rc, NULL);
    else if (ac->password.renewed)
        call_store(c, keep_renewed, NULL, reply_logged_in);
    else
        reply_logged_in(c);
}

static void account_sought(struct call *c)
{
    struct account_call *ac = account_call_of(c);

    if (c->job.rc != 0 && c->job.rc != ERR_NOT_FOUND) {
        call_fail(c, c->job.rc, NULL);
        return;
    }
    /* If not found, the hash is empty, and verifying against it takes as long. */
    memcpy(ac->password.hash, ac->account.password_hash, sizeof ac->password.hash);
    account_call_ask_password(c, PASSWORD_VERIFY, password_verified);
}

static bool read_needed(struct call *c, const char *field, struct str *ret_text)
{
    if (!account_call_read_text(c, field, ret_text))
        return false;
    if (ret_text->len == 0)
        call_fault(c, field, FAULT_REQUIRED, "is needed");
    return ret_text->len != 0;
}

/* Values that registering refuses (an address too long, say) are just wrong here. */
void handle_login(struct call *c)
{
    struct str email, password;
    struct account_call *ac;

    if (!session_may_begin(c) || !call_json(c))
        return;
    read_needed(c, "email", &email);
    read_needed(c, "password", &password);
    if (call_fail_if_faults(c))
        return;

    ac = account_call_new(c);
    if (str_trim(email).len > LIMIT_EMAIL_BYTES) /* it may be shorter in normal form */
        account_call_read_line(c, "email", &email);
    account_call_copy_text(ac->account.email, sizeof ac->account.email,
                           str_trim(email));
    password_set(&ac->password, password);
    account_call_wipe(password);
    if (account_call_may_try(c, str_trim(email)))
        call_read(c, find_account, account_sought);
}

/* ---- POST /api/auth/guest ---- */

void handle_guest(struct call *c)
{
    struct account_call *ac;

    if (!session_may_begin(c) || !call_json_or_empty(c))
        return;
    ac = account_call_new(c);
    ac->account.guest = true;
    ac->account.created_ms = ac->now_ms;
    call_store(c, add_account, account_stored, account_added);
}
