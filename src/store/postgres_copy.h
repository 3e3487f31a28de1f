/* postgres_copy.h — the lines that COPY … FROM STDIN takes: a tab between cells, \N for
 * NULL.
 *
 * Each call but the last two appends a cell, after a tab unless the line begins here.
 *
 * Threads  pure.
 */
#ifndef STORE_POSTGRES_COPY_H
#define STORE_POSTGRES_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

void copy_null(struct buf *b);
void copy_i64(struct buf *b, int64_t n);
void copy_optional(struct buf *b, int64_t n); /* 0 is NULL */
void copy_bool(struct buf *b, bool value);
void copy_text(struct buf *b, struct str s);  /* at NULL is NULL */
void copy_bytes(struct buf *b, struct str s); /* the same, as bytea */

/* Begin a cell that the caller writes, with this for its text. */
void copy_cell(struct buf *b);
void copy_escaped(struct buf *b, struct str s);

void copy_end_line(struct buf *b);

#endif
