/* pages.h — the files that are part of the program: the API's document and its viewer.
 *
 * DESIGN
 *
 * script/embed-pages puts them into the binary when it is built, plain and compressed.
 * One whose name holds its hash never changes, and may be kept for ever; the others are
 * asked for again with their ETag. Nothing here is made by anybody who can write, but
 * what they may load is still fenced in by a Content-Security-Policy of their own: a
 * page of ours asks nobody else for anything.
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
