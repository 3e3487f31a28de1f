/* live_sse.c — /api/live, /api/polls/{id}/live. */
#include "app/app.h"
#include "app/app_loop.h"
#include "app/handlers.h"
#include "app/proxy.h"
#include "base/err.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "live/live.h"
#include "live/live_watcher.h"
#include "net/http.h"

enum { RESUME_BYTES = 4096 };

/* What the client already has: "12.34.v,13.5.h", as wrap() in live.c writes it. It
 * comes in the header, or in the parameter where a browser cannot set a header. */
static struct str read_resume(struct call *c, struct buf *out)
{
    struct str resume = http_header(c->req, "last-event-id");

    if (resume.at == NULL && http_query(c->req, "lastEventId", out, &resume) != 0)
        return (struct str){NULL, 0};
    return resume.len <= RESUME_BYTES ? resume : (struct str){NULL, 0};
}

/* Skip what cannot be read: the client gets that snapshot again. */
static uint64_t resume_version(struct str resume, uint32_t poll)
{
    while (resume.len > 0) {
        struct str item, id, version, kind;
        uint64_t n, v;

        resume = str_cut(resume, ',', &item);
        kind = str_cut(str_cut(str_trim(item), '.', &id), '.', &version);
        if (str_to_u64(id, UINT32_MAX, &n) != 0 || n != poll ||
            str_to_u64(version, HIDDEN_FRAME - 1, &v) != 0)
            continue;
        if (str_eq(kind, STR("h")))
            return v | HIDDEN_FRAME;
        if (str_eq(kind, STR("v")))
            return v;
    }
    return 0;
}

struct sse_polls {
    uint32_t ids[LIMIT_TRACKED_POLLS];
    size_t n;
};

static int read_polls(struct call *c, struct sse_polls *ret)
{
    struct buf text = {0};
    struct str list, item;
    uint64_t id;
    int rc = http_query(c->req, "polls", &text, &list);

    ret->n = 0;
    while (rc == 0 && list.len > 0) {
        list = str_cut(list, ',', &item);
        rc = str_to_u64(str_trim(item), UINT32_MAX, &id);
        if (rc != 0 || id == 0 || ret->n == LIMIT_TRACKED_POLLS)
            rc = ERR_BAD_REQUEST;
        else
            ret->ids[ret->n++] = (uint32_t)id;
    }
    buf_done(&text);
    return rc == 0 && ret->n > 0 ? 0 : ERR_BAD_REQUEST;
}

static void follow_all(struct watcher *w, const struct sse_polls *polls,
                       struct str resume)
{
    w->opening = true;
    for (size_t i = 0; i < polls->n; i++)
        (void)watcher_watch(w, polls->ids[i], resume_version(resume, polls->ids[i]));
    w->opening = false;
    watcher_end_if_idle(w);
}

/* HEAD gets the head of GET, and follows nothing. */
static void reply_sse_head(struct call *c)
{
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply_type(c, 200, "text/event-stream");
}

static void open_sse(struct call *c, const struct sse_polls *polls)
{
    struct watcher *w = watcher_new(c->loop->live, WATCHER_SSE, &c->who);
    struct buf text = {0};
    struct str borrowed = read_resume(c, &text);
    struct buf resume = {0}; /* a copy: the request is freed below */

    buf_str_add(&resume, borrowed);
    c->req->address = proxy_client_of(c);
    w->sse = sse_accept(c->req, &c->loop->live->sse_ops, w);
    call_taken_over(c, 200);
    if (w->sse == NULL)
        watcher_gone(w);
    else if (!watcher_close_if_late(w))
        follow_all(w, polls, buf_str(&resume));
    buf_done(&text);
    buf_done(&resume);
}

static void start_sse(struct call *c, const struct sse_polls *polls)
{
    if (c->req->method == HTTP_HEAD_)
        reply_sse_head(c);
    else
        open_sse(c, polls);
}

void handle_sse_poll(struct call *c)
{
    struct sse_polls polls = {.ids = {c->id}, .n = 1};

    if (catalogue_get(c->app->index->catalogue, c->id, NULL, NULL) != 0)
        call_fail_poll(c, ERR_NOT_FOUND);
    else
        start_sse(c, &polls);
}

void handle_sse(struct call *c)
{
    struct sse_polls polls;

    if (read_polls(c, &polls) != 0) {
        call_fail(c, ERR_BAD_REQUEST, "Name 1 to 100 polls, as in ?polls=1,2,3.");
        return;
    }
    for (size_t i = 0; i < polls.n; i++) {
        if (catalogue_get(c->app->index->catalogue, polls.ids[i], NULL, NULL) == 0)
            continue;
        call_fail(c, ERR_NOT_FOUND, "At least one of these polls does not exist.");
        return;
    }
    start_sse(c, &polls);
}
