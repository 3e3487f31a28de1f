/* postgres_verify.c — checks that every poll's counts equal its rows.
 *
 * PostgreSQL checks its own pages and keys; what it cannot know is asked here. Each
 * query gives sentences; all see one snapshot. */
#include "base/err.h"
#include "store/postgres_db.h"
#include "core/receipt_blob.h"

struct check {
    store_finding_cb *finding;
    void *user;
    bool found;
    struct store_totals totals;
};

static int find(void *user, const struct pg_row *row)
{
    struct check *c = user;

    c->found = true;
    c->finding(c->user, pg_str(row, 0).at);
    return 0;
}

static int take_totals(void *user, const struct pg_row *row)
{
    struct check *c = user;

    c->totals =
        (struct store_totals){(uint64_t)pg_i64(row, 0), (uint64_t)pg_i64(row, 1),
                              (uint64_t)pg_i64(row, 2), (uint64_t)pg_i64(row, 3)};
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

/* ---- the queries ---- */

static const char TOTALS[] =
    "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM polls),"
    " count(*) FILTER (WHERE kind = 'vote'), count(*) FILTER (WHERE kind = 'skip')"
    " FROM ballots";

static const char ORPHANS[] =
    "SELECT format('poll %s is not there, but has %s ballots', poll_id, count(*))"
    " FROM ballots b WHERE NOT EXISTS (SELECT FROM polls WHERE id = b.poll_id)"
    " GROUP BY poll_id";

static const char NO_RESULT[] =
    "SELECT format('poll %s has no counts, or not one for each of its options', p.id)"
    " FROM polls p LEFT JOIN results r ON r.poll_id = p.id"
    " WHERE r.poll_id IS NULL OR cardinality(r.counts) <> "
    "jsonb_array_length(p.options)";

/* A ballot counts for each option that it chose. */
static const char COUNTS[] =
    "SELECT format('poll %s: %s votes for option %s are stored, and its rows are %s',"
    " poll_id, stored, option, counted) FROM"
    " (SELECT r.poll_id, c.option - 1 AS option, c.stored FROM results r,"
    "  unnest(r.counts) WITH ORDINALITY AS c (stored, option)) AS s"
    " FULL JOIN (SELECT poll_id, o AS option, count(*) AS counted"
    "  FROM ballots, unnest(choice) o GROUP BY 1, 2) AS b USING (poll_id, option)"
    " WHERE coalesce(stored, 0) <> coalesce(counted, 0)";

static const char NUMBERS[] =
    "SELECT format('poll %s: %s votes and %s skips are stored, and its rows are %s and"
    " %s', poll_id, total, skips, coalesce(votes, 0), coalesce(skipped, 0))"
    " FROM results LEFT JOIN (SELECT poll_id, count(*) FILTER (WHERE kind = 'vote') AS"
    "  votes, count(*) FILTER (WHERE kind = 'skip') AS skipped FROM ballots GROUP BY 1)"
    "  AS b USING (poll_id)"
    " WHERE total <> coalesce(votes, 0) OR skips <> coalesce(skipped, 0)";

static const char VERSIONS[] =
    "SELECT format('poll %s is at version %s, and its votes need at least %s', poll_id,"
    " base_version, least) FROM results JOIN (SELECT poll_id,"
    "  greatest(max(version), 1 + count(*)) AS least FROM ballots WHERE kind = 'vote'"
    "  GROUP BY 1) AS b USING (poll_id) WHERE base_version < least";

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

static const char RECEIPTS[] =
    "SELECT format('poll %s: the receipt of user %s cannot be read', poll_id, user_id),"
    " key, receipt, was_key, was_receipt FROM ballots"
    " WHERE key IS NOT NULL OR was_key IS NOT NULL";

static const char KEYS[] =
    "SELECT format('poll %s %s', k.poll_id, CASE WHEN k.deleted THEN"
    "  'is there, and its key is a deleted poll''s' ELSE"
    "  'has a key, and is not there for its owner' END)"
    " FROM poll_keys k LEFT JOIN polls p ON p.id = k.poll_id AND p.owner_id = "
    "k.owner_id"
    " WHERE k.deleted <> (p.id IS NULL)";

int postgres_verify(struct store *s, store_finding_cb *finding, void *user,
                    struct store_totals *ret_totals)
{
    struct check c = {.finding = finding, .user = user};
    static const char *const sentences[] = {ORPHANS,  NO_RESULT, COUNTS, NUMBERS,
                                            VERSIONS, DAILY,     KEYS};
    struct pg_statement st[] = {
        {.sql = TOTALS, .each = take_totals, .user = &c},
        {.sql = RECEIPTS, .each = check_receipt, .user = &c},
        {0},
        {0},
        {0},
        {0},
        {0},
        {0},
        {0},
    };
    int rc;

    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        st[2 + i] =
            (struct pg_statement){.sql = sentences[i], .each = find, .user = &c};
    rc = side_snapshot(side_reader(s), st, sizeof st / sizeof *st);
    if (rc != 0)
        return rc;
    *ret_totals = c.totals;
    return c.found ? ERR_CONFLICT : 0;
}
