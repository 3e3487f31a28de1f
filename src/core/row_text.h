/* row_text.h — how lists and rules of polls are written in rows, whatever database. */
#ifndef CORE_ROW_TEXT_H
#define CORE_ROW_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "core/poll.h"

/* Lists like "[20,13]". ERR_INVALID: not such a list, or an impossible one. */
int counts_read(struct str text, uint32_t counts[LIMIT_OPTIONS], uint32_t *ret_n);
void counts_write(struct buf *b, const uint32_t *counts, uint32_t n);

/* A JSON array. */
void texts_write(struct buf *b, const struct str *texts, uint32_t n);
/* Read options and tags, which are JSON arrays, into p, and call use with it: the texts
 * are valid until it returns. ERR_INVALID: they cannot be read, or there are not
 * p->rules.n_options options. */
typedef void definition_cb(void *user, const struct poll *p);
int definition_read(struct poll *p, struct str options, struct str tags,
                    definition_cb *use, void *user);

bool visibility_read(struct str text, enum poll_visibility *ret_v);
bool voters_read(struct str text, enum poll_voters *ret_v);

#endif
