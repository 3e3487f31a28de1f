#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *check(void *p)
{
    static const char text[] = "pollux: out of memory\n";

    if (p == NULL) {
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return check(malloc(size != 0 ? size : 1));
}

void *mem_zalloc(size_t n, size_t size)
{
    return check(calloc(n != 0 ? n : 1, size != 0 ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
    return check(realloc(p, size != 0 ? size : 1));
}

void *mem_dup(const void *p, size_t size)
{
    return size != 0 ? memcpy(mem_alloc(size), p, size) : mem_alloc(0);
}

char *mem_strdup(const char *s)
{
    return mem_dup(s, strlen(s) + 1);
}

void mem_free(void *p)
{
    free(p);
}
