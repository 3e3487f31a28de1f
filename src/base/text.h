/* text.h — text that is shown to others: titles, options, tags, names.
 *
 * Two texts that look the same should be the same bytes, and no text may be invisible,
 * or change how the page around it reads. text_normal() makes what can be made alike
 * alike; text_flaw() says why a text cannot be shown; text_key() is what two options of
 * one poll are compared by.
 *
 * Refused are control characters, marks, embeddings and overrides of direction, private
 * and unassigned characters, and invisible ones, but for
 *   joiners         after a virama, and between letters of scripts that join; in emoji
 *   selectors       after emoji, Han and Mongolian letters
 *   tags            in the flags of England, Scotland and Wales
 *   isolates        of direction: text_normal() closes what is open
 *
 * Errors   none: text that is not UTF-8 stays as it is, and has a flaw.
 * Threads  pure.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { TEXT_MARKS_MAX = 8 }; /* combining marks in a row */

enum text_flaw {
    TEXT_SOUND,
    TEXT_NOT_UTF8,
    TEXT_CONTROL,   /* or the end of a line, where a text has one line */
    TEXT_HIDDEN,    /* an invisible character */
    TEXT_UNKNOWN,   /* a character that Unicode does not define */
    TEXT_MARKS,     /* marks without a letter, or too many on one */
    TEXT_INVISIBLE, /* nothing in it can be seen; not of an empty text */
};

/* Appended: s in NFC, without white space around it, isolates closed. lines: it may
 * have lines; they end in LF, and tabs become spaces. */
void text_normal(struct buf *b, struct str s, bool lines);
/* A tag: in lower case. */
void text_normal_tag(struct buf *b, struct str s);

/* Of a text in normal form. */
enum text_flaw text_flaw(struct str s, bool lines);
/* A sentence for whoever sent it; NULL for TEXT_SOUND. */
const char *text_flaw_message(enum text_flaw flaw);
/* Nothing but letters and digits of any script, with their marks, and '-'. */
bool text_is_tag(struct str s);

/* Appended: what stays of a text when case, width, runs of white space and invisible
 * characters do not matter. */
void text_key(struct buf *b, struct str s);

/* Appended: a password as it is hashed. The same text typed on another machine gives
 * the same bytes (RFC 8265, OpaqueString): NFC, any space is U+0020. */
void text_password(struct buf *b, struct str s);

bool text_is_blank(uint32_t c); /* white space, and what looks like it */
/* Can it be seen by itself? */
bool text_is_visible(uint32_t c);
bool text_is_emoji(uint32_t c); /* a picture; no digit, no sign of a keyboard */
/* Invisible wherever it is, also where the script needs it. */
bool text_is_silent(uint32_t c);
/* Another form of a letter or sign: of full width, in a circle, small, ... */
bool text_is_form(uint32_t c);

#endif
