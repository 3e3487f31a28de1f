/* demo_client.h — a client of one Pollux server: JSON over HTTP, one call at a time.
 *
 * Blocking, for a thread of its own; a call ends early if stop_fd becomes readable. It
 * never uses a proxy, nor any protocol but HTTP.
 *
 * Ownership  an answer's body is the caller's: json_decref().
 * Errors     ERR_UNAVAILABLE  no answer came; demo_client_error() says why
 * Threads    one client at a time in a process: libcurl's start is not shared.
 */
#ifndef DEMO_DEMO_CLIENT_H
#define DEMO_DEMO_CLIENT_H

#include <jansson.h>

#include "base/str.h"

struct demo_client;

struct demo_request {
    const char *method, *path;
    const char *token; /* NULL: nobody's */
    struct str body;   /* JSON; empty: none */
};

struct demo_answer {
    int status;
    json_t *body; /* NULL: not JSON */
    int retry_after_s;
};

/* url: "http://127.0.0.1:8080", copied. stop_fd: borrowed. */
int demo_client_new(const char *url, int stop_fd, struct demo_client **ret_client);
struct demo_client *demo_client_free(struct demo_client *c);

int demo_client_call(struct demo_client *c, const struct demo_request *request,
                     struct demo_answer *ret_answer);
const char *demo_client_error(const struct demo_client *c);

#endif
