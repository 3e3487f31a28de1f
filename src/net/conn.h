/* conn.h — what the files behind http.h and stream.h share. For them only.
 *
 * DESIGN
 *
 *   server.c   accepts, sweeps what is due, drains, ends
 *   conn.c     a connection: reads, takes requests out of what came, sends, closes
 *   request.c  what a handler asks a request
 *   response.c what a handler answers; what is answered to the unreadable
 *   stream.c   a connection after http_take_over()
 *
 * An idle connection is a struct conn and nothing else: buffers and requests come from
 * small stores of the server and go back as soon as they are empty. Most requests are
 * answered inside of on_request(), so a handful of them, warm in the cache, serves all
 * connections.
 *
 * Every connection is in exactly one of the server's lists of dues (due.h). A sweep
 * some times a second ends those that are overdue.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <ev.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/metric.h"
#include "net/due.h"
#include "net/http.h"
#include "net/message.h"
#include "net/shares.h"

enum {
    READ_ROOM = 4096, /* a connection's first read buffer, and all a slow one gets */
    READ_ROOM_MIN = 1024, /* with less room than that a buffer grows before a read */
    READ_STEP = 65536,    /* at most that much at once */
    OUT_HIGH = 65536,     /* with more than that to send no further request is taken */
    TAIL_MIN = 16384,     /* a body of that size is sent from where it is, not copied */
    PROGRESS_MIN = 16384, /* who takes less in a write timeout takes nothing */
    SPARE_BUFS = 1024,    /* kept by a server */
    SPARE_BUF_CAP = 16384, /* larger ones are not kept */
    SPARE_REQUESTS = 1024,
    LINGER_MS = 2000, /* for a client to read why it was refused */
    REFUSED_MAX = 32, /* at once beyond max_conns that are waited for */
    STREAM_CLOSE_MS = 1000,
    SCRATCH_BYTES = 16384
};

enum due_kind {
    DUE_IDLE,
    DUE_HEADER,
    DUE_BODY,
    DUE_WRITE,
    DUE_LINGER,
    DUE_NEVER, /* the handler's turn */
    DUE__KINDS
};

enum conn_state {
    CONN_READING,
    CONN_HANDLING, /* a request is with its handler */
    CONN_LINGERING /* the last answer is out: wait until the client has seen it */
};

/* Bytes of a header that came in several lines, for as long as the request lives. */
struct joined {
    struct joined *next;
    char text[];
};

struct request {
    struct http_req pub;
    struct conn *conn; /* NULL: the client has gone */
    struct message msg;
    struct buf bytes; /* what pub's strs point into, when conn has gone */
    struct buf out, headers;
    struct joined *joined;
    bool handed_over; /* to the handler, who has not answered yet */
    bool close_after;
    char own_id[24];
    char peer[INET6_ADDRSTRLEN]; /* as bytes */
    struct request *next_spare;
};

struct conn {
    struct ev_io io;
    struct due due;
    struct http_server *server;
    struct request *req; /* what is being read or handled */

    struct buf in;
    size_t in_at; /* where req begins in it */
    struct buf out;
    size_t out_at;         /* sent until here */
    struct str tail;       /* to send after out, from where it is */
    struct buf tail_bytes; /* what it borrows from, unless that is static */
    size_t taken;          /* by the client, since it last had to be waited for */

    enum conn_state state;
    enum due_kind due_kind;
    bool restart; /* a request has ended: its time limits are not the next one's */
    bool eof;     /* the client sends no more */
    bool closing; /* no further request is taken */
    bool unread;  /* of what the client sent; closing would make a reset of that */
    bool driving; /* conn_drive() is at work further up the stack */
    bool dead;    /* to be freed as soon as it is not */
    bool refused; /* beyond max_conns */
    struct share *share; /* its address's */
    uint8_t peer_len;
    char peer[INET6_ADDRSTRLEN];
};

struct listener {
    struct ev_io io;
    struct http_server *server;
    struct listener *next;
};

struct stream;

struct http_server {
    struct http_opts opts;
    struct ev_loop *ev;
    struct ev_timer sweep;
    struct ev_prepare drained;
    struct {
        struct counter accepted, refused, requests, malformed, timeouts, slow;
        struct counter open, streams;
    } stats;

    struct listener *listeners;
    int reserve_fd; /* given up to say no when there is no other descriptor left */
    bool paused;    /* not accepting until the next sweep */
    size_t n_refused;

    bool draining;
    void (*on_drained)(void *user);
    void *drained_user;

    struct due due[DUE__KINDS];
    struct due slow_streams; /* those that have to be waited for */
    struct due streams;      /* all of them */
    struct shares shares;    /* of connections and streams */

    struct buf spare_bufs[SPARE_BUFS];
    size_t n_spare_bufs;
    struct request *spare_requests;
    size_t n_spare_requests;

    char date[32]; /* "Sun, 06 Nov 1994 08:49:37 GMT" */
    uint64_t date_until_ms;
    char id_prefix[8];
    uint32_t n_ids;
    char scratch[SCRATCH_BYTES];
};

/* server.c */
struct buf server_take_buf(struct http_server *s);
void server_give_buf(struct http_server *s, struct buf *b); /* leaves an empty one */
const char *server_date(struct http_server *s);             /* 29 characters */
uint64_t server_now_ms(const struct http_server *s);        /* opts.now_ms() */
void server_conn_gone(struct http_server *s, const struct conn *c);

/* conn.c */
struct conn *conn_new(struct http_server *s, int fd, struct str peer);
void conn_drive(struct conn *c);   /* do whatever can be done now */
void conn_overdue(struct conn *c); /* its time in the list it is in has passed */
void conn_refuse(struct conn *c, int err);
void conn_free(struct conn *c); /* a request that is out becomes an orphan */

/* request.c */
struct request *request_take(struct http_server *s, struct conn *c);
void request_publish(struct request *r); /* set pub from msg, where the bytes are now */
void request_own_id(struct request *r);
void request_free(struct request *r); /* back to the server's store */

static inline struct request *request_of(const struct http_req *req)
{
    return (struct request *)req; /* pub is first */
}

/* response.c */
void response_error(struct conn *c, int err);
/* A whole 503 for a connection that is not taken. */
void response_refusal(struct http_server *s, struct buf *out);

/* stream.c */
void stream_sweep(struct http_server *s, uint64_t now_ms);
void stream_end_all(struct http_server *s);
/* End the oldest of that address. False: it has none. */
bool stream_end_one(struct http_server *s, const struct share *share);

#endif
