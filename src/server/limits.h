/* limits.h — makes the limiters of requests and logins, as configured.
 *
 * Ownership  the app's, until server_limits_free().
 * Threads    the owner's, while no loop runs.
 */
#ifndef SERVER_LIMITS_H
#define SERVER_LIMITS_H

struct app;
struct profile;

void server_limits_make(struct app *app, struct profile *profile);
void server_limits_free(struct app *app);

#endif
