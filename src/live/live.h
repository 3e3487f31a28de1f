/* live.h — one loop's watchers: WebSockets and event streams that follow polls.
 *
 * DESIGN
 *
 *   ballot publishes ─▶ hub ─▶ each loop's shard ─▶ live_encode(): one message a form
 *                                                ─▶ every watcher of that loop
 *
 * A watcher is a connection (ws or sse) with a hub subscriber. What it sees of a poll
 * depends on who it is, so a form is a protocol plus an audience. A poll's last state
 * is that it was deleted: after that nobody follows it, and an event stream that
 * follows nothing ends.
 *
 * A watcher lasts no longer than its token: when that expires or is ended, the watcher
 * ends within a second, a WebSocket with 4401, an event stream after the event
 * `unauthorized`. A WebSocket may switch to another user at any time; everything it
 * follows is then checked again (live_identity.c).
 *
 * Threads  live_encode(): the shard's loop. live_news: any. The rest: the loop's.
 */
#ifndef LIVE_LIVE_H
#define LIVE_LIVE_H

#include <stddef.h>
#include <stdint.h>

struct app;
struct app_loop;
struct frame;
struct hub;
struct live;
struct watchers_news;

struct live *live_new(struct app_loop *loop, struct hub *hub);
/* End all watchers, now and later: WebSockets close with 1012, streams are told when to
 * come back. */
void live_close_all(struct live *l);
size_t live_watchers(const struct live *l);

struct live_figures {
    uint64_t websockets, event_streams; /* now */
    uint64_t sent, skipped;             /* snapshots, since the start */
};
struct live_figures live_figures(const struct live *l); /* any thread */
struct live *live_free(struct live *l); /* after the loop; NULL-safe; returns NULL */

/* Tells the watchers of all loops of this process. */
extern const struct watchers_news live_news;

/* For struct hub_source; user is the struct app. */
struct frame *live_encode(void *app, uint64_t topic, unsigned form, uint32_t viewers);

#endif
