/* polls_list.c — GET /api/polls: the feed for who sends a token, else the plain list.
 *
 * The newest first, by walking the ids downwards from the cursor, which is the last id
 * that was looked at: what is closed or deleted meanwhile moves nothing. For a caller
 * with a token the ballot is asked about each poll that would be shown.
 */
#include "app/handlers.h"
#include "app/views.h"
#include "base/err.h"
#include "base/mem.h"

enum { PAGE_DEFAULT = 10, TAGS_MAX = LIMIT_TAGS, PAGES_MAX = 1000000 };

struct walk {
    uint32_t at; /* the next poll is the one before this id */
    uint32_t limit, n_items, n_skip;
    bool is_feed;
    bool any_status;
    enum poll_status status;
    struct str tags[TAGS_MAX]; /* borrowed from text */
    size_t n_tags;
    struct buf text;
    struct poll *poll; /* being asked about */
};

static void free_walk(void *data)
{
    struct walk *w = data;

    poll_unref(w->poll);
    buf_done(&w->text);
    mem_free(w);
}

/* ---- the query ---- */

static int read_number(struct call *c, const char *name, uint64_t min, uint64_t max,
                       uint64_t initial, uint64_t *ret_n)
{
    struct buf text = {0};
    struct str value;
    int rc = http_query(c->req, name, &text, &value);

    if (rc == ERR_NOT_FOUND) {
        *ret_n = initial;
        rc = 0;
    } else if (rc == 0) {
        rc = str_to_u64(value, max, ret_n);
        if (rc == 0 && *ret_n < min)
            rc = ERR_BAD_REQUEST;
    }
    buf_done(&text);
    return rc;
}

/* The index of a parameter's value among words; 0 when it is absent. */
static int read_word(struct call *c, const char *name, const char *const *words,
                     size_t n_words, size_t *ret_index)
{
    struct buf text = {0};
    struct str value;
    int rc = http_query(c->req, name, &text, &value);

    *ret_index = 0;
    if (rc == 0) {
        while (*ret_index < n_words && !str_eq(value, str_of(words[*ret_index])))
            ++*ret_index;
        rc = *ret_index < n_words ? 0 : ERR_BAD_REQUEST;
    } else if (rc == ERR_NOT_FOUND) {
        rc = 0;
    }
    buf_done(&text);
    return rc;
}

static int add_tag(struct str value, void *user)
{
    struct walk *w = user;
    char *at;

    if (w->n_tags == TAGS_MAX || value.len > LIMIT_TAG_CHARS)
        return ERR_BAD_REQUEST;
    at = w->text.data + w->text.len; /* reserved for all of them: it does not move */
    for (size_t i = 0; i < value.len; i++)
        at[i] = (char)(value.at[i] >= 'A' && value.at[i] <= 'Z' ? value.at[i] + 32
                                                                : value.at[i]);
    w->text.len += value.len;
    w->tags[w->n_tags++] = (struct str){at, value.len};
    return 0;
}

static int read_filters(struct call *c, struct walk *w)
{
    static const char *const statuses[] = {"", "scheduled", "open", "closed"};
    static const char *const seen[] = {"", "include"};
    static const char *const sorts[] = {"new"};
    size_t status, include, sort;

    buf_reserve(&w->text, (size_t)TAGS_MAX * LIMIT_TAG_CHARS);
    if (read_word(c, "status", statuses, 4, &status) != 0 ||
        read_word(c, "seen", seen, 2, &include) != 0 ||
        read_word(c, "sort", sorts, 1, &sort) != 0 ||
        http_query_each(c->req, "tag", add_tag, w) != 0)
        return ERR_BAD_REQUEST;
    w->is_feed = c->who.user != 0 && include == 0;
    w->any_status = status == 0 && !w->is_feed;
    w->status = status == 0 ? POLL_OPEN : (enum poll_status)(status - 1);
    return 0;
}

static int read_walk(struct call *c, struct walk *w)
{
    uint64_t limit, page, cursor;

    if (read_number(c, "limit", 1, LIMIT_PAGE, PAGE_DEFAULT, &limit) != 0 ||
        read_number(c, "page", 1, PAGES_MAX, 1, &page) != 0 ||
        read_number(c, "cursor", 1, UINT32_MAX, UINT32_MAX, &cursor) != 0)
        return ERR_BAD_REQUEST;
    w->limit = (uint32_t)limit;
    w->at = (uint32_t)cursor;
    if (read_filters(c, w) != 0)
        return ERR_BAD_REQUEST;
    w->n_skip = w->is_feed ? 0 : (uint32_t)((page - 1) * limit);
    return 0;
}

/* ---- walking ---- */

static bool has_tag(const struct poll *p, struct str tag)
{
    for (uint32_t i = 0; i < p->n_tags; i++)
        if (str_eq(p->tags[i], tag))
            return true;
    return false;
}

static bool matches(const struct walk *w, const struct poll *p, enum poll_status status)
{
    for (size_t i = 0; i < w->n_tags; i++)
        if (!has_tag(p, w->tags[i]))
            return false;
    return w->any_status || status == w->status;
}

static void add_item(struct call *c, struct walk *w, const struct poll *p,
                     const struct result *r, const struct viewer *v)
{
    buf_text(call_out(c), w->n_items++ == 0 ? "{\"items\":[" : ",");
    view_poll(call_out(c), p, r, v);
}

/* The same query, from the cursor on. */
static void add_link(struct call *c, const struct walk *w)
{
    struct str rest = c->req->query, item;
    struct buf link = {0};

    buf_text(&link, "</api/polls?");
    while (rest.len > 0) {
        rest = str_cut(rest, '&', &item);
        if (item.len == 0 || str_starts(item, STR("cursor=")) ||
            str_starts(item, STR("page=")))
            continue;
        buf_str_add(&link, item);
        buf_char(&link, '&');
    }
    buf_printf(&link, "cursor=%u>; rel=\"next\"", w->at);
    http_add_header(c->req, "Link", buf_str(&link));
    buf_done(&link);
}

static void finish(struct call *c, struct walk *w)
{
    struct buf *out = call_out(c);
    bool more =
        w->n_items == w->limit && catalogue_before(c->app->catalogue, w->at) != 0;

    buf_text(out, w->n_items == 0 ? "{\"items\":[]" : "]");
    if (more) {
        add_link(c, w);
        buf_printf(out, ",\"nextCursor\":\"%u\"}", w->at);
    } else {
        buf_text(out, ",\"nextCursor\":null}");
    }
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

static void walk_on(struct call *c);

static void asked(struct call *c)
{
    struct walk *w = c->data;
    struct viewer v = {.user = c->who.user,
                       .guest = c->who.guest,
                       .choice = c->op.choice,
                       .skipped = c->op.skipped};
    bool seen = c->op.choice >= 0 || c->op.skipped;

    if (c->op.rc != 0 && c->op.rc != ERR_NOT_FOUND) {
        call_fail(c, c->op.rc, NULL);
        return;
    }
    if (c->op.rc == 0 && !(w->is_feed && seen) &&
        matches(w, w->poll, c->op.result.status))
        add_item(c, w, w->poll, &c->op.result, &v);
    w->poll = poll_unref(w->poll);
    walk_on(c);
}

/* Only the ballot knows what this caller has done, or what time has done to the poll.
 */
static void ask(struct call *c, struct poll *p)
{
    struct walk *w = c->data;

    w->poll = p;
    c->op.verb = BALLOT_LOOK;
    c->op.poll = p->id;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, asked);
}

/* Until the page is full, the polls are at their end, or the ballot has to be asked. */
static void walk_on(struct call *c)
{
    const struct viewer stranger = {.choice = -1};
    struct walk *w = c->data;
    struct result r;
    struct poll *p;

    while (w->n_items < w->limit &&
           (w->at = catalogue_before(c->app->catalogue, w->at)) != 0) {
        enum poll_status now;

        if (catalogue_get(c->app->catalogue, w->at, &p, &r) != 0)
            continue;
        now = poll_status(&p->rules, clock_now_ms(c->app->clock));
        if (!matches(w, p, now) || (w->n_skip > 0 && w->n_skip--)) {
            poll_unref(p);
        } else if (c->who.user != 0 || now != r.status) {
            ask(c, p);
            return;
        } else {
            add_item(c, w, p, &r, &stranger);
            poll_unref(p);
        }
    }
    finish(c, w);
}

void handle_polls(struct call *c)
{
    struct walk *w = mem_zalloc(1, sizeof *w);

    c->data = w;
    c->free_data = free_walk;
    if (read_walk(c, w) != 0)
        call_fail(
            c, ERR_BAD_REQUEST,
            "limit is 1 to 100, cursor is a nextCursor, page is 1 or more, status "
            "is scheduled, open or closed, seen is include, sort is new.");
    else
        walk_on(c);
}
