/* postgres_read.c — locks and reads the rows of a batch, and finds out how it ended.
 *
 * Each statement looks every row up by itself (LATERAL … LIMIT 1), so that the planner
 * has no choice and statistics do not matter, and rows are locked in the order of the
 * array.
 */
#include <string.h>

#include "base/err.h"
#include "ballot/postgres_batch.h"
#include "core/receipt_blob.h"
#include "core/row_text.h"

static const char MOMENT[] =
    "SELECT pg_current_xact_id()::text::bigint, version_offset,"
    " ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)"
    "::bigint FROM cluster";

static const char POLLS[] =
    "SELECT r.poll_id, o.owner_id, r.opens_ms, r.closes_ms, r.visibility, r.voters,"
    " r.vote_change, r.edits, r.base_version, r.opened, r.closed, r.total, r.skips,"
    " to_json(r.counts)::text"
    " FROM unnest($1::text::bigint[]) AS w (id), LATERAL (SELECT * FROM results"
    " WHERE poll_id = w.id LIMIT 1 FOR NO KEY UPDATE) r, LATERAL (SELECT owner_id"
    " FROM polls WHERE id = w.id LIMIT 1) o";

static const char BALLOTS[] =
    "SELECT w.poll, w.voter, b.* FROM unnest($1::text::bigint[], $2::text::bigint[])"
    " AS w (poll, voter), LATERAL (SELECT kind, at_ms, choice[1], version, key,"
    " receipt, was_ms, was_key, was_receipt FROM ballots WHERE poll_id = w.poll"
    " AND user_id = w.voter LIMIT 1) b";

/* Locks, and makes rows to be locked. */
static const char DAYS_LOCK[] =
    "INSERT INTO daily_votes (day, user_id, votes) SELECT $1::integer, w.id, 0"
    " FROM unnest($2::text::bigint[]) AS w (id) ON CONFLICT (day, user_id)"
    " DO UPDATE SET votes = daily_votes.votes";

static const char DAYS[] =
    "SELECT w.id, d.votes FROM unnest($2::text::bigint[]) AS w (id), LATERAL (SELECT"
    " votes FROM daily_votes WHERE day = $1::integer AND user_id = w.id LIMIT 1) d";

static int take_moment(void *user, const struct pg_row *row)
{
    struct batch *b = user;

    b->xid = pg_i64(row, 0);
    b->epoch = (uint64_t)(pg_i64(row, 2) - 1 + pg_i64(row, 1)) << 32;
    return 0;
}

static int take_poll(void *user, const struct pg_row *row)
{
    struct batch *b = user;
    struct poll_row *p = batch_poll(b, (uint32_t)pg_i64(row, 0));
    struct poll_rules *r = &p->state.rules;

    p->state.poll = p->poll;
    r->owner_id = (uint32_t)pg_i64(row, 1);
    r->opens_ms = pg_i64(row, 2);
    r->closes_ms = pg_i64(row, 3);
    r->vote_change = pg_i64(row, 6) != 0;
    r->edits = (uint32_t)pg_i64(row, 7);
    p->state.base_version = (uint64_t)pg_i64(row, 8) + b->epoch;
    p->state.opened = pg_i64(row, 9) != 0;
    p->state.closed = pg_i64(row, 10) != 0;
    p->total = (uint32_t)pg_i64(row, 11);
    p->skips = (uint32_t)pg_i64(row, 12);
    p->found = true;
    return visibility_read(pg_str(row, 4), &r->visibility) &&
                   voters_read(pg_str(row, 5), &r->voters) &&
                   counts_read(pg_str(row, 13), p->counts, &r->n_options) == 0
               ? 0
               : ERR_INTERNAL;
}

/* Columns: when, key, receipt. */
static bool take_told(const struct pg_row *row, int64_t at_ms, int key,
                      struct keyed_receipt *ret)
{
    struct str bytes = pg_str(row, key);

    if (bytes.len != VOTE_KEY_BYTES ||
        receipt_decode(pg_str(row, key + 1), &ret->receipt) != 0)
        return false;
    ret->receipt.voted_ms = at_ms;
    memcpy(ret->key, bytes.at, VOTE_KEY_BYTES);
    return true;
}

static int take_ballot(void *user, const struct pg_row *row)
{
    struct ballot_row *v =
        batch_ballot(user, (uint32_t)pg_i64(row, 0), (uint32_t)pg_i64(row, 1));
    struct str kind = pg_str(row, 2);

    v->kind = str_eq(kind, STR("vote"))   ? BALLOT_VOTE
              : str_eq(kind, STR("skip")) ? BALLOT_SKIP
                                          : BALLOT_NONE;
    v->at_ms = pg_i64(row, 3);
    v->choice = (struct choice){.n = 1, .numbers = {(uint8_t)pg_i64(row, 4)}};
    v->version = (uint64_t)pg_i64(row, 5);
    v->has_told = take_told(row, v->at_ms, 6, &v->told);
    v->has_told_before = take_told(row, pg_i64(row, 8), 9, &v->told_before);
    return 0;
}

static int take_day(void *user, const struct pg_row *row)
{
    batch_day(user, (uint32_t)pg_i64(row, 0))->used = (uint32_t)pg_i64(row, 1);
    return 0;
}

/* Ids as PostgreSQL reads them. */
struct ids {
    struct buf polls, ballot_polls, ballot_users, voters, users;
};

static void list_ids(const struct batch *b, struct ids *ids)
{
    for (size_t i = 0; i < b->n_polls; i++)
        pg_array_i64(&ids->polls, b->polls[i].poll);
    for (size_t i = 0; i < b->n_ballots; i++) {
        pg_array_i64(&ids->ballot_polls, b->ballots[i].poll);
        pg_array_i64(&ids->ballot_users, b->ballots[i].user);
    }
    for (size_t i = 0; i < b->n_days; i++) {
        pg_array_i64(&ids->users, b->days[i].user);
        if (b->days[i].votes)
            pg_array_i64(&ids->voters, b->days[i].user);
    }
}

static void ids_done(struct ids *ids)
{
    buf_done(&ids->polls);
    buf_done(&ids->ballot_polls);
    buf_done(&ids->ballot_users);
    buf_done(&ids->voters);
    buf_done(&ids->users);
}

int batch_read(struct batch *b, struct pg *pg)
{
    struct ids ids = {0};
    struct pg_args polls = {0}, ballots = {0}, voters = {0}, users = {0};
    struct pg_statement statements[] = {
        {.sql = "BEGIN ISOLATION LEVEL READ COMMITTED"}, /* what it waited for */
        {.sql = "SET LOCAL idle_in_transaction_session_timeout = '2s'"},
        {.sql = MOMENT, .each = take_moment, .user = b},
        {.sql = POLLS, .args = &polls, .each = take_poll, .user = b},
        {.sql = BALLOTS, .args = &ballots, .each = take_ballot, .user = b},
        {.sql = DAYS_LOCK, .args = &voters},
        {.sql = DAYS, .args = &users, .each = take_day, .user = b},
    };
    int rc;

    list_ids(b, &ids);
    pg_arg_str(&polls, pg_array_end(&ids.polls));
    pg_arg_str(&ballots, pg_array_end(&ids.ballot_polls));
    pg_arg_str(&ballots, pg_array_end(&ids.ballot_users));
    pg_arg_i64(&voters, b->day);
    pg_arg_str(&voters, pg_array_end(&ids.voters));
    pg_arg_i64(&users, b->day);
    pg_arg_str(&users, pg_array_end(&ids.users));
    rc = pg_run_all(pg, statements, sizeof statements / sizeof *statements);
    ids_done(&ids);
    return rc;
}

/* ---- how it ended ---- */

struct ending {
    bool committed, ended;
};

static int take_ending(void *user, const struct pg_row *row)
{
    struct ending *e = user;

    e->committed = pg_i64(row, 0) != 0;
    e->ended = pg_i64(row, 1) != 0;
    return 0;
}

/* The batch's own row tells, never its transaction's id alone: a server that crashed,
 * or a replica that took its place, gives out ids once more that were lost. All is seen
 * in one snapshot. An id that is not below a new one is lost. */
static const char ENDING[] =
    "WITH me AS MATERIALIZED (SELECT pg_current_xact_id() AS xid)"
    " SELECT EXISTS (SELECT FROM batch_log WHERE xid = $1::text::xid8 AND origin = $2"
    " AND number = $3), $1::text::xid8 >= me.xid"
    " OR pg_visible_in_snapshot($1::text::xid8, pg_current_snapshot()) FROM me";

int batch_find_outcome(const struct batch *b, struct pg *pg, bool *ret_committed)
{
    struct pg_args args = {0};
    struct ending e = {0};

    pg_arg_i64(&args, b->xid);
    pg_arg_i64(&args, (int64_t)b->origin);
    pg_arg_i64(&args, (int64_t)b->number);
    if (pg_run(pg, ENDING, &args, take_ending, &e) != 0)
        return ERR_OVERLOADED;
    *ret_committed = e.committed;
    return e.committed || e.ended ? 0 : ERR_OVERLOADED;
}
