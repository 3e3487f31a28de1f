/* ready.c — GET /readyz and GET /healthz. */
#include "ops/ready.h"

#include "app/app.h"
#include "app/handlers.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/http.h"

struct readiness {
    const struct app *app;
    const char *wrong[READY_CHECKS_MAX]; /* NULL: fine */
    int database;
};

static void free_readiness(void *data)
{
    mem_free(data);
}

static void run_own_checks(struct readiness *r)
{
    const struct ready_checks *ready = r->app->ready;

    for (size_t i = 0; i < ready->n && i < READY_CHECKS_MAX; i++)
        r->wrong[i] = ready->checks[i].check(ready->user);
}

static int run_checks(struct store *store, struct store_job *job)
{
    struct readiness *r = call_data(call_of_job(job), free_readiness);
    uint64_t position;

    run_own_checks(r);
    r->database = store->ops->position(store, &position);
    return r->database; /* the lane wants to know */
}

static void write_check(struct buf *out, const char *name, const char *wrong)
{
    buf_json_str(out, str_of(name));
    buf_char(out, ':');
    buf_json_str(out, str_of(wrong != NULL ? wrong : "ok"));
}

/* {"disk":"ok",…}; true: work can be done. */
static bool write_checks(struct buf *out, const struct readiness *r)
{
    const struct ready_checks *ready = r->app->ready;
    bool fine = r->database == 0;

    buf_char(out, '{');
    for (size_t i = 0; i < ready->n && i < READY_CHECKS_MAX; i++) {
        if (i > 0)
            buf_char(out, ',');
        write_check(out, ready->checks[i].name, r->wrong[i]);
        fine = fine && (r->wrong[i] == NULL || ready->checks[i].leaves_work);
    }
    if (!ready->without_store) {
        if (ready->n > 0)
            buf_char(out, ',');
        write_check(out, "database", r->database == 0 ? NULL : "it cannot be read");
    }
    buf_char(out, '}');
    return fine;
}

static void reply_checked(struct call *c)
{
    bool draining = atomic_load(&c->app->draining);
    struct buf checks = {0};
    bool fine;

    buf_text(&checks, "\"checks\":");
    fine = write_checks(&checks, call_data(c, free_readiness));

    http_add_header(c->req, "Cache-Control", STR("no-store"));
    if (fine && !draining) {
        buf_text(call_out(c), "{\"status\":\"ready\",");
        buf_str_add(call_out(c), buf_str(&checks));
        buf_char(call_out(c), '}');
        call_reply(c, 200);
    } else {
        call_fail_with(c, ERR_UNAVAILABLE,
                       draining ? "The server is being stopped."
                                : "Something that the server needs is not well.",
                       buf_str(&checks));
    }
    buf_done(&checks);
}

void handle_readyz(struct call *c)
{
    struct readiness *r = mem_zalloc(1, sizeof *r);

    r->app = c->app;
    call_set_data(c, r, free_readiness);
    if (c->app->ready->without_store) {
        run_own_checks(r);
        reply_checked(c);
    } else {
        call_read(c, run_checks, reply_checked);
    }
}

void handle_healthz(struct call *c)
{
    buf_text(call_out(c), "{\"status\":\"ok\"}");
    call_reply(c, 200);
}
