/* test_part_file.c — a file that appears whole or not at all. */
#include "lib/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/journal_world.h"
#include "store/part_file.h"

struct world {
    char dir[DIR_BYTES];
    char path[128];
    struct part_file f;
    char errmsg[512];
};

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);

    dir_make(w->dir);
    snprintf(w->path, sizeof w->path, "%s/copy", w->dir);
    w->f.fd = -1;
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    part_file_done(&w->f);
    dir_remove(w->dir);
    mem_free(w);
    return 0;
}

static int try_open(struct world *w, bool replace)
{
    return part_file_open(w->path, replace, &w->f, w->errmsg, sizeof w->errmsg);
}

static void open_it(struct world *w, bool replace)
{
    CHECK_EQ_AT(w->errmsg, try_open(w, replace), 0);
}

static void check_file(struct world *w, const char *name, const char *content)
{
    struct buf b = file_read(w->dir, name);

    CHECK_STR_AT(name, buf_str(&b), content);
    buf_done(&b);
}

static void it_has_its_name_when_it_is_finished(void **state)
{
    struct world *w = *state;
    struct stat st;

    umask(0);
    open_it(w, false);
    assert_string_equal(w->f.path, w->path);
    assert_false(dir_has(w->dir, "copy"));
    file_write(w->dir, "copy.part", "abc", 3);
    assert_int_equal(part_file_finish(&w->f, w->errmsg, sizeof w->errmsg), 0);
    part_file_done(&w->f);
    check_file(w, "copy", "abc");
    assert_int_equal(dir_files(w->dir), 1);
    assert_int_equal(stat(w->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_is_not_finished_leaves_nothing(void **state)
{
    struct world *w = *state;

    open_it(w, false);
    file_write(w->dir, "copy.part", "abc", 3);
    file_write(w->dir, "copy.part-wal", "abc", 3);
    part_file_done(&w->f);
    assert_int_equal(dir_files(w->dir), 0);
    part_file_done(&w->f); /* once more does no harm */
}

static void what_is_there_is_replaced_only_if_asked(void **state)
{
    struct world *w = *state;

    file_write(w->dir, "copy", "old", 3);
    assert_int_equal(try_open(w, false), ERR_CONFLICT);
    CHECK_HAS(str_of(w->errmsg), "copy is there already: --force");
    open_it(w, true);
    check_file(w, "copy", "old");
    assert_int_equal(part_file_finish(&w->f, w->errmsg, sizeof w->errmsg), 0);
    check_file(w, "copy", "");
}

static void what_has_come_meanwhile_is_not_replaced(void **state)
{
    struct world *w = *state;

    open_it(w, false);
    file_write(w->dir, "copy", "new", 3);
    assert_int_equal(part_file_finish(&w->f, w->errmsg, sizeof w->errmsg),
                     ERR_CONFLICT);
    part_file_done(&w->f);
    check_file(w, "copy", "new");
    assert_int_equal(dir_files(w->dir), 1);
}

static void only_a_file_is_replaced(void **state)
{
    struct world *w = *state;

    assert_int_equal(symlink("/nonexistent", w->path), 0);
    assert_int_equal(try_open(w, true), ERR_CONFLICT);
    CHECK_HAS(str_of(w->errmsg), "is not a file");
}

static void one_writes_at_a_time(void **state)
{
    struct world *w = *state;
    struct part_file second = {.fd = -1};

    open_it(w, false);
    file_write(w->dir, "copy.part", "abc", 3);
    assert_int_equal(
        part_file_open(w->path, true, &second, w->errmsg, sizeof w->errmsg),
        ERR_CONFLICT);
    CHECK_HAS(str_of(w->errmsg), "somebody else is writing");
    check_file(w, "copy.part", "abc");
}

/* With what SQLite left beside it, which would be brought into the new one. */
static void an_interrupted_one_is_taken_over(void **state)
{
    struct world *w = *state;
    struct stat st;
    char part[160];

    file_write(w->dir, "copy.part", "abc", 3);
    file_write(w->dir, "copy.part-journal", "abc", 3);
    file_write(w->dir, "copy.part-wal", "abc", 3);
    file_write(w->dir, "copy.part-shm", "abc", 3);
    snprintf(part, sizeof part, "%s.part", w->path);
    assert_int_equal(chmod(part, 0644), 0);
    open_it(w, false);
    check_file(w, "copy.part", "");
    assert_int_equal(dir_files(w->dir), 1);
    assert_int_equal(fstat(w->f.fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_directory_that_is_not_there_is_named(void **state)
{
    struct world *w = *state;

    assert_int_equal(
        part_file_open("/nonexistent/copy", false, &w->f, w->errmsg, sizeof w->errmsg),
        ERR_UNAVAILABLE);
    CHECK_HAS(str_of(w->errmsg),
              "cannot write /nonexistent/copy.part: No such file or directory");
}

static void it_may_be_here(void **state)
{
    struct world *w = *state;

    assert_int_equal(chdir(w->dir), 0);
    assert_int_equal(part_file_open("copy", false, &w->f, w->errmsg, sizeof w->errmsg),
                     0);
    assert_int_equal(part_file_finish(&w->f, w->errmsg, sizeof w->errmsg), 0);
    assert_true(dir_has(w->dir, "copy"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_has_its_name_when_it_is_finished),
        TEST(what_is_not_finished_leaves_nothing),
        TEST(what_is_there_is_replaced_only_if_asked),
        TEST(what_has_come_meanwhile_is_not_replaced),
        TEST(only_a_file_is_replaced),
        TEST(one_writes_at_a_time),
        TEST(an_interrupted_one_is_taken_over),
        TEST(a_directory_that_is_not_there_is_named),
        TEST(it_may_be_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
