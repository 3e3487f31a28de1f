/* live_rig.h — a server of WebSockets and event streams on a loop of its own, and
 * clients with plain sockets. Whatever is waited for has a limit, and the time limits
 * of the server run out when a test says so. */
#ifndef TEST_LIB_LIVE_RIG_H
#define TEST_LIB_LIVE_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <ev.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/hub.h"
#include "net/listen.h"
#include "net/loop.h"
#include "net/sse.h"
#include "net/ws.h"
#include "lib/ws_client.h"

enum {
    SMALL = 1, /* a topic of a line */
    LARGE = 2, /* a topic of more than a socket and its reader hold */
    LARGE_BYTES = 1 << 17,
    PATIENCE_S = 20,                      /* with what has to come */
    WRITE_TIMEOUT_MS = 1000 * PATIENCE_S, /* with readers that are to be let go */
    FORM_WS = 0,
    FORM_SSE = 1,
};

struct server {
    struct loop *loop;
    struct http_server *http;
    struct hub *hub;
    struct hub_shard *shard;
    struct ev_timer tick;
    uint64_t tick_at_ms; /* 0: none wanted */
    int listen_fd;
    uint16_t port;
    atomic_ulong versions[3];
    atomic_uint_least64_t passed_ms; /* by the server's clock */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    size_t n_watchers;
    size_t n_refused; /* sends to slow readers */
    char text[64];    /* the last message that came in */
};

struct watcher {
    struct subscriber sub; /* first */
    struct server *server;
    struct ws *ws;
    struct sse *sse;
};

/* ---- the server ---- */

static uint64_t passed_ms(void *user)
{
    return 1 + atomic_load(&((struct server *)user)->passed_ms);
}

static struct frame *encode(void *user, uint64_t topic, unsigned form, uint32_t viewers)
{
    struct server *sv = user;
    uint64_t version = atomic_load(&sv->versions[topic]);
    struct buf text = {0}, out = {0};
    struct frame *f;

    (void)viewers;
    buf_printf(&text, "%u.%u", (unsigned)topic, (unsigned)version);
    if (topic == LARGE) {
        memset(buf_reserve(&text, LARGE_BYTES), ' ', LARGE_BYTES);
        text.len += LARGE_BYTES;
    }
    if (form == FORM_WS)
        ws_encode(&out, buf_str(&text));
    else
        sse_encode(&out, "results", (struct str){NULL, 0}, buf_str(&text));
    f = frame_new(out.data, out.len, version);
    buf_done(&text);
    buf_done(&out);
    return f;
}

static bool on_send(struct subscriber *sub, struct frame *f)
{
    struct watcher *w = (struct watcher *)sub;
    bool sent = w->ws != NULL ? ws_send(w->ws, f) : sse_send(w->sse, f);

    if (!sent) {
        pthread_mutex_lock(&w->server->lock);
        w->server->n_refused++;
        pthread_cond_broadcast(&w->server->changed);
        pthread_mutex_unlock(&w->server->lock);
    }
    return sent;
}

static void count_watchers(struct server *sv, int by)
{
    pthread_mutex_lock(&sv->lock);
    sv->n_watchers += (size_t)by;
    pthread_cond_broadcast(&sv->changed);
    pthread_mutex_unlock(&sv->lock);
}

static void on_text(void *user, struct str text)
{
    struct watcher *w = user;

    pthread_mutex_lock(&w->server->lock);
    snprintf(w->server->text, sizeof w->server->text, "%.*s", (int)text.len, text.at);
    pthread_cond_broadcast(&w->server->changed);
    pthread_mutex_unlock(&w->server->lock);
    ws_text(w->ws, text); /* an echo */
    if (str_eq(text, STR("bye")))
        ws_close(w->ws, 1001, "bye");
}

static void on_writable(void *user)
{
    struct watcher *w = user;

    hub_writable(&w->sub);
}

static void on_close(void *user)
{
    struct watcher *w = user;

    hub_subscriber_done(&w->sub);
    count_watchers(w->server, -1);
    mem_free(w);
}

static const struct ws_ops WS_OPS = {.on_text = on_text,
                                     .on_writable = on_writable,
                                     .on_close = on_close,
                                     .write_timeout_ms = WRITE_TIMEOUT_MS};
static const struct ws_ops PATIENT_OPS = {
    .on_text = on_text, .on_writable = on_writable, .on_close = on_close};
static const struct sse_ops SSE_OPS = {.on_writable = on_writable,
                                       .on_close = on_close,
                                       .write_timeout_ms = WRITE_TIMEOUT_MS};
static const struct subscriber_ops SUBSCRIBER_OPS = {.send = on_send};

/* /ws/N, /patient/N (a WebSocket that waits), /sse/N */
static void on_request(struct http_req *req, void *user)
{
    struct server *sv = user;
    struct watcher *w = mem_zalloc(1, sizeof *w);
    uint64_t topic = (uint64_t)(req->path.at[req->path.len - 1] - '0');
    bool sse = str_starts(req->path, STR("/sse"));
    bool patient = str_starts(req->path, STR("/patient"));

    w->server = sv;
    hub_subscriber_init(&w->sub, sv->shard, &SUBSCRIBER_OPS);
    http_add_header(req, "Access-Control-Allow-Origin", STR("https://a.example"));
    if (sse)
        w->sse = sse_accept(req, &SSE_OPS, w);
    else
        assert_int_equal(ws_accept(req, patient ? &PATIENT_OPS : &WS_OPS, w, &w->ws),
                         0);
    assert_true(w->sse != NULL || w->ws != NULL);
    assert_int_equal(hub_follow(&w->sub, topic, sse ? FORM_SSE : FORM_WS, 0, 10), 0);
    count_watchers(sv, 1);
}

static void on_error(int err, struct str id, struct buf *out, void *user)
{
    (void)err;
    (void)id;
    (void)out;
    (void)user;
}

static void on_tick(struct ev_loop *ev, struct ev_timer *timer, int events)
{
    struct server *sv = timer->data;

    (void)ev;
    (void)events;
    sv->tick_at_ms = 0;
    hub_tick(sv->shard);
}

static void want_tick(void *user, uint32_t in_ms)
{
    struct server *sv = user;
    struct ev_loop *ev = loop_ev(sv->loop);
    uint64_t at_ms = clock_mono_ms() + in_ms;

    if (sv->tick_at_ms != 0 && sv->tick_at_ms <= at_ms)
        return;
    sv->tick_at_ms = at_ms;
    ev_timer_stop(ev, &sv->tick);
    ev_timer_set(&sv->tick, in_ms / 1000.0, 0.);
    ev_timer_start(ev, &sv->tick);
}

static int start_server(void **state)
{
    struct server *sv = mem_zalloc(1, sizeof *sv);
    struct http_opts http = {.max_conns = 4000,
                             .max_body = 1000,
                             .header_timeout_ms = 10000,
                             .body_timeout_ms = 10000,
                             .idle_timeout_ms = 10000,
                             .write_timeout_ms = 10000,
                             .now_ms = passed_ms,
                             .on_request = on_request,
                             .on_error = on_error,
                             .user = sv};
    struct hub_opts hub = {.n_shards = 1,
                           .min_gap_ms = 1,
                           .budget_pct = 100,
                           .slice = 16,
                           .source = {encode, sv}};
    char errmsg[LISTEN_ERRMSG_BYTES];

    pthread_mutex_init(&sv->lock, NULL);
    pthread_cond_init(&sv->changed, NULL);
    atomic_store(&sv->versions[SMALL], 1);
    atomic_store(&sv->versions[LARGE], 1);
    assert_int_equal(loop_new(0, &sv->loop), 0);
    http.loop = sv->loop;
    assert_int_equal(http_server_new(&http, &sv->http), 0);
    assert_int_equal(listen_open("127.0.0.1", 0, 1, &sv->listen_fd, &sv->port, errmsg),
                     0);
    http_listen(sv->http, sv->listen_fd);
    sv->hub = hub_new(&hub);
    sv->shard = hub_shard_new(sv->hub, 0,
                              &(struct hub_shard_opts){.inbox = loop_inbox(sv->loop),
                                                       .want_tick = want_tick,
                                                       .user = sv});
    ev_timer_init(&sv->tick, on_tick, 0., 0.);
    sv->tick.data = sv;
    assert_int_equal(loop_start(sv->loop), 0);
    *state = sv;
    return 0;
}

static int stop_server(void **state)
{
    struct server *sv = *state;

    loop_stop(sv->loop);
    loop_join(sv->loop);
    http_server_free(sv->http);
    listen_close(&sv->listen_fd, 1);
    assert_int_equal(sv->n_watchers, 0);
    hub_shard_free(sv->shard);
    loop_free(sv->loop);
    hub_free(sv->hub);
    mem_free(sv);
    return 0;
}

static void publish(struct server *sv, uint64_t topic)
{
    atomic_fetch_add(&sv->versions[topic], 1);
    hub_publish(sv->hub, topic);
}

/* Time passes by the server's clock until those who take nothing have been let go. */
static void pass_until_watched_by(struct server *sv, size_t n)
{
    uint64_t until_ms = clock_mono_ms() + 1000 * PATIENCE_S;
    size_t n_watchers;

    do {
        atomic_fetch_add(&sv->passed_ms, WRITE_TIMEOUT_MS / 10);
        poll(NULL, 0, 2);
        pthread_mutex_lock(&sv->lock);
        n_watchers = sv->n_watchers;
        pthread_mutex_unlock(&sv->lock);
    } while (n_watchers != n && clock_mono_ms() < until_ms);
    assert_int_equal(n_watchers, n);
}

/* Wait for what the server's lock guards. */
#define wait_until(sv, condition)                                                      \
    do {                                                                               \
        struct timespec until_ = {.tv_sec = clock_now_ms(&clock_system) / 1000 +       \
                                            PATIENCE_S};                               \
        int rc_ = 0;                                                                   \
                                                                                       \
        pthread_mutex_lock(&(sv)->lock);                                               \
        while (!(condition) && rc_ == 0)                                               \
            rc_ = pthread_cond_timedwait(&(sv)->changed, &(sv)->lock, &until_);        \
        pthread_mutex_unlock(&(sv)->lock);                                             \
        assert_int_equal(rc_, 0);                                                      \
    } while (0)

/* ---- clients ---- */

static int dial(const struct server *sv, int receive_bytes)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(sv->port)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    if (receive_bytes != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void send_all(int fd, struct str bytes)
{
    assert_int_equal(send(fd, bytes.at, bytes.len, MSG_NOSIGNAL), (long)bytes.len);
}

static void ask(int fd, const char *path)
{
    struct buf out = {0};

    buf_printf(&out,
               "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
               "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
               path);
    send_all(fd, buf_str(&out));
    buf_done(&out);
}

static void read_exactly(int fd, void *to, size_t len)
{
    assert_int_equal(recv(fd, to, len, MSG_WAITALL), (long)len);
}

/* Up to and with the end, a byte at a time. */
static void read_to(int fd, const char *end, struct buf *ret_got)
{
    size_t n = strlen(end);

    ret_got->len = 0;
    while (ret_got->len < n || memcmp(ret_got->data + ret_got->len - n, end, n) != 0) {
        read_exactly(fd, buf_reserve(ret_got, 1), 1);
        ret_got->len++;
    }
    *buf_reserve(ret_got, 1) = '\0';
}

/* The next frame's payload, terminated; its first byte is the result. */
static unsigned read_frame(int fd, struct buf *ret_payload)
{
    uint8_t head[2], more[8];
    uint64_t len;
    size_t n_more;

    read_exactly(fd, head, 2);
    len = head[1];
    n_more = len == 126 ? 2 : len == 127 ? 8 : 0;
    if (n_more != 0) {
        read_exactly(fd, more, n_more);
        len = 0;
        for (size_t i = 0; i < n_more; i++)
            len = len << 8 | more[i];
    }
    ret_payload->len = 0;
    if (len != 0)
        read_exactly(fd, buf_reserve(ret_payload, len), len);
    ret_payload->len = len;
    *buf_reserve(ret_payload, 1) = '\0';
    return head[0];
}

static int open_client(struct server *sv, const char *path, int receive_bytes)
{
    int fd = dial(sv, receive_bytes);
    struct buf head = {0};

    ask(fd, path);
    read_to(fd, "\r\n\r\n", &head);
    buf_done(&head);
    return fd;
}

/* The version that the next message of a WebSocket shows. */
static unsigned next_version(int fd)
{
    struct buf got = {0};
    unsigned version = 0;

    assert_int_equal(read_frame(fd, &got), 0x81);
    assert_int_equal(got.data[1], '.');
    for (const char *p = got.data + 2; *p >= '0' && *p <= '9'; p++)
        version = version * 10 + (unsigned)(*p - '0');
    buf_done(&got);
    return version;
}

static void expect_event(int fd, const char *want)
{
    struct buf got = {0};

    read_to(fd, "\n\n", &got);
    assert_string_equal(got.data, want);
    buf_done(&got);
}

static void expect_end(int fd)
{
    char c;

    assert_int_equal(recv(fd, &c, 1, 0), 0);
    close(fd);
}

#endif
