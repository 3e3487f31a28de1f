/* limits.h — the named maximum of every length that comes from outside.
 *
 * Sizes are in bytes unless the name says otherwise (CHARS are Unicode scalar
 * values). A limit that an operator may change is a configuration key instead.
 */
#ifndef TBL_LIMITS_H
#define TBL_LIMITS_H

enum {
    LIMIT_TITLE_CHARS = 200,
    LIMIT_DESCRIPTION_CHARS = 2000,
    LIMIT_OPTIONS_MIN = 2,
    LIMIT_OPTIONS = 20,
    LIMIT_OPTION_CHARS = 100,
    LIMIT_TAGS = 10,
    LIMIT_TAG_CHARS = 30,
    LIMIT_TAG_BYTES = 4 * LIMIT_TAG_CHARS,

    LIMIT_USERNAME_CHARS_MIN = 3,
    LIMIT_USERNAME_CHARS = 50,
    LIMIT_EMAIL_BYTES = 254,
    LIMIT_PASSWORD_CHARS_MIN = 8,
    LIMIT_PASSWORD_CHARS = 128,

    LIMIT_IDEMPOTENCY_KEY_BYTES = 64,
    LIMIT_REQUEST_ID_BYTES = 128,
    LIMIT_TOKEN_BYTES = 512,

    LIMIT_TARGET_BYTES = 4096,
    LIMIT_HEADERS_BYTES = 16384, /* request line and all header lines together */
    LIMIT_HEADERS = 100,         /* header lines */
    LIMIT_BODY_BYTES = 65536,
    LIMIT_JSON_DEPTH = 16,

    LIMIT_TRACKED_POLLS = 100, /* by one live connection */
    LIMIT_WS_MESSAGE_BYTES = 16384,
    LIMIT_WS_ERRORS = 3, /* messages that were not understood, then close 1008 */
    LIMIT_PAGE = 100,
    LIMIT_TIMELINE = 2000, /* spans with votes in a poll's stats */
};

#endif
