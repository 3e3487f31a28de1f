/* bare — the floor: a server that does nothing but the system calls.
 *
 *   bare            prints the address that it listens on, runs until it is ended
 *
 * DESIGN
 *
 * Any request is answered with one canned answer: what is left is the price of
 * recv() and send(), and how far the client gets. A request with Upgrade becomes a
 * WebSocket follower (everybody's key is the RFC's example, so the accept is a
 * constant), and POST /publish sends its body as one text frame to all followers, with
 * one send() each in a plain loop: nothing that sends one frame to many with a system
 * call each can be faster. Requests are trusted to come whole: this is a yardstick, not
 * a server.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tool.h"

enum { EVENTS = 256, FDS_MAX = 65536, REQUEST_MAX = 65536, BACKLOG = 4096 };

static const char CANNED[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: application/json\r\n"
                             "X-Request-Id: 0123456789abcdef\r\n"
                             "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                             "Content-Length: 16\r\n\r\n"
                             "{\"status\": \"ok\"}";

static const char UPGRADED[] = "HTTP/1.1 101 Switching Protocols\r\n"
                               "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                               "\r\n";

struct bare {
    int listen_fd, epoll_fd;
    int followers[FDS_MAX];
    unsigned n_followers;
    unsigned place[FDS_MAX]; /* of a descriptor among the followers, from 1; 0: none */
    char request[REQUEST_MAX];
    struct buf frame;
};

static void send_all(int fd, const char *data, size_t len)
{
    if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
        fprintf(stderr, "bare: a send fell short\n");
}

/* One unmasked text frame, RFC 6455, section 5.2. */
static void encode(struct buf *frame, struct str text)
{
    frame->len = 0;
    buf_char(frame, (char)0x81);
    if (text.len < 126) {
        buf_char(frame, (char)text.len);
    } else {
        buf_char(frame, 126);
        buf_char(frame, (char)(text.len >> 8));
        buf_char(frame, (char)(text.len & 0xff));
    }
    buf_str_add(frame, text);
}

static void publish(struct bare *b, struct str text)
{
    encode(&b->frame, text);
    for (unsigned i = 0; i < b->n_followers; i++)
        send_all(b->followers[i], b->frame.data, b->frame.len);
}

static void leave(struct bare *b, int fd)
{
    unsigned place = b->place[fd];

    if (place > 0) {
        int last = b->followers[--b->n_followers];

        b->followers[place - 1] = last;
        b->place[last] = place;
        b->place[fd] = 0;
    }
    close(fd);
}

static void on_readable(struct bare *b, int fd)
{
    ssize_t n = recv(fd, b->request, sizeof b->request, 0);
    struct str request, body;
    const char *end;

    if (n <= 0) {
        leave(b, fd);
        return;
    }
    if (b->place[fd] > 0)
        return; /* a follower's frame: nothing to us */
    request = (struct str){b->request, (size_t)n};
    if (memmem(request.at, request.len, "Upgrade: websocket", 18) != NULL) {
        b->followers[b->n_followers++] = fd;
        b->place[fd] = b->n_followers;
        send_all(fd, UPGRADED, sizeof UPGRADED - 1);
        return;
    }
    end = memmem(request.at, request.len, "\r\n\r\n", 4);
    if (end != NULL && str_starts(request, STR("POST /publish"))) {
        body = str_skip(request, (size_t)(end + 4 - request.at));
        publish(b, body);
    }
    send_all(fd, CANNED, sizeof CANNED - 1);
}

static void on_connect(struct bare *b)
{
    struct epoll_event e = {.events = EPOLLIN};

    e.data.fd = accept4(b->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (e.data.fd < 0)
        return;
    if (e.data.fd >= FDS_MAX)
        die("too many connections");
    epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, e.data.fd, &e);
}

static void listen_anywhere(struct bare *b)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    struct epoll_event e = {.events = EPOLLIN};
    socklen_t len = sizeof at;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    b->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (b->listen_fd < 0 || bind(b->listen_fd, (struct sockaddr *)&at, len) < 0 ||
        listen(b->listen_fd, BACKLOG) < 0 ||
        getsockname(b->listen_fd, (struct sockaddr *)&at, &len) < 0)
        die("listen: %s", strerror(errno));
    e.data.fd = b->listen_fd;
    epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, b->listen_fd, &e);
    printf("127.0.0.1:%u\n", ntohs(at.sin_port));
    fflush(stdout);
}

int main(void)
{
    struct bare *b = mem_zalloc(1, sizeof *b);
    struct epoll_event events[EVENTS];

    b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    listen_anywhere(b);
    for (;;) {
        int n = epoll_wait(b->epoll_fd, events, EVENTS, -1);

        for (int i = 0; i < n; i++)
            if (events[i].data.fd == b->listen_fd)
                on_connect(b);
            else
                on_readable(b, events[i].data.fd);
    }
}
