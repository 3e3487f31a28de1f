/* test_news.c — everything that was committed is told, whoever committed it and however
 * late. */
#include "lib/check.h"

#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/pg_rig.h"
#include "link/pg.h"
#include "store/postgres.h"
#include "store/postgres_news.h"

enum { TOLD = 512, OWN = 7, LIMIT_MS = 60000 };

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

/* This process' clock. */
struct rig_clock {
    struct clock base; /* first */
    int64_t ms;
};

static int64_t rig_now_ms(const struct clock *c)
{
    return ((const struct rig_clock *)c)->ms;
}

struct world {
    struct rig_clock clock;
    struct pg_dsn dsn;
    struct store *s;
    struct pg *other; /* another process */
    struct news *news;
    char told[TOLD]; /* by the last read */
    size_t n;
};

static void tell(struct world *w, const char *text)
{
    w->n += (size_t)snprintf(w->told + w->n, sizeof w->told - w->n, "%s; ", text);
}

static int take_poll(void *user, struct poll *poll, const struct result *r)
{
    char text[128];

    snprintf(text, sizeof text, "poll %u %.*s v%ju of %u", poll->id,
             (int)poll->title.len, poll->title.at, (uintmax_t)r->version, r->total);
    tell(user, text);
    poll_unref(poll);
    return 0;
}

static int take_gone(void *user, uint32_t poll)
{
    char text[32];

    snprintf(text, sizeof text, "no poll %u", poll);
    tell(user, text);
    return 0;
}

static int take_account(void *user, uint32_t id, int64_t created_ms, struct str name)
{
    char text[64];

    snprintf(text, sizeof text, "account %u %.*s of %jd", id, (int)name.len, name.at,
             (intmax_t)created_ms);
    tell(user, text);
    return 0;
}

static int take_account_gone(void *user, uint32_t id)
{
    char text[32];

    snprintf(text, sizeof text, "no account %u", id);
    tell(user, text);
    return 0;
}

static int take_end(void *user, uint32_t id, int64_t end_ms)
{
    char text[64];

    snprintf(text, sizeof text, "tokens of %u until %jd", id, (intmax_t)end_ms);
    tell(user, text);
    return 0;
}

static int take_voter(void *user, uint32_t id)
{
    char text[32];

    snprintf(text, sizeof text, "voter %u", id);
    tell(user, text);
    return 0;
}

static int take_all(void *user, const uint32_t *polls, size_t n)
{
    char text[32];

    snprintf(text, sizeof text, "all %zu, last %u", n, n > 0 ? polls[n - 1] : 0);
    tell(user, text);
    return 0;
}

static struct news_sink sink_of(struct world *w)
{
    return (struct news_sink){take_poll, take_gone,  take_account, take_account_gone,
                              take_end,  take_voter, take_all,     w};
}

/* Read, and expect to be told this. */
static void expect(struct world *w, const char *text)
{
    const struct news_sink to = sink_of(w);

    w->told[0] = '\0';
    w->n = 0;
    assert_int_equal(news_read(w->news, &to), 0);
    assert_string_equal(w->told, text);
}

static void run(struct world *w, const char *sql)
{
    if (pg_run(w->other, sql, NULL, NULL, NULL) != 0)
        fail_msg("%s: %s", sql, pg_errmsg(w->other));
}

static struct world *world_of(const char *database)
{
    struct world *w = mem_zalloc(1, sizeof *w);
    char sql[64], errmsg[256];

    snprintf(sql, sizeof sql, "CREATE DATABASE %s", database);
    pg_rig_admin(rig, sql);
    w->dsn = pg_rig_dsn(rig, database);
    if (store_postgres_open(&(struct postgres_opts){.dsn = w->dsn.text}, &w->s, errmsg,
                            sizeof errmsg) != 0)
        fail_msg("%s", errmsg);
    w->other = pg_new(&(struct pg_opts){.dsn = w->dsn.text});
    w->clock = (struct rig_clock){{rig_now_ms}, clock_now_ms(&clock_system)};
    w->news = news_new(&(struct news_opts){w->dsn.text, &w->clock.base, OWN});
    return w;
}

static void world_end(struct world *w)
{
    news_free(w->news);
    pg_free(w->other);
    w->s->ops->free(w->s);
    mem_free(w);
}

static void add_owner(struct world *w)
{
    struct account a = {.created_ms = 7, .username = "ada", .email = "ada@example.org"};
    const char *field;

    assert_int_equal(w->s->ops->begin(w->s), 0);
    assert_int_equal(w->s->ops->account_add(w->s, &a, &field), 0);
    assert_int_equal(w->s->ops->commit(w->s), 0);
}

static void add_poll(struct world *w)
{
    struct poll p = {.title = STR("Which?"),
                     .options = {STR("yes"), STR("no")},
                     .rules = {.owner_id = 1, .n_options = 2}};
    uint32_t id;

    assert_int_equal(w->s->ops->begin(w->s), 0);
    assert_int_equal(w->s->ops->poll_add(w->s, &p, &id), 0);
    assert_int_equal(w->s->ops->commit(w->s), 0);
}

static void all_comes_first_and_then_what_is_new(void **state)
{
    struct world *w = world_of("new");

    (void)state;
    add_owner(w);
    expect(w, "account 1 ada of 7; all 0, last 0; ");
    expect(w, "");
    add_poll(w);
    expect(w, "poll 1 Which? v1 of 0; ");
    run(w, "WITH b AS (INSERT INTO batch_log (polls, users) VALUES ('{1}', '{8,9}'))"
           " UPDATE results SET base_version = 3, total = 2, counts = '{1,1}'");
    expect(w, "poll 1 Which? v3 of 2; voter 8; voter 9; ");
    run(w, "WITH b AS (INSERT INTO batch_log (polls, users) VALUES ('{1}', '{}'))"
           " UPDATE results SET closed = true");
    expect(w, "poll 1 Which? v4 of 2; "); /* the closing is a version */
    expect(w, "");
    world_end(w);
}

static void what_went_is_told(void **state)
{
    struct world *w = world_of("went");
    const struct account_change to = {.username = "lovelace", .tokens_end_ms = 50};
    const char *field;

    (void)state;
    add_owner(w);
    add_poll(w);
    expect(w, "account 1 ada of 7; poll 1 Which? v1 of 0; all 1, last 1; ");
    assert_int_equal(w->s->ops->begin(w->s), 0);
    assert_int_equal(w->s->ops->account_change(w->s, 1, &to, &field), 0);
    assert_int_equal(w->s->ops->commit(w->s), 0);
    expect(w, "account 1 lovelace of 7; tokens of 1 until 50; poll 1 Which? v1 of 0; ");
    assert_int_equal(w->s->ops->begin(w->s), 0);
    assert_int_equal(w->s->ops->account_delete(w->s, 1, 60), 0);
    assert_int_equal(w->s->ops->commit(w->s), 0);
    expect(w, "no account 1; tokens of 1 until 60; poll 1 Which? v1 of 0; ");
    run(w, "WITH l AS (INSERT INTO poll_log (kind, id) VALUES ('poll-deleted', 1))"
           " DELETE FROM polls");
    expect(w, "no poll 1; ");
    world_end(w);
}

/* It was numbered, and began, before what has been read since, which is not read again
 * for that. */
static void who_commits_late_is_not_passed_over(void **state)
{
    struct world *w = world_of("late");

    (void)state;
    add_owner(w);
    add_poll(w);
    expect(w, "account 1 ada of 7; poll 1 Which? v1 of 0; all 1, last 1; ");
    assert_int_equal(pg_begin(w->other), 0);
    run(w, "INSERT INTO batch_log (polls, users) VALUES ('{}', '{5}')");
    add_poll(w);
    expect(w, "poll 2 Which? v1 of 0; ");
    expect(w, "");
    assert_int_equal(pg_commit(w->other), 0);
    expect(w, "voter 5; ");
    expect(w, "");
    world_end(w);
}

static void own_voters_are_known(void **state)
{
    struct world *w = world_of("own");

    (void)state;
    expect(w, "all 0, last 0; ");
    run(w, "INSERT INTO batch_log (origin, polls, users) VALUES (7, '{}', '{5}'),"
           " (8, '{}', '{6}')");
    expect(w, "voter 6; ");
    news_doubt(w->news); /* one of its own batches may still be committed */
    expect(w, "all 0, last 0; ");
    run(w, "INSERT INTO batch_log (origin, polls, users) VALUES (7, '{}', '{5}')");
    expect(w, "voter 5; ");
    world_end(w);
}

static void where_rows_were_deleted_everything_is_told_again(void **state)
{
    struct world *w = world_of("gap");

    (void)state;
    add_owner(w);
    add_poll(w);
    add_poll(w);
    expect(w, "account 1 ada of 7; poll 1 Which? v1 of 0; poll 2 Which? v1 of 0;"
              " all 2, last 2; ");
    run(w, "DELETE FROM polls WHERE id = 2"); /* what told of it is deleted */
    run(w, "UPDATE cluster SET kept_from = pg_current_xact_id()");
    expect(w, "account 1 ada of 7; poll 1 Which? v1 of 0; all 1, last 1; ");
    expect(w, "");
    world_end(w);
}

/* The ids of transactions may be given out again by a replica that was promoted. */
static void another_server_is_read_whole(void **state)
{
    struct world *w = world_of("promoted");

    (void)state;
    add_owner(w);
    add_poll(w);
    expect(w, "account 1 ada of 7; poll 1 Which? v1 of 0; all 1, last 1; ");
    run(w, "UPDATE cluster SET version_offset = 1"); /* counts like a promotion */
    expect(w, "account 1 ada of 7; poll 1 Which? v4294967297 of 0; all 1, last 1; ");
    world_end(w);
}

static void a_wrong_clock_is_measured(void **state)
{
    struct world *w = world_of("clocks");
    int64_t now_ms = w->clock.ms;

    (void)state;
    w->clock.ms = now_ms + 3600000;
    expect(w, "all 0, last 0; ");
    assert_true(news_clock_off_ms(w->news) > 3000000); /* ahead */
    w->clock.ms = now_ms - 3600000;
    expect(w, "");
    assert_true(news_clock_off_ms(w->news) < -3000000);
    world_end(w);
}

/* Between two moments nobody knows: a slow answer is no wrong clock. */
static void a_right_clock_is_not_off(void **state)
{
    struct world *w = world_of("exact");
    const struct news_sink to = sink_of(w);

    (void)state;
    news_free(w->news);
    w->news = news_new(&(struct news_opts){w->dsn.text, &clock_system, OWN});
    assert_int_equal(news_read(w->news, &to), 0);
    assert_int_equal(news_clock_off_ms(w->news), 0);
    world_end(w);
}

static void versions_grow_with_a_restored_dump(void **state)
{
    struct world *w = world_of("dump");

    (void)state;
    add_owner(w);
    add_poll(w);
    run(w, "UPDATE cluster SET version_offset = 1");
    expect(w, "account 1 ada of 7; poll 1 Which? v4294967297 of 0; all 1, last 1; ");
    world_end(w);
}

static void a_loss_is_said_and_nothing_is_missed(void **state)
{
    struct world *w = world_of("loss");
    const struct news_sink to = sink_of(w);
    int rc = ERR_UNAVAILABLE;

    (void)state;
    add_owner(w);
    expect(w, "account 1 ada of 7; all 0, last 0; ");
    add_poll(w);
    run(w, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
           " WHERE application_name = 'pollux news' AND datname = 'loss'");
    expect(w, "poll 1 Which? v1 of 0; account 1 ada of 7; poll 1 Which? v1 of 0;"
              " all 1, last 1; "); /* over a new connection: everything */
    add_poll(w);
    pg_rig_kill(rig);
    assert_int_equal(news_read(w->news, &to), ERR_UNAVAILABLE);
    assert_true(news_errmsg(w->news)[0] != '\0');
    pg_rig_restart(rig);
    for (int ms = 0; rc != 0 && ms < LIMIT_MS; ms += 10) {
        w->n = 0;
        rc = news_read(w->news, &to);
        usleep(10000);
    }
    assert_string_equal(w->told,
                        "poll 2 Which? v1 of 0; account 1 ada of 7; poll 1 Which?"
                        " v1 of 0; poll 2 Which? v1 of 0; all 2, last 2; ");
    world_end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_comes_first_and_then_what_is_new),
        cmocka_unit_test(what_went_is_told),
        cmocka_unit_test(who_commits_late_is_not_passed_over),
        cmocka_unit_test(versions_grow_with_a_restored_dump),
        cmocka_unit_test(own_voters_are_known),
        cmocka_unit_test(where_rows_were_deleted_everything_is_told_again),
        cmocka_unit_test(another_server_is_read_whole),
        cmocka_unit_test(a_wrong_clock_is_measured),
        cmocka_unit_test(a_right_clock_is_not_off),
        cmocka_unit_test(a_loss_is_said_and_nothing_is_missed),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
