/* fuzz_ws.c — bytes from a WebSocket client, cut in different ways: the same messages,
 * the same pings and the same end must come out. The first byte seeds the cuts. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "net/ws_reader.h"
#include "tbl/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_down(struct buf *log, char kind, struct str s)
{
    buf_char(log, kind);
    buf_u64(log, s.len);
    buf_char(log, ' ');
    buf_str_add(log, s);
}

static void on_text(void *user, struct str text)
{
    assert(text.len <= LIMIT_WS_MESSAGE_BYTES && str_is_utf8(text));
    write_down(user, 't', text);
}

static void on_binary(void *user)
{
    write_down(user, 'b', STR(""));
}

static void on_ping(void *user, struct str payload)
{
    assert(payload.len <= 125);
    write_down(user, 'p', payload);
}

static bool code_may_be_sent(int code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

/* Of 1..max_piece bytes; 0: all at once. */
static void read_in_pieces(struct str data, size_t max_piece, unsigned seed,
                           struct buf *log)
{
    static const struct ws_reader_ops ops = {
        .on_text = on_text, .on_binary = on_binary, .on_ping = on_ping};
    struct ws_reader *r = NULL;
    int code = WS_GOING_ON;

    while (data.len != 0 && code == WS_GOING_ON) {
        size_t n = max_piece != 0 ? 1 + (seed >> 16) % max_piece : data.len;

        seed = seed * 1103515245 + 12345;
        if (n > data.len)
            n = data.len;
        code = ws_read(&r, (struct str){data.at, n}, &ops, log);
        data = str_skip(data, n);
    }
    assert(code == WS_GOING_ON || (r == NULL && code_may_be_sent(code)));
    buf_u64(log, (uint64_t)code);
    buf_char(log, r != NULL ? '.' : '!');
    ws_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str sent = {(const char *)data + 1, size - 1};
    struct buf whole = {0}, cut = {0}, bytes = {0};

    if (size < 2)
        return 0;
    read_in_pieces(sent, 0, 0, &whole);
    read_in_pieces(sent, 1 + data[0] % 64, data[0], &cut);
    read_in_pieces(sent, 1, 0, &bytes);
    assert(str_eq(buf_str(&whole), buf_str(&cut)));
    assert(str_eq(buf_str(&whole), buf_str(&bytes)));
    buf_done(&whole);
    buf_done(&cut);
    buf_done(&bytes);
    return 0;
}
