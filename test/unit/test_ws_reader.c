/* What a WebSocket client may send, what comes out, and how it ends if it may not.
 * Every row is read whole, byte by byte, and in many random cuts: they all have to
 * agree. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "net/ws_reader.h"
#include "tbl/limits.h"
#include "lib/ws_client.h"

static void on_text(void *user, struct str text)
{
    struct buf *log = user;

    buf_text(log, "text(");
    if (text.len > 40)
        buf_u64(log, text.len);
    else
        buf_str_add(log, text);
    buf_text(log, ") ");
}

static void on_binary(void *user)
{
    buf_text(user, "binary ");
}

static void on_ping(void *user, struct str payload)
{
    struct buf *log = user;

    buf_text(log, "ping(");
    buf_u64(log, payload.len);
    buf_char(log, ':');
    buf_add(log, payload.at, payload.len < 4 ? payload.len : 4);
    buf_text(log, ") ");
}

static const struct ws_reader_ops OPS = {
    .on_text = on_text, .on_binary = on_binary, .on_ping = on_ping};

/* Reads data in pieces of 1..max_piece bytes; 0: all at once. */
static char *read_in_pieces(struct str data, size_t max_piece, unsigned seed)
{
    struct ws_reader *r = NULL;
    struct buf log = {0};
    int code = WS_GOING_ON;

    for (size_t at = 0; at < data.len && code == WS_GOING_ON;) {
        size_t n = max_piece != 0 ? 1 + (seed >> 8) % max_piece : data.len;

        seed = seed * 1103515245 + 12345;
        if (n > data.len - at)
            n = data.len - at;
        code = ws_read(&r, (struct str){data.at + at, n}, &OPS, &log);
        at += n;
    }
    if (code != WS_GOING_ON) {
        assert_null(r);
        buf_u64(&log, (uint64_t)code);
    } else if (r != NULL) {
        buf_text(&log, "...");
    }
    ws_reader_free(r);
    buf_char(&log, '\0');
    return log.data;
}

static void check(const char *why, struct buf *sent, const char *want)
{
    for (unsigned seed = 0; seed < 200; seed++) {
        size_t max_piece = seed;
        char *got = read_in_pieces(buf_str(sent), max_piece, seed);

        if (strcmp(got, want) != 0)
            print_error("%s (pieces up to %zu)\n", why, max_piece);
        assert_string_equal(got, want);
        mem_free(got);
    }
    buf_done(sent);
}

static void frames(void **state)
{
    static const struct {
        const char *why;
        struct {
            unsigned first;
            const char *payload;
        } frames[4];
        const char *want;
    } rows[] = {
        {"a text", {{FIN | TEXT, "hello"}}, "text(hello) "},
        {"an empty text", {{FIN | TEXT, ""}}, "text() "},
        {"two texts", {{FIN | TEXT, "a"}, {FIN | TEXT, "b"}}, "text(a) text(b) "},
        {"fragments", {{TEXT, "a"}, {CONT, "b"}, {FIN | CONT, "c"}}, "text(abc) "},
        {"empty fragments", {{TEXT, ""}, {CONT, ""}, {FIN | CONT, ""}}, "text() "},
        {"half a message", {{TEXT, "a"}, {CONT, "b"}}, "..."},
        {"a ping between fragments",
         {{TEXT, "a"}, {FIN | PING, "p"}, {FIN | CONT, "b"}},
         "ping(1:p) text(ab) "},
        {"a ping without payload", {{FIN | PING, ""}}, "ping(0:) "},
        {"a pong that nobody asked for",
         {{FIN | PONG, "x"}, {FIN | TEXT, "a"}},
         "text(a) "},
        {"a continuation of nothing", {{FIN | CONT, "a"}}, "1002"},
        {"a second text inside of a message", {{TEXT, "a"}, {FIN | TEXT, "b"}}, "1002"},
        {"binary", {{FIN | BINARY, "\xff"}}, "binary "},
        {"binary in fragments",
         {{BINARY, "\xff"}, {FIN | PING, ""}, {FIN | CONT, "\xff"}},
         "ping(0:) binary "},
        {"text after binary is text",
         {{FIN | BINARY, "a"}, {FIN | TEXT, "b\xff"}},
         "binary 1007"},
        {"binary inside of a message", {{TEXT, "a"}, {BINARY, "b"}}, "1002"},
        {"nothing after an error", {{FIN | 3, "a"}, {FIN | TEXT, "b"}}, "1002"},
        {"RSV1", {{FIN | 0x40 | TEXT, "a"}}, "1002"},
        {"RSV2 on a ping", {{FIN | 0x20 | PING, "a"}}, "1002"},
        {"RSV3 on a continuation", {{TEXT, "a"}, {FIN | 0x10 | CONT, "b"}}, "1002"},
        {"reserved data opcode 3", {{FIN | 3, "a"}}, "1002"},
        {"reserved data opcode 7", {{FIN | 7, "a"}}, "1002"},
        {"reserved control opcode 11", {{FIN | 11, "a"}}, "1002"},
        {"reserved control opcode 15", {{FIN | 15, ""}}, "1002"},
        {"a fragmented ping", {{PING, "a"}}, "1002"},
        {"a fragmented close", {{CLOSE, ""}}, "1002"},
        {"close without a code", {{FIN | CLOSE, ""}}, "1005"},
        {"close with half a code", {{FIN | CLOSE, "\x03"}}, "1002"},
        {"half a code, after what could be the rest of it",
         {{FIN | PING, "\xe8\xe8"}, {FIN | CLOSE, "\x03"}},
         "ping(2:\xe8\xe8) 1002"},
        {"close between fragments", {{TEXT, "a"}, {FIN | CLOSE, ""}}, "1005"},
        {"nothing after close", {{FIN | CLOSE, ""}, {FIN | TEXT, "a"}}, "1005"},
        {"UTF-8",
         {{FIN | TEXT, "\xc3\xa9 \xf0\x9f\x98\x80"}},
         "text(\xc3\xa9 \xf0\x9f\x98\x80) "},
        {"a character cut by fragments",
         {{TEXT, "\xf0"}, {CONT, "\x9f\x98"}, {FIN | CONT, "\x80"}},
         "text(\xf0\x9f\x98\x80) "},
        {"a ping within a character",
         {{TEXT, "\xc3"}, {FIN | PING, "\xff"}, {FIN | CONT, "\xa9"}},
         "ping(1:\xff) text(\xc3\xa9) "},
        {"a character that does not end", {{FIN | TEXT, "a\xf0\x9f\x98"}}, "1007"},
        {"nor in the last fragment", {{TEXT, "\xc3"}, {FIN | CONT, ""}}, "1007"},
        {"a stray continuation byte", {{FIN | TEXT, "a\x80"}}, "1007"},
        {"overlong, two bytes", {{FIN | TEXT, "\xc1\xbf"}}, "1007"},
        {"overlong, three bytes", {{FIN | TEXT, "\xe0\x9f\xbf"}}, "1007"},
        {"overlong, four bytes", {{FIN | TEXT, "\xf0\x8f\xbf\xbf"}}, "1007"},
        {"smallest of three bytes",
         {{FIN | TEXT, "\xe0\xa0\x80"}},
         "text(\xe0\xa0\x80) "},
        {"a surrogate", {{FIN | TEXT, "\xed\xa0\x80"}}, "1007"},
        {"before the surrogates",
         {{FIN | TEXT, "\xed\x9f\xbf"}},
         "text(\xed\x9f\xbf) "},
        {"beyond the last", {{FIN | TEXT, "\xf4\x90\x80\x80"}}, "1007"},
        {"the last", {{FIN | TEXT, "\xf4\x8f\xbf\xbf"}}, "text(\xf4\x8f\xbf\xbf) "},
        {"no such lead byte", {{FIN | TEXT, "\xf5\x80\x80\x80"}}, "1007"},
        {"refused as soon as it is wrong", {{TEXT, "\xff"}, {FIN | 3, "a"}}, "1007"},
        {"a message begins with a fresh character",
         {{FIN | TEXT, "\xe0\xa0\x80"}, {FIN | TEXT, "\xc2\x80"}},
         "text(\xe0\xa0\x80) text(\xc2\x80) "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf sent = {0};

        for (size_t j = 0; j < 4 && rows[i].frames[j].payload != NULL; j++)
            client_frame(&sent, rows[i].frames[j].first, rows[i].frames[j].payload,
                         strlen(rows[i].frames[j].payload));
        check(rows[i].why, &sent, rows[i].want);
    }
}

static void close_codes(void **state)
{
    static const struct {
        unsigned code;
        const char *reason, *want;
    } rows[] = {
        {1000, "", "1000"},     {1001, "bye", "1001"},   {1002, "", "1002"},
        {1003, "", "1003"},     {1007, "", "1007"},      {1009, "", "1009"},
        {1011, "", "1011"},     {1012, "", "1012"},      {1014, "", "1014"},
        {3000, "", "3000"},     {3999, "", "3999"},      {4000, "\xc3\xa9", "4000"},
        {4999, "", "4999"},     {0, "", "1002"},         {999, "", "1002"},
        {1004, "", "1002"},     {1005, "", "1002"},      {1006, "", "1002"},
        {1015, "", "1002"},     {1016, "", "1002"},      {1100, "", "1002"},
        {2999, "", "1002"},     {5000, "", "1002"},      {65535, "", "1002"},
        {1000, "\xc3", "1007"}, {1000, "a\xff", "1007"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf sent = {0};

        client_close(&sent, rows[i].code, rows[i].reason);
        check("close codes", &sent, rows[i].want);
    }
}

static void lengths(void **state)
{
    static char zeros[70000];
    static const struct {
        const char *why;
        unsigned first;
        size_t len;
        const char *want;
    } rows[] = {
        {"the longest ping", FIN | PING, 125, "ping(125:aaaa) "},
        {"a longer ping", FIN | PING, 126, "1002"},
        {"a longer close", FIN | CLOSE, 126, "1002"},
        {"one byte of length", FIN | TEXT, 125, "text(125) "},
        {"two bytes of length", FIN | TEXT, 126, "text(126) "},
        {"the largest message", FIN | TEXT, LIMIT_WS_MESSAGE_BYTES, "text(16384) "},
        {"too big", FIN | TEXT, LIMIT_WS_MESSAGE_BYTES + 1, "1009"},
        {"eight bytes of length", FIN | TEXT, 65536, "1009"},
        {"too big as a first fragment", TEXT, LIMIT_WS_MESSAGE_BYTES + 1, "1009"},
    };

    (void)state;
    memset(zeros, 'a', sizeof zeros);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf sent = {0};

        client_frame(&sent, rows[i].first, zeros, rows[i].len);
        check(rows[i].why, &sent, rows[i].want);
    }
}

static void fragments_count_together(void **state)
{
    static char zeros[LIMIT_WS_MESSAGE_BYTES];
    struct buf sent = {0};

    (void)state;
    memset(zeros, 'a', sizeof zeros);
    client_frame(&sent, TEXT, zeros, LIMIT_WS_MESSAGE_BYTES - 1);
    client_frame(&sent, CONT, zeros, 1);
    client_frame(&sent, FIN | CONT, zeros, 0);
    client_frame(&sent, FIN | TEXT, zeros, LIMIT_WS_MESSAGE_BYTES); /* counts anew */
    check("just fits", &sent, "text(16384) text(16384) ");

    client_frame(&sent, TEXT, zeros, LIMIT_WS_MESSAGE_BYTES - 1);
    client_frame(&sent, CONT, zeros, 2);
    check("does not", &sent, "1009");
}

static void headers(void **state)
{
    static const struct {
        const char *why;
        struct str bytes;
        const char *want;
    } rows[] = {
        {"not masked", STR("\x81\x05hello"), "1002"},
        {"not masked and empty", STR("\x81\x00"), "1002"},
        {"a masked one, then one that is not", STR("\x89\x80....\x89\x00"),
         "ping(0:) 1002"},
        {"125 in two bytes",
         STR("\x81\xfe\x00\x7d"
             "....a"),
         "1002"},
        {"5 in eight bytes",
         STR("\x81\xff\0\0\0\0\0\0\0\x05"
             "....a"),
         "1002"},
        {"65535 in eight bytes",
         STR("\x81\xff\0\0\0\0\0\0\xff\xff"
             "....a"),
         "1002"},
        {"the highest bit of the length",
         STR("\x81\xff\x80\0\0\0\0\0\0\0"
             "....a"),
         "1002"},
        {"a huge length",
         STR("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
             "....a"),
         "1009"},
        {"half a header", STR("\x81"), "..."},
        {"a header without its payload", STR("\x81\x85...."), "..."},
        {"a message, then half a header", STR("\x81\x80....\x81"), "text() ..."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf sent = {0};

        buf_str_add(&sent, rows[i].bytes);
        check(rows[i].why, &sent, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),  cmocka_unit_test(close_codes),
        cmocka_unit_test(lengths), cmocka_unit_test(fragments_count_together),
        cmocka_unit_test(headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
