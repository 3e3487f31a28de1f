/* test_password.c — hashes that are right, come home, and are bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>

#include "auth/password.h"
#include "base/clock.h"
#include "base/err.h"

/* A home: counts its mail, and wakes whoever waits for it. */
struct home {
    struct mailbox box;
    pthread_mutex_t lock;
    pthread_cond_t mail_came;
    size_t n_home;
    struct mail *came[8]; /* the first, in order */
};

static struct home home; /* on_home() knows no other way to it */

static void on_home(struct mail *m)
{
    if (home.n_home < sizeof home.came / sizeof *home.came)
        home.came[home.n_home] = m;
    home.n_home++;
}

static void wake(void *user)
{
    (void)user;
    pthread_mutex_lock(&home.lock);
    pthread_cond_signal(&home.mail_came);
    pthread_mutex_unlock(&home.lock);
}

static void wait_for(size_t n)
{
    while (home.n_home < n) {
        struct mail *batch;

        pthread_mutex_lock(&home.lock);
        while ((batch = mailbox_take(&home.box)) == NULL)
            pthread_cond_wait(&home.mail_came, &home.lock);
        pthread_mutex_unlock(&home.lock);
        mail_open_all(batch);
    }
}

static const struct password_opts CHEAP = {
    .n_lanes = 2, .max_waiting = 100, .memory_bytes = 8192, .passes = 1};

static int set_up(void **state)
{
    home = (struct home){.n_home = 0};
    pthread_mutex_init(&home.lock, NULL);
    pthread_cond_init(&home.mail_came, NULL);
    mailbox_init(&home.box, 0, wake, NULL);
    *state = NULL;
    return passwords_start(&CHEAP, (struct passwords **)state);
}

static int tear_down(void **state)
{
    passwords_stop(*state);
    pthread_cond_destroy(&home.mail_came);
    pthread_mutex_destroy(&home.lock);
    return 0;
}

static struct password_job job(enum password_verb verb, const char *password,
                               const char *hash)
{
    struct password_job j = {
        .mail = {.home = &home.box, .on_home = on_home}, .verb = verb, .rc = -1};

    assert_int_equal(password_set(&j, str_of(password)), 0);
    memcpy(j.hash, hash, strlen(hash));
    return j;
}

static int run(struct passwords *p, struct password_job *j)
{
    size_t had = home.n_home;

    assert_int_equal(password_submit(p, j), 0);
    wait_for(had + 1);
    return j->rc;
}

static void a_hash_is_of_its_password_only(void **state)
{
    struct password_job h = job(PASSWORD_HASH, "correct horse", "");
    struct password_job good, bad;

    assert_int_equal(run(*state, &h), 0);
    assert_memory_equal(h.hash, "$argon2id$v=19$m=8,t=1,p=1$", 27);
    assert_int_equal(crypto_pwhash_str_verify(h.hash, "correct horse", 13), 0);

    good = job(PASSWORD_VERIFY, "correct horse", h.hash);
    bad = job(PASSWORD_VERIFY, "correct horsf", h.hash);
    assert_int_equal(run(*state, &good), 0);
    assert_int_equal(run(*state, &bad), ERR_UNAUTHORIZED);
    assert_int_equal(password_waiting(*state), 0);
}

static void a_hash_of_another_program_is_read(void **state)
{
    /* printf 'correct horse' | argon2 somesaltsomesalt -id -t 2 -k 64 -p 1 -l 32 -e */
    static const char hash[] = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA"
                               "$uL2hQzJmxaz0Tfm2KK6uNjA0+UvbrHBEBwVmJYrNXCE";
    struct password_job j = job(PASSWORD_VERIFY, "correct horse", hash);

    assert_int_equal(run(*state, &j), 0);
}

/* An old hash is of the bytes that were typed; a new one of the usual form. */
static void a_password_is_the_same_from_every_keyboard(void **state)
{
    static const char composed[] = "gr\u00fcn gr\u00fcn",
                      apart[] = "gru\u0308n gru\u0308n";
    struct password_job now = job(PASSWORD_HASH, apart, ""), old = now, j;

    assert_int_equal(run(*state, &now), 0);
    j = job(PASSWORD_VERIFY, composed, now.hash);
    assert_int_equal(run(*state, &j), 0);
    assert_false(j.renewed);
    j = job(PASSWORD_VERIFY, "gr\u00fcn\u00a0gr\u00fcn", now.hash);
    assert_int_equal(run(*state, &j), 0);

    assert_int_equal(crypto_pwhash_str(old.hash, apart, strlen(apart), 1, 8192), 0);
    j = job(PASSWORD_VERIFY, composed, old.hash);
    assert_int_equal(run(*state, &j), ERR_UNAUTHORIZED);
    j = job(PASSWORD_VERIFY, apart, old.hash);
    assert_int_equal(run(*state, &j), 0);
    assert_true(j.renewed);
    assert_int_equal(crypto_pwhash_str_verify(j.hash, composed, strlen(composed)), 0);
    j = job(PASSWORD_VERIFY, "gru\u0308n", old.hash);
    assert_int_equal(run(*state, &j), ERR_UNAUTHORIZED);
    assert_false(j.renewed);
    assert_int_equal(j.typed_len, 0);
}

static void nobody_has_no_password(void **state)
{
    struct password_job j = job(PASSWORD_VERIFY, "correct horse", "");
    struct password_job empty = job(PASSWORD_VERIFY, "", "");

    assert_int_equal(run(*state, &j), ERR_UNAUTHORIZED);
    assert_int_equal(run(*state, &empty), ERR_UNAUTHORIZED);
}

/* What this process has used: others on the machine do not count. */
static uint64_t cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The processor's time for ten of them, on a lane of their own: only when its thread
 * has ended has the kernel counted all of it. */
static uint64_t verify_us(const struct password_opts *opts,
                          const struct password_job *like)
{
    uint64_t from = cpu_us();
    struct passwords *p;

    assert_int_equal(passwords_start(opts, &p), 0);
    for (int i = 0; i < 10; i++) {
        struct password_job j = *like;

        assert_int_equal(run(p, &j), ERR_UNAUTHORIZED);
    }
    passwords_stop(p);
    return cpu_us() - from;
}

static void nobody_takes_as_long_as_a_wrong_password(void **state)
{
    struct password_opts slower = CHEAP;
    struct passwords *p;
    struct password_job h = job(PASSWORD_HASH, "right", ""), wrong, nobody;

    (void)state;
    slower.memory_bytes = 4 << 20;
    assert_int_equal(passwords_start(&slower, &p), 0);
    assert_int_equal(run(p, &h), 0);
    passwords_stop(p);
    wrong = job(PASSWORD_VERIFY, "wrong", h.hash);
    nobody = job(PASSWORD_VERIFY, "wrong", "");
    /* milliseconds; otherwise microseconds */
    assert_true(verify_us(&slower, &nobody) * 4 > verify_us(&slower, &wrong));
}

static void a_hash_that_cannot_be_read_matches_nothing(void **state)
{
    struct password_job j = job(PASSWORD_VERIFY, "x", "$argon2id$v=19$rubbish");

    assert_int_equal(run(*state, &j), ERR_UNAVAILABLE);
}

static void the_password_is_wiped_when_the_job_is_home(void **state)
{
    static const char zeros[PASSWORD_BYTES];
    struct password_job h = job(PASSWORD_HASH, "correct horse", "");
    struct password_job v = job(PASSWORD_VERIFY, "correct horse", "");

    run(*state, &h);
    run(*state, &v);
    assert_memory_equal(h.password, zeros, sizeof zeros);
    assert_memory_equal(v.password, zeros, sizeof zeros);
    assert_int_equal(h.len + v.len, 0);
}

static void a_password_has_a_longest_length(void **state)
{
    static char text[PASSWORD_BYTES + 2];
    struct password_job j = job(PASSWORD_HASH, "old", "");

    (void)state;
    memset(text, 'x', PASSWORD_BYTES + 1);
    assert_int_equal(password_set(&j, str_of(text)), ERR_INVALID);
    assert_int_equal(j.len, 0);
    text[PASSWORD_BYTES] = '\0';
    assert_int_equal(password_set(&j, str_of(text)), 0);
    assert_int_equal(j.len, PASSWORD_BYTES);
}

static void every_job_comes_home(void **state)
{
    static struct password_job jobs[100];

    for (size_t i = 0; i < 100; i++) {
        jobs[i] = job(PASSWORD_HASH, "12345678", "");
        assert_int_equal(password_submit(*state, &jobs[i]), 0);
    }
    wait_for(100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(jobs[i].rc, 0);
    assert_string_not_equal(jobs[0].hash, jobs[1].hash); /* salted */
    assert_int_equal(password_waiting(*state), 0);
}

/* The lane cannot bring its first job home while this thread holds the home's lock, so
 * the jobs behind it wait for as long as the test wants. */
static void too_many_are_refused_and_those_taken_are_finished(void **state)
{
    struct password_opts few = CHEAP;
    struct passwords *p;
    struct password_job jobs[5];
    uint64_t give_up_ms = clock_mono_ms() + 10000;

    (void)state;
    few.n_lanes = 1;
    few.max_waiting = 3;
    assert_int_equal(passwords_start(&few, &p), 0);
    for (size_t i = 0; i < 5; i++)
        jobs[i] = job(PASSWORD_HASH, "12345678", "");

    pthread_mutex_lock(&home.lock);
    assert_int_equal(password_submit(p, &jobs[0]), 0);
    while (password_waiting(p) > 0 && clock_mono_ms() < give_up_ms)
        sched_yield();
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(password_submit(p, &jobs[i]), 0);
    assert_int_equal(password_waiting(p), 3);
    assert_int_equal(password_submit(p, &jobs[4]), ERR_OVERLOADED);
    assert_int_equal(password_waiting(p), 3);
    assert_int_equal(jobs[4].len, 8); /* still the caller's */
    pthread_mutex_unlock(&home.lock);

    assert_null(passwords_stop(p)); /* finishes them */
    wait_for(4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(jobs[i].rc, 0);
}

static struct password_job job_of(uint64_t address)
{
    struct password_job j = job(PASSWORD_HASH, "12345678", "");

    j.address = address;
    return j;
}

/* As above, the lane is held up. One address has filled the queue: another one's first
 * job goes before its second, and so on; the last of it have to go. */
static void addresses_take_turns(void **state)
{
    enum { A0, A1, A2, A3, A4, A5, B1, B2, N };
    static const int order[] = {A0, A4, A3, A1, B1, A2, B2};
    struct password_opts few = CHEAP;
    struct passwords *p;
    struct password_job jobs[N];
    uint64_t give_up_ms = clock_mono_ms() + 10000;

    (void)state;
    few.n_lanes = 1;
    few.max_waiting = 4;
    assert_int_equal(passwords_start(&few, &p), 0);
    for (int i = 0; i < N; i++)
        jobs[i] = job_of(i < B1 ? 1 : 2);

    pthread_mutex_lock(&home.lock);
    assert_int_equal(password_submit(p, &jobs[A0]), 0);
    while (mailbox_waiting(&home.box) == 0 && clock_mono_ms() < give_up_ms)
        sched_yield();
    for (int i = A1; i <= A4; i++)
        assert_int_equal(password_submit(p, &jobs[i]), 0);
    assert_int_equal(password_submit(p, &jobs[A5]), ERR_OVERLOADED);
    assert_true(password_has(p, 1));
    assert_false(password_has(p, 2));
    assert_int_equal(password_submit(p, &jobs[B1]), 0);
    assert_int_equal(password_submit(p, &jobs[B2]), 0);
    assert_true(password_has(p, 2));
    assert_int_equal(password_waiting(p), 4);
    assert_int_equal(password_refused(p), 3);
    pthread_mutex_unlock(&home.lock);

    assert_null(passwords_stop(p));
    wait_for(7);
    for (size_t i = 0; i < 7; i++)
        assert_ptr_equal(home.came[i], &jobs[order[i]].mail);
    assert_int_equal(jobs[A3].rc, ERR_OVERLOADED);
    assert_int_equal(jobs[A4].rc, ERR_OVERLOADED);
    assert_int_equal(jobs[A4].len, 0); /* its password is wiped */
    assert_int_equal(jobs[B2].rc + jobs[B1].rc + jobs[A1].rc + jobs[A2].rc, 0);
}

static void odd_parameters_are_refused(void **state)
{
    struct password_opts rows[] = {CHEAP, CHEAP, CHEAP, CHEAP};
    struct passwords *p = NULL;

    (void)state;
    rows[0].n_lanes = 0;
    rows[1].n_lanes = PASSWORD_LANES_MAX + 1;
    rows[2].memory_bytes = 8191;
    rows[3].passes = 0;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(passwords_start(&rows[i], &p), ERR_INVALID);
    assert_null(p);
    assert_null(passwords_stop(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hash_is_of_its_password_only),
        TEST(a_hash_of_another_program_is_read),
        TEST(a_password_is_the_same_from_every_keyboard),
        TEST(nobody_has_no_password),
        TEST(nobody_takes_as_long_as_a_wrong_password),
        TEST(a_hash_that_cannot_be_read_matches_nothing),
        TEST(the_password_is_wiped_when_the_job_is_home),
        TEST(a_password_has_a_longest_length),
        TEST(every_job_comes_home),
        TEST(too_many_are_refused_and_those_taken_are_finished),
        TEST(addresses_take_turns),
        TEST(odd_parameters_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
