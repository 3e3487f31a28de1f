/* test_setting.c — values that are given as text. */
#include "lib/check.h"

#include "base/err.h"
#include "config/setting.h"

/* One field of each type, as struct config has them. */
struct object {
    bool flag;
    int number;
    uint64_t size;
    int64_t duration;
    char *string;
    char *secret;
    int word;
    unsigned words;
    struct setting_list origins, networks;
};

enum {
    FLAG,
    NUMBER,
    SIZE,
    DURATION,
    STRING,
    SECRET,
    WORD,
    WORDS,
    ORIGINS,
    NETWORKS,
    N
};

#define FIELD(name) offsetof(struct object, name)
static const struct setting settings[N] = {
    [FLAG] = {"flag", SETTING_BOOL, FIELD(flag), "false", "", ""},
    [NUMBER] = {"number", SETTING_INT, FIELD(number), "5", "1..65535", ""},
    [SIZE] = {"size", SETTING_SIZE, FIELD(size), "1KiB", "16..1TiB", ""},
    [DURATION] = {"duration", SETTING_DURATION, FIELD(duration), "1s", "0s..10d", ""},
    [STRING] = {"string", SETTING_STRING, FIELD(string), "x", "", ""},
    [SECRET] = {"secret", SETTING_SECRET, FIELD(secret), "", "", ""},
    [WORD] = {"word", SETTING_ENUM, FIELD(word), "b", "a|b|cc", ""},
    [WORDS] = {"words", SETTING_WORDS, FIELD(words), "all", "a|b|cc", ""},
    [ORIGINS] = {"origins", SETTING_LIST, FIELD(origins), "", "origin", ""},
    [NETWORKS] = {"networks", SETTING_LIST, FIELD(networks), "", "network", ""},
};

static void object_done(struct object *o)
{
    for (int i = 0; i < N; i++)
        setting_done(&settings[i], o);
}

static const struct {
    int setting;
    const char *text, *shown;
} written[] = {
    {FLAG, "true", "true"},
    {FLAG, "yes", "true"},
    {FLAG, "On", "true"},
    {FLAG, "1", "true"},
    {FLAG, "false", "false"},
    {FLAG, "no", "false"},
    {FLAG, "OFF", "false"},
    {FLAG, "0", "false"},
    {NUMBER, "1", "1"},
    {NUMBER, "65535", "65535"},
    {SIZE, "16", "16"},
    {SIZE, "1023", "1023"},
    {SIZE, "1024", "1KiB"},
    {SIZE, "1536KiB", "1536KiB"},
    {SIZE, "2mib", "2MiB"},
    {SIZE, "3GiB", "3GiB"},
    {SIZE, "1TiB", "1TiB"},
    {DURATION, "0", "0ms"},
    {DURATION, "0s", "0ms"},
    {DURATION, "250ms", "250ms"},
    {DURATION, "1500ms", "1500ms"},
    {DURATION, "30s", "30s"},
    {DURATION, "90s", "90s"},
    {DURATION, "120s", "2m"},
    {DURATION, "5m", "5m"},
    {DURATION, "23h", "23h"},
    {DURATION, "24h", "1d"},
    {DURATION, "10d", "10d"},
    {DURATION, "1h30m", "90m"},
    {DURATION, "1d1h1m1s1ms", "90061001ms"},
    {STRING, "a \"b\"", "\"a \\\"b\\\"\""},
    {WORD, "a", "a"},
    {WORD, "b", "b"},
    {WORD, "cc", "cc"},
    {WORDS, "all", "all"},
    {WORDS, "b", "b"},
    {WORDS, " cc , a,", "a,cc"},
    {WORDS, "a,b,a", "a,b"},
    {WORDS, "cc,b,a", "all"},
    {WORDS, "b,all", "all"},
    {ORIGINS, "", "[]"},
    {ORIGINS, "https://a.example", "[\"https://a.example\"]"},
    {ORIGINS, " http://localhost:3000 ,https://b ,, ",
     "[\"http://localhost:3000\", \"https://b\"]"},
    {ORIGINS, "http://[::1]:80", "[\"http://[::1]:80\"]"},
    {NETWORKS, "10.0.0.1,10.0.0.0/8,0.0.0.0/0,1.2.3.4/32",
     "[\"10.0.0.1\", \"10.0.0.0/8\", \"0.0.0.0/0\", \"1.2.3.4/32\"]"},
    {NETWORKS, "::1,fd00::/8,::/128", "[\"::1\", \"fd00::/8\", \"::/128\"]"},
};

static void takes_every_way_to_write_a_value(void **state)
{
    struct object o = {0};
    struct buf b = {0};
    (void)state;

    for (size_t i = 0; i < LENGTH(written); i++) {
        const struct setting *s = &settings[written[i].setting];

        b.len = 0;
        CHECK_EQ_AT(written[i].text, setting_set(s, &o, str_of(written[i].text), &b),
                    0);
        CHECK_STR_AT(written[i].text, buf_str(&b), "");
        setting_show(s, &o, &b);
        CHECK_STR_AT(written[i].text, buf_str(&b), written[i].shown);
    }
    buf_done(&b);
    object_done(&o);
}

static void units_are_bytes_and_milliseconds(void **state)
{
    struct object o = {0};
    struct buf b = {0};
    (void)state;

    setting_set(&settings[SIZE], &o, STR("2MiB"), &b);
    assert_int_equal(o.size, 2097152);
    setting_set(&settings[DURATION], &o, STR("1d2h3m4s5ms"), &b);
    assert_int_equal(o.duration, 93784005);
    setting_set(&settings[WORD], &o, STR("cc"), &b);
    assert_int_equal(o.word, 2);
    setting_set(&settings[WORDS], &o, STR("cc,a"), &b);
    assert_int_equal(o.words, 1 << 2 | 1 << 0);
    setting_set(&settings[WORDS], &o, STR("all"), &b);
    assert_int_equal(o.words, 7);
    buf_done(&b);
}

static const struct {
    int setting;
    const char *text, *problem;
} refused[] = {
    {FLAG, "maybe", "expected true or false, not \"maybe\""},
    {FLAG, "", "expected true or false, not \"\""},
    {NUMBER, "0", "expected a number from 1 to 65535, not \"0\""},
    {NUMBER, "65536", "expected a number from 1 to 65535, not \"65536\""},
    {NUMBER, "99999999999999999999", "not \"99999999999999999999\""},
    {NUMBER, "-1", "not \"-1\""},
    {NUMBER, "8080 ", "not \"8080 \""},
    {NUMBER, "1k", "not \"1k\""},
    {NUMBER, "", "not \"\""},
    {SIZE, "15", "expected a size from 16 to 1TiB, not \"15\""},
    {SIZE, "1025GiB", "not \"1025GiB\""},
    {SIZE, "16777217TiB", "not"}, /* would be 1 TiB, if it could overflow */
    {SIZE, "64KB", "not \"64KB\""},
    {SIZE, "64 KiB", "not"},
    {SIZE, "1KiB1KiB", "not"},
    {SIZE, "KiB", "not"},
    {DURATION, "30", "expected a duration from 0s to 10d, not \"30\""},
    {DURATION, "s", "not"},
    {DURATION, "", "not"},
    {DURATION, "-1s", "not"},
    {DURATION, "1.5s", "not"},
    {DURATION, "1s30", "not"},
    {DURATION, "11d", "not"},
    {DURATION, "18446744073709551615ms1001ms", "not"},
    {STRING, "", "expected text that is not empty, not \"\""},
    {WORD, "c", "expected a, b or cc, not \"c\""},
    {WORD, "B", "not \"B\""},
    {WORD, "a|b", "not \"a|b\""},
    {WORD, "", "not \"\""},
    {WORDS, "a,c", "expected all, or one or more of a, b or cc, not \"c\""},
    {WORDS, "", "not \"\""},
    {WORDS, ",", "not \"\""},
    {WORDS, "a b", "not \"a b\""},
    {ORIGINS, "https://a,b.example",
     "expected origins such as https://polls.example, not \"b.example\""},
    {ORIGINS, "*", "not \"*\""},
    {ORIGINS, "https://", "not"},
    {ORIGINS, "https://:80", "not"},
    {ORIGINS, "https://a/", "not"},
    {ORIGINS, "ftp://a", "not"},
    {NETWORKS, "10.0.0", "expected addresses or networks such as 10.0.0.0/8, not"},
    {NETWORKS, "10.0.0.0/33", "not"},
    {NETWORKS, "::1/129", "not"},
    {NETWORKS, "10.0.0.0/", "not"},
    {NETWORKS, "/8", "not"},
    {NETWORKS, "1111:2222:3333:4444:5555:6666:7777:8888:9999", "not"},
    {NETWORKS, "localhost", "not"},
};

static void refuses_the_rest_and_says_what_it_expected(void **state)
{
    struct object o = {0};
    struct buf b = {0};
    (void)state;

    for (size_t i = 0; i < LENGTH(refused); i++) {
        struct object before = o;

        b.len = 0;
        CHECK_EQ_AT(
            refused[i].text,
            setting_set(&settings[refused[i].setting], &o, str_of(refused[i].text), &b),
            ERR_INVALID);
        CHECK_HAS_AT(refused[i].text, buf_str(&b), refused[i].problem);
        CHECK_EQ_AT(refused[i].text, memcmp(&o, &before, sizeof o), 0);
    }
    buf_done(&b);
}

static void a_text_holds_no_nul_and_is_not_endless(void **state)
{
    static char text[SETTING_TEXT_BYTES + 1];
    struct object o = {0};
    struct buf b = {0};
    (void)state;

    memset(text, 'x', sizeof text);
    assert_int_equal(
        setting_set(&settings[STRING], &o, (struct str){text, SETTING_TEXT_BYTES}, &b),
        0);
    assert_int_equal(strlen(o.string), SETTING_TEXT_BYTES);
    assert_int_equal(
        setting_set(&settings[STRING], &o, (struct str){text, sizeof text}, &b),
        ERR_INVALID);
    assert_true(b.len < 200); /* what it repeats of the value is cut */
    CHECK_HAS(buf_str(&b), "xxx\"...");
    assert_int_equal(setting_set(&settings[STRING], &o, (struct str){"a\0b", 3}, &b),
                     ERR_INVALID);
    assert_int_equal(
        setting_set(&settings[NETWORKS], &o, (struct str){"::1\0/8", 6}, &b),
        ERR_INVALID);
    assert_int_equal(
        setting_set(&settings[ORIGINS], &o, (struct str){"http://a\0", 9}, &b),
        ERR_INVALID);
    buf_done(&b);
    object_done(&o);
}

static void a_secret_is_not_repeated(void **state)
{
    struct object o = {0};
    struct buf b = {0};
    (void)state;

    assert_int_equal(setting_set(&settings[SECRET], &o, (struct str){"hush\0", 5}, &b),
                     ERR_INVALID);
    CHECK_STR(buf_str(&b), "expected text of at most 4096 bytes");
    assert_int_equal(setting_set(&settings[SECRET], &o, STR(""), &b), 0);
    assert_string_equal(o.secret, "");
    buf_done(&b);
    object_done(&o);
}

static void a_later_value_takes_the_place_of_an_earlier(void **state)
{
    struct object o = {0};
    struct buf b = {0};
    (void)state;

    setting_set(&settings[STRING], &o, STR("first"), &b);
    setting_set(&settings[STRING], &o, STR("second"), &b);
    assert_string_equal(o.string, "second");
    setting_set(&settings[ORIGINS], &o, STR("http://a,http://b"), &b);
    setting_set(&settings[ORIGINS], &o, STR("http://c"), &b);
    assert_int_equal(o.origins.n, 1);
    assert_string_equal(o.origins.items[0], "http://c");
    object_done(&o);
    assert_null(o.string);
    assert_int_equal(o.origins.n, 0);
    object_done(&o); /* twice is fine */
    buf_done(&b);
}

static void a_list_has_a_cap(void **state)
{
    struct str items[SETTING_ITEMS + 1];
    struct object o = {0};
    struct buf b = {0}, commas = {0};
    (void)state;

    for (size_t i = 0; i < LENGTH(items); i++) {
        items[i] = STR("http://a");
        buf_text(&commas, "http://a,");
    }
    assert_int_equal(setting_set_list(&settings[ORIGINS], &o, items, SETTING_ITEMS, &b),
                     0);
    assert_int_equal(o.origins.n, SETTING_ITEMS);
    assert_int_equal(
        setting_set_list(&settings[ORIGINS], &o, items, SETTING_ITEMS + 1, &b),
        ERR_INVALID);
    CHECK_STR(buf_str(&b), "expected at most 256 items, not 257");
    assert_int_equal(setting_set(&settings[ORIGINS], &o, buf_str(&commas), &b),
                     ERR_INVALID);
    assert_int_equal(o.origins.n, SETTING_ITEMS);
    buf_done(&commas);
    buf_done(&b);
    object_done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_way_to_write_a_value),
        cmocka_unit_test(units_are_bytes_and_milliseconds),
        cmocka_unit_test(refuses_the_rest_and_says_what_it_expected),
        cmocka_unit_test(a_text_holds_no_nul_and_is_not_endless),
        cmocka_unit_test(a_secret_is_not_repeated),
        cmocka_unit_test(a_later_value_takes_the_place_of_an_earlier),
        cmocka_unit_test(a_list_has_a_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
