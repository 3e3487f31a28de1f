/* security_headers.h — headers that tell browsers what to refuse, by path.
 *
 * DESIGN
 *
 *   /embed/…     the web page; others may show it in a frame
 *   /            the web page; nobody may frame it
 *   /docs        the API's pages, with what their viewer needs
 *   pictures     data that pages of others may show
 *   all else     data: do not run, load or frame anything in it
 *
 * The page has more paths, and files: pages.c gives their answers the headers of "/"
 * (headers_path in net/http.h), and poll_picture.c gives its own those of pictures. An
 * error there counts as data.
 *
 * All such rules are here. Each answer carries one prepared block, so a header costs a
 * vote only the copying of its bytes. Paths without a line, or that could not be read,
 * get the strictest block, data.
 *
 * There is no X-Frame-Options: every browser that we support knows frame-ancestors. The
 * proxy in front does TLS, and sets Strict-Transport-Security.
 *
 * Threads  pure.
 */
#ifndef SERVER_SECURITY_HEADERS_H
#define SERVER_SECURITY_HEADERS_H

#include "base/str.h"

/* Header lines, each with its CR LF. */
struct str security_headers(struct str path);

#endif
