/* errors.h — every error that a caller, and so a client, can see: one line each.
 *
 * The enum (base/err.h), the HTTP status, the `code` word of the problem document
 * and its title come from here. Texts are safe to show to a client.
 */
#ifndef TBL_ERRORS_H
#define TBL_ERRORS_H

/* clang-format off */
/*    name                     http  code                      title */
#define ERR_TABLE(X)                                                                   \
    X(ERR_BAD_REQUEST,         400, "bad_request",            "The request cannot be read")            \
    X(ERR_INVALID_JSON,        400, "invalid_json",           "The body is not JSON")                  \
    X(ERR_UNAUTHORIZED,        401, "unauthorized",           "A valid token is needed")               \
    X(ERR_FORBIDDEN,           403, "forbidden",              "Not allowed")                           \
    X(ERR_FOREIGN_ORIGIN,      403, "foreign_origin",         "Not from this web origin")              \
    X(ERR_NOT_FOUND,           404, "not_found",              "Not found")                             \
    X(ERR_METHOD_NOT_ALLOWED,  405, "method_not_allowed",     "This path does not take that method")   \
    X(ERR_REQUEST_TIMEOUT,     408, "request_timeout",        "The request took too long to arrive")   \
    X(ERR_ALREADY_VOTED,       409, "already_voted",          "You have voted on this poll")           \
    X(ERR_ALREADY_SKIPPED,     409, "already_skipped",        "You have skipped this poll")            \
    X(ERR_CONFLICT,            409, "conflict",               "The request conflicts with what is stored") \
    X(ERR_POLL_CLOSED,         410, "poll_closed",            "The poll is closed")                    \
    X(ERR_TOO_LARGE,           413, "too_large",              "The body is too large")                 \
    X(ERR_URI_TOO_LONG,        414, "uri_too_long",           "The request target is too long")        \
    X(ERR_UNSUPPORTED_MEDIA,   415, "unsupported_media_type", "The body must be application/json")     \
    X(ERR_EXPECTATION_FAILED,  417, "expectation_failed",     "Only 100-continue can be expected")     \
    X(ERR_MISDIRECTED,         421, "misdirected",            "Another process serves this path")      \
    X(ERR_INVALID,             422, "invalid",                "The values break a rule")               \
    X(ERR_UNKNOWN_OPTION,      422, "unknown_option",         "The poll has no such option")           \
    X(ERR_POLL_NOT_OPEN,       425, "poll_not_open",          "The poll has not opened yet")           \
    X(ERR_UPGRADE_REQUIRED,    426, "upgrade_required",       "This path speaks WebSocket")            \
    X(ERR_RATE_LIMITED,        429, "rate_limited",           "Too many requests")                     \
    X(ERR_DAILY_LIMIT,         429, "daily_limit",            "No votes are left today")               \
    X(ERR_HEADERS_TOO_LARGE,   431, "headers_too_large",      "The request's headers are too large")   \
    X(ERR_INTERNAL,            500, "internal",               "The server failed")                     \
    X(ERR_NOT_IMPLEMENTED,     501, "not_implemented",        "The server does not know that method or coding") \
    X(ERR_OVERLOADED,          503, "overloaded",             "The server is at its limit; nothing was done")   \
    X(ERR_UNAVAILABLE,         503, "unavailable",            "Storage is unavailable; nothing was done")       \
    X(ERR_HTTP_VERSION,        505, "http_version",           "Only HTTP/1.0 and HTTP/1.1 are spoken here")
/* clang-format on */

#endif
