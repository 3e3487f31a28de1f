/* test_postgres.c — what only the PostgreSQL backend promises: migrations by many at
 * once, refusals, losses, and what verify finds. */
#include "lib/check.h"

#include <pthread.h>
#include <stdio.h>

#include "base/err.h"
#include "lib/pg_rig.h"
#include "link/pg.h"
#include "store/postgres.h"

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

/* Each test has a database of its own. */
static int open_database(const char *name, bool read_only, struct store **ret_s,
                         char errmsg[256])
{
    struct pg_dsn dsn = pg_rig_dsn(rig, name);
    struct postgres_opts opts = {.dsn = dsn.text, .read_only = read_only, .seed = 1};

    return store_postgres_open(&opts, ret_s, errmsg, 256);
}

static struct store *open_store(const char *name)
{
    struct store *s = NULL;
    char errmsg[256];

    if (open_database(name, false, &s, errmsg) != 0)
        fail_msg("%s", errmsg);
    return s;
}

static void run(const char *name, const char *sql)
{
    struct pg_dsn dsn = pg_rig_dsn(rig, name);
    struct pg *p = pg_new(&(struct pg_opts){.dsn = dsn.text});

    if (pg_script(p, sql) != 0)
        fail_msg("%s: %s", sql, pg_errmsg(p));
    pg_free(p);
}

static uint32_t add_user(struct store *s, const char *name, const char *email)
{
    struct account a = {.created_ms = 1};
    const char *field = "";

    snprintf(a.username, sizeof a.username, "%s", name);
    snprintf(a.email, sizeof a.email, "%s", email);
    assert_int_equal(s->ops->begin(s), 0);
    assert_int_equal(s->ops->account_add(s, &a, &field), 0);
    assert_int_equal(s->ops->commit(s), 0);
    return a.id;
}

static uint32_t add_poll(struct store *s, uint32_t owner, const char *title)
{
    struct poll p = {.title = str_of(title),
                     .options = {STR("yes"), STR("no")},
                     .rules = {.owner_id = owner, .n_options = 2}};
    uint32_t id = 0;

    assert_int_equal(s->ops->begin(s), 0);
    assert_int_equal(s->ops->poll_add(s, &p, &id), 0);
    assert_int_equal(s->ops->commit(s), 0);
    return id;
}

static void vote(struct store *s, uint32_t poll, uint32_t user, uint64_t version)
{
    struct change c = {.kind = CHANGE_VOTE,
                       .poll = poll,
                       .user = user,
                       .at_ms = 1700000000000,
                       .version = version};

    assert_int_equal(s->ops->begin(s), 0);
    assert_int_equal(s->ops->project(s, &c, 1), 0);
    assert_int_equal(s->ops->commit(s), 0);
}

/* ---- opening ---- */

static void *open_and_close(void *rc)
{
    struct store *s = NULL;
    char errmsg[256];

    *(int *)rc = open_database("many", false, &s, errmsg);
    if (s != NULL)
        s->ops->free(s);
    return NULL;
}

static void many_may_start_at_once(void **state)
{
    enum { N = 6 };
    pthread_t threads[N];
    int rcs[N];

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE many");
    for (int i = 0; i < N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, &rcs[i]), 0);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < N; i++)
        assert_int_equal(rcs[i], 0);
}

static void what_is_not_ours_is_refused(void **state)
{
    static const struct {
        const char *why, *name, *sql;
        bool ours, read_only;
        const char *message;
    } rows[] = {
        {"a newer program", "newer", "UPDATE pollux_schema SET version = 999", true,
         false, "newer program"},
        {"the same, to read", "newer_read", "UPDATE pollux_schema SET version = 999",
         true, true, "newer program"},
        {"another's tables", "other", "CREATE TABLE polls (id integer)", false, false,
         "another program's"},
        {"nothing to read", "nothing", "SELECT 1", false, true, "start the server"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char sql[64], errmsg[256] = "";
        struct store *s = NULL;

        snprintf(sql, sizeof sql, "CREATE DATABASE %s", rows[i].name);
        pg_rig_admin(rig, sql);
        if (rows[i].ours) {
            s = open_store(rows[i].name);
            s = s->ops->free(s);
        }
        run(rows[i].name, rows[i].sql);
        CHECK_EQ_AT(rows[i].why,
                    open_database(rows[i].name, rows[i].read_only, &s, errmsg),
                    ERR_CONFLICT);
        CHECK_HAS_AT(rows[i].why, str_of(errmsg), rows[i].message);
        assert_null(s);
    }
    pg_rig_admin(rig, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    struct store *s = NULL;
    char errmsg[256] = "";

    assert_int_equal(open_database("latin", false, &s, errmsg), ERR_CONFLICT);
    CHECK_HAS(str_of(errmsg), "UTF-8");
}

static void without_a_server_the_start_says_so(void **state)
{
    struct postgres_opts opts = {.dsn = "host=/nowhere dbname=x"};
    struct store *s = NULL;
    char errmsg[256] = "";

    (void)state;
    assert_int_equal(store_postgres_open(&opts, &s, errmsg, sizeof errmsg),
                     ERR_UNAVAILABLE);
    CHECK_HAS(str_of(errmsg), "/nowhere");
}

/* ---- losses ---- */

static void a_lost_connection_fails_the_transaction_and_no_more(void **state)
{
    struct account a = {.username = "bob"}, read;
    const char *field;
    struct store *s;
    uint32_t ada;

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE losses");
    s = open_store("losses");
    ada = add_user(s, "ada", "ada@example.org");
    assert_int_equal(s->ops->account_by_id(s, ada, &read), 0);
    assert_int_equal(s->ops->begin(s), 0);
    pg_rig_admin(rig, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                      " WHERE datname = 'losses'");
    assert_int_equal(s->ops->account_add(s, &a, &field), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(s->ops->errmsg(s, STORE_WRITER)), "postgresql: ");
    assert_int_equal(s->ops->account_get(s, ada, &read), ERR_UNAVAILABLE);
    assert_int_equal(s->ops->commit(s), ERR_UNAVAILABLE);
    s->ops->rollback(s);
    assert_int_equal(s->ops->account_by_id(s, ada, &read), 0); /* connected again */
    assert_int_equal(add_user(s, "bob", "bob@example.org") > ada, 1);
    pg_rig_admin(rig, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                      " WHERE datname = 'losses'");
    assert_int_equal(add_user(s, "cy", "cy@example.org") > ada, 1); /* while idle */
    s->ops->free(s);
}

/* ---- text ---- */

static int add_id(void *out, uint32_t id)
{
    buf_printf(out, "%u ", id);
    return 0;
}

static void check_found(struct store *s, struct str query, const char *want)
{
    struct buf out = {0};

    assert_int_equal(s->ops->search(s, query, 9, add_id, &out), 0);
    CHECK_STR(buf_str(&out), want);
    buf_done(&out);
}

/* PostgreSQL keeps 256 places of a word, and words of 2,046 bytes. */
static void no_limit_of_the_index_is_seen(void **state)
{
    struct buf title = {0}, word = {0};
    struct store *s;
    uint32_t ada;

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE text_limits");
    s = open_store("text_limits");
    ada = add_user(s, "ada", "ada@example.org");
    for (int i = 0; i < 300; i++)
        buf_text(&title, "go ");
    buf_text(&title, "end");
    for (int i = 0; i < 700; i++)
        buf_text(&word, "\u03c9\u03c9");
    buf_char(&title, '\0');
    buf_char(&word, '\0');
    assert_int_equal(add_poll(s, ada, title.data), 1);
    assert_int_equal(add_poll(s, ada, word.data), 2);
    check_found(s, STR("go/end"), "1 ");
    check_found(s, STR("end/go"), "");
    check_found(s, str_of(word.data), "2 ");
    check_found(s, (struct str){word.data, 2400}, "2 "); /* its beginning */
    buf_text(&word, "\u03c9");
    word.data[word.len - 3] = 'x'; /* one letter more */
    check_found(s, buf_str(&word), "");
    buf_done(&title);
    buf_done(&word);
    s->ops->free(s);
}

static void words_and_keys_are_made_again_when_their_rules_change(void **state)
{
    struct store *s;
    struct account a;
    uint32_t ada, eve;

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE remake");
    s = open_store("remake");
    ada = add_user(s, "ada", "ada@example.org");
    eve = add_user(s, "eve", "eve@example.org");
    assert_int_equal(add_poll(s, ada, "Favourite"), 1);
    s->ops->free(s);
    /* As older rules would have it: words unknown, two names and addresses apart. */
    run("remake", "UPDATE text_rules SET made_with = 'older';"
                  "UPDATE polls SET words = '', lexemes = '';"
                  "UPDATE accounts SET username = 'ADA', email = 'Ada@example.org'"
                  " WHERE username = 'eve'");
    s = open_store("remake");
    check_found(s, STR("yes favourite"), "1 ");
    check_found(s, STR("yes favourites"), "");
    assert_int_equal(s->ops->account_by_email(s, "ada@EXAMPLE.org", &a), 0);
    assert_int_equal(a.id, ada);
    assert_int_equal(s->ops->account_by_email(s, "Ada@example.org", &a), 0);
    assert_int_equal(a.id, eve); /* as it is written, so it stays usable */
    s->ops->free(s);
}

/* ---- verify ---- */

static void add_finding(void *out, const char *text)
{
    buf_text(out, text);
    buf_char(out, '\n');
}

static void add_progress(void *user, uint64_t done, uint64_t all)
{
    buf_printf(user, "%u of %u;", (unsigned)done, (unsigned)all);
}

static void verify_says_how_far_it_is(void **state)
{
    struct buf out = {0};
    const struct store_report to = {add_finding, add_progress, &out};
    struct store_totals totals;
    struct store *s;
    uint32_t owner;

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE progress");
    s = open_store("progress");
    owner = add_user(s, "ada", "ada@example.org");
    add_poll(s, owner, "Which?");
    add_poll(s, owner, "Who?");
    assert_int_equal(s->ops->verify(s, &to, &totals), 0);
    CHECK_STR(buf_str(&out), "2 of 2;2 of 2;"); /* and what is above the last poll */
    buf_done(&out);
    s->ops->free(s);
}

static void verify_finds_what_does_not_fit(void **state)
{
    static const struct {
        const char *harm, *repair, *finding;
    } rows[] = {
        {"UPDATE results SET counts = '{0,2}' WHERE poll_id = 1",
         "UPDATE results SET counts = '{2,0}' WHERE poll_id = 1",
         "poll 1: 0 votes for option 0 are stored, and its rows are 2"},
        {"UPDATE results SET total = 3 WHERE poll_id = 1",
         "UPDATE results SET total = 2 WHERE poll_id = 1",
         "poll 1: 3 votes and 0 skips are stored, and its rows are 2 and 0"},
        {"UPDATE results SET base_version = 2 WHERE poll_id = 1",
         "UPDATE results SET base_version = 3 WHERE poll_id = 1",
         "poll 1 is at version 2, and its votes need at least 3"},
        {"UPDATE results SET counts = '{2,0,0}' WHERE poll_id = 1",
         "UPDATE results SET counts = '{2,0}' WHERE poll_id = 1",
         "poll 1 has no counts, or not one for each of its options"},
        {"UPDATE ballots SET poll_id = 9 WHERE user_id = 8",
         "UPDATE ballots SET poll_id = 1 WHERE user_id = 8",
         "poll 9 is not there, but has 1 ballots"},
        {"UPDATE daily_votes SET votes = 0 WHERE user_id = 7",
         "UPDATE daily_votes SET votes = 1 WHERE user_id = 7",
         "user 7: 0 votes are stored for the newest day, and 1 are there"},
        {"UPDATE ballots SET key = '\\x00', receipt = '\\x00' WHERE user_id = 7",
         "UPDATE ballots SET key = NULL, receipt = NULL WHERE user_id = 7",
         "poll 1: the receipt of user 7 cannot be read"},
        {"INSERT INTO poll_keys (owner_id, key, content, poll_id)"
         " VALUES (1, decode(repeat('00', 16), 'hex'),"
         " decode(repeat('00', 16), 'hex'), 77)",
         "DELETE FROM poll_keys", "poll 77 has a key, and is not there for its owner"},
    };
    struct store_totals totals;
    struct store *s;
    struct buf out = {0};
    const struct store_report to = {.finding = add_finding, .user = &out};

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE verified");
    s = open_store("verified");
    assert_int_equal(add_poll(s, add_user(s, "ada", "ada@example.org"), "Which?"), 1);
    vote(s, 1, 7, 2);
    vote(s, 1, 8, 3);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        run("verified", rows[i].harm);
        CHECK_EQ_AT(rows[i].harm, s->ops->verify(s, &to, &totals), ERR_CONFLICT);
        CHECK_HAS_AT(rows[i].harm, buf_str(&out), rows[i].finding);
        out.len = 0;
        run("verified", rows[i].repair);
        CHECK_EQ_AT(rows[i].repair, s->ops->verify(s, &to, &totals), 0);
    }
    assert_int_equal(totals.accounts, 1);
    assert_int_equal(totals.polls, 1);
    assert_int_equal(totals.votes, 2);
    assert_int_equal(totals.skips, 0);
    buf_done(&out);
    s->ops->free(s);
}

/* ---- two processes ---- */

struct racer {
    struct store *s;
    uint32_t poll;
    int rc;
};

/* A request with a key: is it done already, else do it. */
static void *make_once(void *user)
{
    struct racer *r = user;
    struct poll_key key = {.key = {1}, .content = {2}};
    struct poll p = {.title = STR("Once"),
                     .options = {STR("yes"), STR("no")},
                     .rules = {.owner_id = 1, .n_options = 2}};

    r->s->ops->begin(r->s);
    r->rc = r->s->ops->key_find(r->s, 1, &key, &r->poll);
    if (r->rc == ERR_NOT_FOUND) {
        r->rc = r->s->ops->poll_add(r->s, &p, &r->poll);
        if (r->rc == 0)
            r->rc = r->s->ops->key_add(r->s, 1, &key, r->poll);
    }
    if (r->rc == 0)
        r->rc = r->s->ops->commit(r->s);
    else
        r->s->ops->rollback(r->s);
    return NULL;
}

static void one_key_makes_one_poll_whoever_asks(void **state)
{
    enum { N = 4 };
    struct racer racers[N] = {0};
    pthread_t threads[N];

    (void)state;
    pg_rig_admin(rig, "CREATE DATABASE once");
    for (int i = 0; i < N; i++)
        racers[i].s = open_store("once");
    assert_int_equal(add_user(racers[0].s, "ada", "ada@example.org"), 1);
    for (int i = 0; i < N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_once, &racers[i]), 0);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < N; i++) {
        assert_int_equal(racers[i].rc, 0);
        assert_int_equal(racers[i].poll, racers[0].poll);
        racers[i].s->ops->free(racers[i].s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_may_start_at_once),
        cmocka_unit_test(what_is_not_ours_is_refused),
        cmocka_unit_test(without_a_server_the_start_says_so),
        cmocka_unit_test(a_lost_connection_fails_the_transaction_and_no_more),
        cmocka_unit_test(no_limit_of_the_index_is_seen),
        cmocka_unit_test(words_and_keys_are_made_again_when_their_rules_change),
        cmocka_unit_test(verify_says_how_far_it_is),
        cmocka_unit_test(verify_finds_what_does_not_fit),
        cmocka_unit_test(one_key_makes_one_poll_whoever_asks),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
