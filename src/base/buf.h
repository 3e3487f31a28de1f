/* buf.h — bytes that grow: answers, frames and records are built in one.
 *
 * An all-zero buf is empty. Where a client decides how much is appended, the buf's
 * owner checks a cap first.
 *
 * Ownership  buf_done() frees the bytes and leaves an empty, reusable buf. The str from
 *            buf_str() is valid until the next append.
 * Errors     none: appending cannot fail (mem.h).
 * Threads    one at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf {
    char *data;
    size_t len, cap;
};

void buf_done(struct buf *b);
struct str buf_str(const struct buf *b);

/* Make room for n more bytes and return where they go; then add to b->len what you
 * used. */
char *buf_reserve(struct buf *b, size_t n);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str_add(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *s); /* terminated */
void buf_char(struct buf *b, char c);
void buf_u64(struct buf *b, uint64_t n);
void buf_i64(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Drop the first n bytes. */
void buf_consume(struct buf *b, size_t n);

/* JSON values, RFC 8259. The string may hold any bytes: invalid UTF-8 is written as
 * U+FFFD, so the output is always valid JSON. */
void buf_json_str(struct buf *b, struct str s);
void buf_json_time(struct buf *b, int64_t ms); /* "2026-01-31T23:59:59.000Z" */

#endif
