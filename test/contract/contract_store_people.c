/* contract_store_people.c — what every store promises (store.h) about people: accounts
 * that change and go, what they have seen and done, and when. */
#include "lib/check.h"

#include "base/err.h"
#include "lib/store_world.h"

/* ---- changing an account ---- */

static int change(struct world *w, uint32_t id, const struct account_change *c,
                  const char **ret_field)
{
    int rc;

    begin(w);
    rc = w->s->ops->account_change(w->s, id, c, ret_field);
    commit(w);
    return rc;
}

static struct account read(struct world *w, uint32_t id)
{
    struct account a;

    assert_int_equal(w->s->ops->account_by_id(w->s, id, &a), 0);
    return a;
}

static void what_is_not_changed_stays(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *why;
        struct account_change change;
        const char *username, *email, *hash;
    } rows[] = {
        {"nothing", {0}, "ada", "ada@example.org", "a hash"},
        {"the name", {.username = "Lovelace"}, "Lovelace", "ada@example.org", "a hash"},
        {"its case only",
         {.username = "LOVElace"},
         "LOVElace",
         "ada@example.org",
         "a hash"},
        {"the address", {.email = "a@b.org"}, "LOVElace", "a@b.org", "a hash"},
        {"the password", {.password_hash = "new"}, "LOVElace", "a@b.org", "new"},
        {"all",
         {"ada", "ada@example.org", "a hash", 0},
         "ada",
         "ada@example.org",
         "a hash"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct account a;

        CHECK_EQ_AT(rows[i].why, change(w, w->owner, &rows[i].change, NULL), 0);
        a = read(w, w->owner);
        CHECK_STR_AT(rows[i].why, str_of(a.username), rows[i].username);
        CHECK_STR_AT(rows[i].why, str_of(a.email), rows[i].email);
        CHECK_STR_AT(rows[i].why, str_of(a.password_hash), rows[i].hash);
        assert_int_equal(a.created_ms, T0);
    }
}

static void a_change_cannot_take_what_is_anothers(void **state)
{
    struct world *w = *state;
    uint32_t bob = add_user(w, "bob", "bob@example.org");
    static const struct {
        const char *why;
        struct account_change change;
        const char *field;
    } rows[] = {
        {"the name, in capitals", {.username = "ADA"}, "username"},
        {"the address", {.email = "Ada@Example.org"}, "email"},
        {"both: the name is told",
         {.username = "ada", .email = "ada@example.org"},
         "username"},
        {"own name, another's address",
         {.username = "BOB", .email = "ada@example.org"},
         "email"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *field = "nothing";

        CHECK_EQ_AT(rows[i].why, change(w, bob, &rows[i].change, &field), ERR_CONFLICT);
        CHECK_STR_AT(rows[i].why, str_of(field), rows[i].field);
    }
    assert_string_equal(read(w, bob).username, "bob");
    assert_string_equal(read(w, bob).email, "bob@example.org");
}

static void a_changed_address_is_the_one_to_log_in_with(void **state)
{
    struct world *w = *state;
    const struct account_change c = {.email = "New@Example.org"};
    struct account a;

    assert_int_equal(change(w, w->owner, &c, NULL), 0);
    assert_int_equal(w->s->ops->account_by_email(w->s, "new@example.ORG", &a), 0);
    assert_int_equal(a.id, w->owner);
    assert_int_equal(w->s->ops->account_by_email(w->s, "ada@example.org", &a),
                     ERR_NOT_FOUND);
    add_user(w, "other", "ada@example.org"); /* it is free again */
}

static void only_users_have_something_to_change(void **state)
{
    struct world *w = *state;
    struct account guest = {.guest = true, .created_ms = T0};
    const struct account_change c = {.username = "somebody"};
    const char *field;

    begin(w);
    assert_int_equal(w->s->ops->account_add(w->s, &guest, &field), 0);
    commit(w);
    assert_int_equal(change(w, guest.id, &c, &field), ERR_INVALID);
    assert_int_equal(change(w, guest.id + 1, &c, &field), ERR_NOT_FOUND);
}

static void a_transaction_reads_what_it_wrote(void **state)
{
    struct world *w = *state;
    const struct account_change c = {.password_hash = "new"};
    struct account a;

    begin(w);
    assert_int_equal(w->s->ops->account_change(w->s, w->owner, &c, NULL), 0);
    assert_int_equal(w->s->ops->account_get(w->s, w->owner, &a), 0);
    assert_string_equal(a.password_hash, "new");
    assert_int_equal(w->s->ops->account_get(w->s, w->owner + 1, &a), ERR_NOT_FOUND);
    w->s->ops->rollback(w->s);
    assert_string_equal(read(w, w->owner).password_hash, "a hash");
}

/* ---- all accounts ---- */

static int add_account(void *user_data, uint32_t id, int64_t created_ms)
{
    struct buf *out = user_data;

    buf_printf(out, "%u:+%lld ", id, (long long)(created_ms - T0));
    return 0;
}

static void check_accounts(struct world *w, uint32_t last, const char *want)
{
    struct buf out = {0};
    uint32_t found = 0;

    assert_int_equal(w->s->ops->each_account(w->s, add_account, &out, &found), 0);
    CHECK_STR(buf_str(&out), want);
    assert_int_equal(found, last);
    buf_done(&out);
}

static void accounts_are_told_with_the_last_id_that_was_given(void **state)
{
    struct world *w = *state;
    struct account guest = {.guest = true, .created_ms = T0 + 7000};
    const char *field;

    check_accounts(w, 1, "1:+0 ");
    begin(w);
    assert_int_equal(w->s->ops->account_add(w->s, &guest, &field), 0);
    commit(w);
    check_accounts(w, 2, "1:+0 2:+7000 ");
    begin(w);
    assert_int_equal(w->s->ops->account_delete(w->s, 2, T0), 0);
    commit(w);
    check_accounts(w, 2, "1:+0 ");
}

/* ---- ends of tokens ---- */

static int add_end(void *user_data, uint32_t user, int64_t end_ms)
{
    struct buf *out = user_data;

    buf_printf(out, "%u:%lld ", user, (long long)end_ms);
    return 0;
}

static void check_ends(struct world *w, int64_t after_ms, const char *want)
{
    struct buf out = {0};

    assert_int_equal(w->s->ops->token_ends_each(w->s, after_ms, add_end, &out), 0);
    CHECK_STR(buf_str(&out), want);
    buf_done(&out);
}

static void ends_of_tokens_are_kept_and_only_grow(void **state)
{
    struct world *w = *state;
    struct account_change c = {.password_hash = "new", .tokens_end_ms = 5000};

    check_ends(w, 0, "");
    assert_int_equal(change(w, w->owner, &c, NULL), 0);
    check_ends(w, 0, "1:5000 ");
    c.tokens_end_ms = 4000;
    assert_int_equal(change(w, w->owner, &c, NULL), 0);
    check_ends(w, 0, "1:5000 ");
    c.tokens_end_ms = 6000;
    assert_int_equal(change(w, w->owner, &c, NULL), 0);
    if (w->backend->keeps)
        world_reopen(w);
    check_ends(w, 0, "1:6000 ");
    check_ends(w, 5999, "1:6000 ");
    check_ends(w, 6000, "");
    begin(w);
    assert_int_equal(w->s->ops->tidy(w->s, 6000), 0);
    commit(w);
    check_ends(w, 0, "1:6000 ");
    begin(w);
    assert_int_equal(w->s->ops->tidy(w->s, 6001), 0);
    commit(w);
    check_ends(w, 0, "");
}

/* ---- deleting an account ---- */

static void check_owned(struct world *w, uint32_t owner, const char *want)
{
    struct buf out = {0};

    begin(w);
    assert_int_equal(w->s->ops->owned_each(w->s, owner, add_id, &out), 0);
    commit(w);
    CHECK_STR(buf_str(&out), want);
    buf_done(&out);
}

static void what_a_deleted_user_did_stays_under_no_name(void **state)
{
    struct world *w = *state;
    uint32_t voter = w->owner, poll = add_poll(w, 2), other = add_poll(w, 2);
    struct account a;

    PROJECT(w, vote(poll, voter, 1, 2), skipping(other, voter), vote(poll, 9, 0, 3));
    check_owned(w, voter, "1 2 ");
    begin(w);
    assert_int_equal(w->s->ops->account_delete(w->s, voter, 7000), 0);
    assert_int_equal(w->s->ops->account_delete(w->s, voter, 7000), ERR_NOT_FOUND);
    commit(w);

    assert_int_equal(w->s->ops->account_by_id(w->s, voter, &a), ERR_NOT_FOUND);
    assert_int_equal(w->s->ops->account_by_email(w->s, "ada@example.org", &a),
                     ERR_NOT_FOUND);
    check_ends(w, 0, "1:7000 ");
    check_owned(w, voter, "");
    assert_string_equal(result_of(w, poll), "v3 total 2 skips 0: 1 1");
    assert_string_equal(result_of(w, other), "v1 total 0 skips 1: 0 0");
    assert_int_equal(verified(w).accounts, 0);

    struct poll *p = definition(w, poll);
    assert_int_equal(p->rules.owner_id, 0);
    assert_int_equal(p->owner_name.len, 0);
    poll_unref(p);
    struct tally *t = load(w, poll);
    assert_int_equal(tally_choice(t, voter), 1);
    assert_int_equal(tally_rules(t)->owner_id, 0);
    tally_free(t);
    assert_true(add_user(w, "ada", "ada@example.org") > voter);
}

static void a_renamed_owner_is_named_so(void **state)
{
    struct world *w = *state;
    const struct account_change c = {.username = "Lovelace"};
    uint32_t poll = add_poll(w, 2);

    assert_int_equal(change(w, w->owner, &c, NULL), 0);
    struct poll *p = definition(w, poll);
    CHECK_STR(p->owner_name, "Lovelace");
    poll_unref(p);
}

/* ---- what was seen ---- */

struct set {
    uint32_t ids[8];
    size_t n;
};

static int add_to_set(void *user_data, uint32_t poll)
{
    struct set *s = user_data;

    assert_true(s->n < LENGTH(s->ids));
    s->ids[s->n++] = poll;
    return 0;
}

/* As bits, each at most once. */
static unsigned seen(struct world *w, uint32_t user)
{
    struct set s = {0};
    unsigned bits = 0;

    assert_int_equal(w->s->ops->seen_each(w->s, user, add_to_set, &s), 0);
    for (size_t i = 0; i < s.n; i++) {
        assert_true(s.ids[i] < 32 && (bits & 1U << s.ids[i]) == 0);
        bits |= 1U << s.ids[i];
    }
    return bits;
}

static void seen_is_voted_or_skipped(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 2), b = add_poll(w, 2), c = add_poll(w, 2);

    assert_int_equal(seen(w, 7), 0);
    PROJECT(w, vote(a, 7, 0, 2), skipping(b, 7), vote(c, 8, 0, 2));
    assert_int_equal(seen(w, 7), 1U << a | 1U << b);
    assert_int_equal(seen(w, 8), 1U << c);
    PROJECT(w, move(a, 7, 0, 1, 3), skipping(c, 7));
    assert_int_equal(seen(w, 7), 1U << a | 1U << b | 1U << c);
    PROJECT(w, withdrawal(a, 7, 1, 4), deletion(b));
    assert_int_equal(seen(w, 7), 1U << c);
}

/* ---- whose polls ---- */

struct wanted_ids {
    struct buf out;
    unsigned stop_after;
};

static int add_wanted(void *user_data, uint32_t poll)
{
    struct wanted_ids *want = user_data;

    add_id(&want->out, poll);
    return --want->stop_after == 0 ? 44 : 0;
}

static void check_owned_before(struct world *w, uint32_t owner, uint32_t before,
                               unsigned stop_after, const char *want)
{
    struct wanted_ids ids = {.stop_after = stop_after};
    int rc = w->s->ops->owned_before(w->s, owner, before, add_wanted, &ids);

    assert_int_equal(rc, stop_after > 0 && ids.stop_after == 0 ? 44 : 0);
    CHECK_STR(buf_str(&ids.out), want);
    buf_done(&ids.out);
}

static void owned_polls_come_newest_first(void **state)
{
    struct world *w = *state;
    uint32_t other = add_user(w, "bob", "bob@example.org");

    check_owned_before(w, w->owner, UINT32_MAX, 0, "");
    for (int i = 0; i < 4; i++)
        assert_int_equal(add_poll(w, 2), i + 1);
    check_owned_before(w, w->owner, UINT32_MAX, 0, "4 3 2 1 ");
    check_owned_before(w, w->owner, 4, 0, "3 2 1 ");
    check_owned_before(w, w->owner, 4, 2, "3 2 ");
    check_owned_before(w, w->owner, 1, 0, "");
    check_owned_before(w, other, UINT32_MAX, 0, "");
    PROJECT(w, deletion(2));
    check_owned_before(w, w->owner, UINT32_MAX, 0, "4 3 1 ");
}

static int stop_at_once(void *user_data, uint32_t poll)
{
    (void)poll;
    ++*(int *)user_data;
    return 44;
}

static void these_walks_can_be_stopped_too(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 2), b = add_poll(w, 2);
    int n = 0;

    PROJECT(w, vote(a, 7, 0, 2), skipping(b, 7));
    assert_int_equal(w->s->ops->seen_each(w->s, 7, stop_at_once, &n), 44);
    assert_int_equal(w->s->ops->search(w->s, STR("which"), 9, stop_at_once, &n), 44);
    begin(w);
    assert_int_equal(w->s->ops->owned_each(w->s, w->owner, stop_at_once, &n), 44);
    commit(w);
    assert_int_equal(n, 3);
}

/* ---- what was done, and when ---- */

static int add_vote(void *user_data, uint32_t poll, uint32_t option, int64_t voted_ms)
{
    buf_printf(user_data, "%u:%u@%lld ", poll, option,
               (long long)(voted_ms - T0 * 1000LL));
    return 0;
}

static void check_votes(struct world *w, int64_t before_ms, uint32_t before_poll,
                        size_t max, const char *want)
{
    struct buf out = {0};

    assert_int_equal(
        w->s->ops->user_votes(w->s, 7, before_ms, before_poll, max, add_vote, &out), 0);
    CHECK_STR(buf_str(&out), want);
    buf_done(&out);
}

static void votes_are_told_from_the_newest(void **state)
{
    struct world *w = *state;
    const int64_t t0 = T0 * 1000LL;

    for (int i = 0; i < 4; i++)
        add_poll(w, 3);
    check_votes(w, INT64_MAX, 0, 9, "");
    PROJECT(w, vote(3, 7, 1, 2), vote(1, 7, 2, 5), vote(2, 7, 0, 2), vote(2, 8, 0, 3),
            skipping(4, 7), move(1, 7, 2, 0, 9));
    check_votes(w, INT64_MAX, 0, 9, "1:0@5 3:1@2 2:0@2 ");
    check_votes(w, INT64_MAX, 0, 1, "1:0@5 ");
    check_votes(w, t0 + 5, 1, 9, "3:1@2 2:0@2 ");
    check_votes(w, t0 + 2, 3, 9, "2:0@2 ");
    check_votes(w, t0 + 2, 2, 9, "");
    check_votes(w, INT64_MAX, 0, 0, "");
}

static int add_skip(void *user_data, uint32_t poll, int64_t skipped_ms)
{
    buf_printf(user_data, "%u@%lld ", poll, (long long)(skipped_ms - T0 * 1000LL));
    return 0;
}

static void check_skips(struct world *w, int64_t before_ms, uint32_t before_poll,
                        size_t max, const char *want)
{
    struct buf out = {0};

    assert_int_equal(
        w->s->ops->user_skips(w->s, 7, before_ms, before_poll, max, add_skip, &out), 0);
    CHECK_STR(buf_str(&out), want);
    buf_done(&out);
}

static void skips_are_told_from_the_newest(void **state)
{
    struct world *w = *state;
    const int64_t t0 = T0 * 1000LL;
    struct change late;

    for (int i = 0; i < 4; i++)
        add_poll(w, 3);
    late = skipping(1, 7);
    late.at_ms += 5;
    check_skips(w, INT64_MAX, 0, 9, "");
    PROJECT(w, skipping(3, 7), late, skipping(2, 8), vote(2, 7, 0, 2), skipping(4, 7));
    check_skips(w, INT64_MAX, 0, 9, "1@5 4@0 3@0 ");
    check_skips(w, INT64_MAX, 0, 2, "1@5 4@0 ");
    check_skips(w, t0, 4, 9, "3@0 ");
    check_skips(w, t0, 3, 9, "");
}

static void a_skip_taken_back_is_gone(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 2), b = add_poll(w, 2);
    struct change back[] = {skipping(a, 7), unskipping(a, 7)};
    struct change again = skipping(a, 7);

    PROJECT(w, skipping(a, 7), skipping(a, 8), skipping(b, 7));
    PROJECT(w, unskipping(a, 7), unskipping(a, 9));
    assert_string_equal(result_of(w, a), "v1 total 0 skips 1: 0 0");
    assert_int_equal(seen(w, 7), 1U << b);
    check_skips(w, INT64_MAX, 0, 9, "2@0 ");
    project(w, back, 2); /* again, in order and to the end */
    assert_string_equal(result_of(w, a), "v1 total 0 skips 1: 0 0");
    again.at_ms += 9;
    PROJECT(w, again);
    project(w, (struct change[]){back[0], back[1], again}, 3);
    check_skips(w, INT64_MAX, 0, 9, "1@9 2@0 ");
    PROJECT(w, unskipping(a, 7), vote(a, 7, 1, 2));
    assert_string_equal(result_of(w, a), "v2 total 1 skips 1: 0 1");
    verified(w);
}

static int add_span(void *user_data, int64_t start_ms, uint32_t option, uint32_t votes)
{
    buf_printf(user_data, "%lld:%u=%u ", (long long)(start_ms - T0 * 1000LL), option,
               votes);
    return 0;
}

static void stats_say_when_votes_came(void **state)
{
    struct world *w = *state;
    const int64_t t0 = T0 * 1000LL;
    uint32_t poll = add_poll(w, 3);
    struct store_stats stats;
    struct buf out = {0};

    assert_int_equal(w->s->ops->poll_stats(w->s, 99, 10, &stats, add_span, &out),
                     ERR_NOT_FOUND);
    assert_int_equal(w->s->ops->poll_stats(w->s, poll, 10, &stats, add_span, &out), 0);
    assert_int_equal(stats.first_ms, 0);
    assert_int_equal(stats.last_ms, 0);
    assert_int_equal(out.len, 0);

    PROJECT(w, vote(poll, 5, 1, 2), vote(poll, 6, 1, 9), vote(poll, 7, 0, 10),
            vote(poll, 8, 2, 35), skipping(poll, 9), vote(add_poll(w, 2), 7, 0, 2));
    assert_int_equal(w->s->ops->poll_stats(w->s, poll, 10, &stats, add_span, &out), 0);
    CHECK_STR(buf_str(&out), "0:1=2 10:0=1 30:2=1 ");
    assert_int_equal(stats.first_ms, t0 + 2);
    assert_int_equal(stats.last_ms, t0 + 35);
    assert_int_equal(stats.p.base_version, 35);
    assert_int_equal(stats.p.total, 4);
    assert_int_equal(stats.p.skips, 1);
    assert_int_equal(stats.p.counts[1], 2);
    assert_int_equal(stats.rules.n_options, 3);
    assert_int_equal(stats.rules.owner_id, w->owner);
    buf_done(&out);
}

static int add_recent(void *user_data, uint32_t poll, int64_t start_ms, uint32_t votes)
{
    buf_printf(user_data, "%lld:%u=%u ", (long long)(start_ms / STORE_SPAN_MS), poll,
               votes);
    return 0;
}

static void recent_votes_are_those_cast_in_a_span(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 2), b = add_poll(w, 2);
    struct change late = vote(a, 8, 0, 3), first = vote(b, 9, 0, 2);
    struct buf out = {0};

    late.at_ms = STORE_SPAN_MS * 5666669LL;
    first.at_ms = late.at_ms - 1;
    PROJECT(w, vote(a, 7, 0, 2), first, late);
    PROJECT(w, vote(a, 6, 1, 4), withdrawal(a, 7, 0, 5), skipping(b, 5), first);
    assert_int_equal(w->s->ops->recent_each(w->s, 0, add_recent, &out), 0);
    CHECK_STR(buf_str(&out), "5666666:1=2 5666668:2=1 5666669:1=1 ");
    out.len = 0;
    assert_int_equal(w->s->ops->recent_each(w->s, late.at_ms, add_recent, &out), 0);
    CHECK_STR(buf_str(&out), "5666669:1=1 ");
    buf_done(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(what_is_not_changed_stays),
        WORLD_TEST(a_change_cannot_take_what_is_anothers),
        WORLD_TEST(a_changed_address_is_the_one_to_log_in_with),
        WORLD_TEST(only_users_have_something_to_change),
        WORLD_TEST(a_transaction_reads_what_it_wrote),
        WORLD_TEST(accounts_are_told_with_the_last_id_that_was_given),
        WORLD_TEST(ends_of_tokens_are_kept_and_only_grow),
        WORLD_TEST(what_a_deleted_user_did_stays_under_no_name),
        WORLD_TEST(a_renamed_owner_is_named_so),
        WORLD_TEST(seen_is_voted_or_skipped),
        WORLD_TEST(owned_polls_come_newest_first),
        WORLD_TEST(these_walks_can_be_stopped_too),
        WORLD_TEST(votes_are_told_from_the_newest),
        WORLD_TEST(skips_are_told_from_the_newest),
        WORLD_TEST(a_skip_taken_back_is_gone),
        WORLD_TEST(stats_say_when_votes_came),
        WORLD_TEST(recent_votes_are_those_cast_in_a_span),
    };

    return world_run(tests, LENGTH(tests));
}
