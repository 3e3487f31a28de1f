/* message.h — parses one request from bytes: no socket, no clock, no connection.
 *
 * DESIGN
 *
 * A proxy or cache between a client and us must read a request the way we do, or one
 * request can be hidden inside another. So we accept only what everybody reads alike.
 * Requests are parsed here, line by line. A chunked request is parsed again by a
 * library (parser.h), and so is every request in the tests and the fuzzer: the two must
 * agree. (Parsing all of them twice took a sixth of the loop's time.) Refused, and the
 * connection closed:
 *
 *   bare CR, bare LF, NUL and other control characters; folded lines; blanks around
 *   the name of a header; a missing, repeated or odd Host; Content-Length twice, with
 *   a sign, a blank or a list; Content-Length beside Transfer-Encoding; any
 *   Transfer-Encoding but one plain "chunked", and in HTTP/1.0 any at all; chunk sizes
 *   with more than eight digits, with blanks; trailers that frame.
 *
 * The verdict does not depend on how the bytes were split: a line is judged when it is
 * whole, or earlier when it is too long already.
 *
 * Shapes     the caller keeps all bytes of the request together, from the first one;
 *            message_read() gives offsets, so the bytes may move between calls.
 * Errors     ERR_BAD_REQUEST, ERR_TOO_LARGE, ERR_URI_TOO_LONG, ERR_HEADERS_TOO_LARGE,
 *            ERR_EXPECTATION_FAILED, ERR_NOT_IMPLEMENTED, ERR_HTTP_VERSION: nothing
 *            after an error can be read any more.
 * Threads    one at a time.
 */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/http.h"
#include "net/parser.h"
#include "tbl/limits.h"

/* What message_read() returns, unless it fails. */
enum {
    MESSAGE_MORE, /* needs more bytes */
    MESSAGE_HEAD, /* the head is complete: set max_body, then read on */
    MESSAGE_DONE  /* the request is complete */
};

enum {
    MESSAGE_CHUNK_LINE_MAX = 256, /* a chunk's size and extensions */
    MESSAGE_EXTRA_MAX = 4096      /* all extensions and trailers of a body */
};

struct span {
    uint16_t at, len;
};

struct field {
    struct span name, value; /* the value is trimmed */
};

enum message_stage {
    STAGE_START,
    STAGE_FIELDS,
    STAGE_BODY,
    STAGE_CHUNK_SIZE,
    STAGE_CHUNK_DATA,
    STAGE_CHUNK_END,
    STAGE_TRAILERS,
    STAGE_DONE
};

struct message {
    bool always_twice; /* tests set it after message_init() */
    size_t max_body; /* the caller may set it at MESSAGE_HEAD; else LIMIT_BODY_BYTES */

    /* Valid from MESSAGE_HEAD on. */
    enum http_method method;
    int minor;
    struct span target, path, query; /* an absolute target may have an empty path */
    bool keep_alive, expects_continue, chunked;
    uint64_t length; /* Content-Length, or 0 */
    size_t head_len; /* the body begins here */

    /* Valid at MESSAGE_DONE. */
    size_t body_len;

    enum message_stage stage;
    size_t line_at, scanned; /* of the line being read */
    size_t chunk_left, extra;
    unsigned n_hosts, n_lengths, n_codings;
    struct span authority, host, id, coding;
    bool skipped_line, says_close, says_keep_alive;
    struct parser second;

    unsigned n_fields;
    struct field fields[LIMIT_HEADERS]; /* the first n_fields are set */
};

void message_init(struct message *m);

/* data holds the request so far, from its first byte: *len bytes. A chunked body is
 * joined in place, and *len shrinks by what that saves. At MESSAGE_DONE the bytes after
 * message_used() belong to the next request. */
int message_read(struct message *m, char *data, size_t *len);

/* How many bytes at the front belong to this request. */
static inline size_t message_used(const struct message *m)
{
    return m->head_len + m->body_len;
}

#endif
