/* stats.c — GET /api/polls/{id}/stats, /api/polls/{id}/results.csv.
 *
 * DESIGN
 *
 * Only the store knows when votes came, and it lags behind the ballot. So the answer is
 * the poll as the store has it at one moment, at that version, once the store has
 * everything that was acknowledged before the request:
 *
 *   look (may the caller see it?) ─▶ settled ─▶ read lane: counts and times in one
 *   snapshot ─▶ touch: what is the newest version, and is the poll closed?
 *
 * The version is the base version plus the steps of time entered so far. If the newest
 * result is no further, the snapshot is that result. If it is further and the poll is
 * open, the snapshot is an earlier open state. Otherwise the poll closed or was edited
 * in between, and the snapshot is read again; that settles soon.
 */
#include <string.h>

#include "api/csv.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/query.h"
#include "app/settled.h"
#include "app/views.h"
#include "ballot/ballot.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/poll.h"
#include "core/tally.h"
#include "net/http.h"
#include "store/store.h"

enum { TRIES = 20 };

struct span {
    int64_t start_ms;
    uint32_t votes[LIMIT_OPTIONS];
};

struct stats {
    int64_t bucket_ms;
    struct store_stats stored;
    struct span *spans;
    size_t n, cap;
    bool too_many;
    int tries;
};

static void free_stats(void *data)
{
    struct stats *s = data;

    mem_free(s->spans);
    mem_free(s);
}

static struct stats *stats_new(struct call *c)
{
    struct stats *s = mem_zalloc(1, sizeof *s);

    call_set_data(c, s, free_stats);
    return s;
}

/* ---- reading ---- */

static int add_span(void *user_data, int64_t start_ms, uint32_t option, uint32_t votes)
{
    struct stats *s = user_data;

    if (s->n == 0 || s->spans[s->n - 1].start_ms != start_ms) {
        s->too_many = s->n == LIMIT_TIMELINE;
        if (s->too_many)
            return ERR_TOO_LARGE;
        if (s->n == s->cap) {
            s->cap = s->cap != 0 ? s->cap * 2 : 32;
            s->spans = mem_realloc(s->spans, s->cap * sizeof *s->spans);
        }
        s->spans[s->n++] = (struct span){.start_ms = start_ms};
    }
    if (option < LIMIT_OPTIONS)
        s->spans[s->n - 1].votes[option] += votes;
    return 0;
}

static int read_stats(struct store *store, struct store_job *job)
{
    struct call *c = call_of_job(job);
    struct stats *s = call_data(c, free_stats);

    s->n = 0;
    return store->ops->poll_stats(store, c->id, s->bucket_ms, &s->stored, add_span, s);
}

/* ---- which version is it? ---- */

/* Find the version this snapshot shows. False: ambiguous, read again. */
static bool name_version(const struct stats *s, const struct result *newest,
                         struct result *ret)
{
    const struct poll_rules *r = &s->stored.rules;
    bool closed = newest->status == POLL_CLOSED;
    bool opened = newest->status == POLL_SCHEDULED ? false
                  : closed ? r->opens_ms != 0 && r->opens_ms < r->closes_ms
                           : r->opens_ms != 0;

    *ret = (struct result){.poll = newest->poll,
                           .version = s->stored.p.base_version + opened + closed,
                           .status = newest->status,
                           .n_options = r->n_options,
                           .total = s->stored.p.total,
                           .skips = s->stored.p.skips};
    memcpy(ret->counts, s->stored.p.counts, sizeof ret->counts);
    return ret->version == newest->version ||
           (ret->version < newest->version && newest->status == POLL_OPEN &&
            r->n_options == newest->n_options);
}

/* ---- the answer ---- */

static void view_timeline(struct buf *out, const struct stats *s)
{
    for (size_t i = 0; i < s->n; i++) {
        buf_text(out, i == 0 ? "{\"start\":" : ",{\"start\":");
        buf_json_time(out, s->spans[i].start_ms);
        buf_text(out, ",\"votes\":[");
        for (uint32_t k = 0; k < s->stored.rules.n_options; k++) {
            if (k > 0)
                buf_char(out, ',');
            buf_u64(out, s->spans[i].votes[k]);
        }
        buf_text(out, "]}");
    }
}

static void reply_stats(struct call *c, const struct result *r)
{
    const struct stats *s = call_data(c, free_stats);
    struct buf *out = call_out(c);

    buf_char(out, '{');
    view_result_fields(out, r);
    buf_text(out, ",\"skips\":");
    buf_u64(out, r->skips);
    buf_text(out, ",\"firstVoteAt\":");
    view_time_or_null(out, s->stored.first_ms);
    buf_text(out, ",\"lastVoteAt\":");
    view_time_or_null(out, s->stored.last_ms);
    buf_text(out, ",\"timeline\":[");
    view_timeline(out, s);
    buf_text(out, "]}");
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, 200);
}

static void settled(struct call *c);

static void touched(struct call *c)
{
    struct stats *s = call_data(c, free_stats);
    struct result r;

    if (c->op.rc != 0)
        call_fail_poll(c, c->op.rc);
    else if (name_version(s, &c->op.result, &r))
        reply_stats(c, &r);
    else if (++s->tries < TRIES)
        call_settled(c, settled);
    else
        call_fail(c, ERR_UNAVAILABLE, "The poll changes too fast: try again.");
}

static void stats_read(struct call *c)
{
    const struct stats *s = call_data(c, free_stats);

    if (s->too_many) {
        call_fault(c, "bucket", FAULT_OUT_OF_RANGE,
                   "is too fine for this poll: take a longer one");
        call_fail_if_faults(c);
        return;
    }
    if (c->job.rc != 0) {
        call_fail_poll(c, c->job.rc);
        return;
    }
    c->op.verb = BALLOT_TOUCH;
    c->op.poll = c->id;
    c->op.wish = (struct wish){.user = c->who.user};
    call_ballot(c, touched);
}

static void settled(struct call *c)
{
    call_read(c, read_stats, stats_read);
}

static void looked(struct call *c, const struct look *look)
{
    static const char *const words[] = {"minute", "hour", "day"};
    static const int64_t lengths_ms[] = {60000, 3600000, CLOCK_DAY_MS};
    int word = 1;

    if (!viewer_may_see(&look->viewer, &look->poll->rules, look->result.status)) {
        call_fail(c, ERR_FORBIDDEN,
                  "The results of this poll are not shown to you yet.");
        return;
    }
    if (!query_word(c, "bucket", words, 3, &word,
                    "bucket must be minute, hour or day."))
        return;
    stats_new(c)->bucket_ms = lengths_ms[word];
    call_settled(c, settled);
}

void handle_stats(struct call *c)
{
    look_at_poll(c, LOOK_RESULT, looked);
}

/* ---- results.csv ---- */

static void add_disposition(struct call *c)
{
    struct buf text = {0};

    buf_printf(&text, "attachment; filename=\"poll-%u-results.csv\"", c->id);
    http_add_header(c->req, "Content-Disposition", buf_str(&text));
    buf_done(&text);
}

static void reply_csv(struct call *c, const struct look *look)
{
    if (!viewer_is_owner(&look->viewer, &look->poll->rules)) {
        call_fail_poll(c, ERR_FORBIDDEN);
        return;
    }
    csv_results(call_out(c), look->poll, &look->result);
    add_disposition(c);
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply_type(c, 200, "text/csv; charset=utf-8");
}

void handle_results_csv(struct call *c)
{
    look_at_poll(c, LOOK_RESULT, reply_csv);
}
