#include "app/proxy.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_BYTES = 16, MAPPED_BITS = 96 };

/* Any address as an IPv6 one; IPv4 is mapped, so that one comparison serves both. */
struct address {
    uint8_t bytes[ADDRESS_BYTES];
    bool v4;
};

static bool parse_address(struct str s, struct address *ret)
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char text[INET6_ADDRSTRLEN];

    if (s.len == 0 || s.len >= sizeof text)
        return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    ret->v4 = inet_pton(AF_INET, text, ret->bytes + sizeof mapped) == 1;
    if (ret->v4)
        memcpy(ret->bytes, mapped, sizeof mapped);
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

bool proxy_is_trusted(const struct setting_list *networks, struct str peer)
{
    struct address address;

    if (networks->n == 0 || !parse_address(peer, &address))
        return false;
    for (size_t i = 0; i < networks->n; i++)
        if (is_within(&address, str_of(networks->items[i])))
            return true;
    return false;
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
