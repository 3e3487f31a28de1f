/* postgres_project.c — enters changes of a journal into the tables, thousands at a
 * time.
 *
 * DESIGN
 *
 *   changes ──▶ by poll and user ──▶ read results and ballots of them all, locked
 *                    │                             │
 *                    │             enter each change into the ballot and the result
 *                    │                             │
 *                    └──▶ by day and user ──▶ write what differs, by many statements
 *                                             a round trip
 *
 * Changes of one user on one poll stay in their order; those of different users do not
 * depend on each other. A poll's stored base version says which changes are in already.
 * A count moves only with a ballot, so counts always equal rows, whatever a change
 * says. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/postgres_project.h"
#include "core/row_text.h"

/* ---- the batch ---- */

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;

    if (p->poll != q->poll)
        return p->poll < q->poll ? -1 : 1;
    if (p->user != q->user)
        return p->user < q->user ? -1 : 1;
    return (p->i > q->i) - (p->i < q->i);
}

static void sort_batch(struct projection *e)
{
    for (size_t i = 0; i < e->n; i++)
        e->places[i] =
            (struct place){e->changes[i].poll, e->changes[i].user, (uint32_t)i};
    qsort(e->places, e->n, sizeof *e->places, compare_places);
    for (size_t i = 0; i < e->n; i++) {
        const struct place *p = &e->places[i];
        struct ballot *last = e->n_ballots > 0 ? &e->ballots[e->n_ballots - 1] : NULL;

        if (last == NULL || last->poll != p->poll || last->user != p->user)
            e->ballots[e->n_ballots++] =
                (struct ballot){.poll = p->poll, .user = p->user};
    }
}

/* ---- reading ---- */

static int take_result(void *user, const struct pg_row *row)
{
    struct projection *e = user;
    struct stored *r = &e->results[e->n_results++];

    *r = (struct stored){.poll = (uint32_t)pg_i64(row, 0),
                         .base_version = (uint64_t)pg_i64(row, 1),
                         .total = (uint32_t)pg_i64(row, 2),
                         .skips = (uint32_t)pg_i64(row, 3)};
    r->reached = r->base_version;
    if (counts_read(pg_str(row, 4), r->counts, &r->n_options) != 0)
        return side_fail(e->side, "the counts of poll %u cannot be read", r->poll);
    return 0;
}

static void take_told(const struct pg_row *row, int key, int64_t at_ms, struct told *t)
{
    struct str k = pg_str(row, key), bytes = pg_str(row, key + 1);

    if (k.len != VOTE_KEY_BYTES || bytes.len > sizeof t->bytes)
        return;
    t->is_set = true;
    t->at_ms = at_ms;
    t->len = bytes.len;
    memcpy(t->key, k.at, k.len);
    memcpy(t->bytes, bytes.at, bytes.len);
}

static int take_ballot(void *user, const struct pg_row *row)
{
    struct projection *e = user;
    uint32_t poll = (uint32_t)pg_i64(row, 0), voter = (uint32_t)pg_i64(row, 1);
    struct str kind = pg_str(row, 2);
    struct ballot *b;

    while (e->ballots[e->at].poll != poll || e->ballots[e->at].user != voter)
        e->at++; /* rows come in this order, and only of these */
    b = &e->ballots[e->at];
    b->stored = true;
    b->kind = str_eq(kind, STR("vote"))   ? VOTE
              : str_eq(kind, STR("skip")) ? SKIP
                                          : NONE;
    b->at_ms = pg_i64(row, 3);
    b->option = (uint32_t)pg_i64(row, 4);
    b->version = (uint64_t)pg_i64(row, 5);
    take_told(row, 6, b->at_ms, &b->now);
    take_told(row, 8, pg_i64(row, 10), &b->was);
    return 0;
}

static const char RESULTS[] =
    "SELECT poll_id, base_version, total, skips, to_json(counts)::text FROM results"
    " WHERE poll_id = ANY ($1::text::bigint[]) ORDER BY poll_id FOR NO KEY UPDATE";

/* LATERAL: one look into the index for each, whatever the statistics say. */
static const char BALLOTS[] =
    "SELECT w.poll, w.voter, b.* FROM unnest($1::text::bigint[], $2::text::bigint[])"
    " AS w (poll, voter), LATERAL (SELECT kind, at_ms, choice[1], version, key, "
    "receipt,"
    " was_key, was_receipt, was_ms FROM ballots WHERE poll_id = w.poll"
    " AND user_id = w.voter LIMIT 1) b ORDER BY w.poll, w.voter";

static int read_rows(struct projection *e)
{
    struct buf polls = {0}, voters = {0}, each = {0};
    struct pg_args of_results = {0}, of_ballots = {0};
    struct pg_statement st[] = {
        {.sql = RESULTS, .args = &of_results, .each = take_result, .user = e},
        {.sql = BALLOTS, .args = &of_ballots, .each = take_ballot, .user = e},
    };
    int rc;

    for (size_t i = 0; i < e->n_ballots; i++) {
        if (i == 0 || e->ballots[i].poll != e->ballots[i - 1].poll)
            pg_array_i64(&polls, e->ballots[i].poll);
        pg_array_i64(&each, e->ballots[i].poll);
        pg_array_i64(&voters, e->ballots[i].user);
    }
    pg_arg_str(&of_results, pg_array_end(&polls));
    pg_arg_str(&of_ballots, pg_array_end(&each));
    pg_arg_str(&of_ballots, pg_array_end(&voters));
    rc = side_run_all(e->side, st, sizeof st / sizeof *st);
    buf_done(&polls);
    buf_done(&voters);
    buf_done(&each);
    return rc;
}

/* ---- entering ---- */

static void enter_vote(struct projection *e, struct stored *r, struct ballot *b,
                       const struct change *c)
{
    struct receipt receipt = c->receipt;

    if (b->kind == VOTE)
        return;
    r->skips -= b->kind == SKIP;
    b->changed = true;
    b->kind = VOTE;
    b->at_ms = c->at_ms;
    b->option = c->option;
    b->version = c->version;
    b->now = (struct told){.is_set = c->keyed, .at_ms = c->at_ms};
    if (c->keyed) {
        receipt.option = c->option;
        memcpy(b->now.key, c->key, VOTE_KEY_BYTES);
        b->now.len = receipt_encode(&receipt, b->now.bytes);
    }
    r->counts[c->option]++;
    r->total++;
    e->casts[e->n_casts++] =
        (struct cast){store_day(c->at_ms), c->at_ms / STORE_SPAN_MS, c->poll, c->user};
}

static void enter_move(struct stored *r, struct ballot *b, const struct change *c)
{
    if (b->kind != VOTE || b->option != c->was_option)
        return;
    b->changed = true;
    b->option = c->option;
    b->version = c->version;
    r->counts[c->was_option]--;
    r->counts[c->option]++;
}

static void enter_withdrawal(struct stored *r, struct ballot *b, const struct change *c)
{
    if (b->kind != VOTE || b->option != c->was_option)
        return;
    b->changed = true;
    b->kind = NONE;
    if (b->now.is_set)
        b->was = b->now;
    b->now.is_set = false;
    r->counts[c->was_option]--;
    r->total--;
}

static void enter_skip(struct stored *r, struct ballot *b, const struct change *c)
{
    if (b->kind != NONE)
        return;
    b->changed = true;
    b->kind = SKIP;
    b->at_ms = c->at_ms;
    r->skips++;
}

static void leave_skip(struct stored *r, struct ballot *b)
{
    if (b->kind != SKIP)
        return;
    b->changed = true;
    b->kind = NONE;
    r->skips--;
}

static void enter_closing(struct stored *r, const struct change *c)
{
    if (c->version < r->base_version)
        return; /* a replay: the edit that reopened the poll is in already */
    if (r->closes_ms == 0 || c->at_ms < r->closes_ms)
        r->closes_ms = c->at_ms;
}

static bool is_versioned(const struct change *c)
{
    return c->kind == CHANGE_VOTE || c->kind == CHANGE_MOVE ||
           c->kind == CHANGE_WITHDRAW;
}

/* The journal was checked, but never use an index from outside unchecked. */
static bool is_entered(const struct stored *r, const struct change *c)
{
    return (is_versioned(c) && c->version <= r->base_version) ||
           c->option >= r->n_options || c->was_option >= r->n_options;
}

static void enter(struct projection *e, struct stored *r, struct ballot *b,
                  const struct change *c)
{
    if (is_entered(r, c))
        return;
    if (is_versioned(c) && c->version > r->reached)
        r->reached = c->version;
    switch (c->kind) {
    case CHANGE_VOTE:
        enter_vote(e, r, b, c);
        return;
    case CHANGE_SKIP:
        enter_skip(r, b, c);
        return;
    case CHANGE_MOVE:
        enter_move(r, b, c);
        return;
    case CHANGE_WITHDRAW:
        enter_withdrawal(r, b, c);
        return;
    case CHANGE_CLOSE:
        enter_closing(r, c);
        return;
    case CHANGE_DELETE:
        r->removed = true;
        return;
    case CHANGE_UNSKIP:
        leave_skip(r, b);
        return;
    case CHANGE_EDIT: /* postgres_project() enters edits itself */
        return;
    }
}

static void enter_all(struct projection *e)
{
    size_t b = 0, r = 0;

    for (size_t i = 0; i < e->n; i++) {
        const struct place *p = &e->places[i];

        while (e->ballots[b].poll != p->poll || e->ballots[b].user != p->user)
            b++;
        while (r < e->n_results && e->results[r].poll < p->poll)
            r++;
        if (r < e->n_results && e->results[r].poll == p->poll)
            enter(e, &e->results[r], &e->ballots[b], &e->changes[p->i]);
    }
}

/* ---- a batch ---- */

/* Project changes without an edit among them. */
static int project_run(struct side *d, const struct change *changes, size_t n)
{
    struct projection e = {.side = d,
                           .changes = changes,
                           .n = n,
                           .places = mem_zalloc(n, sizeof *e.places),
                           .ballots = mem_zalloc(n, sizeof *e.ballots),
                           .results = mem_zalloc(n, sizeof *e.results),
                           .casts = mem_zalloc(n, sizeof *e.casts)};
    int rc;

    sort_batch(&e);
    rc = read_rows(&e);
    if (rc == 0) {
        enter_all(&e);
        rc = postgres_write_rows(&e);
    }
    mem_free(e.places);
    mem_free(e.ballots);
    mem_free(e.results);
    mem_free(e.casts);
    return rc;
}

/* Whether a vote is possible may depend on an edit before it. So edits, which are rare,
 * keep their place, and only the changes between them are sorted. */
int postgres_project(struct store *s, const struct change *changes, size_t n)
{
    struct side *d = side_writer(s);
    int rc = d != NULL ? 0 : ERR_UNAVAILABLE;

    for (size_t at = 0, end; rc == 0 && at < n; at = end + 1) {
        for (end = at; end < n && changes[end].kind != CHANGE_EDIT;)
            end++;
        if (end > at)
            rc = project_run(d, changes + at, end - at);
        if (rc == 0 && end < n)
            rc = postgres_edit_enter(d, &changes[end]);
    }
    return rc;
}
