/* body.h — bodies of requests: JSON in, what the handlers want out.
 *
 * Everything here takes bytes from outside and depends on nothing else, so it is fuzzed
 * as it is.
 *
 * Ownership  body_parse() gives the JSON: json_decref() it. poll_input() gives a
 *            reference. Inputs are borrowed during the call only.
 * Errors     ERR_INVALID after fault() was called for each field that breaks a rule.
 * Threads    pure.
 */
#ifndef APP_BODY_H
#define APP_BODY_H

#include <jansson.h>

#include "core/poll.h"
#include "core/tally.h"

/* What is wrong with a body. */
struct body_why {
    enum fault fault; /* of one that is JSON */
    char text[160];
};

/* An object, nested at most LIMIT_JSON_DEPTH deep, without a name twice.
 * ERR_INVALID_JSON  it is not JSON
 * ERR_INVALID       it is JSON, but no object, or with what no field of ours can hold
 */
int body_parse(struct str text, json_t **ret_body, struct body_why *ret_why);

/* An integer; the nearest that there is for one that is too large for 64 bits. False:
 * it is something else. */
bool body_whole(const json_t *value, json_int_t *ret_n);

/* The body of POST /api/polls. Text is trimmed, tags are put in lower case and kept
 * once. Unknown fields are ignored, so counts cannot be sent in. */
int poll_input(const json_t *body, uint32_t owner_id, int64_t now_ms,
               const struct faults *faults, struct poll **ret_poll);

/* The body of PATCH /api/polls/{id}: only what is there, and differs from the poll, is
 * in *ret_fields (enum poll_field); null takes a value away. */
int poll_edit_input(const json_t *body, const struct poll *poll, int64_t now_ms,
                    const struct faults *faults, uint32_t *ret_fields,
                    struct poll **ret_values);

/* The Idempotency-Key, hashed: key_header (at NULL: none) before the body's field. Not
 * keyed: there is neither. */
int key_input(const json_t *body, struct str key_header, const struct faults *faults,
              uint8_t ret_key[VOTE_KEY_BYTES], bool *ret_keyed);
/* Of what was asked for: two requests with the same hash ask for the same poll. */
void poll_hash(const struct poll *p, uint8_t ret[VOTE_KEY_BYTES]);

/* A vote's option, and its key. */
int vote_input(const json_t *body, struct str key_header, const struct faults *faults,
               struct wish *ret_wish);
/* Is it {"optionIndex":7} and nothing else, up to blanks? What is not may be a vote all
 * the same: body_parse() and vote_input() say. */
bool vote_is_plain(struct str text, uint32_t *ret_option);
/* The option alone, of a change. */
int option_input(const json_t *body, const struct faults *faults,
                 struct wish *ret_wish);

#endif
