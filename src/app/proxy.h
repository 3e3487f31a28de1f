/* proxy.h — which peers are our proxies, and what they say about the client.
 *
 * Anybody can send X-Forwarded-*. Only what comes from server.trusted_proxies counts:
 * addresses, or networks such as 10.0.0.0/8 or fd00::/8. An
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
 * The answer is peer, unless it is trusted: then X-Forwarded-For is read backwards from
 * its end, which our own proxies wrote, to the first address that is not trusted.
 * Anything before that was sent by the client and proves nothing. If all are trusted,
 * the first one is the answer; a list that cannot be read that far is ignored. */
uint64_t proxy_client(const struct setting_list *networks, struct str peer,
                      struct str forwarded_for);

uint64_t proxy_client_of(const struct call *c); /* its client, by all that */

/* Did the client use https, according to a trusted proxy? */
bool proxy_client_uses_tls(struct call *c);

#endif
