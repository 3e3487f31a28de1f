/* contract_store_keys.c — what every store promises (store.h) about the keys of the
 * requests that made polls: one key, one poll, for long enough. */
#include "lib/check.h"

#include "base/err.h"
#include "lib/store_world.h"

static struct poll_key key_of(uint32_t name, uint8_t content)
{
    struct poll_key k = {.content = {content}};

    memcpy(k.key, &name, sizeof name);
    return k;
}

/* The poll that a user's key has made; 0: none. */
static uint32_t found_by(struct world *w, uint32_t owner, uint32_t name)
{
    struct poll_key k = key_of(name, 0);
    uint32_t poll = 0;
    int rc;

    begin(w);
    rc = w->s->ops->key_find(w->s, owner, &k, &poll);
    commit(w);
    assert_int_equal(rc, poll != 0 ? 0 : ERR_NOT_FOUND);
    return poll;
}

static uint32_t found(struct world *w, uint32_t name)
{
    return found_by(w, w->owner, name);
}

static uint32_t add_keyed(struct world *w, uint32_t name)
{
    struct poll_key k = key_of(name, 0);
    uint32_t poll = add_poll(w, 2);

    add_key(w, &k, poll);
    return poll;
}

static void a_key_finds_the_poll_that_it_made(void **state)
{
    struct world *w = *state;
    uint32_t unkeyed = add_poll(w, 2), poll = add_keyed(w, 7), other = add_keyed(w, 8);

    if (w->backend->keeps)
        world_reopen(w);
    assert_int_equal(found(w, 7), poll);
    assert_int_equal(found(w, 8), other);
    assert_int_equal(found(w, 9), 0);
    assert_true(unkeyed != 0 && poll != other);
    verified(w);
}

static void another_content_is_a_conflict(void **state)
{
    struct world *w = *state;
    struct poll_key another = key_of(7, 1);
    uint32_t poll = add_keyed(w, 7), out = 99;

    begin(w);
    assert_int_equal(w->s->ops->key_find(w->s, w->owner, &another, &out), ERR_CONFLICT);
    commit(w);
    assert_int_equal(out, 99);
    assert_int_equal(found(w, 7), poll);
}

static void keys_of_different_users_are_different(void **state)
{
    struct world *w = *state;
    uint32_t ada = w->owner, bob = add_user(w, "bob", "bob@example.org");
    uint32_t hers = add_keyed(w, 7), his;

    assert_int_equal(found_by(w, bob, 7), 0);
    w->owner = bob;
    his = add_keyed(w, 7);
    assert_int_equal(found_by(w, bob, 7), his);
    assert_int_equal(found_by(w, ada, 7), hers);
    verified(w);
}

static void a_key_is_found_in_its_own_transaction(void **state)
{
    struct world *w = *state;
    struct poll_key k = key_of(7, 0);
    uint32_t poll = add_poll(w, 2), out = 0;

    begin(w);
    assert_int_equal(w->s->ops->key_add(w->s, w->owner, &k, poll), 0);
    assert_int_equal(w->s->ops->key_find(w->s, w->owner, &k, &out), 0);
    assert_int_equal(out, poll);
    w->s->ops->rollback(w->s);
    assert_int_equal(found(w, 7), 0);
}

static void a_key_outlives_its_poll(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_keyed(w, 7), other = add_keyed(w, 8);

    PROJECT(w, deletion(poll));
    if (w->backend->keeps)
        world_reopen(w);
    assert_int_equal(found(w, 7), poll);
    assert_int_equal(found(w, 8), other);
    verified(w);
}

/* Of the polls that are there none is forgotten, however many were deleted. */
static void keys_of_deleted_polls_are_kept_up_to_a_number(void **state)
{
    struct world *w = *state;
    uint32_t ada = w->owner, bob = add_user(w, "bob", "bob@example.org");
    uint32_t stays = add_keyed(w, 1), first, second, last = 0;

    first = add_keyed(w, 2);
    second = add_keyed(w, 3);
    PROJECT(w, deletion(second), deletion(first));
    w->owner = bob;
    PROJECT(w, deletion(add_keyed(w, 1)));
    w->owner = ada;
    for (uint32_t i = 0; i < STORE_DELETED_KEYS - 2; i++)
        PROJECT(w, deletion(last = add_keyed(w, 10 + i)));
    assert_int_equal(found(w, 2), first);

    PROJECT(w, deletion(add_keyed(w, 4)));
    assert_int_equal(found(w, 2), 0);
    assert_int_equal(found(w, 3), second);
    assert_int_equal(found(w, 10 + STORE_DELETED_KEYS - 3), last);
    assert_int_equal(found(w, 1), stays);
    assert_true(found_by(w, bob, 1) != 0);
    verified(w);
}

static void the_keys_of_a_user_go_with_the_account(void **state)
{
    struct world *w = *state;
    uint32_t ada = w->owner, bob = add_user(w, "bob", "bob@example.org");
    uint32_t his, poll = add_keyed(w, 7);

    PROJECT(w, deletion(add_keyed(w, 8)));
    w->owner = bob;
    his = add_keyed(w, 7);
    begin(w);
    assert_int_equal(w->s->ops->account_delete(w->s, ada, T0), 0);
    commit(w);
    assert_int_equal(found_by(w, ada, 7), 0);
    assert_int_equal(found_by(w, ada, 8), 0);
    assert_int_equal(found_by(w, bob, 7), his);
    PROJECT(w, deletion(poll));
    verified(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(a_key_finds_the_poll_that_it_made),
        WORLD_TEST(another_content_is_a_conflict),
        WORLD_TEST(keys_of_different_users_are_different),
        WORLD_TEST(a_key_is_found_in_its_own_transaction),
        WORLD_TEST(a_key_outlives_its_poll),
        WORLD_TEST(keys_of_deleted_polls_are_kept_up_to_a_number),
        WORLD_TEST(the_keys_of_a_user_go_with_the_account),
    };

    return world_run(tests, LENGTH(tests));
}
