/* pages.h — the files that are part of the program: the web page, and the API's
 * document and its viewer.
 *
 * DESIGN
 *
 * script/embed-pages puts them into the binary when it is built: as they are, with gzip
 * where that makes them smaller, and with brotli where the page's build did. One whose
 * name holds its hash never changes, and may be kept for ever; the others are asked for
 * again with their ETag. What they may load is in security_headers.c: nothing of
 * anybody else's.
 *
 * The page has one document for all its paths (tbl/routes.h: handle_page), "/" here; it
 * looks at the path itself. A path that nobody knows gets it too, as a 404, if a
 * browser asks: the page says then that there is nothing.
 *
 * Threads  constant: any.
 */
#ifndef API_PAGES_H
#define API_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct page {
    const char *path, *type;
    const char *etag; /* with its quotes; of a packed one it ends in -br" or -gz" */
    bool lasting;     /* its name holds its hash */
    struct str plain;
    struct str gzip, br; /* {NULL, 0}: there is none */
};

extern const struct page pages[];
extern const size_t pages_n;

enum page_coding { PAGE_PLAIN, PAGE_GZIP, PAGE_BR };

/* The smallest that the page has and a client with this Accept-Encoding takes. */
enum page_coding page_coding(const struct page *p, struct str accept_encoding);

/* The file of this name in the root, or NULL. */
const struct page *page_in_root(struct str name);

/* A request that no route is for: is the page to say so? If not, a problem document. */
struct call;
bool page_says_not_found(const struct call *c);
void page_not_found(struct call *c); /* answers 404, with the page */

#endif
