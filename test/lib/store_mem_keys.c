/* mem_keys.c — the store in memory: which requests made which polls. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/store_mem_state.h"

int mem_state_find_key(const struct mem_state *s, uint32_t owner,
                       const struct poll_key *key, uint32_t *ret_poll)
{
    for (size_t i = 0; i < s->n_keys; i++) {
        const struct mem_key *k = &s->keys[i];

        if (k->owner != owner || memcmp(k->key.key, key->key, sizeof key->key) != 0)
            continue;
        if (memcmp(k->key.content, key->content, sizeof key->content) != 0)
            return ERR_CONFLICT;
        *ret_poll = k->poll;
        return 0;
    }
    return ERR_NOT_FOUND;
}

void mem_state_add_key(struct mem_state *s, uint32_t owner, const struct poll_key *key,
                       uint32_t poll)
{
    s->keys = mem_realloc(s->keys, (s->n_keys + 1) * sizeof *s->keys);
    s->keys[s->n_keys++] = (struct mem_key){.owner = owner, .poll = poll, .key = *key};
}

static void drop_key(struct mem_state *s, size_t i)
{
    s->n_keys--;
    memmove(s->keys + i, s->keys + i + 1, (s->n_keys - i) * sizeof *s->keys);
}

static void forget_old_keys(struct mem_state *s, uint32_t owner)
{
    size_t n = 0;

    for (size_t i = s->n_keys; i-- > 0;)
        if (s->keys[i].owner == owner && s->keys[i].deleted && ++n > STORE_DELETED_KEYS)
            drop_key(s, i);
}

void mem_state_end_key(struct mem_state *s, uint32_t poll)
{
    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].poll == poll) {
            s->keys[i].deleted = true;
            forget_old_keys(s, s->keys[i].owner);
            return;
        }
}

void mem_state_drop_keys(struct mem_state *s, uint32_t owner)
{
    for (size_t i = s->n_keys; i-- > 0;)
        if (s->keys[i].owner == owner)
            drop_key(s, i);
}
