/* postgres_edit.c — edits of polls: they wait in a table of their own until they are
 * made. */
#include <string.h>

#include "base/err.h"
#include "store/postgres.h"
#include "store/postgres_db.h"
#include "core/row_text.h"

static int take_id(void *user, const struct pg_row *row)
{
    *(uint64_t *)user = (uint64_t)pg_i64(row, 0);
    return 0;
}

int postgres_edit_add(struct store *s, uint32_t poll, uint32_t fields,
                      const struct poll *values, uint64_t *ret_id)
{
    struct side *d = side_writer(s);
    struct definition_text t = {0};
    struct pg_args a = {0};
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, poll);
    pg_arg_i64(&a, fields);
    postgres_arg_rules(&a, &values->rules);
    postgres_arg_texts(&a, values, &t);
    rc = side_run(d,
                  "INSERT INTO poll_edits (poll_id, fields, opens_ms, closes_ms,"
                  " visibility, voters, vote_change, title, description, options, tags)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb,"
                  " $11::text::text[]) RETURNING id",
                  &a, take_id, ret_id);
    definition_text_done(&t);
    return rc;
}

static int drop_edit(struct side *d, uint64_t id)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, (int64_t)id);
    return side_run(d, "DELETE FROM poll_edits WHERE id = $1", &a, NULL, NULL);
}

int postgres_edit_drop(struct store *s, uint64_t id)
{
    struct side *d = side_writer(s);

    return d != NULL ? drop_edit(d, id) : ERR_UNAVAILABLE;
}

/* ---- projecting ---- */

struct entered_edit {
    struct side *side;
    uint64_t version;
    uint32_t fields, total, counts[LIMIT_OPTIONS];
    struct poll *poll, *values; /* references */
};

static void make_values(void *user, const struct poll *p)
{
    struct entered_edit *e = user;

    e->values = poll_new(p);
}

static void make_poll(void *user, const struct poll *p)
{
    struct entered_edit *e = user;

    e->poll = poll_new(p);
}

/* The edit's columns begin at `first`: rules, texts, the number of options. */
static int read_texts(struct entered_edit *e, const struct pg_row *row, int first,
                      struct poll *p, definition_cb *make)
{
    p->title = pg_str(row, first);
    p->description = pg_str(row, first + 1);
    return definition_read(p, pg_str(row, first + 2), pg_str(row, first + 3), make, e);
}

static int take_edit(void *user, const struct pg_row *row)
{
    enum {
        FIELDS = POSTGRES_POLL_N + 4,
        RULES,
        TEXTS = RULES + 5,
        N_OPTIONS = TEXTS + 4
    };
    struct entered_edit *e = user;
    struct stored_poll stored = {0};
    struct poll p, v;
    int rc;

    memset(&p, 0, sizeof p);
    memset(&v, 0, sizeof v);
    rc = postgres_poll_row(e->side, row, &p.rules, &stored);
    if (rc != 0 || e->version <= stored.base_version)
        return rc;
    p.id = (uint32_t)pg_i64(row, 0);
    e->total = stored.total;
    memcpy(e->counts, stored.counts, sizeof e->counts);
    e->fields = (uint32_t)pg_i64(row, FIELDS);
    v.rules.opens_ms = pg_i64(row, RULES);
    v.rules.closes_ms = pg_i64(row, RULES + 1);
    v.rules.vote_change = pg_i64(row, RULES + 4) != 0;
    v.rules.n_options = (uint32_t)pg_i64(row, N_OPTIONS);
    if (!visibility_read(pg_str(row, RULES + 2), &v.rules.visibility) ||
        !voters_read(pg_str(row, RULES + 3), &v.rules.voters) ||
        read_texts(e, row, POSTGRES_POLL_N, &p, make_poll) != 0 ||
        read_texts(e, row, TEXTS, &v, make_values) != 0)
        return side_fail(e->side, "an edit of poll %u cannot be read", p.id);
    return 0;
}

static const char GET[] =
    "SELECT " POSTGRES_POLL_COLUMNS ", p.title, p.description, p.options::text,"
    " to_json(p.tags)::text, e.fields, e.opens_ms, e.closes_ms, e.visibility, e.voters,"
    " e.vote_change, e.title, e.description, e.options::text, to_json(e.tags)::text,"
    " jsonb_array_length(e.options)"
    " FROM poll_edits e JOIN polls p ON p.id = e.poll_id"
    " JOIN results r ON r.poll_id = p.id"
    " WHERE e.id = $1 AND e.poll_id = $2 FOR NO KEY UPDATE OF r";

static int set_texts(struct side *d, const struct poll *p)
{
    struct definition_text t = {0};
    struct pg_args a = {0};
    int rc;

    pg_arg_i64(&a, p->id);
    postgres_arg_texts(&a, p, &t);
    postgres_arg_words(&a, p, &t);
    rc = side_run(d,
                  "UPDATE polls SET title = $2, description = $3,"
                  " options = $4::text::jsonb, tags = $5::text::text[], words = $6,"
                  " lexemes = array_to_tsvector($7::text::text[]) WHERE id = $1",
                  &a, NULL, NULL);
    definition_text_done(&t);
    return rc;
}

static int set_rules(struct side *d, const struct poll *p, const struct entered_edit *e)
{
    /* Options only change while nobody has voted: there is nothing to move. */
    bool none = (e->fields & POLL_TEXTS) != 0 && e->total == 0;
    struct buf counts = {0};
    struct pg_args a = {0};
    int rc;

    for (uint32_t i = 0; i < p->rules.n_options; i++)
        pg_array_i64(&counts, none ? 0 : e->counts[i]);
    pg_arg_i64(&a, p->id);
    postgres_arg_rules(&a, &p->rules);
    pg_arg_i64(&a, (int64_t)e->version);
    pg_arg_str(&a, pg_array_end(&counts));
    rc = side_run(d,
                  "UPDATE results SET opens_ms = $2, closes_ms = $3, visibility = $4,"
                  " voters = $5, vote_change = $6, base_version = $7,"
                  " counts = $8::text::bigint[], edits = edits + 1 WHERE poll_id = $1",
                  &a, NULL, NULL);
    buf_done(&counts);
    return rc;
}

static int log_edit(struct side *d, const struct poll *p, uint64_t version)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, p->id);
    pg_arg_i64(&a, (int64_t)version);
    return side_run(d,
                    "INSERT INTO poll_log (kind, id, version)"
                    " VALUES ('poll-edited', $1, $2)",
                    &a, NULL, NULL);
}

static int make_edit(struct side *d, const struct entered_edit *e, uint64_t id)
{
    struct poll *p = poll_edited(e->poll, e->fields, e->values);
    int rc = set_texts(d, p);

    if (rc == 0)
        rc = set_rules(d, p, e);
    if (rc == 0)
        rc = log_edit(d, p, e->version);
    poll_unref(p);
    return rc != 0 ? rc : drop_edit(d, id);
}

int postgres_edit_enter(struct side *d, const struct change *c)
{
    struct entered_edit e = {.side = d, .version = c->version};
    struct pg_args a = {0};
    int rc;

    pg_arg_i64(&a, (int64_t)c->edit.id);
    pg_arg_i64(&a, c->poll);
    rc = side_run(d, GET, &a, take_edit, &e);
    if (rc == 0 && e.values != NULL)
        rc = make_edit(d, &e, c->edit.id);
    poll_unref(e.poll);
    poll_unref(e.values);
    return rc;
}

/* ---- for a ballot that writes its rows itself ---- */

struct whole_poll {
    struct side *side;
    struct stored_poll p; /* its poll: a reference */
};

static int take_whole(void *user, const struct pg_row *row)
{
    struct whole_poll *w = user;

    return postgres_whole_poll(w->side, row, &w->p);
}

static const char WHOLE[] =
    "SELECT " POSTGRES_WHOLE_POLL " FROM polls p JOIN results r ON r.poll_id = p.id"
    " LEFT JOIN accounts a ON a.id = p.owner_id WHERE p.id = $1";

int store_postgres_write_edit(struct pg *pg, uint32_t poll,
                              const struct poll_edit *edit)
{
    struct side d = {.pg = pg};
    struct whole_poll w = {.side = &d};
    struct pg_args a = {0};
    struct poll *edited;
    int rc;

    pg_arg_i64(&a, poll);
    rc = side_run(&d, WHOLE, &a, take_whole, &w);
    if (rc != 0 || w.p.poll == NULL)
        return rc;
    edited = poll_edited(w.p.poll, edit->fields, edit->values);
    rc = set_texts(&d, edited);
    poll_unref(edited);
    poll_unref(w.p.poll);
    return rc != 0 ? rc : drop_edit(&d, edit->id);
}
