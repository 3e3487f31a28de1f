/* redis_rig.h — a Redis of the test's own: on a free port of the loopback, in a new
 * folder of /tmp, without files, ended with the test.
 *
 * Threads  one at a time.
 */
#ifndef TEST_LIB_REDIS_RIG_H
#define TEST_LIB_REDIS_RIG_H

#include "base/str.h"

struct redis_rig;

/* config: further lines of its configuration, or "". Fails the test, with what the
 * server said, if it does not start. */
struct redis_rig *redis_rig_start(const char *config);
/* One that follows it, and a Sentinel that watches them, by the name "pollux". */
struct redis_rig *redis_rig_replica(const struct redis_rig *primary);
struct redis_rig *redis_rig_sentinel(const struct redis_rig *primary);
struct redis_rig *redis_rig_stop(struct redis_rig *r); /* accepts NULL; returns NULL */

const char *redis_rig_url(const struct redis_rig *r);     /* redis://127.0.0.1:PORT */
const char *redis_rig_address(const struct redis_rig *r); /* 127.0.0.1:PORT */
/* One command, which may be sent again if nothing comes back, and its answer as text (a
 * list's lines joined by spaces), borrowed until the next. Its refusal begins with "-".
 */
const char *redis_rig_say(struct redis_rig *r, const char *command);
void redis_rig_kill(struct redis_rig *r); /* as a power failure would */
void redis_rig_restart(struct redis_rig *r);
void redis_rig_halt(struct redis_rig *r); /* it takes connections and answers nothing */
void redis_rig_go_on(struct redis_rig *r);

#endif
