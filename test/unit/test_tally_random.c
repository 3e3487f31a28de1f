/* test_tally_random.c — random wishes, judged, entered and taken back as by a naive
 * model. */
#include "lib/tally_words.h"

/* ---- against a naive model ---- */

enum { USERS = 12, OPTIONS = 4, STEPS = 3000 };

struct voter {
    int choice; /* -1: none */
    bool skipped, keyed;
    uint8_t key, first_option;
    bool remembers; /* of a vote that was withdrawn: */
    uint8_t gone_key, gone_option;
};

struct model {
    struct voter voters[USERS];
    uint64_t version; /* the base */
    bool opened, closed;
    int64_t closes_ms;
};

static uint32_t rng(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*seed >> 33);
}

static int model_open(const struct model *m, int64_t now)
{
    if (now >= m->closes_ms)
        return ERR_POLL_CLOSED;
    return now < OPENS ? ERR_POLL_NOT_OPEN : 0;
}

/* 0, an error, or 1: a replay. */
static int model_admit(const struct model *m, const struct wish *w, int64_t now)
{
    const struct voter *v = &m->voters[w->user];
    int open = model_open(m, now);

    switch (w->kind) {
    case CHANGE_VOTE:
        if (v->choice >= 0 && w->keyed && v->keyed && w->key[0] == v->key)
            return v->first_option == w->option ? 1 : ERR_CONFLICT;
        if (w->keyed && v->remembers && w->key[0] == v->gone_key)
            return v->gone_option == w->option ? 1 : ERR_CONFLICT;
        if (open != 0)
            return open;
        if (w->option >= OPTIONS)
            return ERR_UNKNOWN_OPTION;
        if (v->choice >= 0)
            return ERR_ALREADY_VOTED;
        return v->skipped ? ERR_ALREADY_SKIPPED : 0;
    case CHANGE_SKIP:
        if (v->choice >= 0)
            return ERR_ALREADY_VOTED;
        return v->skipped ? ERR_ALREADY_SKIPPED : open;
    case CHANGE_UNSKIP:
        return !v->skipped;
    case CHANGE_MOVE:
        if (open != 0)
            return open;
        if (v->choice < 0)
            return ERR_CONFLICT;
        if (w->option >= OPTIONS)
            return ERR_UNKNOWN_OPTION;
        return v->choice == (int)w->option;
    case CHANGE_WITHDRAW:
        return open != 0 ? open : v->choice < 0 ? ERR_CONFLICT : 0;
    case CHANGE_CLOSE:
        if (w->user != OWNER)
            return ERR_FORBIDDEN;
        return open == ERR_POLL_CLOSED ? open : 0;
    default:
        return w->user == OWNER ? 0 : ERR_FORBIDDEN;
    }
}

static void model_withdraw(struct voter *v)
{
    v->choice = -1;
    if (!v->keyed)
        return;
    v->keyed = false;
    v->remembers = true;
    v->gone_key = v->key;
    v->gone_option = v->first_option;
}

static void model_vote(struct voter *v, const struct wish *w)
{
    v->choice = (int)w->option;
    v->keyed = w->keyed;
    v->key = w->key[0];
    v->first_option = (uint8_t)w->option;
}

static void model_apply(struct model *m, const struct wish *w, int64_t now)
{
    struct voter *v = &m->voters[w->user];

    m->version +=
        w->kind == CHANGE_VOTE || w->kind == CHANGE_MOVE || w->kind == CHANGE_WITHDRAW;
    if (w->kind == CHANGE_VOTE)
        model_vote(v, w);
    else if (w->kind == CHANGE_SKIP)
        v->skipped = true;
    else if (w->kind == CHANGE_UNSKIP)
        v->skipped = false;
    else if (w->kind == CHANGE_MOVE)
        v->choice = (int)w->option;
    else if (w->kind == CHANGE_WITHDRAW)
        model_withdraw(v);
    else if (w->kind == CHANGE_CLOSE) {
        m->closes_ms = now;
        m->closed = true;
    }
}

static void check_model(const char *why, const struct model *m, const struct tally *t)
{
    uint32_t counts[OPTIONS] = {0}, total = 0, skips = 0;
    struct result r;

    for (uint32_t u = 0; u < USERS; u++) {
        const struct voter *v = &m->voters[u];

        CHECK_EQ_AT(why, tally_choice(t, u), v->choice);
        CHECK_EQ_AT(why, tally_skipped(t, u), v->skipped);
        if (v->choice >= 0)
            counts[v->choice]++, total++;
        skips += v->skipped;
    }
    tally_result(t, &r);
    CHECK_EQ_AT(why, r.version, m->version + m->opened + m->closed);
    CHECK_EQ_AT(why, r.total, total);
    CHECK_EQ_AT(why, r.skips, skips);
    CHECK_EQ_AT(why, r.n_options, OPTIONS);
    CHECK_EQ_AT(why, r.status,
                m->closed   ? POLL_CLOSED
                : m->opened ? POLL_OPEN
                            : POLL_SCHEDULED);
    for (int i = 0; i < OPTIONS; i++)
        CHECK_EQ_AT(why, r.counts[i], counts[i]);
}

static struct wish random_wish(uint64_t *seed)
{
    static const enum change_kind kinds[] = {CHANGE_VOTE,   CHANGE_VOTE,    CHANGE_VOTE,
                                             CHANGE_SKIP,   CHANGE_MOVE,    CHANGE_MOVE,
                                             CHANGE_UNSKIP, CHANGE_WITHDRAW};
    struct wish w = {.kind = kinds[rng(seed) % LENGTH(kinds)],
                     .user = rng(seed) % USERS,
                     .option = rng(seed) % (OPTIONS + 1),
                     .keyed = rng(seed) % 2};

    w.key[0] = (uint8_t)(rng(seed) % 3);
    if (rng(seed) % 400 == 0)
        w.kind = CHANGE_CLOSE;
    if (rng(seed) % 100 == 0)
        w.kind = CHANGE_DELETE;
    return w;
}

/* Some steps are taken back at once, up to four at a time: then all is as before. */
static void random_wishes_agree_with_a_naive_model(void **state)
{
    (void)state;

    for (uint64_t run = 1; run <= 30; run++) {
        uint64_t seed = run;
        struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
        struct model m = {.version = 5, .closes_ms = CLOSES};
        struct model undone[5];
        struct change done[5];
        size_t n_done = 0;
        struct tally *t;
        char why[64];

        rules.n_options = OPTIONS;
        t = tally_new(POLL, &rules, 5);
        for (uint32_t u = 0; u < USERS; u++)
            m.voters[u].choice = -1;
        for (int step = 0; step < STEPS; step++) {
            struct wish w = random_wish(&seed);
            int64_t now = step * 4; /* opens at 250, closes at 2250 */
            struct change c;
            bool replay = false, touched = false;
            int want, rc;

            snprintf(why, sizeof why, "run %d, step %d", (int)run, step);
            if (!m.opened && now >= OPENS && m.closes_ms >= OPENS)
                m.opened = touched = true;
            if (!m.closed && now >= m.closes_ms)
                m.closed = touched = true;
            CHECK_EQ_AT(why, tally_touch(t, now), touched);
            if (touched)
                n_done = 0; /* time is never taken back */
            want = model_admit(&m, &w, now);
            rc = tally_admit(t, &w, now, &c, &replay);
            CHECK_EQ_AT(why, rc == 0 ? replay : rc, want);
            if (want == 0) {
                n_done = n_done == LENGTH(done) ? 0 : n_done;
                undone[n_done] = m;
                done[n_done++] = c;
                tally_apply(t, &c);
                model_apply(&m, &w, now);
            }
            check_model(why, &m, t);
            if (rng(&seed) % 3 == 0 && n_done > 0) {
                for (size_t back = 1 + rng(&seed) % n_done; back > 0; back--) {
                    tally_revert(t, &done[--n_done]);
                    m = undone[n_done];
                }
                check_model(why, &m, t);
            }
        }
        tally_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_wishes_agree_with_a_naive_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
