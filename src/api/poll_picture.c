/* poll_picture.c — GET /api/polls/{id}/picture.png: the poll drawn, for link previews.
 *
 * It shows what a stranger may see, whoever asks, so one picture is for all. Its ETag
 * says what is shown: poll, version, visible or hidden, and the look. A hidden result
 * has the version of its own that no vote moves, so not even the ETag tells the
 * turnout. A picture is drawn on a lane (picture/pictures.h), never on a loop.
 */
#include "app/app.h"
#include "app/app_loop.h"
#include "app/etag.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/views.h"
#include "base/err.h"
#include "base/mem.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "net/http.h"
#include "picture/painter.h"
#include "picture/pictures.h"

struct drawing {
    struct picture_ask ask; /* first */
    struct call *call;
};

static void free_drawing(void *data)
{
    struct drawing *d = data;

    picture_unref(d->ask.picture);
    poll_unref(d->ask.poll);
    mem_free(d);
}

static void write_etag(struct buf *out, const struct picture_ask *ask)
{
    buf_printf(out, "\"%u.%llu.%c%d\"", ask->poll->id, (unsigned long long)ask->version,
               ask->shown ? 'v' : 'h', PICTURE_LOOK);
}

/* Those of 200 and of 304: anybody may keep it, and show it for a moment. */
static void add_headers(struct call *c, struct str etag)
{
    http_add_header(c->req, "ETag", etag);
    http_add_header(c->req, "Cache-Control", STR("public, max-age=10"));
    c->req->headers_path = STR("/picture.png");
}

static void reply(struct call *c)
{
    struct drawing *d = call_data(c, free_drawing);
    struct buf etag = {0};

    if (d->ask.rc != 0) {
        call_fail(c, d->ask.rc, "The picture cannot be drawn.");
        return;
    }
    write_etag(&etag, &d->ask);
    add_headers(c, buf_str(&etag));
    buf_done(&etag);
    c->one_form = true;
    buf_add(call_out(c), d->ask.picture->png, d->ask.picture->len);
    call_reply_type(c, 200, "image/png");
}

static void on_home(struct mail *m)
{
    reply(((struct drawing *)m)->call);
}

static void ask_for_picture(struct call *c)
{
    struct drawing *d = call_data(c, free_drawing);
    int rc;

    d->ask.mail.home = loop_inbox(c->loop->loop);
    d->ask.mail.on_home = on_home;
    rc = pictures_submit(c->app->pictures, &d->ask);
    if (rc != 0)
        call_fail(c, rc, NULL);
}

static void say_what_is_shown(const struct app *app, struct picture_ask *ask)
{
    static const struct viewer stranger = {.choice = -1};
    const struct poll_rules *rules = &ask->poll->rules;

    ask->shown = viewer_may_see(&stranger, rules, ask->result.status);
    ask->version =
        ask->shown ? ask->result.version
                   : view_hidden_version(app->first_version, rules, ask->result.status);
}

static bool is_news(struct call *c, const struct picture_ask *ask)
{
    struct buf etag = {0};
    bool news;

    write_etag(&etag, ask);
    news = etag_is_news(http_header(c->req, "if-none-match"), buf_str(&etag));
    if (!news)
        add_headers(c, buf_str(&etag));
    buf_done(&etag);
    return news;
}

/* The ballot knows that time has opened or closed the poll, and so does the catalogue
 * now. It has definition and result of one moment, which an edit may have changed. */
static void looked(struct call *c, const struct look *look)
{
    struct drawing *d = mem_zalloc(1, sizeof *d);

    (void)look;
    d->call = c;
    call_set_data(c, d, free_drawing);
    if (catalogue_get(c->app->index->catalogue, c->id, &d->ask.poll, &d->ask.result) !=
        0) {
        call_fail_poll(c, ERR_NOT_FOUND);
        return;
    }
    say_what_is_shown(c->app, &d->ask);
    if (is_news(c, &d->ask))
        ask_for_picture(c);
    else
        call_reply_type(c, 304, NULL);
}

void handle_poll_picture(struct call *c)
{
    look_at_poll(c, LOOK_RESULT, looked);
}
