/* etag.h — conditional requests, RFC 9110, 13.1.2.  Threads: pure. */
#ifndef APP_ETAG_H
#define APP_ETAG_H

#include <stdbool.h>

#include "base/str.h"

/* Is the answer with this tag (with its quotes) news to a client that sends this
 * If-None-Match? Tags are compared weakly; "*" is every tag. */
bool etag_is_news(struct str if_none_match, struct str etag);

#endif
