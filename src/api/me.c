/* me.c — one's own account: looking at it, changing it, deleting it.
 *
 * A change and a deletion take many steps, on several lanes. Each is a table,
 * changing[] and deleting[]: read it from top to bottom. A step asks a lane; when the
 * call is home again, the step takes the answer, and then the next step follows, or the
 * client is answered.
 *
 * The account is written only if the password's hash is still the one that was checked.
 * With deletePolls it is deleted only when the store lane finds no more polls of its
 * owner, so none made meanwhile is left behind.
 *
 * The catalogue holds owners' names too. The store lane updates them there after the
 * commit, and it adds polls as well, so no poll keeps an old name.
 */
#include <assert.h>
#include <string.h>

#include "api/account_call.h"
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
    struct account_call *ac = account_call_of_job(job);

    return s->ops->account_by_id(s, ac->account.id, &ac->account);
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
    struct account_call *ac = account_call_of(c);
    struct buf *out = call_out(c);

    if (c->op.rc != 0) {
        call_fail(c, c->op.rc, NULL);
        return;
    }
    buf_char(out, '{');
    view_me(out, &ac->account, c->op.votes_today, c->op.votes_left);
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

/* A good token whose user is not stored: the account is gone. */
static bool take_account(struct call *c)
{
    int rc = c->job.rc;

    if (rc != 0)
        call_fail(c, rc == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : rc, NULL);
    return rc == 0;
}

static void ask_quota_then(struct call *c, call_then_cb *then)
{
    c->op.verb = BALLOT_QUOTA;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, then);
}

static void me_read(struct call *c)
{
    if (take_account(c))
        ask_quota_then(c, reply_me);
}

void handle_me(struct call *c)
{
    struct account_call *ac = account_call_new(c);

    ac->account.id = c->who.user;
    call_read(c, read_me, me_read);
}

/* ---- for changes and deletions ---- */

enum { POLL_ROUNDS = 8 }; /* tries to delete all polls while more are being made */

struct step {
    bool (*needed)(const struct call *c); /* NULL: always */
    void (*ask)(struct call *c);          /* asks a lane, which calls come_home() */
    bool (*take)(struct call *c); /* takes the answer. False: the call was answered */
};

/* What the caller wants done to the account. */
struct wanted {
    const struct step *steps; /* changing[] or deleting[] */
    unsigned at;              /* the current step */
    bool deletes_polls;
    bool renames, moves, has_password; /* new username, e-mail, password */
    bool proven;                       /* the current password was given, and right */
    char username[LIMIT_USERNAME_CHARS * 4 + 1];
    char email[LIMIT_EMAIL_BYTES + 1];
    struct str password; /* the new one, in the body; wiped after hashing */
    int64_t tokens_end_ms;
    uint32_t *polls; /* polls to rename the owner of, or to delete */
    size_t n_polls, cap;
    unsigned n_rounds; /* rounds of deleting polls */
};

static void free_wanted(void *more)
{
    struct wanted *w = more;

    account_call_wipe(w->password);
    mem_free(w->polls);
    mem_free(w);
}

static struct wanted *wanted_of(const struct account_call *ac)
{
    assert(ac->free_more == free_wanted);
    return ac->more;
}

static struct wanted *wanted_new(struct call *c, const struct step *steps)
{
    struct account_call *ac = account_call_new(c);
    struct wanted *w = mem_zalloc(1, sizeof *w);

    ac->account.id = c->who.user;
    w->steps = steps;
    ac->more = w;
    ac->free_more = free_wanted;
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

/* The password was checked against the hash in ac->account: is that still the hash? */
static int check_still(struct store *s, const struct account_call *ac)
{
    const struct wanted *w = wanted_of(ac);
    struct account now;
    int rc = s->ops->account_get(s, ac->account.id, &now);

    if (rc == ERR_NOT_FOUND)
        return ERR_UNAUTHORIZED;
    if (rc == 0 && w->proven &&
        strcmp(now.password_hash, ac->account.password_hash) != 0)
        return ERR_FORBIDDEN;
    return rc;
}

static void end_tokens(const struct account_call *ac)
{
    const struct wanted *w = wanted_of(ac);

    session_end_tokens(ac->app, ac->account.id, w->tokens_end_ms);
}

static void fail_change(struct call *c)
{
    if (c->job.rc == ERR_CONFLICT)
        account_call_fail_taken(c);
    else if (c->job.rc == ERR_FORBIDDEN)
        call_fail(c, ERR_FORBIDDEN, "The current password is wrong.");
    else if (c->job.rc == ERR_RATE_LIMITED)
        call_fail_in(c, ERR_RATE_LIMITED, "You have changed the password too often.",
                     30);
    else
        call_fail(c, c->job.rc, NULL);
}

/* ---- steps ---- */

/* Return right after this. */
static void next_step(struct call *c)
{
    struct wanted *w = wanted_of(account_call_of(c));

    while (w->steps[w->at].needed != NULL && !w->steps[w->at].needed(c))
        w->at++;
    w->steps[w->at].ask(c);
}

static void come_home(struct call *c)
{
    struct wanted *w = wanted_of(account_call_of(c));

    if (!w->steps[w->at].take(c))
        return; /* the call is gone */
    w->at++;
    next_step(c);
}

static void ask_account(struct call *c)
{
    call_read(c, read_me, come_home);
}

/* ac->password holds the current one. */
static void ask_if_right(struct call *c)
{
    struct account_call *ac = account_call_of(c);

    if (!account_call_may_try(c, str_of(ac->account.email)))
        return;
    memcpy(ac->password.hash, ac->account.password_hash, sizeof ac->password.hash);
    account_call_ask_password(c, PASSWORD_VERIFY, come_home);
}

static bool take_proof(struct call *c)
{
    const struct account_call *ac = account_call_of(c);

    if (ac->password.rc == 0) {
        wanted_of(ac)->proven = true;
        return true;
    }
    if (ac->password.rc == ERR_UNAUTHORIZED)
        call_fail(c, ERR_FORBIDDEN, "The current password is wrong.");
    else
        call_fail(c, ac->password.rc, NULL);
    return false;
}

/* ---- PATCH /api/users/me ---- */

static int change_account(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    struct wanted *w = wanted_of(ac);
    struct account_change change = {.username = w->renames ? w->username : NULL,
                                    .email = w->moves ? w->email : NULL,
                                    .password_hash =
                                        w->has_password ? ac->password.hash : NULL};
    int rc = check_still(s, ac);

    if (rc == 0 && w->has_password)
        rc = revocations_plan(ac->app->revocations, ac->account.id,
                              clock_now_ms(ac->app->clock), &w->tokens_end_ms);
    change.tokens_end_ms = w->tokens_end_ms;
    if (rc == 0)
        rc = s->ops->account_change(s, ac->account.id, &change, &ac->taken_field);
    if (rc == 0 && w->renames)
        rc = s->ops->owned_each(s, ac->account.id, keep_poll, w);
    if (rc == 0)
        rc = s->ops->account_get(s, ac->account.id, &ac->account);
    return rc;
}

static void account_changed(struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    const struct wanted *w = wanted_of(ac);

    if (w->has_password)
        end_tokens(ac);
    for (size_t i = 0; i < w->n_polls; i++)
        index_set_owner(ac->app->index, w->polls[i], ac->account.id,
                        str_of(ac->account.username));
}

static bool reply_changed(struct call *c)
{
    struct account_call *ac = account_call_of(c);
    const struct wanted *w = wanted_of(ac);
    struct buf *out = call_out(c);

    if (c->op.rc != 0) {
        call_fail(c, c->op.rc, NULL);
        return false;
    }
    buf_char(out, '{');
    view_me(out, &ac->account, c->op.votes_today, c->op.votes_left);
    if (w->has_password) {
        int64_t issue_ms = revocations_issue_ms(c->app->revocations, ac->account.id,
                                                clock_now_ms(c->app->clock));
        int rc;

        buf_char(out, ',');
        rc = session_write_token(c, &ac->account, issue_ms);
        if (rc != 0) {
            call_fail(c, rc, NULL);
            return false;
        }
    }
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
    return false;
}

/* Read the wanted values, and the current password, which some of them need. */
static void read_wanted(struct call *c, struct str *username, struct str *email,
                        struct str *password, struct str *current)
{
    struct faults faults = {call_fault, c};

    if (account_call_read_line(c, "username", username) && username->at != NULL)
        account_check_username(*username, &faults);
    if (account_call_read_line(c, "email", email) && email->at != NULL)
        account_check_email(*email, &faults);
    if (account_call_read_text(c, "password", password) && password->at != NULL)
        account_check_password(*password, "password", &faults);
    if (account_call_read_text(c, "currentPassword", current) && current->len == 0 &&
        (email->at != NULL || password->at != NULL))
        call_fault(c, "currentPassword", FAULT_REQUIRED,
                   "is needed to change the password or the e-mail address");
}

static void ask_quota(struct call *c)
{
    ask_quota_then(c, come_home);
}

static bool needs_proof(const struct call *c)
{
    const struct wanted *w = wanted_of(account_call_of(c));

    return w->moves || w->has_password;
}

static bool sets_password(const struct call *c)
{
    return wanted_of(account_call_of(c))->has_password;
}

static void ask_new_hash(struct call *c)
{
    struct account_call *ac = account_call_of(c);
    struct wanted *w = wanted_of(ac);

    password_set(&ac->password, w->password);
    account_call_wipe(w->password);
    account_call_ask_password(c, PASSWORD_HASH, come_home);
}

static bool take_new_hash(struct call *c)
{
    int rc = account_call_of(c)->password.rc;

    if (rc != 0)
        call_fail(c, rc, NULL);
    return rc == 0;
}

static void ask_change(struct call *c)
{
    call_store(c, change_account, account_changed, come_home);
}

static bool take_stored(struct call *c)
{
    int rc = c->job.rc;

    if (rc != 0)
        fail_change(c);
    return rc == 0;
}

static const struct step changing[] = {
    {needs_proof, ask_account, take_account},
    {needs_proof, ask_if_right, take_proof},
    {sets_password, ask_new_hash, take_new_hash},
    {NULL, ask_change, take_stored},
    {NULL, ask_quota, reply_changed},
};

void handle_me_change(struct call *c)
{
    struct str username, email, password, current;
    struct account_call *ac;
    struct wanted *w;

    if (!call_json(c))
        return;
    read_wanted(c, &username, &email, &password, &current);
    if (call_fail_if_faults(c))
        return;
    w = wanted_new(c, changing);
    ac = account_call_of(c);
    w->renames = username.at != NULL;
    w->moves = email.at != NULL;
    w->has_password = password.at != NULL;
    w->password = password;
    account_call_copy_text(w->username, sizeof w->username, username);
    account_call_copy_text(w->email, sizeof w->email, email);
    password_set(&ac->password, current);
    account_call_wipe(current);
    next_step(c);
}

/* ---- DELETE /api/users/me ---- */

static bool has_polls_to_delete(const struct wanted *w)
{
    return w->deletes_polls && w->n_polls > 0;
}

static int delete_account(struct store *s, struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    struct wanted *w = wanted_of(ac);
    int rc = check_still(s, ac);

    w->n_polls = 0;
    if (rc == 0)
        rc = s->ops->owned_each(s, ac->account.id, keep_poll, w);
    if (rc == 0 && has_polls_to_delete(w))
        return 0; /* delete those first */
    if (rc == 0)
        rc = revocations_plan(ac->app->revocations, ac->account.id,
                              clock_now_ms(ac->app->clock), &w->tokens_end_ms);
    if (rc == 0)
        rc = s->ops->account_delete(s, ac->account.id, w->tokens_end_ms);
    return rc;
}

static void account_deleted(struct store_job *job)
{
    struct account_call *ac = account_call_of_job(job);
    const struct wanted *w = wanted_of(ac);

    if (has_polls_to_delete(w))
        return;
    end_tokens(ac);
    for (size_t i = 0; i < w->n_polls; i++)
        index_set_owner(ac->app->index, w->polls[i], 0, (struct str){NULL, 0});
}

static bool is_user(const struct call *c)
{
    return !c->who.guest; /* a guest proves nothing but the token */
}

/* Wait until the store has everything that was acknowledged so far. */
static void ask_settled(struct call *c)
{
    call_settled(c, come_home);
}

static bool take_settled(struct call *c)
{
    (void)c;
    return true;
}

static void ask_deletion(struct call *c)
{
    call_store(c, delete_account, account_deleted, come_home);
}

/* Done, unless there are polls to delete first. */
static bool take_deletion(struct call *c)
{
    struct wanted *w = wanted_of(account_call_of(c));

    if (!take_stored(c))
        return false;
    if (!has_polls_to_delete(w))
        session_reply_ended(c);
    else if (++w->n_rounds <= POLL_ROUNDS)
        return true;
    else
        call_fail(c, ERR_UNAVAILABLE, "Polls are being made at the same time.");
    return false;
}

static void ask_poll_deletion(struct call *c)
{
    struct wanted *w = wanted_of(account_call_of(c));

    c->op.verb = BALLOT_CHANGE;
    c->op.poll = w->polls[--w->n_polls];
    c->op.wish = (struct wish){.kind = CHANGE_DELETE, .user = c->who.user};
    call_ballot(c, come_home);
}

/* Make step the one that come_home() continues with. */
static void go_to(struct wanted *w, unsigned step)
{
    w->at = step - 1;
}

enum { STEP_SETTLE = 2, STEP_DELETE_POLL = 4 }; /* in deleting[] */

/* A poll that is gone already is fine. After the last one, try the account again. */
static bool take_poll_deletion(struct call *c)
{
    struct wanted *w = wanted_of(account_call_of(c));
    int rc = c->op.rc;

    if (rc != 0 && rc != ERR_NOT_FOUND) {
        call_fail(c, rc, NULL);
        return false;
    }
    go_to(w, w->n_polls > 0 ? STEP_DELETE_POLL : STEP_SETTLE);
    return true;
}

static const struct step deleting[] = {
    {is_user, ask_account, take_account},
    {is_user, ask_if_right, take_proof},
    [STEP_SETTLE] = {NULL, ask_settled, take_settled},
    {NULL, ask_deletion, take_deletion},
    [STEP_DELETE_POLL] = {NULL, ask_poll_deletion, take_poll_deletion},
};

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
    bool deletes_polls;

    if (!call_json_or_empty(c))
        return;
    if (account_call_read_text(c, "password", &password) && password.len == 0 &&
        !c->who.guest)
        call_fault(c, "password", FAULT_REQUIRED, "is needed");
    deletes_polls = read_deletes_polls(c);
    if (call_fail_if_faults(c))
        return;
    wanted_new(c, deleting)->deletes_polls = deletes_polls;
    password_set(&account_call_of(c)->password, password);
    account_call_wipe(password);
    next_step(c);
}
