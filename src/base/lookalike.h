/* lookalike.h — names that are not the same but look it (Unicode Technical Standard
 * 39).
 *
 * Two names are taken for one when their name_key() or their name_look() are equal: the
 * first ignores case and then asks what looks alike ("PAYPAL" is "paypal"), the second
 * looks at the letters as they are shown ("paypaI" is "paypal"). Both are opaque, and
 * depend on the tables of the library: stored ones are made again when those change
 * (name_tables()).
 *
 * Errors   none: bytes that are not UTF-8 stay as they are, in lower case.
 * Threads  pure. The first call of a process reads the tables: a millisecond.
 */
#ifndef BASE_LOOKALIKE_H
#define BASE_LOOKALIKE_H

#include <stdbool.h>

#include "base/buf.h"

/* Do the letters come from one script, or from those of one language: Japanese, Chinese
 * or Korean with Latin; and the digits from one? */
bool name_is_one_script(struct str name);

void name_key(struct buf *b, struct str name);  /* appended */
void name_look(struct buf *b, struct str name); /* appended */

/* Which tables the keys are made with; constant text. */
const char *name_tables(void);

#endif
