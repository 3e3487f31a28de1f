#include "demo/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/secret.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "demo/demo_client.h"
#include "demo/demo_polls.h"
#include "demo/demo_run.h"

enum {
    PAGES_MAX = 20, /* of polls that are looked through for the demo's own */
    ADDRESS_BYTES = 300,
};

/* ---- telling ---- */

void demo_say(const struct demo_run *r, const char *format, ...)
{
    char line[512];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    r->opts->say(r->opts->user, line);
}

static int fail(struct demo_run *r, int err, const char *text)
{
    snprintf(r->errmsg, DEMO_ERRMSG_BYTES, "%s", text);
    return err;
}

/* ---- time ---- */

/* Wait; return whether it is time to stop. */
bool demo_stopped_within(const struct demo_run *r, uint64_t us)
{
    struct pollfd stop = {.fd = r->stop_fd, .events = POLLIN};
    struct timespec wait = {.tv_sec = (time_t)(us / 1000000),
                            .tv_nsec = (long)(us % 1000000) * 1000};

    return ppoll(&stop, 1, &wait, NULL) > 0;
}

bool demo_is_over(const struct demo_run *r)
{
    return r->n_polls == 0 || clock_mono_ms() >= r->end_ms || demo_stopped_within(r, 0);
}

/* ---- asking the server ---- */

static int call_as(struct demo_run *r, const char *token, const char *method,
                   const char *path, struct str body, struct demo_answer *ret)
{
    struct demo_request request = {method, path, token, body};

    if (demo_client_call(r->client, &request, ret) == 0)
        return 0;
    if (!demo_stopped_within(r, 0))
        snprintf(r->errmsg, DEMO_ERRMSG_BYTES, "the server at %s does not answer: %s",
                 r->url.data, demo_client_error(r->client));
    return ERR_UNAVAILABLE;
}

/* Retry as long as the server asks us to come back later. */
int demo_ask(struct demo_run *r, const char *token, const char *method,
             const char *path, struct str body, struct demo_answer *ret)
{
    for (;;) {
        int rc = call_as(r, token, method, path, body, ret);
        int wait_s;

        if (rc != 0 || (ret->status != 429 && ret->status != 503))
            return rc;
        wait_s = ret->retry_after_s < 1 ? 1 : ret->retry_after_s;
        json_decref(ret->body);
        if (demo_stopped_within(r, (uint64_t)wait_s * 1000000) || demo_is_over(r))
            return ERR_UNAVAILABLE;
    }
}

int demo_fail_unexpected(struct demo_run *r, const char *what,
                         const struct demo_answer *a)
{
    const char *detail = json_string_value(json_object_get(a->body, "detail"));

    snprintf(r->errmsg, DEMO_ERRMSG_BYTES, "%s: the server answered %d%s%s", what,
             a->status, detail != NULL ? ": " : "", detail != NULL ? detail : "");
    return ERR_UNAVAILABLE;
}

/* ---- the server ---- */

void demo_url(struct str address, struct buf *out)
{
    buf_text(out, "http://");
    if (str_starts(address, STR("0.0.0.0:"))) {
        buf_text(out, "127.0.0.1");
        address = str_skip(address, 7);
    } else if (str_starts(address, STR("[::]:"))) {
        buf_text(out, "[::1]");
        address = str_skip(address, 4);
    }
    buf_str_add(out, address);
}

/* Read the address that a running server has written; empty: there is none. */
static struct str read_address(const char *data_dir, char text[ADDRESS_BYTES])
{
    char path[PATH_MAX];
    struct str line;
    ssize_t n = 0;
    int fd;

    snprintf(path, sizeof path, "%s/address", data_dir);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        n = read(fd, text, ADDRESS_BYTES);
        close(fd);
    }
    str_cut((struct str){text, n > 0 ? (size_t)n : 0}, '\n', &line);
    return line;
}

static void find_url(struct demo_run *r)
{
    const struct config *config = r->opts->config;
    struct buf configured = {0};
    char text[ADDRESS_BYTES];
    struct str address = read_address(config->data_dir, text);

    if (address.len == 0) {
        const char *host = config->server_address;

        buf_printf(&configured, strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host,
                   config->server_port);
        address = buf_str(&configured);
    }
    demo_url(address, &r->url);
    buf_char(&r->url, '\0');
    buf_done(&configured);
}

static int reach(struct demo_run *r)
{
    struct demo_request request = {.method = "GET", .path = "/healthz"};
    struct demo_answer a;

    if (demo_client_new(r->url.data, r->stop_fd, &r->client) != 0)
        return fail(r, ERR_UNAVAILABLE, "libcurl cannot start");
    if (demo_client_call(r->client, &request, &a) != 0) {
        snprintf(r->errmsg, DEMO_ERRMSG_BYTES,
                 "no server is running at %s (%s): start it first: pollux serve",
                 r->url.data, demo_client_error(r->client));
        return ERR_UNAVAILABLE;
    }
    json_decref(a.body);
    if (a.status == 200)
        return 0;
    snprintf(r->errmsg, DEMO_ERRMSG_BYTES,
             "what answers at %s is no Pollux: start it first: pollux serve",
             r->url.data);
    return ERR_UNAVAILABLE;
}

/* ---- signing in ---- */

/* Take what we need from an answer with a session. */
bool demo_take_session(const struct demo_answer *a, char token[JWT_TEXT_BYTES],
                       uint64_t *ret_user)
{
    const char *text = json_string_value(json_object_get(a->body, "token"));
    json_t *user = json_object_get(a->body, "user");

    if (text == NULL || strlen(text) >= JWT_TEXT_BYTES)
        return false;
    memcpy(token, text, strlen(text) + 1);
    *ret_user = (uint64_t)json_integer_value(json_object_get(user, "id"));
    return true;
}

static int register_or_log_in(struct demo_run *r, struct str password, int *ret_status)
{
    struct buf body = {0};
    struct demo_answer a;
    int rc;

    buf_text(&body, "{\"username\":\"demo\",\"email\":\"demo@pollux.example\","
                    "\"password\":");
    buf_json_str(&body, password);
    buf_char(&body, '}');
    rc = demo_ask(r, NULL, "POST", "/api/auth/register", buf_str(&body), &a);
    if (rc == 0 && a.status == 409) {
        json_decref(a.body);
        rc = demo_ask(r, NULL, "POST", "/api/auth/login", buf_str(&body), &a);
    }
    sodium_memzero(body.data, body.len);
    buf_done(&body);
    if (rc != 0)
        return rc;
    *ret_status = a.status;
    if (a.status == 401)
        rc = ERR_CONFLICT;
    else if (!demo_take_session(&a, r->token, &r->user))
        rc = demo_fail_unexpected(r, "cannot sign in", &a);
    json_decref(a.body);
    return rc;
}

static int sign_in(struct demo_run *r)
{
    const char *dir = r->opts->config->data_dir;
    struct secret password;
    int rc, status = 0;

    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        snprintf(r->errmsg, DEMO_ERRMSG_BYTES, "cannot make the directory %s: %s", dir,
                 strerror(errno));
        return ERR_UNAVAILABLE;
    }
    rc = secret_from_file(dir, "demo.password", NULL, &password, r->errmsg,
                          DEMO_ERRMSG_BYTES);
    if (rc != 0)
        return rc;
    rc = register_or_log_in(r, secret_str(&password), &status);
    secret_done(&password);
    if (status == 401)
        snprintf(r->errmsg, DEMO_ERRMSG_BYTES,
                 "the server at %s has a user demo already, with another password than "
                 "the one in %s/demo.password: give the --data-dir of that server",
                 r->url.data, dir);
    return rc;
}

/* ---- polls ---- */

static void set_weights(struct demo_poll *p, struct str title)
{
    const struct demo_poll_text *text = demo_poll_by_title(title);

    for (unsigned i = 0; i < p->n_options; i++)
        p->weights[i] = text != NULL && i < DEMO_OPTIONS && text->weights[i] > 0
                            ? text->weights[i]
                            : p->n_options - i;
    p->in_fashion = randombytes_uniform(p->n_options);
}

static void take_poll(struct demo_run *r, json_t *poll)
{
    json_t *title = json_object_get(poll, "title");
    size_t n = json_array_size(json_object_get(poll, "options"));
    struct demo_poll p = {
        .id = (uint32_t)json_integer_value(json_object_get(poll, "id")),
        .n_options = (unsigned)n,
        .vote_change = json_is_true(json_object_get(poll, "voteChange")),
    };

    if (r->n_polls == DEMO_POLLS_MAX || n < LIMIT_OPTIONS_MIN || n > LIMIT_OPTIONS)
        return;
    set_weights(&p, (struct str){json_string_value(title), json_string_length(title)});
    r->polls[r->n_polls++] = p;
}

static bool is_ours(const struct demo_run *r, json_t *poll)
{
    json_t *owner = json_object_get(json_object_get(poll, "owner"), "id");

    return (uint64_t)json_integer_value(owner) == r->user;
}

/* One page of the open polls; *cursor is set to the next one, to NULL at the end. */
static int search_page(struct demo_run *r, json_t **cursor)
{
    const char *from = json_string_value(*cursor);
    struct demo_answer a;
    char path[128];
    json_t *poll;
    size_t i;
    int rc;

    snprintf(path, sizeof path, "/api/polls?status=open&limit=100%s%s",
             from != NULL ? "&cursor=" : "", from != NULL ? from : "");
    json_decref(*cursor);
    *cursor = NULL;
    rc = demo_ask(r, NULL, "GET", path, (struct str){NULL, 0}, &a);
    if (rc != 0)
        return rc;
    if (a.status != 200)
        rc = demo_fail_unexpected(r, "cannot list the polls", &a);
    json_array_foreach(json_object_get(a.body, "items"), i, poll)
    {
        if (is_ours(r, poll))
            take_poll(r, poll);
    }
    poll = json_object_get(a.body, "nextCursor");
    if (rc == 0 && json_is_string(poll))
        *cursor = json_incref(poll);
    json_decref(a.body);
    return rc;
}

static int find_polls(struct demo_run *r)
{
    json_t *cursor = NULL;
    int rc = 0;

    for (int page = 0; rc == 0 && page < PAGES_MAX; page++) {
        rc = search_page(r, &cursor);
        if (cursor == NULL)
            break;
    }
    json_decref(cursor);
    return rc;
}

static int create_poll(struct demo_run *r, unsigned number)
{
    struct buf body = {0};
    struct demo_answer a;
    int rc;

    demo_poll_body(number, clock_now_ms(&clock_system), &body);
    rc = demo_ask(r, r->token, "POST", "/api/polls", buf_str(&body), &a);
    buf_done(&body);
    if (rc != 0)
        return rc;
    if (a.status != 201) {
        rc = demo_fail_unexpected(r, "cannot create a poll", &a);
    } else {
        take_poll(r, a.body);
        demo_say(r, "created poll %u: %s",
                 (unsigned)json_integer_value(json_object_get(a.body, "id")),
                 json_string_value(json_object_get(a.body, "title")));
    }
    json_decref(a.body);
    return rc;
}

/* The feed shows the newest first, so make the first one last. */
static int create_polls(struct demo_run *r)
{
    int rc = 0;

    for (int i = r->opts->polls; rc == 0 && i > 0 && !demo_stopped_within(r, 0); i--)
        rc = create_poll(r, (unsigned)i - 1);
    return rc;
}

static void say_how_to_watch(const struct demo_run *r)
{
    struct buf ids = {0};

    for (unsigned i = 0; i < r->n_polls; i++)
        buf_printf(&ids, i > 0 ? ",%u" : "%u", r->polls[i].id);
    buf_char(&ids, '\0');
    demo_say(r, "watch them: curl -N '%s/api/live?polls=%s'", r->url.data, ids.data);
    buf_done(&ids);
}

static int provide_polls(struct demo_run *r)
{
    int rc = find_polls(r);

    if (rc != 0)
        return rc;
    if (r->n_polls > 0)
        demo_say(r, "%u open polls are there already", r->n_polls);
    else
        rc = create_polls(r);
    if (rc == 0)
        say_how_to_watch(r);
    return rc;
}

int demo_run(const struct demo_opts *opts, int stop_fd, char errmsg[DEMO_ERRMSG_BYTES])
{
    struct demo_run *r = mem_zalloc(1, sizeof *r);
    int rc;

    r->opts = opts;
    r->stop_fd = stop_fd;
    r->errmsg = errmsg;
    r->end_ms = UINT64_MAX;
    errmsg[0] = '\0';
    find_url(r);
    rc = reach(r);
    if (rc == 0)
        rc = sign_in(r);
    if (rc == 0)
        rc = provide_polls(r);
    if (rc == 0)
        rc = demo_vote(r);
    if (demo_stopped_within(r, 0))
        rc = 0;
    demo_client_free(r->client);
    buf_done(&r->url);
    sodium_memzero(r, sizeof *r);
    mem_free(r);
    return rc;
}

/* ---- beside a server ---- */

struct demo {
    struct demo_opts opts;
    pthread_t thread;
    int stop_fd;
};

static void *demo_main(void *arg)
{
    struct demo *d = arg;
    char errmsg[DEMO_ERRMSG_BYTES];

    pthread_setname_np(pthread_self(), "demo");
    if (demo_run(&d->opts, d->stop_fd, errmsg) != 0)
        d->opts.failed(d->opts.user, errmsg);
    return NULL;
}

int demo_start(const struct demo_opts *opts, struct demo **ret_demo)
{
    struct demo *d = mem_zalloc(1, sizeof *d);

    d->opts = *opts;
    d->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (d->stop_fd >= 0 && pthread_create(&d->thread, NULL, demo_main, d) == 0) {
        *ret_demo = d;
        return 0;
    }
    if (d->stop_fd >= 0)
        close(d->stop_fd);
    mem_free(d);
    return ERR_UNAVAILABLE;
}

struct demo *demo_stop(struct demo *d)
{
    if (d != NULL) {
        eventfd_write(d->stop_fd, 1);
        pthread_join(d->thread, NULL);
        close(d->stop_fd);
        mem_free(d);
    }
    return NULL;
}
