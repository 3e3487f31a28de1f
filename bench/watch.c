/* watch — N followers of one live stream, and the publisher that they wait for.
 *
 *   watch --address HOST:PORT --watchers N /ws/polls/1
 *         [--sse] [--pid SERVER] [--tick-us US]
 *         [--publish PATH (--tokens FILE | --payload BYTES) [--publish-at HOST:PORT]]
 *
 * Commands on standard input, each answered with one line of JSON on standard output:
 *   publish   one message to all: a vote with the next token, or a message of --payload
 *             bytes; how long from it to the first and to the last follower
 *   count     messages and bytes since the last count
 *   tick US   from now on sleep that long between two looks
 * At the end of the input it leaves. The first line of the output says that all are
 * connected and have what they get at the beginning.
 *
 * DESIGN
 *
 * The receiver must be faster than whoever sends. It reads frame headers, looks for
 * "version": in the text (a follower has a publication when it sees a higher version
 * than any before), and does no more. Between two looks at its sockets it sleeps
 * --tick-us: a receiver on the same machine that is woken for every message makes its
 * sender pay for the wake-ups, which followers on other machines do not. So times are
 * exact to a tick.
 *
 * Messages a second are (N - 1) / (last - first): what comes before the first message
 * (a sync of the journal, say) is no matter of delivery, and is told apart as firstMs.
 *
 * Connections come from several addresses of the loopback network, 127.0.0.2 and up, so
 * ports do not run out; they end with a reset, so none stays in TIME_WAIT.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tool.h"

enum {
    BYTES_MAX = 262144,
    EVENTS = 1024,
    AT_ONCE = 200, /* handshakes under way: less than any server's backlog */
    PER_SOURCE = 5000,
    QUIET_MS = 200,
    ROUND_MS = 20000,
};

struct options {
    struct sockaddr_in address, publish_at;
    unsigned n_watchers;
    const char *path, *publish_path;
    bool sse;
    pid_t pid;
    unsigned tick_us;
    size_t payload;
    struct tokens tokens;
};

struct watcher {
    int fd;
    uint32_t carry_len; /* of a message that has come in part */
    char *carry;
    uint64_t version;
};

struct round {
    uint64_t above; /* a version above this one is what was published */
    unsigned n_got;
    uint64_t publish_us, first_us, last_us;
};

struct watch {
    struct options o;
    struct watcher *watchers;
    int epoll_fd, publisher_fd;
    char *bytes; /* BYTES_MAX, for what one recv() brings after what was carried */
    struct buf request;
    bool answered; /* the publisher's request */

    struct round round;
    uint64_t highest, messages, n_bytes, message_len;
};

static void see_message(struct watch *w, struct watcher *x, struct str text)
{
    const char *at = memmem(text.at, text.len, "\"version\":", 10);
    uint64_t version = 0;

    if (at == NULL)
        return;
    for (at += 10;
         at < text.at + text.len && (*at == ' ' || (*at >= '0' && *at <= '9')); at++)
        if (*at != ' ')
            version = version * 10 + (uint64_t)(*at - '0');
    w->messages++;
    w->message_len = text.len;
    if (version > w->round.above && x->version <= w->round.above) {
        w->round.last_us = clock_mono_us();
        if (w->round.n_got++ == 0)
            w->round.first_us = w->round.last_us;
    }
    if (version > w->highest)
        w->highest = version;
    x->version = version;
}

static void pong(const struct watcher *x)
{
    static const char frame[6] = {(char)0x8a, (char)0x80}; /* empty, masked with zero */

    send(x->fd, frame, sizeof frame, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The first WebSocket frame's length with its header, 0 while it is not whole. */
static size_t take_frame(struct watch *w, struct watcher *x, struct str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.at;
    size_t head, len;

    if (bytes.len < 2)
        return 0;
    len = p[1] & 0x7f;
    if (len == 127)
        die("a frame of 64 KiB or more");
    head = len == 126 ? 4 : 2;
    if (bytes.len < head)
        return 0;
    if (len == 126)
        len = (size_t)p[2] << 8 | p[3];
    if (bytes.len < head + len)
        return 0;
    if ((p[0] & 0xf) == 8)
        die("a follower was told to leave");
    if ((p[0] & 0xf) == 9)
        pong(x);
    else
        see_message(w, x, (struct str){bytes.at + head, len});
    return head + len;
}

/* The same for an event of an SSE stream, chunked or not. */
static size_t take_event(struct watch *w, struct watcher *x, struct str bytes)
{
    const char *end = memmem(bytes.at, bytes.len, "\n\n", 2);
    size_t len;

    if (end == NULL)
        return 0;
    len = (size_t)(end - bytes.at) + 2;
    see_message(w, x, (struct str){bytes.at, len});
    return len;
}

/* All that is whole; the rest is carried. */
static void take_all(struct watch *w, struct watcher *x, struct str bytes)
{
    size_t n;

    while (bytes.len > 0) {
        n = w->o.sse ? take_event(w, x, bytes) : take_frame(w, x, bytes);
        if (n == 0)
            break;
        bytes = str_skip(bytes, n);
    }
    if (bytes.len > BYTES_MAX / 2)
        die("a message that does not end");
    if (bytes.len > 0) {
        x->carry = mem_realloc(x->carry, bytes.len);
        memcpy(x->carry, bytes.at, bytes.len);
    }
    x->carry_len = (uint32_t)bytes.len;
}

static void on_readable(struct watch *w, struct watcher *x)
{
    size_t room;
    ssize_t n;

    do {
        room = BYTES_MAX - x->carry_len;
        if (x->carry_len > 0)
            memcpy(w->bytes, x->carry, x->carry_len);
        n = recv(x->fd, w->bytes + x->carry_len, room, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0)
            die("a follower was disconnected");
        w->n_bytes += (uint64_t)n;
        take_all(w, x, (struct str){w->bytes, x->carry_len + (size_t)n});
    } while ((size_t)n == room); /* edge-triggered: a full read may not be the last */
}

static void on_answer(struct watch *w)
{
    char answer[8192];
    unsigned status = 0;
    ssize_t n = recv(w->publisher_fd, answer, sizeof answer, 0);

    if (n <= 0)
        die("the publisher was disconnected");
    if (answer_len((struct str){answer, (size_t)n}, &status) == 0)
        die("the publisher's answer came in pieces");
    if (status / 100 != 2)
        die("the publisher's answer: %.*s", (int)n, answer);
    w->answered = true;
}

/* false: nothing came in that time. */
static bool look(struct watch *w, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(w->epoll_fd, events, EVENTS, timeout_ms);

    for (int i = 0; i < n; i++)
        if (events[i].data.ptr == w)
            on_answer(w);
        else if (events[i].data.ptr != NULL) /* NULL: a command, the caller's */
            on_readable(w, events[i].data.ptr);
    if (n > 0 && n < EVENTS && w->o.tick_us > 0)
        usleep(w->o.tick_us);
    return n > 0;
}

static void build_request(struct watch *w)
{
    struct options *o = &w->o;
    struct buf body = {0};
    struct str token;

    w->request.len = 0;
    buf_printf(&w->request, "POST %s HTTP/1.1\r\nHost: bench\r\n", o->publish_path);
    if (o->tokens.rest.len > 0) {
        if (!tokens_next(&o->tokens, &token))
            die("no token left");
        buf_printf(&w->request, "Authorization: Bearer %.*s\r\n", (int)token.len,
                   token.at);
        buf_text(&body, "{\"optionIndex\":0}");
    } else {
        buf_printf(&body, "{\"version\":%llu,\"filler\":\"",
                   (unsigned long long)(w->highest + 1));
        while (body.len + 2 < o->payload)
            buf_char(&body, 'x');
        buf_text(&body, "\"}");
    }
    buf_printf(&w->request,
               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
               body.len);
    buf_str_add(&w->request, buf_str(&body));
    buf_done(&body);
}

static void print_round(const struct watch *w, uint64_t server_ns, uint64_t client_ns)
{
    const struct round *r = &w->round;
    double spread_us = (double)(r->last_us - r->first_us);

    printf("{\"got\": %u, \"firstMs\": %.3f, \"lastMs\": %.3f, \"perSecond\": %.0f, ",
           r->n_got, (double)(r->first_us - r->publish_us) / 1e3,
           (double)(r->last_us - r->publish_us) / 1e3,
           spread_us > 0 ? (r->n_got - 1) / spread_us * 1e6 : 0);
    printf("\"serverUs\": %.3f, \"clientCpu\": %.3f}\n",
           (double)server_ns / 1e3 / r->n_got,
           (double)client_ns / 1e3 / (double)(r->last_us - r->publish_us));
}

static void publish(struct watch *w)
{
    uint64_t server_ns, client_ns, limit_ms = clock_mono_ms() + ROUND_MS;

    if (w->o.publish_path == NULL)
        die("--publish was not given");
    build_request(w);
    server_ns = cpu_ns_of(w->o.pid);
    client_ns = cpu_ns_own();
    w->answered = false;
    w->round = (struct round){.above = w->highest, .publish_us = clock_mono_us()};
    if (send(w->publisher_fd, w->request.data, w->request.len, MSG_NOSIGNAL) !=
        (ssize_t)w->request.len)
        die("publish: %s", strerror(errno));
    while (!w->answered || w->round.n_got < w->o.n_watchers) {
        look(w, QUIET_MS);
        if (clock_mono_ms() > limit_ms)
            die("%u of %u followers have it", w->round.n_got, w->o.n_watchers);
    }
    print_round(w, cpu_ns_of(w->o.pid) - server_ns, cpu_ns_own() - client_ns);
}

static void count(struct watch *w)
{
    printf("{\"messages\": %llu, \"bytes\": %llu}\n", (unsigned long long)w->messages,
           (unsigned long long)w->n_bytes);
    w->messages = w->n_bytes = 0;
}

static void set_tick(struct watch *w, struct str command)
{
    struct str us;
    uint64_t n;

    str_cut(command, '\n', &us);
    if (str_to_u64(us, 1000000, &n) < 0)
        die("tick needs microseconds");
    w->o.tick_us = (unsigned)n;
    printf("{}\n");
}

/* false: the input has ended. The other end waits for each answer before the next
 * command, so a read brings one. */
static bool take_command(struct watch *w)
{
    char text[64];
    ssize_t n = read(STDIN_FILENO, text, sizeof text);
    struct str command = {text, n > 0 ? (size_t)n : 0};

    if (n <= 0)
        return false;
    if (str_eq(command, STR("publish\n")))
        publish(w);
    else if (str_eq(command, STR("count\n")))
        count(w);
    else if (str_starts(command, STR("tick ")))
        set_tick(w, str_skip(command, 5));
    else
        die("no such command: %.*s", (int)command.len, command.at);
    fflush(stdout);
    return true;
}

static void send_handshake(const struct watch *w, const struct watcher *x)
{
    struct buf request = {0};

    buf_printf(&request, "GET %s HTTP/1.1\r\nHost: bench\r\n", w->o.path);
    if (w->o.sse)
        buf_text(&request, "Accept: text/event-stream\r\n\r\n");
    else
        buf_text(&request, "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    if (send(x->fd, request.data, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
        die("handshake: %s", strerror(errno));
    buf_done(&request);
}

/* What follows the head is the beginning of the stream. */
static void read_handshake(struct watch *w, struct watcher *x)
{
    size_t len = 0, head = 0;
    unsigned status = 0;
    ssize_t n;

    while (head == 0) {
        n = recv(x->fd, w->bytes + len, BYTES_MAX - len, 0);
        if (n <= 0)
            die("handshake: the connection was closed");
        len += (size_t)n;
        head = answer_len((struct str){w->bytes, len}, &status);
    }
    if (status != (w->o.sse ? 200 : 101))
        die("handshake: %.*s", (int)len, w->bytes);
    take_all(w, x, (struct str){w->bytes + head, len - head});
}

static void connect_some(struct watch *w, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        w->watchers[i].fd = connect_from(&w->o.address, 1 + i / PER_SOURCE);
        send_handshake(w, &w->watchers[i]);
    }
    for (unsigned i = from; i < to; i++) {
        struct epoll_event e = {.events = EPOLLIN | EPOLLET,
                                .data.ptr = &w->watchers[i]};

        read_handshake(w, &w->watchers[i]);
        epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->watchers[i].fd, &e);
    }
}

static void connect_all(struct watch *w)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};
    unsigned n = w->o.n_watchers;

    w->watchers = mem_zalloc(n, sizeof *w->watchers);
    for (unsigned i = 0; i < n; i += AT_ONCE)
        connect_some(w, i, i + AT_ONCE < n ? i + AT_ONCE : n);
    if (w->o.publish_path != NULL) {
        w->publisher_fd = connect_from(&w->o.publish_at, 0);
        epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->publisher_fd, &e);
    }
    while (look(w, QUIET_MS))
        ; /* what they get at the beginning */
    printf("{\"watchers\": %u, \"messageBytes\": %llu}\n", n,
           (unsigned long long)w->message_len);
    fflush(stdout);
}

/* A reset leaves nothing behind in TIME_WAIT. */
static void leave(struct watch *w)
{
    struct linger reset = {.l_onoff = 1};

    for (unsigned i = 0; i < w->o.n_watchers; i++) {
        setsockopt(w->watchers[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(w->watchers[i].fd);
    }
}

static void usage(void)
{
    die("watch --address HOST:PORT --watchers N [--sse] [--pid SERVER] [--tick-us US]\n"
        "      [--publish PATH (--tokens FILE | --payload BYTES)\n"
        "       [--publish-at HOST:PORT]] PATH");
}

static void set_option(struct options *o, int letter, const char *value)
{
    switch (letter) {
    case 'a':
        o->address = address_of(value);
        break;
    case 'n':
        o->n_watchers = (unsigned)number(value);
        break;
    case 's':
        o->sse = true;
        break;
    case 'p':
        o->pid = (pid_t)number(value);
        break;
    case 't':
        o->tick_us = (unsigned)number(value);
        break;
    case 'P':
        o->publish_path = value;
        break;
    case 'A':
        o->publish_at = address_of(value);
        break;
    case 'f':
        o->tokens = tokens_open(value);
        break;
    case 'b':
        o->payload = number(value);
        break;
    default:
        usage();
    }
}

static struct options options_of(int argc, char **argv)
{
    static const struct option names[] = {
        {"address", 1, NULL, 'a'},    {"watchers", 1, NULL, 'n'},
        {"sse", 0, NULL, 's'},        {"pid", 1, NULL, 'p'},
        {"tick-us", 1, NULL, 't'},    {"publish", 1, NULL, 'P'},
        {"tokens", 1, NULL, 'f'},     {"payload", 1, NULL, 'b'},
        {"publish-at", 1, NULL, 'A'}, {NULL, 0, NULL, 0}};
    struct options o = {.n_watchers = 1, .tick_us = 250};
    int letter;

    while ((letter = getopt_long(argc, argv, "", names, NULL)) != -1)
        set_option(&o, letter, optarg);
    if (argc - optind != 1 || o.address.sin_port == 0 || o.n_watchers == 0)
        usage();
    if (o.publish_at.sin_port == 0)
        o.publish_at = o.address;
    o.path = argv[optind];
    return o;
}

int main(int argc, char **argv)
{
    struct watch w = {.o = options_of(argc, argv)};
    struct epoll_event e = {.events = EPOLLIN};
    struct pollfd command = {.fd = STDIN_FILENO, .events = POLLIN};

    prctl(PR_SET_TIMERSLACK, 1UL); /* or a tick is 50 us longer than it says */
    w.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    w.bytes = mem_alloc(BYTES_MAX);
    connect_all(&w);
    epoll_ctl(w.epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &e);
    for (;;) {
        look(&w, -1);
        if (poll(&command, 1, 0) > 0 && !take_command(&w))
            break;
    }
    leave(&w);
    return 0;
}
