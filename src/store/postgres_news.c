#include "store/postgres_news.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/postgres_db.h"

struct news {
    struct side side;
    bool has_read;
    int64_t from; /* transactions older than this one have been told of */
};

/* One call. */
struct reading {
    struct side *side;
    const struct news_sink *to;
    int64_t next_from;
    uint64_t epoch; /* what is added to stored versions */
};

/* ---- rows ---- */

static int take_moment(void *user, const struct pg_row *row)
{
    struct reading *r = user;

    r->next_from = pg_i64(row, 0);
    r->epoch = (uint64_t)pg_i64(row, 1);
    return 0;
}

/* Opened and closed as they were entered, and not by this process' clock: versions
 * count them. */
static void result_of(const struct reading *reading, const struct stored_poll *p,
                      bool opened, bool closed, struct result *r)
{
    struct poll_state state = {.poll = p->poll->id,
                               .rules = p->poll->rules,
                               .base_version = p->base_version + reading->epoch,
                               .opened = opened,
                               .closed = closed};

    memset(r, 0, sizeof *r);
    r->poll = state.poll;
    r->version = poll_state_version(&state);
    r->status = poll_state_status(&state);
    r->n_options = state.rules.n_options;
    r->total = p->total;
    r->skips = p->skips;
    memcpy(r->counts, p->counts, sizeof r->counts);
}

static int take_poll(void *user, const struct pg_row *row)
{
    const struct reading *r = user;
    struct stored_poll p;
    struct result result;
    int rc = postgres_whole_poll(r->side, row, &p);

    if (rc != 0)
        return rc;
    result_of(r, &p, pg_i64(row, POSTGRES_WHOLE_POLL_N) != 0,
              pg_i64(row, POSTGRES_WHOLE_POLL_N + 1) != 0, &result);
    return r->to->poll(r->to->user, p.poll, &result);
}

static int take_poll_gone(void *user, const struct pg_row *row)
{
    const struct reading *r = user;

    return r->to->poll_gone(r->to->user, (uint32_t)pg_i64(row, 0));
}

static int take_account(void *user, const struct pg_row *row)
{
    const struct news_sink *to = ((const struct reading *)user)->to;
    uint32_t id = (uint32_t)pg_i64(row, 0);
    int rc = pg_is_null(row, 1)
                 ? to->account_gone(to->user, id)
                 : to->account(to->user, id, pg_i64(row, 1), pg_str(row, 2));

    return rc == 0 && !pg_is_null(row, 3) ? to->tokens_end(to->user, id, pg_i64(row, 3))
                                          : rc;
}

static int take_voter(void *user, const struct pg_row *row)
{
    const struct reading *r = user;

    return r->to->voter(r->to->user, (uint32_t)pg_i64(row, 0));
}

/* ---- reading ---- */

static const char MOMENT[] =
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, version_epoch()";

#define POLLS_FROM "SELECT " POSTGRES_WHOLE_POLL ", r.opened, r.closed FROM "
#define ACCOUNT_COLUMNS "a.created_ms, a.username, t.end_ms"

static const char ALL_POLLS[] =
    POLLS_FROM "polls p JOIN results r ON r.poll_id = p.id"
               " LEFT JOIN accounts a ON a.id = p.owner_id ORDER BY p.id";

/* Row by row, so that the planner has no choice. */
static const char POLLS[] = POLLS_FROM
    "(SELECT id FROM poll_log WHERE xid >= $1::text::xid8 AND kind LIKE 'poll-%'"
    " UNION SELECT unnest(polls) FROM batch_log WHERE xid >= $1::text::xid8) AS w (id),"
    " LATERAL (SELECT * FROM results WHERE poll_id = w.id LIMIT 1) r,"
    " LATERAL (SELECT * FROM polls WHERE id = w.id LIMIT 1) p"
    " LEFT JOIN LATERAL (SELECT * FROM accounts WHERE id = p.owner_id LIMIT 1) a"
    " ON true ORDER BY w.id";

static const char POLLS_GONE[] =
    "SELECT id FROM poll_log WHERE xid >= $1::text::xid8 AND kind = 'poll-deleted'";

static const char ALL_ACCOUNTS[] =
    "SELECT coalesce(a.id, t.user_id), " ACCOUNT_COLUMNS
    " FROM accounts a FULL JOIN token_ends t ON t.user_id = a.id ORDER BY 1";

static const char ACCOUNTS[] =
    "SELECT w.id, " ACCOUNT_COLUMNS " FROM (SELECT DISTINCT id FROM poll_log"
    " WHERE xid >= $1::text::xid8 AND kind LIKE 'account-%') w"
    " LEFT JOIN LATERAL (SELECT * FROM accounts WHERE id = w.id LIMIT 1) a ON true"
    " LEFT JOIN LATERAL (SELECT * FROM token_ends WHERE user_id = w.id LIMIT 1) t"
    " ON true ORDER BY w.id";

static const char VOTERS[] =
    "SELECT DISTINCT unnest(users) FROM batch_log WHERE xid >= $1::text::xid8";

static int read_all(struct reading *r)
{
    const struct pg_statement statements[] = {
        {.sql = MOMENT, .each = take_moment, .user = r},
        {.sql = ALL_ACCOUNTS, .each = take_account, .user = r},
        {.sql = ALL_POLLS, .each = take_poll, .user = r},
    };

    return side_snapshot(r->side, statements, sizeof statements / sizeof *statements);
}

static int read_since(struct reading *r, int64_t from)
{
    struct pg_args args = {0};
    const struct pg_statement statements[] = {
        {.sql = MOMENT, .each = take_moment, .user = r},
        {.sql = ACCOUNTS, .args = &args, .each = take_account, .user = r},
        {.sql = POLLS, .args = &args, .each = take_poll, .user = r},
        {.sql = POLLS_GONE, .args = &args, .each = take_poll_gone, .user = r},
        {.sql = VOTERS, .args = &args, .each = take_voter, .user = r},
    };
    struct buf text = {0};
    int rc;

    buf_i64(&text, from);
    pg_arg_str(&args, buf_str(&text));
    rc = side_snapshot(r->side, statements, sizeof statements / sizeof *statements);
    buf_done(&text);
    return rc;
}

int news_read(struct news *n, const struct news_sink *to)
{
    struct reading r = {.side = &n->side, .to = to};
    int rc = n->has_read ? read_since(&r, n->from) : read_all(&r);

    if (rc != 0)
        return ERR_UNAVAILABLE;
    n->has_read = true;
    n->from = r.next_from;
    return 0;
}

const char *news_errmsg(const struct news *n)
{
    return n->side.errmsg;
}

struct news *news_new(const char *dsn, uint64_t seed)
{
    struct news *n = mem_zalloc(1, sizeof *n);

    n->side.pg =
        pg_new(&(struct pg_opts){.dsn = dsn, .name = "pollux news", .seed = seed});
    return n;
}

struct news *news_free(struct news *n)
{
    if (n != NULL) {
        pg_free(n->side.pg);
        mem_free(n);
    }
    return NULL;
}
