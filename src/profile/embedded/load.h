/* load.h — what is served from memory, out of the store at the start.
 *
 * Errors   ERR_UNAVAILABLE: the store's errmsg says why.
 * Threads  the owner's, while the lanes are idle: the reader's side is free for it.
 */
#ifndef PROFILE_EMBEDDED_LOAD_H
#define PROFILE_EMBEDDED_LOAD_H

#include <stdint.h>

struct app;
struct poll_rules;
struct quota;
struct store;

/* Polls, today's votes, recent votes, ends of tokens. *ret_quota is the caller's in any
 * case. */
int embedded_load(struct app *app, struct store *s, struct quota **ret_quota);
/* Have the store forget what has no use any more: the first job of all, and nobody
 * waits for it. */
void embedded_tidy(struct app *app);

#endif
