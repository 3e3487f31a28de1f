/* query.h — reads single parameters of a query string, and writes that of the next
 * page.
 *
 * Errors   false: the value cannot be read, and the call was answered 400 with why.
 * Threads  the call's loop.
 */
#ifndef APP_QUERY_H
#define APP_QUERY_H

#include <stdbool.h>
#include <stdint.h>

struct call;

/* 1..max; unchanged if absent. */
bool query_number(struct call *c, const char *name, uint32_t max, uint32_t *number,
                  const char *why);
/* The index of one of n words; unchanged if absent. */
bool query_word(struct call *c, const char *name, const char *const *words, int n,
                int *index, const char *why);

/* "Link: <…>; rel=next": the same query, from the cursor on. */
void query_add_next(struct call *c, const char *cursor);

#endif
