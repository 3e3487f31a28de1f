#include "app/proxy.h"

#include "app/app.h"
#include "app/call.h"
#include "config/config.h"
#include "net/http.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_BYTES = 16, MAPPED_BYTES = 12, MAPPED_BITS = 96 };

static const uint8_t MAPPED[MAPPED_BYTES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Any address as an IPv6 one; IPv4 is mapped, so that one comparison serves both. */
struct address {
    uint8_t bytes[ADDRESS_BYTES];
    bool v4;
};

static bool parse_address(struct str s, struct address *ret)
{
    char text[INET6_ADDRSTRLEN];

    if (s.len == 0 || s.len >= sizeof text)
        return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    ret->v4 = inet_pton(AF_INET, text, ret->bytes + MAPPED_BYTES) == 1;
    if (ret->v4)
        memcpy(ret->bytes, MAPPED, MAPPED_BYTES);
    return ret->v4 || inet_pton(AF_INET6, text, ret->bytes) == 1;
}

static bool same_bits(const uint8_t *a, const uint8_t *b, size_t bits)
{
    size_t whole = bits / 8;
    unsigned rest = 8 - (unsigned)(bits % 8);

    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 8 || a[whole] >> rest == b[whole] >> rest;
}

static bool is_within(const struct address *peer, struct str network)
{
    struct str address, prefix = str_cut(network, '/', &address);
    struct address base;
    uint64_t bits = ADDRESS_BYTES * 8;

    if (!parse_address(address, &base))
        return false;
    if (prefix.len != 0) {
        if (str_to_u64(prefix, base.v4 ? 32 : 128, &bits) != 0)
            return false;
        bits += base.v4 ? MAPPED_BITS : 0;
    }
    return same_bits(peer->bytes, base.bytes, (size_t)bits);
}

static bool is_trusted(const struct setting_list *networks, const struct address *a)
{
    for (size_t i = 0; i < networks->n; i++)
        if (is_within(a, str_of(networks->items[i])))
            return true;
    return false;
}

bool proxy_is_trusted(const struct setting_list *networks, struct str peer)
{
    struct address address;

    return networks->n != 0 && parse_address(peer, &address) &&
           is_trusted(networks, &address);
}

/* "a, b, c" → "c", and "a, b" is left; {NULL, 0} is left of the last one. */
static struct str take_last(struct str *list)
{
    size_t n = list->len;
    struct str last;

    while (n > 0 && list->at[n - 1] != ',')
        n--;
    last = str_skip(*list, n);
    *list = n > 0 ? (struct str){list->at, n - 1} : (struct str){NULL, 0};
    return str_trim(last);
}

/* From the last to the first; ret is not written when the list cannot be read. */
static void find_client(const struct setting_list *networks, struct str list,
                        struct address *ret)
{
    struct address a;

    while (list.at != NULL) {
        if (!parse_address(take_last(&list), &a))
            return;
        if (list.at == NULL || !is_trusted(networks, &a)) {
            *ret = a;
            return;
        }
    }
}

/* IPv4 gets numbers of 0:ffff::/32, which no network has. */
static uint64_t number_of(const struct address *a)
{
    size_t from = memcmp(a->bytes, MAPPED, MAPPED_BYTES) == 0 ? 8 : 0;
    uint64_t n = 0;

    for (size_t i = 0; i < 8; i++)
        n = n << 8 | a->bytes[from + i];
    return n;
}

uint64_t proxy_client(const struct setting_list *networks, struct str peer,
                      struct str forwarded_for)
{
    struct address client;

    if (!parse_address(peer, &client))
        return 0;
    if (is_trusted(networks, &client))
        find_client(networks, forwarded_for, &client);
    return number_of(&client);
}

uint64_t proxy_client_of(const struct call *c)
{
    return proxy_client(&c->app->config->server_trusted_proxies, c->req->peer,
                        http_header(c->req, "x-forwarded-for"));
}

bool proxy_client_uses_tls(struct call *c)
{
    struct str scheme;

    if (!proxy_is_trusted(&c->app->config->server_trusted_proxies, c->req->peer))
        return false;
    /* Of a chain of proxies the first is the one that the client sees. */
    str_cut(http_header(c->req, "x-forwarded-proto"), ',', &scheme);
    return str_eq_nocase(str_trim(scheme), STR("https"));
}
