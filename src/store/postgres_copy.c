#include "store/postgres_copy.h"

void copy_cell(struct buf *b)
{
    if (b->len != 0 && b->data[b->len - 1] != '\n')
        buf_char(b, '\t');
}

void copy_null(struct buf *b)
{
    copy_cell(b);
    buf_text(b, "\\N");
}

void copy_i64(struct buf *b, int64_t n)
{
    copy_cell(b);
    buf_i64(b, n);
}

void copy_optional(struct buf *b, int64_t n)
{
    if (n == 0)
        copy_null(b);
    else
        copy_i64(b, n);
}

void copy_bool(struct buf *b, bool value)
{
    copy_cell(b);
    buf_char(b, value ? 't' : 'f');
}

void copy_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        switch (s.at[i]) {
        case '\n':
            buf_text(b, "\\n");
            break;
        case '\r':
            buf_text(b, "\\r");
            break;
        case '\t':
            buf_text(b, "\\t");
            break;
        case '\\':
            buf_text(b, "\\\\");
            break;
        default:
            buf_char(b, s.at[i]);
        }
}

void copy_text(struct buf *b, struct str s)
{
    if (s.at == NULL) {
        copy_null(b);
        return;
    }
    copy_cell(b);
    copy_escaped(b, s);
}

void copy_bytes(struct buf *b, struct str s)
{
    static const char digits[] = "0123456789abcdef";

    if (s.at == NULL) {
        copy_null(b);
        return;
    }
    copy_cell(b);
    buf_text(b, "\\\\x");
    for (size_t i = 0; i < s.len; i++) {
        buf_char(b, digits[(uint8_t)s.at[i] >> 4]);
        buf_char(b, digits[(uint8_t)s.at[i] & 15]);
    }
}

void copy_end_line(struct buf *b)
{
    buf_char(b, '\n');
}
