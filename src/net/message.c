#include "net/message.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "net/chars.h"
#include "net/message_parts.h"

enum { REQUEST_LINE_MAX = LIMIT_TARGET_BYTES + 64 };

static struct str span_str(const char *data, struct span s)
{
    return (struct str){data + s.at, s.len};
}

static struct span span_of(const char *data, struct str s)
{
    return (struct span){(uint16_t)(s.at - data), (uint16_t)s.len};
}

void message_init(struct message *m)
{
    memset(m, 0, offsetof(struct message, fields));
    m->max_body = LIMIT_BODY_BYTES;
}

/* ---- the request line ---- */

static int read_version(struct message *m, struct str s)
{
    if (s.len != 8 || memcmp(s.at, "HTTP/", 5) != 0 || s.at[6] != '.' ||
        s.at[5] < '0' || s.at[5] > '9' || s.at[7] < '0' || s.at[7] > '9')
        return ERR_BAD_REQUEST;
    if (s.at[5] != '1' || s.at[7] > '1')
        return ERR_HTTP_VERSION;
    m->minor = s.at[7] - '0';
    return 0;
}

static const char *const methods[HTTP__METHODS] = {
    [HTTP_GET_] = "GET",         [HTTP_HEAD_] = "HEAD",   [HTTP_POST_] = "POST",
    [HTTP_PUT_] = "PUT",         [HTTP_PATCH_] = "PATCH", [HTTP_DELETE_] = "DELETE",
    [HTTP_OPTIONS_] = "OPTIONS", [HTTP_OTHER_] = "other",
};

const char *http_method_text(enum http_method method)
{
    return methods[method];
}

/* The router refuses unknown methods. CONNECT has no path. */
static int read_method(struct message *m, struct str s)
{
    unsigned i = 0;

    if (str_eq(s, STR("CONNECT")))
        return ERR_NOT_IMPLEMENTED;
    while (i < HTTP_OTHER_ && !str_eq(s, str_of(methods[i])))
        i++;
    m->method = (enum http_method)i;
    return 0;
}

/* "http://authority/path": what follows the authority, in *ret_rest. */
static int read_authority(struct message *m, const char *data, struct str s,
                          struct str *ret_rest)
{
    struct str authority;
    size_t scheme = 0;

    if (s.len > 7 && strncasecmp(s.at, "http://", 7) == 0)
        scheme = 7;
    else if (s.len > 8 && strncasecmp(s.at, "https://", 8) == 0)
        scheme = 8;
    else
        return ERR_BAD_REQUEST;
    authority = str_skip(s, scheme);
    *ret_rest = authority;
    while (ret_rest->len > 0 && ret_rest->at[0] != '/' && ret_rest->at[0] != '?')
        *ret_rest = str_skip(*ret_rest, 1);
    authority.len -= ret_rest->len;
    if (authority.len == 0)
        return ERR_BAD_REQUEST;
    m->authority = span_of(data, authority);
    return 0;
}

/* Every '%' is followed by two digits, and none hides a NUL. */
static bool escapes_valid(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] != '%')
            continue;
        if (s.len - i < 3 || !char_is(s.at[i + 1], CHAR_HEX) ||
            !char_is(s.at[i + 2], CHAR_HEX) || memcmp(s.at + i, "%00", 3) == 0)
            return false;
    }
    return true;
}

static int read_target(struct message *m, const char *data, struct str target)
{
    struct str path = target, query;

    if (target.len > LIMIT_TARGET_BYTES)
        return ERR_URI_TOO_LONG;
    if (target.len == 0)
        return ERR_BAD_REQUEST;
    if (str_eq(target, STR("*"))) {
        if (m->method != HTTP_OPTIONS_)
            return ERR_BAD_REQUEST;
    } else if (target.at[0] != '/' && read_authority(m, data, target, &path) != 0) {
        return ERR_BAD_REQUEST;
    }
    query = str_cut(path, '?', &path);
    if (!chars_are(path, CHAR_PATH) || !escapes_valid(path) ||
        !chars_are(query, CHAR_QUERY))
        return ERR_BAD_REQUEST;
    m->target = span_of(data, target);
    m->path = span_of(data, path);
    if (query.len != 0)
        m->query = span_of(data, query);
    return 0;
}

static int read_request_line(struct message *m, struct line l)
{
    struct str method, target, version, line = line_str(l);
    const char *first = memchr(line.at, ' ', line.len);
    const char *last = memrchr(line.at, ' ', line.len);
    int rc;

    if (first == NULL || first == last)
        return ERR_BAD_REQUEST;
    method = (struct str){line.at, (size_t)(first - line.at)};
    target = (struct str){first + 1, (size_t)(last - first - 1)};
    version = str_skip(line, (size_t)(last - line.at) + 1);
    if (method.len == 0 || !chars_are(method, CHAR_TOKEN))
        return ERR_BAD_REQUEST;
    rc = read_version(m, version);
    if (rc == 0)
        rc = read_method(m, method);
    if (rc == 0)
        rc = read_target(m, l.data, target);
    return rc;
}

/* ---- header lines ---- */

static int read_length(struct message *m, struct str value)
{
    m->n_lengths++;
    return str_to_u64(value, INT64_MAX, &m->length);
}

static int read_connection(struct message *m, struct str value)
{
    while (value.len > 0) {
        struct str option;

        value = str_cut(value, ',', &option);
        option = str_trim(option);
        if (str_eq_nocase(option, STR("close")))
            m->says_close = true;
        else if (str_eq_nocase(option, STR("keep-alive")))
            m->says_keep_alive = true;
    }
    return 0;
}

static int read_expect(struct message *m, struct str value)
{
    if (m->minor == 0) /* RFC 9110, 10.1.1: ignored */
        return 0;
    if (!str_eq_nocase(value, STR("100-continue")))
        return ERR_EXPECTATION_FAILED;
    m->expects_continue = true;
    return 0;
}

/* Note a header that matters to the transport; most do not. */
static int read_meaning(struct message *m, const struct field *f, struct str name,
                        struct str value)
{
    switch (name.len) {
    case 4:
        if (str_eq_nocase(name, STR("host"))) {
            m->n_hosts++;
            m->host = f->value;
        }
        break;
    case 6:
        if (str_eq_nocase(name, STR("expect")))
            return read_expect(m, value);
        break;
    case 10:
        if (str_eq_nocase(name, STR("connection")))
            return read_connection(m, value);
        break;
    case 12:
        if (str_eq_nocase(name, STR("x-request-id")))
            m->id = f->value;
        break;
    case 14:
        if (str_eq_nocase(name, STR("content-length")))
            return read_length(m, value);
        break;
    case 17:
        if (str_eq_nocase(name, STR("transfer-encoding"))) {
            m->n_codings++;
            m->coding = f->value;
        }
        break;
    default:
        /* http-parser mistakes "Transfer-Encoding-x" for the start of the real one. */
        if (name.len > 17 && strncasecmp(name.at, "transfer-encoding", 17) == 0)
            return ERR_BAD_REQUEST;
    }
    return 0;
}

int message_split_field(struct line l, struct str *ret_name, struct str *ret_value)
{
    struct str line = line_str(l);
    const char *colon = memchr(line.at, ':', line.len);

    if (colon == NULL || colon == line.at)
        return ERR_BAD_REQUEST;
    *ret_name = (struct str){line.at, (size_t)(colon - line.at)};
    *ret_value = str_trim(str_skip(line, ret_name->len + 1));
    /* This refuses folded lines too: they begin with a blank, which no name
     * contains. */
    if (!chars_are(*ret_name, CHAR_TOKEN) || !chars_are(*ret_value, CHAR_VALUE))
        return ERR_BAD_REQUEST;
    return 0;
}

static int read_field(struct message *m, struct line l)
{
    struct str name, value;
    struct field *f;
    int rc;

    if (m->n_fields == LIMIT_HEADERS)
        return ERR_HEADERS_TOO_LARGE;
    rc = message_split_field(l, &name, &value);
    if (rc != 0)
        return rc;
    f = &m->fields[m->n_fields++];
    f->name = span_of(l.data, name);
    f->value = span_of(l.data, value);
    return read_meaning(m, f, name, value);
}

/* ---- the whole head ---- */

/* "", ":" or ":8080" */
static bool is_port(struct str s)
{
    uint64_t port;

    return s.len <= 1
               ? s.len == 0 || s.at[0] == ':'
               : s.at[0] == ':' && str_to_u64(str_skip(s, 1), UINT16_MAX, &port) == 0;
}

/* The part between the brackets. */
static bool is_ipv6(struct str s)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (s.len >= sizeof text)
        return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* "name", "127.0.0.1:8080", "[::1]:8080" */
static bool is_authority(struct str s)
{
    struct str host;
    size_t n = 0;

    if (s.len == 0 || !chars_are(s, CHAR_HOST))
        return false;
    if (s.at[0] == '[') {
        struct str port = str_cut(str_skip(s, 1), ']', &host);
        bool closed = host.len + 1 < s.len;

        return closed && is_ipv6(host) && is_port(port);
    }
    while (n < s.len && s.at[n] != ':')
        n++;
    host = (struct str){s.at, n};
    return n > 0 && memchr(host.at, '[', n) == NULL &&
           memchr(host.at, ']', n) == NULL && is_port(str_skip(s, n));
}

static bool host_valid(const struct message *m, const char *data)
{
    struct str host = span_str(data, m->host);

    if (m->authority.len != 0 && !is_authority(span_str(data, m->authority)))
        return false;
    if (m->n_hosts == 0)
        return m->minor == 0;
    if (m->n_hosts > 1 || !is_authority(host))
        return false;
    return m->authority.len == 0 || str_eq_nocase(host, span_str(data, m->authority));
}

/* "gzip, chunked" is a coding that we do not support; "chunked, chunked" and "xchunked"
 * are attacks. */
static int judge_coding(struct str coding)
{
    static const struct str known[] = {
        {"gzip", 4}, {"x-gzip", 6}, {"deflate", 7}, {"compress", 8}, {"x-compress", 10},
    };
    struct str first, rest = str_cut(coding, ',', &first);

    if (!str_eq_nocase(str_trim(rest), STR("chunked")))
        return ERR_BAD_REQUEST;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(str_trim(first), known[i]))
            return ERR_NOT_IMPLEMENTED;
    return ERR_BAD_REQUEST;
}

static int judge_framing(struct message *m, const char *data)
{
    struct str coding = span_str(data, m->coding);

    if (m->n_lengths > 1 || m->n_codings > 1)
        return ERR_BAD_REQUEST;
    if (m->n_codings == 0)
        return 0;
    if (m->n_lengths != 0 || m->minor == 0)
        return ERR_BAD_REQUEST;
    if (!str_eq_nocase(coding, STR("chunked")))
        return judge_coding(coding);
    if (m->method == HTTP_OTHER_) /* read_again() could not compare it */
        return ERR_NOT_IMPLEMENTED;
    m->chunked = true;
    return 0;
}

/* Has the library seen the same request? */
static int read_again(struct message *m, const char *data)
{
    struct parser_head h;
    int rc = parser_head(&m->second, data, m->head_len, &h);

    if (rc != 0)
        return rc;
    if (strcmp(h.method, methods[m->method]) != 0 || h.major != 1 ||
        h.minor != m->minor || h.target != data + m->target.at ||
        h.target_len != m->target.len || h.n_fields != m->n_fields ||
        h.length != m->length || h.chunked != m->chunked)
        return ERR_BAD_REQUEST;
    return 0;
}

static int finish_head(struct message *m, const char *data)
{
    int rc = judge_framing(m, data);

    if (rc != 0)
        return rc;
    if (!host_valid(m, data))
        return ERR_BAD_REQUEST;
    m->keep_alive = !m->says_close && (m->minor == 1 || m->says_keep_alive);
    m->head_len = m->line_at;
    m->stage = m->chunked ? STAGE_CHUNK_SIZE : STAGE_BODY;
    if (m->chunked || (m->always_twice && m->method != HTTP_OTHER_))
        rc = read_again(m, data);
    return rc != 0 ? rc : MESSAGE_HEAD;
}

/* Allow one empty line before a request: some clients send one after a body. */
static int start_line(struct message *m, struct line l)
{
    if (l.len == 0 && !m->skipped_line) {
        m->skipped_line = true;
        return 0;
    }
    m->stage = STAGE_FIELDS;
    return read_request_line(m, l);
}

/* Judge the size of a line, which may not be whole yet: len bytes of it (with CR LF)
 * have come. */
static int judge_size(const struct message *m, size_t len, size_t end)
{
    if (m->stage == STAGE_START && len > REQUEST_LINE_MAX)
        return ERR_URI_TOO_LONG;
    if (end > LIMIT_HEADERS_BYTES)
        return ERR_HEADERS_TOO_LARGE;
    return 0;
}

/* A request can only begin with a method: if somebody speaks TLS to us, do not wait for
 * the end of the line. */
static bool begins_well(const struct message *m, const char *data, size_t len)
{
    char first;

    if (m->stage != STAGE_START || m->line_at == len)
        return true;
    first = data[m->line_at];
    return char_is(first, CHAR_TOKEN) || (first == '\r' && !m->skipped_line);
}

static int read_head_line(struct message *m, struct line l)
{
    if (m->stage == STAGE_START)
        return start_line(m, l);
    if (l.len == 0)
        return finish_head(m, l.data);
    return read_field(m, l);
}

/* Where the line that begins at line_at ends, after its LF; 0: not yet. */
static size_t find_line_end(struct message *m, const char *data, size_t len)
{
    const char *lf = memchr(data + m->scanned, '\n', len - m->scanned);

    m->scanned = lf != NULL ? (size_t)(lf - data) + 1 : len;
    return lf != NULL ? m->scanned : 0;
}

static int read_head(struct message *m, const char *data, size_t len)
{
    int rc = MESSAGE_MORE;

    while (rc == MESSAGE_MORE) {
        size_t at = m->line_at, end;

        if (!begins_well(m, data, len))
            return ERR_BAD_REQUEST;
        end = find_line_end(m, data, len);
        if (end == 0)
            return judge_size(m, len - at + 1, len + 1);
        rc = judge_size(m, end - at, end);
        if (rc != 0)
            return rc;
        if (end - at < 2 || data[end - 2] != '\r')
            return ERR_BAD_REQUEST;
        m->line_at = end;
        rc = read_head_line(m, (struct line){data, at, end - at - 2});
    }
    return rc;
}

static int read_plain_body(struct message *m, size_t len)
{
    if (m->length > m->max_body)
        return ERR_TOO_LARGE;
    if (len - m->head_len < m->length)
        return MESSAGE_MORE;
    m->body_len = (size_t)m->length;
    m->stage = STAGE_DONE;
    return MESSAGE_DONE;
}

int message_read(struct message *m, char *data, size_t *len)
{
    switch (m->stage) {
    case STAGE_START:
    case STAGE_FIELDS:
        return read_head(m, data, *len);
    case STAGE_BODY:
        return read_plain_body(m, *len);
    case STAGE_DONE:
        return MESSAGE_DONE;
    default:
        return message_read_chunks(m, data, len);
    }
}
