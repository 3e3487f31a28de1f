/* parser.h — the second parser of a request: llhttp, or its predecessor http-parser.
 *
 * message.c parses every request itself, strictly. This parser, written by others for
 * other servers, gets the same bytes and must see the same request; if the two
 * disagree, we refuse it. This is also the only file that knows which of the two
 * libraries is used.
 *
 * Errors   ERR_BAD_REQUEST: the library refuses the bytes.
 * Threads  one at a time.
 */
#ifndef NET_PARSER_H
#define NET_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARSER_BYTES = 128 };

struct parser {
    _Alignas(8) char library[PARSER_BYTES];
};

/* What the second parser saw in a head. */
struct parser_head {
    const char *method;
    int major, minor;
    const char *target;
    size_t target_len;
    unsigned n_fields;
    uint64_t length; /* of the body; 0 without Content-Length */
    bool chunked;
};

/* Read a whole head, from the request line to the empty line. */
int parser_head(struct parser *p, const char *head, size_t len,
                struct parser_head *ret_head);

/* Read the next piece of a chunked body. *ret_body_len is how many of its bytes are
 * content; *ret_done: the body ends with this piece. */
int parser_chunked(struct parser *p, const char *piece, size_t len,
                   size_t *ret_body_len, bool *ret_done);

#endif
