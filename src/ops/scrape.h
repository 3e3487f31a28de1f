/* scrape.h — GET /metrics: everything that tbl/metrics.h lists, summed up and written
 * in Prometheus' text format, version 0.0.4.
 *
 * A lane of its own writes it: reading /proc takes a while with ten thousand open
 * files, loops may not wait, and metrics should not wait for a disk.
 *
 * Ownership  scrapes_start() gives, scrapes_stop() ends (accepts NULL; returns NULL).
 * Errors     ERR_UNAVAILABLE: no thread.
 * Threads    the owner's; stop the scrapes before anything that the app points to goes.
 */
#ifndef OPS_SCRAPE_H
#define OPS_SCRAPE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/metric.h"

struct app;
struct process_figures;
struct scrapes;

struct scrape;

/* Metrics that only some profiles have: as lines of tbl/metrics.h, after all others. */
struct own_metric {
    const char *type, *name;
    void (*write)(struct scrape *s, void *user);
    const char *help;
};

struct own_metrics {
    const struct own_metric *metrics;
    size_t n;
    void *user;
};

/* own: copied. */
int scrapes_start(const struct app *app, const struct own_metrics *own,
                  struct scrapes **ret_scrapes);
struct scrapes *scrapes_stop(struct scrapes *s);

/* ---- for those who write values ---- */

struct scrape {
    struct buf *out;
    const struct app *app;
    const char *name; /* of the metric */
    const struct process_figures *process;
};

/* One series. labels: `name="value"` and so on, or "". */
void scrape_value(struct scrape *s, const char *labels, double value);
void scrape_count(struct scrape *s, const char *labels, uint64_t value);
void scrape_histogram(struct scrape *s, const char *labels, const struct histogram *h,
                      const struct bounds *bounds);

#define X(type, name, write, help) void write(struct scrape *s);
METRIC_TABLE(X)
#undef X

/* ---- the process, as /proc has it ---- */

struct process_figures {
    double cpu_s, started_s;
    uint64_t resident_bytes, virtual_bytes, open_fds, max_fds, threads;
};

/* Figures that cannot be read are 0. */
void process_figures_read(struct process_figures *ret);

#endif
