/* postgres_stats.c — reads what users have done, and when the votes of a poll came. */
#include "base/err.h"
#include "store/postgres_db.h"
#include "core/receipt_blob.h"

int postgres_seen_each(struct store *s, uint32_t user, store_poll_cb *each,
                       void *user_data)
{
    struct each_id e = {each, user_data};
    struct pg_args a = {0};

    pg_arg_i64(&a, user);
    return side_run(side_reader(s),
                    "SELECT poll_id FROM ballots WHERE user_id = $1"
                    " AND kind IN ('vote', 'skip')",
                    &a, postgres_each_id, &e);
}

/* ---- pages of a user's votes and skips ---- */

static void arg_page(struct pg_args *a, uint32_t user, int64_t before_ms,
                     uint32_t before_poll, size_t max)
{
    pg_arg_i64(a, user);
    pg_arg_i64(a, before_ms);
    pg_arg_i64(a, before_poll);
    pg_arg_i64(a, (int64_t)(max < INT32_MAX ? max : INT32_MAX));
}

#define PAGE_OF(kind)                                                                  \
    "SELECT poll_id, at_ms, choice[1] FROM ballots"                                    \
    " WHERE user_id = $1 AND kind = '" kind "' AND (at_ms, poll_id) < ($2, $3)"        \
    " ORDER BY at_ms DESC, poll_id DESC LIMIT $4"

struct votes_walk {
    store_vote_cb *each;
    void *user_data;
};

static int each_vote(void *user, const struct pg_row *row)
{
    const struct votes_walk *w = user;

    return w->each(w->user_data, (uint32_t)pg_i64(row, 0), (uint32_t)pg_i64(row, 2),
                   pg_i64(row, 1));
}

int postgres_user_votes(struct store *s, uint32_t user, int64_t before_ms,
                        uint32_t before_poll, size_t max, store_vote_cb *each,
                        void *user_data)
{
    struct votes_walk w = {each, user_data};
    struct pg_args a = {0};

    arg_page(&a, user, before_ms, before_poll, max);
    return side_run(side_reader(s), PAGE_OF("vote"), &a, each_vote, &w);
}

struct skips_walk {
    store_skip_cb *each;
    void *user_data;
};

static int each_skip(void *user, const struct pg_row *row)
{
    const struct skips_walk *w = user;

    return w->each(w->user_data, (uint32_t)pg_i64(row, 0), pg_i64(row, 1));
}

int postgres_user_skips(struct store *s, uint32_t user, int64_t before_ms,
                        uint32_t before_poll, size_t max, store_skip_cb *each,
                        void *user_data)
{
    struct skips_walk w = {each, user_data};
    struct pg_args a = {0};

    arg_page(&a, user, before_ms, before_poll, max);
    return side_run(side_reader(s), PAGE_OF("skip"), &a, each_skip, &w);
}

struct withdrawn_walk {
    struct side *side;
    uint32_t user;
    struct votes_walk votes;
};

static int each_withdrawn(void *user, const struct pg_row *row)
{
    const struct withdrawn_walk *w = user;
    uint32_t poll = (uint32_t)pg_i64(row, 0);
    struct receipt r = {0};

    if (receipt_decode(pg_str(row, 2), &r) != 0)
        return side_fail(w->side, "poll %u: the receipt of user %u cannot be read",
                         poll, w->user);
    return w->votes.each(w->votes.user_data, poll, r.option, pg_i64(row, 1));
}

int postgres_user_withdrawn(struct store *s, uint32_t user, store_vote_cb *each,
                            void *user_data)
{
    struct side *d = side_reader(s);
    struct withdrawn_walk w = {d, user, {each, user_data}};
    struct pg_args a = {0};

    pg_arg_i64(&a, user);
    return side_run(d,
                    "SELECT poll_id, was_ms, was_receipt FROM ballots"
                    " WHERE user_id = $1 AND was_key IS NOT NULL ORDER BY poll_id",
                    &a, each_withdrawn, &w);
}

/* ---- polls ---- */

struct recent_walk {
    store_recent_cb *each;
    void *user_data;
};

static int each_recent(void *user, const struct pg_row *row)
{
    const struct recent_walk *w = user;

    return w->each(w->user_data, (uint32_t)pg_i64(row, 0),
                   pg_i64(row, 1) * STORE_SPAN_MS, (uint32_t)pg_i64(row, 2));
}

int postgres_recent_each(struct store *s, int64_t since_ms, store_recent_cb *each,
                         void *user_data)
{
    struct recent_walk w = {each, user_data};
    struct pg_args a = {0};

    pg_arg_i64(&a, (since_ms + STORE_SPAN_MS - 1) / STORE_SPAN_MS);
    return side_run(side_reader(s),
                    "SELECT poll_id, span, votes FROM recent_votes WHERE span >= $1"
                    " ORDER BY span, poll_id",
                    &a, each_recent, &w);
}

struct stats_walk {
    struct side *side;
    struct store_stats *stats;
    bool found;
    int64_t bucket_ms;
    store_span_cb *each;
    void *user_data;
};

static int take_poll(void *user, const struct pg_row *row)
{
    struct stats_walk *w = user;

    w->found = true;
    return postgres_poll_row(w->side, row, &w->stats->rules, &w->stats->p);
}

static int each_span(void *user, const struct pg_row *row)
{
    const struct stats_walk *w = user;
    int64_t first_ms = pg_i64(row, 3), last_ms = pg_i64(row, 4);

    if (w->stats->first_ms == 0 || first_ms < w->stats->first_ms)
        w->stats->first_ms = first_ms;
    if (last_ms > w->stats->last_ms)
        w->stats->last_ms = last_ms;
    return w->each(w->user_data, pg_i64(row, 0) * w->bucket_ms,
                   (uint32_t)pg_i64(row, 1), (uint32_t)pg_i64(row, 2));
}

int postgres_poll_stats(struct store *s, uint32_t poll, int64_t bucket_ms,
                        struct store_stats *ret, store_span_cb *each, void *user_data)
{
    struct side *d = side_reader(s);
    struct stats_walk w = {d, ret, false, bucket_ms, each, user_data};
    struct pg_args of = {0}, spans = {0};
    struct pg_statement st[] = {
        {.sql = "SELECT " POSTGRES_POLL_COLUMNS
                " FROM polls p JOIN results r ON r.poll_id = p.id WHERE p.id = $1",
         .args = &of,
         .each = take_poll,
         .user = &w},
        {.sql = "SELECT at_ms / $2, choice[1], count(*), min(at_ms), max(at_ms)"
                " FROM ballots WHERE poll_id = $1 AND kind = 'vote'"
                " GROUP BY 1, 2 ORDER BY 1, 2",
         .args = &spans,
         .each = each_span,
         .user = &w},
    };
    int rc;

    *ret = (struct store_stats){0};
    pg_arg_i64(&of, poll);
    pg_arg_i64(&spans, poll);
    pg_arg_i64(&spans, bucket_ms);
    rc = side_snapshot(d, st, sizeof st / sizeof *st);
    return rc == 0 && !w.found ? ERR_NOT_FOUND : rc;
}
