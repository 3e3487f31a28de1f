/* tool.h — what the measuring tools share: sockets, tokens, processor time.
 *
 * A tool that cannot go on says why on standard error and exits 1: a benchmark that
 * limps on measures something else.
 *
 * Units      _ns processor time in nanoseconds.
 * Ownership  struct tokens maps its file until the process ends.
 * Errors     none come back: see above.
 * Threads    a struct tokens belongs to one thread.
 */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A number from the command line. */
uint64_t number(const char *text);

/* "127.0.0.1:8080" */
struct sockaddr_in address_of(const char *text);

/* A connected TCP socket with TCP_NODELAY. source: 0 lets the kernel choose the
 * address at this end, n is 127.0.0.(1 + n), for more connections than there are
 * ports. */
int connect_from(const struct sockaddr_in *to, unsigned source);
void nonblocking(int fd);

/* Processor time of a process, all its threads; 0 for pid 0. */
uint64_t cpu_ns_of(pid_t pid);
uint64_t cpu_ns_own(void);

/* Lines "id<TAB>token", as `pollux token` prints them, handed out once each. */
struct tokens {
    struct str rest;
};

struct tokens tokens_open(const char *path);
/* The part-th of n_parts about equal parts. */
struct tokens tokens_part(const struct tokens *all, unsigned part, unsigned n_parts);
/* false: there is none left. */
bool tokens_next(struct tokens *t, struct str *ret_token);

/* The status of an HTTP answer, and how many bytes it has in all; 0 while more must
 * come. Content-Length or no body: what is chunked is not read. */
size_t answer_len(struct str bytes, unsigned *ret_status);

#endif
