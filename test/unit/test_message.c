/* What is a request, what is not, and that it does not depend on how it was cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "lib/feeder.h"

enum { MAX_BODY = 64 };

#define HOST "Host: a\r\n"
#define GET "GET / HTTP/1.1\r\n" HOST
#define POST "POST / HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

struct row {
    const char *why;
    struct str bytes;
    int error; /* of the first request; 0: it is one */
};

#define ROW(why, bytes, error)                                                         \
    {                                                                                  \
        why, {bytes, sizeof(bytes) - 1}, error                                         \
    }

static const struct row rows[] = {
    /* request line */
    ROW("the usual", GET "\r\n", 0),
    ROW("Host: a name and a port", "GET / HTTP/1.1\r\nHost: a.b:8080\r\n\r\n", 0),
    ROW("Host: a name and no port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 0),
    ROW("Host: IPv6", "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n", 0),
    ROW("Host: IPv6 and a port", "GET / HTTP/1.1\r\nHost: [fe80::1]:80\r\n\r\n", 0),
    ROW("Host: an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("Host: a bracket alone", "GET / HTTP/1.1\r\nHost: ]\r\n\r\n", ERR_BAD_REQUEST),
    ROW("Host: empty brackets", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", ERR_BAD_REQUEST),
    ROW("Host: no IPv6", "GET / HTTP/1.1\r\nHost: [a:b]\r\n\r\n", ERR_BAD_REQUEST),
    ROW("Host: more behind", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", ERR_BAD_REQUEST),
    ROW("Host: a bracket in a name", "GET / HTTP/1.1\r\nHost: a]b\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("Host: two colons", "GET / HTTP/1.1\r\nHost: a:b:c\r\n\r\n", ERR_BAD_REQUEST),
    ROW("Host: bare IPv6", "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n", ERR_BAD_REQUEST),
    ROW("Host: letters as a port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("Host: a large port", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("Host: a port alone", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", ERR_BAD_REQUEST),
    ROW("an authority that is none", "GET http://]/ HTTP/1.0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", 0),
    ROW("an empty line before it", "\r\n" GET "\r\n", 0),
    ROW("two empty lines before it", "\r\n\r\n" GET "\r\n", ERR_BAD_REQUEST),
    ROW("every method: HEAD", "HEAD / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("every method: PUT", "PUT / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("every method: PATCH", "PATCH / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("every method: DELETE", "DELETE / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("every method: OPTIONS", "OPTIONS / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("a method that nobody needs", "TRACE / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("one that nobody knows", "FOO-1 / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("one with a body", "FOO / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab", 0),
    ROW("one with a body in chunks",
        "FOO / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ERR_NOT_IMPLEMENTED),
    ROW("one without a path", "FOO a:1 HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("CONNECT", "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", ERR_NOT_IMPLEMENTED),
    ROW("one in small letters, which is another", "get / HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("a method with a comma", "GE,T / HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("no method", " / HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("no target", "GET HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("HTTP/0.9", "GET /\r\n", ERR_BAD_REQUEST),
    ROW("HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", ERR_HTTP_VERSION),
    ROW("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ERR_HTTP_VERSION),
    ROW("half a version", "GET / HTTP/1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a long version", "GET / HTTP/1.10\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("version in small letters", "GET / http/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("letters as a version", "GET / HTTP/x.y\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("two blanks", "GET  / HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a tab", "GET\t/ HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a blank at the end", "GET / HTTP/1.1 \r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a blank in the target", "GET /a b HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("TLS", "\x16\x03\x01\x02\x00\x01", ERR_BAD_REQUEST),
    ROW("a NUL first", "\0GET / HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),

    /* target */
    ROW("a query", "GET /a?b=c&d?e/f HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("an escape", "GET /%c3%A4 HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("half an escape", "GET /%c HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("no escape", "GET /%xy HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("an escaped NUL", "GET /a%00b HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a bare per cent in a query", "GET /?a=100% HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("what browsers leave in a query", "GET /?a={[|^`]} HTTP/1.1\r\n" HOST "\r\n",
        0),
    ROW("the same in a path", "GET /{a} HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a fragment", "GET /#a HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("a quote", "GET /?\" HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("not ASCII", "GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("DEL", "GET /\x7f HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("no slash", "GET a HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("absolute", "GET http://a/b?c HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("absolute without a path", "GET http://a HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("absolute, a query only", "GET http://a?b HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("absolute, https", "GET HTTPS://A/ HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("absolute, another host", "GET http://b/ HTTP/1.1\r\n" HOST "\r\n",
        ERR_BAD_REQUEST),
    ROW("absolute, no host", "GET http:/// HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("absolute, with a user", "GET http://u@a/ HTTP/1.1\r\nHost: u@a\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("another scheme", "GET ftp://a/ HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("the whole server", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0),
    ROW("GET for the whole server", "GET * HTTP/1.1\r\n" HOST "\r\n", ERR_BAD_REQUEST),

    /* lines */
    ROW("bare LF after the request line", "GET / HTTP/1.1\n" HOST "\r\n",
        ERR_BAD_REQUEST),
    ROW("bare LF after a header", "GET / HTTP/1.1\r\nHost: a\n\r\n", ERR_BAD_REQUEST),
    ROW("bare LF after a value that could lose a byte", GET "A: bc\n\r\n",
        ERR_BAD_REQUEST),
    ROW("bare LF at the end", GET "\n", ERR_BAD_REQUEST),
    ROW("bare CR in a value", GET "A: b\rc\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare CR before CR LF", GET "A: b\r\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare CR as a line", GET "\rA: b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("NUL in a value", GET "A: b\0c\r\n\r\n", ERR_BAD_REQUEST),
    ROW("NUL in a name", GET "A\0: b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a control character", GET "A: \x01\r\n\r\n", ERR_BAD_REQUEST),
    ROW("DEL in a value", GET "A: \x7f\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a tab in a value", GET "A: b\tc\r\n\r\n", 0),
    ROW("bytes beyond ASCII in a value", GET "A: \xc3\xa4\xff\r\n\r\n", 0),
    ROW("folded", GET "A: b\r\n c\r\n\r\n", ERR_BAD_REQUEST),
    ROW("folded with a tab", GET "A: b\r\n\tc\r\n\r\n", ERR_BAD_REQUEST),
    ROW("folded first", "GET / HTTP/1.1\r\n A: b\r\n" HOST "\r\n", ERR_BAD_REQUEST),
    ROW("blank before the colon", GET "A : b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("tab before the colon", GET "A\t: b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("no colon", GET "A\r\n\r\n", ERR_BAD_REQUEST),
    ROW("no name", GET ": b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("no value", GET "A:\r\n\r\n", 0),
    ROW("a blank value", GET "A: \t \r\n\r\n", 0),
    ROW("no blank", GET "A:b\r\n\r\n", 0),

    /* Host */
    ROW("no Host", "GET / HTTP/1.1\r\n\r\n", ERR_BAD_REQUEST),
    ROW("two", GET HOST "\r\n", ERR_BAD_REQUEST),
    ROW("two in HTTP/1.0", "GET / HTTP/1.0\r\n" HOST "host: a\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("with a port", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0),

    /* Content-Length */
    ROW("a body", POST "Content-Length: 2\r\n\r\nab", 0),
    ROW("a body of nothing", POST "Content-Length: 0\r\n\r\n", 0),
    ROW("zeros before it", POST "Content-Length: 0002\r\n\r\nab", 0),
    ROW("a body with GET", GET "Content-Length: 2\r\n\r\nab", 0),
    ROW("the largest",
        POST "Content-Length: 64\r\n\r\n"
             "0123456789abcdef0123456789abcdef"
             "0123456789abcdef0123456789abcdef",
        0),
    ROW("one more", POST "Content-Length: 65\r\n\r\n", ERR_TOO_LARGE),
    ROW("a sign", POST "Content-Length: +2\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("negative", POST "Content-Length: -2\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("a list of the same", POST "Content-Length: 2, 2\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("a blank inside", POST "Content-Length: 2 2\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("hexadecimal", POST "Content-Length: 0x2\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("a fraction", POST "Content-Length: 2.0\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("no digits", POST "Content-Length:\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("quoted", POST "Content-Length: \"2\"\r\n\r\nab", ERR_BAD_REQUEST),
    ROW("twice, the same", POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
        ERR_BAD_REQUEST),
    ROW("twice, different", POST "Content-Length: 2\r\ncontent-length: 3\r\n\r\nabc",
        ERR_BAD_REQUEST),
    ROW("2^63", POST "Content-Length: 9223372036854775808\r\n\r\n", ERR_BAD_REQUEST),
    ROW("2^64", POST "Content-Length: 18446744073709551616\r\n\r\n", ERR_BAD_REQUEST),
    ROW("2^64 + 2", POST "Content-Length: 18446744073709551618\r\n\r\nab",
        ERR_BAD_REQUEST),

    /* Transfer-Encoding */
    ROW("chunked", CHUNKED "2\r\nab\r\n0\r\n\r\n", 0),
    ROW("in capitals", POST "transfer-encoding:CHUNKED\r\n\r\n0\r\n\r\n", 0),
    ROW("with GET", GET "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0),
    ROW("with Content-Length",
        POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("before Content-Length",
        POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("twice",
        POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("twice, one of them odd",
        POST "Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("a list of the same", POST "Transfer-Encoding: chunked, chunked\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("nothing", POST "Transfer-Encoding:\r\n\r\n", ERR_BAD_REQUEST),
    ROW("identity", POST "Transfer-Encoding: identity\r\n\r\n", ERR_BAD_REQUEST),
    ROW("identity first", POST "Transfer-Encoding: identity, chunked\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("almost", POST "Transfer-Encoding: xchunked\r\n\r\n", ERR_BAD_REQUEST),
    ROW("with a comma", POST "Transfer-Encoding: chunked,\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a comma first", POST "Transfer-Encoding: ,chunked\r\n\r\n", ERR_BAD_REQUEST),
    ROW("with a parameter", POST "Transfer-Encoding: chunked;a=b\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("quoted", POST "Transfer-Encoding: \"chunked\"\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a form feed before it",
        POST "Transfer-Encoding: \x0b"
             "chunked\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("blank before its colon", POST "Transfer-Encoding : chunked\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("a longer name", POST "Transfer-Encoding-x: chunked\r\n\r\n", ERR_BAD_REQUEST),
    ROW("gzip within", POST "Transfer-Encoding: gzip, chunked\r\n\r\n",
        ERR_NOT_IMPLEMENTED),
    ROW("gzip without it", POST "Transfer-Encoding: gzip\r\n\r\n", ERR_BAD_REQUEST),

    /* chunks */
    ROW("none", CHUNKED "0\r\n\r\n", 0),
    ROW("several", CHUNKED "1\r\na\r\n0a\r\n0123456789\r\n0\r\n\r\n", 0),
    ROW("an extension", CHUNKED "1;a=\"b c\"\r\na\r\n0;x\r\n\r\n", 0),
    ROW("several extensions", CHUNKED "1;a;b=c\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("an extension with a value", CHUNKED "1;a=b\r\na\r\n0\r\n\r\n", 0),
    ROW("an empty quote", CHUNKED "1;a=\"\"\r\na\r\n0\r\n\r\n", 0),
    ROW("an extension without a name", CHUNKED "1;\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("an extension without its value", CHUNKED "1;a=\r\na\r\n0\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("a blank in an extension", CHUNKED "1;a b\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("half a quote", CHUNKED "1;a=\"b\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a quoted quote", CHUNKED "1;a=\"\\\"\"\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("more after a quote", CHUNKED "1;a=\"b\"c\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a trailer", CHUNKED "0\r\nA: b\r\n\r\n", 0),
    ROW("eight digits", CHUNKED "00000001\r\na\r\n0\r\n\r\n", 0),
    ROW("nine digits", CHUNKED "000000001\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a size that wraps", CHUNKED "100000000\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("no size", CHUNKED "\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a size with a sign", CHUNKED "+1\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a size with 0x", CHUNKED "0x1\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a blank before the size", CHUNKED " 1\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a blank after the size", CHUNKED "1 \r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare LF after the size", CHUNKED "1\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare LF in an extension", CHUNKED "1;a\nb\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare CR in an extension", CHUNKED "1;a\rb\r\na\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare LF after the data", CHUNKED "1\r\na\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare CR after the data", CHUNKED "1\r\na\r0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("more data than its size", CHUNKED "1\r\nab\r\n0\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a chunk that is too large", CHUNKED "41\r\n", ERR_TOO_LARGE),
    ROW("chunks that are too large together",
        CHUNKED "20\r\n0123456789abcdef0123456789abcdef\r\n21\r\n", ERR_TOO_LARGE),
    ROW("a trailer without a colon", CHUNKED "0\r\nA\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a folded trailer", CHUNKED "0\r\nA: b\r\n c\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a trailer that frames", CHUNKED "0\r\nContent-Length: 5\r\n\r\n",
        ERR_BAD_REQUEST),
    ROW("another", CHUNKED "0\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_BAD_REQUEST),
    ROW("a trailer that names a host", CHUNKED "0\r\nHost: b\r\n\r\n", ERR_BAD_REQUEST),
    ROW("bare LF after the last trailer", CHUNKED "0\r\n\n", ERR_BAD_REQUEST),

    /* Expect and Upgrade */
    ROW("to go on", POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na", 0),
    ROW("another", POST "Expect: a\r\n\r\n", ERR_EXPECTATION_FAILED),
    ROW("another in HTTP/1.0", "GET / HTTP/1.0\r\nExpect: a\r\n\r\n", 0),
    ROW("WebSocket", GET "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 0),
    ROW("an upgrade with a body",
        POST "Connection: Upgrade\r\nUpgrade: a\r\nContent-Length: 1\r\n\r\nb", 0),
    ROW("an upgrade with chunks",
        POST "Connection: Upgrade\r\nUpgrade: a\r\nTransfer-Encoding: chunked\r\n\r\n"
             "1\r\nb\r\n0\r\n\r\n",
        0),
};

enum { N_ROWS = sizeof rows / sizeof *rows };

static void expect_row(const struct row *r, const struct feeder *f)
{
    if (f->error != r->error || f->n_requests != (r->error == 0))
        fail_msg("%s: %d requests, then %s", r->why, (int)f->n_requests,
                 f->error != 0 ? err_code(f->error) : "nothing");
}

static void accepts_one_form_and_refuses_the_rest(void **state)
{
    (void)state;
    for (int i = 0; i < N_ROWS; i++) {
        struct feeder f;

        feeder_init(&f, MAX_BODY);
        feeder_give(&f, rows[i].bytes.at, rows[i].bytes.len);
        expect_row(&rows[i], &f);
        feeder_done(&f);
    }
}

static void expect_alike(const char *why, const struct feeder *a,
                         const struct feeder *b)
{
    if (a->error != b->error || !str_eq(buf_str(&a->log), buf_str(&b->log)))
        fail_msg("%s: understood differently when cut", why);
}

static void understands_the_same_however_it_is_cut(void **state)
{
    (void)state;
    for (int i = 0; i < N_ROWS; i++) {
        struct str b = rows[i].bytes;
        struct feeder whole, cut;

        feeder_init(&whole, MAX_BODY);
        feeder_give(&whole, b.at, b.len);
        for (size_t at = 0; at <= b.len; at++) {
            feeder_init(&cut, MAX_BODY);
            feeder_give(&cut, b.at, at);
            feeder_give(&cut, b.at + at, b.len - at);
            expect_alike(rows[i].why, &whole, &cut);
            feeder_done(&cut);
        }
        feeder_init(&cut, MAX_BODY);
        for (size_t at = 0; at < b.len; at++)
            feeder_give(&cut, b.at + at, 1);
        expect_alike(rows[i].why, &whole, &cut);
        feeder_done(&cut);
        feeder_done(&whole);
    }
}

static void reads_what_is_in_it(void **state)
{
    static const char bytes[] = "POST /a/b?c=d HTTP/1.1\r\n"
                                "host:\tA:80 \r\n"
                                "X-Empty:\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n"
                                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"
                                "GET http://b HTTP/1.0\r\nConnection: x, Keep-Alive\r\n"
                                "HOST: b\r\n\r\n"
                                "GET / HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n"
                                "GET / HT";
    static const char want[] =
        "2 1.1 target=\"/a/b?c=d\" path=\"/a/b\" query=\"c=d\" name=\"host\" "
        "value=\"A:80\" name=\"X-Empty\" value=\"\" name=\"Transfer-Encoding\" "
        "value=\"chunked\" keep=1 continue=0 body=\"abcde\"\n"
        "0 1.0 target=\"http://b\" path=\"\" query=\"\" name=\"Connection\" value=\"x, "
        "Keep-Alive\" name=\"HOST\" value=\"b\" keep=1 continue=0 body=\"\"\n"
        "0 1.1 target=\"/\" path=\"/\" query=\"\" name=\"Host\" value=\"c\" "
        "name=\"Connection\" value=\"close\" keep=0 continue=0 body=\"\"\n";
    struct feeder f;

    (void)state;
    feeder_init(&f, MAX_BODY);
    feeder_give(&f, bytes, sizeof bytes - 1);
    buf_char(&f.log, '\0');
    assert_string_equal(f.log.data, want);
    assert_int_equal(f.error, 0);
    assert_int_equal(f.n_requests, 3);
    assert_int_equal(f.len, 8); /* what follows is left alone */
    feeder_done(&f);
}

/* Requests at the edge of a limit, made to measure. */

static void expect_verdict(const char *why, const struct buf *b, int want)
{
    struct feeder whole, cut;

    feeder_init(&whole, MAX_BODY);
    feeder_give(&whole, b->data, b->len);
    if (whole.error != want)
        fail_msg("%s: %d, not %d", why, whole.error, want);
    feeder_init(&cut, MAX_BODY);
    for (size_t at = 0; at < b->len; at += 7)
        feeder_give(&cut, b->data + at, b->len - at < 7 ? b->len - at : 7);
    expect_alike(why, &whole, &cut);
    feeder_done(&whole);
    feeder_done(&cut);
}

static void repeat(struct buf *b, const char *text, size_t n)
{
    while (n-- > 0)
        buf_text(b, text);
}

static void bounds_the_target(void **state)
{
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct buf b = {0};

        buf_text(&b, "GET /");
        repeat(&b, "a", (size_t)(LIMIT_TARGET_BYTES - 1 + over));
        buf_text(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
        expect_verdict("target", &b, over ? ERR_URI_TOO_LONG : 0);
        buf_done(&b);
    }
}

static void bounds_a_line_that_never_ends(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_text(&b, "GET /");
    repeat(&b, "a", LIMIT_TARGET_BYTES + 100);
    expect_verdict("request line", &b, ERR_URI_TOO_LONG);
    b.len = 0;
    buf_text(&b, GET "A: ");
    repeat(&b, "a", LIMIT_HEADERS_BYTES);
    expect_verdict("header line", &b, ERR_HEADERS_TOO_LARGE);
    buf_done(&b);
}

static void bounds_the_head(void **state)
{
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct buf b = {0};

        buf_text(&b, GET "A: ");
        repeat(&b, "a", LIMIT_HEADERS_BYTES - b.len - 4 + (size_t)over);
        buf_text(&b, "\r\n\r\n");
        expect_verdict("head", &b, over ? ERR_HEADERS_TOO_LARGE : 0);
        buf_done(&b);
    }
}

static void bounds_the_number_of_headers(void **state)
{
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct buf b = {0};

        buf_text(&b, GET);
        repeat(&b, "A: b\r\n", (size_t)(LIMIT_HEADERS - 1 + over));
        buf_text(&b, "\r\n");
        expect_verdict("headers", &b, over ? ERR_HEADERS_TOO_LARGE : 0);
        buf_done(&b);
    }
}

static void bounds_extensions_and_trailers(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_text(&b, CHUNKED "1;");
    repeat(&b, "a", MESSAGE_CHUNK_LINE_MAX - 4);
    buf_text(&b, "\r\na\r\n0\r\n\r\n");
    expect_verdict("the longest chunk line", &b, 0);

    b.len = 0;
    buf_text(&b, CHUNKED "1;");
    repeat(&b, "a", MESSAGE_CHUNK_LINE_MAX - 3);
    buf_text(&b, "\r\na\r\n0\r\n\r\n");
    expect_verdict("one more", &b, ERR_BAD_REQUEST);

    b.len = 0;
    buf_text(&b, CHUNKED);
    for (int i = 0; i < 40; i++) {
        buf_text(&b, "1;");
        repeat(&b, "a", 127);
        buf_text(&b, "\r\na\r\n");
    }
    expect_verdict("extensions of many chunks", &b, ERR_BAD_REQUEST);

    b.len = 0;
    buf_text(&b, CHUNKED "0\r\n");
    repeat(&b, "A: b\r\n", MESSAGE_EXTRA_MAX / 6);
    buf_text(&b, "\r\n");
    expect_verdict("as many trailers as may be", &b, 0);
    b.len -= 2;
    buf_text(&b, "A: b\r\n\r\n");
    expect_verdict("one more trailer", &b, ERR_BAD_REQUEST);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_one_form_and_refuses_the_rest),
        cmocka_unit_test(understands_the_same_however_it_is_cut),
        cmocka_unit_test(reads_what_is_in_it),
        cmocka_unit_test(bounds_the_target),
        cmocka_unit_test(bounds_a_line_that_never_ends),
        cmocka_unit_test(bounds_the_head),
        cmocka_unit_test(bounds_the_number_of_headers),
        cmocka_unit_test(bounds_extensions_and_trailers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
