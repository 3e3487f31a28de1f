/* json_body.h — the body of a request as JSON, whatever the request is.
 *
 * It takes bytes from outside and depends on nothing else, so it is fuzzed as it is.
 *
 * Ownership  json_body_parse() gives the JSON: json_decref() it. text is borrowed
 * during the call only. Threads    pure.
 */
#ifndef APP_JSON_BODY_H
#define APP_JSON_BODY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"
#include "base/fault.h"

/* What is wrong with a body. */
struct json_body_why {
    enum fault fault; /* of one that is JSON */
    char text[160];
};

/* An object, nested at most LIMIT_JSON_DEPTH deep, without a name twice.
 * ERR_INVALID_JSON  it is not JSON
 * ERR_INVALID       it is JSON, but no object, or with what no field of ours can hold
 */
int json_body_parse(struct str text, json_t **ret_body, struct json_body_why *ret_why);

/* An integer; the nearest that there is for one that is too large for 64 bits. False:
 * it is something else. */
bool json_body_whole(const json_t *value, json_int_t *ret_n);

#endif
