#include "net/ws.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/stream.h"
#include "net/ws_reader.h"

enum {
    KEY_CHARS = 24,    /* 16 bytes in base64 */
    ACCEPT_CHARS = 28, /* 20 bytes in base64 */
    MAX_READ = 4096,   /* never reached: all input is used at once */

    FIN = 0x80,
    OP_TEXT = 1,
    OP_CLOSE = 8,
    OP_PING = 9,
    OP_PONG = 10,
};

struct ws {
    struct stream *stream;
    const struct ws_ops *ops;
    void *user;
    struct ws_reader *reader; /* NULL between messages */
    struct frame *pong;       /* the answer to the last ping, waiting for its turn */
    bool closing;
};

/* ---- handshake (RFC 6455, section 4.2) ---- */

static bool list_has(struct str list, struct str token)
{
    while (list.len != 0) {
        struct str item;

        list = str_cut(list, ',', &item);
        if (str_eq_nocase(str_trim(item), token))
            return true;
    }
    return false;
}

bool ws_wanted(const struct http_req *req)
{
    return req->method == HTTP_GET_ &&
           list_has(http_header(req, "upgrade"), STR("websocket"));
}

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '+' || c == '/';
}

static bool key_valid(struct str key)
{
    if (key.len != KEY_CHARS)
        return false;
    for (size_t i = 0; i < KEY_CHARS - 2; i++) {
        if (!is_base64(key.at[i]))
            return false;
    }
    return key.at[KEY_CHARS - 2] == '=' && key.at[KEY_CHARS - 1] == '=';
}

static void accept_of(struct str key, char ret_accept[ACCEPT_CHARS + 1])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[KEY_CHARS + sizeof guid - 1];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    int ok;

    memcpy(text, key.at, KEY_CHARS);
    memcpy(text + KEY_CHARS, guid, sizeof guid - 1);
    ok = EVP_Digest(text, sizeof text, digest, &n, EVP_sha1(), NULL);
    assert(ok == 1 && n == 20);
    (void)ok;
    EVP_EncodeBlock((unsigned char *)ret_accept, digest, (int)n);
}

static int check_handshake(const struct http_req *req)
{
    if (!ws_wanted(req) || req->http_minor < 1 ||
        !list_has(http_header(req, "connection"), STR("upgrade")) ||
        !str_eq(http_header(req, "sec-websocket-version"), STR("13")))
        return ERR_UPGRADE_REQUIRED;
    if (http_header(req, "host").len == 0 || req->body.len != 0 ||
        !key_valid(http_header(req, "sec-websocket-key")))
        return ERR_BAD_REQUEST;
    return 0;
}

static void write_head(const struct http_req *req, struct buf *out)
{
    char accept[ACCEPT_CHARS + 1];

    accept_of(http_header(req, "sec-websocket-key"), accept);
    buf_text(out, "HTTP/1.1 101 Switching Protocols\r\n"
                  "Upgrade: websocket\r\n"
                  "Connection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: ");
    buf_add(out, accept, ACCEPT_CHARS);
    buf_text(out, "\r\n");
    http_common_headers(req, out);
    buf_text(out, "\r\n");
}

/* ---- out ---- */

static void add_header(struct buf *out, unsigned opcode, size_t len)
{
    buf_char(out, (char)(FIN | opcode));
    if (len < 126) {
        buf_char(out, (char)len);
        return;
    }
    buf_char(out, len < 65536 ? 126 : 127);
    for (int shift = len < 65536 ? 8 : 56; shift >= 0; shift -= 8)
        buf_char(out, (char)((uint64_t)len >> shift & 0xff));
}

void ws_encode(struct buf *out, struct str text)
{
    add_header(out, OP_TEXT, text.len);
    buf_str_add(out, text);
}

bool ws_send(struct ws *w, struct frame *f)
{
    return !w->closing && stream_send(w->stream, f);
}

static void send_control(struct ws *w, unsigned opcode, struct str payload)
{
    struct buf out = {0};

    add_header(&out, opcode, payload.len);
    buf_str_add(&out, payload);
    stream_control(w->stream, out.data, out.len);
    buf_done(&out);
}

void ws_text(struct ws *w, struct str text)
{
    if (!w->closing)
        send_control(w, OP_TEXT, text);
}

void ws_ping(struct ws *w)
{
    if (!w->closing)
        send_control(w, OP_PING, (struct str){NULL, 0});
}

/* WS_NO_CODE: a close frame without a code. */
static void close_with(struct ws *w, unsigned code, struct str reason)
{
    char payload[2 + WS_REASON_MAX];
    size_t len = 0;

    if (w->closing)
        return;
    w->closing = true;
    assert(reason.len <= WS_REASON_MAX);
    if (code != WS_NO_CODE) {
        payload[0] = (char)(code >> 8);
        payload[1] = (char)(code & 0xff);
        if (reason.len != 0)
            memcpy(payload + 2, reason.at, reason.len);
        len = 2 + reason.len;
    }
    send_control(w, OP_CLOSE, (struct str){payload, len});
    stream_close(w->stream);
}

void ws_close(struct ws *w, uint16_t code, const char *reason)
{
    close_with(w, code, str_of(reason));
}

/* ---- in ---- */

static void on_text(void *user, struct str text)
{
    struct ws *w = user;

    if (!w->closing)
        w->ops->on_text(w->user, text);
}

static void on_binary(void *user)
{
    struct ws *w = user;

    if (!w->closing)
        w->ops->on_binary(w->user);
}

/* If the client does not read its pongs, keep only the newest, as section 5.5.3
 * allows. */
static void on_ping(void *user, struct str payload)
{
    struct ws *w = user;

    if (w->closing)
        return;
    if (stream_busy(w->stream)) {
        frame_unref(w->pong);
        w->pong = frame_new(payload.at, payload.len, 0);
    } else {
        send_control(w, OP_PONG, payload);
    }
}

static long on_data(void *user, const char *data, size_t len)
{
    static const struct ws_reader_ops ops = {
        .on_text = on_text, .on_binary = on_binary, .on_ping = on_ping};
    struct ws *w = user;
    int code;

    if (w->closing)
        return (long)len;
    code = ws_read(&w->reader, (struct str){data, len}, &ops, w);
    if (code != WS_GOING_ON)
        close_with(w, (unsigned)code, (struct str){NULL, 0});
    return (long)len;
}

static void on_writable(void *user)
{
    struct ws *w = user;

    if (w->closing)
        return;
    if (w->pong != NULL) {
        send_control(w, OP_PONG, (struct str){w->pong->data, w->pong->len});
        w->pong = frame_unref(w->pong);
    }
    w->ops->on_writable(w->user);
}

static void on_close(void *user)
{
    struct ws *w = user;

    w->ops->on_close(w->user);
    ws_reader_free(w->reader);
    frame_unref(w->pong);
    mem_free(w);
}

static const struct stream_ops STREAM_OPS = {.on_data = on_data,
                                             .on_writable = on_writable,
                                             .on_close = on_close,
                                             .max_read = MAX_READ};

int ws_accept(struct http_req *req, const struct ws_ops *ops, void *user,
              struct ws **ret_ws)
{
    struct buf head = {0};
    struct ws *w;
    int rc = check_handshake(req);

    if (rc != 0)
        return rc;
    w = mem_zalloc(1, sizeof *w);
    w->ops = ops;
    w->user = user;
    write_head(req, &head);
    w->stream = http_take_over(req, buf_str(&head), &STREAM_OPS, w,
                               ops->write_timeout_ms != 0 ? ops->write_timeout_ms
                                                          : STREAM_WRITE_TIMEOUT_MS);
    buf_done(&head);
    if (w->stream == NULL) {
        mem_free(w);
        w = NULL;
    }
    *ret_ws = w;
    return 0;
}
