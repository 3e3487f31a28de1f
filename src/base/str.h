/* str.h — borrowed bytes with a length, as parsers pass them around.
 *
 * Ownership  a str owns nothing; it is valid as long as the bytes behind it.
 * Errors     str_to_* return 0 or ERR_BAD_REQUEST, and then write nothing.
 * Threads    pure.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *at; /* not terminated; NULL only when len is 0 */
    size_t len;
};

enum { STR_U64_BYTES = 20 };

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

struct str str_of(const char *s); /* NULL is the empty str */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
bool str_starts(struct str s, struct str prefix);
struct str str_skip(struct str s, size_t n); /* without its first n bytes */
struct str str_trim(struct str s);           /* spaces and tabs at both ends */
/* The same for all Unicode white space, line breaks and the byte order mark: what a
 * browser trims. s is UTF-8. */
struct str str_trim_text(struct str s);

/* Cut s at the first separator: *ret_head is what precedes it, the result is what
 * follows (empty if there is none). */
struct str str_cut(struct str s, char separator, struct str *ret_head);

/* Decimal digits only, no sign, no spaces, at most max. */
int str_to_u64(struct str s, uint64_t max, uint64_t *ret_n);
/* Write n in decimal: at most STR_U64_BYTES, not terminated. Returns the end. */
char *str_put_u64(char *to, uint64_t n);

/* Is it UTF-8 (no overlong forms, no surrogates)? */
bool str_is_utf8(struct str s);
/* How many Unicode scalar values, in valid UTF-8. */
size_t str_chars(struct str s);

#endif
