/* test_record.c — changes as bytes: back again as they were, or refused. */
#include "lib/check.h"

#include <endian.h>

#include "ballot/crc32c.h"
#include "ballot/record.h"
#include "lib/journal_world.h"

enum { AT = 1 << 20 };

static int read_at(const struct buf *b, uint64_t position, struct record *r)
{
    return record_read((const uint8_t *)b->data, b->len, position, r);
}

static struct change widest_change(void)
{
    struct change c = {.kind = CHANGE_VOTE,
                       .poll = UINT32_MAX,
                       .user = UINT32_MAX - 1,
                       .option = LIMIT_OPTIONS - 1,
                       .was_option = LIMIT_OPTIONS - 1,
                       .keyed = true,
                       .at_ms = INT64_MIN,
                       .version = UINT64_MAX};

    memset(c.key, 0xff, sizeof c.key);
    c.receipt = (struct receipt){.voted_ms = INT64_MIN,
                                 .version = UINT64_MAX - 1,
                                 .option = LIMIT_OPTIONS - 1,
                                 .votes_left = UINT32_MAX,
                                 .n_options = LIMIT_OPTIONS};
    memset(c.receipt.counts, 0xff, sizeof c.receipt.counts);
    return c;
}

static void changes_come_back_as_they_were(void **state)
{
    struct buf b = {0};
    struct record r;
    (void)state;

    for (uint64_t n = 0; n < 2000; n++) {
        struct change c = nth_change(n);

        b.len = 0;
        record_add_change(&b, AT + n * 8, &c);
        assert_int_equal(b.len % RECORD_ALIGN, 0);
        assert_true(b.len <= RECORD_BYTES_MAX);
        assert_int_equal(read_at(&b, AT + n * 8, &r), b.len);
        assert_int_equal(r.type, c.kind);
        check_nth(&r.change, n);
    }
    buf_done(&b);
}

static void the_widest_values_fit(void **state)
{
    struct change c = widest_change();
    struct buf b = {0};
    struct record r;
    (void)state;

    record_add_change(&b, UINT64_MAX - 7, &c);
    assert_int_equal(read_at(&b, UINT64_MAX - 7, &r), b.len);
    check_same("widest", &r.change, &c);
    buf_done(&b);
}

static void only_votes_keep_a_receipt(void **state)
{
    struct change c = widest_change();
    struct buf b = {0};
    struct record r;
    (void)state;

    c.kind = CHANGE_WITHDRAW;
    record_add_change(&b, AT, &c);
    assert_int_equal(read_at(&b, AT, &r), b.len);
    assert_false(r.change.keyed);
    buf_done(&b);
}

static void an_edit_keeps_its_id_only(void **state)
{
    const struct change c = {.kind = CHANGE_EDIT,
                             .poll = 5,
                             .user = 6,
                             .version = 7,
                             .edit = {.id = UINT64_MAX - 1, .rules.n_options = 3}};
    struct buf b = {0};
    struct record r;
    (void)state;

    record_add_change(&b, AT, &c);
    assert_int_equal(read_at(&b, AT, &r), b.len);
    assert_int_equal(r.change.kind, CHANGE_EDIT);
    assert_int_equal(r.change.version, 7);
    assert_true(r.change.edit.id == UINT64_MAX - 1);
    assert_int_equal(r.change.edit.rules.n_options, 0);
    buf_done(&b);
}

static void marks_come_back(void **state)
{
    struct buf b = {0};
    struct record r;
    (void)state;

    record_add_mark(&b, UINT64_MAX - 7, UINT64_MAX - 7);
    assert_int_equal(b.len, 24);
    assert_int_equal(read_at(&b, UINT64_MAX - 7, &r), 24);
    assert_int_equal(r.type, RECORD_MARK);
    assert_true(r.durable == UINT64_MAX - 7);
    buf_done(&b);
}

/* The format is what lies on disks already: it may not change by accident. */
static void the_bytes_are_these(void **state)
{
    static const uint8_t want[] = {
        28, 0, 0, 0, 0, 0, 0, 0, /* length, checksum (below) */
        3,  1, 2, 0, 0, 5, 0, 0, 0, 0x10, 0x27, 0, 0, 0,
        0,  0, 0, 9, 0, 0, 0, 0, 0, 0,    0,    2, 1, 0,
    };
    struct change c = {.kind = CHANGE_MOVE,
                       .poll = 0x201,
                       .user = 5,
                       .at_ms = 10000,
                       .version = 9,
                       .option = 2,
                       .was_option = 1};
    struct buf b = {0};
    (void)state;

    record_add_change(&b, 16, &c);
    assert_int_equal(b.len, 40);
    assert_memory_equal(b.data, want, 4);
    assert_memory_equal(b.data + 8, want + 8, 28);
    assert_memory_equal(b.data + 36, "\0\0\0\0", 4);
    assert_int_equal(*(uint32_t *)(void *)(b.data + 4), 0x47679d5e);
    buf_done(&b);
}

/* The padding is not covered: it holds nothing. */
static void check_every_bit(struct buf *b)
{
    struct record r;
    size_t covered = 8 + (size_t)(uint8_t)b->data[0];

    for (size_t bit = 0; bit < covered * 8; bit++) {
        b->data[bit / 8] ^= (char)(1 << bit % 8);
        CHECK_EQ_AT("a flipped bit", read_at(b, AT, &r), RECORD_BAD);
        b->data[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_int_equal(read_at(b, AT, &r), b->len);
}

static void a_flipped_bit_is_refused(void **state)
{
    struct change widest = widest_change();
    struct buf b = {0};
    (void)state;

    for (uint64_t n = 0; n < 24; n++) {
        struct change c = nth_change(n);

        b.len = 0;
        record_add_change(&b, AT, &c);
        check_every_bit(&b);
    }
    b.len = 0;
    record_add_change(&b, AT, &widest);
    check_every_bit(&b);
    b.len = 0;
    record_add_mark(&b, AT, 77);
    check_every_bit(&b);
    buf_done(&b);
}

static void another_position_is_refused(void **state)
{
    struct change c = nth_change(0);
    struct buf b = {0};
    struct record r;
    (void)state;

    record_add_change(&b, AT, &c);
    for (int bit = 0; bit < 64; bit++)
        assert_int_equal(read_at(&b, AT ^ UINT64_C(1) << bit, &r), RECORD_BAD);
    buf_done(&b);
}

static void a_cut_record_is_refused(void **state)
{
    struct change c = nth_change(0);
    struct buf b = {0};
    struct record r;
    (void)state;

    record_add_change(&b, AT, &c);
    for (size_t len = 0; len < b.len; len++)
        assert_int_equal(record_read((const uint8_t *)b.data, len, AT, &r),
                         len < 8 ? RECORD_END : RECORD_BAD);
    buf_done(&b);
}

static void zeros_are_the_end(void **state)
{
    static const uint8_t zeros[RECORD_BYTES_MAX];
    struct record r;
    (void)state;

    assert_int_equal(record_read(zeros, sizeof zeros, AT, &r), RECORD_END);
    assert_int_equal(record_read(zeros, 8, AT, &r), RECORD_END);
    assert_int_equal(record_read(zeros, 0, AT, &r), RECORD_END);
}

/* Values that check, and that no writer of ours would write. */
static void foreign_values_are_refused(void **state)
{
    static const struct {
        const char *why;
        struct change change;
    } rows[] = {
        {"no kind", {.kind = (enum change_kind)0}},
        {"a kind too far", {.kind = (enum change_kind)(CHANGE_UNSKIP + 1)}},
        {"an option too far", {.kind = CHANGE_VOTE, .option = LIMIT_OPTIONS}},
        {"a former option", {.kind = CHANGE_MOVE, .was_option = LIMIT_OPTIONS}},
    };
    struct buf b = {0};
    struct record r;
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        b.len = 0;
        record_add_change(&b, AT, &rows[i].change);
        CHECK_EQ_AT(rows[i].why, read_at(&b, AT, &r), RECORD_BAD);
    }
    b.len = 0;
    record_add_mark(&b, AT, AT + 1);
    CHECK_EQ_AT("a mark that knows what comes", read_at(&b, AT, &r), RECORD_BAD);
    buf_done(&b);
}

/* Sets a byte of a record, and its length, and puts its checksum right. */
static void forge(struct buf *b, size_t byte, char value, uint32_t length)
{
    uint64_t head[2] = {htole64(AT), htole64(length)};
    uint32_t crc;

    b->data[byte] = value;
    b->data[0] = (char)length;
    crc = htole32(crc32c(crc32c(0, head, sizeof head), b->data + 8, length));
    memcpy(b->data + 4, &crc, sizeof crc);
}

static void forged_bodies_are_refused(void **state)
{
    enum { KIND = 8, FLAGS = 8 + 27, N_OPTIONS = 8 + 28 + 16 + 8 + 4 };
    static const struct {
        const char *why;
        uint64_t number; /* of the change; 0 is a keyed vote, 6 one without a key */
        size_t byte;
        char value;
        uint32_t longer;
        bool sound;
    } rows[] = {
        {"as it was", 6, FLAGS, 0, 0, true},
        {"another kind", 6, KIND, CHANGE_SKIP, 0, true},
        {"the last kind", 6, KIND, CHANGE_UNSKIP, 0, true},
        {"a flag that nobody knows", 6, FLAGS, 2, 0, false},
        {"keyed, and no key", 6, FLAGS, 1, 0, false},
        {"more than all", 6, FLAGS, 0, 1, false},
        {"a keyed one, as it was", 0, FLAGS, 1, 0, true},
        {"keyed, and a skip", 0, KIND, CHANGE_SKIP, 0, false},
        {"a key, and not keyed", 0, FLAGS, 0, 0, false},
        {"an option more", 0, N_OPTIONS, 3, 0, false},
        {"an option less", 0, N_OPTIONS, 1, 0, false},
        {"options without end", 0, N_OPTIONS, 127, 0, false},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct change c = nth_change(rows[i].number);
        struct buf b = {0};
        struct record r;

        record_add_change(&b, AT, &c);
        forge(&b, rows[i].byte, rows[i].value, (uint32_t)b.data[0] + rows[i].longer);
        CHECK_EQ_AT(rows[i].why, read_at(&b, AT, &r),
                    rows[i].sound ? (int)b.len : RECORD_BAD);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_come_back_as_they_were),
        cmocka_unit_test(the_widest_values_fit),
        cmocka_unit_test(only_votes_keep_a_receipt),
        cmocka_unit_test(an_edit_keeps_its_id_only),
        cmocka_unit_test(marks_come_back),
        cmocka_unit_test(the_bytes_are_these),
        cmocka_unit_test(a_flipped_bit_is_refused),
        cmocka_unit_test(another_position_is_refused),
        cmocka_unit_test(a_cut_record_is_refused),
        cmocka_unit_test(zeros_are_the_end),
        cmocka_unit_test(foreign_values_are_refused),
        cmocka_unit_test(forged_bodies_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
