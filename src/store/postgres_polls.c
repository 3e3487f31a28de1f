/* postgres_polls.c — writes definitions of polls as rows, and reads them (store.h;
 * postgres_db.h).
 */
#include <string.h>

#include "base/err.h"
#include "store/postgres_db.h"
#include "core/row_text.h"

/* ---- writing ---- */

void definition_text_done(struct definition_text *t)
{
    buf_done(&t->options);
    buf_done(&t->tags);
    buf_done(&t->words);
    buf_done(&t->lexemes);
}

void postgres_arg_rules(struct pg_args *a, const struct poll_rules *r)
{
    pg_arg_optional(a, r->opens_ms);
    pg_arg_optional(a, r->closes_ms);
    pg_arg_str(a, str_of(poll_visibility_text(r->visibility)));
    pg_arg_str(a, str_of(poll_voters_text(r->voters)));
    pg_arg_bool(a, r->vote_change);
}

void postgres_arg_texts(struct pg_args *a, const struct poll *p,
                        struct definition_text *t)
{
    texts_write(&t->options, p->options, p->rules.n_options);
    for (uint32_t i = 0; i < p->n_tags; i++)
        pg_array_str(&t->tags, p->tags[i]);
    pg_arg_str(a, p->title);
    pg_arg_str(a, p->description);
    pg_arg_str(a, buf_str(&t->options));
    pg_arg_str(a, pg_array_end(&t->tags));
}

void postgres_arg_words(struct pg_args *a, const struct poll *p,
                        struct definition_text *t)
{
    postgres_words(p, &t->words, &t->lexemes);
    pg_arg_str(a, (struct str){t->words.len != 0 ? t->words.data : "", t->words.len});
    pg_arg_str(a, pg_array_end(&t->lexemes));
}

static int take_id(void *user, const struct pg_row *row)
{
    *(uint32_t *)user = (uint32_t)pg_i64(row, 0);
    return 0;
}

/* No row comes back when there is no such owner. */
static const char ADD[] =
    "WITH p AS (INSERT INTO polls (owner_id, created_ms, title, description, options,"
    " tags, words, lexemes) SELECT id, $2, $8, $9, $10::text::jsonb,"
    " $11::text::text[], $12, array_to_tsvector($13::text::text[])"
    " FROM accounts WHERE id = $1 RETURNING id),"
    " r AS (INSERT INTO results (poll_id, opens_ms, closes_ms, visibility, voters,"
    " vote_change, counts) SELECT id, $3, $4, $5, $6, $7,"
    " array_fill(0::bigint, ARRAY[$14::integer]) FROM p),"
    " l AS (INSERT INTO poll_log (kind, id, version) SELECT 'poll-added', id, 1 FROM p)"
    " SELECT id FROM p";

int postgres_poll_add(struct store *s, const struct poll *p, uint32_t *ret_id)
{
    struct side *d = side_writer(s);
    struct definition_text t = {0};
    struct pg_args a = {0};
    uint64_t n;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, p->rules.owner_id);
    pg_arg_i64(&a, p->created_ms);
    postgres_arg_rules(&a, &p->rules);
    postgres_arg_texts(&a, p, &t);
    postgres_arg_words(&a, p, &t);
    pg_arg_i64(&a, p->rules.n_options);
    rc = side_count(d, ADD, &a, take_id, ret_id, &n);
    definition_text_done(&t);
    return rc == 0 && n == 0 ? ERR_NOT_FOUND : rc;
}

/* ---- reading ---- */

int postgres_poll_row(struct side *d, const struct pg_row *row,
                      struct poll_rules *ret_rules, struct stored_poll *ret_p)
{
    struct poll_rules *r = ret_rules;
    int64_t id = pg_i64(row, 0);

    r->owner_id = (uint32_t)pg_i64(row, 1);
    r->opens_ms = pg_i64(row, 3);
    r->closes_ms = pg_i64(row, 4);
    r->vote_change = pg_i64(row, 7) != 0;
    r->edits = (uint32_t)pg_i64(row, 12);
    if (!visibility_read(pg_str(row, 5), &r->visibility) ||
        !voters_read(pg_str(row, 6), &r->voters))
        return side_fail(d, "poll %lld has rules that are not known", (long long)id);
    ret_p->base_version = (uint64_t)pg_i64(row, 8);
    ret_p->total = (uint32_t)pg_i64(row, 9);
    ret_p->skips = (uint32_t)pg_i64(row, 10);
    if (counts_read(pg_str(row, 11), ret_p->counts, &r->n_options) != 0)
        return side_fail(d, "poll %lld has no counts, or none that can be read",
                         (long long)id);
    return 0;
}

static void make_poll(void *user, const struct poll *p)
{
    ((struct stored_poll *)user)->poll = poll_new(p);
}

int postgres_whole_poll(struct side *d, const struct pg_row *row,
                        struct stored_poll *ret_p)
{
    struct poll p;
    int rc;

    memset(&p, 0, sizeof p);
    *ret_p = (struct stored_poll){0};
    rc = postgres_poll_row(d, row, &p.rules, ret_p);
    if (rc != 0)
        return rc;
    p.id = (uint32_t)pg_i64(row, 0);
    p.created_ms = pg_i64(row, 2);
    p.title = pg_str(row, POSTGRES_POLL_N);
    p.description = pg_str(row, POSTGRES_POLL_N + 1);
    p.owner_name = pg_str(row, POSTGRES_POLL_N + 4);
    if (definition_read(&p, pg_str(row, POSTGRES_POLL_N + 2),
                        pg_str(row, POSTGRES_POLL_N + 3), make_poll, ret_p) != 0)
        return side_fail(d, "poll %u has options or tags that cannot be read", p.id);
    return 0;
}

struct polls_walk {
    struct side *side;
    store_stored_poll_cb *each;
    void *user;
};

static int each_poll(void *user, const struct pg_row *row)
{
    struct polls_walk *w = user;
    struct stored_poll p;
    int rc = postgres_whole_poll(w->side, row, &p);

    return rc == 0 ? w->each(w->user, &p) : rc;
}

int postgres_each_poll(struct store *s, store_stored_poll_cb *each, void *user)
{
    struct side *d = side_reader(s);
    struct polls_walk w = {d, each, user};

    return side_run(d,
                    "SELECT " POSTGRES_WHOLE_POLL " FROM polls p JOIN results r"
                    " ON r.poll_id = p.id LEFT JOIN accounts a ON a.id = p.owner_id"
                    " ORDER BY p.id",
                    NULL, each_poll, &w);
}
