#include "tool.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

uint64_t number(const char *text)
{
    uint64_t n;

    if (str_to_u64(str_of(text), UINT32_MAX, &n) < 0)
        die("not a number: %s", text);
    return n;
}

struct sockaddr_in address_of(const char *text)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    struct str host, port = str_cut(str_of(text), ':', &host);
    char host_text[INET_ADDRSTRLEN] = "";
    uint64_t n;

    if (host.len < sizeof host_text)
        memcpy(host_text, host.at, host.len);
    if (inet_pton(AF_INET, host_text, &a.sin_addr) != 1 ||
        str_to_u64(port, UINT16_MAX, &n) < 0)
        die("not an IPv4 address and port: %s", text);
    a.sin_port = htons((uint16_t)n);
    return a;
}

static void bind_source(int fd, unsigned source)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    int one = 1;

    /* The port is chosen at connect(), when it only has to be free for this peer. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
        die("bind to 127.0.0.%u: %s", 1 + source, strerror(errno));
}

int connect_from(const struct sockaddr_in *to, unsigned source)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

    if (fd < 0)
        die("socket: %s", strerror(errno));
    if (source > 0)
        bind_source(fd, source);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0)
        die("connect: %s", strerror(errno));
    return fd;
}

void nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
        die("fcntl: %s", strerror(errno));
}

/* The first number of schedstat: nanoseconds on a processor. The times in
 * /proc/PID/stat are in hundredths of a second, too coarse for one broadcast. */
static uint64_t thread_cpu_ns(pid_t pid, const char *tid)
{
    char path[64], text[128];
    struct str head;
    uint64_t ns = 0;
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/task/%.16s/schedstat", (int)pid, tid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0; /* the thread has just ended */
    n = read(fd, text, sizeof text);
    close(fd);
    if (n > 0) {
        str_cut((struct str){text, (size_t)n}, ' ', &head);
        str_to_u64(head, UINT64_MAX, &ns);
    }
    return ns;
}

uint64_t cpu_ns_of(pid_t pid)
{
    char path[32];
    struct dirent *entry;
    uint64_t ns = 0;
    DIR *dir;

    if (pid == 0)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    dir = opendir(path);
    if (dir == NULL)
        die("no process %d", (int)pid);
    while ((entry = readdir(dir)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]))
            ns += thread_cpu_ns(pid, entry->d_name);
    closedir(dir);
    return ns;
}

uint64_t cpu_ns_own(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000 +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

struct tokens tokens_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *map;

    if (fd < 0 || fstat(fd, &st) < 0)
        die("%s: %s", path, strerror(errno));
    if (st.st_size == 0)
        die("%s: no tokens", path);
    /* Populated now: no page fault while the clock runs. */
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED)
        die("%s: %s", path, strerror(errno));
    close(fd);
    return (struct tokens){{map, (size_t)st.st_size}};
}

/* The first start of a line at or after an offset. */
static size_t line_at(struct str text, size_t offset)
{
    const char *end;

    if (offset == 0 || offset >= text.len)
        return offset;
    end = memchr(text.at + offset, '\n', text.len - offset);
    return end == NULL ? text.len : (size_t)(end + 1 - text.at);
}

struct tokens tokens_part(const struct tokens *all, unsigned part, unsigned n_parts)
{
    size_t from = line_at(all->rest, all->rest.len / n_parts * part);
    size_t to = part + 1 == n_parts
                    ? all->rest.len
                    : line_at(all->rest, all->rest.len / n_parts * (part + 1));

    return (struct tokens){{all->rest.at + from, to - from}};
}

bool tokens_next(struct tokens *t, struct str *ret_token)
{
    struct str line, id;

    if (t->rest.len == 0)
        return false;
    t->rest = str_cut(t->rest, '\n', &line);
    *ret_token = str_cut(line, '\t', &id);
    if (ret_token->len == 0)
        die("a line of the tokens is not id<TAB>token");
    return true;
}

/* A line without its LF, still with its CR. */
static bool is_length(struct str line, uint64_t *ret_bytes)
{
    struct str name, value;

    if (line.len == 0 || (line.at[0] | 0x20) != 'c') /* most lines end here */
        return false;
    value = str_cut(line, ':', &name);
    if (!str_eq_nocase(name, STR("content-length")) || value.len == 0)
        return false;
    value.len--;
    if (str_to_u64(str_trim(value), UINT32_MAX, ret_bytes) < 0)
        die("Content-Length cannot be read: %.*s", (int)line.len, line.at);
    return true;
}

static unsigned status_of(struct str line)
{
    const char *digit = line.at + sizeof "HTTP/1.1 " - 1;

    if (line.len < sizeof "HTTP/1.1 200" - 1)
        die("not an HTTP answer: %.*s", (int)line.len, line.at);
    return (unsigned)(digit[0] - '0') * 100 + (unsigned)(digit[1] - '0') * 10 +
           (unsigned)(digit[2] - '0');
}

size_t answer_len(struct str bytes, unsigned *ret_status)
{
    struct str rest, line;
    uint64_t body = 0;

    rest = str_cut(bytes, '\n', &line);
    if (rest.len == 0)
        return 0;
    *ret_status = status_of(line);
    while (rest.len > 0 && rest.at[0] != '\r') {
        rest = str_cut(rest, '\n', &line);
        is_length(line, &body);
    }
    if (rest.len < 2 + body)
        return 0;
    return (size_t)(rest.at - bytes.at) + 2 + (size_t)body;
}
