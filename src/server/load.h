/* load.h — what is served from memory, out of the store at the start.
 *
 * Errors   ERR_UNAVAILABLE: the store's errmsg says why.
 * Threads  the owner's, while the lanes are idle: the reader's side is free for it.
 */
#ifndef SERVER_LOAD_H
#define SERVER_LOAD_H

struct app;
struct store;

/* Polls and recent votes into the index, ends of tokens into the revocations. */
int server_load(struct app *app, struct store *s);
/* Have the store forget what has no use any more: the first job of all, and nobody
 * waits for it. */
void server_tidy(struct app *app);

#endif
