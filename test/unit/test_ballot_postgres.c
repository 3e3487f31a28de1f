/* test_ballot_postgres.c — what only a ballot in PostgreSQL has: connections that are
 * lost at any moment, other processes, rows. */
#include "lib/check.h"

#include <unistd.h>

#include "ballot/postgres_batch.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/ballot_postgres.h"

enum { LIMIT_MS = 60000 };

static const struct poll_rules usual = {
    .owner_id = OWNER, .n_options = 3, .vote_change = true};

/* ---- lost connections ---- */

static void a_connection_lost_while_idle_costs_nothing(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    ballot_postgres_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                        " WHERE application_name = 'pollux ballot'");
    assert_int_equal(cast_vote(w, 5, 11, 1), 0);
    assert_string_equal(shown_of(w, 5), "open v3: 1 1 0");
}

static void postgres_can_go_away_and_come_back(void **state)
{
    struct ballot_world *w = *state;
    int rc = ERR_UNAVAILABLE;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    ballot_postgres_kill();
    assert_int_equal(cast_vote(w, 5, 11, 1), ERR_UNAVAILABLE);
    assert_int_equal(w->reports[0], ERR_UNAVAILABLE);
    ballot_postgres_restart();
    for (int ms = 0; rc == ERR_UNAVAILABLE && ms < LIMIT_MS; ms += 10) {
        rc = cast_vote(w, 5, 11, 1);
        usleep(10000);
    }
    assert_int_equal(rc, 0);
    assert_int_equal(w->reports[1], 0);
    assert_int_equal(w->n_reports, 2);
    assert_string_equal(shown_of(w, 5), "open v3: 1 1 0");
}

/* The server ends the connection as it begins to commit, the first time. */
static void a_commit_that_failed_is_done_again(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    ballot_postgres_sql(
        "CREATE SEQUENCE commits; CREATE FUNCTION die() RETURNS trigger LANGUAGE"
        " plpgsql AS $$ BEGIN IF nextval('commits') = 1 THEN PERFORM"
        " pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END IF;"
        " RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER die AFTER INSERT ON batch_log"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(ballot_postgres_number("SELECT last_value FROM commits"), 2);
    assert_string_equal(shown_of(w, 5), "open v2: 1 0 0");
    assert_int_equal(left_of(w, 10), 99);
}

static bool waits_for_standby(void)
{
    return ballot_postgres_number("SELECT count(*) FROM pg_stat_activity"
                                  " WHERE wait_event = 'SyncRep'") > 0;
}

static bool done_or_waiting(struct task *t)
{
    for (int ms = 0; ms < LIMIT_MS; ms += 5) {
        if (is_done(t) || waits_for_standby())
            return true;
        usleep(5000);
    }
    return false;
}

/* The server has committed and waits for a standby that never comes; then the
 * connection ends. Votes from before the server knows of the standby are simply
 * answered. */
static void a_commit_whose_answer_was_lost_counts_once(void **state)
{
    struct ballot_world *w = *state;
    uint32_t n = 0;
    struct task t;

    add_poll_with(w, 5, &usual);
    ballot_postgres_sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    ballot_postgres_sql("SELECT pg_reload_conf()");
    do {
        task_change(&t, CHANGE_VOTE, 5, 10 + n++, 0);
        submit(w, &t);
        assert_true(done_or_waiting(&t));
    } while (!waits_for_standby());
    ballot_postgres_sql("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                        " WHERE wait_event = 'SyncRep'");
    ballot_postgres_sql("ALTER SYSTEM RESET synchronous_standby_names");
    ballot_postgres_sql("SELECT pg_reload_conf()");
    assert_int_equal(await(&t), 0);
    assert_false(t.op.replay);
    assert_int_equal(t.op.result.version, 1 + n);
    assert_int_equal(t.op.result.total, n);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM ballots"), n);
    assert_int_equal(event_watch_durable(&w->watch), n);
    assert_int_equal(left_of(w, 10 + n - 1), 99);
}

/* What is asked of the server after a connection was lost. */
static int outcome_of(int64_t xid, int64_t origin, int64_t number, bool *ret_committed)
{
    struct batch *b = mem_zalloc(1, sizeof *b);
    struct pg *pg = pg_new(&(struct pg_opts){.dsn = ballot_postgres_dsn()});
    int rc;

    b->xid = xid;
    b->origin = (uint64_t)origin;
    b->number = (uint64_t)number;
    *ret_committed = false;
    rc = batch_find_outcome(b, pg, ret_committed);
    pg_free(pg);
    mem_free(b);
    return rc;
}

/* A server that crashed gives ids out again whose transactions were lost; so another's
 * commit must not pass for ours, nor an id that it has not reached yet for a running
 * one. */
static void only_its_own_row_says_that_a_batch_was_committed(void **state)
{
    struct ballot_world *w = *state;
    int64_t xid, origin, number;
    bool committed;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    xid = ballot_postgres_number("SELECT xid::text::bigint FROM batch_log");
    origin = ballot_postgres_number("SELECT origin FROM batch_log");
    number = ballot_postgres_number("SELECT number FROM batch_log");
    assert_int_equal(outcome_of(xid, origin, number, &committed), 0);
    assert_true(committed);
    assert_int_equal(outcome_of(xid, origin + 1, number, &committed), 0);
    assert_false(committed);
    assert_int_equal(outcome_of(xid, origin, number + 1, &committed), 0);
    assert_false(committed);
    assert_int_equal(outcome_of(xid + 1000000, origin, number + 1, &committed), 0);
    assert_false(committed);
}

static void a_transaction_that_still_runs_may_yet_be_committed(void **state)
{
    struct pg *pg = pg_new(&(struct pg_opts){.dsn = ballot_postgres_dsn()});
    int64_t xid;
    bool committed;
    (void)state;

    assert_int_equal(pg_begin(pg), 0);
    assert_int_equal(pg_script(pg, "SELECT pg_current_xact_id()"), 0);
    xid = ballot_postgres_number("SELECT max(backend_xid::text::bigint) FROM"
                                 " pg_stat_activity");
    assert_int_equal(outcome_of(xid, 1, 1, &committed), ERR_OVERLOADED);
    pg_rollback(pg);
    assert_int_equal(outcome_of(xid, 1, 1, &committed), 0);
    assert_false(committed);
    pg_free(pg);
}

/* ---- other processes ---- */

enum { PROCESSES = 8, DAY_POLLS = 40, PER_DAY = 25, USER = 10 };

struct knock {
    struct ballot_op op; /* first */
    sem_t *home;
};

static void knock_home(struct mail *m)
{
    sem_post(((struct knock *)m)->home);
}

static void send_vote(struct ballot *b, struct knock *k, sem_t *home, uint32_t poll)
{
    *k = (struct knock){.op = {.verb = BALLOT_CHANGE,
                               .poll = poll,
                               .wish = {.kind = CHANGE_VOTE, .user = USER}},
                        .home = home};
    k->op.mail.on_home = knock_home;
    assert_int_equal(ballot_submit(b, &k->op), 0);
}

/* Through each of them, for each poll, all at once; gives how many were entered. */
static uint32_t vote_everywhere(struct ballot *processes[PROCESSES], uint32_t n_polls)
{
    size_t n = (size_t)PROCESSES * n_polls;
    struct knock *k = mem_zalloc(n, sizeof *k);
    uint32_t entered = 0;
    sem_t home;

    sem_init(&home, 0, 0);
    for (size_t i = 0; i < n; i++)
        send_vote(processes[i % PROCESSES], &k[i], &home,
                  1 + (uint32_t)(i / PROCESSES));
    for (size_t i = 0; i < n; i++)
        while (sem_wait(&home) != 0)
            ;
    for (size_t i = 0; i < n; i++) {
        int rc = k[i].op.rc;

        assert_true(rc == 0 || rc == ERR_ALREADY_VOTED || rc == ERR_DAILY_LIMIT);
        entered += rc == 0;
    }
    sem_destroy(&home);
    mem_free(k);
    return entered;
}

static void processes_share_polls_and_days(void **state)
{
    struct ballot_world *w = *state;
    struct ballot *processes[PROCESSES];

    w->per_day = PER_DAY;
    for (uint32_t i = 0; i < DAY_POLLS; i++)
        add_poll_with(w, 1 + i, &usual);
    for (uint32_t i = 0; i < PROCESSES; i++)
        processes[i] = ballot_postgres_another(w, 100 + i);
    assert_int_equal(vote_everywhere(processes, 1), 1);
    assert_int_equal(vote_everywhere(processes, DAY_POLLS), PER_DAY - 1);
    for (uint32_t i = 0; i < PROCESSES; i++)
        ballot_stop(processes[i]);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM ballots"), PER_DAY);
    assert_int_equal(ballot_postgres_number("SELECT sum(votes)::bigint FROM daily_votes"
                                            " WHERE day = 19675 AND user_id = 10"),
                     PER_DAY);
    assert_int_equal(
        ballot_postgres_number("SELECT sum(votes)::bigint FROM recent_votes"), PER_DAY);
    assert_int_equal(
        ballot_postgres_number(
            "SELECT count(*) FROM results r WHERE total <> counts[1] OR base_version <>"
            " 1 + total OR total <> (SELECT count(*) FROM ballots b"
            " WHERE b.poll_id = r.poll_id AND kind = 'vote' AND choice = '{0}')"),
        0);
    assert_int_equal(
        ballot_postgres_number("SELECT count(DISTINCT (op_origin, op_number))"
                               " FROM ballots WHERE op_origin BETWEEN 100 AND 107"),
        PER_DAY);
}

/* ---- rows ---- */

static void versions_lie_above_those_of_a_restored_dump(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    ballot_postgres_sql("UPDATE cluster SET version_offset = 1");
    task_change(&t, CHANGE_VOTE, 5, 11, 1);
    task_key(&t, "k");
    assert_int_equal(run_task(w, &t), 0);
    assert_int_equal(t.op.result.version, (INT64_C(1) << 32) + 3);
    assert_int_equal(t.op.receipt.version, (INT64_C(1) << 32) + 3);
    assert_int_equal(ballot_postgres_number("SELECT base_version FROM results"), 3);
    assert_int_equal(
        ballot_postgres_number("SELECT version FROM ballots WHERE user_id = 11"), 3);
}

static void other_nodes_are_told(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast_vote(w, 5, 10, 0), ERR_ALREADY_VOTED);
    assert_int_equal(
        ballot_postgres_number("SELECT count(*) FROM batch_log WHERE polls = '{5}'"),
        1);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), 0);
    assert_int_equal(cast(w, CHANGE_DELETE, 5, OWNER, 0), 0);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM batch_log"), 3);
    assert_int_equal(ballot_postgres_number(
                         "SELECT count(*) FROM poll_log WHERE id = 5 AND (seq, kind) IN"
                         " ((1, 'poll-closed'), (2, 'poll-deleted'))"),
                     2);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM poll_log"), 2);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM ballots"), 0);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM results"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POSTGRES_TEST(a_connection_lost_while_idle_costs_nothing),
        POSTGRES_TEST(postgres_can_go_away_and_come_back),
        POSTGRES_TEST(a_commit_that_failed_is_done_again),
        POSTGRES_TEST(a_commit_whose_answer_was_lost_counts_once),
        POSTGRES_TEST(only_its_own_row_says_that_a_batch_was_committed),
        POSTGRES_TEST(a_transaction_that_still_runs_may_yet_be_committed),
        POSTGRES_TEST(processes_share_polls_and_days),
        POSTGRES_TEST(versions_lie_above_those_of_a_restored_dump),
        POSTGRES_TEST(other_nodes_are_told),
    };

    return cmocka_run_group_tests(tests, ballot_backend_postgres.begin,
                                  ballot_backend_postgres.end);
}
