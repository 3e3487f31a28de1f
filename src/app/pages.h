/* pages.h — the files that are part of the program: the API's document and its viewer.
 *
 * DESIGN
 *
 * script/embed-pages puts them into the binary when it is built, plain and compressed.
 * One whose name holds its hash never changes, and may be kept for ever; the others are
 * asked for again with their ETag. What they may load is in security_headers.c: nothing
 * of anybody else's.
 *
 * Threads  constant: any.
 */
#ifndef APP_PAGES_H
#define APP_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct page {
    const char *path, *type;
    const char *etag; /* with its quotes; of the compressed one it ends in -gz" */
    bool lasting;     /* its name holds its hash */
    struct str plain, gzip;
};

extern const struct page pages[];
extern const size_t pages_n;

/* Does a client that sends this Accept-Encoding take gzip? {NULL, 0}: it sends none. */
bool accepts_gzip(struct str accept_encoding);

#endif
