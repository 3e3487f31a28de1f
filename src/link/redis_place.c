#include "link/redis_place.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static int wrong(char *errmsg, size_t size, const char *what)
{
    snprintf(errmsg, size, "%s", what);
    return ERR_INVALID;
}

static bool copy(char *to, size_t size, struct str s)
{
    if (s.len >= size || memchr(s.at, '\0', s.len) != NULL)
        return false;
    memcpy(to, s.at, s.len);
    to[s.len] = '\0';
    return true;
}

static int hex_of(char c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, c | 0x20);

    return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

/* Percent-decoded: a password may hold what a URL may not. */
static bool decode(char *to, size_t size, struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++) {
        bool escaped = s.at[i] == '%';
        int high = escaped && i + 2 < s.len ? hex_of(s.at[i + 1]) : -1;
        int low = escaped && i + 2 < s.len ? hex_of(s.at[i + 2]) : -1;

        if (n + 1 >= size || (escaped && (high < 0 || low < 0)))
            return false;
        to[n++] = (char)(escaped ? high << 4 | low : s.at[i]);
        i += escaped ? 2 : 0;
    }
    to[n] = '\0';
    return strlen(to) == n;
}

/* "[::1]:26379", "redis.example", "10.0.0.1:6379" */
static bool read_address(struct str s, struct redis_place *ret, int usual_port)
{
    struct str host = s, port = {NULL, 0};
    const char *colon;
    uint64_t n = (uint64_t)usual_port;

    if (s.len > 0 && s.at[0] == '[') {
        port = str_cut(str_skip(s, 1), ']', &host);
        if (port.len > 0 && port.at[0] != ':')
            return false;
        port = str_skip(port, port.len > 0);
    } else if ((colon = memchr(s.at, ':', s.len)) != NULL) {
        host.len = (size_t)(colon - s.at);
        port = str_skip(s, host.len + 1);
    }
    ret->port = 0;
    if (port.len > 0 && str_to_u64(port, 65535, &n) != 0)
        return false;
    ret->port = (int)n;
    return host.len > 0 && ret->port > 0 && copy(ret->host, sizeof ret->host, host);
}

static bool read_user(struct str s, struct redis_place *ret)
{
    struct str user;
    struct str password = str_cut(s, ':', &user);

    return decode(ret->user, sizeof ret->user, user) &&
           decode(ret->password, sizeof ret->password, password);
}

/* What is before the last '@' of an address, which a password may contain as well. */
static struct str cut_user(struct str *address)
{
    const char *at = memrchr(address->at, '@', address->len);
    struct str user = {NULL, 0};

    if (at != NULL) {
        user = (struct str){address->at, (size_t)(at - address->at)};
        *address = str_skip(*address, user.len + 1);
    }
    return user;
}

int redis_place_read(const char *url, struct redis_place *ret, char *errmsg,
                     size_t size)
{
    const struct str scheme = STR("redis://");
    struct str address, db, user;
    uint64_t n = 0;

    *ret = (struct redis_place){.host = "localhost", .port = REDIS_PORT};
    if (url[0] == '\0')
        return 0;
    if (!str_starts(str_of(url), scheme))
        return wrong(errmsg, size, "a URL like redis://HOST:6379/0 is needed");
    db = str_cut(str_skip(str_of(url), scheme.len), '/', &address);
    user = cut_user(&address);
    if (user.len > 0 && !read_user(user, ret))
        return wrong(errmsg, size, "the user or the password cannot be read");
    if (!read_address(address, ret, REDIS_PORT))
        return wrong(errmsg, size, "the host or the port cannot be read");
    if (db.len > 0 && str_to_u64(db, 1 << 20, &n) != 0)
        return wrong(errmsg, size, "what follows the host has to be a number: /0");
    ret->db = (int)n;
    return 0;
}

int redis_sentinels_read(const char *list,
                         struct redis_place ret[static REDIS_SENTINELS_MAX],
                         size_t *ret_n, char *errmsg, size_t size)
{
    struct str rest = str_of(list), one;

    *ret_n = 0;
    while (rest.len > 0) {
        rest = str_cut(rest, ',', &one);
        if (*ret_n == REDIS_SENTINELS_MAX)
            return wrong(errmsg, size, "these are too many Sentinels");
        ret[*ret_n] = (struct redis_place){0};
        if (!read_address(str_trim(one), &ret[(*ret_n)++], SENTINEL_PORT))
            return wrong(errmsg, size, "Sentinels are written as HOST:PORT,HOST:PORT");
    }
    return 0;
}
