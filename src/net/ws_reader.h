/* ws_reader.h — what a WebSocket client sends: bytes in, messages out (RFC 6455,
 * chapters 5 and 7.4). No socket, no timer: for ws.c and its tests.
 *
 * wslay cuts the bytes into frames and unmasks them; the rules about frames and
 * messages are here. The result, and the code that a connection ends with, depends only
 * on the bytes, not on how they were split: each rule is applied at the first byte that
 * breaks it.
 *
 * Ownership  ws_read() makes *reader when something is left half read, and frees it
 *            (*reader is NULL) when nothing is: the 4 KiB exist only while a frame or a
 *            message arrives. Payloads are borrowed during the callback.
 * Threads    one at a time.
 */
#ifndef NET_WS_READER_H
#define NET_WS_READER_H

#include <stdint.h>

#include "base/str.h"

struct ws_reader;

enum {
    WS_GOING_ON = 0,
    WS_PROTOCOL_ERROR = 1002,
    WS_NO_CODE = 1005, /* never sent: a close frame without a code */
    WS_NOT_UTF8 = 1007,
    WS_TOO_BIG = 1009,
};

struct ws_reader_ops {
    void (*on_text)(void *user, struct str text);
    void (*on_binary)(void *user); /* a whole message; nobody wants its bytes */
    void (*on_ping)(void *user, struct str payload);
};

/* Read all of data. Returns WS_GOING_ON, or the code for our close frame: the client's
 * own if it closes, or that of the rule it broke. Ignore whatever it sends after
 * that. */
int ws_read(struct ws_reader **reader, struct str data, const struct ws_reader_ops *ops,
            void *user);

struct ws_reader *ws_reader_free(struct ws_reader *r); /* accepts NULL; returns NULL */

#endif
