/* server.c — one loop's HTTP server: accepts connections, pools buffers, closes overdue
 * connections, and drains at the end (http.h, conn.h).
 */
#include <assert.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/conn.h"

enum {
    ACCEPT_BATCH = 256, /* then the loop's other events have their turn */
    SWEEP_MIN_MS = 10,
    SWEEP_MAX_MS = 250
};

/* ---- pools ---- */

struct buf server_take_buf(struct http_server *s)
{
    struct buf b = {0};

    if (s->n_spare_bufs > 0)
        return s->spare_bufs[--s->n_spare_bufs];
    buf_reserve(&b, READ_ROOM);
    return b;
}

void server_give_buf(struct http_server *s, struct buf *b)
{
    if (b->data == NULL)
        return;
    if (s->n_spare_bufs == SPARE_BUFS || b->cap > SPARE_BUF_CAP || b->cap < READ_ROOM) {
        buf_done(b);
        return;
    }
    b->len = 0;
    s->spare_bufs[s->n_spare_bufs++] = *b;
    *b = (struct buf){0};
}

/* ---- the date of answers ---- */

static void format_date(char *to, size_t size, int64_t ms)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    snprintf(to, size, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
             tm.tm_mday, months[tm.tm_mon], (tm.tm_year + 1900) % 10000, tm.tm_hour,
             tm.tm_min, tm.tm_sec);
}

const char *server_date(struct http_server *s)
{
    uint64_t mono_ms = loop_mono_ms(s->opts.loop);

    if (mono_ms >= s->date_until_ms) {
        int64_t now_ms = clock_now_ms(&clock_system);

        format_date(s->date, sizeof s->date, now_ms);
        s->date_until_ms = mono_ms + 1000 - (uint64_t)(now_ms % 1000);
    }
    return s->date;
}

/* ---- taking connections ---- */

static struct conn *conn_of(struct due *d)
{
    return (struct conn *)((char *)d - offsetof(struct conn, due));
}

/* Write the address as text; an IPv4 address mapped into IPv6 as IPv4. */
static size_t peer_text(const struct sockaddr_storage *from, char text[64])
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    const void *bytes = &v4->sin_addr;
    int family = AF_INET;

    if (from->ss_family == AF_INET6) {
        bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);

        bytes = mapped ? v6->sin6_addr.s6_addr + 12 : v6->sin6_addr.s6_addr;
        family = mapped ? AF_INET : AF_INET6;
    }
    if (inet_ntop(family, bytes, text, 64) == NULL)
        return 0; /* untested: cannot happen with these families */
    return strlen(text);
}

/* Refuse without keeping state: send 503, and discard what has arrived so that no reset
 * overtakes it. A client that sends more later may miss the answer. */
static void refuse_shortly(struct http_server *s, int fd)
{
    struct buf answer = server_take_buf(s);

    counter_add(&s->stats.refused, 1);
    response_refusal(s, &answer);
    (void)!send(fd, answer.data, answer.len, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    (void)!recv(fd, s->scratch, SCRATCH_BYTES, 0);
    close(fd);
    server_give_buf(s, &answer);
}

/* Refuse a connection beyond max_conns. A few of them may linger until they have read
 * why. */
static void turn_away(struct http_server *s, int fd, struct str peer)
{
    struct conn *c;

    if (s->n_refused >= REFUSED_MAX) {
        refuse_shortly(s, fd);
        return;
    }
    c = conn_new(s, fd, peer);
    c->refused = true;
    s->n_refused++;
    conn_refuse(c, ERR_OVERLOADED);
    conn_drive(c);
}

static bool is_full(const struct http_server *s)
{
    return counter_get(&s->stats.open) + counter_get(&s->stats.streams) >=
           s->opts.max_conns + s->n_refused;
}

static bool end_one_in(struct http_server *s, enum due_kind kind,
                       const struct share *share)
{
    const struct due *list = &s->due[kind];

    for (struct due *d = list->next; d != list; d = d->next) {
        if (conn_of(d)->share == share) {
            conn_free(conn_of(d));
            return true;
        }
    }
    return false;
}

/* End a connection of the address that has too many, first those that do the least. */
static bool make_room_for(struct http_server *s, uint64_t address)
{
    const struct share *share = shares_displaced_by(&s->shares, address);

    if (share == NULL ||
        !(end_one_in(s, DUE_IDLE, share) || stream_end_one(s, share) ||
          end_one_in(s, DUE_HEADER, share) || end_one_in(s, DUE_BODY, share) ||
          end_one_in(s, DUE_WRITE, share)))
        return false;
    counter_add(&s->stats.refused, 1);
    return true;
}

static void take_in(struct http_server *s, int fd, const struct sockaddr_storage *from)
{
    char text[64];
    struct str peer = {text, peer_text(from, text)};
    uint64_t address =
        s->opts.address_of != NULL ? s->opts.address_of(peer, s->opts.user) : 0;

    counter_add(&s->stats.accepted, 1);
    if (is_full(s) && !make_room_for(s, address))
        turn_away(s, fd, peer);
    else
        conn_new(s, fd, peer)->share = share_join(&s->shares, address);
}

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* No descriptor is left: close the reserve, and use it to refuse the next client.
 * false: somebody else got the descriptor, so we cannot even refuse. */
static bool refuse_one(struct http_server *s, int listen_fd)
{
    int fd;

    if (s->reserve_fd < 0)
        return false;
    close(s->reserve_fd);
    fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
        refuse_shortly(s, fd);
    s->reserve_fd = open_reserve();
    return fd >= 0;
}

static void pause_accepting(struct http_server *s)
{
    for (struct listener *l = s->listeners; l != NULL; l = l->next)
        ev_io_stop(s->ev, &l->io);
    s->paused = true;
}

static void resume_accepting(struct http_server *s)
{
    s->paused = false;
    if (s->reserve_fd < 0)
        s->reserve_fd = open_reserve();
    for (struct listener *l = s->listeners; l != NULL; l = l->next)
        ev_io_start(s->ev, &l->io);
}

/* Accept one connection. false: stop for now. */
static bool accept_one(struct http_server *s, int listen_fd)
{
    struct sockaddr_storage from = {.ss_family = AF_INET};
    socklen_t len = sizeof from;
    int fd = accept4(listen_fd, (struct sockaddr *)&from, &len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
        take_in(s, fd, &from);
        return true;
    }
    switch (errno) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
        if (refuse_one(s, listen_fd))
            return true;
        break;
    case ENOBUFS:
    case ENOMEM:
    case EBADF:
    case EINVAL:
        break;
    default: /* the connection failed before it was accepted: try the next */
        return true;
    }
    pause_accepting(s); /* the loop would spin: the socket stays readable */
    return false;
}

static void on_acceptable(struct ev_loop *ev, struct ev_io *w, int events)
{
    struct listener *l = w->data;

    (void)ev;
    (void)events;
    for (int i = 0; i < ACCEPT_BATCH && accept_one(l->server, w->fd); i++)
        ;
}

void http_listen(struct http_server *s, int listen_fd)
{
    struct listener *l = mem_zalloc(1, sizeof *l);
    int on = 1;

    /* Connections inherit this, so that answers leave at once. */
    setsockopt(listen_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    l->server = s;
    l->next = s->listeners;
    s->listeners = l;
    ev_io_init(&l->io, on_acceptable, listen_fd, EV_READ);
    l->io.data = l;
    ev_io_start(s->ev, &l->io);
}

static void drop_listeners(struct http_server *s)
{
    while (s->listeners != NULL) {
        struct listener *l = s->listeners;

        s->listeners = l->next;
        ev_io_stop(s->ev, &l->io);
        mem_free(l);
    }
}

/* ---- time ---- */

uint64_t server_now_ms(const struct http_server *s)
{
    return s->opts.now_ms != NULL ? s->opts.now_ms(s->opts.user)
                                  : loop_mono_ms(s->opts.loop);
}

static void on_sweep(struct ev_loop *ev, struct ev_timer *w, int events)
{
    struct http_server *s = w->data;
    uint64_t now_ms = server_now_ms(s);
    struct due *d;

    (void)ev;
    (void)events;
    for (int kind = 0; kind < DUE_NEVER; kind++)
        while ((d = due_now(&s->due[kind], now_ms)) != NULL)
            conn_overdue(conn_of(d));
    stream_sweep(s, now_ms);
    if (s->paused)
        resume_accepting(s);
}

/* Often enough that even the shortest time limit is exceeded by a quarter at most. */
static uint32_t sweep_period_ms(const struct http_opts *o)
{
    const uint32_t limits[] = {o->header_timeout_ms, o->body_timeout_ms,
                               o->idle_timeout_ms, o->write_timeout_ms};
    uint32_t ms = SWEEP_MAX_MS;

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i] / 4 < ms)
            ms = limits[i] / 4;
    return ms > SWEEP_MIN_MS ? ms : SWEEP_MIN_MS;
}

/* ---- draining ---- */

/* Run before the loop next sleeps, not inside a connection: on_drained() may free s. */
static void on_drained(struct ev_loop *ev, struct ev_prepare *w, int events)
{
    struct http_server *s = w->data;

    (void)events;
    ev_prepare_stop(ev, w);
    if (s->on_drained != NULL)
        s->on_drained(s->drained_user);
}

static void judge_drained(struct http_server *s)
{
    if (s->draining && counter_get(&s->stats.open) == 0)
        ev_prepare_start(s->ev, &s->drained);
}

void server_conn_gone(struct http_server *s, const struct conn *c)
{
    counter_sub(&s->stats.open, 1);
    if (c->refused)
        s->n_refused--;
    judge_drained(s);
}

/* Look once more: a client may have sent something that we have not read yet. */
static void drain_idle(struct http_server *s)
{
    struct due idle;
    struct due *d;

    due_init(&idle);
    while ((d = due_first(&s->due[DUE_IDLE])) != NULL) {
        due_remove(d);
        due_add(&idle, d, d->at_ms);
    }
    while ((d = due_first(&idle)) != NULL)
        ev_invoke(s->ev, &conn_of(d)->io, EV_READ);
}

void http_drain(struct http_server *s, void (*done)(void *user), void *user)
{
    s->on_drained = done;
    s->drained_user = user;
    s->draining = true;
    s->paused = false;
    drop_listeners(s);
    drain_idle(s);
    judge_drained(s);
}

/* ---- beginning and end ---- */

static int make_id_prefix(char to[8])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char random[4];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return ERR_UNAVAILABLE;
    for (int i = 0; i < 8; i++)
        to[i] = hex[(random[i / 2] >> (i % 2 * 4)) & 15];
    return 0;
}

int http_server_new(const struct http_opts *opts, struct http_server **ret_server)
{
    struct http_server *s = mem_zalloc(1, sizeof *s);
    double period = sweep_period_ms(opts) / 1000.0;

    assert(opts->loop != NULL && opts->on_request != NULL && opts->on_error != NULL);
    s->opts = *opts;
    s->ev = loop_ev(opts->loop);
    s->reserve_fd = open_reserve();
    if (s->reserve_fd < 0 || make_id_prefix(s->id_prefix) != 0) {
        if (s->reserve_fd >= 0)
            close(s->reserve_fd);
        mem_free(s);
        return ERR_UNAVAILABLE;
    }
    for (int kind = 0; kind < DUE__KINDS; kind++)
        due_init(&s->due[kind]);
    due_init(&s->streams);
    shares_init(&s->shares, opts->max_conns);
    due_init(&s->slow_streams);
    ev_timer_init(&s->sweep, on_sweep, period, period);
    s->sweep.data = s;
    ev_timer_start(s->ev, &s->sweep);
    ev_prepare_init(&s->drained, on_drained);
    s->drained.data = s;
    *ret_server = s;
    return 0;
}

static void drop_stores(struct http_server *s)
{
    while (s->n_spare_bufs > 0)
        buf_done(&s->spare_bufs[--s->n_spare_bufs]);
    while (s->spare_requests != NULL) {
        struct request *r = s->spare_requests;

        s->spare_requests = r->next_spare;
        buf_done(&r->out);
        buf_done(&r->headers);
        mem_free(r);
    }
}

struct http_server *http_server_free(struct http_server *s)
{
    struct due *d;

    if (s == NULL)
        return NULL;
    s->draining = false;
    drop_listeners(s);
    for (int kind = 0; kind < DUE__KINDS; kind++)
        while ((d = due_first(&s->due[kind])) != NULL)
            conn_free(conn_of(d));
    stream_end_all(s);
    ev_timer_stop(s->ev, &s->sweep);
    ev_prepare_stop(s->ev, &s->drained);
    drop_stores(s);
    if (s->reserve_fd >= 0)
        close(s->reserve_fd);
    mem_free(s);
    return NULL;
}

struct http_stats http_stats(const struct http_server *s)
{
    return (struct http_stats){
        .accepted = counter_get(&s->stats.accepted),
        .refused = counter_get(&s->stats.refused),
        .requests = counter_get(&s->stats.requests),
        .malformed = counter_get(&s->stats.malformed),
        .timeouts = counter_get(&s->stats.timeouts),
        .slow = counter_get(&s->stats.slow),
        .open = counter_get(&s->stats.open),
        .streams = counter_get(&s->stats.streams),
    };
}
