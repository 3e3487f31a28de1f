#include "app/query.h"

#include "app/call.h"
#include "base/err.h"
#include "net/http.h"

bool query_number(struct call *c, const char *name, uint32_t max, uint32_t *number,
                  const char *why)
{
    struct buf text = {0};
    struct str value;
    uint64_t n = *number;
    int rc = http_query(c->req, name, &text, &value);

    if (rc == 0)
        rc = str_to_u64(value, max, &n);
    if (rc == ERR_NOT_FOUND)
        rc = 0;
    else if (rc == 0 && n < 1)
        rc = ERR_BAD_REQUEST;
    buf_done(&text);
    if (rc == 0)
        *number = (uint32_t)n;
    else
        call_fail(c, ERR_BAD_REQUEST, why);
    return rc == 0;
}

bool query_word(struct call *c, const char *name, const char *const *words, int n,
                int *index, const char *why)
{
    struct buf text = {0};
    struct str value;
    int rc = http_query(c->req, name, &text, &value);
    bool found = rc == ERR_NOT_FOUND;

    for (int i = 0; rc == 0 && i < n; i++)
        if (str_eq(value, str_of(words[i]))) {
            *index = i;
            found = true;
        }
    buf_done(&text);
    if (!found)
        call_fail(c, ERR_BAD_REQUEST, why);
    return found;
}

void query_add_next(struct call *c, const char *cursor)
{
    struct str rest = c->req->query, item;
    struct buf link = {0};

    buf_char(&link, '<');
    buf_str_add(&link, c->req->path);
    buf_char(&link, '?');
    while (rest.len > 0) {
        rest = str_cut(rest, '&', &item);
        if (item.len == 0 || str_starts(item, STR("cursor=")) ||
            str_starts(item, STR("page=")))
            continue;
        buf_str_add(&link, item);
        buf_char(&link, '&');
    }
    buf_printf(&link, "cursor=%s>; rel=\"next\"", cursor);
    http_add_header(c->req, "Link", buf_str(&link));
    buf_done(&link);
}
