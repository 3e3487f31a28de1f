/* request.c — a request's life, from its first byte to the end of its answer, and how
 * handlers read its headers, cookies and query (http.h, conn.h).
 */
#include "net/conn.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/chars.h"

enum { KEPT_CAP = 4096 }; /* a pooled request keeps no larger buffers */

/* ---- life ---- */

struct request *request_take(struct http_server *s, struct conn *c)
{
    struct request *r = s->spare_requests;

    if (r != NULL) {
        s->spare_requests = r->next_spare;
        s->n_spare_requests--;
    } else {
        r = mem_alloc(sizeof *r);
        r->out = r->headers = r->bytes = (struct buf){0};
        r->joined = NULL;
    }
    r->pub = (struct http_req){.server = s};
    r->conn = c;
    r->close_after = r->handed_over = false;
    message_init(&r->msg);
    return r;
}

static void drop_joined(struct request *r)
{
    while (r->joined != NULL) {
        struct joined *j = r->joined;

        r->joined = j->next;
        mem_free(j);
    }
}

static void empty(struct buf *b)
{
    b->len = 0;
    if (b->cap > KEPT_CAP)
        buf_done(b);
}

/* The server of an orphaned request may be gone, too. */
static void free_orphan(struct request *r)
{
    buf_done(&r->bytes);
    buf_done(&r->out);
    buf_done(&r->headers);
    mem_free(r);
}

void request_free(struct request *r)
{
    struct http_server *s = r->pub.server;

    drop_joined(r);
    r->handed_over = false;
    if (r->conn == NULL || s->n_spare_requests == SPARE_REQUESTS) {
        free_orphan(r);
        return;
    }
    empty(&r->out);
    empty(&r->headers);
    r->conn = NULL;
    r->next_spare = s->spare_requests;
    s->spare_requests = r;
    s->n_spare_requests++;
}

void request_own_id(struct request *r)
{
    static const char hex[] = "0123456789abcdef";
    struct http_server *s = r->pub.server;
    uint32_t n = s->n_ids++;

    memcpy(r->own_id, s->id_prefix, sizeof s->id_prefix);
    r->own_id[8] = '-';
    for (int i = 0; i < 8; i++)
        r->own_id[9 + i] = hex[n >> (28 - 4 * i) & 15];
    r->pub.id = (struct str){r->own_id, 17};
}

static struct str at(const char *base, struct span s)
{
    return s.len != 0 ? (struct str){base + s.at, s.len} : (struct str){NULL, 0};
}

static void choose_id(struct request *r, struct str sent)
{
    if (sent.len >= 1 && sent.len <= LIMIT_REQUEST_ID_BYTES && chars_are(sent, CHAR_ID))
        r->pub.id = sent;
    else if (r->pub.id.len == 0)
        request_own_id(r);
}

void request_publish(struct request *r)
{
    const struct conn *c = r->conn;
    const struct message *m = &r->msg;
    const char *base = c->in.data + c->in_at;
    struct http_req *q = &r->pub;

    assert(c->req == r);
    q->method = m->method;
    q->http_minor = m->minor;
    q->target = at(base, m->target);
    q->path = m->path.len != 0 ? at(base, m->path) : STR("/");
    q->headers_path = q->path;
    q->query = at(base, m->query);
    q->body = (struct str){m->body_len != 0 ? base + m->head_len : NULL, m->body_len};
    q->peer = (struct str){c->peer, c->peer_len};
    choose_id(r, at(base, m->id));
}

/* ---- headers ---- */

/* The address that the spans of a published request are relative to. */
static const char *base_of(const struct request *r)
{
    return r->pub.target.at - r->msg.target.at;
}

/* Find the next header of this name, from *i on; moves *i past it. */
static bool next_field(const struct request *r, struct str name, unsigned *i,
                       struct str *ret_value)
{
    const char *base = base_of(r);

    while (*i < r->msg.n_fields) {
        const struct field *f = &r->msg.fields[(*i)++];

        if (f->name.len == name.len && str_eq_nocase(at(base, f->name), name)) {
            *ret_value = (struct str){base + f->value.at, f->value.len};
            return true;
        }
    }
    return false;
}

/* Join all lines of this name to one value, which lives as long as the request. */
static struct str join(struct request *r, struct str name)
{
    struct joined *j;
    struct str value;
    unsigned i = 0;
    size_t len = 0;

    while (next_field(r, name, &i, &value))
        len += value.len + 2;
    j = mem_alloc(sizeof *j + len);
    j->next = r->joined;
    r->joined = j;
    for (i = 0, len = 0; next_field(r, name, &i, &value); len += value.len) {
        if (len != 0) {
            memcpy(j->text + len, ", ", 2);
            len += 2;
        }
        memcpy(j->text + len, value.at, value.len);
    }
    return (struct str){j->text, len};
}

struct str http_header(const struct http_req *req, const char *name)
{
    struct request *r = request_of(req);
    struct str wanted = str_of(name), value = {NULL, 0}, second;
    unsigned i = 0;

    if (!next_field(r, wanted, &i, &value))
        return (struct str){NULL, 0};
    return next_field(r, wanted, &i, &second) ? join(r, wanted) : value;
}

static bool cookie_in(struct str line, struct str name, struct str *ret_value)
{
    while (line.len > 0) {
        struct str pair, key, value;

        line = str_cut(line, ';', &pair);
        value = str_cut(str_trim(pair), '=', &key);
        if (!str_eq(str_trim(key), name) || key.len == str_trim(pair).len)
            continue;
        value = str_trim(value);
        if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
            value = (struct str){value.at + 1, value.len - 2};
        *ret_value = value;
        return true;
    }
    return false;
}

struct str http_cookie(const struct http_req *req, const char *name)
{
    struct request *r = request_of(req);
    struct str line, value;
    unsigned i = 0;

    while (next_field(r, STR("cookie"), &i, &line))
        if (cookie_in(line, str_of(name), &value))
            return value;
    return (struct str){NULL, 0};
}

/* ---- the query ---- */

/* Decode the character at the start of s. Returns how many bytes encode it; 0: it
 * cannot be decoded. */
static size_t decode_one(struct str s, char *ret_c)
{
    if (s.at[0] == '+')
        *ret_c = ' ';
    else if (s.at[0] != '%')
        *ret_c = s.at[0];
    else if (s.len < 3 || !char_is(s.at[1], CHAR_HEX) || !char_is(s.at[2], CHAR_HEX))
        return 0;
    else
        *ret_c = (char)(char_hex(s.at[1]) << 4 | char_hex(s.at[2]));
    return s.at[0] == '%' ? 3 : 1;
}

static int decode(struct str s, struct buf *out, struct str *ret_text)
{
    size_t from = out->len;

    buf_reserve(out, s.len + 1);
    while (s.len > 0) {
        char c = 0;
        size_t n = decode_one(s, &c);

        if (n == 0 || c == '\0')
            return ERR_BAD_REQUEST;
        out->data[out->len++] = c;
        s = str_skip(s, n);
    }
    *ret_text = (struct str){out->data + from, out->len - from};
    return str_is_utf8(*ret_text) ? 0 : ERR_BAD_REQUEST;
}

static bool name_is(struct str encoded, struct str name)
{
    while (encoded.len > 0 && name.len > 0) {
        char c = 0;
        size_t n = decode_one(encoded, &c);

        if (n == 0 || c != name.at[0])
            return false;
        encoded = str_skip(encoded, n);
        name = str_skip(name, 1);
    }
    return encoded.len == 0 && name.len == 0;
}

/* Find the next value of this parameter, still encoded; moves *query past it. */
static bool next_param(struct str *query, struct str name, struct str *ret_value)
{
    while (query->len > 0) {
        struct str pair, key, value;

        *query = str_cut(*query, '&', &pair);
        value = str_cut(pair, '=', &key);
        if (name_is(key, name) && pair.len != 0) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

int http_query(const struct http_req *req, const char *name, struct buf *out,
               struct str *ret_value)
{
    struct str query = req->query, value, text;
    size_t before = out->len;
    int rc;

    if (!next_param(&query, str_of(name), &value))
        return ERR_NOT_FOUND;
    rc = decode(value, out, &text);
    if (rc != 0)
        out->len = before;
    else
        *ret_value = text;
    return rc;
}

int http_query_each(const struct http_req *req, const char *name,
                    int (*each)(struct str value, void *user), void *user)
{
    struct str query = req->query, value, text;
    struct buf out = {0};
    int rc = 0;

    while (rc == 0 && next_param(&query, str_of(name), &value)) {
        out.len = 0;
        rc = decode(value, &out, &text);
        if (rc == 0)
            rc = each(text, user);
    }
    buf_done(&out);
    return rc;
}
