/* test_poll.c — the definition of a poll, its references and its times. */
#include "lib/check.h"

#include <pthread.h>

#include "core/poll.h"

static void a_copy_has_its_own_text(void **state)
{
    char text[] = "title|ada|words|yes|no|tag-a|tag-b";
    struct poll from = {.id = 7,
                        .created_ms = 5,
                        .rules = {.owner_id = 3, .n_options = 2, .closes_ms = 9},
                        .n_tags = 2,
                        .title = {text, 5},
                        .owner_name = {text + 6, 3},
                        .description = {text + 10, 5},
                        .options = {{text + 16, 3}, {text + 20, 2}},
                        .tags = {{text + 23, 5}, {text + 29, 5}}};
    struct poll *p;
    (void)state;

    atomic_init(&from.refs, 99);
    p = poll_new(&from);
    memset(text, '#', sizeof text);
    assert_int_equal(p->refs, 1);
    assert_int_equal(p->id, 7);
    assert_int_equal(p->created_ms, 5);
    assert_int_equal(p->rules.owner_id, 3);
    assert_int_equal(p->rules.closes_ms, 9);
    assert_int_equal(p->n_tags, 2);
    CHECK_STR(p->title, "title");
    CHECK_STR(p->owner_name, "ada");
    CHECK_STR(p->description, "words");
    CHECK_STR(p->options[0], "yes");
    CHECK_STR(p->options[1], "no");
    CHECK_STR(p->tags[0], "tag-a");
    CHECK_STR(p->tags[1], "tag-b");
    poll_unref(p);
}

static void no_description_is_not_an_empty_one(void **state)
{
    struct poll from = {.title = STR("t"), .rules = {.n_options = 0}};
    struct poll *none = poll_new(&from), *empty;
    (void)state;

    from.description = STR("");
    empty = poll_new(&from);
    assert_null(none->description.at);
    assert_non_null(empty->description.at);
    assert_int_equal(empty->description.len, 0);
    poll_unref(none);
    poll_unref(empty);
}

enum { TURNS = 20000 };

static void *turn(void *arg)
{
    for (int i = 0; i < TURNS; i++)
        poll_unref(poll_ref(arg));
    return NULL;
}

static void the_last_reference_frees(void **state)
{
    struct poll from = {.title = STR("t")};
    struct poll *p = poll_new(&from);
    pthread_t threads[2];
    (void)state;

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, turn, p);
    for (int i = 0; i < 1000; i++) /* a shared definition may be copied meanwhile */
        poll_unref(poll_new(p));
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(p->refs, 1);
    assert_ptr_equal(poll_ref(p), p);
    assert_null(poll_unref(p));
    assert_int_equal(p->refs, 1);
    assert_null(poll_unref(p)); /* the sanitizer sees whether it is gone */
    assert_null(poll_unref(NULL));
}

static void status_follows_the_clock(void **state)
{
    static const struct {
        const char *why;
        int64_t opens, closes, now;
        enum poll_status status;
        bool opened, closed;
    } rows[] = {
        {"no times", 0, 0, 0, POLL_OPEN, false, false},
        {"no times, later", 0, 0, INT64_MAX, POLL_OPEN, false, false},
        {"before", 10, 20, 9, POLL_SCHEDULED, false, false},
        {"opening", 10, 20, 10, POLL_OPEN, true, false},
        {"the last moment", 10, 20, 19, POLL_OPEN, true, false},
        {"closing", 10, 20, 20, POLL_CLOSED, true, true},
        {"no end, before", 10, 0, 9, POLL_SCHEDULED, false, false},
        {"no end", 10, 0, 10, POLL_OPEN, true, false},
        {"no beginning", 0, 20, 19, POLL_OPEN, false, false},
        {"no beginning, closed", 0, 20, 20, POLL_CLOSED, false, true},
        {"closed before it opened", 10, 5, 7, POLL_CLOSED, false, true},
        {"and never opens", 10, 5, 11, POLL_CLOSED, false, true},
        {"closed as it opened", 10, 10, 10, POLL_CLOSED, true, true},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll_rules r = {.opens_ms = rows[i].opens, .closes_ms = rows[i].closes};

        CHECK_EQ_AT(rows[i].why, poll_status(&r, rows[i].now), rows[i].status);
        CHECK_EQ_AT(rows[i].why, poll_has_opened(&r, rows[i].now), rows[i].opened);
        CHECK_EQ_AT(rows[i].why, poll_has_closed(&r, rows[i].now), rows[i].closed);
    }
}

static void words_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_string_equal(poll_status_text(POLL_SCHEDULED), "scheduled");
    assert_string_equal(poll_status_text(POLL_OPEN), "open");
    assert_string_equal(poll_status_text(POLL_CLOSED), "closed");
    assert_string_equal(poll_visibility_text(VISIBLE_ALWAYS), "always");
    assert_string_equal(poll_visibility_text(VISIBLE_AFTER_VOTE), "after_vote");
    assert_string_equal(poll_visibility_text(VISIBLE_AFTER_CLOSE), "after_close");
    assert_string_equal(poll_voters_text(VOTERS_ANYONE), "anyone");
    assert_string_equal(poll_voters_text(VOTERS_REGISTERED), "registered");
}

/* It only grows while an edited poll goes through its states, whatever the edit does.
 */
static void a_hidden_version_grows_with_edits_and_status(void **state)
{
    struct poll_rules r = {.n_options = 2};
    uint64_t last = 0;
    (void)state;

    for (int edit = 0; edit < 3; edit++) {
        for (int s = POLL_SCHEDULED; s <= POLL_CLOSED; s++) {
            assert_true(poll_hidden_version(&r, (enum poll_status)s) > last);
            last = poll_hidden_version(&r, (enum poll_status)s);
        }
        poll_edit_rules(&r, 0, &r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_has_its_own_text),
        cmocka_unit_test(no_description_is_not_an_empty_one),
        cmocka_unit_test(the_last_reference_frees),
        cmocka_unit_test(status_follows_the_clock),
        cmocka_unit_test(a_hidden_version_grows_with_edits_and_status),
        cmocka_unit_test(words_are_those_of_the_contract),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
