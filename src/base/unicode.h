/* unicode.h — the forms of text that the library makes, as ours want them: into a buf.
 *
 * Errors   none. s has to be UTF-8, but for unicode_fold().
 * Threads  pure.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include "base/buf.h"

/* The first character of s, which is not empty, and step over it. */
uint32_t unicode_take(struct str *s);
void unicode_put(struct buf *b, uint32_t c);

/* Appended: s in NFC, s in NFC and lower case, s in NFKD and case-folded. */
void unicode_nfc(struct buf *b, struct str s);
void unicode_lower(struct buf *b, struct str s);
void unicode_plain(struct buf *b, struct str s);
/* s in NFC and case-folded: equal for what differs in case only. Of bytes that are not
 * UTF-8, ASCII is folded and the rest stays. */
void unicode_fold(struct buf *b, struct str s);

#endif
