/* scrape_values.c — the values of tbl/metrics.h: one function a line. */
#include <stdio.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/metrics.h"
#include "auth/jwt.h"
#include "auth/password.h"
#include "ballot/ballot.h"
#include "base/err.h"
#include "base/metric.h"
#include "core/change.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "index/seen.h"
#include "live/live.h"
#include "net/http.h"
#include "net/loop.h"
#include "ops/scrape.h"
#include "picture/pictures.h"
#include "work/store_lane.h"

enum { LABELS_BYTES = 160 };

static const struct {
    const char *method, *path;
} routes[] = {
#define X(method, path, role, who, handler) {#method, path},
    ROUTE_TABLE(X)
#undef X
};

/* ---- sums over the loops ---- */

static uint64_t sum_loops(const struct app *app,
                          uint64_t (*get)(const struct app_loop *l))
{
    uint64_t n = 0;

    for (unsigned i = 0; i < app->n_loops; i++)
        n += get(&app->loops[i]);
    return n;
}

#define LOOP_SUM(function, labels, expression)                                         \
    static uint64_t get_##function(const struct app_loop *l)                           \
    {                                                                                  \
        return expression;                                                             \
    }                                                                                  \
    void function(struct scrape *s)                                                    \
    {                                                                                  \
        scrape_count(s, labels, sum_loops(s->app, get_##function));                    \
    }

/* clang-format off */
LOOP_SUM(scrape_in_flight,   "", counter_get(&l->n_calls))
LOOP_SUM(scrape_connections, "", http_stats(l->server).open)
LOOP_SUM(scrape_accepted,    "", http_stats(l->server).accepted)
LOOP_SUM(scrape_refused,     "", http_stats(l->server).refused)
LOOP_SUM(scrape_malformed,   "", http_stats(l->server).malformed)
LOOP_SUM(scrape_timeouts,    "", http_stats(l->server).timeouts)
LOOP_SUM(scrape_live_sent,   "", live_figures(l->live).sent)
LOOP_SUM(scrape_live_skipped, "", live_figures(l->live).skipped)
LOOP_SUM(scrape_live_slow,   "", http_stats(l->server).slow)
/* clang-format on */

/* ---- requests ---- */

static uint64_t answers(const struct app *app, size_t row, size_t slot)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < app->n_loops; i++)
        n += counter_get(&app->loops[i].metrics->answers[row][slot]);
    return n;
}

static void write_route(char labels[LABELS_BYTES], size_t row)
{
    if (row < N_ROUTES)
        snprintf(labels, LABELS_BYTES, "route=\"%s\",method=\"%s\"", routes[row].path,
                 routes[row].method);
    else
        snprintf(labels, LABELS_BYTES, "route=\"other\",method=\"%s\"",
                 http_method_text((enum http_method)(row - N_ROUTES)));
}

void scrape_requests(struct scrape *s)
{
    for (size_t row = 0; row < N_ROUTES + HTTP__METHODS; row++)
        for (size_t slot = 0; slot < N_STATUSES; slot++) {
            uint64_t n = answers(s->app, row, slot);
            char route[LABELS_BYTES], labels[LABELS_BYTES + 16];

            if (n == 0)
                continue;
            write_route(route, row);
            snprintf(labels, sizeof labels, "%s,status=\"%d\"", route,
                     metrics_status(slot));
            scrape_count(s, labels, n);
        }
}

void scrape_durations(struct scrape *s)
{
    for (size_t route = 0; route <= N_ROUTES; route++) {
        struct histogram sum = {0};
        char labels[LABELS_BYTES] = "route=\"other\",method=\"any\"";

        for (unsigned i = 0; i < s->app->n_loops; i++)
            histogram_merge(&sum, &s->app->loops[i].metrics->us[route]);
        if (histogram_count(&sum) == 0)
            continue;
        if (route < N_ROUTES)
            write_route(labels, route);
        scrape_histogram(s, labels, &sum, &bounds_request_us);
    }
}

/* ---- votes ---- */

static const char *outcome_text(size_t outcome)
{
    if (outcome == OUTCOME_ACCEPTED)
        return "accepted";
    if (outcome == OUTCOME_REPEATED)
        return "repeated";
    return err_code((int)(outcome - OUTCOME_ERRORS) + ERR__BASE + 1);
}

/* Always write accepted votes, also when there are none: a rate needs a zero to start
 * from. */
static void write_wishes(struct scrape *s, enum change_kind kind, const char *action)
{
    for (size_t outcome = 0; outcome < N_OUTCOMES; outcome++) {
        char labels[LABELS_BYTES];
        uint64_t n = 0;

        for (unsigned i = 0; i < s->app->n_loops; i++)
            n += counter_get(&s->app->loops[i].metrics->wishes[kind][outcome]);
        if (n == 0 && outcome != OUTCOME_ACCEPTED)
            continue;
        snprintf(labels, sizeof labels, "action=\"%s\",outcome=\"%s\"", action,
                 outcome_text(outcome));
        scrape_count(s, labels, n);
    }
}

void scrape_votes(struct scrape *s)
{
    write_wishes(s, CHANGE_VOTE, "vote");
    write_wishes(s, CHANGE_MOVE, "change");
    write_wishes(s, CHANGE_WITHDRAW, "withdraw");
    write_wishes(s, CHANGE_SKIP, "skip");
    write_wishes(s, CHANGE_UNSKIP, "unskip");
}

/* ---- durability ---- */

void scrape_batches(struct scrape *s)
{
    scrape_histogram(s, "", &s->app->ballot->figures.batch, &bounds_batch);
}

void scrape_store_failing(struct scrape *s)
{
    scrape_count(s, "side=\"jobs\"", store_lane_jobs_fail(s->app->store));
    scrape_count(s, "side=\"projector\"", store_lane_projector_fails(s->app->store));
    scrape_count(s, "side=\"reads\"", read_lane_fails(s->app->reads));
}

/* ---- mailboxes ---- */

static uint64_t loop_depth(const struct app_loop *l)
{
    return mailbox_waiting(loop_inbox(l->loop));
}

void scrape_mailbox_depth(struct scrape *s)
{
    const struct app *app = s->app;

    scrape_count(s, "mailbox=\"ballot\"", mailbox_waiting(app->ballot->box));
    scrape_count(s, "mailbox=\"store\"", mailbox_waiting(store_lane_box(app->store)));
    scrape_count(s, "mailbox=\"read\"", mailbox_waiting(read_lane_box(app->reads)));
    scrape_count(s, "mailbox=\"password\"", password_waiting(app->passwords));
    scrape_count(s, "mailbox=\"picture\"", pictures_figures(app->pictures).waiting);
    scrape_count(s, "mailbox=\"loop\"", sum_loops(app, loop_depth));
}

void scrape_mailbox_refused(struct scrape *s)
{
    const struct app *app = s->app;

    scrape_count(s, "mailbox=\"ballot\"", mailbox_refused(app->ballot->box));
    scrape_count(s, "mailbox=\"store\"", mailbox_refused(store_lane_box(app->store)));
    scrape_count(s, "mailbox=\"read\"", mailbox_refused(read_lane_box(app->reads)));
    scrape_count(s, "mailbox=\"password\"", password_refused(app->passwords));
    scrape_count(s, "mailbox=\"picture\"", pictures_figures(app->pictures).refused);
}

/* ---- live ---- */

static uint64_t websockets(const struct app_loop *l)
{
    return live_figures(l->live).websockets;
}

static uint64_t event_streams(const struct app_loop *l)
{
    return live_figures(l->live).event_streams;
}

void scrape_live_connections(struct scrape *s)
{
    scrape_count(s, "protocol=\"websocket\"", sum_loops(s->app, websockets));
    scrape_count(s, "protocol=\"sse\"", sum_loops(s->app, event_streams));
}

/* ---- caches ---- */

static uint64_t token_hits(const struct app_loop *l)
{
    return jwt_cache_hits(l->verifier);
}

static uint64_t token_misses(const struct app_loop *l)
{
    return jwt_cache_misses(l->verifier);
}

void scrape_cache_hits(struct scrape *s)
{
    const struct ballot_figures *ballot = &s->app->ballot->figures;

    scrape_count(s, "cache=\"token\"", sum_loops(s->app, token_hits));
    scrape_count(s, "cache=\"tally\"", counter_get(&ballot->tallies_found));
    scrape_count(s, "cache=\"seen\"", seen_stats(s->app->index->seen).hits);
    scrape_count(s, "cache=\"picture\"", pictures_figures(s->app->pictures).found);
}

void scrape_cache_misses(struct scrape *s)
{
    const struct ballot_figures *ballot = &s->app->ballot->figures;

    scrape_count(s, "cache=\"token\"", sum_loops(s->app, token_misses));
    scrape_count(s, "cache=\"tally\"", counter_get(&ballot->tallies_read));
    scrape_count(s, "cache=\"seen\"", seen_stats(s->app->index->seen).misses);
    scrape_count(s, "cache=\"picture\"", pictures_figures(s->app->pictures).drawn);
}

/* ---- the rest ---- */

void scrape_polls(struct scrape *s)
{
    scrape_count(s, "", catalogue_count(s->app->index->catalogue));
}

void scrape_build(struct scrape *s)
{
    scrape_count(s, "version=\"" POLLUX_VERSION "\",compiler=\"" __VERSION__ "\"", 1);
}
