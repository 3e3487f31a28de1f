/* results.c — GET /api/polls/{id}/results. */
#include "app/etag.h"
#include "app/handlers.h"
#include "app/look.h"
#include "app/views.h"
#include "base/err.h"
#include "net/http.h"

/* One version is one answer, so the version is all that an ETag needs. */
static void write_etag(struct buf *out, const struct result *r)
{
    buf_char(out, '"');
    buf_u64(out, r->poll);
    buf_char(out, '.');
    buf_u64(out, r->version);
    buf_char(out, '"');
}

static void reply_results(struct call *c, const struct look *look)
{
    struct buf etag = {0};
    bool fresh;

    if (!viewer_may_see(&look->viewer, &look->poll->rules, look->result.status)) {
        call_fail(c, ERR_FORBIDDEN,
                  "The results of this poll are not shown to you yet.");
        return;
    }
    c->one_form = true;
    write_etag(&etag, &look->result);
    http_add_header(c->req, "ETag", buf_str(&etag));
    http_add_header(c->req, "Cache-Control", STR("no-cache"));
    fresh = etag_is_news(http_header(c->req, "if-none-match"), buf_str(&etag));
    buf_done(&etag);
    if (!fresh) {
        call_reply_type(c, 304, NULL);
        return;
    }
    view_result(call_out(c), &look->result);
    call_reply(c, 200);
}

void handle_results(struct call *c)
{
    look_at_poll(c, LOOK_RESULT, reply_results);
}
