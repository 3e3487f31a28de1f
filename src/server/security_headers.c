#include "server/security_headers.h"

#include <stdbool.h>
#include <stddef.h>

#define CSP "Content-Security-Policy: "
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"

/* The bearer of a link should not learn which poll it was on. */
#define NO_REFERRER "Referrer-Policy: no-referrer\r\n"

#define CORP "Cross-Origin-Resource-Policy: "

/* What the web page may do: run, load and call what is its own. 'self' covers its
 * WebSocket in every browser that can run it (Firefox; Chromium since 71, Safari since
 * 16), so no scheme is named, which would let it reach any host. data: and blob: are
 * for images that it makes itself: QR codes, and pictures before they are sent. It
 * frames itself, to show what others would embed. */
#define PAGE_CSP                                                                       \
    CSP "default-src 'none'; script-src 'self'; style-src 'self'; "                    \
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "            \
        "manifest-src 'self'; frame-src 'self'; object-src 'none'; "                   \
        "base-uri 'none'; form-action 'self'; "

/* To show a poll in full screen and to copy its link; nothing else asks the user. */
#define PERMISSIONS                                                                    \
    "Permissions-Policy: fullscreen=(self), clipboard-write=(self), "                  \
    "clipboard-read=(), camera=(), microphone=(), geolocation=(), payment=(), "        \
    "usb=()\r\n"

static const char data_block[] =
    CSP "default-src 'none'; frame-ancestors 'none'\r\n" NOSNIFF NO_REFERRER CORP
        "same-origin\r\n";

static const char page_block[] = PAGE_CSP
    "frame-ancestors 'none'\r\n" PERMISSIONS NOSNIFF NO_REFERRER CORP "same-origin\r\n";

/* A page that isolates itself (COEP) shows only frames that say cross-origin. */
static const char embed_block[] = PAGE_CSP
    "frame-ancestors *\r\n" PERMISSIONS NOSNIFF NO_REFERRER CORP "cross-origin\r\n";

/* The viewer of the API sets styles on its elements and draws icons from data: URLs. */
static const char docs_block[] =
    CSP "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n" NOSNIFF
            NO_REFERRER CORP "same-origin\r\n";

static const struct {
    struct str path;
    bool below; /* also what begins with it */
    struct str block;
} rules[] = {
    {{"/", 1}, false, {page_block, sizeof page_block - 1}},
    {{"/docs", 5}, false, {docs_block, sizeof docs_block - 1}},
    {{"/docs/", 6}, true, {docs_block, sizeof docs_block - 1}},
    {{"/embed/", 7}, true, {embed_block, sizeof embed_block - 1}},
};

struct str security_headers(struct str path)
{
    if (str_starts(path, STR("/api/"))) /* most of all */
        return STR(data_block);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].below ? str_starts(path, rules[i].path)
                           : str_eq(path, rules[i].path))
            return rules[i].block;
    return STR(data_block);
}
