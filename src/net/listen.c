#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

enum { BACKLOG = 4096 }; /* the kernel caps it at net.core.somaxconn */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct place {
    union address address;
    socklen_t len;
};

static int resolve(const char *address, uint16_t port, struct place *ret_place,
                   char *errmsg)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found;
    char service[8];
    int rc;

    snprintf(service, sizeof service, "%u", (unsigned)port);
    rc = getaddrinfo(address, service, &hints, &found);
    if (rc != 0) {
        snprintf(errmsg, LISTEN_ERRMSG_BYTES, "cannot listen on %s: %s", address,
                 rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
        return ERR_UNAVAILABLE;
    }
    ret_place->len = found->ai_addrlen;
    memcpy(&ret_place->address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return 0;
}

static bool switch_on(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/* A bound socket, or -1 with errno. */
static int open_bound(const struct place *p, bool shared)
{
    int fd =
        socket(p->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int why;

    if (fd < 0)
        return -1;
    if (!switch_on(fd, SOL_SOCKET, SO_REUSEADDR, 1) ||
        (shared && !switch_on(fd, SOL_SOCKET, SO_REUSEPORT, 1)) ||
        (p->address.any.sa_family == AF_INET6 &&
         !switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0)) ||
        bind(fd, &p->address.any, p->len) != 0) {
        why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* With SO_REUSEPORT a second server of the same user could bind the same port and take
 * half of the connections: bind once without it first. */
static bool port_free(const struct place *p)
{
    int fd = open_bound(p, false);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* The next sockets must bind the port that the first one was given for port 0. */
static bool learn_port(int fd, struct place *p)
{
    return getsockname(fd, &p->address.any, &p->len) == 0;
}

static int open_all(struct place *p, size_t n, int *fds)
{
    for (size_t i = 0; i < n; i++) {
        fds[i] = open_bound(p, true);
        if (fds[i] < 0 || !learn_port(fds[i], p) || listen(fds[i], BACKLOG) != 0) {
            int why = errno;

            listen_close(fds, fds[i] < 0 ? i : i + 1);
            errno = why;
            return ERR_UNAVAILABLE;
        }
    }
    return 0;
}

int listen_open(const char *address, uint16_t port, size_t n, int *ret_fds,
                uint16_t *ret_port, char errmsg[LISTEN_ERRMSG_BYTES])
{
    struct place p;
    int rc = resolve(address, port, &p, errmsg);

    if (rc != 0)
        return rc;
    if ((port != 0 && !port_free(&p)) || open_all(&p, n, ret_fds) != 0) {
        snprintf(errmsg, LISTEN_ERRMSG_BYTES, "cannot listen on %s port %u: %s",
                 address, (unsigned)port, strerror(errno));
        return ERR_UNAVAILABLE;
    }
    *ret_port = ntohs(p.address.any.sa_family == AF_INET6 ? p.address.v6.sin6_port
                                                          : p.address.v4.sin_port);
    return 0;
}

void listen_close(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        fds[i] = -1;
    }
}

/* "::1" needs brackets before a port. */
void listen_address(struct buf *out, const char *host, uint16_t port)
{
    buf_printf(out, strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}
