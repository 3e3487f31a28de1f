/* conn.h — shared by the files behind http.h and stream.h, and private to them.
 *
 * DESIGN
 *
 *   server.c   accepts, ends what is overdue, drains, shuts down
 *   conn.c     a connection: reads, cuts the bytes into requests, sends, closes
 *   request.c  what a handler can ask of a request
 *   response.c writes handlers' answers, and refuses what cannot be read
 *   stream.c   a connection after http_take_over()
 *
 * An idle connection is a struct conn and nothing else: buffers and requests come from
 * small pools of the server and go back as soon as they are empty. Most requests are
 * answered inside on_request(), so a handful of them, warm in the cache, serves all
 * connections.
 *
 * Every connection is in exactly one of the server's due lists (due.h). A sweep,
 * several times a second, ends those that are overdue.
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
    READ_ROOM = 4096,     /* first read buffer; a slow connection never gets more */
    READ_ROOM_MIN = 1024, /* a buffer with less room grows before a read */
    READ_STEP = 65536,    /* read at most this much at once */
    OUT_HIGH = 65536,     /* with more waiting to be sent, no further request is read */
    TAIL_MIN = 16384, /* bodies of this size or more are sent in place, not copied */
    PROGRESS_MIN = 16384,  /* taking less per write timeout counts as stalled */
    SPARE_BUFS = 1024,     /* kept per server */
    SPARE_BUF_CAP = 16384, /* larger ones are not kept */
    SPARE_REQUESTS = 1024,
    LINGER_MS = 2000, /* for a client to read why it was refused */
    REFUSED_MAX = 32, /* connections beyond max_conns that linger at the same time */
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
    CONN_HANDLING, /* the handler has the request */
    CONN_LINGERING /* the last answer is sent: wait until the client has seen it */
};

/* A header that came in several lines, joined. Lives as long as the request. */
struct joined {
    struct joined *next;
    char text[];
};

struct request {
    struct http_req pub;
    struct conn *conn; /* NULL: the client has gone */
    struct message msg;
    struct buf bytes; /* once conn has gone: the bytes that pub's strs point into */
    struct buf out, headers;
    struct joined *joined;
    bool handed_over; /* the handler has it and has not answered yet */
    bool close_after;
    char own_id[24];
    char peer[INET6_ADDRSTRLEN]; /* not terminated */
    struct request *next_spare;
};

struct conn {
    struct ev_io io;
    struct due due;
    struct http_server *server;
    struct request *req; /* being read or handled */

    struct buf in;
    size_t in_at; /* where req begins in `in` */
    struct buf out;
    size_t out_at;         /* out is sent up to here */
    struct str tail;       /* sent after out, without a copy */
    struct buf tail_bytes; /* holds tail's bytes, unless they are static */
    size_t taken;          /* bytes the client took since its deadline was last set */

    enum conn_state state;
    enum due_kind due_kind;
    bool restart;        /* set a new deadline, even in the same list */
    bool eof;            /* the client sends no more */
    bool closing;        /* no further request is read */
    bool unread;         /* nobody read all that came: close() would send a reset */
    bool driving;        /* conn_drive() is running further up the stack */
    bool dead;           /* to be freed once conn_drive() returns */
    bool refused;        /* beyond max_conns */
    struct share *share; /* the one of its address */
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
    int reserve_fd; /* closed to refuse a client when no other descriptor is left */
    bool paused;    /* not accepting until the next sweep */
    size_t n_refused;

    bool draining;
    void (*on_drained)(void *user);
    void *drained_user;

    struct due due[DUE__KINDS];
    struct due slow_streams; /* streams that are busy or closing */
    struct due streams;      /* all streams */
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
void conn_drive(struct conn *c);   /* do all that can be done now */
void conn_overdue(struct conn *c); /* its deadline has passed */
void conn_refuse(struct conn *c, int err);
void conn_free(struct conn *c); /* orphans a request that its handler still has */

/* request.c */
struct request *request_take(struct http_server *s, struct conn *c);
void request_publish(struct request *r); /* set pub from msg, where the bytes are now */
void request_own_id(struct request *r);
void request_free(struct request *r); /* back to the server's pool */

static inline struct request *request_of(const struct http_req *req)
{
    return (struct request *)req; /* pub is first */
}

/* response.c */
void response_error(struct conn *c, int err);
/* A whole 503, for a connection that is turned away. */
void response_refusal(struct http_server *s, struct buf *out);

/* stream.c */
void stream_sweep(struct http_server *s, uint64_t now_ms);
void stream_end_all(struct http_server *s);
/* End the oldest stream of this address. False: it has none. */
bool stream_end_one(struct http_server *s, const struct share *share);

#endif
