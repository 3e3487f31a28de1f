/* pack.h — answers packed with gzip, for clients on a thin line.
 *
 * DESIGN
 *
 * One packer per loop: a deflate state that is made once, and the last few packed
 * answers, since a crowd asks for the same page. Answers below PACK_MIN fit into a
 * packet or two as they are; those above PACK_MAX would hold the loop up. Votes and
 * results are smaller, so voting pays nothing for this.
 *
 * Shapes     gzip (RFC 1952), whole.
 * Ownership  packer_new() gives; packer_free() ends (accepts NULL; returns NULL).
 * Errors     none: what cannot be packed, or gets no smaller, is sent as it is.
 * Threads    the loop's.
 */
#ifndef APP_PACK_H
#define APP_PACK_H

#include <stdint.h>

#include "base/str.h"

enum { PACK_MIN = 1024, PACK_MAX = 128 << 10, PACK_KEPT = 16 };

struct packer;

struct packer *packer_new(void);
struct packer *packer_free(struct packer *p);

/* The body, packed; valid until the next call. {NULL, 0}: send it as it is. */
struct str pack(struct packer *p, struct str body);

uint64_t packer_hits(const struct packer *p); /* answers found already packed */

#endif
