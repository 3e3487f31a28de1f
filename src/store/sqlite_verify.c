/* sqlite_verify.c — checks that the database is sound and consistent.
 *
 * Three walks run side by side in the order of poll ids (definitions with results,
 * votes, skips), so memory does not grow with the database. All see one snapshot.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "core/receipt_blob.h"
#include "store/sqlite_db.h"

struct check {
    struct db *db;
    const struct store_report *to;
    bool found;
    struct store_totals totals;
};

__attribute__((format(printf, 2, 3))) static void find(struct check *c,
                                                       const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    c->found = true;
    c->to->finding(c->to->user, text);
}

/* Prepare a query. NULL, with a finding, if that fails. */
static sqlite3_stmt *ask(struct check *c, const char *sql)
{
    sqlite3_stmt *st = NULL;

    if (sqlite3_prepare_v2(c->db->handle, sql, -1, &st, NULL) != SQLITE_OK)
        find(c, "the database cannot be queried: %s", sqlite3_errmsg(c->db->handle));
    return st;
}

/* Is there another row? An error becomes a finding, and ends the walk. */
static bool next_row(struct check *c, sqlite3_stmt *st)
{
    int rc = sqlite3_step(st);

    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        find(c, "the database cannot be read: %s", sqlite3_errmsg(c->db->handle));
    return rc == SQLITE_ROW;
}

/* ---- the file ---- */

static void check_file(struct check *c)
{
    sqlite3_stmt *st = ask(c, "PRAGMA integrity_check");

    while (st != NULL && next_row(c, st)) {
        const char *text = (const char *)sqlite3_column_text(st, 0);

        if (!str_eq(str_of(text), STR("ok")))
            find(c, "the database file is damaged: %s", text);
    }
    sqlite3_finalize(st);
}

static void check_references(struct check *c)
{
    sqlite3_stmt *st = ask(c, "PRAGMA foreign_key_check");

    while (st != NULL && next_row(c, st))
        find(c, "row %lld of %s refers to %s that are not there",
             (long long)sqlite3_column_int64(st, 1), sqlite3_column_text(st, 0),
             sqlite3_column_text(st, 2));
    sqlite3_finalize(st);
}

/* ---- counts and rows ---- */

/* A walk over rows, ordered by poll id, the statement's first column. */
struct walk {
    sqlite3_stmt *st;
    bool more;
    int64_t poll;
};

static void step_walk(struct check *c, struct walk *w)
{
    w->more = w->st != NULL && next_row(c, w->st);
    if (w->more)
        w->poll = sqlite3_column_int64(w->st, 0);
}

static struct walk begin_walk(struct check *c, const char *sql)
{
    struct walk w = {.st = ask(c, sql)};

    step_walk(c, &w);
    return w;
}

/* What the rows of one poll add up to. */
struct rows {
    int64_t votes, skips, version;
    uint32_t counts[LIMIT_OPTIONS];
};

static void count_vote(struct check *c, const struct walk *w, struct rows *rows)
{
    int64_t user = sqlite3_column_int64(w->st, 1);
    int64_t option = sqlite3_column_int64(w->st, 2);
    struct receipt receipt;

    rows->votes++;
    if (option >= 0 && option < LIMIT_OPTIONS)
        rows->counts[option]++;
    else
        find(c, "poll %lld: user %lld voted for option %lld, which no poll has",
             (long long)w->poll, (long long)user, (long long)option);
    if (sqlite3_column_int64(w->st, 3) > rows->version)
        rows->version = sqlite3_column_int64(w->st, 3);
    if (sqlite3_column_type(w->st, 4) != SQLITE_NULL &&
        receipt_decode(db_column_blob(w->st, 4), &receipt) != 0)
        find(c, "poll %lld: the receipt of user %lld cannot be read",
             (long long)w->poll, (long long)user);
}

/* Count the rows of a poll; both walks are at its rows, or beyond. */
static void count_rows(struct check *c, int64_t poll, struct walk *votes,
                       struct walk *skips, struct rows *rows)
{
    for (; votes->more && votes->poll == poll; step_walk(c, votes))
        count_vote(c, votes, rows);
    for (; skips->more && skips->poll == poll; step_walk(c, skips))
        rows->skips += sqlite3_column_int64(skips->st, 1);
    c->totals.votes += (uint64_t)rows->votes;
    c->totals.skips += (uint64_t)rows->skips;
}

/* Report rows of polls below this id that have no definition. */
static void find_orphans(struct check *c, int64_t below, struct walk *votes,
                         struct walk *skips)
{
    while ((votes->more && votes->poll < below) ||
           (skips->more && skips->poll < below)) {
        struct rows rows = {0};
        int64_t poll = votes->more && (!skips->more || votes->poll < skips->poll)
                           ? votes->poll
                           : skips->poll;

        count_rows(c, poll, votes, skips, &rows);
        find(c, "poll %lld is not there, but has %lld votes and %lld skips",
             (long long)poll, (long long)rows.votes, (long long)rows.skips);
    }
}

static void check_number(struct check *c, int64_t poll, const char *what,
                         int64_t stored, int64_t counted)
{
    if (stored != counted)
        find(c, "poll %lld: %lld %s are stored, and its rows are %lld", (long long)poll,
             (long long)stored, what, (long long)counted);
}

/* Compare the stored counts with the rows. */
static void check_counts(struct check *c, sqlite3_stmt *st, const struct rows *rows)
{
    int64_t poll = sqlite3_column_int64(st, 0);
    uint32_t counts[LIMIT_OPTIONS] = {0}, n = 0;

    if (counts_read(db_column_str(st, 5), counts, &n) != 0 ||
        n != sqlite3_column_int64(st, 1)) {
        find(c, "poll %lld has no counts, or not one for each of its options",
             (long long)poll);
        return;
    }
    for (uint32_t i = 0; i < LIMIT_OPTIONS; i++)
        if (i >= n && rows->counts[i] != 0)
            find(c, "poll %lld: %u votes are for option %u, which it does not have",
                 (long long)poll, rows->counts[i], i);
        else if (counts[i] != rows->counts[i])
            find(c, "poll %lld: %u votes for option %u are stored, and its rows are %u",
                 (long long)poll, counts[i], i, rows->counts[i]);
}

static void check_poll(struct check *c, sqlite3_stmt *st, const struct rows *rows)
{
    int64_t poll = sqlite3_column_int64(st, 0), version = sqlite3_column_int64(st, 2);
    int64_t least = 1 + rows->votes;

    check_counts(c, st, rows);
    check_number(c, poll, "votes", sqlite3_column_int64(st, 3), rows->votes);
    check_number(c, poll, "skips", sqlite3_column_int64(st, 4), rows->skips);
    if (rows->version > least)
        least = rows->version;
    if (version < least)
        find(c, "poll %lld is at version %lld, and its votes need at least %lld",
             (long long)poll, (long long)version, (long long)least);
}

static uint64_t count_rows_of(struct check *c, const char *sql)
{
    sqlite3_stmt *st = ask(c, sql);
    uint64_t n = 0;

    if (st != NULL && next_row(c, st))
        n = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

static void check_polls(struct check *c)
{
    uint64_t all = count_rows_of(c, "SELECT count(*) FROM polls");
    struct walk polls = begin_walk(
        c,
        "SELECT p.id, json_array_length(p.options), r.base_version, r.total, r.skips,"
        " r.counts FROM polls p LEFT JOIN results r ON r.poll_id = p.id"
        " ORDER BY p.id");
    struct walk votes =
        begin_walk(c, "SELECT poll_id, user_id, option, version, receipt FROM votes"
                      " ORDER BY poll_id, user_id");
    struct walk skips = begin_walk(
        c, "SELECT poll_id, count(*) FROM skips GROUP BY poll_id ORDER BY poll_id");

    for (; polls.more; step_walk(c, &polls)) {
        struct rows rows = {0};

        find_orphans(c, polls.poll, &votes, &skips);
        count_rows(c, polls.poll, &votes, &skips, &rows);
        check_poll(c, polls.st, &rows);
        if (++c->totals.polls % STORE_PROGRESS_POLLS == 0 && c->to->progress != NULL)
            c->to->progress(c->to->user, c->totals.polls, all);
    }
    find_orphans(c, INT64_MAX, &votes, &skips);
    sqlite3_finalize(polls.st);
    sqlite3_finalize(votes.st);
    sqlite3_finalize(skips.st);
}

/* ---- voters ---- */

static void check_voters(struct check *c)
{
    sqlite3_stmt *st = ask(c, "SELECT poll_id, user_id FROM skips"
                              " JOIN votes USING (poll_id, user_id)");

    while (st != NULL && next_row(c, st))
        find(c, "poll %lld: user %lld has both voted and skipped",
             (long long)sqlite3_column_int64(st, 0),
             (long long)sqlite3_column_int64(st, 1));
    sqlite3_finalize(st);
}

/* Check the newest day with votes. Withdrawn votes count on their day too, so more may
 * be stored than there are rows. */
static void check_daily(struct check *c)
{
    sqlite3_stmt *st =
        ask(c, "WITH newest (day) AS (SELECT max(voted_ms) / 86400000 FROM votes)"
               " SELECT v.user_id, count(*), coalesce(d.votes, 0) AS stored"
               " FROM newest JOIN votes v ON v.voted_ms >= newest.day * 86400000"
               " LEFT JOIN daily_votes d"
               "   ON d.day = newest.day AND d.user_id = v.user_id"
               " GROUP BY v.user_id HAVING count(*) > stored");

    while (st != NULL && next_row(c, st))
        find(c,
             "user %lld: %lld votes are stored for the newest day, and %lld are there",
             (long long)sqlite3_column_int64(st, 0),
             (long long)sqlite3_column_int64(st, 2),
             (long long)sqlite3_column_int64(st, 1));
    sqlite3_finalize(st);
}

/* ---- receipts of votes that are withdrawn ---- */

static void check_withdrawn(struct check *c)
{
    sqlite3_stmt *st =
        ask(c, "SELECT w.poll_id, w.user_id, p.id, length(w.key), w.receipt"
               " FROM withdrawn_receipts w LEFT JOIN polls p ON p.id = w.poll_id");

    while (st != NULL && next_row(c, st)) {
        long long poll = sqlite3_column_int64(st, 0);
        struct receipt receipt;

        if (sqlite3_column_type(st, 2) == SQLITE_NULL)
            find(c, "poll %lld is not there, but has a withdrawn vote's receipt", poll);
        if (sqlite3_column_int64(st, 3) != VOTE_KEY_BYTES ||
            receipt_decode(db_column_blob(st, 4), &receipt) != 0)
            find(c, "poll %lld: the receipt of user %lld, who withdrew, cannot be read",
                 poll, (long long)sqlite3_column_int64(st, 1));
    }
    sqlite3_finalize(st);
}

/* ---- keys of the requests that made polls ---- */

static void check_keys(struct check *c)
{
    sqlite3_stmt *st =
        ask(c, "SELECT k.poll_id, k.deleted FROM poll_keys k"
               " LEFT JOIN polls p ON p.id = k.poll_id AND p.owner_id = k.owner_id"
               " WHERE k.deleted <> (p.id IS NULL)");

    while (st != NULL && next_row(c, st))
        find(c, "poll %lld %s", (long long)sqlite3_column_int64(st, 0),
             sqlite3_column_int(st, 1) ? "is there, and its key is a deleted poll's"
                                       : "has a key, and is not there for its owner");
    sqlite3_finalize(st);
}

/* ---- the rest ---- */

/* Only compare how many polls there are: to check the words we would have to rebuild
 * the index. */
static void check_search(struct check *c)
{
    sqlite3_stmt *st = ask(c, "SELECT count(*) FROM poll_words_docsize");

    if (st != NULL && next_row(c, st) &&
        sqlite3_column_int64(st, 0) != (int64_t)c->totals.polls)
        find(c, "search knows %lld polls, and there are %lld",
             (long long)sqlite3_column_int64(st, 0), (long long)c->totals.polls);
    sqlite3_finalize(st);
}

int sqlite_verify(struct store *s, const struct store_report *to,
                  struct store_totals *ret_totals)
{
    struct check c = {.db = db_reader(s), .to = to};
    int rc = db_begin_read(c.db);

    if (rc != 0)
        return rc;
    check_file(&c);
    check_references(&c);
    check_polls(&c);
    check_search(&c);
    check_voters(&c);
    check_daily(&c);
    check_withdrawn(&c);
    check_keys(&c);
    c.totals.accounts = count_rows_of(&c, "SELECT count(*) FROM accounts");
    db_end_read(c.db);
    *ret_totals = c.totals;
    return c.found ? ERR_CONFLICT : 0;
}
