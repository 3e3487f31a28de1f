/* chars.h — which bytes are allowed where in a request (RFC 9110, 9112 and 3986).
 *
 * Threads  pure.
 */
#ifndef NET_CHARS_H
#define NET_CHARS_H

#include <stdbool.h>

#include "base/str.h"

enum {
    CHAR_TOKEN = 1, /* methods and header names */
    CHAR_VALUE = 2, /* header values: no control character but the tab */
    CHAR_PATH = 4,
    CHAR_QUERY = 8, /* and what browsers leave unescaped (WHATWG query set) */
    CHAR_HOST = 16, /* a name or an address, with its port */
    CHAR_ID = 32,   /* a request's id; safe in headers, logs and JSON */
    CHAR_HEX = 64
};

extern const unsigned char char_classes[256];

static inline bool char_is(char c, unsigned classes)
{
    return (char_classes[(unsigned char)c] & classes) != 0;
}

static inline bool chars_are(struct str s, unsigned classes)
{
    for (size_t i = 0; i < s.len; i++)
        if (!char_is(s.at[i], classes))
            return false;
    return true;
}

/* The value of a hexadecimal digit; c must be one. */
static inline unsigned char_hex(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

#endif
