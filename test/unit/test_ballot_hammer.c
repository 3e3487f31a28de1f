/* test_ballot_hammer.c — 32 processes that share nothing but a PostgreSQL want the same
 * vote, and more votes of one user than a day has. */
#include "lib/check.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "lib/ballot_postgres.h"

enum { PROCESSES = 32, ROUNDS = 10, VOTER = 77, PER_DAY = 100 };

/* What they share, besides. */
struct sums {
    atomic_uint ready, accepted, refused, others, in_doubt;
};

/* A poll for each vote of each process; all go by one lane, so each process has one
 * connection. */
static uint32_t poll_of(int process, int round)
{
    return 2 * (uint32_t)(process * ROUNDS + round) + 1;
}

static void add_polls(void)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "WITH p AS (INSERT INTO polls (id, owner_id, created_ms, title, options,"
             " tags, words, lexemes) SELECT i, 1, 0, '', '[]', '{}', '', '' FROM"
             " generate_series(1, %u) AS i RETURNING id) INSERT INTO results (poll_id,"
             " visibility, voters, vote_change, counts)"
             " SELECT id, 'always', 'anyone', false, '{0,0}' FROM p",
             poll_of(PROCESSES, 0));
    ballot_postgres_sql(sql);
}

static void note(struct sums *sums, int rc)
{
    if (rc == 0)
        atomic_fetch_add(&sums->accepted, 1);
    else if (rc == ERR_ALREADY_VOTED || rc == ERR_DAILY_LIMIT)
        atomic_fetch_add(&sums->refused, 1);
    else
        atomic_fetch_add(&sums->others, 1);
}

struct vote {
    struct ballot_op op; /* first */
    sem_t home;
};

static void came_home(struct mail *m)
{
    sem_post(&((struct vote *)m)->home);
}

static int vote_once(struct ballot *b, uint32_t poll)
{
    struct vote v = {.op = {.mail = {.on_home = came_home},
                            .verb = BALLOT_CHANGE,
                            .poll = poll,
                            .wish = {.kind = CHANGE_VOTE, .user = VOTER}}};

    sem_init(&v.home, 0, 0);
    if (ballot_submit(b, &v.op) != 0)
        return ERR_OVERLOADED;
    while (sem_wait(&v.home) != 0)
        continue;
    return v.op.rc;
}

/* As a client: again, where nobody knows. A busy machine may be slower than the limits
 * of connections and locks. */
static int vote(struct ballot *b, uint32_t poll, struct sums *sums)
{
    int rc = vote_once(b, poll);

    for (; rc == ERR_UNAVAILABLE; rc = vote_once(b, poll))
        atomic_fetch_add(&sums->in_doubt, 1);
    return rc;
}

/* One that votes round by round, when all are there. */
static void hammer(struct ballot_world *w, struct sums *sums, int process,
                   bool one_poll)
{
    struct ballot *b = ballot_postgres_another(w, 1000 + (uint64_t)process);

    atomic_fetch_add(&sums->ready, 1);
    while (atomic_load(&sums->ready) < PROCESSES)
        usleep(1000);
    for (int i = 0; i < ROUNDS; i++)
        note(sums, vote(b, one_poll ? 1 : poll_of(process, i), sums));
    ballot_stop(b);
    _exit(0);
}

static struct sums *hammer_all(struct ballot_world *w, bool one_poll)
{
    struct sums *sums = mmap(NULL, sizeof *sums, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t children[PROCESSES];
    int status;

    assert_ptr_not_equal(sums, MAP_FAILED);
    add_polls();
    w->b = ballot_stop(w->b); /* who has threads may not fork, says ThreadSanitizer */
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            hammer(w, sums, i, one_poll);
    }
    for (int i = 0; i < PROCESSES; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(sums->others, 0);
    return sums;
}

static void one_poll_gets_one_vote(void **state)
{
    struct sums *sums = hammer_all(*state, true);

    assert_in_range(sums->accepted + sums->in_doubt, 1, 1 + sums->in_doubt);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM ballots"), 1);
    assert_int_equal(
        ballot_postgres_number("SELECT total FROM results WHERE poll_id = 1"), 1);
    assert_int_equal(ballot_postgres_number("SELECT sum(votes) FROM daily_votes"), 1);
    munmap(sums, sizeof *sums);
}

static void one_day_has_its_votes_and_no_more(void **state)
{
    struct sums *sums = hammer_all(*state, false);

    assert_in_range(sums->accepted + sums->in_doubt, PER_DAY, PER_DAY + sums->in_doubt);
    assert_int_equal(ballot_postgres_number("SELECT count(*) FROM ballots"), PER_DAY);
    assert_int_equal(ballot_postgres_number("SELECT sum(total)::bigint FROM results"),
                     PER_DAY);
    assert_int_equal(ballot_postgres_number("SELECT sum(votes) FROM daily_votes"),
                     PER_DAY);
    munmap(sums, sizeof *sums);
}

/* Whatever the database's default is, what was waited for is read anew. */
static int set_up(void **state)
{
    ballot_world_setup(state); /* which has PER_DAY */
    ballot_postgres_sql("ALTER DATABASE postgres SET default_transaction_isolation ="
                        " 'serializable'");
    return 0;
}

static int tear_down(void **state)
{
    ballot_postgres_sql("ALTER DATABASE postgres RESET default_transaction_isolation");
    return ballot_world_teardown(state);
}

#define HAMMER_TEST(name)                                                              \
    cmocka_unit_test_prestate_setup_teardown(                                          \
        name, set_up, tear_down, (void *)(uintptr_t)&ballot_backend_postgres)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HAMMER_TEST(one_poll_gets_one_vote),
        HAMMER_TEST(one_day_has_its_votes_and_no_more),
    };

    return cmocka_run_group_tests(tests, ballot_backend_postgres.begin,
                                  ballot_backend_postgres.end);
}
