/* me.c — one's own account: looking at it, changing it, deleting it.
 *
 *   change   rules ─▶ read lane: hash ─▶ password lane: verify, hash the new one
 *            ─▶ store lane: is the hash still the same? change; end older tokens
 *   delete   read lane: hash ─▶ password lane: verify ─▶ wait until the store has
 *            everything that was acknowledged, so that nothing comes after
 *            ─▶ store lane: is the hash still the same? delete; end all tokens
 *            With deletePolls, as long as there are polls: ballot: delete each, and
 *            again from the wait on. So none that is made meanwhile is left behind.
 *
 * Names of owners are in the catalogue too. They are put there on the store lane after
 * the commit, where polls are added as well: so no poll keeps an old name.
 */
#include <string.h>

#include "api/entry.h"
#include "api/session.h"
#include "app/app.h"
#include "app/handlers.h"
#include "app/settled.h"
#include "app/views.h"
#include "auth/account_rules.h"
#include "auth/password.h"
#include "auth/revocations.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"
#include "core/account.h"
#include "core/change.h"
#include "core/tally.h"
#include "index/index.h"
#include "net/http.h"
#include "store/store.h"

/* ---- GET /api/users/me ---- */

static int read_me(struct store *s, struct store_job *job)
{
    struct entry *e = entry_of_job(job);

    return s->ops->account_by_id(s, e->account.id, &e->account);
}

static void view_me(struct buf *out, const struct account *a, uint32_t votes_today,
                    uint32_t votes_left)
{
    view_account_fields(out, a);
    buf_text(out, ",\"votesToday\":");
    buf_u64(out, votes_today);
    buf_text(out, ",\"votesLeftToday\":");
    if (votes_left == UINT32_MAX)
        buf_text(out, "null"); /* there is no limit */
    else
        buf_u64(out, votes_left);
}

static void reply_me(struct call *c)
{
    struct entry *e = entry_of(c);
    struct buf *out = call_out(c);

    if (c->op.rc != 0) {
        call_fail(c, c->op.rc, NULL);
        return;
    }
    buf_char(out, '{');
    view_me(out, &e->account, c->op.votes_today, c->op.votes_left);
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

/* A good token of somebody who is not stored: the account has gone. */
static void me_read(struct call *c)
{
    if (c->job.rc != 0) {
        call_fail(c, c->job.rc == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : c->job.rc, NULL);
        return;
    }
    c->op.verb = BALLOT_QUOTA;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, reply_me);
}

void handle_me(struct call *c)
{
    struct entry *e = entry_new(c);

    e->account.id = c->who.user;
    call_read(c, read_me, me_read);
}

/* ---- what changes and deletions share ---- */

enum { POLL_ROUNDS = 8 }; /* of deleting all polls, while more are being made */

/* What is to become of the account. */
struct wanted {
    bool deletes, deletes_polls;
    bool renames, moves, has_password; /* new username, e-mail, password */
    bool proven;                       /* the current password was given, and right */
    char username[LIMIT_USERNAME_CHARS * 4 + 1];
    char email[LIMIT_EMAIL_BYTES + 1];
    struct str password; /* the new one, in the body; wiped once it is hashed */
    int64_t tokens_end_ms;
    uint32_t *polls; /* whose owner's name changes, or which are to be deleted */
    size_t n_polls, cap;
    unsigned n_rounds; /* of deleting polls */
};

static void free_wanted(void *more)
{
    struct wanted *w = more;

    entry_wipe(w->password);
    mem_free(w->polls);
    mem_free(w);
}

static struct wanted *wanted_new(struct call *c)
{
    struct entry *e = entry_new(c);
    struct wanted *w = mem_zalloc(1, sizeof *w);

    e->account.id = c->who.user;
    e->more = w;
    e->free_more = free_wanted;
    return w;
}

static int keep_poll(void *user_data, uint32_t poll)
{
    struct wanted *w = user_data;

    if (w->n_polls == w->cap) {
        w->cap = w->cap != 0 ? 2 * w->cap : 16;
        w->polls = mem_realloc(w->polls, w->cap * sizeof *w->polls);
    }
    w->polls[w->n_polls++] = poll;
    return 0;
}

/* The password was proven against the hash in e->account: does it still hold? */
static int check_still(struct store *s, const struct entry *e)
{
    const struct wanted *w = e->more;
    struct account now;
    int rc = s->ops->account_get(s, e->account.id, &now);

    if (rc == ERR_NOT_FOUND)
        return ERR_UNAUTHORIZED;
    if (rc == 0 && w->proven &&
        strcmp(now.password_hash, e->account.password_hash) != 0)
        return ERR_FORBIDDEN;
    return rc;
}

static void end_tokens(const struct entry *e)
{
    const struct wanted *w = e->more;

    revocations_add(e->app->revocations, e->account.id, w->tokens_end_ms,
                    clock_now_ms(e->app->clock));
}

static void fail_change(struct call *c)
{
    if (c->job.rc == ERR_CONFLICT)
        entry_fail_taken(c);
    else if (c->job.rc == ERR_FORBIDDEN)
        call_fail(c, ERR_FORBIDDEN, "The current password is wrong.");
    else if (c->job.rc == ERR_RATE_LIMITED)
        call_fail_in(c, ERR_RATE_LIMITED, "The password was changed very often.", 30);
    else
        call_fail(c, c->job.rc, NULL);
}

static void store_wanted(struct call *c);

static void current_verified(struct call *c)
{
    struct entry *e = entry_of(c);
    struct wanted *w = e->more;

    if (e->password.rc == ERR_UNAUTHORIZED) {
        call_fail(c, ERR_FORBIDDEN, "The current password is wrong.");
    } else if (e->password.rc != 0) {
        call_fail(c, e->password.rc, NULL);
    } else {
        w->proven = true;
        store_wanted(c);
    }
}

/* e->password holds the current one. */
static void current_read(struct call *c)
{
    struct entry *e = entry_of(c);

    if (c->job.rc != 0) {
        call_fail(c, c->job.rc == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : c->job.rc, NULL);
        return;
    }
    if (!entry_may_try(c, str_of(e->account.email)))
        return;
    memcpy(e->password.hash, e->account.password_hash, sizeof e->password.hash);
    entry_ask_password(c, PASSWORD_VERIFY, current_verified);
}

/* ---- PATCH /api/users/me ---- */

static int change_account(struct store *s, struct store_job *job)
{
    struct entry *e = entry_of_job(job);
    struct wanted *w = e->more;
    struct account_change change = {.username = w->renames ? w->username : NULL,
                                    .email = w->moves ? w->email : NULL,
                                    .password_hash =
                                        w->has_password ? e->password.hash : NULL};
    int rc = check_still(s, e);

    if (rc == 0 && w->has_password)
        rc = revocations_plan(e->app->revocations, e->account.id,
                              clock_now_ms(e->app->clock), &w->tokens_end_ms);
    change.tokens_end_ms = w->tokens_end_ms;
    if (rc == 0)
        rc = s->ops->account_change(s, e->account.id, &change, &e->taken_field);
    if (rc == 0 && w->renames)
        rc = s->ops->owned_each(s, e->account.id, keep_poll, w);
    if (rc == 0)
        rc = s->ops->account_get(s, e->account.id, &e->account);
    return rc;
}

static void account_changed(struct store_job *job)
{
    struct entry *e = entry_of_job(job);
    const struct wanted *w = e->more;

    if (w->has_password)
        end_tokens(e);
    for (size_t i = 0; i < w->n_polls; i++)
        index_set_owner(e->app->index, w->polls[i], e->account.id,
                        str_of(e->account.username));
}

static void reply_changed(struct call *c)
{
    struct entry *e = entry_of(c);
    const struct wanted *w = e->more;
    struct buf *out = call_out(c);

    if (c->op.rc != 0) {
        call_fail(c, c->op.rc, NULL);
        return;
    }
    buf_char(out, '{');
    view_me(out, &e->account, c->op.votes_today, c->op.votes_left);
    if (w->has_password) {
        int64_t issue_ms = revocations_issue_ms(c->app->revocations, e->account.id,
                                                clock_now_ms(c->app->clock));
        int rc;

        buf_char(out, ',');
        rc = session_write_token(c, &e->account, issue_ms);
        if (rc != 0) {
            call_fail(c, rc, NULL);
            return;
        }
    }
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

static void change_stored(struct call *c)
{
    if (c->job.rc != 0) {
        fail_change(c);
        return;
    }
    c->op.verb = BALLOT_QUOTA;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, reply_changed);
}

static void new_hashed(struct call *c)
{
    struct entry *e = entry_of(c);

    if (e->password.rc != 0)
        call_fail(c, e->password.rc, NULL);
    else
        call_store(c, change_account, account_changed, change_stored);
}

/* Also the field that only proves: at least one of the others makes it needed. */
static void read_wanted(struct call *c, struct str *username, struct str *email,
                        struct str *password, struct str *current)
{
    struct faults faults = {call_fault, c};

    if (entry_read_text(c, "username", username) && username->at != NULL)
        account_check_username(str_trim(*username), &faults);
    if (entry_read_text(c, "email", email) && email->at != NULL)
        account_check_email(str_trim(*email), &faults);
    if (entry_read_text(c, "password", password) && password->at != NULL)
        account_check_password(*password, "password", &faults);
    if (entry_read_text(c, "currentPassword", current) && current->len == 0 &&
        (email->at != NULL || password->at != NULL))
        call_fault(c, "currentPassword", FAULT_REQUIRED,
                   "is needed to change the password or the e-mail address");
}

void handle_me_change(struct call *c)
{
    struct str username, email, password, current;
    struct entry *e;
    struct wanted *w;

    if (!call_json(c))
        return;
    read_wanted(c, &username, &email, &password, &current);
    if (call_fail_if_faults(c))
        return;
    w = wanted_new(c);
    e = entry_of(c);
    w->renames = username.at != NULL;
    w->moves = email.at != NULL;
    w->has_password = password.at != NULL;
    w->password = password;
    entry_copy_text(w->username, sizeof w->username, str_trim(username));
    entry_copy_text(w->email, sizeof w->email, str_trim(email));
    password_set(&e->password, current);
    entry_wipe(current);
    if (w->moves || w->has_password)
        call_read(c, read_me, current_read);
    else
        call_store(c, change_account, account_changed, change_stored);
}

/* ---- DELETE /api/users/me ---- */

static bool has_polls_to_delete(const struct wanted *w)
{
    return w->deletes_polls && w->n_polls > 0;
}

static int delete_account(struct store *s, struct store_job *job)
{
    struct entry *e = entry_of_job(job);
    struct wanted *w = e->more;
    int rc = check_still(s, e);

    w->n_polls = 0;
    if (rc == 0)
        rc = s->ops->owned_each(s, e->account.id, keep_poll, w);
    if (rc == 0 && has_polls_to_delete(w))
        return 0; /* those first */
    if (rc == 0)
        rc = revocations_plan(e->app->revocations, e->account.id,
                              clock_now_ms(e->app->clock), &w->tokens_end_ms);
    if (rc == 0)
        rc = s->ops->account_delete(s, e->account.id, w->tokens_end_ms);
    return rc;
}

static void account_deleted(struct store_job *job)
{
    struct entry *e = entry_of_job(job);
    const struct wanted *w = e->more;

    if (has_polls_to_delete(w))
        return;
    end_tokens(e);
    for (size_t i = 0; i < w->n_polls; i++)
        index_set_owner(e->app->index, w->polls[i], 0, (struct str){NULL, 0});
}

static void delete_next_poll(struct call *c);
static void store_deletion(struct call *c);

/* One that is gone already is as wished. */
static void poll_deleted(struct call *c)
{
    const struct wanted *w = ((struct entry *)c->data)->more;

    if (c->op.rc != 0 && c->op.rc != ERR_NOT_FOUND)
        call_fail(c, c->op.rc, NULL);
    else if (w->n_polls > 0)
        delete_next_poll(c);
    else
        call_settled(c, store_deletion);
}

static void delete_next_poll(struct call *c)
{
    struct wanted *w = ((struct entry *)c->data)->more;

    c->op.verb = BALLOT_CHANGE;
    c->op.poll = w->polls[--w->n_polls];
    c->op.wish = (struct wish){.kind = CHANGE_DELETE, .user = c->who.user};
    call_ballot(c, poll_deleted);
}

static void deletion_stored(struct call *c)
{
    struct wanted *w = ((struct entry *)c->data)->more;

    if (c->job.rc != 0)
        fail_change(c);
    else if (!has_polls_to_delete(w))
        session_reply_ended(c);
    else if (++w->n_rounds <= POLL_ROUNDS)
        delete_next_poll(c);
    else
        call_fail(c, ERR_UNAVAILABLE, "Polls are being made at the same time.");
}

static void store_deletion(struct call *c)
{
    call_store(c, delete_account, account_deleted, deletion_stored);
}

static void store_wanted(struct call *c)
{
    struct entry *e = entry_of(c);
    struct wanted *w = e->more;

    if (w->deletes) {
        call_settled(c, store_deletion);
    } else if (w->has_password) {
        password_set(&e->password, w->password);
        entry_wipe(w->password);
        entry_ask_password(c, PASSWORD_HASH, new_hashed);
    } else {
        call_store(c, change_account, account_changed, change_stored);
    }
}

static bool read_deletes_polls(struct call *c)
{
    const json_t *value = json_object_get(c->body, "deletePolls");

    if (value != NULL && !json_is_boolean(value) && !json_is_null(value))
        call_fault(c, "deletePolls", FAULT_WRONG_TYPE, "must be true or false");
    return json_is_true(value);
}

void handle_me_delete(struct call *c)
{
    struct str password = {NULL, 0};
    struct wanted *w;
    bool deletes_polls;

    if (!call_json_or_empty(c))
        return;
    if (entry_read_text(c, "password", &password) && password.len == 0 && !c->who.guest)
        call_fault(c, "password", FAULT_REQUIRED, "is needed");
    deletes_polls = read_deletes_polls(c);
    if (call_fail_if_faults(c))
        return;
    w = wanted_new(c);
    w->deletes = true;
    w->deletes_polls = deletes_polls;
    if (c->who.guest) { /* the token is all that a guest has */
        store_wanted(c);
        return;
    }
    password_set(&entry_of(c)->password, password);
    entry_wipe(password);
    call_read(c, read_me, current_read);
}
