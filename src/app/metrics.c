#include "app/metrics.h"

#include "base/err.h"

/* Count a status without a slot as the most general one of its class. */
static size_t slot_of(int status)
{
    size_t class = status >= 100 && status <= 599 ? (size_t)status / 100 - 1 : 4;
    size_t rest = (size_t)status % 100;

    return class * STATUSES_A_CLASS + (rest < STATUSES_A_CLASS ? rest : 0);
}

void metrics_count_answer(struct loop_metrics *m, unsigned route,
                          enum http_method method, int status, uint64_t us)
{
    unsigned row = route < N_ROUTES ? route : N_ROUTES + (unsigned)method;

    counter_add(&m->answers[row][slot_of(status)], 1);
    histogram_observe(&m->us[route < N_ROUTES ? route : ROUTE_OTHER],
                      &bounds_request_us, us);
}

static size_t outcome_of(int rc, bool repeated)
{
    size_t line = (size_t)(rc - ERR__BASE - 1);

    if (rc == 0)
        return repeated ? OUTCOME_REPEATED : OUTCOME_ACCEPTED;
    if (rc <= ERR__BASE || line >= N_ERRORS)
        line = (size_t)(ERR_INTERNAL - ERR__BASE - 1);
    return OUTCOME_ERRORS + line;
}

void metrics_count_wish(struct loop_metrics *m, enum change_kind kind, int rc,
                        bool repeated)
{
    bool is_voters = kind <= CHANGE_WITHDRAW || kind == CHANGE_UNSKIP;

    if (is_voters)
        counter_add(&m->wishes[kind][outcome_of(rc, repeated)], 1);
}
