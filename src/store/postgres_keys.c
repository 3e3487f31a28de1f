/* postgres_keys.c — remembers which request made which poll. */
#include <string.h>

#include "base/err.h"
#include "store/postgres_db.h"

static struct str bytes(const uint8_t b[VOTE_KEY_BYTES])
{
    return (struct str){(const char *)b, VOTE_KEY_BYTES};
}

struct found_key {
    const struct poll_key *key;
    uint32_t poll;
    bool differs;
};

static int take_key(void *user, const struct pg_row *row)
{
    struct found_key *f = user;

    f->poll = (uint32_t)pg_i64(row, 0);
    f->differs = !str_eq(pg_str(row, 1), bytes(f->key->content));
    return 0;
}

/* The lock makes two processes with the same request wait for each other: whoever comes
 * second finds the first one's key. */
int postgres_key_find(struct store *s, uint32_t owner, const struct poll_key *key,
                      uint32_t *ret_poll)
{
    struct side *d = side_writer(s);
    struct found_key f = {.key = key};
    struct pg_args a = {0};
    struct pg_statement st[] = {
        {.sql = "SELECT pg_advisory_xact_lock(hashtextextended(encode($2::bytea,"
                " 'hex'), $1))",
         .args = &a},
        {.sql =
             "SELECT poll_id, content FROM poll_keys WHERE owner_id = $1 AND key = $2",
         .args = &a,
         .each = take_key,
         .user = &f},
    };
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, owner);
    pg_arg_str(&a, bytes(key->key));
    rc = side_run_all(d, st, sizeof st / sizeof *st);
    if (rc != 0 || f.poll == 0)
        return rc != 0 ? rc : ERR_NOT_FOUND;
    if (f.differs)
        return ERR_CONFLICT;
    *ret_poll = f.poll;
    return 0;
}

int postgres_key_add(struct store *s, uint32_t owner, const struct poll_key *key,
                     uint32_t poll)
{
    struct side *d = side_writer(s);
    struct pg_args a = {0};

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, owner);
    pg_arg_str(&a, bytes(key->key));
    pg_arg_str(&a, bytes(key->content));
    pg_arg_i64(&a, poll);
    return side_run(d,
                    "INSERT INTO poll_keys (owner_id, key, content, poll_id)"
                    " VALUES ($1, $2, $3, $4)",
                    &a, NULL, NULL);
}
