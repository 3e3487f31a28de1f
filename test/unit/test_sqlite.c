/* test_sqlite.c — the file of the SQLite store: whose it is, and what survives a crash
 * and a full disk. What verify finds in it is in test_sqlite_verify.c. */
#include "lib/check.h"

#include <errno.h>
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

/* ---- opening ---- */

static void write_file(const struct world *w, const char *text)
{
    FILE *f = fopen(path_of(w).text, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
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

    world_close(w);
    write_file(w, "Dear diary, today I have learned that this is not a database. "
                  "It was raining, and so I went home to read about B-trees.\n");
    refuse(w, ERR_CONFLICT, "is not a database");
}

static void the_database_of_another_program_is_refused(void **state)
{
    struct world *w = *state;

    world_close(w);
    unlink(path_of(w).text);
    run_sql(w, "CREATE TABLE cookies (name TEXT)");
    refuse(w, ERR_CONFLICT, "another program");
}

static void a_newer_database_is_refused(void **state)
{
    struct world *w = *state;

    world_close(w);
    run_sql(w, "PRAGMA user_version = 1000");
    refuse(w, ERR_CONFLICT, "newer program (schema 1000,");
}

static void a_database_that_must_exist_is_not_made(void **state)
{
    struct world *w = *state;

    world_close(w);
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

/* As the first release left it: no index, and a poll that somebody has voted on. */
static void an_old_database_gets_its_indexes(void **state)
{
    struct world *w = *state;
    struct buf found = {0};

    world_close(w);
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

static void check_email(struct world *w, const char *email, int want_rc, uint32_t want)
{
    struct account a = {.id = 0};

    CHECK_EQ_AT(email, w->s->ops->account_by_email(w->s, email, &a), want_rc);
    CHECK_EQ_AT(email, a.id, want);
}

static int rename_to(struct world *w, uint32_t id, const char *username,
                     const char *email)
{
    struct account_change c = {.username = username, .email = email};
    const char *field;
    int rc;

    begin(w);
    rc = w->s->ops->account_change(w->s, id, &c, &field);
    commit(w);
    return rc;
}

/* Accounts of before that would be the same now: each goes on. */
static void old_accounts_that_look_alike_go_on(void **state)
{
    struct world *w = *state;

    world_close(w);
    unlink(path_of(w).text);
    for (int i = 0; i < 7; i++)
        run_sql(w, sqlite_migrations[i].sql);
    run_sql(w, "PRAGMA user_version = 7; PRAGMA application_id = 0x506f6c78;"
               "INSERT INTO accounts VALUES"
               " (3, 'user', 1, 'Jo\u0308rg', 'jo\u0308rg@x.org', 'a', 'b', 'h'),"
               " (4, 'user', 1, 'J\u00f6rg', 'j\u00f6rg@x.org', 'c', 'd', 'h'),"
               " (5, 'user', 1, 'ada', 'ADA@x.org', 'ada', 'ada@x.org', 'h'),"
               " (6, 'guest', 1, NULL, NULL, NULL, NULL, NULL)");
    w->s = backend_sqlite.open(w->dir);
    check_email(w, "jo\u0308rg@x.org", 0, 3);
    check_email(w, "j\u00f6rg@x.org", 0, 4);
    check_email(w, "J\u00d6RG@x.org", 0, 3); /* the older one */
    check_email(w, "ada@X.org", 0, 5);
    check_email(w, "jo\u0308rg", ERR_NOT_FOUND, 0);
    assert_int_equal(rename_to(w, 4, "J\u00f6rg", "j\u00f6rg@x.org"), 0);
    assert_int_equal(rename_to(w, 3, "J\u00f6rg", "j\u00f6rg@x.org"), 0); /* as it is */
    assert_int_equal(rename_to(w, 5, "j\u00d6rg", NULL), ERR_CONFLICT);
    assert_int_equal(rename_to(w, 4, "Georg", "georg@x.org"), 0);
    check_email(w, "georg@x.org", 0, 4);
    verified(w);
}

/* As after an upgrade of the system, whose tables differ. */
static void words_and_keys_are_made_again_when_the_rules_change(void **state)
{
    struct world *w = *state;
    struct buf found = {0};

    add_user(w, "Zoe", "zoe@x.org");
    add_poll(w, 2);
    world_close(w);
    run_sql(w,
            "DELETE FROM poll_words; UPDATE text_rules SET made_with = 'of old';"
            "UPDATE accounts SET username_key = id, username_look = id, email_key = id"
            " WHERE username IS NOT NULL");
    w->s = backend_sqlite.open(w->dir);
    check_email(w, "ZOE@x.org", 0, 2);
    assert_int_equal(rename_to(w, w->owner, "ZOE", NULL), ERR_CONFLICT);
    verified(w);
    world_close(w);
    run_sql(w, "DELETE FROM poll_words");
    w->s = backend_sqlite.open(w->dir); /* nothing has changed: nothing is made */
    assert_int_equal(w->s->ops->search(w->s, STR("which"), 9, add_id, &found), 0);
    CHECK_STR(buf_str(&found), "");
    buf_done(&found);
}

/* ---- crashes ---- */

/* In another process, which ends without a word after it has projected. */
static void project_and_crash(struct world *w, const struct change *changes, size_t n,
                              bool committed)
{
    pid_t pid;
    int status;

    world_close(w);
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

/* ---- tidying ---- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        SQLITE_TEST(a_file_that_is_no_database_is_refused),
        SQLITE_TEST(the_database_of_another_program_is_refused),
        SQLITE_TEST(a_newer_database_is_refused),
        SQLITE_TEST(a_database_that_must_exist_is_not_made),
        SQLITE_TEST(nobody_else_may_read_the_file),
        SQLITE_TEST(what_is_stored_is_there_after_a_restart),
        SQLITE_TEST(an_old_database_gets_its_indexes),
        SQLITE_TEST(old_accounts_that_look_alike_go_on),
        SQLITE_TEST(words_and_keys_are_made_again_when_the_rules_change),
        SQLITE_TEST(a_crash_before_the_commit_leaves_nothing),
        SQLITE_TEST(a_crash_after_the_commit_loses_nothing),
        SQLITE_TEST(a_failing_disk_undoes_the_transaction),
        SQLITE_TEST(a_transaction_that_fails_midway_stays_failed),
        SQLITE_TEST(old_days_are_forgotten),
    };

    return cmocka_run_group_tests(tests, use_failing_disk, NULL);
}
