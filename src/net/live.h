/* live.h — keeps the lines of WebSockets and event streams open.
 *
 * A server's streams have one visitor (http_visit_streams()), and are of both kinds. So
 * each begins with a struct live, and the visitor lets it do what its kind does: an
 * event stream gets a comment every time, a WebSocket a ping every other time.
 *
 * Use: http_visit_streams(server, LIVE_VISIT_MS, live_keep_alive);
 *
 * Threads  the loop's.
 */
#ifndef NET_LIVE_H
#define NET_LIVE_H

enum { LIVE_VISIT_MS = 15000 };

struct live {
    void (*keep_alive)(struct live *l);
};

static inline void live_keep_alive(void *stream_user)
{
    struct live *l = stream_user;

    l->keep_alive(l);
}

#endif
