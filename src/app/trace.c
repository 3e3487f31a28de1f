#include "app/trace.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

struct trace {
    uint64_t began_us;
    enum http_method method;
    size_t path_len;
    struct buf text; /* the path, then the request's id */
};

struct trace *trace_new(const struct log *log, const struct http_req *req)
{
    struct trace *t;

    if (log->level < LOG_DEBUG)
        return NULL;
    t = mem_zalloc(1, sizeof *t);
    t->began_us = clock_mono_us();
    t->method = req->method;
    t->path_len = req->path.len;
    buf_str_add(&t->text, req->path);
    buf_str_add(&t->text, req->id);
    return t;
}

void trace_end(struct trace *t, const struct log *log, uint32_t user, int status,
               size_t bytes)
{
    struct str text;

    if (t == NULL)
        return;
    text = buf_str(&t->text);
    LOG(log, LOG_DEBUG, "request", LOG_STR("method", http_method_text(t->method)),
        LOG_TEXT("path", ((struct str){text.at, t->path_len})),
        LOG_INT("status", status), LOG_INT("us", clock_mono_us() - t->began_us),
        LOG_INT("bytes", bytes), LOG_INT("user", user),
        LOG_TEXT("request_id", str_skip(text, t->path_len)));
    buf_done(&t->text);
    mem_free(t);
}
