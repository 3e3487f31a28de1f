#include "lib/store_world.h"

#include "lib/check.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/pg_rig.h"
#include "lib/store_mem.h"
#include "store/postgres.h"
#include "store/sqlite.h"

/* ---- the backends ---- */

static struct store *open_mem(const char *dir)
{
    (void)dir;
    return store_mem_new();
}

static struct store *open_sqlite(const char *dir)
{
    char path[128], errmsg[256] = "";
    struct sqlite_opts opts = {.path = path};
    struct store *s = NULL;

    snprintf(path, sizeof path, "%s/db", dir);
    if (store_sqlite_open(&opts, &s, errmsg, sizeof errmsg) != 0)
        fail_msg("%s", errmsg);
    return s;
}

/* ---- PostgreSQL: one server and one database, for one world after the other ---- */

static struct pg_rig *rig;
static bool database_used;

/* Much sooner done than another database. */
static const char EMPTY[] =
    "TRUNCATE accounts, token_ends, polls, results, ballots, daily_votes, recent_votes,"
    " poll_edits, poll_keys, poll_log, batch_log RESTART IDENTITY;"
    "UPDATE journal SET position = 0";

static struct store *open_postgres(const char *dir)
{
    char made[128], errmsg[256] = "";
    struct postgres_opts opts = {.seed = 1};
    struct pg_dsn dsn;
    struct store *s = NULL;

    if (rig == NULL)
        rig = pg_rig_start();
    snprintf(made, sizeof made, "%s/db", dir);
    if (access(made, F_OK) != 0) {
        assert_false(database_used);
        database_used = true;
        close(open(made, O_CREAT | O_WRONLY, 0600));
    }
    dsn = pg_rig_dsn(rig, "postgres");
    opts.dsn = dsn.text;
    if (store_postgres_open(&opts, &s, errmsg, sizeof errmsg) != 0)
        fail_msg("%s", errmsg);
    return s;
}

static void empty_postgres(void)
{
    pg_rig_admin(rig, EMPTY);
    database_used = false;
}

static void pass_hour_in_postgres(void)
{
    pg_rig_admin(rig, "UPDATE poll_edits SET made_at = made_at - interval '1 hour'");
}

const struct backend backend_postgres = {.name = "postgres",
                                         .open = open_postgres,
                                         .keeps = true,
                                         .remove = empty_postgres,
                                         .pass_hour = pass_hour_in_postgres};

/* ---- */

const struct backend backend_mem = {.name = "mem", .open = open_mem};
const struct backend backend_sqlite = {
    .name = "sqlite", .open = open_sqlite, .keeps = true};

int world_setup(void **state)
{
    *state = world_new(*state);
    return 0;
}

int world_teardown(void **state)
{
    world_free(*state);
    return 0;
}

int world_run(const struct CMUnitTest *tests, size_t n)
{
    static const struct backend *const backends[] = {&backend_mem, &backend_sqlite,
                                                     &backend_postgres};
    struct CMUnitTest *own = mem_dup(tests, n * sizeof *tests);
    int failed = 0;

    for (size_t b = 0; b < LENGTH(backends); b++) {
        for (size_t i = 0; i < n; i++) {
            own[i].setup_func = world_setup;
            own[i].teardown_func = world_teardown;
            own[i].initial_state = (void *)(uintptr_t)backends[b];
        }
        failed += _cmocka_run_group_tests(backends[b]->name, own, n, NULL, NULL);
    }
    mem_free(own);
    rig = pg_rig_stop(rig);
    return failed != 0;
}

/* ---- a world ---- */

struct world *world_new(const struct backend *b)
{
    struct world *w = mem_zalloc(1, sizeof *w);

    w->backend = b;
    snprintf(w->dir, sizeof w->dir, "/tmp/pollux-store-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    w->s = b->open(w->dir);
    w->owner = add_user(w, "ada", "ada@example.org");
    return w;
}

static void remove_dir(const char *dir)
{
    static const char *const files[] = {"db", "db-wal", "db-shm", "db-journal"};
    char path[128];

    for (size_t i = 0; i < LENGTH(files); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
}

void world_free(struct world *w)
{
    w->s->ops->free(w->s);
    if (w->backend->remove != NULL)
        w->backend->remove();
    remove_dir(w->dir);
    mem_free(w);
}

void world_close(struct world *w)
{
    w->s = w->s->ops->free(w->s);
}

void world_reopen(struct world *w)
{
    world_close(w);
    w->s = w->backend->open(w->dir);
}

/* ---- its file ---- */

struct path path_of(const struct world *w)
{
    struct path p;

    snprintf(p.text, sizeof p.text, "%s/db", w->dir);
    return p;
}

void run_sql(const struct world *w, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path_of(w).text, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* ---- words ---- */

int add_id(void *buf, uint32_t id)
{
    buf_printf(buf, "%u ", id);
    return 0;
}

void pass_hour(struct world *w)
{
    if (w->backend->pass_hour != NULL)
        w->backend->pass_hour();
}

void begin(struct world *w)
{
    assert_int_equal(w->s->ops->begin(w->s), 0);
}

void commit(struct world *w)
{
    assert_int_equal(w->s->ops->commit(w->s), 0);
}

uint32_t add_user(struct world *w, const char *username, const char *email)
{
    struct account a = {.created_ms = T0};
    const char *field;

    snprintf(a.username, sizeof a.username, "%s", username);
    snprintf(a.email, sizeof a.email, "%s", email);
    snprintf(a.password_hash, sizeof a.password_hash, "a hash");
    begin(w);
    assert_int_equal(w->s->ops->account_add(w->s, &a, &field), 0);
    commit(w);
    return a.id;
}

uint32_t add_poll(struct world *w, uint32_t n_options)
{
    struct poll p = {
        .created_ms = T0,
        .title = STR("Which?"),
        .rules = {.owner_id = w->owner, .n_options = n_options, .vote_change = true}};
    uint32_t id;

    for (uint32_t i = 0; i < n_options; i++)
        p.options[i] = (struct str){&"abcdefghijklmnopqrst"[i], 1};
    begin(w);
    assert_int_equal(w->s->ops->poll_add(w->s, &p, &id), 0);
    commit(w);
    return id;
}

void add_key(struct world *w, const struct poll_key *key, uint32_t poll)
{
    begin(w);
    assert_int_equal(w->s->ops->key_add(w->s, w->owner, key, poll), 0);
    commit(w);
}

/* ---- changes ---- */

static int64_t time_of(uint64_t version)
{
    return (int64_t)T0 * 1000 + (int64_t)version;
}

struct change vote(uint32_t poll, uint32_t user, uint32_t option, uint64_t version)
{
    return (struct change){.kind = CHANGE_VOTE,
                           .poll = poll,
                           .user = user,
                           .option = (uint8_t)option,
                           .at_ms = time_of(version),
                           .version = version};
}

struct change keyed_vote(uint32_t poll, uint32_t user, uint32_t option,
                         uint64_t version)
{
    struct change c = vote(poll, user, option, version);

    c.keyed = true;
    memset(c.key, (int)user, sizeof c.key);
    c.receipt = (struct receipt){.version = version + 1, /* it had opened */
                                 .votes_left = 99,
                                 .n_options = 3,
                                 .counts = {1, 0x12345, UINT32_MAX}};
    return c;
}

struct change skipping(uint32_t poll, uint32_t user)
{
    return (struct change){
        .kind = CHANGE_SKIP, .poll = poll, .user = user, .at_ms = time_of(0)};
}

struct change unskipping(uint32_t poll, uint32_t user)
{
    struct change c = skipping(poll, user);

    c.kind = CHANGE_UNSKIP;
    return c;
}

struct change move(uint32_t poll, uint32_t user, uint32_t was, uint32_t option,
                   uint64_t version)
{
    struct change c = vote(poll, user, option, version);

    c.kind = CHANGE_MOVE;
    c.was_option = (uint8_t)was;
    return c;
}

struct change withdrawal(uint32_t poll, uint32_t user, uint32_t was, uint64_t version)
{
    struct change c = vote(poll, user, 0, version);

    c.kind = CHANGE_WITHDRAW;
    c.was_option = (uint8_t)was;
    return c;
}

struct change closing(uint32_t poll, int64_t at_ms)
{
    return (struct change){
        .kind = CHANGE_CLOSE, .poll = poll, .at_ms = at_ms, .version = T0};
}

struct change deletion(uint32_t poll)
{
    return (struct change){.kind = CHANGE_DELETE, .poll = poll};
}

void project(struct world *w, const struct change *changes, size_t n)
{
    begin(w);
    assert_int_equal(w->s->ops->project(w->s, changes, n), 0);
    commit(w);
}

/* ---- looking ---- */

struct search {
    uint32_t poll;
    bool found;
    struct stored_poll p;
};

static int match(void *user, struct stored_poll *p)
{
    struct search *s = user;

    if (p->poll->id != s->poll) {
        poll_unref(p->poll);
        return 0;
    }
    s->p = *p;
    s->found = true;
    return 0;
}

static struct search search(struct world *w, uint32_t poll)
{
    struct search s = {.poll = poll};

    assert_int_equal(w->s->ops->each_poll(w->s, match, &s), 0);
    return s;
}

bool look_up(struct world *w, uint32_t poll, struct stored_poll *ret_p)
{
    struct search s = search(w, poll);

    if (s.found) {
        *ret_p = s.p;
        ret_p->poll = poll_unref(s.p.poll);
    }
    return s.found;
}

struct poll *definition(struct world *w, uint32_t poll)
{
    struct search s = search(w, poll);

    assert_true(s.found);
    return s.p.poll;
}

const char *result_of(struct world *w, uint32_t poll)
{
    static char text[512];
    struct search s = search(w, poll);
    size_t len;

    if (!s.found)
        return "none";
    len = (size_t)snprintf(text, sizeof text, "v%llu total %u skips %u:",
                           (unsigned long long)s.p.base_version, s.p.total, s.p.skips);
    for (uint32_t i = 0; i < s.p.poll->rules.n_options; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " %u", s.p.counts[i]);
    poll_unref(s.p.poll);
    return text;
}

struct daily_search {
    uint32_t user, votes;
};

static int match_daily(void *user, uint32_t user_id, uint32_t votes)
{
    struct daily_search *s = user;

    if (user_id == s->user)
        s->votes += votes;
    return 0;
}

uint32_t daily(struct world *w, int64_t day, uint32_t user)
{
    struct daily_search s = {.user = user};

    assert_int_equal(w->s->ops->each_daily(w->s, day, match_daily, &s), 0);
    return s.votes;
}

struct tally *load(struct world *w, uint32_t poll)
{
    struct tally *t = NULL;

    assert_int_equal(w->s->ops->tally_load(w->s, poll, &t), 0);
    return t;
}

static void fail_by(void *user, const char *text)
{
    (void)user;
    fail_msg("verify: %s", text);
}

struct store_totals verified(struct world *w)
{
    const struct store_report to = {.finding = fail_by};
    struct store_totals totals;

    assert_int_equal(w->s->ops->verify(w->s, &to, &totals), 0);
    return totals;
}
