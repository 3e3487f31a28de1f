/* postgres_project_write.c — writes what a batch of changes came to
 * (postgres_project.c).
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/postgres_project.h"

/* Statements that wait for their round trip. */
enum { WRITE_MAX = 256 };
struct writing {
    struct side *side;
    size_t n;
    int rc;
    struct pg_statement statements[WRITE_MAX];
    struct pg_args args[WRITE_MAX];
    struct buf texts[WRITE_MAX];
};

static void write_out(struct writing *w)
{
    if (w->rc == 0 && w->n > 0)
        w->rc = side_run_all(w->side, w->statements, w->n);
    for (size_t i = 0; i < w->n; i++)
        buf_done(&w->texts[i]);
    w->n = 0;
}

/* The parameters of one more statement. */
static struct pg_args *write_sql(struct writing *w, const char *sql)
{
    struct pg_args *a;

    if (w->n == WRITE_MAX)
        write_out(w);
    a = &w->args[w->n];
    *a = (struct pg_args){0};
    w->texts[w->n] = (struct buf){0};
    w->statements[w->n++] = (struct pg_statement){.sql = sql, .args = a};
    return a;
}

static const char BALLOT_SET[] =
    "INSERT INTO ballots (poll_id, user_id, kind, at_ms, choice, version, key, receipt,"
    " was_ms, was_key, was_receipt) VALUES ($1, $2, $3, $4,"
    " CASE WHEN $5::bigint IS NOT NULL THEN ARRAY[$5::smallint] END,"
    " $6, $7, $8, $9, $10, $11) ON CONFLICT (poll_id, user_id) DO UPDATE SET"
    " kind = excluded.kind, at_ms = excluded.at_ms, choice = excluded.choice,"
    " version = excluded.version, key = excluded.key, receipt = excluded.receipt,"
    " was_ms = excluded.was_ms, was_key = excluded.was_key,"
    " was_receipt = excluded.was_receipt";

static void arg_told(struct pg_args *a, const struct told *t)
{
    struct str none = {NULL, 0};

    pg_arg_str(a,
               t->is_set ? (struct str){(const char *)t->key, VOTE_KEY_BYTES} : none);
    pg_arg_str(a, t->is_set ? (struct str){(const char *)t->bytes, t->len} : none);
}

static void arg_if(struct pg_args *a, bool is_set, int64_t n)
{
    pg_arg_i64(a, n);
    if (!is_set)
        a->values[a->n - 1] = NULL;
}

static void write_ballot(struct writing *w, const struct ballot *b)
{
    static const char *const kinds[] = {"none", "vote", "skip"};
    bool stays = b->kind != NONE || b->was.is_set;
    struct pg_args *a;

    if (!stays && !b->stored)
        return;
    a = write_sql(w, stays ? BALLOT_SET
                           : "DELETE FROM ballots WHERE poll_id = $1 AND user_id = $2");
    pg_arg_i64(a, b->poll);
    pg_arg_i64(a, b->user);
    if (!stays)
        return;
    pg_arg_str(a, str_of(kinds[b->kind]));
    pg_arg_i64(a, b->kind != NONE ? b->at_ms : b->was.at_ms);
    arg_if(a, b->kind == VOTE, b->option);
    arg_if(a, b->kind == VOTE, (int64_t)b->version);
    arg_told(a, &b->now);
    arg_if(a, b->was.is_set, b->was.at_ms);
    arg_told(a, &b->was);
}

static void write_result(struct writing *w, const struct stored *r)
{
    struct pg_args *a =
        write_sql(w, "UPDATE results SET base_version = $2, total = $3, skips = $4,"
                     " counts = $5::text::bigint[], closes_ms = least(closes_ms, $6)"
                     " WHERE poll_id = $1");
    struct buf *counts = &w->texts[w->n - 1];

    for (uint32_t i = 0; i < r->n_options; i++)
        pg_array_i64(counts, r->counts[i]);
    pg_arg_i64(a, r->poll);
    pg_arg_i64(a, (int64_t)r->reached);
    pg_arg_i64(a, r->total);
    pg_arg_i64(a, r->skips);
    pg_arg_str(a, pg_array_end(counts));
    pg_arg_optional(a, r->closes_ms); /* least() passes over NULL */
}

static void remove_poll(struct writing *w, uint32_t poll)
{
    static const char *const steps[] = {
        "DELETE FROM ballots WHERE poll_id = $1",
        "DELETE FROM polls WHERE id = $1", /* this removes its result too */
        "INSERT INTO poll_log (kind, id) VALUES ('poll-deleted', $1)",
        "UPDATE poll_keys SET deleted = true WHERE poll_id = $1",
    };
    struct pg_args *a;

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        pg_arg_i64(write_sql(w, steps[i]), poll);
    a = write_sql(w,
                  "DELETE FROM poll_keys k USING (SELECT owner_id FROM poll_keys"
                  " WHERE poll_id = $1) o WHERE k.deleted AND k.owner_id = o.owner_id"
                  " AND k.poll_id <= (SELECT poll_id FROM poll_keys d WHERE d.deleted"
                  " AND d.owner_id = o.owner_id ORDER BY poll_id DESC LIMIT 1"
                  " OFFSET $2)");
    pg_arg_i64(a, poll);
    pg_arg_i64(a, STORE_DELETED_KEYS);
}

static void write_polls(struct projection *e, struct writing *w)
{
    size_t b = 0;

    for (size_t i = 0; i < e->n_results; i++) {
        const struct stored *r = &e->results[i];
        bool changed;

        while (e->ballots[b].poll != r->poll)
            b++;
        if (r->removed) {
            remove_poll(w, r->poll);
            continue;
        }
        changed = r->reached != r->base_version || r->closes_ms != 0;
        for (; b < e->n_ballots && e->ballots[b].poll == r->poll; b++)
            if (e->ballots[b].changed) {
                write_ballot(w, &e->ballots[b]);
                changed = true;
            }
        if (changed)
            write_result(w, r);
    }
}

/* ---- daily and recent counts ---- */

static int compare_days(const void *a, const void *b)
{
    const struct cast *v = a, *w = b;

    if (v->day != w->day)
        return v->day < w->day ? -1 : 1;
    return (v->user > w->user) - (v->user < w->user);
}

static int compare_spans(const void *a, const void *b)
{
    const struct cast *v = a, *w = b;

    if (v->span != w->span)
        return v->span < w->span ? -1 : 1;
    return (v->poll > w->poll) - (v->poll < w->poll);
}

/* How many casts from i on are the same. */
static size_t count_same(const struct projection *e, size_t i,
                         int (*compare)(const void *a, const void *b))
{
    size_t end = i + 1;

    while (end < e->n_casts && compare(&e->casts[i], &e->casts[end]) == 0)
        end++;
    return end - i;
}

static void write_days(struct projection *e, struct writing *w)
{
    struct pg_args *a;

    qsort(e->casts, e->n_casts, sizeof *e->casts, compare_days);
    for (size_t i = 0, n; i < e->n_casts; i += n) {
        n = count_same(e, i, compare_days);
        a = write_sql(w, "INSERT INTO daily_votes VALUES ($1, $2, $3)"
                         " ON CONFLICT (day, user_id) DO UPDATE"
                         " SET votes = daily_votes.votes + excluded.votes");
        pg_arg_i64(a, e->casts[i].day);
        pg_arg_i64(a, e->casts[i].user);
        pg_arg_i64(a, (int64_t)n);
    }
    a = write_sql(w, "DELETE FROM daily_votes WHERE day < $1");
    pg_arg_i64(a, e->casts[e->n_casts - 1].day - 1);
}

static void write_spans(struct projection *e, struct writing *w)
{
    int64_t day = e->casts[e->n_casts - 1].day; /* the newest: they are by day now */
    struct pg_args *a;

    qsort(e->casts, e->n_casts, sizeof *e->casts, compare_spans);
    for (size_t i = 0, n; i < e->n_casts; i += n) {
        n = count_same(e, i, compare_spans);
        a = write_sql(w, "INSERT INTO recent_votes VALUES ($1, $2, $3)"
                         " ON CONFLICT (span, poll_id) DO UPDATE"
                         " SET votes = recent_votes.votes + excluded.votes");
        pg_arg_i64(a, e->casts[i].span);
        pg_arg_i64(a, e->casts[i].poll);
        pg_arg_i64(a, (int64_t)n);
    }
    a = write_sql(w, "DELETE FROM recent_votes WHERE span < $1");
    pg_arg_i64(a, (day * CLOCK_DAY_MS - STORE_RECENT_MS) / STORE_SPAN_MS);
}

int postgres_write_rows(struct projection *e)
{
    struct writing *w = mem_zalloc(1, sizeof *w);
    int rc;

    w->side = e->side;
    write_polls(e, w);
    if (e->n_casts > 0) {
        write_days(e, w);
        write_spans(e, w);
    }
    write_out(w);
    rc = w->rc;
    mem_free(w);
    return rc;
}
