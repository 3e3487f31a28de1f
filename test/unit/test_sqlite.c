/* test_sqlite.c — the file of the SQLite store: whose it is, what survives a crash and
 * a full disk, and what verify finds in one that was tampered with. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "lib/store_world.h"
#include "store/sqlite.h"
#include "store/sqlite_db.h"

static int setup(void **state)
{
    *state = world_new(&backend_sqlite);
    return 0;
}

static int teardown(void **state)
{
    world_free(*state);
    return 0;
}

/* ---- opening ---- */

struct path {
    char text[128];
};

static struct path path_of(const struct world *w)
{
    struct path p;

    snprintf(p.text, sizeof p.text, "%s/db", w->dir);
    return p;
}

/* By a connection of its own, as an operator would. */
static void run_sql(const struct world *w, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path_of(w).text, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void write_file(const struct world *w, const char *text)
{
    FILE *f = fopen(path_of(w).text, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void close_store(struct world *w)
{
    w->s->ops->free(w->s);
    w->s = NULL;
}

/* Opening must fail with rc, and say this. The store is closed, and made anew after. */
static void refuse(struct world *w, int rc, const char *part)
{
    struct path path = path_of(w);
    struct sqlite_opts opts = {.path = path.text, .must_exist = rc == ERR_UNAVAILABLE};
    char errmsg[512] = "";
    struct store *s = NULL;

    assert_int_equal(store_sqlite_open(&opts, &s, errmsg, sizeof errmsg), rc);
    assert_null(s);
    CHECK_HAS(str_of(errmsg), path.text);
    CHECK_HAS(str_of(errmsg), part);
    unlink(path.text);
    w->s = backend_sqlite.open(w->dir);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct world *w = *state;

    close_store(w);
    write_file(w, "Dear diary, today I have learned that this is not a database. "
                  "It was raining, and so I went home to read about B-trees.\n");
    refuse(w, ERR_CONFLICT, "is not a database");
}

static void the_database_of_another_program_is_refused(void **state)
{
    struct world *w = *state;

    close_store(w);
    unlink(path_of(w).text);
    run_sql(w, "CREATE TABLE cookies (name TEXT)");
    refuse(w, ERR_CONFLICT, "another program");
}

static void a_newer_database_is_refused(void **state)
{
    struct world *w = *state;

    close_store(w);
    run_sql(w, "PRAGMA user_version = 1000");
    refuse(w, ERR_CONFLICT, "newer program (schema 1000,");
}

static void a_database_that_must_exist_is_not_made(void **state)
{
    struct world *w = *state;

    close_store(w);
    unlink(path_of(w).text);
    refuse(w, ERR_UNAVAILABLE, "No such file");
}

static void nobody_else_may_read_the_file(void **state)
{
    struct world *w = *state;
    struct stat st;

    assert_int_equal(stat(path_of(w).text, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_is_stored_is_there_after_a_restart(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct account a;
    uint64_t position;

    PROJECT(w, keyed_vote(poll, 7, 1, 2), skipping(poll, 8));
    begin(w);
    assert_int_equal(w->s->ops->set_position(w->s, 4711), 0);
    commit(w);
    world_reopen(w);
    world_reopen(w); /* no migration runs twice */
    assert_string_equal(result_of(w, poll), "v2 total 1 skips 1: 0 1");
    assert_int_equal(w->s->ops->account_by_id(w->s, w->owner, &a), 0);
    assert_int_equal(w->s->ops->position(w->s, &position), 0);
    assert_int_equal(position, 4711);
    verified(w);
}

static int add_id(void *user_data, uint32_t poll)
{
    buf_printf(user_data, "%u ", poll);
    return 0;
}

/* As the first release left it: no index, and a poll that somebody has voted on. */
static void an_old_database_gets_its_indexes(void **state)
{
    struct world *w = *state;
    struct buf found = {0};

    close_store(w);
    unlink(path_of(w).text);
    run_sql(w, sqlite_migrations[0].sql);
    run_sql(w, "PRAGMA user_version = 1; PRAGMA application_id = 0x506f6c78;"
               "INSERT INTO polls VALUES (5, NULL, 1, NULL, NULL, 'always', 'anyone',"
               " 0, 'Old words', NULL, '[\"a\",\"b\"]', '[]');"
               "INSERT INTO results VALUES (5, 2, 1, 0, '[1,0]');"
               "INSERT INTO votes VALUES (5, 7, 0, 1, 2, NULL, NULL);"
               "INSERT INTO daily_votes VALUES (0, 7, 1)");
    w->s = backend_sqlite.open(w->dir);
    assert_int_equal(w->s->ops->search(w->s, STR("old w"), 9, add_id, &found), 0);
    assert_int_equal(w->s->ops->seen_each(w->s, 7, add_id, &found), 0);
    CHECK_STR(buf_str(&found), "5 5 ");
    buf_done(&found);
    PROJECT(w, deletion(5)); /* the index knows what to remove */
    verified(w);
}

/* ---- crashes ---- */

/* In another process, which ends without a word after it has projected. */
static void project_and_crash(struct world *w, const struct change *changes, size_t n,
                              bool committed)
{
    pid_t pid;
    int status;

    close_store(w);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        w->s = backend_sqlite.open(w->dir);
        w->s->ops->begin(w->s);
        w->s->ops->project(w->s, changes, n);
        w->s->ops->set_position(w->s, 99);
        if (committed)
            w->s->ops->commit(w->s);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    w->s = backend_sqlite.open(w->dir);
}

static void a_crash_before_the_commit_leaves_nothing(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    const struct change c[] = {vote(poll, 7, 0, 2), vote(poll, 8, 1, 3)};
    uint64_t position;

    project_and_crash(w, c, LENGTH(c), false);
    assert_string_equal(result_of(w, poll), "v1 total 0 skips 0: 0 0");
    assert_int_equal(w->s->ops->position(w->s, &position), 0);
    assert_int_equal(position, 0);
    project(w, c, LENGTH(c)); /* the replay */
    assert_string_equal(result_of(w, poll), "v3 total 2 skips 0: 1 1");
    verified(w);
}

static void a_crash_after_the_commit_loses_nothing(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    const struct change c[] = {vote(poll, 7, 0, 2), vote(poll, 8, 1, 3)};
    uint64_t position;

    project_and_crash(w, c, LENGTH(c), true);
    assert_string_equal(result_of(w, poll), "v3 total 2 skips 0: 1 1");
    assert_int_equal(w->s->ops->position(w->s, &position), 0);
    assert_int_equal(position, 99);
    project(w, c, LENGTH(c));
    assert_string_equal(result_of(w, poll), "v3 total 2 skips 0: 1 1");
    verified(w);
}

/* ---- a disk that fails ---- */

/* What the next writes and syncs answer; 0: what the disk does. By SQLite's own table
 * of system calls, and fdatasync() by being the program's own. */
static _Atomic int write_errno, sync_errno;
static ssize_t (*real_pwrite)(int fd, const void *p, size_t n, off_t at);

static ssize_t failing_pwrite(int fd, const void *p, size_t n, off_t at)
{
    if (write_errno != 0) {
        errno = write_errno;
        return -1;
    }
    return real_pwrite(fd, p, n, at);
}

int fdatasync(int fd)
{
    if (sync_errno != 0) {
        errno = sync_errno;
        return -1;
    }
    return fsync(fd);
}

static int use_failing_disk(void **state)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

    (void)state;
    real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))vfs->xGetSystemCall(
        vfs, "pwrite64");
    if (real_pwrite == NULL)
        real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))vfs->xGetSystemCall(
            vfs, "pwrite");
    if (real_pwrite == NULL)
        return -1;
    vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)failing_pwrite);
    vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)failing_pwrite);
    return 0;
}

struct disk_fault {
    const char *why, *errmsg;
    int write_errno, sync_errno;
};

static const struct disk_fault disk_faults[] = {
    {"the disk is full", "full", ENOSPC, 0},
    {"writing fails", "I/O", EIO, 0},
    {"the sync fails", "I/O", 0, EIO},
};

/* One transaction while the disk fails: something in it fails, and nothing of it is
 * there. */
static void fail_transaction(struct world *w, const struct disk_fault *f,
                             const struct change *c, size_t n)
{
    const struct store_ops *ops = w->s->ops;
    int rc;

    write_errno = f->write_errno;
    sync_errno = f->sync_errno;
    rc = ops->begin(w->s);
    if (rc == 0) {
        rc = ops->project(w->s, c, n);
        if (rc == 0)
            rc = ops->commit(w->s);
    }
    write_errno = sync_errno = 0;
    CHECK_EQ_AT(f->why, rc, ERR_UNAVAILABLE);
    CHECK_HAS_AT(f->why, str_of(ops->errmsg(w->s, STORE_WRITER)), f->errmsg);
    ops->rollback(w->s);
}

static void a_failing_disk_undoes_the_transaction(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < LENGTH(disk_faults); i++) {
        const struct disk_fault *f = &disk_faults[i];
        uint32_t poll = add_poll(w, 2);
        const struct change c[] = {vote(poll, 7, 0, 2), vote(poll, 8, 1, 3)};

        for (int repeat = 0; repeat < 2; repeat++) {
            fail_transaction(w, f, c, LENGTH(c));
            CHECK_STR_AT(f->why, str_of(result_of(w, poll)), "v1 total 0 skips 0: 0 0");
        }
        project(w, c, LENGTH(c));
        CHECK_STR_AT(f->why, str_of(result_of(w, poll)), "v3 total 2 skips 0: 1 1");
        verified(w);
        world_reopen(w);
        CHECK_STR_AT(f->why, str_of(result_of(w, poll)), "v3 total 2 skips 0: 1 1");
        verified(w);
    }
}

/* More than the cache holds, so that the disk is full in the middle of it, where SQLite
 * rolls back by itself: what comes then must not be a transaction of its own. */
static void a_transaction_that_fails_midway_stays_failed(void **state)
{
    struct world *w = *state;
    const struct store_ops *ops = w->s->ops;
    struct account a = {.username = "bob", .email = "bob@example.org"};
    struct poll p = {.title = STR("?"),
                     .options = {STR("a"), STR("b")},
                     .rules = {.owner_id = w->owner, .n_options = 2}};
    static char big[16384];
    const char *field;
    uint32_t id, n = 0;
    int rc;

    memset(big, 'x', sizeof big);
    p.description = (struct str){big, sizeof big};
    begin(w);
    write_errno = ENOSPC;
    while ((rc = ops->poll_add(w->s, &p, &id)) == 0 && n < 20000)
        n++;
    write_errno = 0;
    assert_int_equal(rc, ERR_UNAVAILABLE);
    assert_true(n > 100); /* midway indeed */
    assert_int_equal(ops->account_add(w->s, &a, &field), ERR_UNAVAILABLE);
    assert_int_equal(ops->poll_add(w->s, &p, &id), ERR_UNAVAILABLE);
    assert_int_equal(ops->project(w->s, NULL, 0), ERR_UNAVAILABLE);
    assert_int_equal(ops->set_position(w->s, 5), ERR_UNAVAILABLE);
    assert_int_equal(ops->commit(w->s), ERR_UNAVAILABLE);
    ops->rollback(w->s);
    assert_int_equal(ops->account_by_email(w->s, a.email, &a), ERR_NOT_FOUND);
    assert_int_equal(verified(w).polls, 0);
    add_user(w, "bob", "bob@example.org");
    assert_int_equal(verified(w).accounts, 2);
}

/* ---- verify ---- */

struct findings {
    size_t n;
    char texts[8][512];
};

static void keep_finding(void *user, const char *text)
{
    struct findings *f = user;

    if (f->n < LENGTH(f->texts))
        snprintf(f->texts[f->n], sizeof f->texts[0], "%s", text);
    f->n++;
}

/* Poll 1: user 7 for option 0, 8 for 1 (keyed); user 9 skipped, 6 withdrew (keyed).
 * Poll 2: none. */
static void verify_finds_what_was_tampered_with(void **state)
{
    static const struct {
        const char *why, *sql, *finding;
    } rows[] = {
        {"a poll that search does not know", "DELETE FROM poll_words_docsize",
         "search knows 0 polls, and there are 2"},
        {"a vote is gone", "DELETE FROM votes WHERE user_id = 7",
         "poll 1: 1 votes for option 0 are stored, and its rows are 0"},
        {"and so the total", "DELETE FROM votes WHERE user_id = 7",
         "poll 1: 2 votes are stored, and its rows are 1"},
        {"a vote was added", "INSERT INTO votes VALUES (2, 7, 1, 1, 2, NULL, NULL)",
         "poll 2: 0 votes for option 1 are stored, and its rows are 1"},
        {"a vote was moved", "UPDATE votes SET option = 1 WHERE user_id = 7",
         "poll 1: 1 votes for option 1 are stored, and its rows are 2"},
        {"an option that the poll does not have",
         "UPDATE votes SET option = 2 WHERE user_id = 7",
         "poll 1: 1 votes are for option 2, which it does not have"},
        {"an option that no poll has", "UPDATE votes SET option = 20 WHERE user_id = 7",
         "poll 1: user 7 voted for option 20, which no poll has"},
        {"a skip is gone", "DELETE FROM skips",
         "poll 1: 1 skips are stored, and its rows are 0"},
        {"the total is wrong", "UPDATE results SET total = 3 WHERE poll_id = 1",
         "poll 1: 3 votes are stored, and its rows are 2"},
        {"the counts are not one for each option",
         "UPDATE results SET counts = '[1,1,0]' WHERE poll_id = 1",
         "poll 1 has no counts, or not one for each of its options"},
        {"the counts are no list", "UPDATE results SET counts = '' WHERE poll_id = 1",
         "poll 1 has no counts"},
        {"the result is gone", "DELETE FROM results WHERE poll_id = 2",
         "poll 2 has no counts"},
        {"the version is below the votes",
         "UPDATE results SET base_version = 2 WHERE poll_id = 1",
         "poll 1 is at version 2, and its votes need at least 3"},
        {"the version is below a vote's",
         "UPDATE votes SET version = 9 WHERE user_id = 7",
         "poll 1 is at version 5, and its votes need at least 9"},
        {"votes of no poll", "DELETE FROM polls WHERE id = 1",
         "poll 1 is not there, but has 2 votes and 1 skips"},
        {"votes of no poll, behind all",
         "INSERT INTO votes VALUES (9, 7, 0, 1, 2, NULL, NULL)",
         "poll 9 is not there, but has 1 votes and 0 skips"},
        {"skips of no poll", "INSERT INTO skips VALUES (9, 7, 1)",
         "poll 9 is not there, but has 0 votes and 1 skips"},
        {"voted and skipped", "INSERT INTO skips VALUES (1, 7, 1)",
         "poll 1: user 7 has both voted and skipped"},
        {"a receipt is cut off", "UPDATE votes SET receipt = x'0080' WHERE user_id = 8",
         "poll 1: the receipt of user 8 cannot be read"},
        {"a withdrawn receipt is cut off",
         "UPDATE withdrawn_receipts SET receipt = x'0080'",
         "poll 1: the receipt of user 6, who withdrew, cannot be read"},
        {"its key is cut off", "UPDATE withdrawn_receipts SET key = x'00'",
         "poll 1: the receipt of user 6, who withdrew, cannot be read"},
        {"a withdrawn receipt of no poll", "UPDATE withdrawn_receipts SET poll_id = 9",
         "poll 9 is not there, but has a withdrawn vote's receipt"},
        {"a key of no poll", "UPDATE poll_keys SET poll_id = 9 WHERE deleted = 0",
         "poll 9 has a key, and is not there for its owner"},
        {"a key of somebody else's poll",
         "UPDATE polls SET owner_id = NULL WHERE id = 2",
         "poll 2 has a key, and is not there for its owner"},
        {"a key that outlives nothing", "UPDATE poll_keys SET deleted = 1",
         "poll 2 is there, and its key is a deleted poll's"},
        {"a day is too low", "DELETE FROM daily_votes WHERE user_id = 7",
         "user 7: 0 votes are stored for the newest day, and 1 are there"},
        {"an owner who is not there", "UPDATE polls SET owner_id = 99 WHERE id = 2",
         "row 2 of polls refers to accounts that are not there"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct world *own = world_new(&backend_sqlite);
        struct findings f = {0};
        struct store_totals totals;
        bool found = false;
        uint32_t poll = add_poll(own, 2);

        add_key(own, &(struct poll_key){.key = {1}}, add_poll(own, 2));
        PROJECT(own, vote(poll, 7, 0, 2), keyed_vote(poll, 8, 1, 3), skipping(poll, 9),
                keyed_vote(poll, 6, 0, 4), withdrawal(poll, 6, 0, 5));
        verified(own);
        run_sql(own, rows[i].sql);
        if (strstr(rows[i].sql, "DELETE FROM polls") != NULL) /* its keys were off */
            run_sql(own, "DELETE FROM results WHERE poll_id = 1");
        CHECK_EQ_AT(rows[i].why, own->s->ops->verify(own->s, keep_finding, &f, &totals),
                    ERR_CONFLICT);
        for (size_t k = 0; k < f.n && k < LENGTH(f.texts); k++)
            found |= strstr(f.texts[k], rows[i].finding) != NULL;
        if (!found)
            fail_msg("%s: %zu findings, the first: %s", rows[i].why, f.n, f.texts[0]);
        world_free(own);
    }
}

static void verify_finds_a_damaged_page(void **state)
{
    struct world *w = *state;
    struct findings f = {0};
    struct store_totals totals;
    char junk[4096];
    int fd;

    add_poll(w, 2);
    world_reopen(w); /* out of the WAL */
    close_store(w);
    memset(junk, 0x5a, sizeof junk);
    fd = open(path_of(w).text, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, junk, sizeof junk, 4096), sizeof junk);
    close(fd);
    w->s = backend_sqlite.open(w->dir);
    assert_int_equal(w->s->ops->verify(w->s, keep_finding, &f, &totals), ERR_CONFLICT);
    CHECK_HAS(str_of(f.texts[0]), "the database");
}

static void totals_are_of_the_rows(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct store_totals totals;

    add_poll(w, 2);
    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 8, 1, 3), skipping(poll, 9));
    totals = verified(w);
    assert_int_equal(totals.accounts, 1);
    assert_int_equal(totals.polls, 2);
    assert_int_equal(totals.votes, 2);
    assert_int_equal(totals.skips, 1);
}

/* ---- reading what was tampered with ---- */

static void a_receipt_that_cannot_be_read_is_an_error_with_its_user(void **state)
{
    static const struct {
        const char *why, *sql, *errmsg;
    } rows[] = {
        {"of a vote", "UPDATE votes SET receipt = x'0080'",
         "poll 1: the receipt of user 8 cannot be read"},
        {"of a withdrawn one", "UPDATE withdrawn_receipts SET receipt = x'0080'",
         "poll 1: the receipt of user 6, who withdrew, cannot be read"},
        {"its key", "UPDATE withdrawn_receipts SET key = x'00'",
         "poll 1: the receipt of user 6, who withdrew, cannot be read"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct world *own = world_new(&backend_sqlite);
        uint32_t poll = add_poll(own, 2);
        struct tally *t;

        PROJECT(own, keyed_vote(poll, 8, 1, 2), keyed_vote(poll, 6, 0, 3),
                withdrawal(poll, 6, 0, 4));
        run_sql(own, rows[i].sql);
        CHECK_EQ_AT(rows[i].why, own->s->ops->tally_load(own->s, poll, &t),
                    ERR_UNAVAILABLE);
        CHECK_HAS_AT(rows[i].why, str_of(own->s->ops->errmsg(own->s, STORE_READER)),
                     rows[i].errmsg);
        world_free(own);
    }
}

static int drop(void *user, struct stored_poll *p)
{
    (void)user;
    poll_unref(p->poll);
    return 0;
}

static void a_poll_that_cannot_be_read_is_an_error_with_its_id(void **state)
{
    static const struct {
        const char *why, *sql, *errmsg;
    } rows[] = {
        {"an option is a number", "UPDATE polls SET options = '[1,\"b\"]'",
         "poll 1 has options or tags that cannot be read"},
        {"fewer options than counts", "UPDATE polls SET options = '[\"a\"]'",
         "poll 1 has options or tags that cannot be read"},
        {"a tag is a number", "UPDATE polls SET tags = '[1]'",
         "poll 1 has options or tags that cannot be read"},
        {"no counts", "UPDATE results SET counts = '[]'",
         "poll 1 has no counts, or none that can be read"},
        {"unknown rules",
         "PRAGMA ignore_check_constraints = 1; UPDATE polls SET voters = 'cats'",
         "poll 1 has rules that are not known"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct world *own = world_new(&backend_sqlite);

        add_poll(own, 2);
        run_sql(own, rows[i].sql);
        CHECK_EQ_AT(rows[i].why, own->s->ops->each_poll(own->s, drop, NULL),
                    ERR_UNAVAILABLE);
        CHECK_STR_AT(rows[i].why, str_of(own->s->ops->errmsg(own->s, STORE_READER)),
                     rows[i].errmsg);
        world_free(own);
    }
}

static void old_days_are_forgotten(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct change c[3];

    for (uint32_t i = 0; i < 3; i++) {
        c[i] = vote(poll, 7 + i, 0, 2 + i);
        c[i].at_ms = (19800LL + i) * CLOCK_DAY_MS;
    }
    project(w, c, 3);
    assert_int_equal(daily(w, 19800, 7), 0);
    assert_int_equal(daily(w, 19801, 8), 1);
    assert_int_equal(daily(w, 19802, 9), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_that_is_no_database_is_refused),
        TEST(the_database_of_another_program_is_refused),
        TEST(a_newer_database_is_refused),
        TEST(a_database_that_must_exist_is_not_made),
        TEST(nobody_else_may_read_the_file),
        TEST(what_is_stored_is_there_after_a_restart),
        TEST(an_old_database_gets_its_indexes),
        TEST(a_crash_before_the_commit_leaves_nothing),
        TEST(a_crash_after_the_commit_loses_nothing),
        TEST(a_failing_disk_undoes_the_transaction),
        TEST(a_transaction_that_fails_midway_stays_failed),
        cmocka_unit_test(verify_finds_what_was_tampered_with),
        TEST(verify_finds_a_damaged_page),
        TEST(totals_are_of_the_rows),
        cmocka_unit_test(a_receipt_that_cannot_be_read_is_an_error_with_its_user),
        cmocka_unit_test(a_poll_that_cannot_be_read_is_an_error_with_its_id),
        TEST(old_days_are_forgotten),
    };

    return cmocka_run_group_tests(tests, use_failing_disk, NULL);
}
