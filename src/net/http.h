/* http.h — HTTP/1.1 for a server: requests in, answers out.
 *
 * DESIGN
 *
 *   socket ─▶ conn: read buffer ─▶ parser ─▶ struct http_req ─▶ on_request()
 *                                                   │ now, or later from a lane
 *   socket ◀─ conn: write buffer ◀── http_reply() ◀─┘
 *
 * A connection serves one request at a time: pipelined ones wait in its read buffer
 * (bounded), so answers leave in order. on_request() runs when the whole body has
 * arrived. The handler answers exactly once with http_reply(), at once or later, always
 * on the loop's thread. If the client has gone meanwhile, http_reply() just frees the
 * request: a handler never needs to know.
 *
 * A request that cannot be read, or could be read in two ways (smuggling), is refused
 * and the connection closed: see message.h. HEAD is answered like GET; the body is
 * dropped here. Every answer carries X-Request-Id, Date, and the headers of
 * opts.path_headers.
 *
 * A handler that wants the connection itself (WebSocket, SSE) calls http_take_over():
 * from then on it is a stream of bytes (stream.h).
 *
 * Ownership  a request belongs to the handler from on_request() to http_reply() or
 *            http_take_over(). The strs in it live as long as it does.
 * Threads    everything here on the loop's thread.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/loop.h"

enum http_method {
    HTTP_GET_,
    HTTP_HEAD_,
    HTTP_POST_,
    HTTP_PUT_,
    HTTP_PATCH_,
    HTTP_DELETE_,
    HTTP_OPTIONS_,
    HTTP_OTHER_, /* one that no route accepts: PROPFIND, TRACE, get */
    HTTP__METHODS
};

const char *http_method_text(enum http_method method); /* "GET"; "other" */

struct http_server; /* one per loop */

struct http_req {
    enum http_method method;
    struct str target; /* as sent, "/a/b?x=1" */
    struct str path;   /* as sent, before the '?'; never empty */
    struct str query;  /* as sent, after the '?' */
    struct str body;
    struct str id;   /* the request's id: the client's own if it is safe, else ours */
    struct str peer; /* the address at the other end, without the port */
    int http_minor;  /* 0 or 1 */
    struct http_server *server;

    /* For http_take_over(): the address that the connection counts for. 0: the
     * peer's. */
    uint64_t address;
    /* The answer carries the opts.path_headers of this path: the request's own, unless
     * the handler sets another. */
    struct str headers_path;
    /* for the handler's own use until it answers; not touched here */
    void *state;
};

struct http_opts {
    struct loop *loop;
    size_t max_conns; /* of this loop, including streams; further ones get 503 and are
                         closed */
    /* The address that a peer's connection counts for, as a number; 0: none. When all
     * of max_conns are taken, an address with more than half of them gives one up for
     * an address with less (shares.h). May be NULL: always 0. */
    uint64_t (*address_of)(struct str peer, void *user);
    size_t max_body; /* unless on_head() says otherwise */

    uint32_t
        header_timeout_ms;     /* from the first byte of a request to its last header */
    uint32_t body_timeout_ms;  /* the whole body */
    uint32_t idle_timeout_ms;  /* before the first request, and between two */
    uint32_t write_timeout_ms; /* while the client takes nothing of an answer */
    /* The clock for these limits, monotonic, so that tests can set it. May be NULL: the
     * loop's. */
    uint64_t (*now_ms)(void *user);

    void (*on_request)(struct http_req *req, void *user);
    /* The head of a request has arrived: how large may its body be? The handler does
     * not own the request yet, but may read its method, path and headers. May be
     * NULL. */
    size_t (*on_head)(const struct http_req *req, void *user);
    /* A request's body is over the limit: answer with 413 and the usual headers. The
     * body is empty, and the connection ends with the answer. May be NULL: then
     * on_error(). */
    void (*on_too_large)(struct http_req *req, void *user);
    /* Something never became a request (malformed, too slow): append the problem
     * document for err to out. */
    void (*on_error)(int err, struct str request_id, struct buf *out, void *user);
    /* Header lines, each with its CR LF, for every answer to this path; the path is
     * empty if it could not be read. The lines must outlive the server. May be NULL. */
    struct str (*path_headers)(struct str path);
    void *user;
};

/* Counters since the start, for metrics and tests. */
struct http_stats {
    uint64_t accepted, refused, requests, malformed, timeouts;
    uint64_t slow;    /* streams that took nothing for too long */
    uint64_t open;    /* connections now */
    uint64_t streams; /* streams now */
};

int http_server_new(const struct http_opts *opts, struct http_server **ret_server);

/* Accept connections on listen_fd (non-blocking; one of several sockets with
 * SO_REUSEPORT; not owned). Before loop_start() or on the loop's thread. */
void http_listen(struct http_server *s, int listen_fd);

/* Stop accepting. Idle connections are closed now, the others after their answer, which
 * says Connection: close. on_drained runs when none is left. Streams do not count:
 * their owner ends them. */
void http_drain(struct http_server *s, void (*on_drained)(void *user), void *user);

/* Closes whatever is left. Accepts NULL; returns NULL. */
struct http_server *http_server_free(struct http_server *s);

struct http_stats http_stats(const struct http_server *s); /* any thread */

/* The value of a header, {NULL, 0} when absent. name is in lower case. Several lines
 * of one name are joined by ", ". */
struct str http_header(const struct http_req *req, const char *name);

/* Append the whole value of a query parameter to out, percent-decoded. *ret_value
 * borrows from out, until the next append.
 * ERR_NOT_FOUND    there is none
 * ERR_BAD_REQUEST  it cannot be decoded, or is not UTF-8 */
int http_query(const struct http_req *req, const char *name, struct buf *out,
               struct str *ret_value);

/* The same for a parameter that may repeat: calls each for every value, in order. */
int http_query_each(const struct http_req *req, const char *name,
                    int (*each)(struct str value, void *user), void *user);

/* A named cookie, {NULL, 0} when absent. */
struct str http_cookie(const struct http_req *req, const char *name);

/* Where the body of the answer is built. Empty at first. */
struct buf *http_out(struct http_req *req);

/* A header of the answer, before http_reply(). Values come from us: they hold no CR or
 * LF (asserted). */
void http_add_header(struct http_req *req, const char *name, struct str value);
void http_add_number(struct http_req *req, const char *name, int64_t n);

/* Append the header lines that every answer carries: X-Request-Id, Date, those of the
 * path, and those from http_add_header(). For heads written elsewhere
 * (http_take_over()). */
void http_common_headers(const struct http_req *req, struct buf *out);

/* Answer with the contents of http_out(), and end the request. content_type may be NULL
 * if there is no body. */
void http_reply(struct http_req *req, int status, const char *content_type);

/* The same with bytes that outlive the answer (embedded pages), which saves the copy
 * into http_out(). */
void http_reply_static(struct http_req *req, int status, const char *content_type,
                       struct str body);

#endif
