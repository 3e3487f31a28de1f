#include "server/security_headers.h"

#include <stdbool.h>
#include <stddef.h>

#define CSP "Content-Security-Policy: "
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"

/* The target of a link should not learn which poll the link was in. */
#define NO_REFERRER "Referrer-Policy: no-referrer\r\n"

#define CORP "Cross-Origin-Resource-Policy: "

/* The web page may run, load and call only what is its own. 'self' covers its WebSocket
 * in every browser that can run the page (Firefox; Chromium since 71, Safari since 16),
 * so we name no ws: scheme, which would allow any host. data: and blob: are for images
 * that it makes itself: QR codes, and pictures before they are sent. It frames itself
 * to preview what others embed. */
#define PAGE_CSP                                                                       \
    CSP "default-src 'none'; script-src 'self'; style-src 'self'; "                    \
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "            \
        "manifest-src 'self'; frame-src 'self'; object-src 'none'; "                   \
        "base-uri 'none'; form-action 'self'; "

/* The page shows polls in full screen and copies links; it needs no other
 * permission. */
#define PERMISSIONS                                                                    \
    "Permissions-Policy: fullscreen=(self), clipboard-write=(self), "                  \
    "clipboard-read=(), camera=(), microphone=(), geolocation=(), payment=(), "        \
    "usb=()\r\n"

static const char data_block[] =
    CSP "default-src 'none'; frame-ancestors 'none'\r\n" NOSNIFF NO_REFERRER CORP
        "same-origin\r\n";

static const char page_block[] = PAGE_CSP
    "frame-ancestors 'none'\r\n" PERMISSIONS NOSNIFF NO_REFERRER CORP "same-origin\r\n";

/* A page that isolates itself (COEP) only shows frames that say cross-origin. */
static const char embed_block[] = PAGE_CSP
    "frame-ancestors *\r\n" PERMISSIONS NOSNIFF NO_REFERRER CORP "cross-origin\r\n";

/* The API viewer sets styles on its elements and draws icons from data: URLs. */
static const char docs_block[] =
    CSP "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n" NOSNIFF
            NO_REFERRER CORP "same-origin\r\n";

/* A picture that is shown in pages of others: beside a link to its poll. */
static const char picture_block[] =
    CSP "default-src 'none'; frame-ancestors 'none'\r\n" NOSNIFF NO_REFERRER CORP
        "cross-origin\r\n";

static const struct {
    struct str path;
    bool below; /* also every path that begins with it */
    struct str block;
} rules[] = {
    {{"/", 1}, false, {page_block, sizeof page_block - 1}},
    {{"/docs", 5}, false, {docs_block, sizeof docs_block - 1}},
    {{"/docs/", 6}, true, {docs_block, sizeof docs_block - 1}},
    {{"/picture.png", 12}, false, {picture_block, sizeof picture_block - 1}},
    {{"/embed/", 7}, true, {embed_block, sizeof embed_block - 1}},
};

struct str security_headers(struct str path)
{
    if (str_starts(path, STR("/api/"))) /* most requests: skip the table */
        return STR(data_block);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].below ? str_starts(path, rules[i].path)
                           : str_eq(path, rules[i].path))
            return rules[i].block;
    return STR(data_block);
}
