/* load.h — at the start, reads what is served from memory out of the store.
 *
 * Errors   ERR_UNAVAILABLE: the store's errmsg says why.
 * Threads  the owner's, while the lanes are idle and nobody else uses the reader's
 *          side.
 */
#ifndef SERVER_LOAD_H
#define SERVER_LOAD_H

struct app;
struct store;

/* Load polls and recent votes into the index, accounts and ends of tokens into the
 * revocations. */
int server_load(struct app *app, struct store *s);
/* Have the store forget what is of no use any more. The store lane's first job; nobody
 * waits for it. */
void server_tidy(struct app *app);

#endif
