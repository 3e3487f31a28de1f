/* test_pg.c — a connection to a real PostgreSQL: values, pipelines, errors, losses. */
#include "lib/check.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "lib/pg_rig.h"
#include "link/breaker.h"
#include "link/pg.h"

static struct pg_rig *rig; /* one for all: starting takes a second */

static int start_rig(void **state)
{
    (void)state;
    rig = pg_rig_start();
    pg_rig_admin(rig, "CREATE TABLE t (id bigint PRIMARY KEY, x text)");
    return 0;
}

static int stop_rig(void **state)
{
    (void)state;
    rig = pg_rig_stop(rig);
    return 0;
}

static struct pg *open_dsn(const char *dsn)
{
    return pg_new(&(struct pg_opts){.dsn = dsn, .seed = 1});
}

static int open_pg(void **state)
{
    pg_rig_admin(rig, "TRUNCATE t");
    *state = open_dsn(pg_rig_dsn(rig, "postgres").text);
    return 0;
}

static int close_pg(void **state)
{
    *state = pg_free(*state);
    return 0;
}

/* "1 2 (null) text; " a row */
static int add_row(void *user, const struct pg_row *row)
{
    struct buf *out = user;

    buf_i64(out, pg_i64(row, 0));
    buf_char(out, '=');
    if (pg_is_null(row, 1))
        buf_text(out, "null");
    buf_str_add(out, pg_str(row, 1));
    buf_char(out, ' ');
    return 0;
}

static void check_rows(struct pg *p, const char *sql, const struct pg_args *args,
                       const char *want)
{
    struct buf out = {0};

    if (pg_run(p, sql, args, add_row, &out) != 0)
        fail_msg("%s: %s", sql, pg_errmsg(p));
    CHECK_STR_AT(sql, buf_str(&out), want);
    buf_done(&out);
}

static void values_come_back_as_they_were(void **state)
{
    struct pg *p = *state;
    static const int64_t numbers[] = {0, 1, -1, 4294967295, INT64_MAX, INT64_MIN};
    static const char *const texts[] = {"", "a", "\"\\{},\n\001 \u00fc", "null"};

    for (size_t i = 0; i < LENGTH(numbers); i++) {
        struct pg_args a = {0};
        char want[64];

        pg_arg_i64(&a, numbers[i]);
        snprintf(want, sizeof want, "%lld=null ", (long long)numbers[i]);
        check_rows(p, "SELECT $1, NULL::text", &a, want);
    }
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct pg_args a = {0};
        struct buf array = {0};
        char want[64];

        pg_arg_str(&a, str_of(texts[i]));
        pg_array_str(&array, str_of(texts[i]));
        pg_arg_str(&a, pg_array_end(&array));
        snprintf(want, sizeof want, "1=%s ", texts[i]);
        check_rows(p, "SELECT 1, $1::text WHERE $2::text::text[] = ARRAY[$1::text]", &a,
                   want);
        buf_done(&array);
    }
}

static void small_numbers_booleans_and_nulls_are_read(void **state)
{
    struct pg_args a = {0};

    pg_arg_bool(&a, true);
    pg_arg_optional(&a, 0);
    pg_arg_optional(&a, 5);
    pg_arg_str(&a, (struct str){NULL, 0});
    check_rows(*state, "SELECT -7::smallint, 'x'", NULL, "-7=x ");
    check_rows(*state, "SELECT -7::integer, 'x'", NULL, "-7=x ");
    check_rows(*state,
               "SELECT $1, 'x' WHERE $2 IS NULL AND $3 = 5 AND $4::text IS NULL", &a,
               "1=x ");
    check_rows(*state, "SELECT NULL::bigint, 'x'", NULL, "0=x ");
}

static void an_empty_array_is_one_too(void **state)
{
    struct pg_args a = {0};
    struct buf ids = {0};

    pg_arg_str(&a, pg_array_end(&ids));
    check_rows(*state, "SELECT cardinality($1::text::bigint[]), 'x'", &a, "0=x ");
    buf_done(&ids);
}

static void many_statements_are_one_round_trip_and_answer_in_order(void **state)
{
    struct pg *p = *state;
    enum { N = 2000 };
    static struct pg_statement s[N];
    static struct pg_args a[N];
    static struct buf out[N];

    for (int i = 0; i < N; i++) {
        a[i] = (struct pg_args){0};
        pg_arg_i64(&a[i], i);
        s[i] = (struct pg_statement){
            .sql = i % 2 == 0 ? "INSERT INTO t VALUES ($1, 'x')"
                              : "SELECT max(id), count(*)::text FROM t WHERE id < $1",
            .args = &a[i],
            .each = add_row,
            .user = &out[i]};
    }
    assert_int_equal(pg_run_all(p, s, N), 0);
    for (int i = 0; i < N; i++) {
        char want[64] = "";

        if (i % 2 == 1)
            snprintf(want, sizeof want, "%d=%d ", i - 1, i / 2 + 1);
        CHECK_STR(buf_str(&out[i]), want);
        assert_int_equal(s[i].ret_rows, 1);
        buf_done(&out[i]);
    }
}

static void what_follows_a_failed_statement_is_not_done(void **state)
{
    struct pg *p = *state;
    struct pg_statement s[] = {{.sql = "INSERT INTO t VALUES (1, 'a')"},
                               {.sql = "INSERT INTO t VALUES (1, 'b')"},
                               {.sql = "INSERT INTO t VALUES (2, 'c')"}};

    assert_int_equal(pg_run_all(p, s, LENGTH(s)), ERR_CONFLICT);
    assert_string_equal(pg_sqlstate(p), "23505");
    CHECK_HAS(str_of(pg_errmsg(p)), "duplicate key");
    check_rows(p, "SELECT id, x FROM t", NULL, ""); /* together they are one */
}

static void each_kind_of_refusal_has_its_error(void **state)
{
    struct pg *p = *state;
    static const struct {
        const char *sql;
        int rc;
        bool stays; /* the connection does */
    } rows[] = {
        {"SELECT nonsense", ERR_INTERNAL, true},
        {"DO $$BEGIN RAISE SQLSTATE '40001'; END$$", ERR_OVERLOADED, true},
        {"DO $$BEGIN RAISE SQLSTATE '40P01'; END$$", ERR_OVERLOADED, true},
        {"DO $$BEGIN RAISE SQLSTATE '53100'; END$$", ERR_UNAVAILABLE, true},
        {"DO $$BEGIN RAISE SQLSTATE '25006'; END$$", ERR_UNAVAILABLE, false},
        {"DO $$BEGIN RAISE SQLSTATE '55000'; END$$", ERR_UNAVAILABLE, false},
        {"DO $$BEGIN RAISE SQLSTATE '57P01'; END$$", ERR_UNAVAILABLE, false},
        {"DO $$BEGIN RAISE SQLSTATE '08P01'; END$$", ERR_UNAVAILABLE, false},
        {"SELECT pg_terminate_backend(pg_backend_pid())", ERR_UNAVAILABLE, false},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        CHECK_EQ_AT(rows[i].sql, pg_run(p, rows[i].sql, NULL, NULL, NULL), rows[i].rc);
        CHECK_EQ_AT(rows[i].sql, pg_is_connected(p), rows[i].stays);
        check_rows(p, "SELECT 1, 'x'", NULL, "1=x "); /* it goes on in any case */
    }
}

static int stop_at_2(void *user, const struct pg_row *row)
{
    ++*(int *)user;
    return pg_i64(row, 0) == 2 ? 42 : 0;
}

static void a_callback_can_stop_the_rows(void **state)
{
    struct pg *p = *state;
    int n = 0;

    assert_int_equal(
        pg_run(p, "SELECT generate_series(1, 9)::bigint", NULL, stop_at_2, &n), 42);
    assert_int_equal(n, 2);
    check_rows(p, "SELECT 1, 'x'", NULL, "1=x ");
}

static void a_transaction_is_all_or_nothing(void **state)
{
    struct pg *p = *state;

    assert_int_equal(pg_begin(p), 0);
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (1, 'a')", NULL, NULL, NULL), 0);
    pg_rollback(p);
    check_rows(p, "SELECT id, x FROM t", NULL, "");
    assert_int_equal(pg_begin(p), 0);
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (1, 'a')", NULL, NULL, NULL), 0);
    assert_int_equal(pg_commit(p), 0);
    check_rows(p, "SELECT id, x FROM t", NULL, "1=a ");
    assert_int_equal(pg_begin(p), 0);
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (2, 'b')", NULL, NULL, NULL), 0);
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (1, 'c')", NULL, NULL, NULL),
                     ERR_CONFLICT);
    assert_int_equal(pg_commit(p), ERR_UNAVAILABLE); /* it cannot be half */
    pg_rollback(p);
    check_rows(p, "SELECT id, x FROM t", NULL, "1=a ");
}

static void a_lost_transaction_does_not_go_on_by_another_connection(void **state)
{
    struct pg *p = *state;

    assert_int_equal(pg_begin(p), 0);
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (1, 'a')", NULL, NULL, NULL), 0);
    pg_rig_admin(rig, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                      " WHERE application_name = 'pollux'");
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (2, 'b')", NULL, NULL, NULL),
                     ERR_UNAVAILABLE);
    assert_int_equal(pg_run(p, "INSERT INTO t VALUES (3, 'c')", NULL, NULL, NULL),
                     ERR_UNAVAILABLE);
    assert_int_equal(pg_commit(p), ERR_UNAVAILABLE);
    pg_rollback(p);
    check_rows(p, "SELECT id, x FROM t", NULL, "");
}

static void an_answer_that_does_not_come_is_a_loss(void **state)
{
    struct pg *p = pg_new(
        &(struct pg_opts){.dsn = pg_rig_dsn(rig, "postgres").text, .timeout_ms = 50});

    (void)state;
    assert_int_equal(pg_run(p, "SELECT pg_sleep(60)", NULL, NULL, NULL),
                     ERR_UNAVAILABLE);
    CHECK_HAS(str_of(pg_errmsg(p)), "no answer in time");
    assert_false(pg_is_connected(p));
    pg_free(p);
}

static void copy_takes_rows_and_says_what_is_wrong(void **state)
{
    static const char sql[] = "COPY nothing FROM STDIN";
    static const char *const lines[] = {"7\tone\n8\t\\N\n", "9\tx\\ty\n"};
    struct pg *p = *state;

    assert_int_equal(pg_begin(p), 0);
    assert_int_equal(pg_copy_begin(p, "COPY t FROM STDIN"), 0);
    for (size_t i = 0; i < LENGTH(lines); i++)
        assert_int_equal(pg_copy_put(p, str_of(lines[i])), 0);
    assert_int_equal(pg_copy_end(p), 0);
    assert_int_equal(pg_commit(p), 0);
    check_rows(p, "SELECT * FROM t ORDER BY 1", NULL, "7=one 8=null 9=x\ty ");

    assert_int_equal(pg_begin(p), 0);
    assert_int_equal(pg_copy_begin(p, "COPY t FROM STDIN"), 0);
    assert_int_equal(pg_copy_put(p, STR("10\tten\n")), 0);
    assert_int_equal(pg_copy_put(p, STR("eleven\tx\n")), 0);
    assert_int_equal(pg_copy_end(p), ERR_INTERNAL);
    CHECK_HAS(str_of(pg_errmsg(p)), "eleven");
    pg_rollback(p);
    assert_int_equal(pg_copy_begin(p, sql), ERR_INTERNAL);
    check_rows(p, "SELECT count(*), 'rows' FROM t", NULL, "3=rows ");
}

static void of_several_hosts_the_one_that_can_write_is_taken(void **state)
{
    struct pg_dsn dsn = pg_rig_dsn(rig, "postgres");
    char hosts[400];
    struct pg *p;

    (void)state;
    snprintf(hosts, sizeof hosts, "host=/nowhere,%s", dsn.text + strlen("host="));
    p = open_dsn(hosts);
    check_rows(p, "SELECT 1, 'x'", NULL, "1=x ");
    pg_free(p);
    pg_rig_admin(rig, "ALTER ROLE pollux SET default_transaction_read_only = on");
    p = open_dsn(dsn.text); /* as a replica would be */
    assert_int_equal(pg_connect(p), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(pg_errmsg(p)), "read-only");
    pg_free(p);
    snprintf(hosts, sizeof hosts, "%s target_session_attrs=any", dsn.text);
    p = open_dsn(hosts); /* for a reader that is fine */
    assert_int_equal(pg_connect(p), 0);
    pg_free(p);
    pg_rig_admin(rig, "BEGIN READ WRITE; ALTER ROLE pollux RESET"
                      " default_transaction_read_only; COMMIT");
}

static void without_a_server_calls_fail_at_once_until_it_is_back(void **state)
{
    struct pg *p = *state;
    int rc = ERR_UNAVAILABLE;

    check_rows(p, "SELECT 1, 'x'", NULL, "1=x ");
    pg_rig_kill(rig);
    for (int i = 0; i < BREAKER_FAILURES + 2; i++)
        assert_int_equal(pg_run(p, "SELECT 1", NULL, NULL, NULL), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(pg_errmsg(p)), "postgresql: ");
    pg_rig_restart(rig);
    for (uint64_t until = clock_mono_ms() + 60000; rc != 0 && clock_mono_ms() < until;)
        rc = pg_run(p, "SELECT 1", NULL, NULL, NULL);
    assert_int_equal(rc, 0);
}

static void a_dsn_that_cannot_be_read_is_told(void **state)
{
    char errmsg[128] = "";

    (void)state;
    assert_int_equal(pg_check_dsn("host=a,b dbname=p", errmsg, sizeof errmsg), 0);
    assert_int_equal(pg_check_dsn("postgresql://a:1,b:2/p?target_session_attrs=any",
                                  errmsg, sizeof errmsg),
                     0);
    assert_int_equal(pg_check_dsn("hots=a", errmsg, sizeof errmsg), ERR_INVALID);
    CHECK_HAS(str_of(errmsg), "hots");
}

#define PG_TEST(name) cmocka_unit_test_setup_teardown(name, open_pg, close_pg)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PG_TEST(values_come_back_as_they_were),
        PG_TEST(small_numbers_booleans_and_nulls_are_read),
        PG_TEST(an_empty_array_is_one_too),
        PG_TEST(many_statements_are_one_round_trip_and_answer_in_order),
        PG_TEST(what_follows_a_failed_statement_is_not_done),
        PG_TEST(each_kind_of_refusal_has_its_error),
        PG_TEST(a_callback_can_stop_the_rows),
        PG_TEST(a_transaction_is_all_or_nothing),
        PG_TEST(a_lost_transaction_does_not_go_on_by_another_connection),
        cmocka_unit_test(an_answer_that_does_not_come_is_a_loss),
        PG_TEST(copy_takes_rows_and_says_what_is_wrong),
        cmocka_unit_test(of_several_hosts_the_one_that_can_write_is_taken),
        PG_TEST(without_a_server_calls_fail_at_once_until_it_is_back),
        cmocka_unit_test(a_dsn_that_cannot_be_read_is_told),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
