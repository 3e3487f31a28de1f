/* poll_document.c — GET /p/{id}, /embed/{id}: the page's document, with the poll in it.
 *
 * Who shares a link wants its question shown beside it, and who opens it should see the
 * poll without one more round trip. So the document carries the poll's title and
 * options for those who preview links (Open Graph), and the JSON of GET /api/polls/{id}
 * in a data block that the page starts with. It holds only what a stranger may see:
 * nothing in it is personal, and a caller with a session asks the API as before. A poll
 * that time has just opened or closed is left to the API too, which asks the ballot.
 * The block says when it was made, since a script cannot read the document's Date and a
 * device's clock may be wrong; and no cache keeps it, for it would bring both back old.
 *
 * The block is data to a browser, which runs nothing of this type (HTML, "data block");
 * so the policy of security_headers.c needs no exception.
 */
#include <string.h>

#include "api/pages.h"
#include "app/app.h"
#include "app/handlers.h"
#include "app/proxy.h"
#include "app/views.h"
#include "base/buf.h"
#include "base/clock.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"
#include "picture/painter.h"

/* Text between tags, and in an attribute in double quotes. */
static void html_add(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        switch (s.at[i]) {
        case '&':
            buf_text(out, "&amp;");
            break;
        case '<':
            buf_text(out, "&lt;");
            break;
        case '"':
            buf_text(out, "&quot;");
            break;
        default:
            buf_char(out, s.at[i]);
        }
    }
}

/* '<' stands in JSON only inside of strings; escaped, it cannot end the block. */
static void block_add(struct buf *out, struct str json)
{
    for (size_t i = 0; i < json.len; i++) {
        if (json.at[i] == '<')
            buf_text(out, "\\u003c");
        else
            buf_char(out, json.at[i]);
    }
}

static void begin_meta(struct buf *out, const char *property)
{
    buf_printf(out, "\n    <meta property=\"og:%s\" content=\"", property);
}

/* A property whose content needs no escaping. */
static void add_meta(struct buf *out, const char *property, const char *content)
{
    buf_printf(out, "\n    <meta property=\"og:%s\" content=\"%s\" />", property,
               content);
}

static void end_meta(struct buf *out)
{
    buf_text(out, "\" />");
}

static void write_options(struct buf *out, const struct poll *p)
{
    for (uint32_t i = 0; i < p->rules.n_options; i++) {
        if (i != 0)
            buf_text(out, " · ");
        html_add(out, p->options[i]);
    }
}

/* Whoever fetches these has no base to resolve a path against. */
static void write_origin(struct buf *out, struct call *c)
{
    buf_text(out, proxy_client_uses_tls(c) ? "https://" : "http://");
    html_add(out, http_header(c->req, "host"));
}

static void write_picture(struct buf *out, struct call *c, const struct poll *p)
{
    begin_meta(out, "image");
    write_origin(out, c);
    buf_printf(out, "/api/polls/%u/picture.png", p->id);
    end_meta(out);
    add_meta(out, "image:type", "image/png");
    buf_printf(out, "\n    <meta property=\"og:image:width\" content=\"%d\" />",
               PICTURE_WIDTH);
    buf_printf(out, "\n    <meta property=\"og:image:height\" content=\"%d\" />",
               PICTURE_HEIGHT);
    begin_meta(out, "image:alt");
    html_add(out, p->title);
    end_meta(out);
    buf_text(out,
             "\n    <meta name=\"twitter:card\" content=\"summary_large_image\" />");
}

static void write_preview(struct buf *out, struct call *c, const struct poll *p)
{
    add_meta(out, "type", "website");
    add_meta(out, "site_name", "Pollux");
    begin_meta(out, "title");
    html_add(out, p->title);
    end_meta(out);
    begin_meta(out, "description");
    write_options(out, p);
    end_meta(out);
    begin_meta(out, "url");
    write_origin(out, c);
    buf_printf(out, "/p/%u", p->id);
    end_meta(out);
    write_picture(out, c, p);
}

static void write_block(struct buf *out, const struct poll *p, const struct result *r,
                        int64_t now_ms)
{
    static const struct viewer stranger = {.choice = -1};
    struct buf json = {0};

    view_poll(&json, p, r, &stranger);
    buf_text(out, "\n    <script type=\"application/json\" id=\"poll\" data-now=");
    buf_json_time(out, now_ms);
    buf_char(out, '>');
    block_add(out, buf_str(&json));
    buf_text(out, "</script>");
    buf_done(&json);
}

static void write_document(struct call *c, struct str before, struct str after,
                           const struct poll *p, const struct result *r)
{
    struct buf *out = call_out(c);
    int64_t now_ms = clock_now_ms(c->app->clock);

    buf_str_add(out, before);
    buf_text(out, "<title>");
    html_add(out, p->title);
    buf_text(out, " · Pollux</title>");
    write_preview(out, c, p);
    if (!c->by_cookie && r->status == poll_status(&p->rules, now_ms))
        write_block(out, p, r, now_ms);
    buf_str_add(out, after);
}

/* What stands before and after the title of the document. False: it has none. */
static bool cut_at_title(struct str html, struct str *ret_before, struct str *ret_after)
{
    static const char begin[] = "<title>", end[] = "</title>";
    const char *title = memmem(html.at, html.len, begin, sizeof begin - 1);
    const char *rest;

    if (title == NULL)
        return false;
    *ret_before = (struct str){html.at, (size_t)(title - html.at)};
    *ret_after = str_skip(html, ret_before->len);
    rest = memmem(title, ret_after->len, end, sizeof end - 1);
    if (rest == NULL)
        return false;
    *ret_after = str_skip(html, (size_t)(rest - html.at) + sizeof end - 1);
    return true;
}

void handle_poll_document(struct call *c)
{
    const struct page *page = page_document(c);
    struct str before, after;
    struct poll *p;
    struct result r;

    if (!cut_at_title(page->plain, &before, &after) ||
        catalogue_get(c->app->index->catalogue, c->id, &p, &r) != 0) {
        handle_page(c); /* which asks the API, and says that there is no such poll */
        return;
    }
    page_take_headers(c);
    write_document(c, before, after, p, &r);
    poll_unref(p);
    http_add_header(c->req, "Vary", STR("Accept-Encoding, Cookie"));
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply_type(c, 200, page->type);
}
