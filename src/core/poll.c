#include "core/poll.h"

#include <assert.h>
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

    assert(from->rules.n_options <= LIMIT_OPTIONS && from->n_tags <= LIMIT_TAGS);
    copy(p, from);
    atomic_init(&p->refs, 1);
    settle(&p->title, &at);
    settle(&p->owner_name, &at);
    settle(&p->description, &at);
    for (uint32_t i = 0; i < p->rules.n_options; i++)
        settle(&p->options[i], &at);
    for (uint32_t i = 0; i < p->n_tags; i++)
        settle(&p->tags[i], &at);
    assert(at == p->text + text_bytes(from)); /* what was measured was written */
    return p;
}

void poll_edit_rules(struct poll_rules *r, uint32_t fields,
                     const struct poll_rules *values)
{
    r->edits++;
    if (fields & POLL_TEXTS)
        r->n_options = values->n_options;
    if (fields & POLL_OPENS)
        r->opens_ms = values->opens_ms;
    if (fields & POLL_CLOSES)
        r->closes_ms = values->closes_ms;
    if (fields & POLL_VISIBILITY)
        r->visibility = values->visibility;
    if (fields & POLL_VOTERS)
        r->voters = values->voters;
    if (fields & POLL_VOTE_CHANGE)
        r->vote_change = values->vote_change;
}

struct poll *poll_edited(const struct poll *p, uint32_t fields,
                         const struct poll *values)
{
    struct poll edited;

    copy(&edited, p);
    poll_edit_rules(&edited.rules, fields, &values->rules);
    if (fields & POLL_TITLE)
        edited.title = values->title;
    if (fields & POLL_DESCRIPTION)
        edited.description = values->description;
    if (fields & POLL_TEXTS)
        memcpy(edited.options, values->options, sizeof edited.options);
    if (fields & POLL_TAGS) {
        memcpy(edited.tags, values->tags, sizeof edited.tags);
        edited.n_tags = values->n_tags;
    }
    return poll_new(&edited);
}

static bool same_texts(const struct str *a, uint32_t n_a, const struct str *b,
                       uint32_t n_b)
{
    bool same = n_a == n_b;

    for (uint32_t i = 0; same && i < n_a; i++)
        same = str_eq(a[i], b[i]);
    return same;
}

uint32_t poll_differs(const struct poll *p, uint32_t fields, const struct poll *values)
{
    const struct poll_rules *r = &p->rules, *v = &values->rules;
    uint32_t same = 0;

    if (str_eq(p->title, values->title))
        same |= POLL_TITLE;
    if (str_eq(p->description, values->description) &&
        (p->description.at == NULL) == (values->description.at == NULL))
        same |= POLL_DESCRIPTION;
    if (same_texts(p->options, r->n_options, values->options, v->n_options))
        same |= POLL_TEXTS;
    if (same_texts(p->tags, p->n_tags, values->tags, values->n_tags))
        same |= POLL_TAGS;
    same |= r->opens_ms == v->opens_ms ? POLL_OPENS : 0u;
    same |= r->closes_ms == v->closes_ms ? POLL_CLOSES : 0u;
    same |= r->visibility == v->visibility ? POLL_VISIBILITY : 0u;
    same |= r->voters == v->voters ? POLL_VOTERS : 0u;
    same |= r->vote_change == v->vote_change ? POLL_VOTE_CHANGE : 0u;
    return fields & ~same;
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
    unsigned had = atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);

    assert(had > 0); /* it is alive: the caller has one */
    return p;
}

struct poll *poll_unref(struct poll *p)
{
    unsigned had;

    if (p == NULL)
        return NULL;
    had = atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel);
    assert(had > 0);
    if (had == 1)
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

/* An edit is worth three, since a status after it may be two before the last one. */
uint64_t poll_hidden_version(const struct poll_rules *r, enum poll_status status)
{
    return 1 + UINT64_C(3) * r->edits + (uint64_t)status;
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
