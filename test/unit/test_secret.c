/* test_secret.c — where the key of the tokens comes from, and which one is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/secret.h"
#include "base/err.h"

struct fixture {
    char dir[64], path[96];
    char errmsg[256];
    struct secret secret;
};

static int set_up(void **state)
{
    static struct fixture f;

    f = (struct fixture){.dir = "/tmp/pollux-test-secret-XXXXXX"};
    assert_non_null(mkdtemp(f.dir));
    snprintf(f.path, sizeof f.path, "%s/jwt.secret", f.dir);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    unlink(f->path);
    rmdir(f->path); /* where a test made a directory of it */
    return rmdir(f->dir);
}

static int load(struct fixture *f, const char *configured)
{
    f->errmsg[0] = '\0';
    return secret_load(str_of(configured), f->dir, NULL, &f->secret, f->errmsg,
                       sizeof f->errmsg);
}

static void put_file(const struct fixture *f, const char *text, mode_t mode)
{
    int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static size_t count_files(const char *dir)
{
    DIR *d = opendir(dir);
    size_t n = 0;

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void assert_secret(const struct fixture *f, const char *want)
{
    assert_int_equal(f->secret.len, strlen(want));
    assert_memory_equal(f->secret.text, want, f->secret.len);
}

static void the_configured_one_is_taken_as_it_is(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(load(f, " 0123456789abcdef0123456789abcde"), 0);
    assert_secret(f, " 0123456789abcdef0123456789abcde");
    assert_int_equal(count_files(f->dir), 0);
}

static void a_short_one_is_taken_and_known_as_short(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(load(f, "x"), 0);
    assert_secret(f, "x");
    assert_true(secret_is_short(&f->secret));
    assert_int_equal(load(f, "0123456789abcdef0123456789abcde"), 0);
    assert_true(secret_is_short(&f->secret));
    assert_int_equal(load(f, "0123456789abcdef0123456789abcdef"), 0);
    assert_false(secret_is_short(&f->secret));

    put_file(f, "short\n", 0600);
    assert_int_equal(load(f, NULL), 0);
    assert_secret(f, "short");
}

static void a_huge_configured_one_is_refused(void **state)
{
    struct fixture *f = *state;
    char text[SECRET_BYTES_MAX + 2];

    memset(text, 'x', sizeof text);
    text[SECRET_BYTES_MAX + 1] = '\0';
    assert_int_equal(load(f, text), ERR_INVALID);
    assert_non_null(strstr(f->errmsg, "too long"));
    text[SECRET_BYTES_MAX] = '\0';
    assert_int_equal(load(f, text), 0);
    assert_int_equal(f->secret.len, SECRET_BYTES_MAX);
}

static void the_first_start_makes_one_and_the_next_reads_it(void **state)
{
    struct fixture *f = *state;
    struct secret first;
    struct stat st;
    mode_t mask = umask(0);

    assert_int_equal(load(f, NULL), 0);
    umask(mask);
    first = f->secret;
    assert_int_equal(first.len, 64);
    for (size_t i = 0; i < first.len; i++)
        assert_non_null(strchr("0123456789abcdef", first.text[i]));
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 65);
    assert_int_equal(count_files(f->dir), 1); /* nothing temporary is left */

    assert_int_equal(load(f, NULL), 0);
    assert_memory_equal(f->secret.text, first.text, 64);

    unlink(f->path);
    assert_int_equal(load(f, NULL), 0);
    assert_memory_not_equal(f->secret.text, first.text, 64);
}

static void *load_in_thread(void *arg)
{
    struct fixture *f = arg;

    return (void *)(intptr_t)load(f, NULL);
}

static void of_many_first_starts_one_makes_it(void **state)
{
    struct fixture *f = *state, each[8];
    pthread_t threads[8];

    for (size_t i = 0; i < 8; i++) {
        each[i] = *f;
        pthread_create(&threads[i], NULL, load_in_thread, &each[i]);
    }
    for (size_t i = 0; i < 8; i++) {
        void *rc;

        pthread_join(threads[i], &rc);
        assert_null(rc);
    }
    for (size_t i = 1; i < 8; i++)
        assert_memory_equal(each[i].secret.text, each[0].secret.text, 64);
    assert_int_equal(count_files(f->dir), 1);
}

static void a_file_of_the_operators_own_is_read(void **state)
{
    struct fixture *f = *state;

    put_file(f, "my own secret, of more than 32 bytes\r\n\n", 0400);
    assert_int_equal(load(f, ""), 0);
    assert_secret(f, "my own secret, of more than 32 bytes");
}

static void a_file_that_others_can_read_is_refused(void **state)
{
    static const struct {
        mode_t mode;
        bool good;
    } rows[] = {{0600, true},  {0400, true},  {0640, false}, {0604, false},
                {0620, false}, {0601, false}, {0644, false}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_file(f, "0123456789abcdef0123456789abcdef\n", rows[i].mode);
        assert_int_equal(load(f, NULL), rows[i].good ? 0 : ERR_INVALID);
        unlink(f->path);
    }
    assert_non_null(strstr(f->errmsg, "can be read by others (mode 644): `chmod 600`"));
    assert_null(strstr(f->errmsg, "0123456789abcdef"));
}

static void a_damaged_file_is_refused(void **state)
{
    struct fixture *f = *state;
    char huge[SECRET_BYTES_MAX + 100];

    put_file(f, "", 0600);
    assert_int_equal(load(f, NULL), ERR_INVALID);
    put_file(f, " \r\n", 0600);
    f->secret.len = 99;
    assert_int_equal(load(f, NULL), ERR_INVALID);
    assert_non_null(strstr(f->errmsg, "jwt.secret is empty: `openssl rand -hex 32`"));
    assert_int_equal(f->secret.len, 99);

    memset(huge, 'x', sizeof huge);
    huge[sizeof huge - 1] = '\0';
    put_file(f, huge, 0600);
    assert_int_equal(load(f, NULL), ERR_INVALID);
    assert_non_null(strstr(f->errmsg, "too long"));
}

static void what_is_no_file_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(load(f, NULL), ERR_INVALID);
    assert_non_null(strstr(f->errmsg, "not a regular file"));
    unlink(f->path);
    assert_int_equal(mkdir(f->path, 0700), 0);
    assert_int_equal(load(f, NULL), ERR_INVALID);
}

static void a_missing_directory_is_named(void **state)
{
    struct fixture *f = *state;
    char errmsg[256];

    assert_int_equal(secret_load(str_of(""), "/nonexistent", NULL, &f->secret, errmsg,
                                 sizeof errmsg),
                     ERR_UNAVAILABLE);
    assert_string_equal(
        errmsg, "cannot create /nonexistent/jwt.secret: No such file or directory");
}

static void other_secrets_have_their_own_files(void **state)
{
    struct fixture *f = *state;
    struct secret first, again;
    char path[96];

    assert_int_equal(load(f, NULL), 0);
    assert_int_equal(secret_from_file(f->dir, "x.password", NULL, &first, f->errmsg,
                                      sizeof f->errmsg),
                     0);
    assert_int_equal(secret_from_file(f->dir, "x.password", NULL, &again, f->errmsg,
                                      sizeof f->errmsg),
                     0);
    assert_memory_equal(first.text, again.text, 64);
    assert_memory_not_equal(first.text, f->secret.text, 64);
    snprintf(path, sizeof path, "%s/x.password", f->dir);
    assert_int_equal(unlink(path), 0);
}

static void done_wipes_it(void **state)
{
    struct fixture *f = *state;
    static const struct secret empty;

    assert_int_equal(load(f, "0123456789abcdef0123456789abcdef"), 0);
    assert_true(
        str_eq(secret_str(&f->secret), STR("0123456789abcdef0123456789abcdef")));
    secret_done(&f->secret);
    assert_memory_equal(&f->secret, &empty, sizeof empty);
}

/* The whole text is the key, also the part that says whose it is. */
static void a_new_secret_says_whose_it_is(void **state)
{
    static const uint8_t data_set[SECRET_ID_BYTES] = "a data set of us";
    struct fixture *f = *state;
    uint8_t id[SECRET_ID_BYTES];

    assert_int_equal(secret_load(str_of(""), f->dir, data_set, &f->secret, f->errmsg,
                                 sizeof f->errmsg),
                     0);
    assert_int_equal(secret_str(&f->secret).len, 64 + 1 + 32);
    assert_true(secret_data_set(&f->secret, id));
    assert_memory_equal(id, data_set, sizeof id);
    f->secret.text[64] = '0';
    assert_false(secret_data_set(&f->secret, id));
    unlink(f->path);
    assert_int_equal(load(f, ""), 0); /* of no data set */
    assert_false(secret_data_set(&f->secret, id));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_secret_says_whose_it_is),
        TEST(the_configured_one_is_taken_as_it_is),
        TEST(a_short_one_is_taken_and_known_as_short),
        TEST(a_huge_configured_one_is_refused),
        TEST(the_first_start_makes_one_and_the_next_reads_it),
        TEST(of_many_first_starts_one_makes_it),
        TEST(a_file_of_the_operators_own_is_read),
        TEST(a_file_that_others_can_read_is_refused),
        TEST(a_damaged_file_is_refused),
        TEST(what_is_no_file_is_refused),
        TEST(a_missing_directory_is_named),
        TEST(other_secrets_have_their_own_files),
        TEST(done_wipes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
