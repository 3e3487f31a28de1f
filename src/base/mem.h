/* mem.h — the only way to the heap.
 *
 * Running out of memory ends the program with a message: what a client can make grow is
 * capped elsewhere, and an acknowledged vote is on disk. So no call here returns NULL,
 * and no caller checks.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);            /* contents undefined */
void *mem_zalloc(size_t n, size_t size); /* zeroed; n * size may not overflow */
void *mem_realloc(void *p, size_t size);
void *mem_dup(const void *p, size_t size);
char *mem_strdup(const char *s);
void mem_free(void *p); /* NULL is fine */

#endif
