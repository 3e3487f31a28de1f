#include "api/csv.h"

#include "app/views.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/unicode.h"

#define BYTE_ORDER_MARK "\ufeff"

static bool begins_formula(uint32_t c)
{
    static const uint32_t signs[] = {'=',    '+',    '-',    '@',    0xff1d,
                                     0xff0b, 0xff0d, 0xff20, 0x2212, 0xfe66,
                                     0xfe62, 0xfe63, 0xfe6b};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i] == c)
            return true;
    return false;
}

static bool may_end_cell(uint32_t c)
{
    return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' || c == '\r';
}

/* What a program may drop from the beginning of a cell. */
static bool may_be_dropped(uint32_t c)
{
    return c < ' ' || c == '"' || c == '\'' || text_is_blank(c) || text_is_silent(c);
}

/* Would a cell that begins here be a formula? */
static bool is_formula(struct str s)
{
    while (s.len > 0) {
        uint32_t c = unicode_take(&s);

        if (begins_formula(c))
            return true;
        if (!may_be_dropped(c))
            return false;
    }
    return false;
}

void csv_text(struct buf *out, struct str text)
{
    bool begins = true;

    buf_char(out, '"');
    while (text.len > 0) {
        uint32_t c;

        if (begins && is_formula(text))
            buf_char(out, '\'');
        c = unicode_take(&text);
        begins = may_end_cell(c);
        if (c == '"')
            buf_char(out, '"');
        unicode_put(out, c);
    }
    buf_char(out, '"');
}

/* ---- a poll ---- */

static void add_time(struct buf *out, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    buf_char(out, ',');
    if (ms != 0)
        clock_format(ms, text);
    csv_text(out, ms != 0 ? str_of(text) : STR(""));
}

static void add_poll(struct buf *out, const struct poll *p, const struct result *r)
{
    buf_char(out, ',');
    buf_u64(out, p->id);
    buf_char(out, ',');
    csv_text(out, p->title);
    buf_char(out, ',');
    csv_text(out, str_of(poll_status_text(r->status)));
    add_time(out, p->created_ms);
    add_time(out, p->rules.opens_ms);
    add_time(out, p->rules.closes_ms);
}

void csv_results(struct buf *out, const struct poll *p, const struct result *r)
{
    buf_text(out, BYTE_ORDER_MARK
             "\"index\",\"text\",\"votes\",\"percent\",\"pollId\",\"question\","
             "\"status\",\"createdAt\",\"opensAt\",\"closesAt\"\r\n");
    for (uint32_t i = 0; i < r->n_options; i++) {
        buf_u64(out, i);
        buf_char(out, ',');
        csv_text(out, p->options[i]);
        buf_char(out, ',');
        buf_u64(out, r->counts[i]);
        buf_char(out, ',');
        view_percent(out, r->counts[i], r->total);
        add_poll(out, p, r);
        buf_text(out, "\r\n");
    }
}
