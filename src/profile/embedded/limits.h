/* limits.h — the limiters of one machine: all in memory.
 *
 * Ownership  they are the app's, until embedded_limits_free().
 * Threads    the owner's, while no loop runs.
 */
#ifndef PROFILE_EMBEDDED_LIMITS_H
#define PROFILE_EMBEDDED_LIMITS_H

struct app;

void embedded_limits_make(struct app *app); /* as app->config says */
void embedded_limits_free(struct app *app);

#endif
