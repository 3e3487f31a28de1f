/* buf.h — bytes that grow: answers, frames and records are built in one.
 *
 * A buf that is all zero is an empty one. What a client can make grow is capped by
 * the buf's owner before it appends.
 *
 * Ownership  buf_done() frees the bytes, and leaves an empty buf that can be used
 *            again. buf_str() borrows until the next call that appends.
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

/* Room for n more bytes at the result; the caller then adds to b->len what it used. */
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

/* JSON values, RFC 8259. A string may hold any bytes: what is not UTF-8 is written
 * as U+FFFD, so the output is always valid. */
void buf_json_str(struct buf *b, struct str s);
void buf_json_time(struct buf *b, int64_t ms); /* "2026-01-31T23:59:59.000Z" */

#endif
