#include "net/ws_reader.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <wslay/wslay.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tbl/limits.h"

enum { CONTROL_BYTES = 125 };

/* How far into a character the text has got. */
struct utf8 {
    uint8_t left;      /* bytes missing from the character */
    uint8_t low, high; /* bounds of the next byte */
};

struct ws_reader {
    wslay_frame_context_ptr frames;
    struct str input; /* bytes that wslay has not taken yet; only during ws_read() */
    size_t inside;    /* bytes that wslay has taken and not yet returned */

    bool in_frame;
    bool fin;
    uint8_t opcode;
    uint64_t left; /* payload bytes of the frame that have not come */
    uint8_t control_len;
    char control[CONTROL_BYTES]; /* payload of a control frame */

    bool in_message, binary;
    struct utf8 utf8;
    struct buf text;
};

/* ---- UTF-8, a byte at a time (RFC 3629) ---- */

static bool lead_byte(struct utf8 *u, uint8_t c)
{
    u->low = 0x80;
    u->high = 0xbf;
    if (c < 0x80)
        return true;
    if (c < 0xc2 || c > 0xf4)
        return false;
    u->left = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (c == 0xe0)
        u->low = 0xa0; /* below: overlong */
    else if (c == 0xed)
        u->high = 0x9f; /* above: surrogates */
    else if (c == 0xf0)
        u->low = 0x90;
    else if (c == 0xf4)
        u->high = 0x8f; /* above: beyond U+10FFFF */
    return true;
}

static bool utf8_goes_on(struct utf8 *u, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.at[i];

        if (u->left == 0) {
            if (!lead_byte(u, c))
                return false;
            continue;
        }
        if (c < u->low || c > u->high)
            return false;
        u->left--;
        u->low = 0x80;
        u->high = 0xbf;
    }
    return true;
}

/* ---- frames ---- */

/* The codes allowed in a close frame: section 7.4, and those that IANA added. */
static bool code_valid(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static int close_code(struct str payload)
{
    unsigned code;

    if (payload.len == 0)
        return WS_NO_CODE;
    if (payload.len == 1)
        return WS_PROTOCOL_ERROR;
    code = (unsigned)(uint8_t)payload.at[0] << 8 | (uint8_t)payload.at[1];
    if (!code_valid(code))
        return WS_PROTOCOL_ERROR;
    return str_is_utf8(str_skip(payload, 2)) ? (int)code : WS_NOT_UTF8;
}

/* wslay refuses long or fragmented control frames, and lengths not written in their
 * shortest form. We check the rest. */
static int judge_frame(const struct ws_reader *r, const struct wslay_frame_iocb *f)
{
    if (!f->mask || f->rsv != WSLAY_RSV_NONE)
        return WS_PROTOCOL_ERROR;
    switch (f->opcode) {
    case WSLAY_CONNECTION_CLOSE:
    case WSLAY_PING:
    case WSLAY_PONG:
        return WS_GOING_ON;
    case WSLAY_CONTINUATION_FRAME:
        if (!r->in_message)
            return WS_PROTOCOL_ERROR;
        break;
    case WSLAY_TEXT_FRAME:
    case WSLAY_BINARY_FRAME:
        if (r->in_message)
            return WS_PROTOCOL_ERROR;
        break;
    default:
        return WS_PROTOCOL_ERROR;
    }
    return f->payload_length > LIMIT_WS_MESSAGE_BYTES - r->text.len ? WS_TOO_BIG
                                                                    : WS_GOING_ON;
}

/* wslay does not report a header's length, but each payload length has only one
 * encoding. */
static size_t header_bytes(const struct wslay_frame_iocb *f)
{
    size_t length = f->payload_length < 126 ? 0 : f->payload_length < 65536 ? 2 : 8;

    return 2 + length + 4;
}

static int begin_frame(struct ws_reader *r, const struct wslay_frame_iocb *f)
{
    int code = judge_frame(r, f);

    if (code != WS_GOING_ON)
        return code;
    r->inside -= header_bytes(f);
    r->in_frame = true;
    r->fin = f->fin;
    r->opcode = f->opcode;
    r->left = f->payload_length;
    r->control_len = 0;
    if (f->opcode == WSLAY_TEXT_FRAME || f->opcode == WSLAY_BINARY_FRAME) {
        r->in_message = true;
        r->binary = f->opcode == WSLAY_BINARY_FRAME;
    }
    return WS_GOING_ON;
}

static int add_payload(struct ws_reader *r, struct str part)
{
    r->inside -= part.len;
    r->left -= part.len;
    if (wslay_is_ctrl_frame(r->opcode)) {
        assert(part.len <= sizeof r->control - r->control_len);
        if (part.len != 0)
            memcpy(r->control + r->control_len, part.at, part.len);
        r->control_len = (uint8_t)(r->control_len + part.len);
        return WS_GOING_ON;
    }
    buf_str_add(&r->text, part);
    if (r->binary)
        return WS_GOING_ON;
    return utf8_goes_on(&r->utf8, part) ? WS_GOING_ON : WS_NOT_UTF8;
}

static int end_frame(struct ws_reader *r, const struct ws_reader_ops *ops, void *user)
{
    struct str control = {r->control, r->control_len};

    r->in_frame = false;
    if (r->opcode == WSLAY_CONNECTION_CLOSE)
        return close_code(control);
    if (r->opcode == WSLAY_PING)
        ops->on_ping(user, control);
    if (wslay_is_ctrl_frame(r->opcode) || !r->fin)
        return WS_GOING_ON;
    if (r->utf8.left != 0)
        return WS_NOT_UTF8;
    if (r->binary)
        ops->on_binary(user);
    else
        ops->on_text(user, buf_str(&r->text));
    r->in_message = false;
    r->text.len = 0;
    return WS_GOING_ON;
}

/* ---- bytes ---- */

static ssize_t give_input(uint8_t *to, size_t room, int flags, void *user)
{
    struct ws_reader *r = user;
    size_t n = r->input.len < room ? r->input.len : room;

    (void)flags;
    if (n != 0)
        memcpy(to, r->input.at, n);
    r->input = str_skip(r->input, n);
    r->inside += n;
    return (ssize_t)n; /* 0: wslay wants to read more */
}

static struct ws_reader *reader_new(void)
{
    static const struct wslay_frame_callbacks callbacks = {.recv_callback = give_input};
    struct ws_reader *r = mem_zalloc(1, sizeof *r);
    int rc = wslay_frame_context_init(&r->frames, &callbacks, r);

    assert(rc == 0); /* it only allocates, and out of memory ends the process (mem.h) */
    (void)rc;
    return r;
}

static int read_frames(struct ws_reader *r, const struct ws_reader_ops *ops, void *user)
{
    struct wslay_frame_iocb f;
    ssize_t n;
    int code = WS_GOING_ON;

    while ((n = wslay_frame_recv(r->frames, &f)) >= 0) {
        if (!r->in_frame)
            code = begin_frame(r, &f);
        if (code == WS_GOING_ON)
            code = add_payload(r, (struct str){(const char *)f.data, f.data_length});
        if (code == WS_GOING_ON && r->left == 0)
            code = end_frame(r, ops, user);
        if (code != WS_GOING_ON)
            return code;
    }
    return n == WSLAY_ERR_WANT_READ ? WS_GOING_ON : WS_PROTOCOL_ERROR;
}

int ws_read(struct ws_reader **reader, struct str data, const struct ws_reader_ops *ops,
            void *user)
{
    struct ws_reader *r = *reader != NULL ? *reader : reader_new();
    int code;

    r->input = data;
    code = read_frames(r, ops, user);
    r->input = (struct str){NULL, 0};
    if (code != WS_GOING_ON || (r->inside == 0 && !r->in_frame && !r->in_message))
        r = ws_reader_free(r);
    *reader = r;
    return code;
}

struct ws_reader *ws_reader_free(struct ws_reader *r)
{
    if (r != NULL) {
        wslay_frame_context_free(r->frames);
        buf_done(&r->text);
        mem_free(r);
    }
    return NULL;
}
