/* stream_rig.h — a server whose streams have struct owner as their owners, for the
 * tests of net/stream.h. Everything but the client runs on the loop. */
#ifndef TEST_LIB_STREAM_RIG_H
#define TEST_LIB_STREAM_RIG_H

#include "net/stream.h"

#include <assert.h>

#include "lib/http_rig.h"

enum { FRAME = 20000, OWNERS = 16 };

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD "HTTP/1.1 101 Switching Protocols\r\n\r\n"

struct owner {
    struct stream *stream; /* NULL when closed, or never opened */
    struct buf got;        /* what on_data() used */
    unsigned n_writable, n_closed, n_data;
};

/* What a test may ask of the handler, and what it sees. */
struct scene {
    struct owner owners[OWNERS];
    size_t n_owners;
    uint32_t write_timeout_ms;
    bool greet; /* send control data at once */
};

static inline struct scene *scene_of(struct rig *rig)
{
    return rig->test;
}

/* Uses whole lines; "!" closes, "#" is an error. */
static inline long on_data(void *user, const char *data, size_t len)
{
    struct owner *o = user;
    const char *lf = memrchr(data, '\n', len);
    size_t used = lf != NULL ? (size_t)(lf - data) + 1 : 0;

    o->n_data++;
    if (memchr(data, '#', len) != NULL)
        return -1;
    if (memchr(data, '!', len) != NULL)
        stream_close(o->stream);
    buf_add(&o->got, data, used);
    return (long)used;
}

static inline void on_writable(void *user)
{
    ((struct owner *)user)->n_writable++;
}

static inline void on_close(void *user)
{
    struct owner *o = user;

    o->n_closed++;
    o->stream = NULL;
}

static const struct stream_ops ops = {.on_data = on_data,
                                      .on_writable = on_writable,
                                      .on_close = on_close,
                                      .max_read = 64};
static const struct stream_ops deaf_ops = {.on_close = on_close};

static inline void take(struct rig *rig, struct http_req *req,
                        const struct stream_ops *with)
{
    struct scene *sc = scene_of(rig);
    struct owner *o = &sc->owners[sc->n_owners++];

    assert(sc->n_owners <= OWNERS);
    o->stream = http_take_over(req, STR(HEAD), with, o, sc->write_timeout_ms);
    if (sc->greet && o->stream != NULL)
        stream_control(o->stream, "hello\n", 6);
}

static inline void on_request(struct http_req *req, void *user)
{
    struct rig *rig = user;

    if (str_eq(req->path, STR("/take"))) {
        take(rig, req, &ops);
    } else if (str_eq(req->path, STR("/deaf"))) {
        take(rig, req, &deaf_ops);
    } else if (str_eq(req->path, STR("/later"))) {
        rig->held = req;
    } else {
        buf_text(http_out(req), "ok");
        http_reply(req, 200, "text/plain");
    }
}

static inline void begin(struct rig *rig, struct scene *sc, int send_buffer)
{
    *sc = (struct scene){.write_timeout_ms = RIG_LIMIT_MS};
    rig_init(rig, on_request);
    rig->test = sc;
    rig->send_buffer = send_buffer;
    rig_start(rig);
}

static inline void finish(struct rig *rig)
{
    struct scene *sc = scene_of(rig);

    rig_stop(rig);
    for (size_t i = 0; i < sc->n_owners; i++) {
        assert_null(sc->owners[i].stream);
        buf_done(&sc->owners[i].got);
    }
}

static inline void see_owner(struct rig *rig, void *user)
{
    *(struct owner *)user = scene_of(rig)->owners[0];
}

/* Wait until the first owner has seen something. */
static inline void await_owner(struct rig *rig, const char *why,
                               bool (*holds)(const struct owner *o))
{
    uint64_t until = clock_mono_ms() + RIG_LIMIT_MS;
    struct owner o = {0};
    bool held;

    rig_on_loop(rig, see_owner, &o);
    while (!(held = holds(&o)) && clock_mono_ms() < until) {
        poll(NULL, 0, 2);
        rig_on_loop(rig, see_owner, &o);
    }
    if (!held)
        fail_msg("waited in vain: %s", why);
}

static inline bool is_closed(const struct owner *o)
{
    return o->n_closed == 1;
}

static inline bool is_writable_again(const struct owner *o)
{
    return o->n_writable == 1;
}

static inline struct client open_stream(struct rig *rig, const char *request,
                                        int buffer)
{
    struct client c = client_open(rig, buffer);
    struct answer a;

    client_say(&c, request);
    a = client_answer(&c, true);
    assert_int_equal(a.status, 101);
    answer_done(&a);
    return c;
}

static inline void expect_bytes(struct client *c, const char *why, const char *want)
{
    while (c->in.len < strlen(want) && client_receive(c))
        ;
    if (c->in.len < strlen(want) || memcmp(c->in.data, want, strlen(want)) != 0)
        fail_msg("%s: got %.*s", why, (int)c->in.len, c->in.data);
    buf_consume(&c->in, strlen(want));
}

static inline bool was_asked(const struct owner *o)
{
    return o->n_data > 0;
}

static inline bool got_both(const struct owner *o)
{
    return str_eq(buf_str(&o->got), STR("abc\ndef\n"));
}

static inline struct frame *make_frame(char letter)
{
    char text[FRAME];

    memset(text, letter, sizeof text);
    return frame_new(text, sizeof text, 0);
}

/* Sends frames until one is not taken. */
static inline void fill(struct rig *rig, void *user)
{
    struct stream *s = scene_of(rig)->owners[0].stream;
    struct frame *f = make_frame('f');
    unsigned n = 0;

    assert(!stream_busy(s));
    while (stream_send(s, f))
        n++;
    assert(stream_busy(s));
    assert(f->refs == 2); /* the one under way is kept by reference */
    frame_unref(f);
    *(unsigned *)user = n;
}

#endif
