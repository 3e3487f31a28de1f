/* postgres_verify.c — checks that every poll's counts equal its rows.
 *
 * PostgreSQL checks its own pages and keys; what it cannot know is asked here. Each
 * query gives sentences; all see one snapshot. What is asked of polls is asked of some
 * thousands at a time, so that no query sorts all ballots, and progress can be told.
 */
#include "base/err.h"
#include "store/postgres_db.h"
#include "core/receipt_blob.h"

struct check {
    struct side *side;
    const struct store_report *to;
    bool found;
    struct store_totals totals;
    uint64_t all;       /* polls */
    int64_t from, last; /* polls above from, up to last */
};

static int find(void *user, const struct pg_row *row)
{
    struct check *c = user;

    c->found = true;
    c->to->finding(c->to->user, pg_str(row, 0).at);
    return 0;
}

static int take_totals(void *user, const struct pg_row *row)
{
    struct check *c = user;

    c->totals.accounts = (uint64_t)pg_i64(row, 0);
    c->all = (uint64_t)pg_i64(row, 1);
    return 0;
}

static int take_range(void *user, const struct pg_row *row)
{
    struct check *c = user;

    c->totals.polls += (uint64_t)pg_i64(row, 0);
    c->last = pg_is_null(row, 1) ? INT64_MAX : pg_i64(row, 1);
    return 0;
}

static int take_ballots(void *user, const struct pg_row *row)
{
    struct check *c = user;

    c->totals.votes += (uint64_t)pg_i64(row, 0);
    c->totals.skips += (uint64_t)pg_i64(row, 1);
    return 0;
}

static bool is_receipt(struct str key, struct str bytes)
{
    struct receipt r = {0};

    return key.at == NULL ||
           (key.len == VOTE_KEY_BYTES && receipt_decode(bytes, &r) == 0);
}

static int check_receipt(void *user, const struct pg_row *row)
{
    bool sound = is_receipt(pg_str(row, 1), pg_str(row, 2)) &&
                 is_receipt(pg_str(row, 3), pg_str(row, 4));

    return sound ? 0 : find(user, row);
}

/* ---- of some polls ---- */

#define BALLOTS_HERE "ballots WHERE poll_id > $1 AND poll_id <= $2"
#define RESULTS_HERE "(SELECT * FROM results WHERE poll_id > $1 AND poll_id <= $2)"

/* The last range has no polls, and all ballots above the last of them. */
static const char RANGE[] =
    "SELECT count(*), max(id) FROM (SELECT id FROM polls WHERE id > $1 ORDER BY id"
    " LIMIT $2) p";

static const char BALLOTS[] =
    "SELECT count(*) FILTER (WHERE kind = 'vote'),"
    " count(*) FILTER (WHERE kind = 'skip') FROM " BALLOTS_HERE;

static const char ORPHANS[] =
    "SELECT format('poll %s is not there, but has %s ballots', poll_id, count(*))"
    " FROM (SELECT poll_id FROM " BALLOTS_HERE ") b"
    " WHERE NOT EXISTS (SELECT FROM polls WHERE id = b.poll_id) GROUP BY poll_id";

static const char NO_RESULT[] =
    "SELECT format('poll %s has no counts, or not one for each of its options', p.id)"
    " FROM polls p LEFT JOIN results r ON r.poll_id = p.id"
    " WHERE p.id > $1 AND p.id <= $2 AND (r.poll_id IS NULL"
    " OR cardinality(r.counts) <> jsonb_array_length(p.options))";

/* A ballot counts for each option that it chose. */
static const char COUNTS[] =
    "SELECT format('poll %s: %s votes for option %s are stored, and its rows are %s',"
    " poll_id, stored, option, counted) FROM"
    " (SELECT r.poll_id, c.option - 1 AS option, c.stored FROM " RESULTS_HERE " r,"
    "  unnest(r.counts) WITH ORDINALITY AS c (stored, option)) AS s"
    " FULL JOIN (SELECT poll_id, o AS option, count(*) AS counted FROM"
    "  (SELECT poll_id, choice FROM " BALLOTS_HERE
    ") v, unnest(choice) o GROUP BY 1, 2)"
    "  AS b USING (poll_id, option)"
    " WHERE coalesce(stored, 0) <> coalesce(counted, 0)";

static const char NUMBERS[] =
    "SELECT format('poll %s: %s votes and %s skips are stored, and its rows are %s and"
    " %s', poll_id, total, skips, coalesce(votes, 0), coalesce(skipped, 0))"
    " FROM " RESULTS_HERE " r LEFT JOIN (SELECT poll_id,"
    "  count(*) FILTER (WHERE kind = 'vote') AS votes,"
    "  count(*) FILTER (WHERE kind = 'skip') AS skipped FROM " BALLOTS_HERE
    "  GROUP BY 1) AS b USING (poll_id)"
    " WHERE total <> coalesce(votes, 0) OR skips <> coalesce(skipped, 0)";

static const char VERSIONS[] =
    "SELECT format('poll %s is at version %s, and its votes need at least %s', poll_id,"
    " base_version, least) FROM " RESULTS_HERE " r JOIN (SELECT poll_id,"
    "  greatest(max(version), 1 + count(*)) AS least FROM " BALLOTS_HERE
    "  AND kind = 'vote' GROUP BY 1) AS b USING (poll_id) WHERE base_version < least";

static const char RECEIPTS[] =
    "SELECT format('poll %s: the receipt of user %s cannot be read', poll_id, user_id),"
    " key, receipt, was_key, was_receipt FROM " BALLOTS_HERE
    " AND (key IS NOT NULL OR was_key IS NOT NULL)";

static int check_range(struct check *c)
{
    struct pg_args a = {0};
    struct pg_statement st[] = {
        {.sql = BALLOTS, .args = &a, .each = take_ballots, .user = c},
        {.sql = ORPHANS, .args = &a, .each = find, .user = c},
        {.sql = NO_RESULT, .args = &a, .each = find, .user = c},
        {.sql = COUNTS, .args = &a, .each = find, .user = c},
        {.sql = NUMBERS, .args = &a, .each = find, .user = c},
        {.sql = VERSIONS, .args = &a, .each = find, .user = c},
        {.sql = RECEIPTS, .args = &a, .each = check_receipt, .user = c},
    };

    pg_arg_i64(&a, c->from);
    pg_arg_i64(&a, c->last);
    return side_run_all(c->side, st, sizeof st / sizeof *st);
}

static int next_range(struct check *c)
{
    struct pg_args a = {0};

    c->from = c->last;
    pg_arg_i64(&a, c->from);
    pg_arg_i64(&a, STORE_PROGRESS_POLLS);
    return side_run(c->side, RANGE, &a, take_range, c);
}

static int check_polls(struct check *c)
{
    int rc = 0;

    c->last = INT64_MIN;
    while (rc == 0 && c->last != INT64_MAX) {
        rc = next_range(c);
        if (rc == 0)
            rc = check_range(c);
        if (c->to->progress != NULL)
            c->to->progress(c->to->user, c->totals.polls, c->all);
    }
    return rc;
}

/* ---- of everything ---- */

static const char TOTALS[] =
    "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM polls)";

/* Withdrawn votes count on their day too, so more may be stored than there are rows. */
static const char DAILY[] =
    "WITH newest (day) AS (SELECT max(at_ms) / 86400000 FROM ballots"
    "  WHERE kind = 'vote')"
    " SELECT format('user %s: %s votes are stored for the newest day, and %s are "
    "there',"
    "  v.user_id, coalesce(max(d.votes), 0), count(*))"
    " FROM newest JOIN ballots v ON v.kind = 'vote' AND v.at_ms >= newest.day * "
    "86400000"
    " LEFT JOIN daily_votes d ON d.day = newest.day AND d.user_id = v.user_id"
    " GROUP BY v.user_id HAVING count(*) > coalesce(max(d.votes), 0)";

static const char KEYS[] =
    "SELECT format('poll %s %s', k.poll_id, CASE WHEN k.deleted THEN"
    "  'is there, and its key is a deleted poll''s' ELSE"
    "  'has a key, and is not there for its owner' END)"
    " FROM poll_keys k LEFT JOIN polls p ON p.id = k.poll_id AND p.owner_id = "
    "k.owner_id"
    " WHERE k.deleted <> (p.id IS NULL)";

/* Numbers are never used again: the next one is above all that are there. */
static const char SEQUENCES[] =
    "SELECT format('the next of %s would get the number %s, and %s is there', of, next,"
    " highest) FROM (SELECT 'accounts' AS of, last_value + is_called::int AS next,"
    "  (SELECT max(id) FROM accounts) AS highest FROM accounts_id_seq UNION ALL"
    "  SELECT 'polls', last_value + is_called::int, (SELECT max(id) FROM polls)"
    "  FROM polls_id_seq) AS s WHERE next <= highest";

int postgres_check(struct side *d, const struct store_report *to,
                   struct store_totals *ret_totals)
{
    struct check c = {.side = d, .to = to};
    struct pg_statement st[] = {
        {.sql = DAILY, .each = find, .user = &c},
        {.sql = KEYS, .each = find, .user = &c},
        {.sql = SEQUENCES, .each = find, .user = &c},
    };
    int rc = side_run(d, TOTALS, NULL, take_totals, &c);

    if (rc == 0)
        rc = check_polls(&c);
    if (rc == 0)
        rc = side_run_all(d, st, sizeof st / sizeof *st);
    if (rc != 0)
        return rc;
    *ret_totals = c.totals;
    return c.found ? ERR_CONFLICT : 0;
}

int postgres_verify(struct store *s, const struct store_report *to,
                    struct store_totals *ret_totals)
{
    struct side *d = side_reader(s);
    int rc = side_run(d, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, NULL,
                      NULL);

    if (rc == 0)
        rc = postgres_check(d, to, ret_totals);
    pg_rollback(d->pg); /* it has read only */
    return rc;
}
