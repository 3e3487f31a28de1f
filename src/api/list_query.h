/* list_query.h — reads the query string of GET /api/polls.
 *
 * Ownership  list_query_done() frees what the strs borrow from.
 * Errors     ERR_BAD_REQUEST, with a sentence in why (static).
 * Threads    pure.
 */
#ifndef API_LIST_QUERY_H
#define API_LIST_QUERY_H

#include "index/feed.h"
#include "net/http.h"

struct list_query {
    struct buf text;
    enum feed_order order;
    bool any_status, seen_too;
    enum poll_status status; /* unless any_status */
    struct str tags[LIMIT_TAGS];
    size_t n_tags;
    struct str search; /* at NULL: none */
    struct str cursor; /* empty: from the beginning */
    uint32_t limit, page;
};

int list_query_read(const struct http_req *req, struct list_query *ret_q,
                    const char **ret_why);
void list_query_done(struct list_query *q);

#endif
