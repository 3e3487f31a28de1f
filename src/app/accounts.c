/* accounts.c — registering, logging in, joining as a guest, and who am I.
 *
 *   register   rules ─▶ password lane: hash ─▶ store lane: add ─▶ token
 *   login      read lane: find ─▶ password lane: verify ─▶ token
 *   guest                         store lane: add ─▶ token
 *
 * A login takes the same steps, and so the same time, whether the e-mail is known or
 * not, and is refused with the same words.
 */
#include <sodium.h>
#include <string.h>

#include "app/account_rules.h"
#include "app/handlers.h"
#include "app/session.h"
#include "base/err.h"
#include "base/mem.h"

/* Somebody on the way in. */
struct entry {
    struct password_job password; /* first: found by a cast from its mail */
    struct call *call;
    struct revocations *revocations;
    struct account account;
    int64_t now_ms;
    int64_t issued_ms;       /* of the token to be */
    const char *taken_field; /* by somebody else */
};

static void free_entry(void *data)
{
    sodium_memzero(data, sizeof(struct entry));
    mem_free(data);
}

static struct entry *entry_new(struct call *c)
{
    struct entry *e = mem_zalloc(1, sizeof *e);

    e->call = c;
    e->revocations = c->app->revocations;
    e->now_ms = clock_now_ms(c->app->clock);
    e->issued_ms = e->now_ms;
    c->data = e;
    c->free_data = free_entry;
    return e;
}

static struct entry *entry_of(struct store_job *job)
{
    return call_of_job(job)->data;
}

/* ---- reading ---- */

/* The text of a field; an empty one where it is missing. False: something else. */
static bool read_text(struct call *c, const char *field, struct str *ret_text)
{
    json_t *value = json_object_get(c->body, field);

    *ret_text = (struct str){json_string_value(value), json_string_length(value)};
    if (value == NULL || json_is_null(value) || json_is_string(value))
        return true;
    call_fault(c, field, "must be a string");
    return false;
}

/* The parser's own copy is not needed any more. */
static void wipe(struct str text)
{
    if (text.len > 0)
        sodium_memzero((char *)(uintptr_t)text.at, text.len);
}

/* to has room: the rules hold it shorter. */
static void copy_text(char *to, size_t size, struct str text)
{
    if (text.len > 0 && text.len < size)
        memcpy(to, text.at, text.len);
}

/* ---- lanes ---- */

static void on_password_home(struct mail *m)
{
    struct call *c = ((struct entry *)m)->call;

    c->then(c);
}

/* Nothing more may be done but return, as after call_store(). */
static void ask_password(struct call *c, enum password_verb verb,
                         void (*then)(struct call *c))
{
    struct entry *e = c->data;
    int rc;

    c->then = then;
    e->password.verb = verb;
    e->password.mail.home = loop_inbox(c->loop->loop);
    e->password.mail.on_home = on_password_home;
    rc = password_submit(c->app->passwords, &e->password);
    if (rc != 0)
        call_fail(c, rc, NULL);
}

static int add_account(struct store *s, struct store_job *job)
{
    struct entry *e = entry_of(job);

    return s->ops->account_add(s, &e->account, &e->taken_field);
}

static void account_added(struct call *c)
{
    struct entry *e = c->data;

    if (c->job.rc == ERR_CONFLICT)
        call_fail(c, ERR_CONFLICT,
                  strcmp(e->taken_field, "email") == 0
                      ? "There is an account with this e-mail address already."
                      : "The username is taken.");
    else if (c->job.rc != 0)
        call_fail(c, c->job.rc, NULL);
    else
        session_reply(c, 201, &e->account, e->issued_ms);
}

/* ---- POST /api/auth/register ---- */

static void password_hashed(struct call *c)
{
    struct entry *e = c->data;

    if (e->password.rc != 0) {
        call_fail(c, e->password.rc, NULL);
        return;
    }
    memcpy(e->account.password_hash, e->password.hash, sizeof e->password.hash);
    call_store(c, add_account, NULL, account_added);
}

void handle_register(struct call *c)
{
    struct account_faults faults = {call_fault, c};
    struct str username, email, password;
    struct entry *e;

    if (!call_json(c))
        return;
    if (read_text(c, "username", &username))
        account_check_username(str_trim(username), &faults);
    if (read_text(c, "email", &email))
        account_check_email(str_trim(email), &faults);
    if (read_text(c, "password", &password))
        account_check_password(password, "password", &faults);
    if (call_fail_if_faults(c))
        return;

    e = entry_new(c);
    e->account.created_ms = e->now_ms;
    copy_text(e->account.username, sizeof e->account.username, str_trim(username));
    copy_text(e->account.email, sizeof e->account.email, str_trim(email));
    password_set(&e->password, password);
    wipe(password);
    ask_password(c, PASSWORD_HASH, password_hashed);
}

/* ---- POST /api/auth/login ---- */

/* The hash is read after the token's time is asked for: if the password is changed in
 * between, the token ends with the old password (revocations.h). */
static int find_account(struct store *s, struct store_job *job)
{
    struct entry *e = entry_of(job);
    struct account found = {0};
    int rc = ERR_NOT_FOUND;

    if (e->account.email[0] != '\0') /* guests have none */
        rc = s->ops->account_by_email(s, e->account.email, &found);
    if (rc == 0) {
        e->issued_ms = revocations_issue_ms(e->revocations, found.id, e->now_ms);
        rc = s->ops->account_by_id(s, found.id, &found);
    }
    if (rc == 0)
        e->account = found;
    return rc;
}

static void password_verified(struct call *c)
{
    struct entry *e = c->data;

    if (e->password.rc == ERR_UNAUTHORIZED)
        call_fail(c, ERR_UNAUTHORIZED, "The e-mail address or the password is wrong.");
    else if (e->password.rc != 0)
        call_fail(c, e->password.rc, NULL);
    else
        session_reply(c, 200, &e->account, e->issued_ms);
}

static void account_sought(struct call *c)
{
    struct entry *e = c->data;

    if (c->job.rc != 0 && c->job.rc != ERR_NOT_FOUND) {
        call_fail(c, c->job.rc, NULL);
        return;
    }
    /* Not found: the hash is empty, nobody's, and verifying it takes as long. */
    memcpy(e->password.hash, e->account.password_hash, sizeof e->password.hash);
    ask_password(c, PASSWORD_VERIFY, password_verified);
}

static bool read_needed(struct call *c, const char *field, struct str *ret_text)
{
    if (!read_text(c, field, ret_text))
        return false;
    if (ret_text->len == 0)
        call_fault(c, field, "is needed");
    return ret_text->len != 0;
}

/* What was never taken at registering (an address too long, say) is only wrong here,
 * like any other. */
void handle_login(struct call *c)
{
    struct str email, password;
    struct entry *e;

    if (!call_json(c))
        return;
    read_needed(c, "email", &email);
    read_needed(c, "password", &password);
    if (call_fail_if_faults(c))
        return;

    e = entry_new(c);
    copy_text(e->account.email, sizeof e->account.email, str_trim(email));
    password_set(&e->password, password);
    wipe(password);
    call_read(c, find_account, account_sought);
}

/* ---- POST /api/auth/guest, POST /api/auth/logout ---- */

void handle_guest(struct call *c)
{
    struct entry *e;

    if (!call_json_or_empty(c))
        return;
    e = entry_new(c);
    e->account.guest = true;
    e->account.created_ms = e->now_ms;
    call_store(c, add_account, NULL, account_added);
}

void handle_logout(struct call *c)
{
    session_reply_ended(c);
}

/* ---- GET /api/users/me ---- */

static int read_me(struct store *s, struct store_job *job)
{
    struct entry *e = entry_of(job);

    return s->ops->account_by_id(s, e->account.id, &e->account);
}

static void view_text_or_null(struct buf *out, const char *text)
{
    if (text[0] == '\0')
        buf_text(out, "null");
    else
        buf_json_str(out, str_of(text));
}

static void view_me(struct buf *out, const struct account *a, uint32_t votes_today,
                    uint32_t votes_left)
{
    buf_text(out, "{\"id\":");
    buf_u64(out, a->id);
    buf_text(out, ",\"username\":");
    view_text_or_null(out, a->username);
    buf_text(out, ",\"email\":");
    view_text_or_null(out, a->email);
    buf_text(out, a->guest ? ",\"kind\":\"guest\"" : ",\"kind\":\"user\"");
    buf_text(out, ",\"createdAt\":");
    buf_json_time(out, a->created_ms);
    buf_text(out, ",\"votesToday\":");
    buf_u64(out, votes_today);
    buf_text(out, ",\"votesLeftToday\":");
    if (votes_left == UINT32_MAX)
        buf_text(out, "null"); /* there is no limit */
    else
        buf_u64(out, votes_left);
    buf_char(out, '}');
}

static void reply_me(struct call *c)
{
    struct entry *e = c->data;
    struct buf *out = call_out(c);

    if (c->op.rc != 0) {
        call_fail(c, c->op.rc, NULL);
        return;
    }
    view_me(out, &e->account, c->op.votes_today, c->op.votes_left);
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
