/* http_rig.h — a server on a loop of its own, and a client with plain sockets, for the
 * tests of net/. Nothing here sleeps: whatever is waited for has a limit.
 *
 * The server's time is the test's: it passes when a test says so, and no time limit
 * runs out because the machine is slow. */
#ifndef TEST_LIB_HTTP_RIG_H
#define TEST_LIB_HTTP_RIG_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/listen.h"
#include "tbl/limits.h"

enum { RIG_LIMIT_MS = 20000 };

struct rig {
    struct http_opts opts; /* may be changed before rig_start() */
    struct loop *loop;
    struct http_server *server;
    int listen_fd;
    uint16_t port;
    int send_buffer;       /* of the server's sockets; 0: the system's */
    struct http_req *held; /* loop's thread */
    void *test;            /* a test file's own */
};

/* ---- something to run on the loop's thread ---- */

struct rig_call {
    struct mail mail;
    void (*run)(struct rig *rig, void *user);
    struct rig *rig;
    void *user;
    sem_t done;
};

static void rig_open_call(struct mail *m)
{
    struct rig_call *c = (struct rig_call *)m;

    c->run(c->rig, c->user);
    sem_post(&c->done);
}

static void rig_on_loop(struct rig *rig, void (*run)(struct rig *, void *), void *user)
{
    struct rig_call c = {
        .mail = {.on_home = rig_open_call}, .run = run, .rig = rig, .user = user};

    sem_init(&c.done, 0, 0);
    mailbox_force(loop_inbox(rig->loop), &c.mail);
    while (sem_wait(&c.done) != 0)
        ;
    sem_destroy(&c.done);
}

static void rig_copy_stats(struct rig *rig, void *user)
{
    *(struct http_stats *)user = http_stats(rig->server);
}

static inline struct http_stats rig_stats(struct rig *rig)
{
    struct http_stats s;

    rig_on_loop(rig, rig_copy_stats, &s);
    return s;
}

/* Wait until a condition on the server's counters holds. */
static inline void rig_await(struct rig *rig, const char *why,
                             bool (*holds)(const struct http_stats *s))
{
    uint64_t until = clock_mono_ms() + RIG_LIMIT_MS;
    struct http_stats s = rig_stats(rig);

    while (!holds(&s) && clock_mono_ms() < until) {
        poll(NULL, 0, 2);
        s = rig_stats(rig);
    }
    if (!holds(&s))
        fail_msg("waited in vain: %s", why);
}

static inline bool rig_none_open(const struct http_stats *s)
{
    return s->open == 0;
}

/* ---- time ---- */

static atomic_uint_least64_t rig_passed_ms;

static uint64_t rig_now_ms(void *user)
{
    (void)user;
    return 1 + atomic_load(&rig_passed_ms);
}

static inline void rig_pass_ms(uint32_t ms)
{
    atomic_fetch_add(&rig_passed_ms, ms);
}

/* ---- a request that its handler keeps for later: rig->held ---- */

static void rig_see_held(struct rig *rig, void *user)
{
    *(bool *)user = rig->held != NULL;
}

static inline void rig_await_held(struct rig *rig)
{
    uint64_t until = clock_mono_ms() + RIG_LIMIT_MS;
    bool held = false;

    while (!held && clock_mono_ms() < until)
        rig_on_loop(rig, rig_see_held, &held);
    assert_true(held);
}

/* ---- life ---- */

static void rig_on_error(int err, struct str id, struct buf *out, void *user)
{
    (void)user;
    buf_printf(out, "{\"code\":\"%s\",\"id\":\"%.*s\"}", err_code(err), (int)id.len,
               id.at);
}

static inline void rig_init(struct rig *rig,
                            void (*on_request)(struct http_req *req, void *user))
{
    *rig = (struct rig){0};
    atomic_store(&rig_passed_ms, 0);
    rig->opts = (struct http_opts){.max_conns = 1000,
                                   .max_body = LIMIT_BODY_BYTES,
                                   .header_timeout_ms = RIG_LIMIT_MS,
                                   .body_timeout_ms = RIG_LIMIT_MS,
                                   .idle_timeout_ms = RIG_LIMIT_MS,
                                   .write_timeout_ms = RIG_LIMIT_MS,
                                   .now_ms = rig_now_ms,
                                   .on_request = on_request,
                                   .on_error = rig_on_error,
                                   .user = rig};
}

static inline void rig_start(struct rig *rig)
{
    char errmsg[LISTEN_ERRMSG_BYTES];

    assert_int_equal(
        listen_open("127.0.0.1", 0, 1, &rig->listen_fd, &rig->port, errmsg), 0);
    if (rig->send_buffer != 0)
        setsockopt(rig->listen_fd, SOL_SOCKET, SO_SNDBUF, &rig->send_buffer,
                   sizeof rig->send_buffer);
    assert_int_equal(loop_new(0, &rig->loop), 0);
    rig->opts.loop = rig->loop;
    assert_int_equal(http_server_new(&rig->opts, &rig->server), 0);
    http_listen(rig->server, rig->listen_fd);
    assert_int_equal(loop_start(rig->loop), 0);
}

static inline void rig_stop(struct rig *rig)
{
    loop_stop(rig->loop);
    loop_join(rig->loop);
    rig->server = http_server_free(rig->server);
    rig->loop = loop_free(rig->loop);
    listen_close(&rig->listen_fd, 1);
}

/* ---- a client ---- */

struct client {
    int fd;
    struct buf in; /* received, not taken yet */
    bool eof;
};

/* One that has its descriptor, and is not connected yet.
 * receive_buffer: 0 for the system's. */
static inline struct client client_new(int receive_buffer)
{
    struct timeval limit = {RIG_LIMIT_MS / 1000, 0};
    struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};

    assert_true(c.fd >= 0);
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_buffer != 0)
        setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    return c;
}

static inline void client_connect(struct client *c, const struct rig *rig)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(rig->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof to), 0);
}

static inline struct client client_open(const struct rig *rig, int receive_buffer)
{
    struct client c = client_new(receive_buffer);

    client_connect(&c, rig);
    return c;
}

static inline void client_close(struct client *c)
{
    close(c->fd);
    buf_done(&c->in);
}

/* Go without a word: the server gets a reset. */
static inline void client_vanish(struct client *c)
{
    struct linger now = {1, 0};

    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    client_close(c);
}

static inline void client_send(struct client *c, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = send(c->fd, at, len, MSG_NOSIGNAL);

        if (n < 0)
            return; /* the server has closed; what it said is for the reader */
        at += n;
        len -= (size_t)n;
    }
}

static inline void client_say(struct client *c, const char *text)
{
    client_send(c, text, strlen(text));
}

/* Receive some more. false: there is no more. */
static inline bool client_receive(struct client *c)
{
    ssize_t n = recv(c->fd, buf_reserve(&c->in, 65536), 65536, 0);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("nothing came for %d ms", RIG_LIMIT_MS);
    if (n <= 0) {
        c->eof = true;
        return false;
    }
    c->in.len += (size_t)n;
    return true;
}

/* An answer: its head and its body, which end with the next call. */
struct answer {
    int status; /* 0: the connection ended before it */
    struct buf head, body;
};

static inline void answer_done(struct answer *a)
{
    buf_done(&a->head);
    buf_done(&a->body);
}

/* The value of a header of the answer, terminated; NULL when there is none. */
static inline const char *answer_header(struct answer *a, const char *name)
{
    static _Thread_local char value[512];
    char wanted[64];
    const char *at, *end;

    snprintf(wanted, sizeof wanted, "\r\n%s: ", name);
    at = strcasestr(a->head.data, wanted);
    if (at == NULL)
        return NULL;
    at += strlen(wanted);
    end = strstr(at, "\r\n");
    snprintf(value, sizeof value, "%.*s", (int)(end - at), at);
    return value;
}

static inline size_t client_head_len(struct client *c)
{
    const char *end;

    for (;;) {
        end = c->in.len != 0 ? memmem(c->in.data, c->in.len, "\r\n\r\n", 4) : NULL;
        if (end != NULL)
            return (size_t)(end - c->in.data) + 4;
        if (!client_receive(c))
            return 0;
    }
}

static inline size_t answer_body_len(struct answer *a, bool head)
{
    const char *text = answer_header(a, "Content-Length");
    uint64_t n = 0;

    if (head || text == NULL)
        return 0;
    assert_int_equal(str_to_u64(str_of(text), SIZE_MAX, &n), 0);
    return (size_t)n;
}

static inline bool like_a_date(const char *s)
{
    return s != NULL && strlen(s) == 29 && strcmp(s + 25, " GMT") == 0 && s[3] == ',' &&
           s[19] == ':' && s[22] == ':';
}

/* The next answer; head: to HEAD, which has no body. */
static inline struct answer client_answer(struct client *c, bool head)
{
    struct answer a = {0};
    size_t len = client_head_len(c), body_len;

    if (len == 0)
        return a;
    buf_add(&a.head, c->in.data, len);
    buf_char(&a.head, '\0');
    buf_consume(&c->in, len);
    assert_memory_equal(a.head.data, "HTTP/1.1 ", 9);
    for (int i = 9; i < 12; i++)
        a.status = a.status * 10 + (a.head.data[i] - '0');
    body_len = answer_body_len(&a, head);
    while (c->in.len < body_len && client_receive(c))
        ;
    assert_true(c->in.len >= body_len);
    buf_add(&a.body, c->in.data, body_len);
    buf_char(&a.body, '\0');
    buf_consume(&c->in, body_len);
    return a;
}

static inline void client_expect(struct client *c, const char *why, int status,
                                 const char *body)
{
    struct answer a = client_answer(c, false);

    if (a.status != status)
        fail_msg("%s: %d, not %d", why, a.status, status);
    if (body != NULL && strcmp(a.body.data, body) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", why, a.body.data, body);
    answer_done(&a);
}

/* Nothing more comes, and the end does: not as a reset, which may eat an answer. */
static inline void client_expect_end(struct client *c, const char *why)
{
    char byte;
    ssize_t n;

    if (c->in.len != 0)
        fail_msg("%s: more came: %.*s", why, (int)c->in.len, c->in.data);
    n = recv(c->fd, &byte, 1, 0);
    if (n != 0)
        fail_msg("%s: %s", why, n > 0 ? "more came" : strerror(errno));
}

#endif
