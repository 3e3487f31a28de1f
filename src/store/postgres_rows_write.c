/* postgres_rows_write.c — fills an empty database with everything a store holds, by
 * COPY in one transaction (rows.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/poll.h"
#include "core/row_text.h"
#include "store/postgres_copy.h"
#include "store/postgres_db.h"
#include "store/rows.h"

enum {
    ANSWER_MS = 3600000, /* the check, and ANALYZE, of everything */
    LINES_BYTES = 256 << 10,
    LEAVING_MS =
        8000, /* a server that has stopped is silent for five seconds by then */
    LOOK_MS = 50,
    EPOCH_BITS = 32,     /* of versions; above them is version_epoch() */
    PARTITION_BITS = 20, /* a partition of ballots has so many polls */
    PARTITIONS_MADE = 2, /* by the first migration */
};

enum table {
    NO_TABLE,
    ACCOUNTS,
    TOKEN_ENDS,
    POLLS,
    RESULTS,
    BALLOTS,
    DAILY,
    RECENT,
    POLL_KEYS
};

static const char *const copies[] = {
    [ACCOUNTS] = "COPY accounts (id, kind, created_ms, username, email, password_hash,"
                 " username_key, username_look, email_key) FROM STDIN",
    [TOKEN_ENDS] = "COPY token_ends (user_id, end_ms) FROM STDIN",
    [POLLS] = "COPY polls (id, owner_id, created_ms, title, description, options, tags,"
              " words, lexemes) FROM STDIN",
    [RESULTS] = "COPY results (poll_id, opens_ms, closes_ms, visibility, voters,"
                " vote_change, edits, base_version, opened, closed, total, skips,"
                " counts) FROM STDIN",
    [BALLOTS] = "COPY ballots (poll_id, user_id, kind, at_ms, choice, version, key,"
                " receipt, was_ms, was_key, was_receipt) FROM STDIN",
    [DAILY] = "COPY daily_votes (day, user_id, votes) FROM STDIN",
    [RECENT] = "COPY recent_votes (span, poll_id, votes) FROM STDIN",
    [POLL_KEYS] =
        "COPY poll_keys (owner_id, key, content, poll_id, deleted) FROM STDIN",
};

struct postgres_rows {
    struct rows_writer base; /* first */
    struct side side;
    enum table table;   /* that rows are copied into */
    struct buf lines;   /* of it, not sent yet */
    struct buf results; /* lines that wait until the polls are in */
    int64_t now_ms;
    struct row_origin origin;
    struct store_totals told;
};

static struct postgres_rows *rows_of(void *w)
{
    return w;
}

static int fail(struct postgres_rows *w)
{
    (void)side_fail(&w->side, "%s", pg_errmsg(w->side.pg));
    return ERR_UNAVAILABLE;
}

/* ---- COPY ---- */

static int send_lines(struct postgres_rows *w, struct buf *lines)
{
    int rc = lines->len == 0 ? 0 : pg_copy_put(w->side.pg, buf_str(lines));

    lines->len = 0;
    return rc == 0 ? 0 : fail(w);
}

static int end_copy(struct postgres_rows *w)
{
    int rc = w->table == NO_TABLE ? 0 : send_lines(w, &w->lines);

    if (rc != 0 || w->table == NO_TABLE)
        return rc;
    w->table = NO_TABLE;
    return pg_copy_end(w->side.pg) == 0 ? 0 : fail(w);
}

static int begin_copy(struct postgres_rows *w, enum table table)
{
    int rc = end_copy(w);

    if (rc != 0)
        return rc;
    if (pg_copy_begin(w->side.pg, copies[table]) != 0)
        return fail(w);
    w->table = table;
    return 0;
}

static int to_table(struct postgres_rows *w, enum table table)
{
    if (w->table == table)
        return 0;
    return begin_copy(w, table);
}

static int line_done(struct postgres_rows *w)
{
    copy_end_line(&w->lines);
    return w->lines.len < LINES_BYTES ? 0 : send_lines(w, &w->lines);
}

/* ---- rows ---- */

/* Ballots of polls beyond the first partitions get theirs before they come: rows in the
 * default one would forbid to make it later. */
static int make_partitions(struct postgres_rows *w)
{
    struct buf sql = {0};
    int rc = 0;

    for (uint64_t n = PARTITIONS_MADE; n <= w->origin.last_poll >> PARTITION_BITS; n++)
        buf_printf(&sql,
                   "CREATE TABLE IF NOT EXISTS ballots_%" PRIu64 " PARTITION OF ballots"
                   " FOR VALUES FROM (%" PRIu64 ") TO (%" PRIu64 ");",
                   n, n << PARTITION_BITS, (n + 1) << PARTITION_BITS);
    buf_char(&sql, '\0');
    if (sql.len > 1)
        rc = pg_script(w->side.pg, sql.data) == 0 ? 0 : fail(w);
    buf_done(&sql);
    return rc;
}

/* Versions are stored without what version_epoch() adds; a new poll starts above it. */
static int put_origin(void *user, const struct row_origin *o)
{
    struct postgres_rows *w = user;
    uint64_t offset = (o->first_version - 1 + (1ULL << EPOCH_BITS) - 1) >> EPOCH_BITS;
    struct pg_args a = {0};
    int rc;

    w->origin = *o;
    rc = make_partitions(w);
    if (rc != 0)
        return rc;
    pg_arg_str(&a, (struct str){(const char *)o->id, sizeof o->id});
    pg_arg_i64(&a, (int64_t)offset);
    return side_run(&w->side,
                    "UPDATE cluster SET identity = encode($1::bytea, 'hex')::uuid,"
                    " version_offset = $2",
                    &a, NULL, NULL);
}

static int put_account(void *user, const struct row_account *a)
{
    struct postgres_rows *w = user;
    struct buf *b = &w->lines;
    int rc = to_table(w, ACCOUNTS);

    if (rc != 0)
        return rc;
    w->told.accounts++;
    copy_i64(b, a->id);
    copy_text(b, a->kind);
    copy_i64(b, a->created_ms);
    copy_text(b, a->username);
    copy_text(b, a->email);
    copy_text(b, a->password_hash);
    copy_text(b, a->username_key);
    copy_text(b, a->username_look);
    copy_text(b, a->email_key);
    return line_done(w);
}

static int put_token_end(void *user, uint32_t user_id, int64_t end_ms)
{
    struct postgres_rows *w = user;
    int rc = to_table(w, TOKEN_ENDS);

    if (rc != 0)
        return rc;
    copy_i64(&w->lines, user_id);
    copy_i64(&w->lines, end_ms);
    return line_done(w);
}

/* A word of a tsvector: in quotes, where quotes and backslashes are doubled. */
static void add_lexeme(struct buf *b, struct str word)
{
    struct buf quoted = {0};

    buf_char(&quoted, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] == '\'' || word.at[i] == '\\')
            buf_char(&quoted, word.at[i]);
        buf_char(&quoted, word.at[i]);
    }
    buf_text(&quoted, "' ");
    copy_escaped(b, buf_str(&quoted));
    buf_done(&quoted);
}

static void add_words(struct buf *b, const struct poll *p)
{
    struct buf words = {0}, lexemes = {0};

    postgres_words(p, &words, &lexemes);
    copy_text(b, (struct str){words.len != 0 ? words.data : "", words.len});
    copy_cell(b);
    postgres_each_lexeme(buf_str(&words), add_lexeme, b);
    buf_done(&words);
    buf_done(&lexemes);
}

static void add_definition(void *user, const struct poll *p)
{
    struct postgres_rows *w = user;
    struct buf tags = {0};

    for (uint32_t i = 0; i < p->n_tags; i++)
        pg_array_str(&tags, p->tags[i]);
    copy_text(&w->lines, pg_array_end(&tags));
    buf_done(&tags);
    add_words(&w->lines, p);
}

/* "[20,13]" as "{20,13}". */
static void add_counts(struct buf *b, struct str counts)
{
    copy_cell(b);
    buf_char(b, '{');
    buf_str_add(b, (struct str){counts.at + 1, counts.len - 2});
    buf_char(b, '}');
}

static void add_result(struct postgres_rows *w, const struct row_poll *p)
{
    struct buf *b = &w->results;

    copy_i64(b, p->id);
    copy_optional(b, p->rules.opens_ms);
    copy_optional(b, p->rules.closes_ms);
    copy_text(b, str_of(poll_visibility_text(p->rules.visibility)));
    copy_text(b, str_of(poll_voters_text(p->rules.voters)));
    copy_bool(b, p->rules.vote_change);
    copy_i64(b, p->rules.edits);
    copy_i64(b, (int64_t)p->base_version);
    copy_bool(b, poll_has_opened(&p->rules, w->now_ms));
    copy_bool(b, poll_has_closed(&p->rules, w->now_ms));
    copy_i64(b, (int64_t)p->total);
    copy_i64(b, (int64_t)p->skips);
    add_counts(b, p->counts);
    copy_end_line(b);
}

static int put_poll(void *user, const struct row_poll *p)
{
    struct postgres_rows *w = user;
    struct buf *b = &w->lines;
    uint32_t counts[LIMIT_OPTIONS];
    struct poll read = {.title = p->title};
    int rc = to_table(w, POLLS);

    if (rc != 0)
        return rc;
    w->told.polls++;
    copy_i64(b, p->id);
    copy_optional(b, p->owner);
    copy_i64(b, p->created_ms);
    copy_text(b, p->title);
    copy_text(b, p->description);
    copy_text(b, p->options);
    if (counts_read(p->counts, counts, &read.rules.n_options) != 0 ||
        definition_read(&read, p->options, p->tags, add_definition, w) != 0)
        return side_fail(&w->side, "poll %u cannot be read", p->id);
    add_result(w, p);
    return line_done(w);
}

static int put_ballot(void *user, const struct row_ballot *v)
{
    struct postgres_rows *w = user;
    struct buf *b = &w->lines;
    bool is_vote = str_eq(v->kind, STR("vote"));
    int rc = to_table(w, BALLOTS);

    if (rc != 0)
        return rc;
    w->told.votes += is_vote;
    w->told.skips += str_eq(v->kind, STR("skip"));
    copy_i64(b, v->poll);
    copy_i64(b, v->user);
    copy_text(b, v->kind);
    copy_i64(b, v->at_ms);
    copy_cell(b);
    if (is_vote)
        buf_printf(b, "{%" PRIu32 "}\t%" PRIu64, v->option, v->version);
    else
        buf_text(b, "\\N\t\\N");
    copy_bytes(b, v->told.key);
    copy_bytes(b, v->told.receipt);
    if (v->was_told.key.at != NULL)
        copy_i64(b, v->was_ms);
    else
        copy_null(b);
    copy_bytes(b, v->was_told.key);
    copy_bytes(b, v->was_told.receipt);
    return line_done(w);
}

static int put_numbers(struct postgres_rows *w, enum table table, int64_t first,
                       int64_t second, int64_t third)
{
    int rc = to_table(w, table);

    if (rc != 0)
        return rc;
    copy_i64(&w->lines, first);
    copy_i64(&w->lines, second);
    copy_i64(&w->lines, third);
    return line_done(w);
}

static int put_daily(void *user, int64_t day, uint32_t user_id, uint32_t votes)
{
    return put_numbers(user, DAILY, day, user_id, votes);
}

static int put_recent(void *user, int64_t span, uint32_t poll, uint32_t votes)
{
    return put_numbers(user, RECENT, span, poll, votes);
}

static int put_poll_key(void *user, const struct row_poll_key *k)
{
    struct postgres_rows *w = user;
    struct buf *b = &w->lines;
    int rc = to_table(w, POLL_KEYS);

    if (rc != 0)
        return rc;
    copy_i64(b, k->owner);
    copy_bytes(b, k->key);
    copy_bytes(b, k->content);
    copy_i64(b, k->poll);
    copy_bool(b, k->deleted);
    return line_done(w);
}

/* ---- the end ---- */

static int put_results(struct postgres_rows *w)
{
    int rc = begin_copy(w, RESULTS);

    if (rc == 0)
        rc = send_lines(w, &w->results);
    return rc == 0 ? end_copy(w) : rc;
}

/* The next id is the one after; a sequence that was never used has not given its 1. */
static int set_sequences(struct postgres_rows *w)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, (int64_t)w->origin.last_account + 1);
    pg_arg_i64(&a, (int64_t)w->origin.last_poll + 1);
    return side_run(&w->side,
                    "SELECT setval('accounts_id_seq', $1, false),"
                    " setval('polls_id_seq', $2, false)",
                    &a, NULL, NULL);
}

static int check(struct postgres_rows *w, const struct store_report *to,
                 struct store_totals *ret_totals)
{
    int rc = postgres_check(&w->side, to, ret_totals);

    if (rc == ERR_CONFLICT)
        (void)side_fail(&w->side, "what was written is not sound; it was undone");
    if (rc == 0 && memcmp(ret_totals, &w->told, sizeof w->told) != 0) {
        (void)side_fail(&w->side, "not everything has arrived; it was undone");
        return ERR_CONFLICT;
    }
    return rc;
}

static int commit(struct rows_writer *base, const struct store_report *to,
                  struct store_totals *ret_totals)
{
    struct postgres_rows *w = rows_of(base);
    int rc = put_results(w);

    if (rc == 0)
        rc = set_sequences(w);
    if (rc == 0)
        rc =
            side_run(&w->side, "ANALYZE accounts, polls, results, ballots, daily_votes",
                     NULL, NULL, NULL);
    if (rc == 0)
        rc = check(w, to, ret_totals);
    if (rc == 0 && pg_commit(w->side.pg) != 0)
        rc = fail(w);
    return rc;
}

static void free_rows(struct rows_writer *base)
{
    struct postgres_rows *w = rows_of(base);

    pg_free(w->side.pg); /* what was not committed is rolled back */
    buf_done(&w->lines);
    buf_done(&w->results);
    mem_free(w);
}

static const char *last_errmsg(struct rows_writer *base)
{
    return rows_of(base)->side.errmsg;
}

/* ---- the beginning ---- */

static const char IS_USED[] =
    "SELECT EXISTS (SELECT FROM accounts) OR EXISTS (SELECT FROM polls)"
    " OR EXISTS (SELECT FROM ballots) OR EXISTS (SELECT FROM token_ends)"
    " OR EXISTS (SELECT FROM poll_keys) OR EXISTS (SELECT FROM accounts_id_seq"
    " WHERE is_called) OR EXISTS (SELECT FROM polls_id_seq WHERE is_called)";

/* Servers keep what they have read, and would not hear of what is copied. They ask all
 * the time; connections of one that has stopped, which PgBouncer keeps, are silent. */
static const char IS_SERVED[] =
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND application_name LIKE 'pollux%'"
    " AND state_change > clock_timestamp() - interval '5 s')";

static int take_bool(void *user, const struct pg_row *row)
{
    *(bool *)user = pg_i64(row, 0) != 0;
    return 0;
}

static int refuse_used(struct postgres_rows *w)
{
    bool used = false;
    int rc = side_run(&w->side, IS_USED, NULL, take_bool, &used);

    if (rc != 0 || !used)
        return rc;
    (void)side_fail(&w->side, "the database is not empty, or was not always: import "
                              "needs a new one (createdb)");
    return ERR_CONFLICT;
}

static int refuse_served(struct postgres_rows *w)
{
    uint64_t until_ms = clock_mono_ms() + LEAVING_MS;
    bool served;
    int rc;

    for (;;) {
        struct pg_statement st[] = {
            {.sql =
                 "SELECT pg_stat_clear_snapshot()"}, /* else it is the first answer */
            {.sql = IS_SERVED, .each = take_bool, .user = &served},
        };

        served = false;
        rc = side_run_all(&w->side, st, sizeof st / sizeof *st);
        if (rc != 0 || !served)
            return rc;
        if (clock_mono_ms() > until_ms)
            break;
        usleep(LOOK_MS * 1000);
    }
    (void)side_fail(&w->side, "a server uses the database: stop all of them first");
    return ERR_CONFLICT;
}

/* Servers that start wait for this lock, since migrations take it too. */
static int begin(struct postgres_rows *w)
{
    struct pg_args a = {0};
    int rc = pg_begin(w->side.pg) == 0 ? 0 : fail(w);

    pg_arg_i64(&a, POSTGRES_LOCK);
    if (rc == 0)
        rc = side_run(&w->side, "SELECT pg_advisory_xact_lock($1)", &a, NULL, NULL);
    if (rc == 0)
        rc = side_run(&w->side, "SET LOCAL idle_in_transaction_session_timeout = 0",
                      NULL, NULL, NULL);
    if (rc == 0)
        rc = refuse_used(w);
    return rc == 0 ? refuse_served(w) : rc;
}

static const struct rows_sink puts_rows = {.origin = put_origin,
                                           .account = put_account,
                                           .token_end = put_token_end,
                                           .poll = put_poll,
                                           .ballot = put_ballot,
                                           .daily = put_daily,
                                           .recent = put_recent,
                                           .poll_key = put_poll_key};

int postgres_rows_begin(const char *dsn, int64_t now_ms, struct rows_writer **ret_w,
                        char *errmsg, size_t size)
{
    struct postgres_rows *w = mem_zalloc(1, sizeof *w);
    int rc;

    w->base = (struct rows_writer){puts_rows, commit, free_rows, last_errmsg};
    w->base.sink.user = w;
    w->now_ms = now_ms;
    w->side.pg = pg_new(&(struct pg_opts){
        .dsn = dsn, .name = "pollux import", .timeout_ms = ANSWER_MS});
    rc = postgres_migrate(w->side.pg, false, errmsg, size);
    if (rc == 0) {
        rc = begin(w);
        snprintf(errmsg, size, "%s", w->side.errmsg);
    }
    if (rc == 0)
        *ret_w = &w->base;
    else
        free_rows(&w->base);
    return rc;
}
