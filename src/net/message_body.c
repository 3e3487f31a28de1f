/* message_body.c — joins the chunks of a body in place (message_parts.h). */
#include <string.h>

#include "base/err.h"
#include "net/chars.h"
#include "net/message_parts.h"

/* Give a piece of the body to the second parser. */
static int agree(struct message *m, const char *piece, size_t len, size_t want_len,
                 bool want_done)
{
    size_t body_len;
    bool done;
    int rc = parser_chunked(&m->second, piece, len, &body_len, &done);

    if (rc != 0)
        return rc;
    return body_len == want_len && done == want_done ? 0 : ERR_BAD_REQUEST;
}

/* The raw bytes of a chunked body that have not been consumed yet. */
struct raw {
    char *at;
    size_t len;
};

/* Cut the line at the start of raw into *ret_line. Returns its length with CR LF, 0 if
 * it is not whole yet, or an error. */
static long take_line(const struct raw *raw, size_t max, struct str *ret_line)
{
    const char *lf = memchr(raw->at, '\n', raw->len < max ? raw->len : max);
    size_t len;

    if (lf == NULL)
        return raw->len >= max ? ERR_BAD_REQUEST : 0;
    len = (size_t)(lf - raw->at) + 1;
    if (len < 2 || raw->at[len - 2] != '\r')
        return ERR_BAD_REQUEST;
    *ret_line = (struct str){raw->at, len - 2};
    return (long)len;
}

/* The length of the extension's value at the start of s, a token or a quoted text; 0:
 * it is neither. */
static size_t extension_value(struct str s)
{
    const char *end;
    size_t n = 0;

    if (s.len > 0 && s.at[0] == '"') {
        end = memchr(s.at + 1, '"', s.len - 1);
        n = end != NULL ? (size_t)(end - s.at) + 1 : 0;
        return memchr(s.at, '\\', n) == NULL ? n : 0;
    }
    while (n < s.len && char_is(s.at[n], CHAR_TOKEN))
        n++;
    return n;
}

/* Accept nothing, ";name" or ";name=value". Nobody needs extensions, some parsers
 * stumble over more than one, and they must hide no byte that another parser takes for
 * a line end. */
static bool extension_valid(struct str s)
{
    size_t n = 1, value;

    if (s.len == 0)
        return true;
    while (n < s.len && char_is(s.at[n], CHAR_TOKEN))
        n++;
    if (s.at[0] != ';' || n == 1)
        return false;
    if (n == s.len)
        return true;
    value = extension_value(str_skip(s, n + 1));
    return s.at[n] == '=' && value != 0 && n + 1 + value == s.len;
}

/* "1f" or "1f;name=value". */
static int read_chunk_size(struct message *m, struct str line)
{
    size_t digits = 0, size = 0;

    for (; digits < line.len && char_is(line.at[digits], CHAR_HEX); digits++) {
        if (digits == 8)
            return ERR_BAD_REQUEST;
        size = size << 4 | char_hex(line.at[digits]);
    }
    if (digits == 0 || !chars_are(line, CHAR_VALUE) ||
        !extension_valid(str_skip(line, digits)))
        return ERR_BAD_REQUEST;
    m->extra += line.len - digits;
    if (m->extra > MESSAGE_EXTRA_MAX)
        return ERR_BAD_REQUEST;
    if (size > m->max_body - m->body_len)
        return ERR_TOO_LARGE;
    m->chunk_left = size;
    m->stage = size != 0 ? STAGE_CHUNK_DATA : STAGE_TRAILERS;
    return 0;
}

static int read_trailer(struct message *m, struct str line)
{
    struct str name, value;
    int rc;

    m->extra += line.len + 2;
    if (m->extra > MESSAGE_EXTRA_MAX)
        return ERR_BAD_REQUEST;
    rc = message_split_field((struct line){line.at, 0, line.len}, &name, &value);
    if (rc != 0)
        return rc;
    if (str_eq_nocase(name, STR("content-length")) ||
        str_eq_nocase(name, STR("host")) ||
        str_eq_nocase(name, STR("transfer-encoding")))
        return ERR_BAD_REQUEST;
    return 0;
}

/* Each of these consumes what it can at the start of raw and returns how much, 0 if it
 * needs more, or an error. */

static long take_size(struct message *m, const struct raw *raw)
{
    struct str line;
    long n = take_line(raw, MESSAGE_CHUNK_LINE_MAX, &line);
    int rc = n > 0 ? read_chunk_size(m, line) : 0;

    if (rc == 0 && n > 0)
        rc = agree(m, raw->at, (size_t)n, 0, false);
    return rc != 0 ? rc : n;
}

static long take_data(struct message *m, const char *data, const struct raw *raw)
{
    size_t n = raw->len < m->chunk_left ? raw->len : m->chunk_left;
    int rc = agree(m, raw->at, n, n, false);

    if (rc != 0)
        return rc;
    memmove((char *)data + m->head_len + m->body_len, raw->at, n);
    m->body_len += n;
    m->chunk_left -= n;
    if (m->chunk_left == 0)
        m->stage = STAGE_CHUNK_END;
    return (long)n;
}

static long take_end(struct message *m, const struct raw *raw)
{
    int rc;

    if (raw->at[0] != '\r' || (raw->len > 1 && raw->at[1] != '\n'))
        return ERR_BAD_REQUEST;
    if (raw->len < 2)
        return 0;
    m->stage = STAGE_CHUNK_SIZE;
    rc = agree(m, raw->at, 2, 0, false);
    return rc != 0 ? rc : 2;
}

static long take_trailer(struct message *m, const struct raw *raw)
{
    struct str line;
    long n = take_line(raw, MESSAGE_EXTRA_MAX, &line);
    int rc = 0;

    if (n <= 0)
        return n;
    if (line.len == 0)
        m->stage = STAGE_DONE;
    else
        rc = read_trailer(m, line);
    if (rc == 0)
        rc = agree(m, raw->at, (size_t)n, 0, m->stage == STAGE_DONE);
    return rc != 0 ? rc : n;
}

static long take_some(struct message *m, const char *data, const struct raw *raw)
{
    switch (m->stage) {
    case STAGE_CHUNK_SIZE:
        return take_size(m, raw);
    case STAGE_CHUNK_DATA:
        return take_data(m, data, raw);
    case STAGE_CHUNK_END:
        return take_end(m, raw);
    default:
        return take_trailer(m, raw);
    }
}

int message_read_chunks(struct message *m, char *data, size_t *len)
{
    struct raw raw = {data + message_used(m), *len - message_used(m)};
    long n = 1;

    while (n > 0 && raw.len > 0 && m->stage != STAGE_DONE) {
        n = take_some(m, data, &raw);
        if (n < 0)
            return (int)n;
        raw.at += n;
        raw.len -= (size_t)n;
    }
    memmove(data + message_used(m), raw.at, raw.len);
    *len = message_used(m) + raw.len;
    return m->stage == STAGE_DONE ? MESSAGE_DONE : MESSAGE_MORE;
}
