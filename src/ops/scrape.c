/* scrape.c — the text format, and the lane that writes it. */
#include "ops/scrape.h"

#include <stddef.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/handlers.h"
#include "base/lane.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"

enum { SCRAPES_WAITING = 16 };

struct scrapes {
    struct lane *lane;
    const struct app *app;
    struct own_metrics own;
};

struct scrape_job {
    struct mail mail; /* first */
    struct call *call;
    struct buf text;
};

/* ---- the format ---- */

static void write_series(struct scrape *s, const char *suffix, const char *labels)
{
    buf_text(s->out, s->name);
    buf_text(s->out, suffix);
    if (labels[0] != '\0') {
        buf_char(s->out, '{');
        buf_text(s->out, labels);
        buf_char(s->out, '}');
    }
    buf_char(s->out, ' ');
}

void scrape_value(struct scrape *s, const char *labels, double value)
{
    write_series(s, "", labels);
    buf_printf(s->out, "%.15g\n", value);
}

void scrape_count(struct scrape *s, const char *labels, uint64_t value)
{
    write_series(s, "", labels);
    buf_u64(s->out, value);
    buf_char(s->out, '\n');
}

static void write_bucket(struct scrape *s, const char *labels, const char *bound,
                         uint64_t n)
{
    buf_text(s->out, s->name);
    buf_text(s->out, "_bucket{");
    buf_text(s->out, labels);
    buf_printf(s->out, "%sle=\"%s\"} ", labels[0] != '\0' ? "," : "", bound);
    buf_u64(s->out, n);
    buf_char(s->out, '\n');
}

/* Buckets are cumulative. */
void scrape_histogram(struct scrape *s, const char *labels, const struct histogram *h,
                      const struct bounds *bounds)
{
    char bound[32];
    uint64_t n = 0;

    for (size_t i = 0; i < bounds->n; i++) {
        n += counter_get(&h->counts[i]);
        snprintf(bound, sizeof bound, "%g", bounds->at[i] * bounds->unit);
        write_bucket(s, labels, bound, n);
    }
    n += counter_get(&h->counts[bounds->n]);
    write_bucket(s, labels, "+Inf", n);
    write_series(s, "_sum", labels);
    buf_printf(s->out, "%.15g\n", (double)counter_get(&h->sum) * bounds->unit);
    write_series(s, "_count", labels);
    buf_u64(s->out, n);
    buf_char(s->out, '\n');
}

static void begin_metric(struct scrape *s, const char *type, const char *name,
                         const char *help)
{
    s->name = name;
    buf_printf(s->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_all(const struct scrapes *scrapes, struct buf *out)
{
    const struct own_metrics *own = &scrapes->own;
    struct process_figures process;
    struct scrape s = {.out = out, .app = scrapes->app, .process = &process};

    process_figures_read(&process);
#define X(type, name, write, help)                                                     \
    begin_metric(&s, #type, name, help);                                               \
    write(&s);
    METRIC_TABLE(X)
#undef X
    for (size_t i = 0; i < own->n; i++) {
        const struct own_metric *m = &own->metrics[i];

        begin_metric(&s, m->type, m->name, m->help);
        m->write(&s, own->user);
    }
}

/* ---- the lane ---- */

static const char job_kind[] = "scrape_job";

static void run(struct mail *batch, void *user)
{
    struct scrapes *scrapes = user;

    while (batch != NULL) {
        struct scrape_job *job = mail_open_as(batch, job_kind);

        batch = batch->next;
        write_all(scrapes, &job->text);
        mail_return(&job->mail);
    }
}

int scrapes_start(const struct app *app, const struct own_metrics *own,
                  struct scrapes **ret_scrapes)
{
    struct scrapes *s = mem_zalloc(1, sizeof *s);
    struct lane_opts opts = {
        .name = "metrics", .max_waiting = SCRAPES_WAITING, .run = run, .user = s};
    int rc;

    s->app = app;
    s->own = *own;
    rc = lane_start(&opts, &s->lane);
    if (rc != 0) {
        mem_free(s);
        return rc;
    }
    *ret_scrapes = s;
    return 0;
}

struct scrapes *scrapes_stop(struct scrapes *s)
{
    if (s != NULL) {
        lane_stop(s->lane);
        mem_free(s);
    }
    return NULL;
}

/* ---- GET /metrics ---- */

static void free_job(void *data)
{
    struct scrape_job *job = data;

    buf_done(&job->text);
    mem_free(job);
}

static void on_home(struct mail *m)
{
    struct scrape_job *job = (struct scrape_job *)m;
    struct call *c = job->call;

    buf_str_add(call_out(c), buf_str(&job->text));
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply_type(c, 200, "text/plain; version=0.0.4; charset=utf-8");
}

void handle_metrics(struct call *c)
{
    struct scrape_job *job = mem_zalloc(1, sizeof *job);
    int rc;

    job->mail.home = loop_inbox(c->loop->loop);
    job->mail.on_home = on_home;
    job->call = c;
    call_set_data(c, job, free_job);
    job->mail.kind = job_kind;
    rc = lane_submit(c->app->scrapes->lane, &job->mail);
    if (rc != 0)
        call_fail(c, rc, NULL);
}
