#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct row {
    int err, http;
    const char *code, *title;
};

static const struct row rows[] = {
#define X(name, http, code, title) {name, http, code, title},
    ERR_TABLE(X)
#undef X
};

static const struct row *find(int err)
{
    /* below the first line this wraps round to far above the last */
    size_t i = (size_t)((int64_t)err - ERR__BASE - 1);

    if (i >= sizeof rows / sizeof *rows)
        i = (size_t)(ERR_INTERNAL - ERR__BASE - 1);
    return &rows[i];
}

int err_http_status(int err)
{
    return find(err)->http;
}

const char *err_code(int err)
{
    return find(err)->code;
}

const char *err_title(int err)
{
    return find(err)->title;
}
