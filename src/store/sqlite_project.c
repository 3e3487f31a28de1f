/* sqlite_project.c — enters changes into the tables, thousands at a time.
 *
 * DESIGN
 *
 * Touching pages is what costs: a crowd's votes land all over a table, and each page
 * touched is written twice. So a batch is sorted first:
 *
 *   changes ──▶ by poll and user ──▶ one result read, rows in the order of their key,
 *                    │               one result written: for each poll
 *                    └──▶ by day and user ──▶ one daily count for each
 *
 * Changes of one user on one poll stay in their order; those of different users do not
 * depend on each other. A poll's stored base version says which changes are in already:
 * versions grow by one with each vote, move and withdrawal, and all below are in. A
 * count moves only by rows that came or went, so counts always equal rows, whatever a
 * change says. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/receipt_blob.h"
#include "store/sqlite_db.h"

/* Where a change of the batch goes. */
struct place {
    uint32_t poll, user;
    uint32_t i; /* index in the batch */
};

/* A vote cast. */
struct day_vote {
    int64_t day;
    uint32_t user;
};

/* One poll's result while its changes are entered. */
struct projection {
    struct sqlite_store *store;
    struct db *db;
    size_t *n_days; /* how many of store->day_votes are filled */
    uint32_t poll, n_options;
    uint64_t base_version; /* as stored: changes up to it are in */
    uint64_t reached;
    uint32_t total, skips;
    uint32_t counts[LIMIT_OPTIONS];
    int64_t span, n_span; /* the newest span, and its votes not entered yet */
    bool removed;
};

/* If a constraint refuses a change, the tables are damaged, and half a batch would be
 * in: fail the whole transaction. */
static int execute(struct db *d, sqlite3_stmt *st)
{
    int rc = db_execute(d, st);

    return rc == ERR_CONFLICT ? db_fail(d) : rc;
}

/* ---- rows ---- */

/* Run the statement. Returns whether it changed its row, 1 or 0, or an error. */
static int changed(struct projection *e, sqlite3_stmt *st)
{
    int rc = execute(e->db, st);

    return rc != 0 ? rc : sqlite3_changes(e->db->handle);
}

static sqlite3_stmt *use_row(struct projection *e, enum sql name,
                             const struct change *c)
{
    sqlite3_stmt *st = db_use(e->db, name);

    sqlite3_bind_int64(st, 1, c->poll);
    sqlite3_bind_int64(st, 2, c->user);
    return st;
}

static void bind_receipt(sqlite3_stmt *st, const struct change *c,
                         uint8_t bytes[RECEIPT_BLOB_BYTES])
{
    struct receipt r = c->receipt;

    r.option = c->option;
    sqlite3_bind_blob(st, 6, c->key, VOTE_KEY_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(st, 7, bytes, (int)receipt_encode(&r, bytes), SQLITE_STATIC);
}

/* Write one row for all votes of a span, mostly those of the whole batch. */
static int save_recent(struct projection *e)
{
    sqlite3_stmt *st = db_use(e->db, SQL_RECENT_ADD);

    if (e->n_span == 0)
        return 0;
    sqlite3_bind_int64(st, 1, e->span);
    sqlite3_bind_int64(st, 2, e->poll);
    sqlite3_bind_int64(st, 3, e->n_span);
    e->n_span = 0;
    return execute(e->db, st);
}

static int count_recent(struct projection *e, int64_t at_ms)
{
    int64_t span = at_ms / STORE_SPAN_MS;
    int rc = span != e->span ? save_recent(e) : 0;

    e->span = span;
    e->n_span++;
    return rc;
}

static int enter_vote(struct projection *e, const struct change *c)
{
    sqlite3_stmt *st = use_row(e, SQL_VOTE_ADD, c);
    uint8_t bytes[RECEIPT_BLOB_BYTES];
    uint32_t total = e->total;
    int rc;

    sqlite3_bind_int64(st, 3, c->option);
    sqlite3_bind_int64(st, 4, c->at_ms);
    sqlite3_bind_int64(st, 5, (int64_t)c->version);
    if (c->keyed) {
        bind_receipt(st, c, bytes);
    } else {
        sqlite3_bind_null(st, 6);
        sqlite3_bind_null(st, 7);
    }
    rc = changed(e, st);
    if (rc == 1) {
        e->counts[c->option]++;
        e->total++;
        e->store->day_votes[(*e->n_days)++] =
            (struct day_vote){store_day(c->at_ms), c->user};
        rc = count_recent(e, c->at_ms);
    }
    return rc < 0 ? rc : e->total != total;
}

static int enter_move(struct projection *e, const struct change *c)
{
    sqlite3_stmt *st = use_row(e, SQL_VOTE_MOVE, c);
    int rc;

    sqlite3_bind_int64(st, 3, c->was_option);
    sqlite3_bind_int64(st, 4, c->option);
    sqlite3_bind_int64(st, 5, (int64_t)c->version);
    rc = changed(e, st);
    if (rc == 1) {
        e->counts[c->was_option]--;
        e->counts[c->option]++;
    }
    return rc;
}

static int enter_withdrawal(struct projection *e, const struct change *c)
{
    sqlite3_stmt *st = use_row(e, SQL_RECEIPT_KEEP, c);
    int rc;

    sqlite3_bind_int64(st, 3, c->was_option);
    rc = execute(e->db, st);
    if (rc != 0)
        return rc;
    st = use_row(e, SQL_VOTE_REMOVE, c);
    sqlite3_bind_int64(st, 3, c->was_option);
    rc = changed(e, st);
    if (rc == 1) {
        e->counts[c->was_option]--;
        e->total--;
    }
    return rc;
}

static int enter_skip(struct projection *e, const struct change *c)
{
    sqlite3_stmt *st = use_row(e, SQL_SKIP_ADD, c);
    int rc;

    sqlite3_bind_int64(st, 3, c->at_ms);
    rc = changed(e, st);
    if (rc == 1)
        e->skips++;
    return rc;
}

static int leave_skip(struct projection *e, const struct change *c)
{
    int rc = changed(e, use_row(e, SQL_SKIP_REMOVE, c));

    if (rc == 1)
        e->skips--;
    return rc;
}

static int enter_closing(struct projection *e, const struct change *c)
{
    sqlite3_stmt *st = db_use(e->db, SQL_POLL_CLOSE);

    if (c->version < e->base_version)
        return 0; /* a replay: the edit that reopened the poll is in already */
    sqlite3_bind_int64(st, 1, c->poll);
    sqlite3_bind_int64(st, 2, c->at_ms);
    return changed(e, st);
}

/* ---- one poll ---- */

static bool is_versioned(const struct change *c)
{
    return c->kind == CHANGE_VOTE || c->kind == CHANGE_MOVE ||
           c->kind == CHANGE_WITHDRAW;
}

/* The journal was checked, but never use an index from outside unchecked. */
static bool is_entered(const struct projection *e, const struct change *c)
{
    return (is_versioned(c) && c->version <= e->base_version) ||
           c->option >= e->n_options || c->was_option >= e->n_options;
}

static int enter(struct projection *e, const struct change *c)
{
    if (is_entered(e, c))
        return 0;
    if (is_versioned(c) && c->version > e->reached)
        e->reached = c->version;
    switch (c->kind) {
    case CHANGE_VOTE:
        return enter_vote(e, c);
    case CHANGE_SKIP:
        return enter_skip(e, c);
    case CHANGE_MOVE:
        return enter_move(e, c);
    case CHANGE_WITHDRAW:
        return enter_withdrawal(e, c);
    case CHANGE_CLOSE:
        return enter_closing(e, c);
    case CHANGE_DELETE:
        e->removed = true;
        return 0;
    case CHANGE_UNSKIP:
        return leave_skip(e, c);
    case CHANGE_EDIT: /* sqlite_project() enters edits itself */
        break;
    }
    return 0;
}

/* Returns 1, 0 if there is no such poll, or an error. */
static int load_result(struct projection *e)
{
    sqlite3_stmt *st = db_use(e->db, SQL_RESULT_GET);
    int rc;

    sqlite3_bind_int64(st, 1, e->poll);
    rc = db_step(e->db, st);
    if (rc != 1)
        return rc;
    e->base_version = e->reached = (uint64_t)sqlite3_column_int64(st, 0);
    e->total = (uint32_t)sqlite3_column_int64(st, 1);
    e->skips = (uint32_t)sqlite3_column_int64(st, 2);
    rc = counts_read(db_column_str(st, 3), e->counts, &e->n_options);
    db_reset(st);
    if (rc != 0)
        return db_fail_with(e->db, "the counts of poll %u cannot be read", e->poll);
    return 1;
}

static int save_result(struct projection *e)
{
    sqlite3_stmt *st = db_use(e->db, SQL_RESULT_SET);
    struct buf counts = {0};
    int rc;

    counts_write(&counts, e->counts, e->n_options);
    sqlite3_bind_int64(st, 1, e->poll);
    sqlite3_bind_int64(st, 2, (int64_t)e->reached);
    sqlite3_bind_int64(st, 3, e->total);
    sqlite3_bind_int64(st, 4, e->skips);
    db_bind_str(st, 5, buf_str(&counts));
    rc = execute(e->db, st);
    buf_done(&counts);
    return rc;
}

static int remove_poll(struct projection *e)
{
    static const enum sql steps[] = {SQL_VOTES_REMOVE, SQL_SKIPS_REMOVE,
                                     SQL_RECEIPTS_REMOVE,
                                     SQL_POLL_REMOVE}; /* this removes its result too */

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        sqlite3_stmt *st = db_use(e->db, steps[i]);
        int rc;

        sqlite3_bind_int64(st, 1, e->poll);
        rc = execute(e->db, st);
        if (rc != 0)
            return rc;
    }
    return sqlite_key_end(e->db, e->poll);
}

/* Project the changes of one poll, from *from on; moves *from to the next poll. */
static int project_poll(struct projection *e, const struct change *changes, size_t n,
                        size_t *from)
{
    const struct place *places = e->store->places;
    size_t at = *from, end = at;
    int rc, n_changed = 0;

    while (end < n && places[end].poll == places[at].poll)
        end++;
    *from = end;
    e->poll = places[at].poll;
    rc = load_result(e);
    if (rc != 1)
        return rc;
    for (; at < end; at++) {
        rc = enter(e, &changes[places[at].i]);
        if (rc < 0)
            return rc;
        n_changed += rc;
    }
    rc = save_recent(e);
    if (rc != 0)
        return rc;
    if (e->removed)
        return remove_poll(e);
    return n_changed > 0 || e->reached != e->base_version ? save_result(e) : 0;
}

/* ---- daily counts ---- */

static int compare_day_votes(const void *a, const void *b)
{
    const struct day_vote *v = a, *w = b;

    if (v->day != w->day)
        return v->day < w->day ? -1 : 1;
    return (v->user > w->user) - (v->user < w->user);
}

static int add_daily(struct db *d, const struct day_vote *v, size_t n_votes)
{
    sqlite3_stmt *st = db_use(d, SQL_DAILY_ADD);

    sqlite3_bind_int64(st, 1, v->day);
    sqlite3_bind_int64(st, 2, v->user);
    sqlite3_bind_int64(st, 3, (int64_t)n_votes);
    return execute(d, st);
}

/* Forget at least as many old rows as the batch can have added. */
static int forget_before(struct db *d, int64_t day, size_t n_votes)
{
    sqlite3_stmt *st = db_use(d, SQL_DAILY_FORGET);

    sqlite3_bind_int64(st, 1, day);
    sqlite3_bind_int64(st, 2, (int64_t)n_votes + 1000);
    return execute(d, st);
}

static int forget_spans(struct db *d, int64_t day, size_t n_votes)
{
    sqlite3_stmt *st = db_use(d, SQL_RECENT_FORGET);
    int64_t from_ms = day * CLOCK_DAY_MS - STORE_RECENT_MS;

    sqlite3_bind_int64(st, 1, from_ms / STORE_SPAN_MS);
    sqlite3_bind_int64(st, 2, (int64_t)n_votes + 1000);
    return execute(d, st);
}

static int project_days(struct db *d, struct day_vote *votes, size_t n)
{
    int rc = 0;

    if (n == 0)
        return 0;
    qsort(votes, n, sizeof *votes, compare_day_votes);
    for (size_t at = 0, end; rc == 0 && at < n; at = end) {
        for (end = at + 1; end < n && compare_day_votes(&votes[at], &votes[end]) == 0;)
            end++;
        rc = add_daily(d, &votes[at], end - at);
    }
    if (rc == 0)
        rc = forget_spans(d, votes[n - 1].day, n);
    return rc != 0 ? rc : forget_before(d, votes[n - 1].day - 1, n);
}

/* ---- a batch ---- */

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;

    if (p->poll != q->poll)
        return p->poll < q->poll ? -1 : 1;
    if (p->user != q->user)
        return p->user < q->user ? -1 : 1;
    return (p->i > q->i) - (p->i < q->i);
}

static void sort_batch(struct sqlite_store *s, const struct change *changes, size_t n)
{
    if (n > s->cap) {
        s->places = mem_realloc(s->places, n * sizeof *s->places);
        s->day_votes = mem_realloc(s->day_votes, n * sizeof *s->day_votes);
        s->cap = n;
    }
    for (size_t i = 0; i < n; i++)
        s->places[i] = (struct place){changes[i].poll, changes[i].user, (uint32_t)i};
    qsort(s->places, n, sizeof *s->places, compare_places);
}

/* Project changes without an edit among them. */
static int project_run(struct sqlite_store *s, struct db *d,
                       const struct change *changes, size_t n)
{
    size_t n_days = 0;

    sort_batch(s, changes, n);
    for (size_t at = 0; at < n;) {
        struct projection e = {.store = s, .db = d, .n_days = &n_days};
        int rc = project_poll(&e, changes, n, &at);

        if (rc != 0)
            return rc;
    }
    return project_days(d, s->day_votes, n_days);
}

/* Whether a vote is possible may depend on an edit before it. So edits, which are rare,
 * keep their place, and only the changes between them are sorted. */
int sqlite_project(struct store *s, const struct change *changes, size_t n)
{
    struct db *d = db_writer(s);
    int rc = d != NULL ? 0 : ERR_UNAVAILABLE;

    for (size_t at = 0, end; rc == 0 && at < n; at = end + 1) {
        for (end = at; end < n && changes[end].kind != CHANGE_EDIT;)
            end++;
        if (end > at)
            rc = project_run(sqlite_of(s), d, changes + at, end - at);
        if (rc == 0 && end < n)
            rc = sqlite_edit_enter(d, &changes[end]);
    }
    return rc;
}
