/* listen.h — the sockets that a server accepts connections on.
 *
 * One socket per loop, all on the same port: with SO_REUSEPORT the kernel spreads new
 * connections over them, and no loop waits for another's accept().
 *
 * Ownership  the sockets become the caller's.
 * Errors     ERR_UNAVAILABLE, with a text for the operator.
 * Threads    any.
 */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { LISTEN_ERRMSG_BYTES = 256 };

/* Open n non-blocking sockets that listen on address (IPv4, IPv6 or a name; "::" takes
 * IPv4 too) and port (0: any free one, the same for all). *ret_port is the port bound.
 * On error nothing is left open, and errmsg says why. */
int listen_open(const char *address, uint16_t port, size_t n, int *ret_fds,
                uint16_t *ret_port, char errmsg[LISTEN_ERRMSG_BYTES]);

void listen_close(int *fds, size_t n);

/* The address for clients: "127.0.0.1:8080", "[::1]:8080". */
void listen_address(struct buf *out, const char *host, uint16_t port);

#endif
