/* redis_place.h — reads where Redis is from the configuration.
 *
 * Errors   ERR_INVALID, and errmsg says why.
 * Threads  any.
 */
#ifndef LINK_REDIS_PLACE_H
#define LINK_REDIS_PLACE_H

#include <stddef.h>

#include "base/str.h"

enum { REDIS_PORT = 6379, SENTINEL_PORT = 26379, REDIS_SENTINELS_MAX = 16 };

struct redis_place {
    char host[256]; /* without the brackets of an IPv6 address */
    int port;
    char user[128], password[256];
    int db;
};

/* "": localhost. */
int redis_place_read(const char *url, struct redis_place *ret, char *errmsg,
                     size_t size);
/* "HOST[:PORT],…", at most REDIS_SENTINELS_MAX. */
int redis_sentinels_read(const char *list,
                         struct redis_place ret[static REDIS_SENTINELS_MAX],
                         size_t *ret_n, char *errmsg, size_t size);

#endif
