/* pages.h — the files that are part of the program: the web page, and the API's
 * document and its viewer.
 *
 * DESIGN
 *
 * At build time script/embed-pages puts them into the binary: as they are, with gzip if
 * that is smaller, and with brotli if the page's build made that. A file with its hash
 * in its name never changes and may be cached for ever; the others are revalidated by
 * their ETag. security_headers.c says what they may load: nothing from anybody else.
 *
 * The page has one document for all its paths (tbl/routes.h: handle_page), "/" here,
 * and looks at the path itself; the widget, a build of its own, has "/embed.html". That
 * of a poll carries the poll (poll_document.c). A browser that asks for an unknown path
 * gets the page's too, as a 404, and the page says that there is nothing.
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

/* The smallest coding that the page has and this Accept-Encoding takes. */
enum page_coding page_coding(const struct page *p, struct str accept_encoding);

/* The file of this name in the root, or NULL. */
const struct page *page_in_root(struct str name);

/* The document that this path of the web page gets: the page's, or the widget's. */
struct call;
const struct page *page_document(const struct call *c);

/* The page's documents get the headers of "/" at every path; only what may be framed
 * keeps its own. */
void page_take_headers(struct call *c);

/* No route matches this request: should the page say so? If not, a problem document
 * does. */
bool page_says_not_found(const struct call *c);
void page_not_found(struct call *c); /* answers 404, with the page */

#endif
