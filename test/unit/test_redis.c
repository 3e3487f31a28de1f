/* test_redis.c — a connection to a real Redis: values, pipelines, scripts, channels,
 * losses, failover. */
#include "lib/check.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "lib/redis_rig.h"
#include "link/breaker.h"
#include "link/redis.h"
#include "link/redis_place.h"

enum { PATIENT_MS = 60000 }; /* for what has to succeed, on a busy machine */

static struct redis_rig *rig; /* one for all */

static int start_rig(void **state)
{
    (void)state;
    rig = redis_rig_start("");
    return 0;
}

static int stop_rig(void **state)
{
    (void)state;
    rig = redis_rig_stop(rig);
    return 0;
}

static struct redis *open_at(const char *url, const char *sentinels, int timeout_ms)
{
    return redis_new(&(struct redis_opts){.url = url,
                                          .sentinels = sentinels,
                                          .master = "pollux",
                                          .timeout_ms = timeout_ms,
                                          .seed = 1});
}

static int open_redis(void **state)
{
    redis_rig_say(rig, "FLUSHALL");
    *state = open_at(redis_rig_url(rig), "", PATIENT_MS);
    return 0;
}

static int close_redis(void **state)
{
    *state = redis_free(*state);
    return 0;
}

/* "3 OK [a (nil)] " */
static void add_value(void *user, const struct redis_value *v)
{
    struct buf *out = user;

    if (redis_str(v).at != NULL)
        buf_str_add(out, redis_str(v));
    else if (redis_count(v) == 0)
        buf_i64(out, redis_i64(v));
    for (size_t i = 0; i < redis_count(v); i++)
        add_value(out, redis_at(v, i));
    buf_char(out, ' ');
}

enum { WORDS = 8 };

/* A command as one text: "SET a 1". */
static int run(struct redis *r, const char *text, struct buf *out)
{
    struct str words[WORDS], rest = str_of(text);
    struct redis_command c = {words, 0, add_value, out};

    while (rest.len > 0)
        rest = str_cut(rest, ' ', &words[c.n++]);
    return redis_run_all(r, &c, 1);
}

static void check_answer(struct redis *r, const char *text, const char *want)
{
    struct buf out = {0};

    CHECK_EQ_AT(text, run(r, text, &out), 0);
    CHECK_STR(buf_str(&out), want);
    buf_done(&out);
}

static void values_are_read(void **state)
{
    struct redis *r = *state;

    check_answer(r, "SET a 1", "OK ");
    check_answer(r, "INCR a", "2 ");
    check_answer(r, "GET a", "2 ");
    check_answer(r, "GET b", "0 ");
    check_answer(r, "MGET a b", "2 0  ");
    assert_null(redis_at(NULL, 0));
    assert_int_equal(redis_i64(NULL), 0);
    assert_null(redis_str(NULL).at);
}

static void many_commands_are_one_round_trip_and_answer_in_order(void **state)
{
    enum { N = 2000 };
    static struct redis_command commands[N];
    const struct str words[] = {STR("INCR"), STR("n")};
    struct buf out = {0}, want = {0};

    for (int i = 0; i < N; i++) {
        commands[i] = (struct redis_command){words, 2, add_value, &out};
        buf_printf(&want, "%d ", i + 1);
    }
    assert_int_equal(redis_run_all(*state, commands, N), 0);
    assert_int_equal(out.len, want.len);
    assert_memory_equal(out.data, want.data, want.len);
    buf_done(&out);
    buf_done(&want);
}

static void bytes_come_back_as_they_were(void **state)
{
    static const char bytes[] = {'a', '\0', '\r', '\n', (char)0xff};
    const struct str value = {bytes, sizeof bytes};
    const struct str set[] = {STR("SET"), STR("b"), value};
    const struct str get[] = {STR("GET"), STR("b")};
    const struct str none[] = {STR("SET"), STR("none"), {NULL, 0}};
    struct buf out = {0};
    const struct redis_command commands[] = {
        {set, 3, NULL, NULL}, {get, 2, add_value, &out}, {none, 3, NULL, NULL}};

    assert_int_equal(redis_run_all(*state, commands, 3), 0);
    assert_int_equal(out.len, sizeof bytes + 1);
    assert_memory_equal(out.data, bytes, sizeof bytes);
    buf_done(&out);
}

static void a_refusal_is_told_and_the_connection_stays(void **state)
{
    struct redis *r = *state;
    struct buf out = {0};

    check_answer(r, "SET a word", "OK ");
    assert_int_equal(run(r, "INCR a", &out), ERR_INTERNAL);
    CHECK_HAS(str_of(redis_errmsg(r)), "redis: ERR value is not an integer");
    assert_true(redis_is_connected(r));
    check_answer(r, "GET a", "word ");
    buf_done(&out);
}

static void a_script_is_known_again_after_it_was_forgotten(void **state)
{
    struct redis_script s = {.text = "return {KEYS[1], ARGV[1]}"};
    const struct str words[] = {STR("1"), STR("key"), STR("value")};

    for (int i = 0; i < 3; i++) {
        struct buf out = {0};

        assert_int_equal(redis_run_script(*state, &s, words, 3, add_value, &out), 0);
        CHECK_STR(buf_str(&out), "key value  ");
        buf_done(&out);
        if (i == 1)
            redis_rig_say(rig, "SCRIPT FLUSH");
    }
}

/* ---- channels ---- */

static struct str hear(struct redis *r)
{
    uint64_t until_ms = clock_mono_ms() + PATIENT_MS;
    struct str text = {NULL, 0};

    while (text.at == NULL && clock_mono_ms() < until_ms)
        assert_int_equal(redis_hear(r, 100, &text), 0);
    return text;
}

static void who_has_subscribed_hears_every_text(void **state)
{
    struct redis *r = *state;
    struct redis *other = open_at(redis_rig_url(rig), "", PATIENT_MS);
    struct str text;

    assert_int_equal(redis_subscribe(r, STR("news")), 0);
    assert_int_equal(redis_hear(r, 0, &text), 0);
    assert_null(text.at);
    assert_int_equal(redis_publish(other, STR("news"), STR("one")), 0);
    assert_int_equal(redis_publish(other, STR("else"), STR("none")), 0);
    assert_int_equal(redis_publish(other, STR("news"), STR("two")), 0);
    CHECK_STR(hear(r), "one");
    CHECK_STR(hear(r), "two");
    redis_free(other);
}

static void silence_is_tried_and_no_loss(void **state)
{
    struct redis *r = *state;
    uint64_t until_ms = clock_mono_ms() + 2500; /* longer than a PING takes to be due */
    struct str text;

    assert_int_equal(redis_subscribe(r, STR("news")), 0);
    while (clock_mono_ms() < until_ms)
        assert_int_equal(redis_hear(r, 100, &text), 0);
    redis_rig_say(rig, "PUBLISH news here");
    CHECK_STR(hear(r), "here");
}

static void a_server_that_hangs_is_found_lost(void **state)
{
    struct redis *r = open_at(redis_rig_url(rig), "", 1000);
    uint64_t until_ms = clock_mono_ms() + PATIENT_MS;
    struct str text;
    int rc = 0;

    (void)state;
    assert_int_equal(redis_subscribe(r, STR("news")), 0);
    redis_rig_halt(rig);
    while (rc == 0 && clock_mono_ms() < until_ms)
        rc = redis_hear(r, 100, &text);
    redis_rig_go_on(rig);
    assert_int_equal(rc, ERR_UNAVAILABLE);
    assert_int_equal(redis_hear(r, 100, &text), ERR_UNAVAILABLE);
    redis_free(r);
}

/* ---- losses ---- */

static void an_answer_that_does_not_come_is_a_loss(void **state)
{
    struct redis *r = open_at(redis_rig_url(rig), "", 1000);
    struct buf out = {0};

    (void)state;
    assert_int_equal(redis_connect(r), 0);
    redis_rig_halt(rig);
    assert_int_equal(run(r, "PING", &out), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(redis_errmsg(r)), "no answer in time");
    assert_false(redis_is_connected(r));
    redis_rig_go_on(rig);
    redis_free(r);
    buf_done(&out);
}

static int run_until_it_works(struct redis *r, const char *text)
{
    uint64_t until_ms = clock_mono_ms() + PATIENT_MS;
    int rc = ERR_UNAVAILABLE;
    struct buf out = {0};

    while (rc != 0 && clock_mono_ms() < until_ms)
        rc = run(r, text, &out);
    buf_done(&out);
    return rc;
}

static void without_a_server_calls_fail_at_once_until_it_is_back(void **state)
{
    struct redis *r = *state;
    struct buf out = {0};

    check_answer(r, "PING", "PONG ");
    redis_rig_kill(rig);
    for (int i = 0; i < BREAKER_FAILURES + 2; i++)
        assert_int_equal(run(r, "PING", &out), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(redis_errmsg(r)), "redis: ");
    redis_rig_restart(rig);
    assert_int_equal(run_until_it_works(r, "PING"), 0);
    buf_done(&out);
}

static void the_password_and_the_database_are_given(void **state)
{
    struct redis_rig *locked = redis_rig_start("requirepass p@ss:w/rd");
    struct redis *r;
    char url[128];

    (void)state;
    snprintf(url, sizeof url, "redis://:p%%40ss%%3Aw%%2Frd@%s/3",
             redis_rig_address(locked));
    r = open_at(url, "", PATIENT_MS);
    check_answer(r, "SET a 1", "OK ");
    check_answer(r, "INFO keyspace",
                 "# Keyspace\r\ndb3:keys=1,expires=0,avg_ttl=0\r\n ");
    redis_free(r);
    r = open_at(redis_rig_url(locked), "", PATIENT_MS);
    assert_int_equal(redis_connect(r), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(redis_errmsg(r)), "NOAUTH");
    redis_free(r);
    redis_rig_stop(locked);
}

/* ---- which server ---- */

static bool says(struct redis_rig *r, const char *command, const char *want)
{
    uint64_t until_ms = clock_mono_ms() + PATIENT_MS;

    while (clock_mono_ms() < until_ms)
        if (strstr(redis_rig_say(r, command), want) != NULL)
            return true;
    return false;
}

static void a_replica_is_not_taken(void **state)
{
    struct redis_rig *replica = redis_rig_replica(rig);
    struct redis *r = open_at(redis_rig_url(replica), "", PATIENT_MS);

    (void)state;
    assert_int_equal(redis_connect(r), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(redis_errmsg(r)), "replica");
    redis_free(r);
    redis_rig_stop(replica);
}

static void sentinels_say_who_is_the_primary_now(void **state)
{
    struct redis_rig *first = redis_rig_start("");
    struct redis_rig *second = redis_rig_replica(first);
    struct redis_rig *sentinel = redis_rig_sentinel(first);
    char list[128];
    struct redis *r;

    (void)state;
    snprintf(list, sizeof list, "127.0.0.1:1, %s", redis_rig_address(sentinel));
    r = open_at("", list, PATIENT_MS); /* nobody is at the first */
    check_answer(r, "SET here first", "OK ");
    assert_true(says(sentinel, "SENTINEL replicas pollux", "127.0.0.1"));
    assert_true(says(second, "INFO replication", "master_link_status:up"));
    assert_true(says(sentinel, "SENTINEL failover pollux", "OK"));
    assert_true(says(second, "ROLE", "master"));
    assert_true(says(first, "ROLE", "slave"));
    assert_int_equal(run_until_it_works(r, "SET here second"), 0);
    assert_string_equal(redis_rig_say(second, "GET here"), "second");
    redis_free(r);
    r = redis_new(&(struct redis_opts){
        .url = "", .sentinels = list, .master = "other", .timeout_ms = PATIENT_MS});
    assert_int_equal(redis_connect(r), ERR_UNAVAILABLE);
    CHECK_HAS(str_of(redis_errmsg(r)), "does not know redis.master");
    redis_free(r);
    redis_rig_stop(sentinel);
    redis_rig_stop(second);
    redis_rig_stop(first);
}

/* ---- the configuration ---- */

static void urls_are_read(void **state)
{
    static const struct {
        const char *url, *host;
        int port;
        const char *user, *password;
        int db;
    } rows[] = {
        {"", "localhost", 6379, "", "", 0},
        {"redis://h", "h", 6379, "", "", 0},
        {"redis://h/", "h", 6379, "", "", 0},
        {"redis://10.0.0.1:7/2", "10.0.0.1", 7, "", "", 2},
        {"redis://[::1]:7", "::1", 7, "", "", 0},
        {"redis://[::1]", "::1", 6379, "", "", 0},
        {"redis://:p@h", "h", 6379, "", "p", 0},
        {"redis://u:p%40:x@h:1/0", "h", 1, "u", "p@:x", 0},
        {"redis://u:p@q@h:1", "h", 1, "u", "p@q", 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct redis_place p;
        char errmsg[128];

        CHECK_EQ_AT(rows[i].url,
                    redis_place_read(rows[i].url, &p, errmsg, sizeof errmsg), 0);
        assert_string_equal(p.host, rows[i].host);
        assert_int_equal(p.port, rows[i].port);
        assert_string_equal(p.user, rows[i].user);
        assert_string_equal(p.password, rows[i].password);
        assert_int_equal(p.db, rows[i].db);
    }
}

static void what_cannot_be_read_is_told(void **state)
{
    static const struct {
        const char *url, *sentinels, *why;
    } rows[] = {
        {"h:1", "", "redis://HOST"},
        {"rediss://h", "", "redis://HOST"},
        {"redis://", "", "host"},
        {"redis://:1", "", "host"},
        {"redis://h:0", "", "port"},
        {"redis://h:65536", "", "port"},
        {"redis://h:x", "", "port"},
        {"redis://[::1]x", "", "port"},
        {"redis://h/x", "", "number"},
        {"redis://u:%4@h", "", "password"},
        {"redis://u:%00@h", "", "password"},
        {"", "h:1,:2", "HOST:PORT"},
        {"", "h:x", "HOST:PORT"},
        {"", "h,,h", "HOST:PORT"},
        {"", "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a", "too many"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char errmsg[128] = "";

        CHECK_EQ_AT(rows[i].url,
                    redis_check(rows[i].url, rows[i].sentinels, errmsg, sizeof errmsg),
                    ERR_INVALID);
        CHECK_HAS(str_of(errmsg), rows[i].why);
    }
}

#define REDIS_TEST(name) cmocka_unit_test_setup_teardown(name, open_redis, close_redis)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REDIS_TEST(values_are_read),
        REDIS_TEST(many_commands_are_one_round_trip_and_answer_in_order),
        REDIS_TEST(bytes_come_back_as_they_were),
        REDIS_TEST(a_refusal_is_told_and_the_connection_stays),
        REDIS_TEST(a_script_is_known_again_after_it_was_forgotten),
        REDIS_TEST(who_has_subscribed_hears_every_text),
        REDIS_TEST(silence_is_tried_and_no_loss),
        cmocka_unit_test(a_server_that_hangs_is_found_lost),
        cmocka_unit_test(an_answer_that_does_not_come_is_a_loss),
        REDIS_TEST(without_a_server_calls_fail_at_once_until_it_is_back),
        cmocka_unit_test(the_password_and_the_database_are_given),
        cmocka_unit_test(a_replica_is_not_taken),
        cmocka_unit_test(sentinels_say_who_is_the_primary_now),
        cmocka_unit_test(urls_are_read),
        cmocka_unit_test(what_cannot_be_read_is_told),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
