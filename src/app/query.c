#include "app/query.h"

#include "base/err.h"

bool query_number(struct call *c, const char *name, uint32_t max, uint32_t *number,
                  const char *why)
{
    struct buf text = {0};
    struct str value;
    uint64_t n = *number;
    int rc = http_query(c->req, name, &text, &value);

    if (rc == 0)
        rc = str_to_u64(value, max, &n);
    if (rc == ERR_NOT_FOUND)
        rc = 0;
    else if (rc == 0 && n < 1)
        rc = ERR_BAD_REQUEST;
    buf_done(&text);
    if (rc == 0)
        *number = (uint32_t)n;
    else
        call_fail(c, ERR_BAD_REQUEST, why);
    return rc == 0;
}

bool query_word(struct call *c, const char *name, const char *const *words, int n,
                int *index, const char *why)
{
    struct buf text = {0};
    struct str value;
    int rc = http_query(c->req, name, &text, &value);
    bool found = rc == ERR_NOT_FOUND;

    for (int i = 0; rc == 0 && i < n; i++)
        if (str_eq(value, str_of(words[i]))) {
            *index = i;
            found = true;
        }
    buf_done(&text);
    if (!found)
        call_fail(c, ERR_BAD_REQUEST, why);
    return found;
}
