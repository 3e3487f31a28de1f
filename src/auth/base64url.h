/* base64url.h — RFC 4648 section 5, without padding: one text for each value.
 *
 * Decoding refuses what encoding never writes: padding, white space, other alphabets,
 * impossible lengths, and leftover bits in the last character.
 *
 * Errors   ERR_BAD_REQUEST, and then *ret_n is not written.
 * Threads  pure.
 */
#ifndef AUTH_BASE64URL_H
#define AUTH_BASE64URL_H

#include <stddef.h>

#include "base/str.h"

/* How many characters encode n bytes. */
#define BASE64URL_CHARS(n) (((n)*4 + 2) / 3)

/* Writes BASE64URL_CHARS(n) characters, without a terminator; returns how many. */
size_t base64url_encode(const void *bytes, size_t n, char *ret_text);

/* Writes at most cap bytes; refuses a text that encodes more. */
int base64url_decode(struct str text, void *ret_bytes, size_t cap, size_t *ret_n);

#endif
