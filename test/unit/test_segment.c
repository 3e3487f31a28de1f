/* test_segment.c — the files of a journal. */
#include "lib/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ballot/segment.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/journal_world.h"

enum { BYTES = 100000 };

static int setup(void **state)
{
    *state = mem_alloc(DIR_BYTES);
    dir_make(*state);
    return 0;
}

static int teardown(void **state)
{
    dir_remove(*state);
    mem_free(*state);
    return 0;
}

static struct segment create(const char *dir, uint64_t start, uint64_t size)
{
    struct segment s;

    assert_int_equal(segment_create(dir, start, size, STR(""), &s), 0);
    assert_int_equal(s.start, start);
    assert_int_equal(s.end, start);
    assert_int_equal(s.size, size);
    return s;
}

static size_t list_length(const char *dir)
{
    struct segment *list = NULL;
    size_t n = 77;

    assert_int_equal(segment_list(dir, true, &list, &n), 0);
    for (size_t i = 0; i < n; i++)
        close(list[i].fd);
    mem_free(list);
    return n;
}

static void a_fresh_one_is_all_zeros_and_has_its_blocks(void **state)
{
    const char *dir = *state;
    struct segment s = create(dir, 0x3d0900, BYTES);
    struct buf b = file_read(dir, "00000000003d0900.seg");
    struct stat st;

    assert_int_equal(b.len, BYTES);
    for (size_t i = 0; i < b.len; i++)
        assert_int_equal(b.data[i], 0);
    assert_int_equal(fstat(s.fd, &st), 0);
    assert_true(st.st_blocks * 512 >= BYTES);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(dir_files(dir), 1);
    buf_done(&b);
    close(s.fd);
}

static void they_are_listed_by_position(void **state)
{
    const char *dir = *state;
    static const uint64_t starts[] = {5 << 20, UINT64_MAX - 8, 0, 1ULL << 40, 16};
    static const uint64_t order[] = {0, 16, 5 << 20, 1ULL << 40, UINT64_MAX - 8};
    struct segment *list = NULL;
    size_t n;

    for (size_t i = 0; i < LENGTH(starts); i++)
        close(create(dir, starts[i], 8 * (i + 1)).fd);
    assert_int_equal(segment_list(dir, false, &list, &n), 0);
    assert_int_equal(n, LENGTH(order));
    for (size_t i = 0; i < n; i++) {
        assert_true(list[i].start == order[i] && list[i].end == order[i]);
        assert_int_equal(pwrite(list[i].fd, "x", 1, 0), 1);
        close(list[i].fd);
    }
    assert_int_equal(list[0].size, 24);
    assert_int_equal(list[4].size, 16);
    mem_free(list);
}

static void looking_only_cannot_write(void **state)
{
    const char *dir = *state;
    struct segment *list = NULL;
    size_t n;

    close(create(dir, 0, 64).fd);
    assert_int_equal(segment_list(dir, true, &list, &n), 0);
    assert_int_equal(pwrite(list[0].fd, "x", 1, 0), -1);
    close(list[0].fd);
    mem_free(list);
}

static void other_files_are_not_listed(void **state)
{
    const char *dir = *state;
    static const char *const names[] = {
        "spare.seg",
        "000000000000000.seg",   /* fifteen */
        "00000000000000000.seg", /* seventeen */
        "000000000000000A.seg",  /* we write small letters */
        "0000000000000000.sag",
        "0000000000000000.se",
        "0000000000000000.segs",
        "0x00000000000000.seg",
        "00000000000000 0.seg",
        "0000000000000000",
    };

    for (size_t i = 0; i < LENGTH(names); i++)
        file_write(dir, names[i], "x", 1);
    assert_int_equal(list_length(dir), 0);
    file_write(dir, "0000000000000000.seg", "x", 1);
    assert_int_equal(list_length(dir), 1);
}

static void a_missing_directory_is_no_empty_one(void **state)
{
    struct segment *list = NULL, s;
    size_t n = 5;
    (void)state;

    assert_int_equal(segment_list("/nonexistent/dir", false, &list, &n),
                     ERR_UNAVAILABLE);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(n, 5);
    assert_int_equal(segment_create("/nonexistent/dir", 0, 64, STR(""), &s),
                     ERR_UNAVAILABLE);
}

static void a_segment_that_cannot_be_opened_is_no_missing_one(void **state)
{
    const char *dir = *state;
    struct segment *list = NULL;
    char path[128];
    size_t n;

    snprintf(path, sizeof path, "%s/0000000000000001.seg", dir);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_int_equal(segment_list(dir, false, &list, &n), ERR_UNAVAILABLE);
}

static void a_retired_one_is_used_again(void **state)
{
    const char *dir = *state;
    struct segment s = create(dir, 0, BYTES);
    struct stat first, again;

    assert_int_equal(pwrite(s.fd, "stale", 5, 100), 5);
    assert_int_equal(fstat(s.fd, &first), 0);
    segment_retire(dir, &s, BYTES);
    assert_int_equal(s.fd, -1);
    assert_int_equal(list_length(dir), 0);
    assert_true(dir_has(dir, "spare.seg"));

    s = create(dir, BYTES, BYTES);
    assert_int_equal(fstat(s.fd, &again), 0);
    assert_true(again.st_ino == first.st_ino);
    assert_int_equal(dir_files(dir), 1);
    close(s.fd);
}

static void one_spare_is_enough(void **state)
{
    const char *dir = *state;
    struct segment a = create(dir, 0, 64), b = create(dir, 64, 64);
    struct buf spare;

    assert_int_equal(pwrite(a.fd, "a", 1, 0), 1);
    segment_retire(dir, &a, 64);
    segment_retire(dir, &b, 64);
    assert_int_equal(dir_files(dir), 1);
    spare = file_read(dir, "spare.seg"); /* the first: the writer may have it open */
    assert_int_equal(spare.data[0], 'a');
    buf_done(&spare);
}

static void one_of_another_size_is_removed(void **state)
{
    const char *dir = *state;
    struct segment s = create(dir, 0, 64);

    segment_retire(dir, &s, 128);
    assert_int_equal(dir_files(dir), 0);
}

static void a_spare_of_another_size_is_made_anew(void **state)
{
    const char *dir = *state;
    struct buf b;

    static const size_t sizes[] = {8, 64};

    for (size_t i = 0; i < LENGTH(sizes); i++) { /* too large, too small */
        file_write(dir, "spare.seg", "something that is there", 23);
        close(create(dir, i * 8, sizes[i]).fd);
        b = file_read(dir, i == 0 ? "0000000000000000.seg" : "0000000000000008.seg");
        assert_int_equal(b.len, sizes[i]);
        assert_int_equal(b.data[0], 0);
        buf_done(&b);
        assert_false(dir_has(dir, "spare.seg"));
    }
}

/* As on a full disk: the system refuses in the middle of the file. */
static void a_full_disk_leaves_nothing_behind(void **state)
{
    const char *dir = *state;
    struct rlimit old, small;
    struct segment s;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){BYTES / 2, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(segment_create(dir, 0, BYTES, STR(""), &s), ERR_UNAVAILABLE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(dir_files(dir), 0);
    close(create(dir, 0, BYTES).fd);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_one_is_all_zeros_and_has_its_blocks),
        TEST(they_are_listed_by_position),
        TEST(looking_only_cannot_write),
        TEST(other_files_are_not_listed),
        TEST(a_missing_directory_is_no_empty_one),
        TEST(a_segment_that_cannot_be_opened_is_no_missing_one),
        TEST(a_retired_one_is_used_again),
        TEST(one_spare_is_enough),
        TEST(one_of_another_size_is_removed),
        TEST(a_spare_of_another_size_is_made_anew),
        TEST(a_full_disk_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
