/* err.h — the one error enum of the server; its lines are in tbl/errors.h.
 *
 * Functions that can fail return 0 or a negative enum err.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "tbl/errors.h"

enum err {
    ERR__BASE = -1000, /* below every -errno, so the two never mix */
#define X(name, http, code, title) name,
    ERR_TABLE(X)
#undef X
};

/* A value that is not in the table reads as ERR_INTERNAL. */
int err_http_status(int err);
const char *err_code(int err);  /* the word for programs; static storage */
const char *err_title(int err); /* static storage */

#endif
