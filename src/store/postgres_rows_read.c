/* postgres_rows_read.c — tells everything in a database, row by row (rows.h). */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "core/row_text.h"
#include "store/postgres_db.h"
#include "store/rows.h"

enum { ANSWER_MS = 3600000 }; /* what is told in order may first have to be sorted */

struct reading {
    struct side side;
    const struct rows_sink *to;
    uint64_t epoch; /* what is added to stored versions */
};

static uint32_t column_u32(const struct pg_row *row, int i)
{
    return (uint32_t)pg_i64(row, i);
}

/* ---- rows ---- */

static int tell_origin(void *user, const struct pg_row *row)
{
    struct reading *r = user;
    struct row_origin o = {.last_account = (uint64_t)pg_i64(row, 2),
                           .last_poll = (uint64_t)pg_i64(row, 3),
                           .text_rules = pg_str(row, 4),
                           .ballots = (uint64_t)pg_i64(row, 5)};
    struct str id = pg_str(row, 0);

    r->epoch = (uint64_t)pg_i64(row, 1);
    o.first_version = 1 + r->epoch;
    memcpy(o.id, id.at, sizeof o.id); /* a uuid */
    return r->to->origin(r->to->user, &o);
}

static int tell_account(void *user, const struct pg_row *row)
{
    const struct rows_sink *to = ((const struct reading *)user)->to;
    struct row_account a = {.id = column_u32(row, 0),
                            .kind = pg_str(row, 1),
                            .created_ms = pg_i64(row, 2),
                            .username = pg_str(row, 3),
                            .email = pg_str(row, 4),
                            .password_hash = pg_str(row, 5),
                            .username_key = pg_str(row, 6),
                            .username_look = pg_str(row, 7),
                            .email_key = pg_str(row, 8)};

    return to->account(to->user, &a);
}

static int tell_token_end(void *user, const struct pg_row *row)
{
    const struct rows_sink *to = ((const struct reading *)user)->to;

    return to->token_end(to->user, column_u32(row, 0), pg_i64(row, 1));
}

static int tell_poll(void *user, const struct pg_row *row)
{
    struct reading *r = user;
    struct row_poll p = {.id = column_u32(row, 0),
                         .owner = column_u32(row, 1),
                         .created_ms = pg_i64(row, 2),
                         .rules = {.opens_ms = pg_i64(row, 3),
                                   .closes_ms = pg_i64(row, 4),
                                   .vote_change = pg_i64(row, 7) != 0,
                                   .edits = column_u32(row, 8)},
                         .base_version = (uint64_t)pg_i64(row, 9) + r->epoch,
                         .total = (uint64_t)pg_i64(row, 10),
                         .skips = (uint64_t)pg_i64(row, 11),
                         .counts = pg_str(row, 12),
                         .title = pg_str(row, 13),
                         .description = pg_str(row, 14),
                         .options = pg_str(row, 15),
                         .tags = pg_str(row, 16)};

    if (!visibility_read(pg_str(row, 5), &p.rules.visibility) ||
        !voters_read(pg_str(row, 6), &p.rules.voters))
        return side_fail(&r->side, "poll %u has rules that are not known", p.id);
    return r->to->poll(r->to->user, &p);
}

static int tell_ballot(void *user, const struct pg_row *row)
{
    const struct reading *r = user;
    bool has_version = !pg_is_null(row, 5);
    struct row_ballot b = {.poll = column_u32(row, 0),
                           .user = column_u32(row, 1),
                           .kind = pg_str(row, 2),
                           .at_ms = pg_i64(row, 3),
                           .option = column_u32(row, 4),
                           .version =
                               has_version ? (uint64_t)pg_i64(row, 5) + r->epoch : 0,
                           .told = {pg_str(row, 6), pg_str(row, 7)},
                           .was_ms = pg_i64(row, 8),
                           .was_told = {pg_str(row, 9), pg_str(row, 10)}};

    return r->to->ballot(r->to->user, &b);
}

static int tell_daily(void *user, const struct pg_row *row)
{
    const struct rows_sink *to = ((const struct reading *)user)->to;

    return to->daily(to->user, pg_i64(row, 0), column_u32(row, 1), column_u32(row, 2));
}

static int tell_recent(void *user, const struct pg_row *row)
{
    const struct rows_sink *to = ((const struct reading *)user)->to;

    return to->recent(to->user, pg_i64(row, 0), column_u32(row, 1), column_u32(row, 2));
}

static int tell_poll_key(void *user, const struct pg_row *row)
{
    const struct rows_sink *to = ((const struct reading *)user)->to;
    struct row_poll_key k = {.owner = column_u32(row, 0),
                             .key = pg_str(row, 1),
                             .content = pg_str(row, 2),
                             .poll = column_u32(row, 3),
                             .deleted = pg_i64(row, 4) != 0};

    return to->poll_key(to->user, &k);
}

/* ---- the walk ---- */

#define LAST(table) "(SELECT last_value - (NOT is_called)::int FROM " table "_id_seq)"

static const struct {
    const char *sql;
    pg_row_cb *tell;
} steps[] = {
    {"SELECT uuid_send(identity), version_epoch(), " LAST("accounts") ", " LAST(
         "polls") ", made_with, (SELECT count(*) FROM ballots WHERE kind <> 'none')"
                  " FROM cluster, text_rules",
     tell_origin},
    {"SELECT id, kind, created_ms, username, email, password_hash, username_key,"
     " username_look, email_key FROM accounts ORDER BY id",
     tell_account},
    {"SELECT user_id, end_ms FROM token_ends ORDER BY user_id", tell_token_end},
    {"SELECT p.id, p.owner_id, p.created_ms, r.opens_ms, r.closes_ms, r.visibility,"
     " r.voters, r.vote_change, r.edits, r.base_version, r.total, r.skips,"
     " to_json(r.counts)::text, p.title, p.description, p.options::text,"
     " to_json(p.tags)::text FROM polls p JOIN results r ON r.poll_id = p.id"
     " ORDER BY p.id",
     tell_poll},
    {"SELECT poll_id, user_id, kind, at_ms, choice[1], version, key, receipt, was_ms,"
     " was_key, was_receipt FROM ballots WHERE kind <> 'none' OR was_key IS NOT NULL"
     " ORDER BY poll_id, user_id",
     tell_ballot},
    {"SELECT day, user_id, votes FROM daily_votes WHERE votes > 0", tell_daily},
    {"SELECT span, poll_id, votes FROM recent_votes", tell_recent},
    {"SELECT owner_id, key, content, poll_id, deleted FROM poll_keys", tell_poll_key},
};

int postgres_rows_read(const char *dsn, const struct rows_sink *to, char *errmsg,
                       size_t size)
{
    struct reading r = {.to = to};
    int rc;

    r.side.pg = pg_new(&(struct pg_opts){
        .dsn = dsn, .name = "pollux export", .timeout_ms = ANSWER_MS});
    rc = postgres_migrate(r.side.pg, true, errmsg, size);
    if (rc == 0)
        rc = side_run(&r.side, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL,
                      NULL, NULL);
    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof *steps; i++)
        rc = side_run(&r.side, steps[i].sql, NULL, steps[i].tell, &r);
    if (r.side.errmsg[0] != '\0')
        snprintf(errmsg, size, "%s", r.side.errmsg);
    pg_rollback(r.side.pg); /* it has read only */
    pg_free(r.side.pg);
    return rc;
}
