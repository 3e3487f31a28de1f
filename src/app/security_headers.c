#include "app/security_headers.h"

#include <stdbool.h>
#include <stddef.h>

#define CSP "Content-Security-Policy: "
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"

/* The bearer of a link should not learn which poll it was on. */
#define NO_REFERRER "Referrer-Policy: no-referrer\r\n"

/* What a page of ours may do: load and call its own origin. */
#define OWN_ORIGIN                                                                     \
    "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; "

static const char data_block[] =
    CSP "default-src 'none'; frame-ancestors 'none'\r\n" NOSNIFF NO_REFERRER
        "Cross-Origin-Resource-Policy: same-origin\r\n";

static const char page_block[] =
    CSP OWN_ORIGIN "frame-ancestors 'none'\r\n" NOSNIFF NO_REFERRER
                   "Cross-Origin-Resource-Policy: same-origin\r\n";

/* The viewer of the API sets styles on its elements and draws icons from data: URLs. */
static const char docs_block[] =
    CSP "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n" NOSNIFF
            NO_REFERRER "Cross-Origin-Resource-Policy: same-origin\r\n";

/* A page that isolates itself (COEP) shows only frames that say cross-origin. */
static const char embed_block[] =
    CSP OWN_ORIGIN "frame-ancestors *\r\n" NOSNIFF NO_REFERRER
                   "Cross-Origin-Resource-Policy: cross-origin\r\n";

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
