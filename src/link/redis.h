/* redis.h — a connection to Redis or Valkey, for a lane: its calls block.
 *
 * DESIGN
 *
 *   redis_run_all(): send ──▶ send ──▶ send     one round trip
 *                    each ◀── each ◀── each
 *
 * It connects when it is first used, and again after it was lost. Where Sentinels are
 * given, they are asked each time which server is the primary now, one after the other
 * until one knows; so a failover is followed with the next call. A server that turns
 * out to be a replica is left again.
 *
 * After failures a breaker makes calls fail at once, until it is time for another try.
 *
 * A connection that has subscribed only hears, and can run no commands.
 *
 * Ownership  redis_new() gives the connection, redis_free() ends it (accepts NULL;
 *            returns NULL). What a callback gets is valid during it only.
 * Errors     ERR_UNAVAILABLE: no connection, or it was lost, or no answer in time, or
 *            the server cannot serve now. ERR_INTERNAL: it has refused the command.
 *            redis_errmsg() says what happened.
 * Threads    one at a time. The process ignores SIGPIPE.
 */
#ifndef LINK_REDIS_H
#define LINK_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct redis;

struct redis_opts {
    const char *url;       /* redis://[[USER]:PASSWORD@]HOST[:PORT][/DB] */
    const char *sentinels; /* "HOST:PORT,…"; "": there are none, and the url says where.
                            * Else the url, if any, only says who and which DB */
    const char *master;    /* what the Sentinels call it */
    int timeout_ms;        /* for connecting, and for each answer */
    uint64_t seed;         /* for the breaker's jitter */
};

/* Can both be read? ERR_INVALID: no, and errmsg says why. */
int redis_check(const char *url, const char *sentinels, char *errmsg, size_t size);
struct redis *redis_new(const struct redis_opts *opts);
struct redis *redis_free(struct redis *r);

/* Is the connection there, or can one be made now? */
int redis_connect(struct redis *r);
bool redis_is_connected(const struct redis *r);
/* What the last error was about; never NULL. */
const char *redis_errmsg(const struct redis *r);

/* ---- commands ---- */

struct redis_value;
int64_t redis_i64(const struct redis_value *v);    /* of anything else: 0 */
struct str redis_str(const struct redis_value *v); /* of anything else: empty */
size_t redis_count(const struct redis_value *v);   /* of anything else: 0 */
/* The i-th of an array; NULL, which the others accept, where there is none. */
const struct redis_value *redis_at(const struct redis_value *v, size_t i);

struct redis_command {
    const struct str *words; /* "SET", "key", "value" */
    size_t n;
    void (*each)(void *user, const struct redis_value *v); /* may be NULL */
    void *user;
};

/* Run all in one round trip; 0, or the first error. Those behind a refused one are run
 * all the same. */
int redis_run_all(struct redis *r, const struct redis_command *commands, size_t n);

/* A script, which the server is sent once, and then only reminded of. */
struct redis_script {
    const char *text;
    char sha[41]; /* "": not worked out yet */
};

/* words: how many keys there are ("2"), the keys, the arguments. */
int redis_run_script(struct redis *r, struct redis_script *s, const struct str *words,
                     size_t n, void (*each)(void *user, const struct redis_value *v),
                     void *user);

/* ---- channels ---- */

int redis_publish(struct redis *r, struct str channel, struct str text);
int redis_subscribe(struct redis *r, struct str channel);
/* Wait for a text, for at most wait_ms; *ret_text is borrowed until the next call, and
 * at NULL when there was none. A connection that nothing is heard by is tried, and
 * found lost within some timeouts. */
int redis_hear(struct redis *r, int wait_ms, struct str *ret_text);

#endif
