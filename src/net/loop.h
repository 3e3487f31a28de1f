/* loop.h — a thread with an event loop (libev) that owns its connections.
 *
 * DESIGN
 *
 * One loop per core. Nothing that runs on a loop may block: blocking work goes to a
 * lane as mail and comes home through the loop's inbox, once per batch. Only the loop's
 * thread touches what belongs to it (connections, timers, caches), so none of it needs
 * a lock.
 *
 * Ownership  loop_new() gives the loop to the caller, who ends it with loop_free()
 *            after loop_join().
 * Errors     ERR_UNAVAILABLE: no thread or descriptor can be had.
 * Threads    new, start, join, free: the thread that owns the server. loop_ev(): the
 *            loop's own thread, or any before loop_start(). loop_inbox(),
 *            loop_stop(): any.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdint.h>

#include "base/mailbox.h"

struct ev_loop;
struct loop;

int loop_new(unsigned index, struct loop **ret_loop);
int loop_start(struct loop *l); /* starts the thread */
void loop_stop(struct loop *l); /* make the thread leave its event loop, soon */
void loop_join(struct loop *l);
struct loop *loop_free(struct loop *l); /* accepts NULL; returns NULL */

unsigned loop_index(const struct loop *l);
struct ev_loop *loop_ev(struct loop *l);
struct mailbox *loop_inbox(struct loop *l);  /* the home for mail sent from this loop */
uint64_t loop_mono_ms(const struct loop *l); /* cached, once per turn of the loop */

/* The earliest time that anything handled in this turn can have arrived: in a busy loop
 * it may have waited since just after the previous turn began. */
uint64_t loop_since_ms(const struct loop *l);

#endif
