/* fold.h — the form in which names and e-mail addresses are compared without case.
 *
 * Every letter as its upper case's lower case, by the C library's Unicode tables, so
 * that "Zoë" and "ZOË" are one name, and so are the two small sigmas. No normalization:
 * a letter and an accent after it differ from the letter with the accent.
 *
 * Errors   none: without the locale C.UTF-8 only ASCII is folded, and bytes that are
 *          not UTF-8 stay what they are.
 * Threads  pure.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/buf.h"

void fold_add(struct buf *b, struct str s);

#endif
