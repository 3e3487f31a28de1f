#include "api/entry.h"

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

/* How a try has ended, when a wrong password is not how. */
static void settle_try(struct entry *e, bool right)
{
    uint64_t now_ms = loop_mono_ms(e->call->loop->loop);

    assert(e->trying);
    e->trying = false;
    if (right)
        login_guard_right(e->app->logins, &e->attempt, now_ms);
    else
        login_guard_untried(e->app->logins, &e->attempt, now_ms);
}

static void free_entry(void *data)
{
    struct entry *e = data;

    if (e->trying)
        settle_try(e, false);
    if (e->free_more != NULL)
        e->free_more(e->more);
    sodium_memzero(e, sizeof *e);
    mem_free(e);
}

struct entry *entry_new(struct call *c)
{
    struct entry *e = mem_zalloc(1, sizeof *e);

    e->call = c;
    e->app = c->app;
    e->now_ms = clock_now_ms(c->app->clock);
    e->issued_ms = e->now_ms;
    call_set_data(c, e, free_entry);
    return e;
}

struct entry *entry_of(const struct call *c)
{
    return call_data(c, free_entry);
}

struct entry *entry_of_job(struct store_job *job)
{
    return entry_of(call_of_job(job));
}

bool entry_read_text(struct call *c, const char *field, struct str *ret_text)
{
    json_t *value = json_object_get(c->body, field);

    *ret_text = (struct str){json_string_value(value), json_string_length(value)};
    if (value == NULL || json_is_null(value) || json_is_string(value))
        return true;
    call_fault(c, field, FAULT_WRONG_TYPE, "must be a string");
    return false;
}

bool entry_read_line(struct call *c, const char *field, struct str *ret_text)
{
    if (!entry_read_text(c, field, ret_text))
        return false;
    if (ret_text->at != NULL)
        *ret_text = body_text(json_object_get(c->body, field), false);
    return true;
}

void entry_wipe(struct str text)
{
    if (text.len > 0)
        sodium_memzero((char *)(uintptr_t)text.at, text.len);
}

void entry_copy_text(char *to, size_t size, struct str text)
{
    if (text.len > 0 && text.len < size)
        memcpy(to, text.at, text.len);
}

bool entry_may_try(struct call *c, struct str email)
{
    struct entry *e = entry_of(c);
    uint32_t wait_ms;

    assert(!e->trying); /* one try at a time */
    e->trying = login_guard_begin(c->app->logins, email, proxy_client_of(c),
                                  loop_mono_ms(c->loop->loop), &e->attempt, &wait_ms);
    if (e->trying)
        return true;
    call_fail_in(c, ERR_RATE_LIMITED, "Too many passwords were wrong.",
                 ((int64_t)wait_ms + 999) / 1000);
    return false; /* e is gone */
}

static void on_password_home(struct mail *m)
{
    struct entry *e = (struct entry *)m;
    struct call *c = e->call;

    assert(entry_of(c) == e);
    call_leave(c);
    if (e->trying && e->password.rc == 0)
        settle_try(e, true);
    else if (e->password.rc == ERR_UNAUTHORIZED)
        e->trying = false; /* it counts */
    c->then(c);
}

/* The time that an address waits is its own doing: the first of each is let in. */
static bool may_ask(struct call *c, uint64_t address)
{
    if (password_has(c->app->passwords, address))
        return call_pass_door(c, DOOR_PASSWORD);
    call_pass_door_anyway(c, DOOR_PASSWORD);
    return true;
}

void entry_ask_password(struct call *c, enum password_verb verb, call_then_cb *then)
{
    struct entry *e = entry_of(c);
    int rc;

    c->door = NULL; /* nothing has been done yet: it may be refused */
    e->password.address = proxy_client_of(c);
    if (!may_ask(c, e->password.address)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    c->then = then;
    e->password.verb = verb;
    e->password.mail.home = loop_inbox(c->loop->loop);
    e->password.mail.on_home = on_password_home;
    rc = password_submit(c->app->passwords, &e->password);
    if (rc != 0)
        call_turn_back(c, rc);
}

void entry_fail_taken(struct call *c)
{
    const char *field = entry_of(c)->taken_field;

    assert(field != NULL);
    call_fault(c, field, FAULT_TAKEN, "is taken");
    (void)call_fail_faults(c, ERR_CONFLICT,
                           strcmp(field, "email") == 0
                               ? "There is an account with this e-mail address already."
                               : "The username is taken.");
}
