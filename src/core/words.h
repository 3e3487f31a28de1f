/* words.h — the words of a text, as search compares them.
 *
 * Every store finds by these words and no others, so all find the same. Case, width and
 * accents are gone, and so is the difference between Straße and strasse. Languages that
 * write without spaces (Chinese, Japanese, Thai, …) give a word a character: a phrase
 * of them is found wherever it stands. An emoji is a word.
 *
 * Words are letters and digits beyond which ASCII has only a-z and 0-9; they never hold
 * a space, a quote or WORDS_END.
 *
 * Ownership  a word is the callee's during the call only.
 * Errors     none: text that is not UTF-8 has no words.
 * Threads    pure.
 */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include <stdbool.h>

#include "base/buf.h"

#define WORDS_END "\u00b6" /* between texts: no phrase goes on behind it */

/* Each word in order, until each returns false. joined: no white space is between it
 * and the word before, so in a query both have to stand side by side. */
void words_each(struct str text, bool (*each)(void *user, struct str word, bool joined),
                void *user);

/* Appended: the words of one text of a poll and WORDS_END, a space after each. */
void words_add(struct buf *b, struct str text);

/* Changes with what words_each() does: an index that was made by another is made again.
 */
enum { WORDS_RULES = 1 };

#endif
