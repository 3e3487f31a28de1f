#include "store/rows.h"

#include <stdio.h>

const struct rows_sink *rows_writer_sink(struct rows_writer *w)
{
    return &w->sink;
}

int rows_writer_commit(struct rows_writer *w, const struct store_report *to,
                       struct store_totals *ret_totals, char *errmsg, size_t size)
{
    int rc = w->commit(w, to, ret_totals);

    if (rc != 0)
        snprintf(errmsg, size, "%s", w->errmsg(w));
    return rc;
}

struct rows_writer *rows_writer_free(struct rows_writer *w)
{
    if (w != NULL)
        w->free(w);
    return NULL;
}
