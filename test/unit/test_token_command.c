/* test_token_command.c — lines of tokens, all of them good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/token_command.h"

static const int64_t NOW = INT64_C(1767225600000);

struct fixture {
    struct jwt_signer *signer;
    struct jwt_verifier *verifier;
    FILE *out;
};

static int set_up(void **state)
{
    const struct jwt_lifetimes lifetimes = {86400000, 86400000, 86400000};
    static struct fixture f;

    assert_int_equal(
        jwt_signer_new(STR("0123456789abcdef0123456789abcdef"), &lifetimes, &f.signer),
        0);
    assert_int_equal(jwt_verifier_new(f.signer, NULL, &f.verifier), 0);
    f.out = tmpfile();
    assert_non_null(f.out);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    fclose(f->out);
    jwt_verifier_free(f->verifier);
    jwt_signer_free(f->signer);
    return 0;
}

static int run(struct fixture *f, uint64_t first, uint64_t count, bool guest)
{
    struct token_command c = {.first = first, .count = count, .guest = guest};

    return token_command_run(&c, f->signer, NOW, fileno(f->out));
}

/* Every line is "id<TAB>token", ids count up from first, tokens name them. */
static void assert_lines(struct fixture *f, uint64_t first, uint64_t count, bool guest)
{
    char line[300];
    uint64_t n = 0;

    rewind(f->out);
    for (; fgets(line, sizeof line, f->out) != NULL; n++) {
        struct identity id;
        struct str number, rest = str_cut(str_of(line), '\t', &number);
        struct str token;
        uint64_t user;

        assert_int_equal(str_cut(rest, '\n', &token).len, 0);
        assert_int_equal(str_to_u64(number, UINT32_MAX, &user), 0);
        assert_int_equal(user, first + n);
        assert_int_equal(jwt_verify(f->verifier, token, NOW, &id), 0);
        assert_int_equal(id.user, user);
        assert_int_equal(id.guest, guest);
    }
    assert_int_equal(n, count);
}

static void prints_a_line_for_each_user(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, 41, 3, false), 0);
    assert_lines(f, 41, 3, false);
}

static void prints_guests(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, 1, 1, true), 0);
    assert_lines(f, 1, 1, true);
}

static void prints_more_than_a_chunk(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, 1, 2000, false), 0);
    assert_lines(f, 1, 2000, false);
}

static void none_is_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, 1, 0, false), 0);
    assert_lines(f, 1, 0, false);
}

static void the_last_user_is_the_last(void **state)
{
    static const struct {
        uint64_t first, count;
        int rc;
    } rows[] = {
        {0, 1, ERR_INVALID},
        {UINT32_MAX, 2, ERR_INVALID},
        {UINT64_C(1) << 32, 1, ERR_INVALID},
        {UINT64_C(1) << 32, 0, ERR_INVALID},
        {2, UINT64_MAX, ERR_INVALID},
        {1, UINT64_C(1) << 32, ERR_INVALID},
        {UINT32_MAX, 1, 0},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(run(f, rows[i].first, rows[i].count, false), rows[i].rc);
    assert_lines(f, UINT32_MAX, 1, false);
}

static void a_full_disk_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct token_command c = {.first = 1, .count = 1};
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        skip();
    assert_int_equal(token_command_run(&c, f->signer, NOW, fd), ERR_UNAVAILABLE);
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(prints_a_line_for_each_user), TEST(prints_guests),
        TEST(prints_more_than_a_chunk),    TEST(none_is_nothing),
        TEST(the_last_user_is_the_last),   TEST(a_full_disk_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
