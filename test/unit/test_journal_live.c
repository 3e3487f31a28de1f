/* test_journal_live.c — reading a journal while somebody else writes into it. */
#include "lib/check.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "ballot/record.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/journal_world.h"

#define FILE_0 "0000000000000000.seg"

enum { SEGMENT = 4096, BATCH = 30 };

/* Two openings of one journal, as of two processes. */
struct world {
    char dir[DIR_BYTES];
    struct journal_opts opts, live_opts;
    struct journal *j, *live;
    uint64_t n; /* changes appended: numbers 0..n-1 */
    struct journal_found found;
    char errmsg[512];
};

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);

    dir_make(w->dir);
    disk_reset();
    w->opts =
        (struct journal_opts){.dir = w->dir, .segment_bytes = SEGMENT, .io = &disk_io};
    w->live_opts = (struct journal_opts){.dir = w->dir, .live = true};
    assert_int_equal(
        journal_open(&w->opts, &w->j, &w->found, w->errmsg, sizeof w->errmsg), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    journal_close(w->live);
    journal_close(w->j);
    dir_remove(w->dir);
    mem_free(w);
    return 0;
}

static void append(struct world *w, size_t n)
{
    struct change c[BATCH];

    assert_true(n <= LENGTH(c));
    for (size_t i = 0; i < n; i++)
        c[i] = nth_change(w->n + i);
    assert_int_equal(journal_append(w->j, c, n), 0);
    w->n += n;
}

static int try_look(struct world *w)
{
    w->live = journal_close(w->live);
    return journal_open(&w->live_opts, &w->live, &w->found, w->errmsg,
                        sizeof w->errmsg);
}

static void look(struct world *w)
{
    CHECK_EQ_AT(w->errmsg, try_look(w), 0);
}

/* How many changes the one that looks finds from position on: first, first + 1, … */
static uint64_t count_from(struct world *w, uint64_t position, uint64_t first)
{
    struct change c[64];
    uint64_t n = 0;
    size_t got;

    do {
        assert_int_equal(journal_read(w->live, position, c, 64, &got, &position), 0);
        for (size_t i = 0; i < got; i++)
            check_nth(&c[i], first + n++);
    } while (got > 0);
    return n;
}

static void it_sees_what_was_durable_when_it_looked(void **state)
{
    struct world *w = *state;

    append(w, 3);
    append(w, 4);
    look(w);
    assert_int_equal(journal_synced(w->live), journal_synced(w->j));
    append(w, 5); /* too late */
    assert_int_equal(count_from(w, 0, 0), 7);
    look(w);
    assert_int_equal(count_from(w, 0, 0), 12);
    for (int i = 0; i < 7; i++)
        append(w, BATCH);
    look(w);
    assert_true(journal_synced(w->live) > 2 * SEGMENT);
    assert_int_equal(count_from(w, 0, 0), w->n);
}

/* A batch is written in some order of its bytes. What is there of it is no damage, and
 * is left for the one who writes. */
static void a_batch_that_is_half_written_is_the_end(void **state)
{
    struct world *w = *state;
    struct buf before, after;
    uint64_t end;

    append(w, 5);
    end = journal_synced(w->j);
    before = file_read(w->dir, FILE_0);
    append(w, 5);
    after = file_read(w->dir, FILE_0);
    for (size_t hole = end; hole < journal_synced(w->j); hole += RECORD_ALIGN) {
        struct buf now, image = {0};

        buf_add(&image, after.data, after.len);
        memset(image.data + hole, 0, RECORD_ALIGN);
        if (memcmp(image.data, after.data, after.len) == 0) { /* zeros anyhow */
            buf_done(&image);
            continue;
        }
        file_write(w->dir, FILE_0, image.data, image.len);
        look(w);
        assert_true(journal_synced(w->live) >= end);
        assert_true(journal_synced(w->live) <= hole);
        assert_in_range(count_from(w, 0, 0), 5, 9);
        assert_int_equal(w->found.torn_bytes, 0);
        now = file_read(w->dir, FILE_0);
        assert_memory_equal(now.data, image.data, image.len);
        buf_done(&now);
        buf_done(&image);
    }
    buf_done(&before);
    buf_done(&after);
}

/* What a later batch says was durable has to be there, however live it is. */
static void damage_is_damage(void **state)
{
    struct world *w = *state;
    uint64_t acknowledged;
    struct buf image;

    append(w, 3);
    append(w, 3);
    acknowledged = journal_synced(w->j);
    append(w, 3);
    image = file_read(w->dir, FILE_0);
    for (uint64_t at = 0; at < acknowledged; at += RECORD_ALIGN) {
        image.data[at] ^= 1; /* of the length, or of what the checksum covers */
        file_write(w->dir, FILE_0, image.data, image.len);
        if (try_look(w) == 0) /* zeros that fill a record up */
            assert_int_equal(count_from(w, 0, 0), 9);
        else
            CHECK_HAS(str_of(w->errmsg), FILE_0 " is damaged at byte");
        image.data[at] ^= 1;
    }
    image.data[8] ^= 1;
    file_write(w->dir, FILE_0, image.data, image.len);
    assert_int_equal(try_look(w), ERR_CONFLICT);
    image.data[8] ^= 1;
    file_write(w->dir, FILE_0, image.data, image.len);
    buf_done(&image);
}

static void a_journal_without_segments_is_empty(void **state)
{
    struct world *w = *state;

    w->j = journal_close(w->j);
    dir_remove(w->dir);
    dir_make(w->dir);
    w->live_opts.dir = w->dir;
    look(w);
    assert_int_equal(journal_synced(w->live), 0);
    assert_int_equal(dir_files(w->dir), 0);
    w->opts.dir = w->dir;
    assert_int_equal(
        journal_open(&w->opts, &w->j, &w->found, w->errmsg, sizeof w->errmsg), 0);
}

/* ---- holding ---- */

static void what_is_held_stays(void **state)
{
    struct world *w = *state;
    int first, second;

    assert_int_equal(journal_hold(w->dir, &first), 0);
    assert_int_equal(journal_hold(w->dir, &second), 0);
    for (int i = 0; i < 7; i++)
        append(w, BATCH);
    look(w);
    journal_release(w->j, journal_synced(w->j));
    assert_int_equal(journal_start(w->j), 0);
    assert_int_equal(count_from(w, 0, 0), w->n);
    close(first);
    journal_release(w->j, journal_synced(w->j));
    assert_int_equal(journal_start(w->j), 0);
    close(second);
    journal_release(w->j, journal_synced(w->j));
    assert_true(journal_start(w->j) >= 2 * SEGMENT);
    assert_int_equal(journal_hold(w->dir, &first), 0); /* it kept no lock itself */
    close(first);
}

static void a_hold_does_not_fill_the_disk(void **state)
{
    struct world *w = *state;
    struct change c;
    uint64_t next;
    size_t n;
    int hold;

    w->opts.max_bytes = 3 * SEGMENT;
    w->j = journal_close(w->j);
    assert_int_equal(
        journal_open(&w->opts, &w->j, &w->found, w->errmsg, sizeof w->errmsg), 0);
    assert_int_equal(journal_hold(w->dir, &hold), 0);
    append(w, BATCH);
    look(w);
    for (int i = 0; i < 40; i++) {
        append(w, BATCH);
        journal_release(w->j, journal_synced(w->j));
        assert_true(journal_synced(w->j) - journal_start(w->j) <= 3 * SEGMENT);
    }
    assert_true(journal_synced(w->j) - journal_start(w->j) > SEGMENT);
    /* And who held it learns that it is gone, and reads nothing else instead. */
    assert_int_equal(journal_read(w->live, 0, &c, 1, &n, &next), ERR_CONFLICT);
    close(hold);
}

static void nothing_can_be_held_where_nothing_is(void **state)
{
    int hold = 7;

    (void)state;
    assert_int_equal(journal_hold("/nonexistent/journal", &hold), ERR_UNAVAILABLE);
    assert_int_equal(hold, 7);
}

/* ---- both at once ---- */

enum { BATCHES = 400 };

struct writing {
    struct world *w;
    _Atomic uint64_t n_durable;
    _Atomic bool done;
};

static void *write_all(void *user)
{
    struct writing *wr = user;

    for (int i = 0; i < BATCHES; i++) {
        append(wr->w, 1 + (size_t)i % BATCH);
        wr->n_durable = wr->w->n;
        journal_release(wr->w->j, journal_synced(wr->w->j));
    }
    wr->done = true;
    return NULL;
}

/* Held, so that the numbers begin at 0; each look has all that was durable before. */
static void looking_beside_a_writer_misses_nothing(void **state)
{
    struct world *w = *state;
    struct writing wr = {.w = w};
    pthread_t writer;
    bool done;
    int hold;

    assert_int_equal(journal_hold(w->dir, &hold), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_all, &wr), 0);
    do {
        uint64_t durable;

        done = wr.done;
        durable = wr.n_durable;
        look(w);
        assert_true(count_from(w, 0, 0) >= durable);
    } while (!done);
    pthread_join(writer, NULL);
    assert_int_equal(count_from(w, 0, 0), w->n);
    close(hold);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_sees_what_was_durable_when_it_looked),
        TEST(a_batch_that_is_half_written_is_the_end),
        TEST(damage_is_damage),
        TEST(a_journal_without_segments_is_empty),
        TEST(what_is_held_stays),
        TEST(a_hold_does_not_fill_the_disk),
        TEST(nothing_can_be_held_where_nothing_is),
        TEST(looking_beside_a_writer_misses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
