/* test_journal_recovery.c — what a start makes of a journal that did not end well. */
#include "lib/check.h"

#include <endian.h>
#include <stdio.h>
#include <unistd.h>

#include "ballot/record.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/journal_world.h"

#define FILE_0 "0000000000000000.seg"
#define FILE_1 "0000000000001000.seg"
#define FILE_2 "0000000000002000.seg"

enum { SEGMENT = 4096, MARK = 24 };

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

static void open_it(struct world *w)
{
    CHECK_EQ_AT(w->errmsg, try_open(w), 0);
}

static void close_it(struct world *w)
{
    w->j = journal_close(w->j);
}

static int setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);

    dir_make(w->dir);
    disk_reset();
    w->opts =
        (struct journal_opts){.dir = w->dir, .segment_bytes = SEGMENT, .io = &disk_io};
    open_it(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    close_it(w);
    dir_remove(w->dir);
    mem_free(w);
    return 0;
}

/* What is there is these numbers, in this order. */
static void check_changes(struct world *w, const uint64_t *numbers, size_t n)
{
    uint64_t next = journal_start(w->j), position, at = 0;
    struct change c[64];
    size_t got;

    do {
        position = next;
        assert_int_equal(journal_read(w->j, position, c, 64, &got, &next), 0);
        for (size_t i = 0; i < got; i++, at++) {
            assert_true(at < n);
            check_nth(&c[i], numbers[at]);
        }
    } while (got > 0);
    assert_int_equal(at, n);
}

/* The records of an image, from one position on. */
struct place {
    uint64_t at;
    size_t bytes, covered; /* covered: without its padding */
};

static size_t places(const struct buf *image, uint64_t from, struct place *ret,
                     size_t max)
{
    size_t n = 0;
    struct record r;
    int used;

    while ((used = record_read((const uint8_t *)image->data + from, image->len - from,
                               from, &r)) > 0) {
        uint32_t length;

        assert_true(n < max);
        memcpy(&length, image->data + from, sizeof length);
        ret[n++] = (struct place){from, (size_t)used, le32toh(length) + 8};
        from += (uint64_t)used;
    }
    return n;
}

/* As a crash leaves it: the files as they are while the journal is open. */
static void crash_with(struct world *w, const struct buf *image)
{
    close_it(w);
    file_write(w->dir, FILE_0, image->data, image->len);
}

/* ---- torn ends ---- */

enum { OLD = 6, LAST = 7 };

/* Two batches of three, then one of LAST; *ret_end is where it begins. */
static void write_three(struct world *w, struct buf *ret_before, struct buf *ret_after,
                        uint64_t *ret_end)
{
    append_changes(w->j, 0, 3);
    append_changes(w->j, 3, 3);
    *ret_end = journal_synced(w->j);
    *ret_before = file_read(w->dir, FILE_0);
    append_changes(w->j, OLD, LAST);
    *ret_after = file_read(w->dir, FILE_0);
}

static size_t number_range(uint64_t *numbers, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        numbers[i] = i;
    return (size_t)n;
}

static void a_torn_end_is_cut_wherever_it_is_torn(void **state)
{
    struct world *w = *state;
    struct buf before, after;
    struct place at[16];
    uint64_t end, numbers[32];
    size_t n_places, whole;

    write_three(w, &before, &after, &end);
    n_places = places(&after, end, at, 16);
    assert_int_equal(n_places, 1 + LAST);
    whole = (size_t)(at[LAST].at + at[LAST].bytes - end);

    for (size_t cut = 0; cut < whole; cut++) {
        struct buf image = {0};
        size_t kept = 0, n;

        buf_add(&image, after.data, end + cut);
        buf_add(&image, before.data + image.len, before.len - image.len);
        for (size_t i = 1; i < n_places; i++) /* a zero at its end cannot be missed */
            kept += memcmp(image.data, after.data, at[i].at + at[i].covered) == 0;

        crash_with(w, &image);
        open_it(w);
        n = number_range(numbers, OLD + kept);
        assert_int_equal(w->found.changes, n);
        check_changes(w, numbers, n);
        append_changes(w->j, 100, 1);
        numbers[n++] = 100;
        check_changes(w, numbers, n);
        close_it(w);
        open_it(w);
        check_changes(w, numbers, n);
        buf_done(&image);
    }
    buf_done(&after);
    buf_done(&before);
}

/* The disk wrote the end of the batch and not its middle: behind the hole there are
 * sound records, and a new batch that just fills the hole would bring them back. */
static void what_lies_behind_a_tear_never_comes_back(void **state)
{
    struct world *w = *state;
    struct buf before, after;
    struct place at[16];
    uint64_t end, numbers[32];
    size_t n_places;

    write_three(w, &before, &after, &end);
    n_places = places(&after, end, at, 16);
    for (size_t hole = 0; hole + 1 < n_places; hole++)
        for (size_t fill = 0; fill < 3; fill++) {
            size_t kept = hole > 0 ? hole - 1 : 0, n;
            struct buf image = {0};

            buf_add(&image, after.data, after.len);
            memset(image.data + at[hole].at, fill == 1 ? 0xff : 0, at[hole].bytes);
            crash_with(w, &image);
            open_it(w);
            n = number_range(numbers, OLD + kept);
            assert_int_equal(w->found.changes, n);
            assert_int_equal(w->found.torn_bytes, at[n_places - 1].at +
                                                      at[n_places - 1].bytes -
                                                      at[hole].at);
            check_changes(w, numbers, n);
            if (fill == 2) { /* the same changes again: their records' sizes fit */
                for (size_t i = hole; i < 3; i++) {
                    append_changes(w->j, OLD + i, 1);
                    numbers[n++] = OLD + i;
                }
            }
            close_it(w);
            open_it(w);
            assert_int_equal(w->found.torn_bytes, 0);
            assert_int_equal(w->found.changes, n);
            check_changes(w, numbers, n);
            buf_done(&image);
        }
    buf_done(&after);
    buf_done(&before);
}

/* The hole is just as long as a mark and a change: a batch of one fills it. */
static void a_batch_that_fills_the_hole_ends_there(void **state)
{
    struct world *w = *state;
    const uint64_t numbers[] = {0, 1, 2, 3, 4, 5, 7};
    struct buf before, after;
    struct place at[16];
    uint64_t end;

    write_three(w, &before, &after, &end);
    places(&after, end, at, 16);
    memset(after.data + at[0].at, 0, at[0].bytes + at[1].bytes);
    crash_with(w, &after);
    open_it(w);
    append_changes(w->j, 7, 1); /* as long as number 6: neither is a keyed vote */
    assert_int_equal(journal_synced(w->j), at[2].at);
    check_changes(w, numbers, LENGTH(numbers));
    close_it(w);
    open_it(w);
    assert_int_equal(w->found.changes, LENGTH(numbers));
    check_changes(w, numbers, LENGTH(numbers));
    buf_done(&after);
    buf_done(&before);
}

static void a_wipe_that_fails_stops_the_start(void **state)
{
    struct world *w = *state;
    struct buf before, after;
    uint64_t end;

    write_three(w, &before, &after, &end);
    memset(after.data + end, 0, MARK);
    crash_with(w, &after);
    atomic_store(&disk.fail_syncs, 1);
    assert_int_equal(try_open(w), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(w->errmsg), "Input/output error");
    open_it(w);
    assert_int_equal(w->found.changes, OLD);
    buf_done(&after);
    buf_done(&before);
}

static void a_new_segment_without_a_batch_is_where_it_goes_on(void **state)
{
    struct world *w = *state;
    uint64_t numbers[64];
    struct buf image;

    append_changes(w->j, 0, 40);
    image = file_read(w->dir, FILE_0);
    close_it(w);
    file_write(w->dir, FILE_0, image.data, image.len);
    memset(image.data, 0, image.len);
    file_write(w->dir, FILE_1, image.data, image.len);
    open_it(w);
    check_changes(w, numbers, number_range(numbers, 40));
    append_changes(w->j, 40, 1);
    assert_true(journal_synced(w->j) > SEGMENT);
    check_changes(w, numbers, number_range(numbers, 41));
    close_it(w);
    open_it(w);
    check_changes(w, numbers, number_range(numbers, 41));
    buf_done(&image);
}

/* ---- damage ---- */

static void check_refused(const char *why, struct world *w, const char *file,
                          uint64_t damage, uint64_t byte)
{
    char text[96];

    CHECK_EQ_AT(why, try_open(w), ERR_CONFLICT);
    CHECK_EQ_AT(why, w->found.damage, damage);
    snprintf(text, sizeof text, "%s is damaged at byte %llu", file,
             (unsigned long long)byte);
    CHECK_HAS_AT(why, str_of(w->errmsg), text);
    CHECK_HAS_AT(why, str_of(w->errmsg), "pollux verify --repair");
}

/* A closed journal of three batches: any change in what was acknowledged is found. */
static void damage_in_an_acknowledged_batch_refuses_the_start(void **state)
{
    struct world *w = *state;
    struct place at[32];
    struct buf sound;
    uint64_t numbers[32];
    size_t n;

    append_changes(w->j, 0, 3);
    append_changes(w->j, 3, 3);
    append_changes(w->j, 6, 3);
    close_it(w);
    sound = file_read(w->dir, FILE_0);
    n = places(&sound, 0, at, 32);
    assert_int_equal(n, 13); /* nine changes, their marks, that of the end */
    for (size_t i = 0; i + 1 < n; i++)
        for (size_t byte = at[i].at; byte < at[i].at + at[i].covered; byte++) {
            struct buf now;

            sound.data[byte] ^= 0x10;
            file_write(w->dir, FILE_0, sound.data, sound.len);
            check_refused("a byte", w, FILE_0, at[i].at, at[i].at);
            now = file_read(w->dir, FILE_0);
            assert_memory_equal(now.data, sound.data, sound.len); /* is left as it is */
            buf_done(&now);
            sound.data[byte] ^= 0x10;
        }
    file_write(w->dir, FILE_0, sound.data, sound.len);
    open_it(w);
    check_changes(w, numbers, number_range(numbers, 9));
    buf_done(&sound);
}

/* It crashed: the last batch may be torn, those before it may not. */
static void after_a_crash_the_batches_before_the_last_are_acknowledged(void **state)
{
    struct world *w = *state;
    struct buf before, after;
    struct place at[32];
    uint64_t end;
    size_t n;

    write_three(w, &before, &after, &end);
    close_it(w);
    n = places(&after, 0, at, 32);
    for (size_t i = 0; i < n && at[i].at < end; i++) {
        after.data[at[i].at + 9] ^= 1;
        file_write(w->dir, FILE_0, after.data, after.len);
        check_refused("before the last", w, FILE_0, at[i].at, at[i].at);
        after.data[at[i].at + 9] ^= 1;
    }
    buf_done(&after);
    buf_done(&before);
}

/* 5 batches of 30, two a segment; closed. */
static void write_segments(struct world *w)
{
    for (uint64_t i = 0; i < 5; i++)
        append_changes(w->j, i * 30, 30);
    close_it(w);
    assert_int_equal(dir_files(w->dir), 3);
}

static void the_next_segment_tells_of_damage_at_the_end_of_one(void **state)
{
    struct world *w = *state;
    struct place at[80];
    struct buf b;
    size_t n;

    write_segments(w);
    b = file_read(w->dir, FILE_0);
    n = places(&b, 0, at, 80);
    assert_int_equal(n, 62);
    b.data[at[61].at + 10] ^= 1; /* its last change */
    file_write(w->dir, FILE_0, b.data, b.len);
    check_refused("the last change", w, FILE_0, at[61].at, at[61].at);
    buf_done(&b);
}

static void damage_is_told_by_file_and_byte_within(void **state)
{
    struct world *w = *state;
    struct buf b;

    write_segments(w);
    b = file_read(w->dir, FILE_1);
    memset(b.data + MARK, 0, 512); /* a lost block, and an end that it looks like */
    file_write(w->dir, FILE_1, b.data, b.len);
    check_refused("zeros", w, FILE_1, SEGMENT + MARK, MARK);
    buf_done(&b);
}

/* Where nothing but the mark was written into the newest segment. */
static void a_clean_end_proves_what_was_before_it(void **state)
{
    struct world *w = *state;
    struct place at[80];
    struct change c[60];
    struct buf b;
    size_t n;

    append_changes(w->j, 0, 60);
    for (uint64_t i = 0; i < LENGTH(c); i++)
        c[i] = nth_change(i);
    atomic_store(&disk.fail_syncs, 1);
    assert_int_equal(journal_append(w->j, c, LENGTH(c)), ERR_UNAVAILABLE);
    assert_true(dir_has(w->dir, FILE_1));
    close_it(w);
    b = file_read(w->dir, FILE_0);
    n = places(&b, 0, at, 80);
    assert_int_equal(n, 61); /* one batch, and no mark behind it in its segment */
    b.data[at[30].at + 12] ^= 1;
    file_write(w->dir, FILE_0, b.data, b.len);
    check_refused("the last batch", w, FILE_0, at[30].at, at[30].at);
    buf_done(&b);
}

static void a_missing_segment_refuses_the_start(void **state)
{
    struct world *w = *state;
    struct buf b;

    write_segments(w);
    b = file_read(w->dir, FILE_1);
    assert_int_equal(chdir(w->dir), 0);
    assert_int_equal(unlink(FILE_1), 0);
    assert_int_equal(try_open(w), ERR_CONFLICT);
    CHECK_HAS(str_of(w->errmsg), "a segment is missing: " FILE_0
                                 " ends at position 4096, the next begins at 8192");
    file_write(w->dir, FILE_1, b.data, b.len / 2); /* cut: what follows is missing */
    assert_int_equal(try_open(w), ERR_CONFLICT);
    CHECK_HAS(str_of(w->errmsg), "a segment is missing: " FILE_1
                                 " ends at position 6144, the next begins at 8192");
    file_write(w->dir, FILE_1, b.data, b.len);
    open_it(w);
    assert_int_equal(w->found.changes, 150);
    buf_done(&b);
}

static void an_empty_segment_refuses_the_start(void **state)
{
    struct world *w = *state;

    write_segments(w);
    file_write(w->dir, FILE_2, "", 0);
    assert_int_equal(try_open(w), ERR_CONFLICT);
    CHECK_HAS(str_of(w->errmsg), FILE_2 " is empty");
}

/* ---- looking, and saving what can be saved ---- */

static void looking_only_changes_nothing(void **state)
{
    struct world *w = *state;
    struct buf before, after, now;
    uint64_t end, numbers[32];

    write_three(w, &before, &after, &end);
    memset(after.data + end, 0, MARK); /* torn */
    crash_with(w, &after);
    w->opts.read_only = true;
    open_it(w);
    assert_int_equal(w->found.changes, OLD);
    assert_true(w->found.torn_bytes > MARK);
    check_changes(w, numbers, number_range(numbers, OLD));
    close_it(w);
    assert_int_equal(dir_files(w->dir), 1);
    now = file_read(w->dir, FILE_0);
    assert_int_equal(now.len, after.len);
    assert_memory_equal(now.data, after.data, after.len);
    buf_done(&now);
    buf_done(&after);
    buf_done(&before);
}

static void looking_only_at_nothing_makes_nothing(void **state)
{
    struct world *w = *state;
    struct change c;
    uint64_t next;
    size_t n = 9;

    close_it(w);
    dir_remove(w->dir);
    dir_make(w->dir);
    w->opts.read_only = true;
    open_it(w);
    assert_int_equal(journal_read(w->j, 77, &c, 1, &n, &next), 0);
    assert_int_equal(n, 0);
    assert_int_equal(next, 77);
    assert_int_equal(journal_start(w->j), 0);
    close_it(w);
    assert_int_equal(dir_files(w->dir), 0);
}

struct saved {
    uint64_t numbers[256];
    size_t n;
};

static void save(void *user, const struct change *c)
{
    struct saved *s = user;

    assert_true(s->n < LENGTH(s->numbers));
    check_nth(c, c->user);
    s->numbers[s->n++] = c->user;
}

static void salvage_gives_all_that_checks(void **state)
{
    struct world *w = *state;
    struct saved saved = {0};
    struct place at[80];
    struct buf b;
    uint64_t end = 0, want = 0;

    write_segments(w);
    b = file_read(w->dir, FILE_1);
    assert_int_equal(places(&b, 0, at, 80), 0); /* at another position */
    memset(b.data + MARK + 50, 0xa5, 100);      /* within changes 60.. */
    b.data[2000] ^= 1;
    file_write(w->dir, FILE_1, b.data, b.len);
    assert_int_equal(
        journal_salvage(&w->opts, save, &saved, &end, w->errmsg, sizeof w->errmsg), 0);
    assert_int_equal(end, 3 * SEGMENT);
    assert_true(saved.n >= 140 && saved.n < 150);
    for (size_t i = 0; i < saved.n; i++, want++) { /* in order, none twice */
        if (saved.numbers[i] != want)
            assert_true(saved.numbers[i] > 60 && saved.numbers[i] < 120);
        want = saved.numbers[i];
    }
    assert_int_equal(want, 150);                 /* and behind the damage, to the end */
    assert_int_equal(try_open(w), ERR_CONFLICT); /* it is not changed */
    buf_done(&b);
}

static void salvage_of_nothing_ends_where_it_would_begin(void **state)
{
    struct world *w = *state;
    struct saved saved = {0};
    uint64_t end = 0;

    close_it(w);
    dir_remove(w->dir);
    dir_make(w->dir);
    w->opts.first_position = 555;
    assert_int_equal(
        journal_salvage(&w->opts, save, &saved, &end, w->errmsg, sizeof w->errmsg), 0);
    assert_int_equal(end, 555);
    assert_int_equal(saved.n, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_torn_end_is_cut_wherever_it_is_torn),
        TEST(what_lies_behind_a_tear_never_comes_back),
        TEST(a_batch_that_fills_the_hole_ends_there),
        TEST(a_wipe_that_fails_stops_the_start),
        TEST(a_new_segment_without_a_batch_is_where_it_goes_on),
        TEST(damage_in_an_acknowledged_batch_refuses_the_start),
        TEST(after_a_crash_the_batches_before_the_last_are_acknowledged),
        TEST(the_next_segment_tells_of_damage_at_the_end_of_one),
        TEST(damage_is_told_by_file_and_byte_within),
        TEST(a_clean_end_proves_what_was_before_it),
        TEST(a_missing_segment_refuses_the_start),
        TEST(an_empty_segment_refuses_the_start),
        TEST(looking_only_changes_nothing),
        TEST(looking_only_at_nothing_makes_nothing),
        TEST(salvage_gives_all_that_checks),
        TEST(salvage_of_nothing_ends_where_it_would_begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
