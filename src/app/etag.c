#include "app/etag.h"

bool etag_is_news(struct str list, struct str etag)
{
    struct str tag;

    while (list.len > 0) {
        list = str_cut(list, ',', &tag);
        tag = str_trim(tag);
        if (str_starts(tag, STR("W/")))
            tag = str_skip(tag, 2);
        if (str_eq(tag, etag) || str_eq(tag, STR("*")))
            return false;
    }
    return true;
}
