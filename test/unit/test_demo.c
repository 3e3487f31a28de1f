/* test_demo.c — what the demo asks, where, and how its guests choose. */
#include "lib/check.h"

#include <jansson.h>

#include "base/clock.h"
#include "demo/demo.h"
#include "demo/demo_polls.h"
#include "tbl/limits.h"

static void it_connects_to_where_the_server_listens(void **state)
{
    static const struct {
        const char *why, *address, *want;
    } rows[] = {
        {"as it is", "127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"all interfaces", "0.0.0.0:81", "http://127.0.0.1:81"},
        {"all of IPv6", "[::]:82", "http://[::1]:82"},
        {"one of IPv6", "[fe80::1]:83", "http://[fe80::1]:83"},
        {"a longer one", "10.0.0.0:84", "http://10.0.0.0:84"},
        {"a name", "polls.example:85", "http://polls.example:85"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buf url = {0};

        demo_url(str_of(rows[i].address), &url);
        CHECK_STR_AT(rows[i].why, buf_str(&url), rows[i].want);
        buf_done(&url);
    }
}

static void options_are_chosen_by_weight(void **state)
{
    static const unsigned weights[] = {2, 0, 3, 1};
    unsigned times[4] = {0};
    (void)state;

    for (unsigned dice = 0; dice < 6; dice++)
        times[demo_choose(weights, 4, dice)]++;
    assert_memory_equal(times, weights, sizeof times);
}

static json_t *parse_body(unsigned i)
{
    struct buf body = {0};
    json_t *poll;

    demo_poll_body(i, 1767225600000, &body);
    poll = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(poll);
    buf_done(&body);
    return poll;
}

static struct str text_of(json_t *poll, const char *field)
{
    json_t *value = json_object_get(poll, field);

    return (struct str){json_string_value(value), json_string_length(value)};
}

static void every_poll_keeps_the_rules(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        json_t *poll = parse_body(i);
        struct str title = text_of(poll, "title");
        const struct demo_poll_text *p = demo_poll_by_title(title);
        json_t *options = json_object_get(poll, "options");
        size_t n = json_array_size(options);

        assert_in_range(str_chars(title), 1, LIMIT_TITLE_CHARS);
        assert_in_range(n, LIMIT_OPTIONS_MIN, DEMO_OPTIONS);
        assert_non_null(p);                         /* found again, for its weights */
        for (unsigned k = 0; k < DEMO_OPTIONS; k++) /* one for each option, no more */
            CHECK_EQ_AT(p->title, p->weights[k] > 0, k < n);
        for (size_t k = 0; k < n; k++)
            for (size_t m = 0; m < k; m++)
                assert_false(
                    json_equal(json_array_get(options, k), json_array_get(options, m)));
        assert_true(json_array_size(json_object_get(poll, "tags")) >= 1);
        json_decref(poll);
    }
}

static void no_two_polls_have_the_same_title(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        json_t *a = parse_body(i);

        for (unsigned k = 0; k < i; k++) {
            json_t *b = parse_body(k);

            assert_false(str_eq(text_of(a, "title"), text_of(b, "title")));
            json_decref(b);
        }
        json_decref(a);
    }
}

/* The first six are what `pollux demo` makes unless it is told otherwise. */
static void the_first_six_show_what_polls_can_do(void **state)
{
    unsigned n_closing = 0, n_change = 0;
    (void)state;

    for (unsigned i = 0; i < 6; i++) {
        json_t *poll = parse_body(i);
        struct str closes = text_of(poll, "closesAt");
        int64_t ms;

        n_change += json_is_true(json_object_get(poll, "voteChange"));
        if (closes.len > 0) {
            n_closing++;
            assert_int_equal(clock_parse(closes, &ms), 0);
            assert_true(ms > 1767225600000);
        }
        json_decref(poll);
    }
    assert_in_range(n_closing, 1, 5); /* some stay open, for the next time */
    assert_in_range(n_change, 1, 5);
}

static void a_title_of_somebody_else_is_not_ours(void **state)
{
    (void)state;
    assert_null(demo_poll_by_title(STR("Tabs")));
    assert_null(demo_poll_by_title(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_connects_to_where_the_server_listens),
        cmocka_unit_test(options_are_chosen_by_weight),
        cmocka_unit_test(every_poll_keeps_the_rules),
        cmocka_unit_test(no_two_polls_have_the_same_title),
        cmocka_unit_test(the_first_six_show_what_polls_can_do),
        cmocka_unit_test(a_title_of_somebody_else_is_not_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
