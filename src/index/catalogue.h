/* catalogue.h — every poll's definition and newest result, in memory, for all loops.
 *
 * DESIGN
 *
 *   store lane: adds polls       ballot lane: newest results, closing, deleting
 *            └──────────────┬──────────────────┘
 *                     pages of entries by poll id
 *                           │
 *   loops: read an entry (a copy of the result, a reference to the definition)
 *
 * Ids are handed out in order, so entries lie in pages that are found by id: no
 * hashing, no rebalancing, and an entry's address never changes. Each entry is guarded
 * by one of a few hundred striped locks, held for the copying of a hundred bytes.
 *
 * What is read here is durable: results are published after the sync.
 *
 * Units      _ms are milliseconds since the Unix epoch.
 * Ownership  catalogue_get() gives a reference to the poll: poll_unref() it.
 * Errors     ERR_NOT_FOUND: no such poll, or deleted.
 * Threads    any.
 */
#ifndef INDEX_CATALOGUE_H
#define INDEX_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "core/poll.h"
#include "core/tally.h"

struct catalogue;

struct catalogue *catalogue_new(void);
struct catalogue *catalogue_free(struct catalogue *c); /* accepts NULL; returns NULL */

/* Add a poll; takes over the caller's reference. */
void catalogue_add(struct catalogue *c, struct poll *poll, const struct result *result);

/* Store a newer result and the rules that go with it. Ignores an older version. */
void catalogue_publish(struct catalogue *c, const struct result *result,
                       const struct poll_rules *rules);
/* The same, with an edit of the definition. Gives a reference to the edited poll; NULL:
 * there is no such poll. */
struct poll *catalogue_edit(struct catalogue *c, const struct poll_edit *edit,
                            const struct result *result,
                            const struct poll_rules *rules);
/* Set the owner's new name, or (owner_id 0) no owner. */
void catalogue_set_owner(struct catalogue *c, uint32_t id, uint32_t owner_id,
                         struct str name);
void catalogue_delete(struct catalogue *c, uint32_t id);

/* Look a poll up. Either ret_ may be NULL. */
int catalogue_get(struct catalogue *c, uint32_t id, struct poll **ret_poll,
                  struct result *ret_result);

/* The next poll behind that id; 0: there is none. */
uint32_t catalogue_next(struct catalogue *c, uint32_t id);

size_t catalogue_count(const struct catalogue *c);

#endif
