/* test_journal_id.c — a journal that knows whose it is, and how far it had come. */
#include "lib/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ballot/reached.h"
#include "ballot/record.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/journal_world.h"

#define FILE_0 "0000000000000000.seg"

enum { SEGMENT = 4096 };

static const uint8_t OURS[JOURNAL_ID_BYTES] = "0123456789abcde";
static const uint8_t STRANGE[JOURNAL_ID_BYTES] = "another journal";

struct world {
    char dir[DIR_BYTES];
    struct journal_opts opts;
    struct journal *j;
    struct journal_found found;
    char errmsg[512];
};

static int try_open(struct world *w)
{
    return journal_open(&w->opts, &w->j, &w->found, w->errmsg, sizeof w->errmsg);
}

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);

    dir_make(w->dir);
    disk_reset();
    w->opts = (struct journal_opts){
        .dir = w->dir, .segment_bytes = SEGMENT, .io = &disk_io, .id = OURS};
    assert_int_equal(try_open(w), 0);
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

static void close_it(struct world *w)
{
    w->j = journal_close(w->j);
}

static void unlink_in(const struct world *w, const char *name)
{
    char path[DIR_BYTES + 64];

    snprintf(path, sizeof path, "%s/%s", w->dir, name);
    assert_int_equal(unlink(path), 0);
}

/* Turn a bit of the byte at `at`, and cut the file to len bytes. */
static void harm(const struct world *w, const char *name, struct buf *b, size_t at,
                 size_t len)
{
    b->data[at] ^= 1;
    file_write(w->dir, name, b->data, len);
    buf_done(b);
}

static void refused(struct world *w, const char *word)
{
    assert_int_equal(try_open(w), ERR_CONFLICT);
    if (strstr(w->errmsg, word) == NULL)
        fail_msg("\"%s\" is not in: %s", word, w->errmsg);
}

static void it_opens_again_over_several_segments(void **state)
{
    struct world *w = *state;
    struct change c[64];
    uint64_t next = 0, n_read = 0;
    size_t n;

    for (int i = 0; i < 6; i++)
        append_changes(w->j, (uint64_t)i * 30, 30);
    close_it(w);
    w->opts.reaches = 3 * SEGMENT / 2;
    assert_int_equal(try_open(w), 0);
    assert_int_equal(w->found.changes, 180);
    do {
        assert_int_equal(journal_read(w->j, next, c, LENGTH(c), &n, &next), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(c[i].version, nth_change(n_read + i).version);
        n_read += n;
    } while (n > 0);
    assert_int_equal(n_read, 180);
}

static void anothers_is_refused(void **state)
{
    struct world *w = *state;

    append_changes(w->j, 0, 1);
    close_it(w);
    w->opts.id = STRANGE;
    refused(w, "of another data set");
    unlink_in(w, "reached"); /* the segments say it, too */
    refused(w, "of another data set");
}

static void segments_from_before_the_id_are_taken(void **state)
{
    struct world *w = *state;

    close_it(w);
    unlink_in(w, "reached");
    unlink_in(w, FILE_0);
    w->opts.id = NULL;
    assert_int_equal(try_open(w), 0);
    append_changes(w->j, 0, 20);
    close_it(w);
    w->opts.id = OURS;
    refused(w, "damaged at its first byte");
    w->opts.id_from = UINT64_MAX;
    assert_int_equal(try_open(w), 0);
    w->opts.id_from = journal_id_from(w->j);
    assert_int_equal(w->opts.id_from, SEGMENT);
    append_changes(w->j, 20, 60); /* the next segment */
    close_it(w);
    assert_int_equal(try_open(w), 0);
    assert_int_equal(w->found.changes, 80);
    assert_int_equal(journal_id_from(w->j), SEGMENT);
}

static void a_segment_of_another_size_is_refused(void **state)
{
    struct world *w = *state;
    struct buf b;

    append_changes(w->j, 0, 1);
    close_it(w);
    b = file_read(w->dir, FILE_0);
    harm(w, FILE_0, &b, SEGMENT - 1, SEGMENT - 8);
    refused(w, "not of the size");
}

static void a_journal_that_must_be_there_is_not_made(void **state)
{
    struct world *w = *state;

    close_it(w);
    unlink_in(w, FILE_0);
    w->opts.must_exist = true;
    refused(w, "has lost its segments");
    w->opts.must_exist = false;
    assert_int_equal(try_open(w), 0);
}

/* As kill -9 leaves it: without the mark of a clean end. */
static void the_last_batch_is_missed(void **state)
{
    struct world *w = *state;
    struct reached reached;
    struct buf b;
    uint64_t end;

    append_changes(w->j, 0, 1);
    append_changes(w->j, 1, 1);
    end = journal_synced(w->j);
    assert_int_equal(reached_read(w->dir, OURS, &reached), 0);
    assert_true(reached.has_journal);
    assert_int_equal(reached.synced, end);
    b = file_read(w->dir, FILE_0);
    close_it(w);
    harm(w, FILE_0, &b, (size_t)end - 12, SEGMENT);
    refused(w, "its end is damaged");
    assert_true(w->found.damage < end);
    unlink_in(w, "reached"); /* without a witness it is a torn end */
    assert_int_equal(try_open(w), 0);
}

static void it_must_reach_what_the_database_has(void **state)
{
    struct world *w = *state;
    uint64_t end;

    append_changes(w->j, 0, 1);
    close_it(w);
    assert_int_equal(try_open(w), 0);
    end = journal_synced(w->j);
    close_it(w);
    w->opts.reaches = end + 200;
    refused(w, "the database has had its votes");
    w->opts.reaches = end;
    assert_int_equal(try_open(w), 0);
}

static void what_the_database_reached_is_kept(void **state)
{
    struct world *w = *state;
    struct reached reached;
    struct buf b;

    journal_database_reached(w->j, 62, 40);
    assert_int_equal(reached_read(w->dir, OURS, &reached), 0);
    assert_true(reached.has_database);
    assert_int_equal(reached.commits, 62);
    assert_int_equal(reached.in_file, 40);
    assert_int_equal(reached_read(w->dir, STRANGE, &reached), ERR_CONFLICT);
    b = file_read(w->dir, "reached");
    harm(w, "reached", &b, 128, b.len);
    assert_int_equal(reached_read(w->dir, OURS, &reached), 0);
    assert_false(reached.has_database); /* damaged, it says nothing */
    assert_true(reached.has_journal);
}

static void a_segments_header_comes_back(void **state)
{
    struct segment_header h = {.bytes = 77};
    struct buf b = {0};
    struct record r;
    (void)state;

    memcpy(h.journal_id, OURS, sizeof h.journal_id);
    record_add_segment(&b, 4096, &h);
    assert_int_equal(record_read((const uint8_t *)b.data, b.len, 4096, &r), b.len);
    assert_int_equal(r.type, RECORD_SEGMENT);
    assert_false(record_is_change(&r));
    assert_int_equal(r.segment.bytes, 77);
    assert_memory_equal(r.segment.journal_id, OURS, sizeof OURS);
    assert_int_equal(record_read((const uint8_t *)b.data, b.len, 0, &r), RECORD_BAD);
    buf_done(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_opens_again_over_several_segments),
        TEST(anothers_is_refused),
        TEST(segments_from_before_the_id_are_taken),
        TEST(a_segment_of_another_size_is_refused),
        TEST(a_journal_that_must_be_there_is_not_made),
        TEST(the_last_batch_is_missed),
        TEST(it_must_reach_what_the_database_has),
        TEST(what_the_database_reached_is_kept),
        cmocka_unit_test(a_segments_header_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
