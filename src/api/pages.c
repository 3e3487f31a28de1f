#include "api/pages.h"

#include "app/accept.h"
#include "app/etag.h"
#include "app/handlers.h"
#include "base/err.h"
#include "net/http.h"

static const struct page *find(struct str path)
{
    if (path.len > 1 && path.at[path.len - 1] == '/') /* the same resource */
        path.len--;
    for (size_t i = 0; i < pages_n; i++)
        if (str_eq(path, str_of(pages[i].path)))
            return &pages[i];
    return NULL;
}

const struct page *page_in_root(struct str name)
{
    if (name.len == 0)
        return NULL;
    for (size_t i = 0; i < pages_n; i++)
        if (str_eq(name, str_skip(str_of(pages[i].path), 1)))
            return &pages[i];
    return NULL;
}

/* ---- representations ---- */

enum page_coding page_coding(const struct page *p, struct str accept_encoding)
{
    if (p->br.len > 0 && accepts_coding(accept_encoding, STR("br")))
        return PAGE_BR;
    if (p->gzip.len > 0 && accepts_coding(accept_encoding, STR("gzip")))
        return PAGE_GZIP;
    return PAGE_PLAIN;
}

static struct str bytes_of(const struct page *p, enum page_coding coding)
{
    return coding == PAGE_BR ? p->br : coding == PAGE_GZIP ? p->gzip : p->plain;
}

/* Each coding is a representation of its own, with its own tag. */
static void write_etag(struct buf *out, const struct page *p, enum page_coding coding)
{
    static const char *const ends[] = {"\"", "-gz\"", "-br\""};
    struct str etag = str_of(p->etag);

    buf_add(out, etag.at, etag.len - 1);
    buf_text(out, ends[coding]);
}

static void add_coding(struct call *c, enum page_coding coding)
{
    static const char *const names[] = {NULL, "gzip", "br"};

    if (coding != PAGE_PLAIN)
        http_add_header(c->req, "Content-Encoding", str_of(names[coding]));
}

static void reply_page(struct call *c, const struct page *p)
{
    enum page_coding coding = page_coding(p, http_header(c->req, "accept-encoding"));
    struct buf etag = {0};
    bool news;

    write_etag(&etag, p, coding);
    news = etag_is_news(http_header(c->req, "if-none-match"), buf_str(&etag));
    http_add_header(c->req, "ETag", buf_str(&etag));
    http_add_header(c->req, "Vary", STR("Accept-Encoding"));
    http_add_header(c->req, "Cache-Control",
                    p->lasting ? STR("public, max-age=31536000, immutable")
                               : STR("no-cache"));
    buf_done(&etag);
    if (!news) {
        call_reply_type(c, 304, NULL);
        return;
    }
    add_coding(c, coding);
    call_reply_static(c, 200, p->type, bytes_of(p, coding));
}

static void reply_path(struct call *c, struct str path)
{
    const struct page *p = find(path);

    if (p == NULL)
        call_fail(c, ERR_NOT_FOUND, "There is nothing at this path.");
    else
        reply_page(c, p);
}

/* ---- the API's pages ---- */

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

/* ---- the web page ---- */

static bool is_widget(const struct call *c)
{
    return str_starts(c->req->path, STR("/embed/"));
}

const struct page *page_document(const struct call *c)
{
    const struct page *widget = is_widget(c) ? find(STR("/embed.html")) : NULL;

    return widget != NULL ? widget : find(STR("/"));
}

void page_take_headers(struct call *c)
{
    if (!is_widget(c))
        c->req->headers_path = STR("/");
}

void handle_page(struct call *c)
{
    page_take_headers(c);
    reply_page(c, page_document(c));
}

void handle_page_file(struct call *c)
{
    if (find(c->req->path) != NULL)
        page_take_headers(c);
    reply_path(c, c->req->path);
}

static bool is_below(struct str path, struct str top)
{
    return str_starts(path, top) && (path.len == top.len || path.at[top.len] == '/');
}

bool page_says_not_found(const struct call *c)
{
    static const char *const programs[] = {"/api", "/ws", "/docs", "/assets", "/media"};

    if (c->req->method != HTTP_GET_ && c->req->method != HTTP_HEAD_)
        return false;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (is_below(c->req->path, str_of(programs[i])))
            return false;
    return accepts_named(http_header(c->req, "accept"), STR("text/html"));
}

void page_not_found(struct call *c)
{
    const struct page *p = find(STR("/"));
    enum page_coding coding = page_coding(p, http_header(c->req, "accept-encoding"));

    page_take_headers(c);
    http_add_header(c->req, "Vary", STR("Accept, Accept-Encoding"));
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    add_coding(c, coding);
    call_reply_static(c, 404, p->type, bytes_of(p, coding));
}
