/* fold.h — the form in which names and e-mail addresses are compared without case.
 *
 * Every letter as its upper case's lower case, by the Unicode tables of libunistring,
 * so that "Zoë" and "ZOË" are one name, and so are the two small sigmas. It does not
 * ask the locale: the same name folds alike on every machine, or accounts would be lost
 * when they move. No normalization: a letter and an accent after it differ from the
 * letter with the accent.
 *
 * Errors   none: where bytes are not UTF-8, ASCII is folded and the rest stays.
 * Threads  pure.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/buf.h"

void fold_add(struct buf *b, struct str s);

#endif
