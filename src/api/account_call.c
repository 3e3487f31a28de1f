#include "api/account_call.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/door.h"
#include "api/body.h"
#include "app/proxy.h"
#include "auth/password.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/loop.h"

/* End a login attempt that was not a wrong password. */
static void settle_try(struct account_call *ac, bool right)
{
    uint64_t now_ms = loop_mono_ms(ac->call->loop->loop);

    assert(ac->trying);
    ac->trying = false;
    if (right)
        login_guard_right(ac->app->logins, &ac->attempt, now_ms);
    else
        login_guard_untried(ac->app->logins, &ac->attempt, now_ms);
}

static void free_account_call(void *data)
{
    struct account_call *ac = data;

    if (ac->trying)
        settle_try(ac, false);
    if (ac->free_more != NULL)
        ac->free_more(ac->more);
    sodium_memzero(ac, sizeof *ac);
    mem_free(ac);
}

struct account_call *account_call_new(struct call *c)
{
    struct account_call *ac = mem_zalloc(1, sizeof *ac);

    ac->call = c;
    ac->app = c->app;
    ac->now_ms = clock_now_ms(c->app->clock);
    ac->issued_ms = ac->now_ms;
    call_set_data(c, ac, free_account_call);
    return ac;
}

struct account_call *account_call_of(const struct call *c)
{
    return call_data(c, free_account_call);
}

struct account_call *account_call_of_job(struct store_job *job)
{
    return account_call_of(call_of_job(job));
}

bool account_call_read_text(struct call *c, const char *field, struct str *ret_text)
{
    json_t *value = json_object_get(c->body, field);

    *ret_text = (struct str){json_string_value(value), json_string_length(value)};
    if (value == NULL || json_is_null(value) || json_is_string(value))
        return true;
    call_fault(c, field, FAULT_WRONG_TYPE, "must be a string");
    return false;
}

bool account_call_read_line(struct call *c, const char *field, struct str *ret_text)
{
    if (!account_call_read_text(c, field, ret_text))
        return false;
    if (ret_text->at != NULL)
        *ret_text = body_text(json_object_get(c->body, field), false);
    return true;
}

void account_call_wipe(struct str text)
{
    if (text.len > 0)
        sodium_memzero((char *)(uintptr_t)text.at, text.len);
}

void account_call_copy_text(char *to, size_t size, struct str text)
{
    if (text.len > 0 && text.len < size)
        memcpy(to, text.at, text.len);
}

bool account_call_may_try(struct call *c, struct str email)
{
    struct account_call *ac = account_call_of(c);
    uint32_t wait_ms;

    assert(!ac->trying); /* one try at a time */
    ac->trying = login_guard_begin(c->app->logins, email, proxy_client_of(c),
                                   loop_mono_ms(c->loop->loop), &ac->attempt, &wait_ms);
    if (ac->trying)
        return true;
    call_fail_in(c, ERR_RATE_LIMITED, "Too many passwords were wrong.",
                 ((int64_t)wait_ms + 999) / 1000);
    return false; /* ac is gone */
}

static void on_password_home(struct mail *m)
{
    struct account_call *ac = (struct account_call *)m;
    struct call *c = ac->call;

    assert(account_call_of(c) == ac);
    call_leave(c);
    if (ac->trying && ac->password.rc == 0)
        settle_try(ac, true);
    else if (ac->password.rc == ERR_UNAUTHORIZED)
        ac->trying = false; /* the wrong password stays counted */
    c->then(c);
}

/* An address only waits for its own jobs, so always let in its first one. */
static bool may_ask(struct call *c, uint64_t address)
{
    if (password_has(c->app->passwords, address))
        return call_pass_door(c, DOOR_PASSWORD);
    call_pass_door_anyway(c, DOOR_PASSWORD);
    return true;
}

void account_call_ask_password(struct call *c, enum password_verb verb,
                               call_then_cb *then)
{
    struct account_call *ac = account_call_of(c);
    int rc;

    c->door = NULL; /* nothing has been done yet, so we may still refuse */
    ac->password.address = proxy_client_of(c);
    if (!may_ask(c, ac->password.address)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    c->then = then;
    ac->password.verb = verb;
    ac->password.mail.home = loop_inbox(c->loop->loop);
    ac->password.mail.on_home = on_password_home;
    rc = password_submit(c->app->passwords, &ac->password);
    if (rc != 0)
        call_turn_back(c, rc);
}

void account_call_fail_taken(struct call *c)
{
    const char *field = account_call_of(c)->taken_field;

    assert(field != NULL);
    call_fault(c, field, FAULT_TAKEN, "is taken");
    (void)call_fail_faults(c, ERR_CONFLICT,
                           strcmp(field, "email") == 0
                               ? "There is an account with this e-mail address already."
                               : "The username is taken.");
}
