#include "store/store.h"

#include <assert.h>

int store_project(struct store *s, const struct change *changes, size_t n,
                  uint64_t position)
{
    int rc;

    assert(n == 0 || changes != NULL);
    rc = s->ops->begin(s);

    if (rc == 0)
        rc = s->ops->project(s, changes, n);
    if (rc == 0)
        rc = s->ops->set_position(s, position);
    if (rc == 0)
        rc = s->ops->commit(s);
    if (rc != 0)
        s->ops->rollback(s);
    return rc;
}
