/* test_log.c — one line an event, whatever is in it. */
#include "lib/check.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

static int64_t noon(const struct clock *c)
{
    (void)c;
    return 1769860800123;
}

static const struct clock held = {.now_ms = noon};

/* A pipe to log into; what was written is read back after the end is closed. */
struct paper {
    int from;
    struct log log;
    struct buf text;
};

static void paper_init(struct paper *p, enum log_level level, enum log_format format)
{
    int fds[2];

    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    p->from = fds[0];
    p->text = (struct buf){0};
    log_init(&p->log, fds[1], level, format);
    p->log.clock = &held;
}

static struct str paper_read(struct paper *p)
{
    ssize_t n;

    p->text.len = 0;
    while ((n = read(p->from, buf_reserve(&p->text, 8192), 8192)) > 0)
        p->text.len += (size_t)n;
    return buf_str(&p->text);
}

static void paper_done(struct paper *p)
{
    close(p->from);
    close(p->log.fd);
    buf_done(&p->text);
}

static void a_line_is_an_object(void **state)
{
    struct paper p;
    (void)state;

    paper_init(&p, LOG_INFO, LOG_FORMAT_JSON);
    LOG(&p.log, LOG_INFO, "listening", LOG_STR("address", "127.0.0.1"),
        LOG_INT("port", 8080), LOG_TEXT("path", STR("a \"b\"")), LOG_STR("none", NULL),
        LOG_INT("least", INT64_MIN));
    CHECK_STR(
        paper_read(&p),
        "{\"time\":\"2026-01-31T12:00:00.123Z\",\"level\":\"info\","
        "\"event\":\"listening\",\"address\":\"127.0.0.1\",\"port\":8080,"
        "\"path\":\"a \\\"b\\\"\",\"none\":\"\",\"least\":-9223372036854775808}\n");
    paper_done(&p);
}

static void a_line_for_people_is_text(void **state)
{
    struct paper p;
    (void)state;

    paper_init(&p, LOG_INFO, LOG_FORMAT_TEXT);
    LOG(&p.log, LOG_WARN, "slow_disk", LOG_STR("dir", "/var/lib"), LOG_INT("ms", -5),
        LOG_STR("empty", ""), LOG_STR("words", "a b"), LOG_STR("sly", "x\ny=z"),
        LOG_STR("equals", "a=b"), LOG_STR("escape", "\x1b[2J"),
        LOG_STR("utf8", "\xc3\xa4"));
    CHECK_STR(paper_read(&p),
              "2026-01-31T12:00:00.123Z warn  slow_disk dir=/var/lib ms=-5 empty=\"\" "
              "words=\"a b\" sly=\"x\\ny=z\" equals=\"a=b\" escape=\"\\u001b[2J\" "
              "utf8=\"\xc3\xa4\"\n");
    LOG(&p.log, LOG_ERROR, "bare", );
    CHECK_STR(paper_read(&p), "2026-01-31T12:00:00.123Z error bare\n");
    paper_done(&p);
}

static void a_level_hides_what_is_less_important(void **state)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    (void)state;

    for (int level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        struct paper p;

        paper_init(&p, (enum log_level)level, LOG_FORMAT_JSON);
        for (int of = LOG_ERROR; of <= LOG_DEBUG; of++) {
            struct str line;

            LOG(&p.log, (enum log_level)of, "event", LOG_INT("n", of));
            line = paper_read(&p);
            CHECK_EQ_AT(names[of], line.len != 0, of <= level);
            if (line.len != 0)
                CHECK_HAS_AT("its level", line, names[of]);
        }
        paper_done(&p);
    }
}

static void auto_is_text_only_on_a_terminal(void **state)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    struct log log;
    int fds[2];
    (void)state;

    assert_true(terminal >= 0);
    log_init(&log, terminal, LOG_INFO, LOG_FORMAT_AUTO);
    assert_false(log.json);
    log_init(&log, terminal, LOG_INFO, LOG_FORMAT_JSON);
    assert_true(log.json);
    close(terminal);

    assert_int_equal(pipe(fds), 0);
    log_init(&log, fds[1], LOG_INFO, LOG_FORMAT_AUTO);
    assert_true(log.json);
    log_init(&log, fds[1], LOG_INFO, LOG_FORMAT_TEXT);
    assert_false(log.json);
    close(fds[0]);
    close(fds[1]);
}

/* The line as a JSON reader sees it. The caller ends it with json_decref(). */
static json_t *only_line(struct paper *p)
{
    struct str s = paper_read(p);
    json_t *line;

    assert_true(s.len > 0 && s.len <= LOG_LINE_BYTES);
    assert_ptr_equal(memchr(s.at, '\n', s.len), s.at + s.len - 1);
    line = json_loadb(s.at, s.len, JSON_ALLOW_NUL, NULL);
    assert_non_null(line);
    return line;
}

static void a_long_field_is_cut_between_two_characters(void **state)
{
    static const struct {
        const char *why, *unit;
        size_t n_bytes; /* of the field, made of units */
        size_t kept;
    } rows[] = {
        {"as long as it may be", "a", LOG_FIELD_BYTES, LOG_FIELD_BYTES},
        {"one too long", "a", LOG_FIELD_BYTES + 1, LOG_FIELD_BYTES},
        {"two bytes each, even", "\xc3\xa4", 2000, LOG_FIELD_BYTES},
        {"three bytes each", "\xe2\x82\xac", 3000, LOG_FIELD_BYTES / 3 * 3},
        {"four bytes each", "\xf0\x9f\x97\xb3", 4000, LOG_FIELD_BYTES},
        {"one of its four inside", "zzzzz\xf0\x9f\x97\xb3zz", 4000,
         LOG_FIELD_BYTES - 1},
        {"two of its four inside", "\xf0\x9f\x97\xb3z", 4000, LOG_FIELD_BYTES - 2},
        {"three of its four inside", "zzzzz\xf0\x9f\x97\xb3", 4000,
         LOG_FIELD_BYTES - 3},
    };
    char field[4096];
    struct paper p;
    (void)state;

    paper_init(&p, LOG_INFO, LOG_FORMAT_JSON);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        size_t unit = strlen(rows[i].unit), kept = rows[i].kept;
        const char *got;
        json_t *line;

        for (size_t at = 0; at < rows[i].n_bytes; at++)
            field[at] = rows[i].unit[at % unit];
        LOG(&p.log, LOG_INFO, "event",
            LOG_TEXT("field", ((struct str){field, rows[i].n_bytes})));
        line = only_line(&p);
        got = json_string_value(json_object_get(line, "field"));
        CHECK_EQ_AT(rows[i].why, memcmp(got, field, kept), 0);
        CHECK_STR_AT(rows[i].why, str_of(got + kept),
                     kept < rows[i].n_bytes ? "..." : "");
        json_decref(line);
    }
    paper_done(&p);
}

static void any_bytes_make_a_valid_line(void **state)
{
    char field[600];
    struct paper p;
    (void)state;

    for (int format = LOG_FORMAT_JSON; format <= LOG_FORMAT_TEXT; format++) {
        paper_init(&p, LOG_INFO, (enum log_format)format);
        for (unsigned c = 0; c < 256; c++) {
            struct str s;

            memset(field, (int)c, sizeof field);
            LOG(&p.log, LOG_INFO, "event", LOG_TEXT("a", ((struct str){field, 1})),
                LOG_TEXT("b", ((struct str){field, sizeof field})));
            if (format == LOG_FORMAT_JSON) {
                json_decref(only_line(&p));
                continue;
            }
            s = paper_read(&p);
            CHECK_AT("one line", memchr(s.at, '\n', s.len) == s.at + s.len - 1);
            CHECK_AT("readable", str_is_utf8(s));
        }
        paper_done(&p);
    }
}

static void a_line_is_never_longer_than_a_pipe_takes_whole(void **state)
{
    static const char *const ends[] = {
        [LOG_FORMAT_JSON] = ",\"last\":1,\"truncated\":true}\n",
        [LOG_FORMAT_TEXT] = " last=1 truncated=true\n",
    };
    char field[LOG_FIELD_BYTES];
    struct paper p;
    (void)state;

    memset(field, 1, sizeof field); /* six bytes each as JSON */
    for (int format = LOG_FORMAT_JSON; format <= LOG_FORMAT_TEXT; format++) {
        struct str one = {field, sizeof field}, line, end;

        paper_init(&p, LOG_INFO, (enum log_format)format);
        LOG(&p.log, LOG_INFO, "event", LOG_TEXT("a", one), LOG_TEXT("b", one),
            LOG_INT("last", 1));
        line = paper_read(&p);
        end = str_of(ends[format]);
        assert_true(line.len > 3000 && line.len <= LOG_LINE_BYTES);
        CHECK_STR(str_skip(line, line.len - end.len), ends[format]);
        paper_done(&p);
    }
}

/* Whatever is left for the last fields: with or without them, the end fits too. */
static void the_end_of_a_line_always_fits(void **state)
{
    char field[LOG_FIELD_BYTES];
    size_t longest = 0;
    (void)state;

    memset(field, 1, sizeof field);
    for (int format = LOG_FORMAT_JSON; format <= LOG_FORMAT_TEXT; format++) {
        struct paper p;

        paper_init(&p, LOG_INFO, (enum log_format)format);
        for (size_t n = 0; n < LOG_FIELD_BYTES; n++) {
            struct str line;

            memset(field, 'x', n);
            LOG(&p.log, LOG_INFO, "event", LOG_TEXT("a", STR("1234567")),
                LOG_TEXT("b", ((struct str){field, sizeof field})),
                LOG_TEXT("c", ((struct str){field, sizeof field - n})),
                LOG_TEXT("d", ((struct str){field, n})), LOG_INT("e", 1),
                LOG_TEXT("f", ((struct str){field, sizeof field})), LOG_INT("g", 1));
            line = paper_read(&p);
            CHECK_AT("fits", line.len <= LOG_LINE_BYTES);
            CHECK_AT("ends", line.at[line.len - 1] == '\n');
            longest = line.len > longest ? line.len : longest;
        }
        paper_done(&p);
    }
    assert_in_range(longest, LOG_LINE_BYTES - 30, LOG_LINE_BYTES);
}

enum { THREADS = 4, LINES = 500 };

static void *log_lines(void *arg)
{
    struct log *log = arg;
    char field[200];

    memset(field, 'x', sizeof field);
    for (int i = 0; i < LINES; i++)
        LOG(log, LOG_INFO, "event", LOG_TEXT("field", ((struct str){field, 200})));
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    char path[] = "/tmp/pollux-test-log-XXXXXX";
    pthread_t threads[THREADS];
    struct buf text = {0};
    struct str rest, line;
    struct log log;
    size_t len = 0;
    int n = 0;
    (void)state;

    log_init(&log, mkostemp(path, O_APPEND), LOG_INFO, LOG_FORMAT_JSON);
    log.clock = &held;
    assert_true(log.fd >= 0);
    unlink(path);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_lines, &log), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);

    len = (size_t)lseek(log.fd, 0, SEEK_END);
    assert_int_equal(pread(log.fd, buf_reserve(&text, len), len, 0), len);
    text.len = len;
    for (rest = buf_str(&text); rest.len != 0; n++) {
        rest = str_cut(rest, '\n', &line);
        CHECK_EQ_AT("all are the same", line.len, len / THREADS / LINES - 1);
        CHECK_AT("whole", line.at[0] == '{' && line.at[line.len - 1] == '}');
    }
    assert_int_equal(n, THREADS * LINES);
    buf_done(&text);
    close(log.fd);
}

static void a_line_that_cannot_be_written_is_lost(void **state)
{
    struct paper p;
    struct log log;
    (void)state;

    log_init(&log, -1, LOG_INFO, LOG_FORMAT_JSON);
    LOG(&log, LOG_INFO, "event", );

    paper_init(&p, LOG_INFO, LOG_FORMAT_JSON);
    for (int i = 0; i < 10000; i++) /* nobody reads: it must not wait */
        LOG(&p.log, LOG_INFO, "event", );
    paper_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_an_object),
        cmocka_unit_test(a_line_for_people_is_text),
        cmocka_unit_test(a_level_hides_what_is_less_important),
        cmocka_unit_test(auto_is_text_only_on_a_terminal),
        cmocka_unit_test(a_long_field_is_cut_between_two_characters),
        cmocka_unit_test(any_bytes_make_a_valid_line),
        cmocka_unit_test(a_line_is_never_longer_than_a_pipe_takes_whole),
        cmocka_unit_test(the_end_of_a_line_always_fits),
        cmocka_unit_test(lines_of_threads_do_not_mix),
        cmocka_unit_test(a_line_that_cannot_be_written_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
