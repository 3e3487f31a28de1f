/* sqlite_rows_read.c — tells everything in a file, row by row (rows.h). */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "store/rows.h"
#include "store/sqlite_db.h"
#include "store/sqlite_file.h"

struct reading {
    sqlite3 *handle;
    const struct rows_sink *to;
};

typedef int tell_row(const struct rows_sink *to, sqlite3_stmt *st);

static uint32_t column_u32(sqlite3_stmt *st, int i)
{
    return (uint32_t)sqlite3_column_int64(st, i);
}

/* NULL is no text, which is not the same as "". */
static struct str column_text(sqlite3_stmt *st, int i)
{
    return sqlite3_column_type(st, i) != SQLITE_NULL ? db_column_str(st, i)
                                                     : (struct str){NULL, 0};
}

static struct str column_bytes(sqlite3_stmt *st, int i)
{
    return sqlite3_column_type(st, i) != SQLITE_NULL ? db_column_blob(st, i)
                                                     : (struct str){NULL, 0};
}

/* ---- rows ---- */

static int tell_origin(const struct rows_sink *to, sqlite3_stmt *st)
{
    struct row_origin o = {.first_version = (uint64_t)sqlite3_column_int64(st, 1),
                           .last_account = (uint64_t)sqlite3_column_int64(st, 2),
                           .last_poll = (uint64_t)sqlite3_column_int64(st, 3),
                           .text_rules = column_text(st, 4),
                           .ballots = (uint64_t)sqlite3_column_int64(st, 5)};
    struct str id = column_bytes(st, 0);

    if (id.len != DATA_SET_ID_BYTES)
        return ERR_INVALID;
    memcpy(o.id, id.at, id.len);
    return to->origin(to->user, &o);
}

static int tell_account(const struct rows_sink *to, sqlite3_stmt *st)
{
    struct row_account a = {.id = column_u32(st, 0),
                            .kind = column_text(st, 1),
                            .created_ms = sqlite3_column_int64(st, 2),
                            .username = column_text(st, 3),
                            .email = column_text(st, 4),
                            .password_hash = column_text(st, 5),
                            .username_key = column_text(st, 6),
                            .username_look = column_text(st, 7),
                            .email_key = column_text(st, 8)};

    return to->account(to->user, &a);
}

static int tell_token_end(const struct rows_sink *to, sqlite3_stmt *st)
{
    return to->token_end(to->user, column_u32(st, 0), sqlite3_column_int64(st, 1));
}

static int tell_poll(const struct rows_sink *to, sqlite3_stmt *st)
{
    struct row_poll p = {.id = column_u32(st, 0),
                         .owner = column_u32(st, 1),
                         .created_ms = sqlite3_column_int64(st, 2),
                         .rules = {.opens_ms = sqlite3_column_int64(st, 3),
                                   .closes_ms = sqlite3_column_int64(st, 4),
                                   .vote_change = sqlite3_column_int(st, 7) != 0,
                                   .edits = column_u32(st, 8)},
                         .base_version = (uint64_t)sqlite3_column_int64(st, 9),
                         .total = (uint64_t)sqlite3_column_int64(st, 10),
                         .skips = (uint64_t)sqlite3_column_int64(st, 11),
                         .counts = column_text(st, 12),
                         .title = column_text(st, 13),
                         .description = column_text(st, 14),
                         .options = column_text(st, 15),
                         .tags = column_text(st, 16)};

    if (!visibility_read(column_text(st, 5), &p.rules.visibility) ||
        !voters_read(column_text(st, 6), &p.rules.voters))
        return ERR_INVALID;
    return to->poll(to->user, &p);
}

static int tell_ballot(const struct rows_sink *to, sqlite3_stmt *st)
{
    struct row_ballot b = {.poll = column_u32(st, 0),
                           .user = column_u32(st, 1),
                           .kind = column_text(st, 2),
                           .at_ms = sqlite3_column_int64(st, 3),
                           .option = column_u32(st, 4),
                           .version = (uint64_t)sqlite3_column_int64(st, 5),
                           .told = {column_bytes(st, 6), column_bytes(st, 7)},
                           .was_ms = sqlite3_column_int64(st, 8),
                           .was_told = {column_bytes(st, 9), column_bytes(st, 10)}};

    return to->ballot(to->user, &b);
}

static int tell_daily(const struct rows_sink *to, sqlite3_stmt *st)
{
    return to->daily(to->user, sqlite3_column_int64(st, 0), column_u32(st, 1),
                     column_u32(st, 2));
}

static int tell_recent(const struct rows_sink *to, sqlite3_stmt *st)
{
    return to->recent(to->user, sqlite3_column_int64(st, 0), column_u32(st, 1),
                      column_u32(st, 2));
}

static int tell_poll_key(const struct rows_sink *to, sqlite3_stmt *st)
{
    struct row_poll_key k = {.owner = column_u32(st, 0),
                             .key = column_bytes(st, 1),
                             .content = column_bytes(st, 2),
                             .poll = column_u32(st, 3),
                             .deleted = sqlite3_column_int(st, 4) != 0};

    return to->poll_key(to->user, &k);
}

/* ---- the walk ---- */

#define LAST(table)                                                                    \
    "coalesce((SELECT seq FROM sqlite_sequence WHERE name = '" table "'), 0)"
#define WITHDRAWN "withdrawn_receipts w USING (poll_id, user_id)"

/* A receipt without its key, or the other way round, answers nobody. */
#define WHOLE(column) "iif(v.key IS NULL OR v.receipt IS NULL, NULL, v." column ")"

static const struct {
    const char *sql;
    tell_row *tell;
} steps[] = {
    {"SELECT id, first_version, " LAST("accounts") ", " LAST(
         "polls") ", made_with,"
                  " (SELECT count(*) FROM votes) + (SELECT count(*) FROM skips) FROM "
                  "data_set,"
                  " text_rules",
     tell_origin},
    {"SELECT id, kind, created_ms, username, email, password_hash, username_key,"
     " username_look, email_key FROM accounts ORDER BY id",
     tell_account},
    {"SELECT user_id, end_ms FROM token_ends ORDER BY user_id", tell_token_end},
    {"SELECT p.id, p.owner_id, p.created_ms, p.opens_ms, p.closes_ms, p.visibility,"
     " p.voters, p.vote_change, p.edits, r.base_version, r.total, r.skips, r.counts,"
     " p.title, p.description, p.options, p.tags FROM polls p JOIN results r"
     " ON r.poll_id = p.id ORDER BY p.id",
     tell_poll},
    {"SELECT v.poll_id, v.user_id, 'vote', v.voted_ms, v.option, v.version,"
     " " WHOLE("key") ", " WHOLE("receipt") ", w.voted_ms, w.key, w.receipt"
                                            " FROM votes v LEFT JOIN " WITHDRAWN,
     tell_ballot},
    {"SELECT s.poll_id, s.user_id, 'skip', s.skipped_ms, NULL, NULL, NULL, NULL,"
     " w.voted_ms, w.key, w.receipt FROM skips s LEFT JOIN " WITHDRAWN,
     tell_ballot},
    {"SELECT poll_id, user_id, 'none', voted_ms, NULL, NULL, NULL, NULL, voted_ms, key,"
     " receipt FROM withdrawn_receipts w WHERE NOT EXISTS (SELECT 1 FROM votes v"
     " WHERE v.poll_id = w.poll_id AND v.user_id = w.user_id) AND NOT EXISTS"
     " (SELECT 1 FROM skips s WHERE s.poll_id = w.poll_id AND s.user_id = w.user_id)",
     tell_ballot},
    {"SELECT day, user_id, votes FROM daily_votes", tell_daily},
    {"SELECT span, poll_id, votes FROM recent_votes", tell_recent},
    {"SELECT owner_id, key, content, poll_id, deleted FROM poll_keys", tell_poll_key},
};

static int walk(const struct reading *r, const char *path, size_t i, char *errmsg,
                size_t size)
{
    sqlite3_stmt *st = NULL;
    int step = sqlite3_prepare_v2(r->handle, steps[i].sql, -1, &st, NULL);
    int rc = 0;

    if (step == SQLITE_OK)
        while (rc == 0 && (step = sqlite3_step(st)) == SQLITE_ROW)
            rc = steps[i].tell(r->to, st);
    if (rc == 0 && step != SQLITE_DONE)
        rc = sqlite_file_fail(r->handle, path, errmsg, size);
    else if (rc == ERR_INVALID)
        snprintf(errmsg, size, "%s has a row that cannot be read", path);
    sqlite3_finalize(st);
    return rc;
}

int sqlite_rows_read(const char *path, const struct rows_sink *to, char *errmsg,
                     size_t size)
{
    struct reading r = {.to = to};
    int rc = sqlite_file_open(path, SQLITE_OPEN_READONLY, &r.handle, errmsg, size);

    if (rc == 0)
        rc = sqlite_file_execute(r.handle, path, "BEGIN", errmsg, size);
    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof *steps; i++)
        rc = walk(&r, path, i, errmsg, size);
    sqlite3_close(r.handle);
    return rc;
}
