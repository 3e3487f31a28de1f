/* postgres_write.c — writes the rows of a batch that differ, and commits.
 *
 * Everything is one statement per table: INSERT … ON CONFLICT leaves the planner no
 * choice.
 */
#include <string.h>

#include "ballot/postgres_batch.h"
#include "base/mem.h"
#include "core/receipt_blob.h"

enum { SPAN_MS = 5 * 60 * 1000, COLUMNS = 14, STATEMENTS = 12 };

/* A table's columns as arrays, and the statement that writes them. */
struct columns {
    struct buf texts[COLUMNS];
    struct pg_args args;
    size_t n_rows;
};

struct writing {
    struct columns ballots, polls, days, spans, log, removed, batch;
    struct pg_statement statements[STATEMENTS];
    size_t n;
};

/* ---- columns ---- */

static void add_null(struct buf *b)
{
    buf_text(b, b->len == 0 ? "{NULL" : ",NULL");
}

static void add_optional(struct buf *b, bool is_set, int64_t n)
{
    if (is_set)
        pg_array_i64(b, n);
    else
        add_null(b);
}

static void add_bool(struct buf *b, bool value)
{
    pg_array_str(b, value ? STR("t") : STR("f"));
}

static void add_bytes(struct buf *b, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    struct buf hex = {0};

    buf_text(&hex, "\\x");
    for (size_t i = 0; i < len; i++) {
        buf_char(&hex, digits[at[i] >> 4]);
        buf_char(&hex, digits[at[i] & 15]);
    }
    pg_array_str(b, buf_str(&hex));
    buf_done(&hex);
}

static void columns_done(struct columns *c)
{
    for (int i = 0; i < COLUMNS; i++)
        buf_done(&c->texts[i]);
}

/* Its arrays become the statement's next parameters. */
static void add_statement(struct writing *w, struct columns *c, const char *sql,
                          int n_columns)
{
    if (c->n_rows == 0)
        return;
    for (int i = 0; i < n_columns; i++)
        pg_arg_str(&c->args, pg_array_end(&c->texts[i]));
    w->statements[w->n++] = (struct pg_statement){.sql = sql, .args = &c->args};
}

/* ---- ballots ---- */

static void add_told(struct buf *key, struct buf *receipt, bool is_set,
                     const struct keyed_receipt *told)
{
    uint8_t bytes[RECEIPT_BLOB_BYTES];

    if (!is_set) {
        add_null(key);
        add_null(receipt);
        return;
    }
    add_bytes(key, told->key, VOTE_KEY_BYTES);
    add_bytes(receipt, bytes, receipt_encode(&told->receipt, bytes));
}

static void add_ballot(struct columns *c, const struct batch *b,
                       const struct ballot_row *v)
{
    static const char *const kinds[] = {"none", "vote", "skip"};
    struct buf *t = c->texts, choice = {0};
    bool has_vote = v->kind == BALLOT_VOTE;

    c->n_rows++;
    pg_array_i64(&t[0], v->poll);
    pg_array_i64(&t[1], v->user);
    pg_array_str(&t[2], str_of(kinds[v->kind]));
    pg_array_i64(&t[3], v->at_ms);
    if (has_vote) {
        pg_array_i64(&choice, v->choice.numbers[0]);
        pg_array_str(&t[4], pg_array_end(&choice));
        buf_done(&choice);
    } else {
        add_null(&t[4]);
    }
    add_optional(&t[5], has_vote, (int64_t)(v->version - b->epoch));
    add_told(&t[6], &t[7], v->has_told, &v->told);
    add_optional(&t[8], v->has_told_before, v->told_before.receipt.voted_ms);
    add_told(&t[9], &t[10], v->has_told_before, &v->told_before);
    pg_array_i64(&t[11], (int64_t)v->number);
}

static const char BALLOTS[] =
    "INSERT INTO ballots (op_origin, poll_id, user_id, kind, at_ms, choice, version,"
    " key, receipt, was_ms, was_key, was_receipt, op_number)"
    " SELECT $1, w.poll, w.voter, w.kind, w.at_ms, w.choice::smallint[], w.version,"
    " w.key, w.receipt, w.was_ms, w.was_key, w.was_receipt, w.number"
    " FROM unnest($2::text::bigint[], $3::text::bigint[], $4::text::text[],"
    " $5::text::bigint[], $6::text::text[], $7::text::bigint[], $8::text::bytea[],"
    " $9::text::bytea[], $10::text::bigint[], $11::text::bytea[], $12::text::bytea[],"
    " $13::text::bigint[]) AS w (poll, voter, kind, at_ms, choice, version, key,"
    " receipt, was_ms, was_key, was_receipt, number)"
    " ON CONFLICT (poll_id, user_id) DO UPDATE SET kind = excluded.kind,"
    " at_ms = excluded.at_ms, choice = excluded.choice, version = excluded.version,"
    " key = excluded.key, receipt = excluded.receipt, was_ms = excluded.was_ms,"
    " was_key = excluded.was_key, was_receipt = excluded.was_receipt,"
    " op_origin = excluded.op_origin, op_number = excluded.op_number";

static void write_ballots(struct writing *w, const struct batch *b)
{
    pg_arg_i64(&w->ballots.args, (int64_t)b->origin);
    for (size_t i = 0; i < b->n_ballots; i++)
        if (b->ballots[i].changed)
            add_ballot(&w->ballots, b, &b->ballots[i]);
    add_statement(w, &w->ballots, BALLOTS, 12);
}

/* ---- polls ---- */

static void add_counts(struct buf *to, const struct poll_row *p)
{
    struct buf counts = {0};

    for (uint32_t i = 0; i < p->state.rules.n_options; i++)
        pg_array_i64(&counts, p->counts[i]);
    pg_array_str(to, pg_array_end(&counts));
    buf_done(&counts);
}

static void add_poll(struct columns *c, const struct batch *b, const struct poll_row *p)
{
    const struct poll_rules *r = &p->state.rules;
    struct buf *t = c->texts;

    c->n_rows++;
    pg_array_i64(&t[0], p->poll);
    add_optional(&t[1], r->opens_ms != 0, r->opens_ms);
    add_optional(&t[2], r->closes_ms != 0, r->closes_ms);
    pg_array_str(&t[3], str_of(poll_visibility_text(r->visibility)));
    pg_array_str(&t[4], str_of(poll_voters_text(r->voters)));
    add_bool(&t[5], r->vote_change);
    pg_array_i64(&t[6], r->edits);
    pg_array_i64(&t[7], (int64_t)(p->state.base_version - b->epoch));
    add_bool(&t[8], p->state.opened);
    add_bool(&t[9], p->state.closed);
    pg_array_i64(&t[10], p->total);
    pg_array_i64(&t[11], p->skips);
    add_counts(&t[12], p);
}

static const char POLLS[] =
    "INSERT INTO results (poll_id, opens_ms, closes_ms, visibility, voters,"
    " vote_change, edits, base_version, opened, closed, total, skips, counts)"
    " SELECT w.poll, w.opens_ms, w.closes_ms, w.visibility, w.voters, w.vote_change,"
    " w.edits, w.base_version, w.opened, w.closed, w.total, w.skips,"
    " w.counts::bigint[]"
    " FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[],"
    " $4::text::text[], $5::text::text[], $6::text::boolean[], $7::text::integer[],"
    " $8::text::bigint[], $9::text::boolean[], $10::text::boolean[],"
    " $11::text::bigint[], $12::text::bigint[], $13::text::text[]) AS w (poll,"
    " opens_ms, closes_ms, visibility, voters, vote_change, edits, base_version,"
    " opened, closed, total, skips, counts)"
    " ON CONFLICT (poll_id) DO UPDATE SET opens_ms = excluded.opens_ms,"
    " closes_ms = excluded.closes_ms, visibility = excluded.visibility,"
    " voters = excluded.voters, vote_change = excluded.vote_change,"
    " edits = excluded.edits, base_version = excluded.base_version,"
    " opened = excluded.opened, closed = excluded.closed, total = excluded.total,"
    " skips = excluded.skips, counts = excluded.counts";

static void write_polls(struct writing *w, const struct batch *b)
{
    for (size_t i = 0; i < b->n_polls; i++)
        if (b->polls[i].changed && !b->polls[i].deleted)
            add_poll(&w->polls, b, &b->polls[i]);
    add_statement(w, &w->polls, POLLS, 13);
}

static void write_removed(struct writing *w, const struct batch *b)
{
    static const char *const steps[] = {
        "DELETE FROM ballots WHERE poll_id = ANY ($1::text::bigint[])",
        "DELETE FROM polls WHERE id = ANY ($1::text::bigint[])", /* and the result */
        "UPDATE poll_keys SET deleted = true WHERE poll_id = ANY ($1::text::bigint[])",
    };
    struct columns *c = &w->removed;

    for (size_t i = 0; i < b->n_polls; i++)
        if (b->polls[i].deleted) {
            pg_array_i64(&c->texts[0], b->polls[i].poll);
            c->n_rows++;
        }
    if (c->n_rows == 0)
        return;
    pg_arg_str(&c->args, pg_array_end(&c->texts[0]));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        w->statements[w->n++] =
            (struct pg_statement){.sql = steps[i], .args = &c->args};
}

/* ---- counts of days and spans ---- */

static void write_days(struct writing *w, const struct batch *b)
{
    pg_arg_i64(&w->days.args, b->day);
    for (size_t i = 0; i < b->n_days; i++)
        if (b->days[i].cast != 0) {
            pg_array_i64(&w->days.texts[0], b->days[i].user);
            pg_array_i64(&w->days.texts[1], b->days[i].cast);
            w->days.n_rows++;
        }
    add_statement(w, &w->days,
                  "INSERT INTO daily_votes (day, user_id, votes) SELECT $1::integer,"
                  " w.id, w.n FROM unnest($2::text::bigint[], $3::text::integer[])"
                  " AS w (id, n) ON CONFLICT (day, user_id) DO UPDATE"
                  " SET votes = daily_votes.votes + excluded.votes",
                  2);
}

static void write_spans(struct writing *w, const struct batch *b)
{
    pg_arg_i64(&w->spans.args, b->ops[0]->at_ms / SPAN_MS);
    for (size_t i = 0; i < b->n_polls; i++)
        if (b->polls[i].cast != 0) {
            pg_array_i64(&w->spans.texts[0], b->polls[i].poll);
            pg_array_i64(&w->spans.texts[1], b->polls[i].cast);
            w->spans.n_rows++;
        }
    add_statement(w, &w->spans,
                  "INSERT INTO recent_votes (span, poll_id, votes) SELECT $1::integer,"
                  " w.id, w.n FROM unnest($2::text::bigint[], $3::text::integer[])"
                  " AS w (id, n) ON CONFLICT (span, poll_id) DO UPDATE"
                  " SET votes = recent_votes.votes + excluded.votes",
                  2);
}

/* ---- what other nodes are told ---- */

static const char *log_kind(enum change_kind kind)
{
    switch (kind) {
    case CHANGE_CLOSE:
        return "poll-closed";
    case CHANGE_DELETE:
        return "poll-deleted";
    case CHANGE_EDIT:
        return "poll-edited";
    case CHANGE_VOTE:
    case CHANGE_SKIP:
    case CHANGE_MOVE:
    case CHANGE_WITHDRAW:
    case CHANGE_UNSKIP:
        break;
    }
    return NULL;
}

static void write_log(struct writing *w, const struct batch *b)
{
    for (size_t i = 0; i < b->n_changes; i++) {
        const struct change *c = &b->changes[i];
        const char *kind = log_kind(c->kind);

        if (kind == NULL)
            continue;
        pg_array_str(&w->log.texts[0], str_of(kind));
        pg_array_i64(&w->log.texts[1], c->poll);
        pg_array_i64(&w->log.texts[2], (int64_t)(c->version - b->epoch));
        w->log.n_rows++;
    }
    add_statement(w, &w->log,
                  "INSERT INTO poll_log (kind, id, version) SELECT * FROM"
                  " unnest($1::text::text[], $2::text::bigint[], $3::text::bigint[])",
                  3);
}

static void write_batch(struct writing *w, const struct batch *b)
{
    struct buf *t = w->batch.texts;

    pg_arg_i64(&w->batch.args, (int64_t)b->origin);
    pg_arg_i64(&w->batch.args, (int64_t)b->number);
    for (size_t i = 0; i < b->n_polls; i++)
        if (b->polls[i].changed) {
            pg_array_i64(&t[0], b->polls[i].poll);
            w->batch.n_rows++;
        }
    for (size_t i = 0; i < b->n_ballots; i++)
        if (b->ballots[i].changed)
            pg_array_i64(&t[1], b->ballots[i].user);
    add_statement(w, &w->batch,
                  "INSERT INTO batch_log (origin, number, polls, users) VALUES"
                  " ($1, $2, $3::text::bigint[], $4::text::bigint[])",
                  2);
}

/* ---- all ---- */

static void writing_free(struct writing *w)
{
    struct columns *const all[] = {&w->ballots, &w->polls,   &w->days, &w->spans,
                                   &w->log,     &w->removed, &w->batch};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        columns_done(all[i]);
    mem_free(w);
}

int batch_write(struct batch *b, struct pg *pg)
{
    struct writing *w = mem_zalloc(1, sizeof *w);
    int rc;

    write_ballots(w, b);
    write_polls(w, b);
    write_days(w, b);
    write_spans(w, b);
    write_log(w, b);
    write_batch(w, b);
    write_removed(w, b);
    w->statements[w->n++] = (struct pg_statement){.sql = "COMMIT"};
    rc = pg_run_all(pg, w->statements, w->n);
    writing_free(w);
    return rc;
}
