/* nearest.h — "did you mean": the name that was probably meant.
 *
 * Ownership  nothing is kept.
 * Errors     none.
 * Threads    pure.
 */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include "base/buf.h"
#include "base/str.h"

/* The best candidate so far; begin with all zero. */
struct nearest {
    struct str name; /* {NULL, 0}: nothing is near enough */
    size_t distance;
};

/* How many letters must be changed, added, removed or swapped with a neighbour to turn
 * a into b. Names longer than 64 bytes are near to nothing. */
size_t nearest_distance(struct str a, struct str b);

/* Keep candidate in *n if it is nearer to typed than what is there. It must stay valid
 * as long as *n. */
void nearest_consider(struct nearest *n, struct str typed, struct str candidate);

/* Append "; did you mean X?" if anything was near enough. */
void nearest_say(const struct nearest *n, struct buf *out);

#endif
