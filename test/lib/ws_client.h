/* ws_client.h — frames as a client sends them, right and wrong, for tests. */
#ifndef TEST_LIB_WS_CLIENT_H
#define TEST_LIB_WS_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

enum { CONT = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, FIN = 0x80 };

/* first: FIN, RSV bits and opcode. Masked with a key that is not zero. */
static inline void client_frame(struct buf *out, unsigned first, const void *payload,
                                size_t len)
{
    static const uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};

    buf_char(out, (char)first);
    if (len < 126) {
        buf_char(out, (char)(0x80 | len));
    } else if (len < 65536) {
        buf_char(out, (char)(0x80 | 126));
        buf_char(out, (char)(len >> 8));
        buf_char(out, (char)(len & 0xff));
    } else {
        buf_char(out, (char)(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            buf_char(out, (char)((uint64_t)len >> shift & 0xff));
    }
    buf_add(out, key, 4);
    for (size_t i = 0; i < len; i++)
        buf_char(out, (char)(((const uint8_t *)payload)[i] ^ key[i % 4]));
}

static inline void client_text(struct buf *out, const char *text)
{
    client_frame(out, FIN | TEXT, text, strlen(text));
}

static inline void client_close(struct buf *out, unsigned code, const char *reason)
{
    struct buf payload = {0};

    buf_char(&payload, (char)(code >> 8));
    buf_char(&payload, (char)(code & 0xff));
    buf_text(&payload, reason);
    client_frame(out, FIN | CLOSE, payload.data, payload.len);
    buf_done(&payload);
}

#endif
