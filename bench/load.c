/* load — as many requests as a server answers: a closed loop over N connections.
 *
 *   load --address HOST:PORT --connections N --seconds S GET /healthz
 *   load --address HOST:PORT --connections N --seconds S --tokens FILE [--rate R]
 *        VOTE /api/polls/1/vote ...
 *
 * DESIGN
 *
 * One request is under way on each connection; its answer brings the next. With one
 * thread on one core this client must outrun the server that it measures, so it does
 * nothing it need not: a vote is a copy of three prepared pieces (head, token, body),
 * an answer is searched for its status and its length, a time goes into a histogram.
 * Each vote has a token of its own from the file: voters are as many as votes. The
 * clock is read once for each answer.
 *
 * Because the loop is closed, a slow answer delays the next request of its connection:
 * latencies here are those at N requests in flight, not those at a fixed rate.
 *
 * With --patient 1 a client that is refused with 503 sends its next request when
 * Retry-After has passed, as it was asked to, and not at once.
 *
 * With --rate R the loop is open: R requests a second come, whatever becomes of those
 * before, each on a connection that is free. One that finds none is not sent and
 * counted as "unsent": N clients are waiting then.
 *
 * Output     one JSON object: rate, quantiles, statuses, processor time of both ends
 *            while the clock ran (0.97 is 97 % of one core).
 * Threads    --threads: each has its connections, its histogram, its part of the
 * tokens.
 */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "hist.h"
#include "tool.h"

enum {
    ANSWER_MAX = 65536,
    BODIES = 10, /* option indices of one digit, so that all bodies have one length */
    EVENTS = 256,
    STATUSES = 600,
    GRACE_MS = 5000, /* for the answers that are under way at the end */
    THREADS_MAX = 8,
};

struct options {
    struct sockaddr_in address;
    unsigned connections, threads, n_options;
    bool patient, timer; /* timer: requests may come due while no answer comes */
    uint64_t seconds, warmup_ms, requests, rate;
    pid_t pid;
    struct tokens tokens;
    char **paths; /* of the votes, taken in turn */
    unsigned n_paths;
    struct buf get;                    /* the whole request, where votes have pieces: */
    struct buf *heads, bodies[BODIES]; /* up to the token; after the token */
};

struct conn {
    int fd;
    struct conn *next;      /* of those that are free, or wait */
    uint64_t not_before_us; /* for one that waits */
    uint64_t sent_us;
    size_t len; /* of what has come of the answer */
    char *answer;
};

struct worker {
    const struct options *o;
    pthread_t thread;
    struct conn *conns;
    unsigned n_conns, in_flight;
    int epoll_fd;
    struct tokens tokens;
    uint64_t begin_us, start_us, stop_us; /* what was sent in between counts */
    uint64_t rate;
    uint64_t n_sent, max_sent;
    bool exhausted;           /* no token left */
    uint64_t n_due, n_unsent; /* of an open loop */
    struct conn *free;
    struct conn *waiting, **waiting_end; /* the first is due first */
    char *request;                       /* the vote being built */

    struct hist times, accepted; /* of all answers; of those 2xx */
    uint64_t n_untold;           /* 503 without Retry-After */
    uint64_t statuses[STATUSES], errors;
    uint64_t last_us;
};

static size_t put(char *to, size_t at, struct str piece)
{
    memcpy(to + at, piece.at, piece.len);
    return at + piece.len;
}

static bool next_request(struct worker *w, struct str *ret_request)
{
    const struct options *o = w->o;
    struct str token;
    size_t len;

    if (w->n_sent >= w->max_sent)
        return false;
    if (o->n_paths == 0) {
        *ret_request = buf_str(&o->get);
        return true;
    }
    if (!tokens_next(&w->tokens, &token)) {
        w->exhausted = true;
        return false;
    }
    len = put(w->request, 0, buf_str(&o->heads[w->n_sent % o->n_paths]));
    len = put(w->request, len, token);
    len = put(w->request, len, buf_str(&o->bodies[w->n_sent % o->n_options]));
    *ret_request = (struct str){w->request, len};
    return true;
}

static void drop(struct worker *w, struct conn *c)
{
    w->errors++;
    close(c->fd);
    c->fd = -1;
}

static void send_next(struct worker *w, struct conn *c, uint64_t now_us)
{
    struct str request;

    if (now_us >= w->stop_us || !next_request(w, &request))
        return;
    c->len = 0;
    c->sent_us = now_us;
    /* A request is far smaller than an empty send buffer: short means broken. */
    if (send(c->fd, request.at, request.len, MSG_NOSIGNAL) != (ssize_t)request.len) {
        drop(w, c);
        return;
    }
    w->n_sent++;
    w->in_flight++;
}

static void set_free(struct worker *w, struct conn *c)
{
    c->next = w->free;
    w->free = c;
}

static void wait_a_second(struct worker *w, struct conn *c, uint64_t now_us)
{
    c->next = NULL;
    c->not_before_us = now_us + 1000000;
    *w->waiting_end = c;
    w->waiting_end = &c->next;
}

static void send_again(struct worker *w)
{
    uint64_t now_us = clock_mono_us();
    struct conn *c;

    while ((c = w->waiting) != NULL && c->not_before_us <= now_us) {
        w->waiting = c->next;
        if (w->waiting == NULL)
            w->waiting_end = &w->waiting;
        send_next(w, c, now_us);
    }
}

static void on_answer(struct worker *w, struct conn *c, unsigned status)
{
    uint64_t now_us = clock_mono_us();

    w->in_flight--;
    if (c->sent_us >= w->start_us) {
        hist_add(&w->times, now_us - c->sent_us);
        if (status / 100 == 2)
            hist_add(&w->accepted, now_us - c->sent_us);
        w->last_us = now_us;
    }
    w->statuses[status < STATUSES ? status : 0]++;
    if (status == 503 && memmem(c->answer, c->len, "\r\nRetry-After: 1\r", 17) == NULL)
        w->n_untold++;
    if (w->rate > 0)
        set_free(w, c);
    else if (status == 503 && w->o->patient)
        wait_a_second(w, c, now_us);
    else
        send_next(w, c, now_us);
}

/* What has come due since the last time, of an open loop. */
static void send_due(struct worker *w)
{
    uint64_t now_us = clock_mono_us(), until_us;
    struct conn *c;

    until_us = now_us < w->stop_us ? now_us : w->stop_us;
    for (; w->n_due * 1000000 / w->rate < until_us - w->begin_us; w->n_due++) {
        c = w->free;
        if (c == NULL) {
            w->n_unsent += now_us >= w->start_us;
            continue;
        }
        w->free = c->next;
        send_next(w, c, now_us);
    }
}

static void on_readable(struct worker *w, struct conn *c)
{
    unsigned status = 0;
    size_t len;
    ssize_t n;

    n = recv(c->fd, c->answer + c->len, ANSWER_MAX - c->len, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        w->in_flight--;
        drop(w, c);
        return;
    }
    c->len += (size_t)n;
    len = answer_len((struct str){c->answer, c->len}, &status);
    if (len == 0 && c->len < ANSWER_MAX)
        return;
    if (len != c->len)
        die("an answer of %zu bytes where %zu were announced", c->len, len);
    on_answer(w, c, status);
}

static void connect_all(struct worker *w)
{
    for (unsigned i = 0; i < w->n_conns; i++) {
        struct conn *c = &w->conns[i];
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};

        c->fd = connect_from(&w->o->address, 0);
        c->answer = mem_alloc(ANSWER_MAX);
        epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
    }
}

static bool goes_on(const struct worker *w)
{
    uint64_t now_us = clock_mono_us();

    return (w->in_flight > 0 || (w->o->timer && now_us < w->stop_us)) &&
           now_us < w->stop_us + GRACE_MS * 1000;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct epoll_event events[EVENTS];

    for (unsigned i = 0; i < w->n_conns; i++)
        if (w->rate > 0)
            set_free(w, &w->conns[i]);
        else
            send_next(w, &w->conns[i], clock_mono_us());
    while (goes_on(w)) {
        int n = epoll_wait(w->epoll_fd, events, EVENTS, w->o->timer ? 1 : GRACE_MS);

        for (int i = 0; i < n; i++)
            on_readable(w, events[i].data.ptr);
        if (w->rate > 0)
            send_due(w);
        send_again(w);
    }
    w->errors += w->in_flight; /* never answered */
    return NULL;
}

static void worker_init(struct worker *w, const struct options *o, unsigned index)
{
    w->o = o;
    w->n_conns = o->connections / o->threads;
    if (index < o->connections % o->threads)
        w->n_conns++;
    w->conns = mem_zalloc(w->n_conns, sizeof *w->conns);
    w->rate = o->rate > 0 && o->rate < o->threads ? 1 : o->rate / o->threads;
    w->waiting_end = &w->waiting;
    w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    w->max_sent = o->requests > 0 ? o->requests / o->threads : UINT64_MAX;
    if (o->n_paths > 0) {
        w->tokens = tokens_part(&o->tokens, index, o->threads);
        w->request = mem_alloc(ANSWER_MAX);
    }
    connect_all(w);
}

/* One head for each path: everything before the token. */
static void prepare_votes(struct options *o)
{
    o->heads = mem_zalloc(o->n_paths, sizeof *o->heads);
    for (unsigned i = 0; i < o->n_paths; i++)
        buf_printf(&o->heads[i],
                   "POST %s HTTP/1.1\r\nHost: bench\r\n"
                   "Content-Type: application/json\r\nContent-Length: 17\r\n"
                   "Authorization: Bearer ",
                   o->paths[i]);
    for (unsigned i = 0; i < BODIES; i++)
        buf_printf(&o->bodies[i], "\r\n\r\n{\"optionIndex\":%u}", i);
}

static void usage(void)
{
    die("load --address HOST:PORT --connections N --seconds S [--warmup-ms MS]\n"
        "     [--requests N] [--rate R] [--patient 1] [--threads N]\n"
        "     [--pid SERVER] GET PATH\n"
        "     ... --tokens FILE [--options N] VOTE PATH...");
}

static void set_option(struct options *o, int letter, const char *value)
{
    switch (letter) {
    case 'a':
        o->address = address_of(value);
        break;
    case 'c':
        o->connections = (unsigned)number(value);
        break;
    case 's':
        o->seconds = number(value);
        break;
    case 'w':
        o->warmup_ms = number(value);
        break;
    case 'n':
        o->requests = number(value);
        break;
    case 'r':
        o->rate = number(value);
        break;
    case 'P':
        o->patient = number(value) != 0;
        break;
    case 't':
        o->threads = (unsigned)number(value);
        break;
    case 'p':
        o->pid = (pid_t)number(value);
        break;
    case 'f':
        o->tokens = tokens_open(value);
        break;
    case 'o':
        o->n_options = (unsigned)number(value);
        break;
    default:
        usage();
    }
}

static struct options options_of(int argc, char **argv)
{
    static const struct option names[] = {
        {"address", 1, NULL, 'a'},  {"connections", 1, NULL, 'c'},
        {"seconds", 1, NULL, 's'},  {"warmup-ms", 1, NULL, 'w'},
        {"requests", 1, NULL, 'n'}, {"threads", 1, NULL, 't'},
        {"pid", 1, NULL, 'p'},      {"tokens", 1, NULL, 'f'},
        {"options", 1, NULL, 'o'},  {"rate", 1, NULL, 'r'},
        {"patient", 1, NULL, 'P'},  {NULL, 0, NULL, 0}};
    struct options o = {.connections = 64, .threads = 1, .seconds = 3, .n_options = 4};
    int letter;

    while ((letter = getopt_long(argc, argv, "", names, NULL)) != -1)
        set_option(&o, letter, optarg);
    if (argc - optind < 2 || o.address.sin_port == 0 || o.connections == 0 ||
        o.threads == 0 || o.threads > THREADS_MAX || o.threads > o.connections ||
        o.n_options == 0 || o.n_options > BODIES)
        usage();
    o.timer = o.rate > 0 || o.patient;
    if (strcmp(argv[optind], "VOTE") == 0 && o.tokens.rest.len > 0) {
        o.paths = argv + optind + 1;
        o.n_paths = (unsigned)(argc - optind - 1);
        prepare_votes(&o);
    } else if (strcmp(argv[optind], "GET") == 0) {
        buf_printf(&o.get, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", argv[optind + 1]);
    } else {
        usage();
    }
    return o;
}

/* Everybody's numbers into the first worker's. */
static void merge(struct worker *ws, unsigned n)
{
    for (unsigned t = 1; t < n; t++) {
        hist_merge(&ws->times, &ws[t].times);
        hist_merge(&ws->accepted, &ws[t].accepted);
        ws->n_untold += ws[t].n_untold;
        ws->n_unsent += ws[t].n_unsent;
        for (unsigned i = 0; i < STATUSES; i++)
            ws->statuses[i] += ws[t].statuses[i];
        ws->errors += ws[t].errors;
        ws->exhausted |= ws[t].exhausted;
        if (ws[t].last_us > ws->last_us)
            ws->last_us = ws[t].last_us;
    }
}

static double ms(const struct hist *h, double q)
{
    return (double)hist_quantile(h, q) / 1000;
}

static void print(const struct worker *w, uint64_t server_ns, uint64_t client_ns,
                  double cpu_seconds)
{
    double n = (double)w->times.n;
    double seconds = n > 0 ? (double)(w->last_us - w->start_us) / 1e6 : 0;
    const char *comma = "";

    printf("{\"requests\": %.0f, \"seconds\": %.3f, \"perSecond\": %.0f, ", n, seconds,
           n > 0 ? n / seconds : 0);
    printf(
        "\"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"p999\": %.3f, \"max\": %.3f, ",
        ms(&w->times, 0.5), ms(&w->times, 0.9), ms(&w->times, 0.99),
        ms(&w->times, 0.999), (double)w->times.max / 1000);
    printf("\"serverCpu\": %.3f, \"clientCpu\": %.3f, ",
           (double)server_ns / 1e9 / cpu_seconds,
           (double)client_ns / 1e9 / cpu_seconds);
    printf("\"acceptedP50\": %.3f, \"acceptedP99\": %.3f, \"unsent\": %llu, "
           "\"untold\": %llu, ",
           ms(&w->accepted, 0.5), ms(&w->accepted, 0.99),
           (unsigned long long)w->n_unsent, (unsigned long long)w->n_untold);
    printf("\"exhausted\": %s, \"errors\": %llu, \"statuses\": {",
           w->exhausted ? "true" : "false", (unsigned long long)w->errors);
    for (unsigned i = 0; i < STATUSES; i++)
        if (w->statuses[i] > 0) {
            printf("%s\"%u\": %llu", comma, i, (unsigned long long)w->statuses[i]);
            comma = ", ";
        }
    printf("}}\n");
}

int main(int argc, char **argv)
{
    struct options o = options_of(argc, argv);
    struct worker *ws = mem_zalloc(o.threads, sizeof *ws);
    uint64_t begin_us, server_ns, client_ns;

    for (unsigned t = 0; t < o.threads; t++)
        worker_init(&ws[t], &o, t);
    begin_us = clock_mono_us();
    server_ns = cpu_ns_of(o.pid);
    client_ns = cpu_ns_own();
    for (unsigned t = 0; t < o.threads; t++) {
        ws[t].begin_us = begin_us;
        ws[t].start_us = begin_us + o.warmup_ms * 1000;
        ws[t].stop_us = ws[t].start_us + o.seconds * 1000000;
        if (t > 0 && pthread_create(&ws[t].thread, NULL, work, &ws[t]) != 0)
            die("no thread");
    }
    work(&ws[0]);
    for (unsigned t = 1; t < o.threads; t++)
        pthread_join(ws[t].thread, NULL);
    server_ns = cpu_ns_of(o.pid) - server_ns;
    client_ns = cpu_ns_own() - client_ns;
    merge(ws, o.threads);
    print(&ws[0], server_ns, client_ns, (double)(clock_mono_us() - begin_us) / 1e6);
    return 0;
}
