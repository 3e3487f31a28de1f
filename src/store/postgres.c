#include "store/postgres.h"

#include <assert.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/postgres_db.h"

/* ---- transactions ---- */

static int begin(struct store *s)
{
    struct side *d = &postgres_of(s)->sides[STORE_WRITER];
    bool was_connected = pg_is_connected(d->pg);
    int rc;

    assert(!d->in_transaction);
    d->in_transaction = true;
    d->failed = false;
    rc = pg_begin(d->pg);
    if (rc != 0 && was_connected) /* it broke while it was idle */
        rc = pg_begin(d->pg);
    return rc == 0 ? 0 : side_fail(d, "%s", pg_errmsg(d->pg));
}

static int commit(struct store *s)
{
    struct side *d = side_writer(s);

    if (d == NULL)
        return ERR_UNAVAILABLE;
    if (pg_commit(d->pg) != 0)
        return side_fail(d, "%s", pg_errmsg(d->pg));
    d->in_transaction = false;
    return 0;
}

static void rollback(struct store *s)
{
    struct side *d = &postgres_of(s)->sides[STORE_WRITER];

    pg_rollback(d->pg);
    d->in_transaction = d->failed = false;
}

static int set_position(struct store *s, uint64_t position)
{
    struct side *d = side_writer(s);
    struct pg_args a = {0};

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, (int64_t)position);
    return side_run(d, "UPDATE journal SET position = $1", &a, NULL, NULL);
}

static int take_position(void *user, const struct pg_row *row)
{
    *(uint64_t *)user = (uint64_t)pg_i64(row, 0);
    return 0;
}

static int position(struct store *s, uint64_t *ret_position)
{
    return side_run(side_reader(s), "SELECT position FROM journal", NULL, take_position,
                    ret_position);
}

static const char *last_errmsg(struct store *s, enum store_side side)
{
    return postgres_of(s)->sides[side].errmsg;
}

/* ---- the end ---- */

static struct store *free_store(struct store *base)
{
    struct postgres_store *s = postgres_of(base);

    if (s != NULL) {
        assert(!s->sides[STORE_WRITER].in_transaction);
        pg_free(s->sides[STORE_READER].pg);
        pg_free(s->sides[STORE_WRITER].pg);
        mem_free(s);
    }
    return NULL;
}

static const struct store_ops ops = {
    .name = "postgres",
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .project = postgres_project,
    .set_position = set_position,
    .account_add = postgres_account_add,
    .account_get = postgres_account_get,
    .account_change = postgres_account_change,
    .account_delete = postgres_account_delete,
    .owned_each = postgres_owned_each,
    .tidy = postgres_tidy,
    .poll_add = postgres_poll_add,
    .key_find = postgres_key_find,
    .key_add = postgres_key_add,
    .edit_add = postgres_edit_add,
    .edit_drop = postgres_edit_drop,
    .position = position,
    .account_by_email = postgres_account_by_email,
    .account_by_id = postgres_account_by_id,
    .each_account = postgres_each_account,
    .token_ends_each = postgres_token_ends_each,
    .each_poll = postgres_each_poll,
    .tally_load = postgres_tally_load,
    .seen_each = postgres_seen_each,
    .owned_before = postgres_owned_before,
    .user_votes = postgres_user_votes,
    .user_skips = postgres_user_skips,
    .user_withdrawn = postgres_user_withdrawn,
    .poll_stats = postgres_poll_stats,
    .search = postgres_search,
    .each_daily = postgres_each_daily,
    .recent_each = postgres_recent_each,
    .verify = postgres_verify,
    .errmsg = last_errmsg,
    .free = free_store,
};

/* ---- opening ---- */

static struct pg *connect_to(const struct postgres_opts *opts, enum store_side side)
{
    return pg_new(&(struct pg_opts){
        .dsn = opts->dsn,
        .name = side == STORE_WRITER ? "pollux store" : "pollux reader",
        .timeout_ms = opts->timeout_ms,
        .seed = opts->seed + side,
    });
}

int store_postgres_open(const struct postgres_opts *opts, struct store **ret_store,
                        char *errmsg, size_t errmsg_size)
{
    struct postgres_store *s = mem_zalloc(1, sizeof *s);
    int rc;

    s->base.ops = &ops;
    for (int side = STORE_WRITER; side <= STORE_READER; side++)
        s->sides[side].pg = connect_to(opts, (enum store_side)side);
    rc = postgres_migrate(s->sides[opts->read_only ? STORE_READER : STORE_WRITER].pg,
                          opts->read_only, errmsg, errmsg_size);
    if (rc != 0) {
        free_store(&s->base);
        return rc;
    }
    *ret_store = &s->base;
    return 0;
}
