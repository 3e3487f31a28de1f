/* body.h — polls, edits and votes out of the JSON that clients send.
 *
 * It takes what comes from outside and depends on nothing else, so it is fuzzed as it
 * is.
 *
 * Ownership  poll_input() and poll_edit_input() give a reference. Inputs are borrowed
 *            during the call only.
 * Errors     ERR_INVALID after fault() was called for each field that breaks a rule.
 * Threads    pure.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include <jansson.h>

#include "core/poll.h"
#include "core/tally.h"

/* A JSON string in normal form (base/text.h), which takes its place in the body. */
struct str body_text(json_t *value, bool lines);

/* The body of POST /api/polls. Texts are brought into normal form, and tags are kept
 * once. Unknown fields are ignored, so counts cannot be sent in. */
int poll_input(json_t *body, uint32_t owner_id, int64_t now_ms,
               const struct faults *faults, struct poll **ret_poll);

/* The body of PATCH /api/polls/{id}: only what is there, and differs from the poll, is
 * in *ret_fields (enum poll_field); null takes a value away. */
int poll_edit_input(json_t *body, const struct poll *poll, int64_t now_ms,
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
 * the same: json_body_parse() and vote_input() say. */
bool vote_is_plain(struct str text, uint32_t *ret_option);
/* The option alone, of a change. */
int option_input(const json_t *body, const struct faults *faults,
                 struct wish *ret_wish);

#endif
