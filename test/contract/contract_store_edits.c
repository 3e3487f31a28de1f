/* contract_store_edits.c — what every store promises (store.h) about edits of polls:
 * they wait, and come to be true in order with votes, once. */
#include "lib/check.h"

#include "base/err.h"
#include "lib/store_world.h"

static uint64_t add_edit(struct world *w, uint32_t poll, uint32_t fields,
                         const struct poll *values)
{
    uint64_t id = 0;

    begin(w);
    assert_int_equal(w->s->ops->edit_add(w->s, poll, fields, values, &id), 0);
    commit(w);
    assert_true(id > 0);
    return id;
}

static struct change edit(uint32_t poll, uint64_t id, uint64_t version)
{
    return (struct change){
        .kind = CHANGE_EDIT, .poll = poll, .version = version, .edit.id = id};
}

static struct poll other(void)
{
    return (struct poll){.title = STR("New title"),
                         .description = STR("New"),
                         .options = {STR("x"), STR("y"), STR("z")},
                         .tags = {STR("new")},
                         .n_tags = 1,
                         .rules = {.n_options = 3,
                                   .visibility = VISIBLE_AFTER_VOTE,
                                   .voters = VOTERS_REGISTERED,
                                   .opens_ms = T0 + 1,
                                   .closes_ms = T0 + 2}};
}

static void an_edit_waits_until_it_is_projected(void **state)
{
    struct world *w = *state;
    struct poll values = other();
    uint32_t poll = add_poll(w, 2);
    uint64_t id = add_edit(w, poll, POLL__FIELDS, &values);
    struct poll *p;

    if (w->backend->keeps)
        world_reopen(w);
    p = definition(w, poll);
    CHECK_STR(p->title, "Which?");
    poll_unref(p);

    PROJECT(w, edit(poll, id, 5));
    p = definition(w, poll);
    assert_int_equal(poll_differs(p, POLL__FIELDS, &values), 0);
    CHECK_STR(p->owner_name, "ada");
    assert_int_equal(p->created_ms, T0);
    poll_unref(p);
    assert_string_equal(result_of(w, poll), "v5 total 0 skips 0: 0 0 0");
    verified(w);
}

static void what_it_does_not_name_stays(void **state)
{
    struct world *w = *state;
    struct poll values = other();

    for (uint32_t field = 1; field < POLL__FIELDS; field *= 2) {
        uint32_t poll = add_poll(w, 2);
        struct poll *was = definition(w, poll), *is;

        PROJECT(w, edit(poll, add_edit(w, poll, field, &values), 2));
        is = definition(w, poll);
        assert_int_equal(poll_differs(was, POLL__FIELDS, is), field);
        assert_int_equal(poll_differs(is, field, &values), 0);
        poll_unref(was);
        poll_unref(is);
    }
    verified(w);
}

static void it_keeps_its_place_among_the_votes(void **state)
{
    struct world *w = *state;
    struct poll three = other(), two = other();
    uint32_t poll = add_poll(w, 2);
    uint64_t first, second;

    two.rules.n_options = 2;
    first = add_edit(w, poll, POLL_TEXTS, &three);
    second = add_edit(w, poll, POLL_TEXTS, &two);
    PROJECT(w, vote(poll, 9, 1, 2), withdrawal(poll, 9, 1, 3), edit(poll, first, 4),
            vote(poll, 8, 2, 5), withdrawal(poll, 8, 2, 6), edit(poll, second, 7),
            vote(poll, 5, 1, 8), vote(poll, 4, 2, 9));
    assert_string_equal(result_of(w, poll), "v8 total 1 skips 0: 0 1");
    verified(w);
}

static void entered_again_it_changes_nothing(void **state)
{
    struct world *w = *state;
    struct poll values = other(), later = other();
    uint32_t poll = add_poll(w, 2);
    struct change all[5];
    struct poll *p;

    later.title = STR("Later");
    later.rules.closes_ms = T0 + 50;
    all[0] = edit(poll, add_edit(w, poll, POLL_TITLE | POLL_TEXTS, &values), 2);
    all[1] = vote(poll, 7, 2, 3);
    all[2] = closing(poll, T0 + 9);
    all[2].version = 3;
    all[3] = edit(poll, add_edit(w, poll, POLL_TITLE | POLL_CLOSES, &later), 5);
    all[4] = vote(poll, 8, 0, 6);
    for (size_t from = 0; from < LENGTH(all); from++) {
        project(w, all + (from == 0 ? 0 : from - 1), LENGTH(all) - from);
        project(w, all, LENGTH(all));
        p = definition(w, poll);
        CHECK_STR(p->title, "Later");
        assert_int_equal(p->rules.closes_ms, T0 + 50);
        poll_unref(p);
        assert_string_equal(result_of(w, poll), "v6 total 2 skips 0: 1 0 1");
    }
    verified(w);
}

static void one_that_was_dropped_is_nothing(void **state)
{
    struct world *w = *state;
    struct poll values = other();
    uint32_t poll = add_poll(w, 2), another = add_poll(w, 2);
    uint64_t id = add_edit(w, poll, POLL_TITLE, &values), next;
    struct poll *p;

    begin(w);
    assert_int_equal(w->s->ops->edit_drop(w->s, id), 0);
    assert_int_equal(w->s->ops->edit_drop(w->s, id), 0);
    commit(w);
    next = add_edit(w, poll, POLL_TITLE, &values);
    assert_true(next > id); /* never again the same */
    PROJECT(w, edit(poll, id, 2), edit(another, next, 2), edit(99, next, 2));
    pass_hour(w);
    begin(w);
    assert_int_equal(w->s->ops->tidy(w->s, 0), 0);
    commit(w);
    PROJECT(w, edit(poll, next, 2));
    for (uint32_t i = poll; i <= another; i++) {
        p = definition(w, i);
        CHECK_STR(p->title, "Which?");
        poll_unref(p);
    }
    assert_string_equal(result_of(w, poll), "v1 total 0 skips 0: 0 0");
}

static void search_knows_the_new_words(void **state)
{
    struct world *w = *state;
    struct poll values = other();
    uint32_t poll = add_poll(w, 2);
    struct buf found = {0};

    PROJECT(w, edit(poll, add_edit(w, poll, POLL_TITLE, &values), 2));
    assert_int_equal(w->s->ops->search(w->s, STR("which"), 9, add_id, &found), 0);
    CHECK_STR(buf_str(&found), "");
    assert_int_equal(w->s->ops->search(w->s, STR("new title"), 9, add_id, &found), 0);
    CHECK_STR(buf_str(&found), "1 ");
    buf_done(&found);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(an_edit_waits_until_it_is_projected),
        WORLD_TEST(what_it_does_not_name_stays),
        WORLD_TEST(it_keeps_its_place_among_the_votes),
        WORLD_TEST(entered_again_it_changes_nothing),
        WORLD_TEST(one_that_was_dropped_is_nothing),
        WORLD_TEST(search_knows_the_new_words),
    };

    return world_run(tests, LENGTH(tests));
}
