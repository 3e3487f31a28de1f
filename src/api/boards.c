/* boards.c — GET /api/leaderboard, GET /api/tags. */
#include <string.h>

#include "app/app.h"
#include "app/app_loop.h"
#include "app/handlers.h"
#include "app/query.h"
#include "base/err.h"
#include "base/mem.h"
#include "index/feed.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "net/http.h"
#include "net/loop.h"
#include "base/text.h"

/* ---- GET /api/leaderboard ---- */

struct asking {
    struct board_ask ask; /* first */
    struct call *call;
    uint32_t limit;
};

static void answered(struct mail *m)
{
    struct asking *a = (struct asking *)m;
    struct call *c = a->call;
    struct buf *out = call_out(c);

    buf_text(out, "{\"items\":");
    leaderboard_view(c->app->leaderboard, out, a->ask.places, a->ask.n, a->limit);
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-cache"));
    call_reply(c, 200);
}

/* In normal form, as tags are. */
static int read_tag(struct call *c, char tag[LIMIT_TAG_BYTES + 1])
{
    struct buf text = {0}, normal = {0};
    struct str value;
    int rc = http_query(c->req, "tag", &text, &value);

    if (rc == 0) {
        text_normal_tag(&normal, value);
        value = buf_str(&normal);
        if (value.len == 0 || str_chars(value) > LIMIT_TAG_CHARS || !text_is_tag(value))
            rc = ERR_BAD_REQUEST;
    }
    if (rc == 0)
        memcpy(tag, value.at, value.len);
    buf_done(&text);
    buf_done(&normal);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

void handle_leaderboard(struct call *c)
{
    static const char *const windows[] = {"all", "hour", "day"};
    struct asking *a = mem_zalloc(1, sizeof *a);
    int window = BOARD_ALL, rc;

    a->call = c;
    a->limit = 10;
    call_set_data(c, a, mem_free);
    if (!query_word(c, "window", windows, 3, &window,
                    "window must be hour, day or all."))
        return;
    if (!query_number(c, "limit", LIMIT_PAGE, &a->limit,
                      "limit must be a number from 1 to 100."))
        return;
    if (read_tag(c, a->ask.tag) != 0) {
        call_fail(c, ERR_BAD_REQUEST, "tag must be 1 to 30 letters, digits and -.");
        return;
    }
    a->ask.window = (enum board_window)window;
    a->ask.mail.home = loop_inbox(c->loop->loop);
    a->ask.mail.on_home = answered;
    rc = leaderboard_submit(c->app->leaderboard, &a->ask);
    if (rc != 0)
        call_fail(c, rc, NULL);
}

/* ---- GET /api/tags ---- */

void handle_tags(struct call *c)
{
    struct buf *out = call_out(c);
    size_t n;
    struct feed_tag *tags = feed_tags(c->app->index->feed, &n);

    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_text(out, i == 0 ? "{\"tag\":" : ",{\"tag\":");
        buf_json_str(out, str_of(tags[i].tag));
        buf_text(out, ",\"polls\":");
        buf_u64(out, tags[i].polls);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    mem_free(tags);
    http_add_header(c->req, "Cache-Control", STR("no-cache"));
    call_reply(c, 200);
}
