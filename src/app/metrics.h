/* metrics.h — what each loop counts, for GET /metrics (scrape.h).
 *
 * Requests are counted when they end, by their line of tbl/routes.h; those without a
 * line under the route "other", by method.
 *
 * Threads  count: the loop's. Reading the counters: any.
 */
#ifndef APP_METRICS_H
#define APP_METRICS_H

#include <stdbool.h>

#include "base/metric.h"
#include "core/change.h"
#include "net/http.h"
#include "tbl/errors.h"
#include "tbl/routes.h"

#define X(method, path, role, who, handler) +1
enum { N_ROUTES = 0 ROUTE_TABLE(X), ROUTE_OTHER = N_ROUTES };
#undef X

#define X(name, http, code, title) +1
enum { N_ERRORS = 0 ERR_TABLE(X) };
#undef X

enum {
    /* Statuses are 100..599, and none of ours ends in more than 31. */
    STATUSES_A_CLASS = 32,
    N_STATUSES = 5 * STATUSES_A_CLASS,
    N_WISHES = CHANGE_UNSKIP + 1,
    OUTCOME_ACCEPTED = 0,
    OUTCOME_REPEATED = 1, /* it was so already */
    OUTCOME_ERRORS = 2,   /* from here on the lines of tbl/errors.h */
    N_OUTCOMES = OUTCOME_ERRORS + N_ERRORS
};

struct loop_metrics {
    struct counter answers[N_ROUTES + HTTP__METHODS][N_STATUSES];
    struct histogram us[N_ROUTES + 1];
    struct counter wishes[N_WISHES][N_OUTCOMES];
};

/* route: 0..N_ROUTES-1, or ROUTE_OTHER. */
void metrics_count_answer(struct loop_metrics *m, unsigned route,
                          enum http_method method, int status, uint64_t us);
/* CHANGE_VOTE, _SKIP, _MOVE, _WITHDRAW, _UNSKIP; others are not counted. */
void metrics_count_wish(struct loop_metrics *m, enum change_kind kind, int rc,
                        bool repeated);

static inline int metrics_status(size_t slot)
{
    return (int)((slot / STATUSES_A_CLASS + 1) * 100 + slot % STATUSES_A_CLASS);
}

#endif
