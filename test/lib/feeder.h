/* feeder.h — gives bytes to message_read() in pieces of any size, as a connection
 * would, and writes down everything that was read: two transcripts are equal when the
 * bytes were understood alike. For the tests and the fuzzer of net/message.h. */
#ifndef TEST_LIB_FEEDER_H
#define TEST_LIB_FEEDER_H

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/message.h"

struct feeder {
    struct message m;
    char *data; /* exactly len bytes, so that a sanitizer sees every step beyond */
    size_t len;
    size_t max_body;
    int error;
    unsigned n_requests;
    struct buf log;
};

static inline void feeder_init(struct feeder *f, size_t max_body)
{
    memset(f, 0, sizeof *f);
    message_init(&f->m);
    f->m.always_twice = true;
    f->max_body = max_body;
}

static inline void feeder_done(struct feeder *f)
{
    mem_free(f->data);
    buf_done(&f->log);
}

static inline void feeder_span(struct feeder *f, const char *what, struct span s)
{
    buf_printf(&f->log, " %s=", what);
    buf_json_str(&f->log, (struct str){f->data + s.at, s.len});
}

static inline void feeder_note_request(struct feeder *f)
{
    const struct message *m = &f->m;

    buf_printf(&f->log, "%d 1.%d", (int)m->method, m->minor);
    feeder_span(f, "target", m->target);
    feeder_span(f, "path", m->path);
    feeder_span(f, "query", m->query);
    for (unsigned i = 0; i < m->n_fields; i++) {
        feeder_span(f, "name", m->fields[i].name);
        feeder_span(f, "value", m->fields[i].value);
    }
    buf_printf(&f->log, " keep=%d continue=%d body=", m->keep_alive,
               m->expects_continue);
    buf_json_str(&f->log, (struct str){f->data + m->head_len, m->body_len});
    buf_text(&f->log, "\n");
}

static inline void feeder_resize(struct feeder *f, const char *from, size_t len)
{
    char *copy = mem_dup(from, len);

    mem_free(f->data);
    f->data = copy;
    f->len = len;
}

/* The bytes of the request that was read give way to what follows. */
static inline void feeder_next(struct feeder *f)
{
    size_t used = message_used(&f->m);

    feeder_note_request(f);
    feeder_resize(f, f->data + used, f->len - used);
    message_init(&f->m);
    f->m.always_twice = true;
    f->n_requests++;
}

static inline void feeder_read(struct feeder *f)
{
    while (f->error == 0 && f->len != 0) {
        int rc = message_read(&f->m, f->data, &f->len);

        if (rc == MESSAGE_HEAD)
            f->m.max_body = f->max_body;
        else if (rc == MESSAGE_DONE)
            feeder_next(f);
        else if (rc < 0)
            f->error = rc;
        else
            return;
    }
}

static inline void feeder_give(struct feeder *f, const char *bytes, size_t len)
{
    char *all = mem_alloc(f->len + len);

    if (f->len != 0)
        memcpy(all, f->data, f->len);
    if (len != 0)
        memcpy(all + f->len, bytes, len);
    mem_free(f->data);
    f->data = all;
    f->len += len;
    feeder_read(f);
}

#endif
