/* test_pack.c — answers packed with gzip: whole, once, and only where it helps. */
#include "lib/check.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "app/pack.h"
#include "base/buf.h"

static int packer_setup(void **state)
{
    *state = packer_new();
    return 0;
}

static int packer_teardown(void **state)
{
    packer_free(*state);
    return 0;
}

/* n bytes that pack well, and differ by seed. */
static struct buf text(size_t n, unsigned seed)
{
    struct buf b = {0};

    while (b.len < n)
        buf_printf(&b, "{\"id\":%u,\"title\":\"Which?\"},", seed);
    b.len = n;
    return b;
}

static struct buf unpack(struct str packed)
{
    struct buf out = {0};
    z_stream z = {0};

    assert_int_equal(inflateInit2(&z, 31), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)packed.at;
    z.avail_in = (uInt)packed.len;
    z.next_out = (Bytef *)buf_reserve(&out, 2 * PACK_MAX);
    z.avail_out = 2 * PACK_MAX;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = z.total_out;
    inflateEnd(&z);
    return out;
}

static void check_packs(struct packer *p, const struct buf *body)
{
    struct str packed = pack(p, buf_str(body));
    struct buf again;

    assert_non_null(packed.at);
    assert_true(packed.len < body->len);
    again = unpack(packed);
    assert_true(str_eq(buf_str(&again), buf_str(body)));
    buf_done(&again);
}

static void what_is_packed_comes_out_as_it_was(void **state)
{
    static const size_t sizes[] = {PACK_MIN, PACK_MIN + 1, 10000, PACK_MAX};

    for (unsigned i = 0; i < LENGTH(sizes); i++) {
        struct buf body = text(sizes[i], i);

        check_packs(*state, &body);
        buf_done(&body);
    }
    assert_int_equal(packer_hits(*state), 0);
}

static void what_is_too_small_or_too_large_stays(void **state)
{
    static const size_t sizes[] = {0, 1, PACK_MIN - 1, PACK_MAX + 1};

    for (unsigned i = 0; i < LENGTH(sizes); i++) {
        struct buf body = text(sizes[i], i);

        assert_null(pack(*state, buf_str(&body)).at);
        buf_done(&body);
    }
}

static void what_gets_no_smaller_stays(void **state)
{
    struct buf noise = {0};
    unsigned seed = 7;

    while (noise.len < 5000)
        buf_char(&noise, (char)rand_r(&seed));
    assert_null(pack(*state, buf_str(&noise)).at);
    assert_null(pack(*state, buf_str(&noise)).at); /* from what was kept */
    assert_int_equal(packer_hits(*state), 1);
    buf_done(&noise);
}

static void what_was_packed_lately_is_not_packed_again(void **state)
{
    struct buf first = text(3000, 1), other = text(3000, 2);

    check_packs(*state, &first);
    check_packs(*state, &other);
    check_packs(*state, &first);
    assert_int_equal(packer_hits(*state), 1);
    for (unsigned i = 0; i < PACK_KEPT; i++) {
        struct buf more = text(2000, 100 + i);

        check_packs(*state, &more);
        buf_done(&more);
    }
    check_packs(*state, &first); /* it had to go */
    assert_int_equal(packer_hits(*state), 1);
    buf_done(&first);
    buf_done(&other);
}

int main(void)
{
#define PACKER_TEST(f) cmocka_unit_test_setup_teardown(f, packer_setup, packer_teardown)
    const struct CMUnitTest tests[] = {
        PACKER_TEST(what_is_packed_comes_out_as_it_was),
        PACKER_TEST(what_is_too_small_or_too_large_stays),
        PACKER_TEST(what_gets_no_smaller_stays),
        PACKER_TEST(what_was_packed_lately_is_not_packed_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
