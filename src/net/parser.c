#include "net/parser.h"

#include <string.h>

#ifdef HAVE_LLHTTP
#include <llhttp.h>
typedef llhttp_t library;
typedef llhttp_settings_t settings;
#else
#include <http_parser.h>
typedef http_parser library;
typedef http_parser_settings settings;
#endif

#include "base/err.h"

_Static_assert(sizeof(library) <= PARSER_BYTES, "parser.h keeps too few bytes");

struct piece {
    size_t body_len;
    bool done;
};

static int on_url(library *l, const char *at, size_t len)
{
    struct parser_head *h = l->data;

    h->target = at;
    h->target_len = len;
    return 0;
}

static int on_field(library *l, const char *at, size_t len)
{
    struct parser_head *h = l->data;

    (void)at;
    (void)len;
    h->n_fields++;
    return 0;
}

static int on_body(library *l, const char *at, size_t len)
{
    struct piece *p = l->data;

    (void)at;
    p->body_len += len;
    return 0;
}

static int on_done(library *l)
{
    struct piece *p = l->data;

    p->done = true;
    return 0;
}

#ifdef HAVE_LLHTTP

static void start(library *l, const settings *s)
{
    llhttp_init(l, HTTP_REQUEST, s);
}

/* An upgrade pauses llhttp at the end of the request: no error, since each request
 * gets a reader of its own. */
static bool parse(library *l, const settings *s, const char *data, size_t len)
{
    llhttp_errno_t rc;

    l->settings = (void *)s;
    rc = llhttp_execute(l, data, len);
    return rc == HPE_OK || rc == HPE_PAUSED_UPGRADE;
}

static const char *method_name(const library *l)
{
    return llhttp_method_name((llhttp_method_t)l->method);
}

#else

static void start(library *l, const settings *s)
{
    (void)s;
    http_parser_init(l, HTTP_REQUEST);
}

static bool parse(library *l, const settings *s, const char *data, size_t len)
{
    return http_parser_execute(l, s, data, len) == len &&
           HTTP_PARSER_ERRNO(l) == HPE_OK;
}

static const char *method_name(const library *l)
{
    return http_method_str((enum http_method)l->method);
}

#endif

static uint64_t body_length(const library *l)
{
    return l->content_length == UINT64_MAX ? 0 : l->content_length;
}

int parser_head(struct parser *p, const char *head, size_t len,
                struct parser_head *ret_head)
{
    static const settings s = {.on_url = on_url, .on_header_field = on_field};
    library *l = (library *)p->library;

    memset(ret_head, 0, sizeof *ret_head);
    start(l, &s);
    l->data = ret_head;
    if (!parse(l, &s, head, len))
        return ERR_BAD_REQUEST;
    ret_head->method = method_name(l);
    ret_head->major = l->http_major;
    ret_head->minor = l->http_minor;
    ret_head->chunked = (l->flags & F_CHUNKED) != 0;
    ret_head->length = body_length(l);
    return 0;
}

int parser_chunked(struct parser *p, const char *piece, size_t len,
                   size_t *ret_body_len, bool *ret_done)
{
    static const settings s = {.on_body = on_body, .on_message_complete = on_done};
    library *l = (library *)p->library;
    struct piece seen = {0, false};

    l->data = &seen;
    if (!parse(l, &s, piece, len))
        return ERR_BAD_REQUEST;
    *ret_body_len = seen.body_len;
    *ret_done = seen.done;
    return 0;
}
