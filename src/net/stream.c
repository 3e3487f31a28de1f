#include "net/stream.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/conn.h"

struct stream {
    struct ev_io io;
    struct due due;    /* in slow_streams, while it is busy or closing */
    struct due member; /* in the server's list of streams */
    struct http_server *server;
    struct share *share; /* the one of its address */
    const struct stream_ops *ops;
    void *user;

    struct frame *frame; /* being sent */
    size_t frame_at;
    struct buf control; /* sent after the frame */
    struct buf rest;    /* from the peer, not used yet */

    uint32_t write_timeout_ms;
    bool closing;
    bool shut; /* our side is shut down */
    bool dead; /* to be ended on the next turn */
};

/* ---- sending ---- */

static bool pending(const struct stream *s)
{
    return s->frame != NULL || s->control.len != 0;
}

bool stream_busy(const struct stream *s)
{
    return pending(s);
}

/* End later: the owner may be calling, and on_close() must not come inside its call. */
static void die(struct stream *s)
{
    s->dead = true;
    ev_feed_event(s->server->ev, &s->io, EV_CUSTOM);
}

/* Returns how many bytes the socket took. If the socket fails, the stream dies. */
static size_t put(struct stream *s, const char *data, size_t len)
{
    ssize_t n;

    do
        n = send(s->io.fd, data, len, MSG_NOSIGNAL | MSG_EOR);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return (size_t)n;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        die(s);
    return 0;
}

static size_t put_frame(struct stream *s)
{
    size_t n = put(s, s->frame->data + s->frame_at, s->frame->len - s->frame_at);

    s->frame_at += n;
    assert(s->frame_at <= s->frame->len);
    if (s->frame_at == s->frame->len)
        s->frame = frame_unref(s->frame);
    return n;
}

static size_t put_control(struct stream *s)
{
    size_t n = put(s, s->control.data, s->control.len);

    buf_consume(&s->control, n);
    if (s->control.len == 0)
        buf_done(&s->control);
    return n;
}

static void watch(struct stream *s)
{
    int events = EV_READ | (pending(s) ? EV_WRITE : 0);

    if (ev_is_active(&s->io) && (s->io.events & (EV_READ | EV_WRITE)) == events)
        return;
    ev_io_stop(s->server->ev, &s->io);
    ev_io_set(&s->io, s->io.fd, events);
    ev_io_start(s->server->ev, &s->io);
}

static void set_due(struct stream *s, uint32_t in_ms)
{
    due_remove(&s->due);
    due_add(&s->server->slow_streams, &s->due, server_now_ms(s->server) + in_ms);
}

static void shut(struct stream *s)
{
    assert(s->closing && !s->shut);
    shutdown(s->io.fd, SHUT_WR);
    s->shut = true;
}

/* After sending: set the deadline, and watch for what can happen next. Nothing prolongs
 * the deadline of a closing stream. */
static void judge_output(struct stream *s, bool progress)
{
    if (s->dead)
        return;
    if (s->closing) {
        if (!pending(s) && !s->shut)
            shut(s);
    } else if (!pending(s)) {
        due_remove(&s->due);
    } else if (progress || s->due.next == NULL) {
        set_due(s, s->write_timeout_ms);
    }
    watch(s);
}

static void flush(struct stream *s)
{
    size_t n = 0;

    if (s->frame != NULL)
        n += put_frame(s);
    if (s->frame == NULL && s->control.len != 0)
        n += put_control(s);
    judge_output(s, n > 0);
}

bool stream_send(struct stream *s, struct frame *f)
{
    size_t n;

    if (s->closing || s->dead || pending(s))
        return false;
    n = put(s, f->data, f->len);
    if (n == f->len)
        return true;
    assert(s->frame == NULL);
    s->frame = frame_ref(f);
    s->frame_at = n;
    judge_output(s, true);
    return true;
}

void stream_control(struct stream *s, const void *data, size_t len)
{
    size_t n = 0;

    if (s->closing || s->dead || s->control.len + len > STREAM_CONTROL_MAX)
        return;
    if (!pending(s))
        n = put(s, data, len);
    if (n == len)
        return;
    buf_add(&s->control, (const char *)data + n, len - n);
    judge_output(s, false);
}

/* Give the peer a second to read what was sent last and to close its side, so that no
 * reset overtakes it. */
void stream_close(struct stream *s)
{
    if (s->closing || s->dead)
        return;
    s->closing = true;
    set_due(s, STREAM_CLOSE_MS);
    judge_output(s, false);
}

/* ---- receiving ---- */

static void keep(struct stream *s, const char *data, size_t len)
{
    if (len > s->ops->max_read)
        s->dead = true;
    else
        buf_add(&s->rest, data, len);
}

static void deliver_rest(struct stream *s)
{
    long used = s->ops->on_data(s->user, s->rest.data, s->rest.len);

    if (used < 0) {
        s->dead = true;
        return;
    }
    assert((size_t)used <= s->rest.len);
    buf_consume(&s->rest, (size_t)used);
    if (s->rest.len == 0)
        buf_done(&s->rest);
    else if (s->rest.len > s->ops->max_read)
        s->dead = true;
}

static void deliver(struct stream *s, const char *data, size_t len)
{
    long used;

    if (s->closing || s->ops->on_data == NULL)
        return;
    if (s->rest.len != 0) {
        buf_add(&s->rest, data, len);
        deliver_rest(s);
        return;
    }
    used = s->ops->on_data(s->user, data, len);
    if (used < 0)
        s->dead = true;
    else if ((size_t)used < len)
        keep(s, data + used, len - (size_t)used);
}

static void on_readable(struct stream *s)
{
    char *to = s->server->scratch;
    ssize_t n = recv(s->io.fd, to, SCRATCH_BYTES, 0);

    if (n > 0)
        deliver(s, to, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        s->dead = true;
}

/* ---- life ---- */

static void end(struct stream *s)
{
    struct http_server *server = s->server;

    assert(s->io.fd >= 0);
    ev_io_stop(server->ev, &s->io);
    due_remove(&s->due);
    due_remove(&s->member);
    share_leave(&server->shares, s->share);
    counter_sub(&server->stats.streams, 1);
    s->closing = true;
    s->ops->on_close(s->user);
    close(s->io.fd);
    frame_unref(s->frame);
    buf_done(&s->control);
    buf_done(&s->rest);
    mem_free(s);
}

static void on_event(struct ev_loop *ev, struct ev_io *w, int events)
{
    struct stream *s = w->data;
    bool was_pending = pending(s);

    (void)ev;
    if ((events & EV_CUSTOM) != 0 && s->rest.len != 0 && !s->closing && !s->dead)
        deliver_rest(s);
    if ((events & EV_WRITE) != 0 && !s->dead)
        flush(s);
    if ((events & EV_READ) != 0 && !s->dead)
        on_readable(s);
    if (was_pending && !pending(s) && !s->closing && !s->dead &&
        s->ops->on_writable != NULL)
        s->ops->on_writable(s->user);
    if (s->dead)
        end(s);
}

/* Move the connection's socket and bytes into the stream. */
static void move_in(struct stream *s, struct conn *c, struct str head)
{
    size_t used = c->in_at + message_used(&c->req->msg);

    if (c->out.len != 0)
        buf_add(&s->control, c->out.data + c->out_at, c->out.len - c->out_at);
    buf_str_add(&s->control, head);
    if (s->ops->on_data != NULL)
        buf_add(&s->rest, c->in.data + used, c->in.len - used);
    assert(c->io.fd >= 0); /* the stream owns it from here on */
    ev_io_stop(c->server->ev, &c->io);
    ev_io_init(&s->io, on_event, c->io.fd, 0);
    s->io.data = s;
    c->io.fd = -1;
}

/* For a client behind a proxy, the address is known only now. */
static void move_share(struct stream *s, struct conn *c, uint64_t address)
{
    s->share = c->share;
    c->share = NULL;
    if (address == 0)
        return;
    share_leave(&s->server->shares, s->share);
    s->share = share_join(&s->server->shares, address);
}

/* By default the kernel would queue some 4 MiB for a slow reader. */
static void bound_socket(int fd)
{
    static const int send_bytes = STREAM_SEND_BYTES, unsent_bytes = 1;

    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof send_bytes);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes, sizeof unsent_bytes);
}

static void leave_http(struct request *r, struct conn *c)
{
    c->req = NULL;
    request_free(r);
    conn_free(c);
}

struct stream *http_take_over(struct http_req *req, struct str head,
                              const struct stream_ops *ops, void *user,
                              uint32_t write_timeout_ms)
{
    struct request *r = request_of(req);
    struct conn *c = r->conn;
    struct stream *s;

    assert(r->handed_over);
    if (c == NULL) {
        request_free(r);
        return NULL;
    }
    s = mem_zalloc(1, sizeof *s);
    s->server = c->server;
    s->ops = ops;
    s->user = user;
    s->write_timeout_ms = write_timeout_ms;
    move_in(s, c, head);
    move_share(s, c, req->address);
    bound_socket(s->io.fd);
    /* The kernel gives up as soon on a peer that has vanished. */
    setsockopt(s->io.fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &write_timeout_ms,
               sizeof write_timeout_ms);
    due_add(&s->server->streams, &s->member, 0);
    counter_add(&s->server->stats.streams, 1);
    leave_http(r, c);
    flush(s);
    if (s->rest.len != 0)
        ev_feed_event(s->server->ev, &s->io, EV_CUSTOM);
    return s;
}

/* ---- all streams of a server ---- */

static struct stream *first_stream(struct http_server *s)
{
    struct due *d = due_first(&s->streams);

    return d != NULL ? (struct stream *)((char *)d - offsetof(struct stream, member))
                     : NULL;
}

bool stream_end_one(struct http_server *server, const struct share *share)
{
    const struct due *list = &server->streams;

    for (struct due *d = list->next; d != list; d = d->next) {
        struct stream *s =
            (struct stream *)((char *)d - offsetof(struct stream, member));

        if (s->share == share) {
            end(s);
            return true;
        }
    }
    return false;
}

void stream_sweep(struct http_server *s, uint64_t now_ms)
{
    struct due *d;

    while ((d = due_now(&s->slow_streams, now_ms)) != NULL) {
        struct stream *slow =
            (struct stream *)((char *)d - offsetof(struct stream, due));

        if (!slow->closing) /* a closing one only used up its second */
            counter_add(&s->stats.slow, 1);
        end(slow);
    }
}

void stream_end_all(struct http_server *server)
{
    struct stream *s;

    while ((s = first_stream(server)) != NULL)
        end(s);
}
