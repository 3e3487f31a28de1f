#include "net/conn.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

static bool has_output(const struct conn *c)
{
    return c->out.len > c->out_at || c->tail.len != 0;
}

static bool output_full(const struct conn *c)
{
    return c->tail.len != 0 || c->out.len - c->out_at > OUT_HIGH;
}

static uint32_t time_limit_ms(const struct http_opts *o, enum due_kind kind)
{
    switch (kind) {
    case DUE_IDLE:
        return o->idle_timeout_ms;
    case DUE_HEADER:
        return o->header_timeout_ms;
    case DUE_BODY:
        return o->body_timeout_ms;
    case DUE_WRITE:
        return o->write_timeout_ms;
    default:
        return LINGER_MS;
    }
}

/* A connection that stays in its list keeps its deadline, so a slow request gains no
 * time by sending one more byte. */
static void set_due(struct conn *c, enum due_kind kind)
{
    struct http_server *s = c->server;

    if (c->due_kind == kind && !c->restart)
        return;
    due_remove(&c->due);
    due_add(&s->due[kind], &c->due,
            kind == DUE_NEVER ? UINT64_MAX
                              : server_now_ms(s) + time_limit_ms(&s->opts, kind));
    c->due_kind = kind;
    c->restart = false;
    c->taken = 0;
}

/* ---- taking requests ---- */

static int judge_head(struct conn *c)
{
    struct request *r = c->req;
    const struct http_opts *o = &c->server->opts;

    r->msg.max_body = o->max_body;
    if (o->on_head != NULL) {
        request_publish(r);
        r->msg.max_body = o->on_head(&r->pub, o->user);
    }
    return r->msg.length > r->msg.max_body ? ERR_TOO_LARGE : 0;
}

/* Answer Expect: 100-continue, unless the body is already arriving. */
static void tell_to_go_on(struct conn *c)
{
    const struct message *m = &c->req->msg;

    if (!m->expects_continue || c->in.len - c->in_at > m->head_len ||
        (!m->chunked && m->length == 0))
        return;
    if (c->out.data == NULL)
        c->out = server_take_buf(c->server);
    buf_text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
}

static void hand_over(struct conn *c)
{
    struct http_server *s = c->server;

    assert(c->state == CONN_READING && !c->req->handed_over);
    c->state = CONN_HANDLING;
    counter_add(&s->stats.requests, 1);
    request_publish(c->req);
    c->req->handed_over = true;
    s->opts.on_request(&c->req->pub, s->opts.user);
}

/* The head could be read, so the handler can answer in full why the body is refused. */
static void hand_over_too_large(struct conn *c)
{
    struct http_server *s = c->server;

    assert(c->state == CONN_READING && !c->req->handed_over);
    counter_add(&s->stats.malformed, 1);
    c->state = CONN_HANDLING;
    c->unread = true;
    c->req->msg.body_len = 0;
    c->req->close_after = true;
    request_publish(c->req);
    c->req->handed_over = true;
    s->opts.on_too_large(&c->req->pub, s->opts.user);
}

/* Read on in the bytes that came. false: nothing more to do for now. */
static bool advance(struct conn *c)
{
    size_t len = c->in.len - c->in_at;
    int rc;

    if (c->state != CONN_READING || c->closing || len == 0 || output_full(c))
        return false;
    if (c->req == NULL)
        c->req = request_take(c->server, c);
    rc = message_read(&c->req->msg, c->in.data + c->in_at, &len);
    c->in.len = c->in_at + len;
    if (rc == MESSAGE_HEAD) {
        rc = judge_head(c);
        if (rc == 0) {
            tell_to_go_on(c);
            return true;
        }
    }
    if (rc == ERR_TOO_LARGE && c->server->opts.on_too_large != NULL)
        hand_over_too_large(c);
    else if (rc < 0)
        conn_refuse(c, rc);
    else if (rc == MESSAGE_DONE)
        hand_over(c);
    return rc == MESSAGE_DONE && !c->dead;
}

/* ---- sending ---- */

static void drop_output(struct conn *c)
{
    server_give_buf(c->server, &c->out);
    server_give_buf(c->server, &c->tail_bytes);
    c->out_at = 0;
    c->tail = (struct str){NULL, 0};
}

static void output_taken(struct conn *c, size_t n)
{
    size_t from_out = c->out.len - c->out_at;

    assert(c->out_at <= c->out.len && n <= from_out + c->tail.len);
    c->taken += n;
    if (from_out > n)
        from_out = n;
    c->out_at += from_out;
    c->tail = str_skip(c->tail, n - from_out);
    if (!has_output(c))
        drop_output(c);
}

static ssize_t send_some(const struct conn *c)
{
    struct iovec parts[2] = {{c->out.data + c->out_at, c->out.len - c->out_at},
                             {(void *)c->tail.at, c->tail.len}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};

    if (c->tail.len == 0)
        return send(c->io.fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
    return sendmsg(c->io.fd, &m, MSG_NOSIGNAL);
}

static void flush(struct conn *c)
{
    while (has_output(c)) {
        size_t want = c->out.len - c->out_at + c->tail.len;
        ssize_t n = send_some(c);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            c->dead = c->dead || (errno != EAGAIN && errno != EWOULDBLOCK);
            return;
        }
        output_taken(c, (size_t)n);
        if ((size_t)n < want)
            return; /* full: wait until it is writable */
    }
}

/* ---- after each turn ---- */

static void watch(struct conn *c, int events)
{
    if (ev_is_active(&c->io) && (c->io.events & (EV_READ | EV_WRITE)) == events)
        return;
    ev_io_stop(c->server->ev, &c->io);
    ev_io_set(&c->io, c->io.fd, events);
    if (events != 0)
        ev_io_start(c->server->ev, &c->io);
}

/* If unread bytes from the client are left, close() makes the kernel send a reset,
 * which can overtake the answer. So shut down our side and wait for theirs. */
static void end(struct conn *c)
{
    bool unread = c->unread || c->in.len > c->in_at;

    assert(c->state != CONN_HANDLING); /* the handler has the request */
    if (!unread || c->eof) {
        c->dead = true;
        return;
    }
    shutdown(c->io.fd, SHUT_WR);
    c->state = CONN_LINGERING;
    if (c->req != NULL)
        request_free(c->req);
    c->req = NULL;
    server_give_buf(c->server, &c->in);
    c->in_at = 0;
    set_due(c, DUE_LINGER);
    watch(c, EV_READ);
}

static enum due_kind due_of(const struct conn *c)
{
    if (c->state == CONN_HANDLING)
        return DUE_NEVER;
    if (c->req == NULL)
        return DUE_IDLE;
    return c->req->msg.stage <= STAGE_FIELDS ? DUE_HEADER : DUE_BODY;
}

/* While the handler has a request its bytes may not move: read only while there is
 * room. */
static bool may_read(const struct conn *c)
{
    return !c->eof && (c->state != CONN_HANDLING || c->in.len < c->in.cap);
}

static void wait_for_more(struct conn *c)
{
    if (c->in.len == c->in_at && c->req == NULL) {
        server_give_buf(c->server, &c->in);
        c->in_at = 0;
    }
    set_due(c, due_of(c));
    watch(c, may_read(c) ? EV_READ : 0);
}

static void settle(struct conn *c)
{
    bool done = c->closing || c->eof || (c->server->draining && c->req == NULL);

    if (c->dead) {
        conn_free(c);
    } else if (has_output(c)) {
        set_due(c, DUE_WRITE);
        watch(c, EV_WRITE);
    } else if (c->state == CONN_READING && done) {
        end(c);
        if (c->dead)
            conn_free(c);
    } else if (c->state != CONN_LINGERING) {
        wait_for_more(c);
    }
}

void conn_drive(struct conn *c)
{
    if (c->driving)
        return; /* answered inside on_request(): the loop below continues */
    c->driving = true;
    do {
        while (advance(c))
            ;
        if (!c->dead)
            flush(c);
    } while (!c->dead && advance(c));
    c->driving = false;
    settle(c);
}

/* ---- reading ---- */

/* Make room for the next read at c->in.data + c->in.len; returns how much. */
static size_t make_room(struct conn *c)
{
    uint64_t want = READ_ROOM;

    if (c->state == CONN_HANDLING)
        return c->in.cap - c->in.len;
    if (c->in.data == NULL)
        c->in = server_take_buf(c->server);
    if (c->in.cap - c->in.len >= READ_ROOM_MIN)
        return c->in.cap - c->in.len;
    assert(c->in_at <= c->in.len);
    buf_consume(&c->in, c->in_at);
    c->in_at = 0;
    if (c->req != NULL && c->req->msg.stage == STAGE_BODY)
        want = c->req->msg.length;
    buf_reserve(&c->in, want < READ_STEP ? (size_t)want : READ_STEP);
    return c->in.cap - c->in.len;
}

static void on_readable(struct conn *c)
{
    size_t room = make_room(c);
    ssize_t n = recv(c->io.fd, c->in.data + c->in.len, room, 0);

    if (n > 0)
        c->in.len += (size_t)n;
    else if (n == 0)
        c->eof = true;
    else
        c->dead = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
}

static void discard(struct conn *c)
{
    ssize_t n = recv(c->io.fd, c->server->scratch, SCRATCH_BYTES, 0);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        c->dead = true;
}

static void on_event(struct ev_loop *ev, struct ev_io *w, int events)
{
    struct conn *c = w->data;

    (void)ev;
    if (c->state == CONN_LINGERING)
        discard(c);
    else if ((events & EV_READ) != 0)
        on_readable(c);
    conn_drive(c);
}

/* ---- beginning and end ---- */

struct conn *conn_new(struct http_server *s, int fd, struct str peer)
{
    struct conn *c = mem_zalloc(1, sizeof *c);

    assert(peer.len <= sizeof c->peer);
    counter_add(&s->stats.open, 1);
    c->server = s;
    c->due_kind = DUE_NEVER;
    memcpy(c->peer, peer.at, peer.len);
    c->peer_len = (uint8_t)peer.len;
    ev_io_init(&c->io, on_event, fd, 0);
    c->io.data = c;
    set_due(c, DUE_IDLE);
    watch(c, EV_READ);
    return c;
}

void conn_refuse(struct conn *c, int err)
{
    if (err == ERR_OVERLOADED)
        counter_add(&c->server->stats.refused, 1);
    else if (err == ERR_REQUEST_TIMEOUT)
        counter_add(&c->server->stats.timeouts, 1);
    else
        counter_add(&c->server->stats.malformed, 1);
    response_error(c, err);
    c->closing = true;
    c->unread = true;
}

void conn_overdue(struct conn *c)
{
    switch (c->due_kind) {
    case DUE_HEADER:
    case DUE_BODY:
        conn_refuse(c, ERR_REQUEST_TIMEOUT);
        break;
    case DUE_WRITE:
        if (c->taken >= PROGRESS_MIN) {
            c->restart = true;
            break;
        }
        counter_add(&c->server->stats.timeouts, 1);
        c->dead = true;
        break;
    case DUE_IDLE:
        counter_add(&c->server->stats.timeouts, 1);
        c->dead = true;
        break;
    default:
        c->dead = true;
    }
    conn_drive(c);
}

/* The handler still has the request: leave it the bytes it points into. */
static void make_orphan(struct conn *c)
{
    struct request *r = c->req;

    assert(r->handed_over && r->conn == c);
    r->conn = NULL;
    r->bytes = c->in;
    c->in = (struct buf){0};
    memcpy(r->peer, c->peer, c->peer_len);
    r->pub.peer.at = r->peer;
    c->req = NULL;
}

void conn_free(struct conn *c)
{
    struct http_server *s = c->server;

    if (c->driving) {
        c->dead = true;
        return;
    }
    ev_io_stop(s->ev, &c->io);
    due_remove(&c->due);
    if (c->io.fd >= 0)
        close(c->io.fd);
    if (c->req != NULL && c->state == CONN_HANDLING)
        make_orphan(c);
    else if (c->req != NULL)
        request_free(c->req);
    drop_output(c);
    server_give_buf(s, &c->in);
    share_leave(&s->shares, c->share);
    server_conn_gone(s, c);
    mem_free(c);
}
