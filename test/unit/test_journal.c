/* test_journal.c — appending, reading, releasing, and a disk that fails. What recovery
 * does is in test_journal_recovery.c. */
#include "lib/check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "ballot/record.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/journal_world.h"

enum { SEGMENT = 8192, BATCH = 80 };

struct world {
    char dir[DIR_BYTES];
    struct journal_opts opts;
    struct journal *j;
    struct journal_found found;
    char errmsg[512];
    uint64_t n; /* changes appended: numbers 0..n-1 */
};

static void reopen(struct world *w)
{
    w->j = journal_close(w->j);
    CHECK_EQ_AT(w->errmsg,
                journal_open(&w->opts, &w->j, &w->found, w->errmsg, sizeof w->errmsg),
                0);
}

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);

    dir_make(w->dir);
    disk_reset();
    w->opts =
        (struct journal_opts){.dir = w->dir, .segment_bytes = SEGMENT, .io = &disk_io};
    reopen(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    journal_close(w->j);
    dir_remove(w->dir);
    mem_free(w);
    return 0;
}

/* The next n numbers as one batch. */
static int append(struct world *w, size_t n)
{
    struct change *c = mem_alloc(n * sizeof *c);
    int rc;

    for (size_t i = 0; i < n; i++)
        c[i] = nth_change(w->n + i);
    rc = journal_append(w->j, c, n);
    if (rc == 0)
        w->n += n;
    mem_free(c);
    return rc;
}

static void append_batches(struct world *w, size_t batches, size_t n)
{
    for (size_t i = 0; i < batches; i++)
        assert_int_equal(append(w, n), 0);
}

/* Reads from position to the end; gives the position after it. The changes must be the
 * numbers from first on, up to the last that was appended. */
static uint64_t read_all(struct world *w, uint64_t position, uint64_t first, size_t max)
{
    struct change *c = mem_alloc(max * sizeof *c);
    uint64_t next = position;
    size_t n;

    do {
        position = next;
        assert_int_equal(journal_read(w->j, position, c, max, &n, &next), 0);
        assert_true(n <= max);
        for (size_t i = 0; i < n; i++)
            check_nth(&c[i], first++);
    } while (n > 0);
    mem_free(c);
    assert_int_equal(first, w->n);
    return next;
}

/* ---- appending and reading ---- */

static void what_is_appended_is_read_in_order(void **state)
{
    struct world *w = *state;

    append_batches(w, 3, 5);
    assert_int_equal(read_all(w, 0, 0, 100), journal_synced(w->j));
    read_all(w, 0, 0, 1);
    read_all(w, 0, 0, 4);
}

static void a_batch_is_one_write_and_one_sync(void **state)
{
    struct world *w = *state;

    append_batches(w, 1, 50);
    assert_int_equal(disk.n_writes, 1);
    assert_int_equal(disk.n_syncs, 1);
}

static void an_empty_journal_reads_as_its_end(void **state)
{
    struct world *w = *state;
    struct change c;
    uint64_t next = 99;
    size_t n = 99;

    assert_int_equal(journal_read(w->j, 0, &c, 1, &n, &next), 0);
    assert_int_equal(n, 0);
    assert_int_equal(next, 0);
    assert_int_equal(journal_start(w->j), 0);
    assert_int_equal(journal_synced(w->j), 0);
}

static void it_goes_on_in_further_segments(void **state)
{
    struct world *w = *state;
    uint64_t end;

    append_batches(w, 30, BATCH); /* two batches, and not three, fit a segment */
    assert_true(dir_files(w->dir) >= 10);
    end = read_all(w, 0, 0, 7);
    assert_int_equal(end, journal_synced(w->j));
    append_batches(w, 1, 1);
    read_all(w, end, w->n - 1, 7); /* the reader goes on where it was */
}

static void it_goes_on_after_a_restart(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 10; i++) {
        append_batches(w, 3, BATCH);
        reopen(w);
        assert_int_equal(w->found.changes, w->n);
        assert_int_equal(w->found.torn_bytes, 0);
        read_all(w, 0, 0, 64);
    }
}

static void opening_and_closing_do_not_fill_it(void **state)
{
    struct world *w = *state;

    append_batches(w, 1, BATCH);
    for (int i = 0; i < 1000; i++)
        reopen(w);
    assert_int_equal(dir_files(w->dir), 1);
    assert_int_equal(append(w, BATCH), 0);
    read_all(w, 0, 0, 64);
}

static void it_begins_where_the_store_is(void **state)
{
    enum { FAR = 2000000000 }; /* more than max_bytes */
    struct world *w = *state;

    w->j = journal_close(w->j);
    dir_remove(w->dir);
    dir_make(w->dir);
    w->opts.first_position = FAR;
    reopen(w);
    assert_int_equal(journal_start(w->j), FAR);
    assert_int_equal(journal_synced(w->j), FAR);
    append_batches(w, 30, BATCH);
    read_all(w, FAR, 0, 9);
    w->opts.first_position = 5; /* there is one: it is asked no more */
    reopen(w);
    read_all(w, FAR, 0, 9);
}

static void the_largest_batch_fits_the_smallest_segment(void **state)
{
    struct world *w = *state;
    struct change *c = mem_alloc(JOURNAL_BATCH_MAX * sizeof *c);
    struct change *back = mem_alloc(2 * JOURNAL_BATCH_MAX * sizeof *c);
    uint64_t next = 0, position;
    size_t n, total = 0;

    w->j = journal_close(w->j);
    dir_remove(w->dir);
    dir_make(w->dir);
    w->opts.segment_bytes = JOURNAL_SEGMENT_BYTES_MIN;
    reopen(w);
    for (uint32_t i = 0; i < JOURNAL_BATCH_MAX; i++) {
        c[i] = nth_change(12 * 18); /* a keyed vote on the most options */
        assert_true(c[i].keyed && c[i].receipt.n_options == LIMIT_OPTIONS);
        c[i].user = i;
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(journal_append(w->j, c, JOURNAL_BATCH_MAX), 0);
    do { /* larger than what is read from a file at once */
        position = next;
        assert_int_equal(
            journal_read(w->j, position, back, 2 * JOURNAL_BATCH_MAX, &n, &next), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(back[i].user, (total + i) % JOURNAL_BATCH_MAX);
        total += n;
    } while (n > 0);
    assert_int_equal(total, 3 * JOURNAL_BATCH_MAX);
    mem_free(back);
    mem_free(c);
}

static void a_position_that_is_none_is_refused(void **state)
{
    struct world *w = *state;
    struct change c[200];
    uint64_t next = 99;
    size_t n = 99;

    append_batches(w, 12, BATCH);
    journal_release(w->j, SEGMENT + 8);
    assert_int_equal(journal_start(w->j), SEGMENT);
    uint64_t bad[] = {0, SEGMENT - 8, SEGMENT + 8, journal_synced(w->j) + 8,
                      UINT64_MAX - 7};
    for (size_t i = 0; i < LENGTH(bad); i++) {
        assert_int_equal(journal_read(w->j, bad[i], c, 200, &n, &next), ERR_CONFLICT);
        assert_int_equal(next, 99);
    }
}

/* ---- releasing ---- */

static void what_is_projected_makes_room(void **state)
{
    struct world *w = *state;
    uint64_t end;

    append_batches(w, 30, BATCH);
    end = read_all(w, 0, 0, 64);
    journal_release(w->j, end);
    assert_int_equal(dir_files(w->dir), 2); /* the last, and a spare */
    assert_true(journal_start(w->j) <= end);
    assert_true(end - journal_start(w->j) <= SEGMENT);
    append_batches(w, 1, 3);
    read_all(w, end, w->n - 3, 64);
    reopen(w);
    read_all(w, end, w->n - 3, 64);
}

static void what_is_not_all_projected_stays(void **state)
{
    struct world *w = *state;
    uint64_t end_of_first;
    struct change c[2 * BATCH];
    size_t n;

    append_batches(w, 6, BATCH);
    assert_int_equal(journal_read(w->j, 0, c, 2 * BATCH, &n, &end_of_first), 0);
    assert_true(n == 2 * BATCH && end_of_first < SEGMENT);
    journal_release(w->j, end_of_first);
    assert_int_equal(journal_start(w->j), 0);
    read_all(w, end_of_first, n, 64); /* a reader that stands there can go on */
    journal_release(w->j, SEGMENT - 1);
    assert_int_equal(journal_start(w->j), 0);
    journal_release(w->j, SEGMENT);
    assert_int_equal(journal_start(w->j), SEGMENT);
    read_all(w, SEGMENT, n, 64);
}

static void it_refuses_when_too_much_waits(void **state)
{
    struct world *w = *state;
    uint64_t before;
    int rc;

    w->opts.max_bytes = 3 * SEGMENT;
    reopen(w);
    while ((rc = append(w, BATCH)) == 0)
        ;
    assert_int_equal(rc, ERR_OVERLOADED);
    assert_true(journal_synced(w->j) > 3 * SEGMENT);
    assert_true(journal_synced(w->j) < 4 * SEGMENT);
    before = journal_synced(w->j);
    assert_int_equal(append(w, 1), ERR_OVERLOADED);
    assert_int_equal(journal_synced(w->j), before);
    read_all(w, 0, 0, 64);
    journal_release(w->j, before - 3 * SEGMENT - 1); /* not enough, by a byte */
    assert_int_equal(append(w, 1), ERR_OVERLOADED);
    journal_release(w->j, before - 3 * SEGMENT);
    assert_int_equal(append(w, 1), 0);
    read_all(w, journal_start(w->j), 0, 64);
}

/* max_bytes was lowered, or it was killed before it could release. */
static void a_journal_found_too_full_can_be_released(void **state)
{
    struct world *w = *state;
    uint64_t end;

    append_batches(w, 2, BATCH);
    w->opts.max_bytes = 64;
    reopen(w);
    assert_int_equal(append(w, 1), ERR_OVERLOADED);
    end = journal_synced(w->j);
    journal_release(w->j, end); /* its one segment stays */
    assert_int_equal(append(w, 1), 0);
    read_all(w, end, w->n - 1, 64);
}

static uint64_t first_kept(struct world *w)
{
    struct change c;
    uint64_t next;
    size_t n;

    assert_int_equal(journal_read(w->j, journal_start(w->j), &c, 1, &n, &next), 0);
    return n == 1 ? c.user : w->n;
}

/* Every segment's bytes are those of an earlier one. */
static void stale_bytes_never_read_as_records(void **state)
{
    struct world *w = *state;
    uint64_t next = 0, first = 0;

    for (int i = 0; i < 60; i++) {
        append_batches(w, 1, 1 + (size_t)i * 7 % BATCH);
        if (i % 3 == 2) {
            next = read_all(w, next, first, 16);
            first = w->n;
            journal_release(w->j, next);
        }
        if (i % 10 == 9) {
            uint64_t end = journal_synced(w->j);

            reopen(w);
            assert_int_equal(w->found.torn_bytes, 0);
            assert_true(journal_synced(w->j) <= end + 24); /* the mark of the end */
            assert_int_equal(w->found.changes, w->n - first_kept(w));
            read_all(w, journal_start(w->j), first_kept(w), 16);
        }
        assert_true(dir_files(w->dir) <= 4);
    }
    assert_true(next > 10 * SEGMENT); /* so they were used again and again */
}

/* ---- a disk that fails ---- */

static void a_failed_batch_is_not_in_the_journal(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *why;
        int writes, syncs, then; /* see struct disk */
    } rows[] = {
        {"the write", 1, 0, 0},
        {"the sync", 0, 1, 0},
        {"the write, and wiping it", 2, 0, 0},
        {"the sync, and wiping it", 0, 2, 0},
        {"the sync, and the write of the wipe", 0, 1, 1},
    };

    append_batches(w, 1, 5);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint64_t before = journal_synced(w->j);

        disk_reset();
        atomic_store(&disk.fail_writes, rows[i].writes);
        atomic_store(&disk.fail_syncs, rows[i].syncs);
        atomic_store(&disk.writes_fail_then, rows[i].then);
        CHECK_EQ_AT(rows[i].why, append(w, 9), ERR_UNAVAILABLE);
        CHECK_EQ_AT(rows[i].why, journal_synced(w->j), before);
        read_all(w, 0, 0, 64);
        CHECK_EQ_AT(rows[i].why, append(w, 2), 0); /* the fault is gone */
        read_all(w, 0, 0, 64);
        reopen(w);
        CHECK_EQ_AT(rows[i].why, w->found.changes, w->n);
        read_all(w, 0, 0, 64);
    }
}

static void while_it_cannot_be_wiped_nothing_is_accepted(void **state)
{
    struct world *w = *state;

    append_batches(w, 1, 5);
    atomic_store(&disk.fail_syncs, -1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(append(w, 9), ERR_UNAVAILABLE);
    disk_reset();
    assert_int_equal(append(w, 1), 0);
    assert_int_equal(disk.n_writes, 2); /* the wipe came before the batch */
    reopen(w);
    assert_int_equal(w->found.changes, 6);
    read_all(w, 0, 0, 64);
}

static void a_retry_says_when_it_works_again(void **state)
{
    struct world *w = *state;

    append_batches(w, 1, 5);
    atomic_store(&disk.fail_syncs, -1);
    assert_int_equal(append(w, 9), ERR_UNAVAILABLE);
    assert_int_equal(journal_retry(w->j), ERR_UNAVAILABLE);
    disk_reset();
    assert_int_equal(journal_retry(w->j), 0);
    assert_int_equal(journal_retry(w->j), 0); /* also when nothing is wrong */
    assert_int_equal(append(w, 1), 0);
    read_all(w, 0, 0, 64);
    reopen(w);
    assert_int_equal(w->found.changes, 6);
    read_all(w, 0, 0, 64);
}

static void a_stop_wipes_what_failed(void **state)
{
    struct world *w = *state;

    append_batches(w, 1, 5);
    atomic_store(&disk.fail_syncs, 1);
    atomic_store(&disk.writes_fail_then, 1); /* so all of it lies there, and checks */
    assert_int_equal(append(w, 9), ERR_UNAVAILABLE);
    reopen(w);
    assert_int_equal(w->found.changes, 5);
    read_all(w, 0, 0, 64);
}

static void a_short_write_is_no_failure(void **state)
{
    struct world *w = *state;

    atomic_store(&disk.short_writes, 5);
    append_batches(w, 1, 20);
    reopen(w);
    read_all(w, 0, 0, 64);
}

static struct rlimit limit_files(uint64_t bytes)
{
    struct rlimit old, limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = (struct rlimit){bytes, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    return old;
}

static void a_full_disk_refuses_until_there_is_room(void **state)
{
    struct world *w = *state;
    struct rlimit old;
    int rc, again;

    append_batches(w, 2, BATCH);
    old = limit_files(SEGMENT - 1); /* a new file does not fit */
    rc = append(w, BATCH);
    again = append(w, BATCH);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, ERR_UNAVAILABLE);
    assert_int_equal(again, ERR_UNAVAILABLE);
    assert_int_equal(dir_files(w->dir), 1);
    read_all(w, 0, 0, 64);
    assert_int_equal(append(w, BATCH), 0);
    reopen(w);
    read_all(w, 0, 0, 64);
}

/* The first batch of a new segment fails, and everything before it is released. */
static void a_new_segment_that_fails_first_works_later(void **state)
{
    struct world *w = *state;
    uint64_t position;

    append_batches(w, 2, BATCH);
    atomic_store(&disk.fail_syncs, 2);
    assert_int_equal(append(w, BATCH), ERR_UNAVAILABLE);
    assert_true(dir_has(w->dir, "0000000000002000.seg"));
    position = read_all(w, 0, 0, 64);
    assert_int_equal(position, SEGMENT);
    journal_release(w->j, position);
    assert_int_equal(journal_start(w->j), SEGMENT);
    read_all(w, position, w->n, 64);
    assert_int_equal(append(w, BATCH), 0);
    read_all(w, position, w->n - BATCH, 64);
    reopen(w);
    read_all(w, position, w->n - BATCH, 64);
}

/* ---- a reader beside the writer ---- */

enum { ROUNDS = 1500 };

static void *write_all(void *arg)
{
    struct world *w = arg;

    for (size_t i = 0; i < ROUNDS; i++)
        if (append(w, 1 + i % 9) != 0)
            return "append";
    return NULL;
}

static void a_reader_may_read_and_release_beside_the_writer(void **state)
{
    struct world *w = *state;
    uint64_t position = 0, first = 0, want = 0;
    pthread_t writer;
    void *failed;

    for (size_t i = 0; i < ROUNDS; i++)
        want += 1 + i % 9;
    assert_int_equal(pthread_create(&writer, NULL, write_all, w), 0);
    while (first < want) { /* ends by the test's own limit of time at the latest */
        struct change c[32];
        size_t n;

        assert_int_equal(journal_read(w->j, position, c, 32, &n, &position), 0);
        for (size_t i = 0; i < n; i++)
            check_nth(&c[i], first++);
        assert_true(position <= journal_synced(w->j) + SEGMENT);
        journal_release(w->j, position);
        assert_true(journal_start(w->j) <= position);
    }
    pthread_join(writer, &failed);
    assert_null(failed);
    assert_true(dir_files(w->dir) <= 3);
}

static void no_directory_no_journal(void **state)
{
    struct journal_opts opts = {.dir = "/nonexistent/journal"};
    struct journal_found found;
    struct journal *j = NULL;
    char errmsg[256] = "";
    uint64_t end = 7;
    (void)state;

    assert_int_equal(journal_open(&opts, &j, &found, errmsg, sizeof errmsg),
                     ERR_UNAVAILABLE);
    CHECK_HAS(str_of(errmsg), "/nonexistent/journal: No such file or directory");
    assert_null(j);
    assert_null(journal_close(NULL));
    errmsg[0] = '\0';
    assert_int_equal(journal_salvage(&opts, NULL, NULL, &end, errmsg, sizeof errmsg),
                     ERR_UNAVAILABLE);
    CHECK_HAS(str_of(errmsg), "/nonexistent/journal: No such file or directory");
    assert_int_equal(end, 7);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_appended_is_read_in_order),
        TEST(a_batch_is_one_write_and_one_sync),
        TEST(an_empty_journal_reads_as_its_end),
        TEST(it_goes_on_in_further_segments),
        TEST(it_goes_on_after_a_restart),
        TEST(opening_and_closing_do_not_fill_it),
        TEST(it_begins_where_the_store_is),
        TEST(the_largest_batch_fits_the_smallest_segment),
        TEST(a_position_that_is_none_is_refused),
        TEST(what_is_projected_makes_room),
        TEST(what_is_not_all_projected_stays),
        TEST(it_refuses_when_too_much_waits),
        TEST(a_journal_found_too_full_can_be_released),
        TEST(stale_bytes_never_read_as_records),
        TEST(a_failed_batch_is_not_in_the_journal),
        TEST(while_it_cannot_be_wiped_nothing_is_accepted),
        TEST(a_retry_says_when_it_works_again),
        TEST(a_stop_wipes_what_failed),
        TEST(a_short_write_is_no_failure),
        TEST(a_full_disk_refuses_until_there_is_room),
        TEST(a_new_segment_that_fails_first_works_later),
        TEST(a_reader_may_read_and_release_beside_the_writer),
        cmocka_unit_test(no_directory_no_journal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
