#include "store/postgres_news.h"

#include <stdatomic.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/postgres_db.h"

enum {
    ALL_MS = 60000, /* until the first row of everything there is */
    NEW_MS = 5000,  /* of what is new: requests wait for it */
};

struct news {
    struct side side;
    struct news_opts opts;
    bool has_read;
    struct buf snapshot; /* what it sees has been told */
    uint64_t epoch;
    uint64_t connections; /* pg_connections() when the snapshot was taken */
    int64_t clock_off_ms;
    atomic_bool doubt; /* begin again */
    bool tells_own;    /* of this process' own voters too */
};

/* One call. */
struct reading {
    struct side *side;
    const struct news_sink *to;
    const struct clock *clock;
    int64_t began_ms;

    struct buf snapshot;
    uint64_t epoch; /* what is added to stored versions */
    bool has_gap;   /* rows that were not told are deleted */
    int64_t clock_off_ms;
    uint32_t *polls; /* of everything there is */
    size_t n_polls, max_polls;
};

/* ---- rows ---- */

/* PostgreSQL's time was read between two moments here; between them nobody knows. */
static int64_t clock_off(int64_t theirs_ms, int64_t from_ms, int64_t until_ms)
{
    if (theirs_ms < from_ms)
        return from_ms - theirs_ms;
    return theirs_ms > until_ms ? until_ms - theirs_ms : 0;
}

static int take_moment(void *user, const struct pg_row *row)
{
    struct reading *r = user;

    buf_str_add(&r->snapshot, pg_str(row, 0));
    r->epoch = (uint64_t)pg_i64(row, 1);
    r->clock_off_ms = clock_off(pg_i64(row, 2), r->began_ms, clock_now_ms(r->clock));
    r->has_gap = pg_i64(row, 3) != 0;
    return 0;
}

static int take_id(void *user, const struct pg_row *row)
{
    struct reading *r = user;

    if (r->n_polls == r->max_polls) {
        r->max_polls = r->max_polls != 0 ? 2 * r->max_polls : 1024;
        r->polls = mem_realloc(r->polls, r->max_polls * sizeof *r->polls);
    }
    r->polls[r->n_polls++] = (uint32_t)pg_i64(row, 0);
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

#define MOMENT                                                                         \
    "SELECT pg_current_snapshot()::text, version_epoch(),"                             \
    " (extract(epoch FROM clock_timestamp()) * 1000)::bigint"

/* $1: the snapshot that was read last. */
#define IS_NEW                                                                         \
    "(xid >= pg_snapshot_xmax($1::text::pg_snapshot)"                                  \
    " OR xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))))"

static const char FIRST_MOMENT[] = MOMENT ", false";

static const char NEXT_MOMENT[] =
    MOMENT ", kept_from > pg_snapshot_xmin($1::text::pg_snapshot) FROM cluster";

#define POLLS_FROM "SELECT " POSTGRES_WHOLE_POLL ", r.opened, r.closed FROM "
#define ACCOUNT_COLUMNS "a.created_ms, a.username, t.end_ms"

static const char ALL_POLLS[] =
    POLLS_FROM "polls p JOIN results r ON r.poll_id = p.id"
               " LEFT JOIN accounts a ON a.id = p.owner_id ORDER BY p.id";

static const char ALL_IDS[] = "SELECT id FROM polls ORDER BY id";

/* Row by row, so that the planner has no choice. */
static const char POLLS[] = POLLS_FROM
    "(SELECT id FROM poll_log WHERE " IS_NEW " AND kind LIKE 'poll-%'"
    " UNION SELECT unnest(polls) FROM batch_log WHERE " IS_NEW ") AS w (id),"
    " LATERAL (SELECT * FROM results WHERE poll_id = w.id LIMIT 1) r,"
    " LATERAL (SELECT * FROM polls WHERE id = w.id LIMIT 1) p"
    " LEFT JOIN LATERAL (SELECT * FROM accounts WHERE id = p.owner_id LIMIT 1) a"
    " ON true ORDER BY w.id";

static const char POLLS_GONE[] =
    "SELECT id FROM poll_log WHERE " IS_NEW " AND kind = 'poll-deleted'";

static const char ALL_ACCOUNTS[] =
    "SELECT coalesce(a.id, t.user_id), " ACCOUNT_COLUMNS
    " FROM accounts a FULL JOIN token_ends t ON t.user_id = a.id ORDER BY 1";

static const char ACCOUNTS[] =
    "SELECT w.id, " ACCOUNT_COLUMNS " FROM (SELECT DISTINCT id FROM poll_log"
    " WHERE " IS_NEW " AND kind LIKE 'account-%') w"
    " LEFT JOIN LATERAL (SELECT * FROM accounts WHERE id = w.id LIMIT 1) a ON true"
    " LEFT JOIN LATERAL (SELECT * FROM token_ends WHERE user_id = w.id LIMIT 1) t"
    " ON true ORDER BY w.id";

/* $2: whose voters are known; NULL: nobody's. */
static const char VOTERS[] =
    "SELECT DISTINCT unnest(users) FROM batch_log WHERE " IS_NEW
    " AND origin IS DISTINCT FROM $2";

/* The two logs are long, and what is new of them is short, whatever statistics say. To
 * switch a kind of plan off is to call it very expensive, for which PostgreSQL would
 * compile the query each time: that takes 80 ms. */
static const char BY_INDEX[] =
    "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),"
    " set_config('max_parallel_workers_per_gather', '0', true)";

static int read_all(struct reading *r)
{
    const struct pg_statement statements[] = {
        {.sql = FIRST_MOMENT, .each = take_moment, .user = r},
        {.sql = ALL_ACCOUNTS, .each = take_account, .user = r},
        {.sql = ALL_POLLS, .each = take_poll, .user = r},
        {.sql = ALL_IDS, .each = take_id, .user = r},
    };
    int rc;

    pg_set_timeout(r->side->pg, ALL_MS);
    rc = side_snapshot(r->side, statements, sizeof statements / sizeof *statements);
    if (rc == 0)
        rc = r->to->all_told(r->to->user, r->polls, r->n_polls);
    mem_free(r->polls);
    return rc;
}

static int read_since(struct reading *r, const struct news *n)
{
    struct pg_args since = {0}, others = {0};
    const struct pg_statement statements[] = {
        {.sql = BY_INDEX},
        {.sql = NEXT_MOMENT, .args = &since, .each = take_moment, .user = r},
        {.sql = ACCOUNTS, .args = &since, .each = take_account, .user = r},
        {.sql = POLLS, .args = &since, .each = take_poll, .user = r},
        {.sql = POLLS_GONE, .args = &since, .each = take_poll_gone, .user = r},
        {.sql = VOTERS, .args = &others, .each = take_voter, .user = r},
    };

    pg_arg_str(&since, buf_str(&n->snapshot));
    pg_arg_str(&others, buf_str(&n->snapshot));
    pg_arg_optional(&others, n->tells_own ? 0 : (int64_t)n->opts.origin);
    pg_set_timeout(r->side->pg, NEW_MS);
    return side_snapshot(r->side, statements, sizeof statements / sizeof *statements);
}

static struct reading reading_of(struct news *n, const struct news_sink *to)
{
    return (struct reading){.side = &n->side,
                            .to = to,
                            .clock = n->opts.clock,
                            .began_ms = clock_now_ms(n->opts.clock)};
}

/* It was told: go on from there. */
static int keep(struct news *n, struct reading *r, int rc)
{
    if (rc == 0) {
        n->has_read = true;
        n->epoch = r->epoch;
        n->connections = pg_connections(n->side.pg);
        n->clock_off_ms = r->clock_off_ms;
        n->snapshot.len = 0;
        buf_str_add(&n->snapshot, buf_str(&r->snapshot));
    }
    buf_done(&r->snapshot);
    return rc == 0 ? 0 : ERR_UNAVAILABLE;
}

static int begin_again(struct news *n, const struct news_sink *to)
{
    struct reading r = reading_of(n, to);

    n->has_read = false;
    return keep(n, &r, read_all(&r));
}

/* Does the snapshot of before not say what is new? */
static bool is_cut_off(const struct news *n, const struct reading *r)
{
    return r->has_gap || r->epoch != n->epoch ||
           pg_connections(n->side.pg) != n->connections;
}

int news_read(struct news *n, const struct news_sink *to)
{
    struct reading r = reading_of(n, to);
    int rc;

    if (atomic_exchange(&n->doubt, false)) {
        n->tells_own = true;
        n->has_read = false;
    }
    if (!n->has_read)
        return begin_again(n, to);
    rc = read_since(&r, n);
    if (rc == 0 && is_cut_off(n, &r)) {
        buf_done(&r.snapshot);
        return begin_again(n, to);
    }
    return keep(n, &r, rc);
}

int64_t news_clock_off_ms(const struct news *n)
{
    return n->clock_off_ms;
}

void news_doubt(struct news *n)
{
    atomic_store(&n->doubt, true);
}

const char *news_errmsg(const struct news *n)
{
    return n->side.errmsg;
}

struct news *news_new(const struct news_opts *opts)
{
    struct news *n = mem_zalloc(1, sizeof *n);

    n->opts = *opts;
    n->side.pg = pg_new(&(struct pg_opts){
        .dsn = opts->dsn, .name = "pollux news", .seed = opts->origin});
    return n;
}

struct news *news_free(struct news *n)
{
    if (n != NULL) {
        pg_free(n->side.pg);
        buf_done(&n->snapshot);
        mem_free(n);
    }
    return NULL;
}
