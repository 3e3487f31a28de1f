/* security_headers.h — what browsers are told to refuse, by path.
 *
 * DESIGN
 *
 *   /embed/…     the web page, where others may show it in a frame
 *   /            the web page, in nobody's frame
 *   /docs        the API's pages, with the viewer's wishes
 *   all else     data: nothing in it is to be run, loaded or framed
 *
 * The page has more paths, and files: pages.c says of their answers that they are as at
 * "/" (headers_path of net/http.h). An error there is data.
 *
 * This is the one place for such rules. Each answer carries one prepared block, so a
 * header here costs a vote the copying of its bytes. A path that has no line is data,
 * the strictest; so is one that could not be read.
 *
 * There is no X-Frame-Options: every browser that we support knows frame-ancestors. TLS
 * is the proxy's in front, and so is Strict-Transport-Security.
 *
 * Threads  pure.
 */
#ifndef SERVER_SECURITY_HEADERS_H
#define SERVER_SECURITY_HEADERS_H

#include "base/str.h"

/* Header lines, each with its CR LF. */
struct str security_headers(struct str path);

#endif
