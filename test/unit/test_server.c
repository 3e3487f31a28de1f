/* test_server.c — what a server asks of a profile, and in which order: with a profile
 * that writes it down, over SQLite and a ballot in memory.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "auth/secret.h"
#include "lib/ballot_mem.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "lib/check.h"
#include "config/config.h"
#include "core/quota.h"
#include "lib/journal_world.h"
#include "limit/memory.h"
#include "server/profile.h"
#include "server/server.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "work/store_lane.h"

struct noted {
    struct profile base; /* first */
    char said[256];
    char dir[DIR_BYTES];
    const char *fails;   /* this step does; NULL: none */
    const char *fail_as; /* its errmsg */
    struct store *store;
    struct store_lane *writer;
    struct read_lane *reads;
};

static int note(struct profile *p, const char *step, char *errmsg, size_t size)
{
    struct noted *n = (struct noted *)p;
    size_t len = strlen(n->said);

    snprintf(n->said + len, sizeof n->said - len, "%s ", step);
    if (n->fails == NULL || strcmp(n->fails, step) != 0)
        return 0;
    snprintf(errmsg, size, "%s", n->fail_as);
    return ERR_UNAVAILABLE;
}

static int read_nothing(void *user, uint64_t position, struct change *changes,
                        size_t max, size_t *ret_n, uint64_t *ret_next)
{
    (void)user;
    (void)changes;
    (void)max;
    *ret_n = 0;
    *ret_next = position;
    return 0;
}

static void projected(void *user, uint64_t position)
{
    (void)user;
    (void)position;
}

static const struct change_source nothing = {read_nothing, projected, NULL};

static int noted_open(struct profile *p, const struct app *app,
                      struct profile_stores *ret_stores, char *errmsg, size_t size)
{
    struct noted *n = (struct noted *)p;
    char path[DIR_BYTES + 8];
    struct sqlite_opts sqlite = {.path = path};
    struct store_lane_opts writer = {.source = &nothing, .max_waiting = 16};
    struct read_lane_opts reads = {.max_waiting = 16};

    (void)app;
    snprintf(path, sizeof path, "%s/db", n->dir);
    assert_int_equal(store_sqlite_open(&sqlite, &n->store, errmsg, size), 0);
    writer.store = reads.store = n->store;
    assert_int_equal(store_lane_start(&writer, NULL, &n->writer), 0);
    assert_int_equal(read_lane_start(&reads, &n->reads), 0);
    *ret_stores = (struct profile_stores){n->store, n->writer, n->reads, 1};
    return note(p, "open", errmsg, size);
}

static int noted_secret(struct profile *p, struct secret *ret_secret, char *errmsg,
                        size_t size)
{
    *ret_secret =
        (struct secret){.text = "0123456789abcdef0123456789abcdef", .len = 32};
    return note(p, "secret", errmsg, size);
}

static int noted_load(struct profile *p, struct app *app, char *errmsg, size_t size)
{
    assert_non_null(app->index);
    assert_non_null(app->revocations);
    return note(p, "load", errmsg, size);
}

static struct limiter *noted_limiter(struct profile *p,
                                     const struct profile_limit *limit)
{
    struct limit_memory_opts opts = {.max = limit->max,
                                     .window_ms = limit->window_ms,
                                     .max_bytes = limit->max_bytes,
                                     .seed = 42};

    assert_true(limit->max > 0 && limit->max_bytes > 0);
    assert_int_equal(limit->whose == NULL, limit->what == NULL);
    if (strstr(((struct noted *)p)->said, "limiter") == NULL)
        note(p, "limiter", NULL, 0);
    return limit_memory_new(&opts);
}

static int noted_start_ballot(struct profile *p, const struct ballot_events *events,
                              struct ballot **ret_ballot, char *errmsg, size_t size)
{
    assert_non_null(events->durable);
    assert_non_null(events->published);
    assert_non_null(events->edited);
    assert_non_null(events->deleted);
    *ret_ballot = ballot_mem_new(&clock_system, quota_new(0), events);
    return note(p, "ballot", errmsg, size);
}

/* There is nobody to follow. */
static int noted_start_follow(struct profile *p, struct app *app,
                              struct follow **ret_follow)
{
    assert_non_null(app->ballot);
    assert_null(*ret_follow);
    return note(p, "follow", NULL, 0);
}

static int noted_announce(struct profile *p, const char *address, char *errmsg,
                          size_t size)
{
    assert_ptr_equal(strstr(address, "127.0.0.1:"), address);
    assert_true(strcmp(address, "127.0.0.1:0") != 0);
    return note(p, "announce", errmsg, size);
}

static void noted_retract(struct profile *p)
{
    note(p, "retract", NULL, 0);
}

static void noted_close(struct profile *p)
{
    struct noted *n = (struct noted *)p;

    n->store->ops->free(n->store);
    note(p, "close", NULL, 0);
}

static const struct profile_ops noted_ops = {
    .name = "noted",
    .open = noted_open,
    .secret = noted_secret,
    .load = noted_load,
    .limiter = noted_limiter,
    .start_ballot = noted_start_ballot,
    .start_follow = noted_start_follow,
    .announce = noted_announce,
    .retract = noted_retract,
    .close = noted_close,
};

static void load_config(struct config *config)
{
    static const struct config_flag flags[] = {{CONFIG_KEY_server_port, "0"},
                                               {CONFIG_KEY_server_address, "127.0.0.1"},
                                               {CONFIG_KEY_log_level, "error"}};
    struct config_sources sources = {.flags = flags, .n_flags = LENGTH(flags)};
    struct config_report report = {0};

    assert_int_equal(config_load(&sources, config, &report), 0);
    config_report_done(&report);
}

static int start(struct noted *n, const struct config *config,
                 struct server **ret_server, char errmsg[SERVER_ERRMSG_BYTES])
{
    struct log log;

    log_init(&log, STDERR_FILENO, LOG_ERROR, LOG_FORMAT_JSON);
    n->base.ops = &noted_ops;
    return server_start(&n->base, config, &log, ret_server, errmsg);
}

static void a_profile_is_asked_in_order(void **state)
{
    struct noted n = {0};
    struct config config = {0};
    struct server *server;
    char errmsg[SERVER_ERRMSG_BYTES];
    (void)state;

    dir_make(n.dir);
    load_config(&config);
    assert_int_equal(start(&n, &config, &server, errmsg), 0);
    assert_string_equal(errmsg, "");
    assert_string_equal(n.said, "open secret load limiter ballot follow announce ");
    server_stop(server);
    assert_string_equal(
        n.said, "open secret load limiter ballot follow announce retract close ");
    config_done(&config);
    dir_remove(n.dir);
}

/* In a process of its own, since nothing is undone. */
static void fail_at(const char *step, const char *fail_as, const char *said,
                    const char *errmsg)
{
    struct noted n = {.fails = step, .fail_as = fail_as};
    int status;
    pid_t child;

    dir_make(n.dir);
    child = fork();
    if (child == 0) {
        struct config config = {0};
        struct server *server = NULL;
        char text[SERVER_ERRMSG_BYTES];

        load_config(&config);
        _exit(start(&n, &config, &server, text) != ERR_UNAVAILABLE ? 1
              : server != NULL                                     ? 2
              : strcmp(n.said, said) != 0                          ? 3
              : strcmp(text, errmsg) != 0                          ? 4
                                                                   : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    CHECK_EQ_AT(step, status, 0);
    dir_remove(n.dir);
}

static void a_step_that_fails_is_the_last(void **state)
{
    const char *title = err_title(ERR_UNAVAILABLE);
    (void)state;

    fail_at("open", "no disk", "open ", "no disk");
    fail_at("secret", "no key", "open secret ", "no key");
    fail_at("load", "", "open secret load ", title);
    fail_at("ballot", "", "open secret load limiter ballot ", title);
    fail_at("follow", "", "open secret load limiter ballot follow ", title);
    fail_at("announce", "", "open secret load limiter ballot follow announce ", title);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_that_fails_is_the_last),
        cmocka_unit_test(a_profile_is_asked_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
