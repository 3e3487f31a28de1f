/* test_sqlite_copy.c — copies of a store's file, while it is in use and while it is
 * not.
 */
#include "lib/check.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/store_world.h"
#include "store/data_set.h"
#include "store/sqlite.h"
#include "store/sqlite_copy.h"

/* A store, and a second one whose file is a copy of the first one's. */
struct pair {
    struct world *w;
    struct world copy;
    char from[128], to[128], errmsg[512];
};

static int setup(void **state)
{
    struct pair *p = mem_zalloc(1, sizeof *p);

    p->w = world_new(&backend_sqlite);
    p->copy.backend = &backend_sqlite;
    snprintf(p->copy.dir, sizeof p->copy.dir, "/tmp/pollux-copy-XXXXXX");
    assert_non_null(mkdtemp(p->copy.dir));
    snprintf(p->from, sizeof p->from, "%s/db", p->w->dir);
    snprintf(p->to, sizeof p->to, "%s/db", p->copy.dir);
    *state = p;
    return 0;
}

static void close_copy(struct pair *p)
{
    if (p->copy.s != NULL)
        p->copy.s = p->copy.s->ops->free(p->copy.s);
}

static int teardown(void **state)
{
    struct pair *p = *state;

    close_copy(p);
    chmod(p->copy.dir, 0700);
    unlink(p->to);
    rmdir(p->copy.dir);
    world_free(p->w);
    mem_free(p);
    return 0;
}

static int try_copy(struct pair *p)
{
    struct sqlite_copy c = {.from = p->from, .to = p->to};

    close(open(p->to, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600));
    return sqlite_copy(&c, p->errmsg, sizeof p->errmsg);
}

static void open_copy(struct pair *p)
{
    p->copy.s = backend_sqlite.open(p->copy.dir);
}

static void a_copy_has_what_was_committed(void **state)
{
    struct pair *p = *state;
    uint32_t poll = add_poll(p->w, 2);
    uint64_t position;

    PROJECT(p->w, keyed_vote(poll, 7, 1, 2), skipping(poll, 8));
    begin(p->w);
    p->w->s->ops->set_position(p->w->s, 4711);
    commit(p->w);
    begin(p->w); /* beside a transaction that is not committed yet */
    p->w->s->ops->set_position(p->w->s, 9999);
    CHECK_EQ_AT(p->errmsg, try_copy(p), 0);
    commit(p->w);
    open_copy(p);
    assert_string_equal(result_of(&p->copy, poll), "v2 total 1 skips 1: 0 1");
    assert_int_equal(p->copy.s->ops->position(p->copy.s, &position), 0);
    assert_int_equal(position, 4711);
    assert_int_equal(verified(&p->copy).votes, 1);
}

struct meddler {
    struct pair *p;
    uint32_t poll;
    uint64_t calls, last, all;
};

/* The writer goes on while the copy is made. */
static void meddle(void *user, uint64_t done_bytes, uint64_t all_bytes)
{
    struct meddler *m = user;

    assert_true(done_bytes > m->last && done_bytes <= all_bytes);
    m->last = done_bytes;
    m->all = all_bytes;
    PROJECT(m->p->w, vote(m->poll, 1000 + (uint32_t)m->calls, 0, 2 + m->calls));
    m->calls++;
}

/* Large enough for several steps. */
static void grow(struct pair *p)
{
    static char big[1 << 20];
    struct poll poll = {.title = STR("?"),
                        .description = {big, sizeof big},
                        .options = {STR("a"), STR("b")},
                        .rules = {.owner_id = p->w->owner, .n_options = 2}};
    uint32_t id;

    memset(big, 'x', sizeof big);
    begin(p->w);
    for (int i = 0; i < 16; i++)
        assert_int_equal(p->w->s->ops->poll_add(p->w->s, &poll, &id), 0);
    commit(p->w);
}

static void a_copy_is_of_one_moment(void **state)
{
    struct pair *p = *state;
    struct meddler m = {.p = p, .poll = add_poll(p->w, 2)};
    struct sqlite_copy c = {
        .from = p->from, .to = p->to, .progress = meddle, .user = &m};

    grow(p);
    close(open(p->to, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    CHECK_EQ_AT(p->errmsg, sqlite_copy(&c, p->errmsg, sizeof p->errmsg), 0);
    assert_true(m.calls >= 3);
    assert_true(m.all > 16 << 20 && m.all < 40 << 20);
    open_copy(p);
    assert_string_equal(result_of(&p->copy, m.poll), "v1 total 0 skips 0: 0 0");
    verified(&p->copy);
    assert_int_equal(verified(p->w).votes, m.calls);
}

static void what_is_no_store_is_refused(void **state)
{
    struct pair *p = *state;

    run_sql(p->w, "PRAGMA user_version = 1000");
    assert_int_equal(try_copy(p), ERR_CONFLICT);
    CHECK_HAS(str_of(p->errmsg), "newer program");
    p->w->s->ops->free(p->w->s);
    unlink(p->from);
    assert_int_equal(try_copy(p), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(p->errmsg), p->from);
    run_sql(p->w, "CREATE TABLE cookies (name TEXT)");
    assert_int_equal(try_copy(p), ERR_CONFLICT);
    CHECK_HAS(str_of(p->errmsg), "another program");
    unlink(p->from);
    close(open(p->from, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    assert_int_equal(try_copy(p), ERR_CONFLICT);
    CHECK_HAS(str_of(p->errmsg), "is empty");
    unlink(p->from);
    p->w->s = backend_sqlite.open(p->w->dir);
}

static void a_copy_that_cannot_be_written_fails(void **state)
{
    struct pair *p = *state;
    struct sqlite_copy c = {.from = p->from, .to = "/dev/full"};

    assert_int_equal(sqlite_copy(&c, p->errmsg, sizeof p->errmsg), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(p->errmsg), "/dev/full");
}

/* 1: rollback journal, 2: write-ahead log; in the header of the file. */
static int format_of(const char *path)
{
    unsigned char header[20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_int_equal(read(fd, header, sizeof header), sizeof header);
    close(fd);
    return header[18];
}

static void a_sealed_file_needs_no_companions(void **state)
{
    struct pair *p = *state;

    CHECK_EQ_AT(p->errmsg, try_copy(p), 0);
    open_copy(p);
    close_copy(p);
    assert_int_equal(format_of(p->to), 2);
    CHECK_EQ_AT(p->errmsg, sqlite_seal(p->to, p->errmsg, sizeof p->errmsg), 0);
    assert_int_equal(format_of(p->to), 1);
    open_copy(p);
    verified(&p->copy);
    close_copy(p);
    assert_int_equal(format_of(p->to), 2);
}

static void ids_go_on_far_behind_those_of_the_copy(void **state)
{
    struct pair *p = *state;
    uint32_t poll = add_poll(p->w, 2);

    CHECK_EQ_AT(p->errmsg, try_copy(p), 0);
    CHECK_EQ_AT(p->errmsg, sqlite_skip_ids(p->to, p->errmsg, sizeof p->errmsg), 0);
    open_copy(p);
    p->copy.owner = add_user(&p->copy, "bob", "bob@example.org");
    assert_int_equal(p->copy.owner, p->w->owner + SQLITE_SKIP_ACCOUNTS + 1);
    assert_int_equal(add_poll(&p->copy, 2), poll + SQLITE_SKIP_POLLS + 1);
    verified(&p->copy);
}

static void ids_are_left_out_where_none_was_given_yet(void **state)
{
    struct pair *p = *state;

    CHECK_EQ_AT(p->errmsg, try_copy(p), 0);
    CHECK_EQ_AT(p->errmsg, sqlite_skip_ids(p->to, p->errmsg, sizeof p->errmsg), 0);
    open_copy(p);
    p->copy.owner = p->w->owner;
    assert_int_equal(add_poll(&p->copy, 2), SQLITE_SKIP_POLLS + 1);
}

/* Whatever the clock says, beyond all that the copy has shown: hidden results count
 * three for an edit from the first version. */
static void versions_go_on_far_above_those_of_the_copy(void **state)
{
    static const struct {
        const char *why, *sql;
        int64_t now_ms;
        uint64_t first;
    } rows[] = {
        {"a clock before 2024", "SELECT 1", 0, 1000002},
        {"edits", "UPDATE polls SET edits = 3000000", 0, 10000002},
        {"the clock", "SELECT 1", INT64_C(1704067200000) + 1000000, 250000001},
        {"results", "UPDATE results SET base_version = 5000000000", 0, 5001000001},
        {"new polls", "UPDATE data_set SET first_version = 7000000000", 0, 7010000001},
    };
    struct pair *p = *state;
    struct data_set set;

    add_poll(p->w, 2);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        run_sql(p->w, rows[i].sql);
        CHECK_EQ_AT(rows[i].why, try_copy(p), 0);
        CHECK_EQ_AT(
            p->errmsg,
            data_set_skip_versions(p->to, rows[i].now_ms, p->errmsg, sizeof p->errmsg),
            0);
        CHECK_EQ_AT(p->errmsg,
                    data_set_read(p->to, false, &set, p->errmsg, sizeof p->errmsg), 0);
        CHECK_AT(rows[i].why, set.first_version == rows[i].first);
    }
    open_copy(p);
    assert_string_equal(result_of(&p->copy, 1), "v7010000001 total 0 skips 0: 0 0");
    p->copy.owner = p->w->owner;
    add_poll(&p->copy, 2);
    assert_string_equal(result_of(&p->copy, 2), "v7010000001 total 0 skips 0: 0 0");
}

/* ---- looking beside a server ---- */

static void a_reader_beside_the_writer_sees_what_is_committed(void **state)
{
    struct pair *p = *state;
    struct sqlite_opts opts = {.path = p->from, .read_only = true};
    struct world look = {0};
    uint32_t poll = add_poll(p->w, 2);

    CHECK_EQ_AT(p->errmsg,
                store_sqlite_open(&opts, &look.s, p->errmsg, sizeof p->errmsg), 0);
    PROJECT(p->w, vote(poll, 7, 1, 2));
    assert_string_equal(result_of(&look, poll), "v2 total 1 skips 0: 0 1");
    look.s->ops->free(look.s);
}

static void a_reader_migrates_nothing(void **state)
{
    struct pair *p = *state;
    struct sqlite_opts opts = {.path = p->from, .read_only = true};
    struct store *s = NULL;

    run_sql(p->w, "PRAGMA user_version = 0");
    assert_int_equal(store_sqlite_open(&opts, &s, p->errmsg, sizeof p->errmsg),
                     ERR_CONFLICT);
    CHECK_HAS(str_of(p->errmsg), "older program (schema 0, this one's is");
    opts.path = p->to;
    assert_int_equal(store_sqlite_open(&opts, &s, p->errmsg, sizeof p->errmsg),
                     ERR_UNAVAILABLE);
    assert_int_not_equal(access(p->to, F_OK), 0);
    assert_null(s);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_has_what_was_committed),
        TEST(a_copy_is_of_one_moment),
        TEST(what_is_no_store_is_refused),
        TEST(a_copy_that_cannot_be_written_fails),
        TEST(a_sealed_file_needs_no_companions),
        TEST(ids_go_on_far_behind_those_of_the_copy),
        TEST(ids_are_left_out_where_none_was_given_yet),
        TEST(versions_go_on_far_above_those_of_the_copy),
        TEST(a_reader_beside_the_writer_sees_what_is_committed),
        TEST(a_reader_migrates_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
