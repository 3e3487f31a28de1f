#include "core/poll.h"

#include <string.h>

#include "base/mem.h"

/* Moves s to the text area at *at. */
static void settle(struct str *s, char **at)
{
    if (s->at == NULL)
        return;
    if (s->len != 0)
        memcpy(*at, s->at, s->len);
    s->at = *at;
    *at += s->len;
}

static size_t text_bytes(const struct poll *p)
{
    size_t n = p->title.len + p->owner_name.len + p->description.len;

    for (uint32_t i = 0; i < p->rules.n_options; i++)
        n += p->options[i].len;
    for (uint32_t i = 0; i < p->n_tags; i++)
        n += p->tags[i].len;
    return n;
}

/* Not its refs: from may be shared, and they may change at this moment. */
static void copy(struct poll *to, const struct poll *from)
{
    memcpy(&to->id, &from->id, sizeof *to - offsetof(struct poll, id));
}

struct poll *poll_new(const struct poll *from)
{
    struct poll *p = mem_alloc(sizeof *p + text_bytes(from));
    char *at = p->text;

    copy(p, from);
    atomic_init(&p->refs, 1);
    settle(&p->title, &at);
    settle(&p->owner_name, &at);
    settle(&p->description, &at);
    for (uint32_t i = 0; i < p->rules.n_options; i++)
        settle(&p->options[i], &at);
    for (uint32_t i = 0; i < p->n_tags; i++)
        settle(&p->tags[i], &at);
    return p;
}

struct poll *poll_with_owner(const struct poll *p, uint32_t owner_id, struct str name)
{
    struct poll named;

    copy(&named, p);
    named.rules.owner_id = owner_id;
    named.owner_name = name;
    return poll_new(&named);
}

struct poll *poll_ref(struct poll *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

struct poll *poll_unref(struct poll *p)
{
    if (p != NULL && atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1)
        mem_free(p);
    return NULL;
}

bool poll_has_opened(const struct poll_rules *r, int64_t now_ms)
{
    /* Closed at its very opening it has opened: that moment was entered first. */
    return r->opens_ms != 0 && (r->closes_ms == 0 || r->opens_ms <= r->closes_ms) &&
           now_ms >= r->opens_ms;
}

bool poll_has_closed(const struct poll_rules *r, int64_t now_ms)
{
    return r->closes_ms != 0 && now_ms >= r->closes_ms;
}

enum poll_status poll_status(const struct poll_rules *r, int64_t now_ms)
{
    if (poll_has_closed(r, now_ms))
        return POLL_CLOSED;
    if (r->opens_ms != 0 && now_ms < r->opens_ms)
        return POLL_SCHEDULED;
    return POLL_OPEN;
}

const char *poll_status_text(enum poll_status s)
{
    static const char *const texts[] = {"scheduled", "open", "closed"};

    return texts[s];
}

const char *poll_visibility_text(enum poll_visibility v)
{
    static const char *const texts[] = {"always", "after_vote", "after_close"};

    return texts[v];
}

const char *poll_voters_text(enum poll_voters v)
{
    static const char *const texts[] = {"anyone", "registered"};

    return texts[v];
}
