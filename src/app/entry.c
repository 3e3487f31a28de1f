#include "app/entry.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static void free_entry(void *data)
{
    struct entry *e = data;

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
    c->data = e;
    c->free_data = free_entry;
    return e;
}

struct entry *entry_of(struct store_job *job)
{
    return call_of_job(job)->data;
}

bool entry_read_text(struct call *c, const char *field, struct str *ret_text)
{
    json_t *value = json_object_get(c->body, field);

    *ret_text = (struct str){json_string_value(value), json_string_length(value)};
    if (value == NULL || json_is_null(value) || json_is_string(value))
        return true;
    call_fault(c, field, "must be a string");
    return false;
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

static void on_password_home(struct mail *m)
{
    struct call *c = ((struct entry *)m)->call;

    c->then(c);
}

void entry_ask_password(struct call *c, enum password_verb verb,
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

void entry_fail_taken(struct call *c)
{
    const struct entry *e = c->data;

    call_fail(c, ERR_CONFLICT,
              strcmp(e->taken_field, "email") == 0
                  ? "There is an account with this e-mail address already."
                  : "The username is taken.");
}
