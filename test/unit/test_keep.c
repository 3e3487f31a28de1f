/* test_keep.c — tables for tomorrow, and rows that are too old. */
#include "lib/check.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/pg_rig.h"
#include "link/pg.h"
#include "store/postgres.h"
#include "store/postgres_keep.h"
#include "store/store.h"

enum { DAY = 19675, DAY_S = 86400 };
static const int64_t NOON_MS = INT64_C(1000) * DAY_S * DAY + 43200000;

static struct pg_rig *rig;

static int start_rig(void **state)
{
    (void)state;
    rig = pg_rig_start();
    return 0;
}

static int stop_rig(void **state)
{
    (void)state;
    rig = pg_rig_stop(rig);
    return 0;
}

struct world {
    struct pg_dsn dsn;
    struct pg *pg, *other;
    struct keep *keep;
};

static void run_on(struct pg *pg, const char *sql)
{
    if (pg_run(pg, sql, NULL, NULL, NULL) != 0)
        fail_msg("%s: %s", sql, pg_errmsg(pg));
}

static void run(struct world *w, const char *sql)
{
    run_on(w->pg, sql);
}

static int take_number(void *user, const struct pg_row *row)
{
    *(int64_t *)user = pg_i64(row, 0);
    return 0;
}

static int64_t number(struct world *w, const char *sql)
{
    int64_t n = INT64_MIN;

    CHECK_EQ_AT(pg_errmsg(w->pg), pg_run(w->pg, sql, NULL, take_number, &n), 0);
    return n;
}

static void make_schema(const struct pg_dsn *dsn)
{
    char errmsg[256];
    struct store *s;

    if (store_postgres_open(&(struct postgres_opts){.dsn = dsn->text}, &s, errmsg,
                            sizeof errmsg) != 0)
        fail_msg("%s", errmsg);
    s->ops->free(s);
}

static struct world *world_of(const char *database)
{
    struct world *w = mem_zalloc(1, sizeof *w);
    char sql[64];

    snprintf(sql, sizeof sql, "CREATE DATABASE %s", database);
    pg_rig_admin(rig, sql);
    w->dsn = pg_rig_dsn(rig, database);
    make_schema(&w->dsn);
    w->pg = pg_new(&(struct pg_opts){.dsn = w->dsn.text});
    w->other = pg_new(&(struct pg_opts){.dsn = w->dsn.text});
    w->keep = keep_new(w->dsn.text, 1);
    return w;
}

static void world_end(struct world *w)
{
    keep_free(w->keep);
    pg_free(w->other);
    pg_free(w->pg);
    mem_free(w);
}

static int n_due;

static void take_due(void *user, uint32_t poll)
{
    *(uint32_t *)user = poll;
    n_due++;
}

#define RESULT(id, opens, closes, opened, closed)                                      \
    "WITH p AS (INSERT INTO polls (id, created_ms, title, options, tags, words,"       \
    " lexemes) VALUES (" id ", 0, '', '[]', '{}', '', '') RETURNING id)"               \
    " INSERT INTO results (poll_id, opens_ms, closes_ms, visibility, voters,"          \
    " vote_change, opened, closed, counts) SELECT id, " opens ", " closes              \
    ", 'always', 'anyone', false, " opened ", " closed ", '{0,0}' FROM p"

static void what_time_has_done_is_due_until_it_is_entered(void **state)
{
    struct world *w = world_of("due");
    uint32_t poll = 0;

    (void)state;
    run(w, RESULT("1", "NULL", "2000", "false", "false"));
    run(w, RESULT("2", "2000", "NULL", "false", "false"));
    run(w, RESULT("3", "1000", "1500", "true", "true"));
    n_due = 0;
    assert_int_equal(keep_each_due(w->keep, 1999, take_due, &poll), 0);
    assert_int_equal(n_due, 0);
    assert_int_equal(keep_each_due(w->keep, 2000, take_due, &poll), 0);
    assert_int_equal(n_due, 2);
    run(w, "UPDATE results SET closed = true WHERE poll_id = 1");
    n_due = 0;
    assert_int_equal(keep_each_due(w->keep, 2000, take_due, &poll), 0);
    assert_int_equal(n_due, 1);
    assert_int_equal(poll, 2);
    world_end(w);
}

static void make_all(struct world *w, int64_t now_ms, int expected)
{
    bool more = true;
    int n = -1; /* the last call finds nothing */

    for (; more && n < 100; n++)
        CHECK_EQ_AT(keep_errmsg(w->keep), keep_make_partition(w->keep, now_ms, &more),
                    0);
    assert_int_equal(n, expected);
}

static void partitions_are_made_ahead(void **state)
{
    struct world *w = world_of("ahead");

    (void)state;
    run(w, "INSERT INTO daily_votes VALUES (19675, 8, 3), (19679, 8, 1)");
    run(w, "INSERT INTO ballots (poll_id, user_id, kind, at_ms)"
           " VALUES (2097152, 8, 'skip', 1), (5000000, 8, 'skip', 1)");
    make_all(w, NOON_MS, 3); /* three days; the first ballots have theirs */
    assert_int_equal(number(w, "SELECT votes FROM daily_votes_19675"), 3);
    assert_int_equal(number(w, "SELECT count(*) FROM daily_votes_default"), 1);
    assert_int_equal(number(w, "SELECT sum(votes) FROM daily_votes"), 4);
    run(w, "INSERT INTO daily_votes VALUES (19675, 8, 9) ON CONFLICT (day, user_id) DO"
           " UPDATE SET votes = 9"); /* the key came along */
    run(w, "INSERT INTO daily_votes VALUES (19676, 8, 1), (19677, 8, 1)");
    assert_int_equal(number(w, "SELECT count(*) FROM daily_votes_19677"), 1);
    run(w, "SELECT setval(pg_get_serial_sequence('polls', 'id'), 1048576)");
    make_all(w, NOON_MS, 1); /* ballots_2 */
    assert_int_equal(number(w, "SELECT poll_id FROM ballots_2"), 2097152);
    assert_int_equal(number(w, "SELECT poll_id FROM ballots_default"), 5000000);
    make_all(w, NOON_MS, 0);
    world_end(w);
}

static void one_at_a_time(void **state)
{
    struct world *w = world_of("turns");
    bool more = true;

    (void)state;
    assert_int_equal(pg_begin(w->other), 0);
    run_on(w->other, "SELECT pg_advisory_xact_lock(1349479545)");
    assert_int_equal(keep_make_partition(w->keep, NOON_MS, &more), 0);
    assert_false(more);
    pg_rollback(w->other);
    assert_int_equal(keep_make_partition(w->keep, NOON_MS, &more), 0);
    assert_true(more);
    world_end(w);
}

static void trim(struct world *w, int64_t now_ms, bool expected_more)
{
    bool more;

    CHECK_EQ_AT(keep_errmsg(w->keep), keep_trim(w->keep, now_ms, &more), 0);
    assert_int_equal(more, expected_more);
}

static void old_counts_go(void **state)
{
    struct world *w = world_of("counts");

    (void)state;
    make_all(w, NOON_MS, 3);
    run(w,
        "INSERT INTO daily_votes VALUES (19673, 8, 1), (19674, 8, 1), (19675, 8, 1)");
    run(w, "INSERT INTO recent_votes VALUES (5666399, 1, 1), (5666243, 1, 1),"
           " (5666242, 1, 1)");
    run(w, "INSERT INTO poll_edits (made_at, poll_id, fields, visibility, voters,"
           " vote_change, options, tags) SELECT now() - h * interval '1 hour', 1, 0,"
           " 'always', 'anyone', false, '[]', '{}' FROM generate_series(0, 2) AS h");
    trim(w, NOON_MS, false);
    assert_int_equal(number(w, "SELECT min(day) FROM daily_votes"), 19674);
    assert_int_equal(number(w, "SELECT count(*) FROM daily_votes"), 2);
    assert_int_equal(number(w, "SELECT count(*) FROM recent_votes"), 2);
    assert_int_equal(number(w, "SELECT count(*) FROM poll_edits"), 1);
    trim(w, NOON_MS + 2000 * (int64_t)DAY_S, true); /* a day's table, whole */
    assert_int_equal(
        number(w, "SELECT count(*) FROM pg_class WHERE relname = 'daily_votes_19675'"),
        0);
    trim(w, NOON_MS + 2000 * (int64_t)DAY_S, false);
    assert_int_equal(number(w, "SELECT count(*) FROM daily_votes"), 0);
    world_end(w);
}

static void logs_go_and_say_so(void **state)
{
    struct world *w = world_of("logs");

    (void)state;
    run(w, "INSERT INTO batch_log (at, polls, users) SELECT now() - interval '1 hour',"
           " '{}', '{}' FROM generate_series(1, 2001)");
    run(w, "INSERT INTO batch_log (polls, users) VALUES ('{}', '{}')");
    run(w, "INSERT INTO poll_log (at, kind, id) VALUES (now() - interval '1 hour',"
           " 'poll-added', 1), (now(), 'poll-added', 2)");
    trim(w, NOON_MS, true);
    assert_int_equal(number(w, "SELECT count(*) FROM batch_log"), 2);
    assert_int_equal(number(w, "SELECT id FROM poll_log"), 2);
    trim(w, NOON_MS, false);
    assert_int_equal(number(w, "SELECT count(*) FROM batch_log"), 1);
    assert_int_equal(number(w,
                            "SELECT count(*) FROM cluster, poll_log"
                            " WHERE kept_from = (xid::text::bigint + 1)::text::xid8"),
                     1);
    world_end(w);
}

/* What it has written is to be read by everybody first. */
static void who_still_runs_keeps_what_was_written_since(void **state)
{
    struct world *w = world_of("runs");

    (void)state;
    assert_int_equal(pg_begin(w->other), 0);
    run_on(w->other, "SELECT pg_current_xact_id()");
    run(w, "INSERT INTO batch_log (at, polls, users) VALUES (now() - interval '1 hour',"
           " '{}', '{}')");
    trim(w, NOON_MS, false);
    assert_int_equal(number(w, "SELECT count(*) FROM batch_log"), 1);
    assert_int_equal(number(w, "SELECT kept_from::text::bigint FROM cluster"), 0);
    pg_rollback(w->other);
    trim(w, NOON_MS, false);
    assert_int_equal(number(w, "SELECT count(*) FROM batch_log"), 0);
    world_end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_time_has_done_is_due_until_it_is_entered),
        cmocka_unit_test(partitions_are_made_ahead),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(old_counts_go),
        cmocka_unit_test(logs_go_and_say_so),
        cmocka_unit_test(who_still_runs_keeps_what_was_written_since),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
