#include "server/loops.h"

#include <ev.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/door.h"
#include "app/metrics.h"
#include "app/pack.h"
#include "app/proxy.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/metric.h"
#include "config/config.h"
#include "live/live.h"
#include "net/http.h"
#include "net/listen.h"
#include "net/loop.h"
#include "server/router.h"
#include "server/security_headers.h"

enum { LOOPS_MAX = 64, DRAIN_CHECK_MS = 10 };

/* How one loop ends. */
struct drain {
    struct mail mail; /* first: from loops_drain() to the loop */
    struct app_loop *loop;
    struct ev_timer delay, check;
    uint64_t give_up_ms;
    int listen_fd;
    bool connections_gone, in_time;
};

struct loop_set {
    int fds[LOOPS_MAX];
    size_t n_fds;
    struct drain drains[LOOPS_MAX];
};

unsigned loops_wanted(const struct config *config)
{
    cpu_set_t set; /* a container or taskset may give us fewer cores */
    long cores = sched_getaffinity(0, sizeof set, &set) == 0
                     ? CPU_COUNT(&set)
                     : sysconf(_SC_NPROCESSORS_ONLN);
    long n = config->server_loops != 0 ? config->server_loops : cores;

    return n < 1 ? 1 : n > LOOPS_MAX ? LOOPS_MAX : (unsigned)n;
}

/* A connection of our own proxy counts for no address: many clients are behind it. */
static uint64_t address_of(struct str peer, void *user)
{
    const struct app_loop *l = user;
    const struct setting_list *proxies = &l->app->config->server_trusted_proxies;

    return proxy_is_trusted(proxies, peer)
               ? 0
               : proxy_client(proxies, peer, (struct str){NULL, 0});
}

static struct http_opts http_options(const struct app *app, struct app_loop *l)
{
    const struct config *config = app->config;

    return (struct http_opts){
        .loop = l->loop,
        .max_conns =
            ((size_t)config->server_max_connections + app->n_loops - 1) / app->n_loops,
        .address_of = address_of,
        .max_body = config->limits_body_bytes,
        .header_timeout_ms = (uint32_t)config->server_header_timeout_ms,
        .body_timeout_ms = (uint32_t)config->server_body_timeout_ms,
        .idle_timeout_ms = (uint32_t)config->server_idle_timeout_ms,
        .write_timeout_ms = (uint32_t)config->server_write_timeout_ms,
        .on_request = router_on_request,
        .on_too_large = router_on_too_large,
        .on_error = router_on_error,
        .path_headers = security_headers,
        .user = l,
    };
}

/* So few of each are a moment's work even on a slow machine. */
static void hang_doors(struct app_loop *l)
{
    static const uint32_t few[DOOR__LANES] = {[DOOR_BALLOT] = 256,
                                              [DOOR_STORE] = 128,
                                              [DOOR_READ] = 128,
                                              [DOOR_PASSWORD] = 8};

    for (int i = 0; i < DOOR__LANES; i++)
        door_init(&l->doors[i], few[i]);
}

static int open_loop(struct app *app, unsigned index, int listen_fd)
{
    struct app_loop *l = &app->loops[index];
    struct http_opts opts;
    int rc;

    l->app = app;
    hang_doors(l);
    rc = loop_new(index, &l->loop);
    if (rc != 0)
        return rc;
    opts = http_options(app, l);
    rc = http_server_new(&opts, &l->server);
    if (rc == 0)
        rc = jwt_verifier_new(app->signer, app->revocations, &l->verifier);
    if (rc != 0)
        return rc;
    l->live = live_new(l, app->hub);
    l->packer = packer_new();
    l->metrics = mem_zalloc(1, sizeof *l->metrics);
    http_listen(l->server, listen_fd);
    return 0;
}

int loops_open(struct app *app, uint16_t *ret_port, char errmsg[LOOPS_ERRMSG_BYTES])
{
    struct loop_set *set = mem_zalloc(1, sizeof *set);
    int rc;

    app->n_loops = loops_wanted(app->config);
    app->loops = mem_zalloc(app->n_loops, sizeof *app->loops);
    app->set = set;
    rc = listen_open(app->config->server_address, (uint16_t)app->config->server_port,
                     app->n_loops, set->fds, ret_port, errmsg);
    if (rc != 0)
        return rc;
    set->n_fds = app->n_loops;
    for (unsigned i = 0; rc == 0 && i < app->n_loops; i++)
        rc = open_loop(app, i, set->fds[i]);
    if (rc != 0)
        snprintf(errmsg, LOOPS_ERRMSG_BYTES,
                 "the system has no thread or file descriptor left");
    return rc;
}

int loops_start(struct app *app)
{
    int rc = 0;

    for (unsigned i = 0; rc == 0 && i < app->n_loops; i++)
        rc = loop_start(app->loops[i].loop);
    return rc;
}

/* ---- ending ---- */

static void check_drained(struct ev_loop *ev, ev_timer *timer, int events)
{
    struct drain *d = timer->data;

    (void)events;
    d->in_time = d->connections_gone && counter_get(&d->loop->n_calls) == 0 &&
                 live_watchers(d->loop->live) == 0;
    if (!d->in_time && clock_mono_ms() < d->give_up_ms)
        return;
    ev_timer_stop(ev, timer);
    loop_stop(d->loop->loop);
}

static void on_drained(void *user)
{
    struct drain *d = user;

    d->connections_gone = true;
}

static void drain(struct drain *d)
{
    const struct config *config = d->loop->app->config;

    d->give_up_ms = clock_mono_ms() + (uint64_t)config->server_shutdown_timeout_ms;
    live_close_all(d->loop->live);
    shutdown(d->listen_fd, SHUT_RDWR); /* refuse new clients at once */
    http_drain(d->loop->server, on_drained, d);
    ev_timer_init(&d->check, check_drained, DRAIN_CHECK_MS / 1000.,
                  DRAIN_CHECK_MS / 1000.);
    d->check.data = d;
    ev_timer_start(loop_ev(d->loop->loop), &d->check);
}

static void on_delay_over(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev;
    (void)events;
    drain(timer->data);
}

/* GET /readyz says no from now on. Give whoever sends us work the time to ask. */
static void begin_drain(struct mail *m)
{
    struct drain *d = (struct drain *)m;
    double delay_s = (double)d->loop->app->config->server_drain_delay_ms / 1000.;

    ev_timer_init(&d->delay, on_delay_over, delay_s, 0.);
    d->delay.data = d;
    if (delay_s > 0)
        ev_timer_start(loop_ev(d->loop->loop), &d->delay);
    else
        drain(d);
}

void loops_drain(struct app *app)
{
    atomic_store(&app->draining, true);
    for (unsigned i = 0; i < app->n_loops; i++) {
        struct drain *d = &app->set->drains[i];

        d->loop = &app->loops[i];
        d->listen_fd = app->set->fds[i];
        d->mail.home = loop_inbox(d->loop->loop);
        d->mail.on_home = begin_drain;
        mail_return(&d->mail);
    }
}

enum loops_end loops_join(struct app *app)
{
    enum loops_end end = LOOPS_ALL_ANSWERED;

    for (unsigned i = 0; i < app->n_loops; i++) {
        loop_join(app->loops[i].loop);
        if (counter_get(&app->loops[i].n_calls) > 0)
            end = LOOPS_CALLS_LEFT;
        else if (!app->set->drains[i].in_time && end == LOOPS_ALL_ANSWERED)
            end = LOOPS_SOME_CUT_OFF;
    }
    return end;
}

/* Open the mail that came after the loop's end: publishes, and what a shard left. */
static void open_inbox(struct app_loop *l)
{
    if (l->loop != NULL)
        mail_open_all(mailbox_take(loop_inbox(l->loop)));
}

static void free_loop(struct app_loop *l)
{
    open_inbox(l);
    http_server_free(l->server); /* ends the remaining watchers */
    live_free(l->live);
    packer_free(l->packer);
    jwt_verifier_free(l->verifier);
    buf_done(&l->last_result.json);
    open_inbox(l);
    loop_free(l->loop);
    mem_free(l->metrics);
}

void loops_free(struct app *app)
{
    for (unsigned i = 0; i < app->n_loops; i++)
        free_loop(&app->loops[i]);
    listen_close(app->set->fds, app->set->n_fds);
    mem_free(app->set);
    mem_free(app->loops);
}
