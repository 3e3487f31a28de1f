#include "api/csv.h"

#include <string.h>

#include "app/views.h"

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool needs_quotes(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_one_of(text.at[i], "\",\r\n\t"))
            return true;
    return false;
}

void csv_text(struct buf *out, struct str text)
{
    bool quotes = needs_quotes(text);

    if (quotes)
        buf_char(out, '"');
    if (text.len != 0 && is_one_of(text.at[0], "=+-@\t\r\n"))
        buf_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            buf_char(out, '"');
        buf_char(out, text.at[i]);
    }
    if (quotes)
        buf_char(out, '"');
}

void csv_results(struct buf *out, const struct poll *p, const struct result *r)
{
    buf_text(out, "index,text,votes,percent\r\n");
    for (uint32_t i = 0; i < r->n_options; i++) {
        buf_u64(out, i);
        buf_char(out, ',');
        csv_text(out, p->options[i]);
        buf_char(out, ',');
        buf_u64(out, r->counts[i]);
        buf_char(out, ',');
        view_percent(out, r->counts[i], r->total);
        buf_text(out, "\r\n");
    }
}
