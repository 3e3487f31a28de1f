#include "demo/demo_client.h"

#include <curl/curl.h>
#include <poll.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum { ANSWER_BYTES_MAX = 4 << 20, CONNECT_MS = 3000, CALL_MS = 15000 };

struct demo_client {
    CURL *curl;
    char *url;
    int stop_fd;
    struct buf answer;
    char error[CURL_ERROR_SIZE];
};

static size_t on_bytes(char *bytes, size_t size, size_t n, void *user)
{
    struct demo_client *c = user;

    if (c->answer.len + size * n > ANSWER_BYTES_MAX)
        return 0; /* ends the call */
    buf_add(&c->answer, bytes, size * n);
    return size * n;
}

/* Not 0 ends the call. */
static int on_progress(void *user, curl_off_t down_total, curl_off_t down,
                       curl_off_t up_total, curl_off_t up)
{
    const struct demo_client *c = user;
    struct pollfd stop = {.fd = c->stop_fd, .events = POLLIN};

    (void)down_total, (void)down, (void)up_total, (void)up;
    return poll(&stop, 1, 0) > 0;
}

int demo_client_new(const char *url, int stop_fd, struct demo_client **ret_client)
{
    struct demo_client *c;

    if (curl_global_init(CURL_GLOBAL_NOTHING) != 0) /* no TLS: it is on this machine */
        return ERR_UNAVAILABLE;
    c = mem_zalloc(1, sizeof *c);
    c->url = mem_strdup(url);
    c->stop_fd = stop_fd;
    c->curl = curl_easy_init();
    if (c->curl == NULL) {
        demo_client_free(c);
        return ERR_UNAVAILABLE;
    }
    *ret_client = c;
    return 0;
}

struct demo_client *demo_client_free(struct demo_client *c)
{
    if (c != NULL) {
        curl_easy_cleanup(c->curl);
        curl_global_cleanup();
        buf_done(&c->answer);
        mem_free(c->url);
        mem_free(c);
    }
    return NULL;
}

/* Keep the connection from call to call, and set everything else anew. */
static void prepare(struct demo_client *c, const struct demo_request *request,
                    const char *url, struct curl_slist *headers)
{
    CURL *curl = c->curl;

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)CALL_MS);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, c);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (request->body.len > 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.at);
    }
}

static struct curl_slist *make_headers(const struct demo_request *request)
{
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json");
    struct buf line = {0};

    if (request->token != NULL) {
        buf_printf(&line, "Authorization: Bearer %s", request->token);
        buf_char(&line, '\0');
        headers = curl_slist_append(headers, line.data);
    }
    buf_done(&line);
    return headers;
}

static void read_answer(struct demo_client *c, struct demo_answer *ret)
{
    curl_off_t retry_after_s = 0;
    long status = 0;

    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(c->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    ret->status = (int)status;
    ret->retry_after_s = retry_after_s > 3600 ? 3600 : (int)retry_after_s;
    ret->body =
        c->answer.len == 0 ? NULL : json_loadb(c->answer.data, c->answer.len, 0, NULL);
}

int demo_client_call(struct demo_client *c, const struct demo_request *request,
                     struct demo_answer *ret_answer)
{
    struct curl_slist *headers = make_headers(request);
    struct buf url = {0};
    CURLcode rc;

    buf_printf(&url, "%s%s", c->url, request->path);
    buf_char(&url, '\0');
    c->answer.len = 0;
    c->error[0] = '\0';
    prepare(c, request, url.data, headers);
    rc = curl_easy_perform(c->curl);
    if (rc == CURLE_OK)
        read_answer(c, ret_answer);
    curl_slist_free_all(headers);
    buf_done(&url);
    return rc == CURLE_OK ? 0 : ERR_UNAVAILABLE;
}

const char *demo_client_error(const struct demo_client *c)
{
    return c->error[0] != '\0' ? c->error : "the call failed";
}
