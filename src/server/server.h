/* server.h — the whole server over the backends of a profile.
 *
 * DESIGN
 *
 *   start  stores ▶ accounts ▶ scheduler ▶ what is stored, into the index ▶ hub, limits
 *          ▶ feed, leaderboard ▶ ballot ▶ metrics ▶ loops: clients are served
 *   end    loops drain ▶ metrics, scheduler, feed, leaderboard, passwords ▶ ballot ▶
 *          read lane ▶ store lane ▶ the profile's backends
 *
 * Each part starts after those that it asks, and ends after those that ask it, so a
 * lane answers everything submitted to it before it ends.
 *
 * Errors   ERR_*, with a text for the operator in errmsg.
 * Threads  the owner's.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

struct config;
struct log;
struct profile;
struct server;

enum { SERVER_ERRMSG_BYTES = 1024 };

/* Recover, load, listen; clients are served when this returns 0. Takes over the profile
 * and borrows the configuration. A failed start ends the process: nothing is undone. */
int server_start(struct profile *profile, const struct config *config,
                 const struct log *log, struct server **ret_server,
                 char errmsg[SERVER_ERRMSG_BYTES]);
/* Finish what was begun, then end. */
void server_stop(struct server *s);

#endif
