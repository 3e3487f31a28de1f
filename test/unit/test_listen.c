/* Sockets that share one port, and words for the operator when they cannot. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "net/listen.h"

/* An address of this process alone: its ports are nobody else's, also a moment after
 * they were closed. */
static const char *own_address(void)
{
    static char text[INET_ADDRSTRLEN];
    unsigned pid = (unsigned)getpid();

    snprintf(text, sizeof text, "127.%u.%u.%u", 1 + (pid >> 16) % 64, pid >> 8 & 255,
             pid & 255);
    return text;
}

static int try_connect(const char *address, uint16_t port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    bool is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
    int fd, rc;

    assert_true(is_v4 || inet_pton(AF_INET6, address, &v6.sin6_addr) == 1);
    fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    rc = is_v4 ? connect(fd, (struct sockaddr *)&v4, sizeof v4)
               : connect(fd, (struct sockaddr *)&v6, sizeof v6);
    close(fd);
    return rc;
}

static void all_sockets_share_the_port_that_was_free(void **state)
{
    int fds[3];
    uint16_t port;
    char errmsg[LISTEN_ERRMSG_BYTES];

    (void)state;
    assert_int_equal(listen_open(own_address(), 0, 3, fds, &port, errmsg), 0);
    assert_true(port != 0);
    for (int i = 0; i < 3; i++) {
        struct sockaddr_in at;
        socklen_t len = sizeof at;

        assert_int_equal(getsockname(fds[i], (struct sockaddr *)&at, &len), 0);
        assert_int_equal(ntohs(at.sin_port), port);
        assert_true((fcntl(fds[i], F_GETFL) & O_NONBLOCK) != 0);
        assert_true((fcntl(fds[i], F_GETFD) & FD_CLOEXEC) != 0);
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(try_connect(own_address(), port), 0);
    listen_close(fds, 3);
    assert_int_equal(fds[0], -1);
    assert_int_equal(try_connect(own_address(), port), -1);
}

static void a_port_can_be_asked_for_again(void **state)
{
    int fd;
    uint16_t port, again;
    char errmsg[LISTEN_ERRMSG_BYTES];

    (void)state;
    assert_int_equal(listen_open(own_address(), 0, 1, &fd, &port, errmsg), 0);
    assert_int_equal(try_connect(own_address(), port), 0);
    listen_close(&fd, 1);
    assert_int_equal(listen_open(own_address(), port, 1, &fd, &again, errmsg), 0);
    assert_int_equal(port, again);
    listen_close(&fd, 1);
}

static void takes_ipv6_and_with_it_ipv4(void **state)
{
    int fds[2];
    uint16_t port;
    char errmsg[LISTEN_ERRMSG_BYTES];

    (void)state;
    if (listen_open("::1", 0, 2, fds, &port, errmsg) != 0)
        skip(); /* a machine without IPv6 */
    assert_int_equal(try_connect("::1", port), 0);
    listen_close(fds, 2);
    assert_int_equal(listen_open("::", 0, 2, fds, &port, errmsg), 0);
    assert_int_equal(try_connect("::1", port), 0);
    assert_int_equal(try_connect("127.0.0.1", port), 0);
    listen_close(fds, 2);
}

static void says_why_it_cannot(void **state)
{
    int fd, other = -1;
    uint16_t port, none = 7;
    char errmsg[LISTEN_ERRMSG_BYTES], place[64];

    (void)state;
    assert_int_equal(listen_open(own_address(), 0, 1, &fd, &port, errmsg), 0);
    /* A second server would share the port, with half of the clients. */
    assert_int_equal(listen_open(own_address(), port, 1, &other, &none, errmsg),
                     ERR_UNAVAILABLE);
    snprintf(place, sizeof place, "%s port %u: ", own_address(), port);
    assert_non_null(strstr(errmsg, place));
    assert_non_null(strstr(errmsg, "Address already in use"));
    listen_close(&fd, 1);

    assert_int_equal(listen_open("192.0.2.1", 0, 1, &other, &none, errmsg),
                     ERR_UNAVAILABLE);
    assert_non_null(strstr(errmsg, "Cannot assign requested address"));
    assert_int_equal(listen_open("not an address", 0, 1, &other, &none, errmsg),
                     ERR_UNAVAILABLE);
    assert_non_null(strstr(errmsg, "cannot listen on not an address: "));
    assert_int_equal(other, -1);
    assert_int_equal(none, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sockets_share_the_port_that_was_free),
        cmocka_unit_test(a_port_can_be_asked_for_again),
        cmocka_unit_test(takes_ipv6_and_with_it_ipv4),
        cmocka_unit_test(says_why_it_cannot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
