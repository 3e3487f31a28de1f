#include "profile/report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "api/csv.h"
#include "base/clock.h"
#include "base/err.h"

enum { PROGRESS_MS = 2000 };

struct report report_begin(FILE *to, const char *doing, const char *what)
{
    return (struct report){
        .to = to, .said_ms = clock_mono_ms(), .doing = doing, .what = what};
}

void report_wrong(void *user, const char *text)
{
    struct report *r = user;

    r->n_wrong++;
    fprintf(r->to, "wrong: %s\n", text);
}

void report_progress(void *user, uint64_t done, uint64_t all)
{
    struct report *r = user;
    uint64_t now_ms = clock_mono_ms();

    if (now_ms - r->said_ms < PROGRESS_MS)
        return;
    r->said_ms = now_ms;
    printf("%s %" PRIu64 " of %" PRIu64 " %s\n", r->doing, done, all, r->what);
    fflush(stdout);
}

void report_totals(const struct store_totals *totals)
{
    printf("database: %" PRIu64 " polls, %" PRIu64 " votes, %" PRIu64 " skips, %" PRIu64
           " accounts\n",
           totals->polls, totals->votes, totals->skips, totals->accounts);
}

int report_verify(struct report *r, struct store *s, struct store_totals *ret_totals)
{
    const struct store_report to = {report_wrong, report_progress, r};
    int rc;

    *ret_totals = (struct store_totals){0};
    rc = s->ops->verify(s, &to, ret_totals);
    if (rc != 0 && r->n_wrong == 0)
        report_wrong(r, s->ops->errmsg(s, STORE_READER));
    report_totals(ret_totals);
    return rc;
}

int report_end(const struct report *r, const struct store_totals *totals)
{
    if (r->n_wrong != 0)
        return 1;
    printf("ok: the counts of all %" PRIu64 " polls equal their votes\n",
           totals->polls);
    return 0;
}

int report_csv(const struct poll *p, const struct result *r, char *errmsg, size_t size)
{
    struct buf out = {0};
    bool written;

    csv_results(&out, p, r);
    written = fwrite(out.data, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    buf_done(&out);
    if (written)
        return 0;
    snprintf(errmsg, size, "cannot write: %s", strerror(errno));
    return ERR_UNAVAILABLE;
}
