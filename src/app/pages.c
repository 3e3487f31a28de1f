/* pages.c — GET /docs, its files, and GET /openapi.yaml. */
#include "app/pages.h"

#include "app/etag.h"
#include "app/handlers.h"
#include "base/err.h"

static const struct page *find(struct str path)
{
    if (path.at[path.len - 1] == '/') /* the same resource */
        path.len--;
    for (size_t i = 0; i < pages_n; i++)
        if (str_eq(path, str_of(pages[i].path)))
            return &pages[i];
    return NULL;
}

/* ";q=0", also with a fraction of zeros: not that one. */
static bool is_refused(struct str parameters)
{
    struct str name, value = str_cut(str_trim(parameters), '=', &name);

    if (!str_eq_nocase(str_trim(name), STR("q")))
        return false;
    value = str_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] != '0' && value.at[i] != '.')
            return false;
    return value.len > 0;
}

bool accepts_gzip(struct str list)
{
    bool any = false;

    while (list.len > 0) {
        struct str item, coding, parameters;

        list = str_cut(list, ',', &item);
        parameters = str_cut(item, ';', &coding);
        coding = str_trim(coding);
        if (str_eq_nocase(coding, STR("gzip")))
            return !is_refused(parameters);
        any = any || (str_eq(coding, STR("*")) && !is_refused(parameters));
    }
    return any;
}

/* Each coding is a representation of its own, and so has its own tag. */
static void write_etag(struct buf *out, const struct page *p, bool packed)
{
    struct str etag = str_of(p->etag);

    buf_add(out, etag.at, etag.len - 1);
    buf_text(out, packed ? "-gz\"" : "\"");
}

static void add_headers(struct call *c, const struct page *p, bool packed,
                        struct str etag)
{
    http_add_header(c->req, "ETag", etag);
    http_add_header(c->req, "Vary", STR("Accept-Encoding"));
    http_add_header(c->req, "Cache-Control",
                    p->lasting ? STR("public, max-age=31536000, immutable")
                               : STR("no-cache"));
    if (packed)
        http_add_header(c->req, "Content-Encoding", STR("gzip"));
}

static void reply_page(struct call *c, const struct page *p)
{
    bool packed = accepts_gzip(http_header(c->req, "accept-encoding"));
    struct buf etag = {0};
    bool news;

    write_etag(&etag, p, packed);
    news = etag_is_news(http_header(c->req, "if-none-match"), buf_str(&etag));
    add_headers(c, p, packed && news, buf_str(&etag));
    buf_done(&etag);
    if (news)
        call_reply_static(c, 200, p->type, packed ? p->gzip : p->plain);
    else
        call_reply_type(c, 304, NULL);
}

static void reply_path(struct call *c, struct str path)
{
    const struct page *p = find(path);

    if (p == NULL)
        call_fail(c, ERR_NOT_FOUND, "There is nothing at this path.");
    else
        reply_page(c, p);
}

void handle_docs(struct call *c)
{
    reply_path(c, STR("/docs"));
}

void handle_docs_file(struct call *c)
{
    reply_path(c, c->req->path);
}

void handle_openapi(struct call *c)
{
    reply_path(c, STR("/openapi.yaml"));
}
