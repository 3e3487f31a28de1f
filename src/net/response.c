/* response.c — writes answers: status line, headers, body; and the refusals of what
 * never became a request (http.h, conn.h).
 */
#include <assert.h>
#include <string.h>

#include "base/err.h"
#include "net/conn.h"

static struct str status_line(int status)
{
#define LINE(code, text)                                                               \
    case code:                                                                         \
        return STR("HTTP/1.1 " #code " " text "\r\nDate: ")
    switch (status) {
        LINE(200, "OK");
        LINE(201, "Created");
        LINE(202, "Accepted");
        LINE(204, "No Content");
        LINE(206, "Partial Content");
        LINE(301, "Moved Permanently");
        LINE(302, "Found");
        LINE(303, "See Other");
        LINE(304, "Not Modified");
        LINE(307, "Temporary Redirect");
        LINE(308, "Permanent Redirect");
        LINE(400, "Bad Request");
        LINE(401, "Unauthorized");
        LINE(403, "Forbidden");
        LINE(404, "Not Found");
        LINE(405, "Method Not Allowed");
        LINE(406, "Not Acceptable");
        LINE(408, "Request Timeout");
        LINE(409, "Conflict");
        LINE(410, "Gone");
        LINE(411, "Length Required");
        LINE(412, "Precondition Failed");
        LINE(413, "Content Too Large");
        LINE(414, "URI Too Long");
        LINE(415, "Unsupported Media Type");
        LINE(416, "Range Not Satisfiable");
        LINE(417, "Expectation Failed");
        LINE(421, "Misdirected Request");
        LINE(422, "Unprocessable Content");
        LINE(425, "Too Early");
        LINE(426, "Upgrade Required");
        LINE(428, "Precondition Required");
        LINE(429, "Too Many Requests");
        LINE(431, "Request Header Fields Too Large");
        LINE(500, "Internal Server Error");
        LINE(501, "Not Implemented");
        LINE(502, "Bad Gateway");
        LINE(503, "Service Unavailable");
        LINE(504, "Gateway Timeout");
        LINE(505, "HTTP Version Not Supported");
    }
#undef LINE
    assert(false); /* add the status above */
    return STR("HTTP/1.1 500 Internal Server Error\r\nDate: ");
}

/* Everything that goes out with one answer. */
struct answer {
    int status;
    struct str id, headers, body;
    struct str path_headers;
    const char *content_type;
    bool close, old; /* old: to HTTP/1.0, which must be told to keep alive */
    bool no_body;    /* HEAD: send the body's length, without the body */
};

static bool bodiless(int status)
{
    return status == 204 || status == 304;
}

static char *put(char *to, const void *from, size_t len)
{
    memcpy(to, from, len);
    return to + len;
}

#define PUT(to, literal) put((to), (literal), sizeof(literal) - 1)

/* At most this much of a head is the same for every answer. */
enum { HEAD_ROOM = 256 };

static void add_head(struct buf *out, const struct answer *a, const char *date)
{
    struct str line = status_line(a->status);
    size_t type_len = a->content_type != NULL ? strlen(a->content_type) : 0;
    char *to = buf_reserve(out, HEAD_ROOM + a->id.len + type_len + a->headers.len +
                                    a->path_headers.len);

    to = put(to, line.at, line.len);
    to = put(to, date, 29);
    to = PUT(to, "\r\nX-Request-Id: ");
    to = put(to, a->id.at, a->id.len);
    to = PUT(to, "\r\n");
    if (a->content_type != NULL) {
        to = PUT(to, "Content-Type: ");
        to = put(to, a->content_type, type_len);
        to = PUT(to, "\r\n");
    }
    if (a->path_headers.len != 0)
        to = put(to, a->path_headers.at, a->path_headers.len);
    if (a->headers.len != 0)
        to = put(to, a->headers.at, a->headers.len);
    if (a->close)
        to = PUT(to, "Connection: close\r\n");
    else if (a->old)
        to = PUT(to, "Connection: keep-alive\r\n");
    if (!bodiless(a->status)) {
        to = PUT(to, "Content-Length: ");
        to = str_put_u64(to, a->body.len);
        to = PUT(to, "\r\n");
    }
    to = PUT(to, "\r\n");
    out->len = (size_t)(to - out->data);
}

static struct str path_headers(const struct http_server *s, struct str path)
{
    return s->opts.path_headers != NULL ? s->opts.path_headers(path) : STR("");
}

static void start_output(struct conn *c)
{
    if (c->out.data == NULL)
        c->out = server_take_buf(c->server);
}

static bool sends_body(const struct answer *a)
{
    return !a->no_body && !bodiless(a->status) && a->body.len != 0;
}

/* ---- answers of handlers ---- */

struct buf *http_out(struct http_req *req)
{
    return &request_of(req)->out;
}

void http_add_header(struct http_req *req, const char *name, struct str value)
{
    struct buf *h = &request_of(req)->headers;

    assert(value.len == 0 || (memchr(value.at, '\r', value.len) == NULL &&
                              memchr(value.at, '\n', value.len) == NULL));
    buf_text(h, name);
    buf_add(h, ": ", 2);
    buf_str_add(h, value);
    buf_add(h, "\r\n", 2);
}

void http_add_number(struct http_req *req, const char *name, int64_t n)
{
    struct buf *h = &request_of(req)->headers;

    buf_text(h, name);
    buf_add(h, ": ", 2);
    buf_i64(h, n);
    buf_add(h, "\r\n", 2);
}

void http_common_headers(const struct http_req *req, struct buf *out)
{
    const struct request *r = request_of(req);

    if (r->conn == NULL)
        return; /* nobody will read the answer, and the server may be gone */
    buf_text(out, "Date: ");
    buf_add(out, server_date(req->server), 29);
    buf_text(out, "\r\nX-Request-Id: ");
    buf_str_add(out, req->id);
    buf_text(out, "\r\n");
    buf_str_add(out, path_headers(req->server, req->headers_path));
    buf_str_add(out, buf_str(&r->headers));
}

/* The request is answered: continue with the bytes that came after it. */
static void finish(struct request *r, bool close)
{
    struct conn *c = r->conn;

    c->in_at += message_used(&r->msg);
    c->req = NULL;
    c->state = CONN_READING;
    c->restart = true;
    c->closing = c->closing || close;
    request_free(r);
    conn_drive(c);
}

static struct answer answer_of(const struct request *r, int status,
                               const char *content_type, struct str body)
{
    const struct conn *c = r->conn;

    return (struct answer){
        .status = status,
        .id = r->pub.id,
        .headers = buf_str(&r->headers),
        .path_headers = path_headers(c->server, r->pub.headers_path),
        .body = body,
        .content_type = content_type,
        .close = !r->msg.keep_alive || r->close_after || c->server->draining,
        .old = r->msg.minor == 0,
        .no_body = r->msg.method == HTTP_HEAD_,
    };
}

/* owned: the body is in the request's own buffer; otherwise it outlives the answer. */
static void reply(struct request *r, const struct answer *a, bool owned)
{
    struct conn *c = r->conn;

    start_output(c);
    add_head(&c->out, a, server_date(c->server));
    if (sends_body(a) && a->body.len < TAIL_MIN) {
        buf_str_add(&c->out, a->body);
    } else if (sends_body(a)) {
        c->tail = a->body;
        if (owned) {
            c->tail_bytes = r->out;
            r->out = (struct buf){0};
        }
    }
    finish(r, a->close);
}

void http_reply(struct http_req *req, int status, const char *content_type)
{
    struct request *r = request_of(req);
    struct answer a;

    assert(r->handed_over); /* a handler answers once */
    if (r->conn == NULL) {
        request_free(r);
        return;
    }
    a = answer_of(r, status, content_type, buf_str(&r->out));
    reply(r, &a, true);
}

void http_reply_static(struct http_req *req, int status, const char *content_type,
                       struct str body)
{
    struct request *r = request_of(req);
    struct answer a;

    assert(r->handed_over);
    if (r->conn == NULL) {
        request_free(r);
        return;
    }
    a = answer_of(r, status, content_type, body);
    reply(r, &a, false);
}

/* ---- answers to what never became a request ---- */

void response_error(struct conn *c, int err)
{
    struct http_server *s = c->server;
    struct request *r = c->req != NULL ? c->req : request_take(s, c);
    struct answer a = {.status = err_http_status(err),
                       .content_type = "application/problem+json",
                       .close = true,
                       .no_body =
                           r->msg.stage > STAGE_FIELDS && r->msg.method == HTTP_HEAD_};

    c->req = r;
    if (r->msg.stage > STAGE_FIELDS)
        request_publish(r);
    else
        request_own_id(r);
    s->opts.on_error(err, r->pub.id, &r->out, s->opts.user);
    a.id = r->pub.id;
    a.path_headers = path_headers(s, r->pub.path);
    a.body = buf_str(&r->out);
    if (err == ERR_OVERLOADED)
        a.headers = STR("Retry-After: 1\r\n");
    start_output(c);
    add_head(&c->out, &a, server_date(s));
    if (sends_body(&a))
        buf_str_add(&c->out, a.body);
}

void response_refusal(struct http_server *s, struct buf *out)
{
    struct request *r = request_take(s, NULL);
    struct answer a = {.status = err_http_status(ERR_OVERLOADED),
                       .content_type = "application/problem+json",
                       .headers = STR("Retry-After: 1\r\n"),
                       .path_headers = path_headers(s, STR("")),
                       .close = true};

    request_own_id(r);
    s->opts.on_error(ERR_OVERLOADED, r->pub.id, &r->out, s->opts.user);
    a.id = r->pub.id;
    a.body = buf_str(&r->out);
    add_head(out, &a, server_date(s));
    buf_str_add(out, a.body);
    request_free(r);
}
