/* proxy.h — which peers are proxies of ours, and what they say about the client.
 *
 * Anybody can send X-Forwarded-*. What counts is what comes from an address in
 * server.trusted_proxies: an address, or a network such as 10.0.0.0/8 or fd00::/8. An
 * IPv4 client of an IPv6 socket (::ffff:10.0.0.1) is the same as 10.0.0.1.
 *
 * Threads  the call's loop; proxy_is_trusted(): pure.
 */
#ifndef APP_PROXY_H
#define APP_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct call;
struct setting_list;

/* peer: an address as http_req has it. The networks have passed setting_set(). */
bool proxy_is_trusted(const struct setting_list *networks, struct str peer);

/* Whose request is it? An IPv4 address, or the network of an IPv6 one (its first 64
 * bits: a household, or a machine, that has as many addresses as it likes), as a number
 * that no other has. 0: not an address.
 *
 * peer is the answer, unless it is trusted: then X-Forwarded-For is read from its end,
 * where our own proxies have written, up to the first address that is not trusted. What
 * comes before was sent by that client and proves nothing. A list without such an
 * address is the first in it; one that holds something else up to there is ignored. */
uint64_t proxy_client(const struct setting_list *networks, struct str peer,
                      struct str forwarded_for);

uint64_t proxy_client_of(const struct call *c); /* its client, by all that */

/* Did the client come by https, as far as its proxy can be believed? */
bool proxy_client_uses_tls(struct call *c);

#endif
