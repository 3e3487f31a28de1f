/* routes.h — every path that the server answers: one line each.
 *
 *   method, path ({id}: a positive integer; {file}: one segment of anything; {page}:
 *   the name of a file that the web page has in its root, as favicon.svg), who may
 * call, handler (app/handlers.h)
 *
 * Who: ANYONE: a token is not looked at. OPTIONAL: without a token too, but one that is
 * sent must be good. VOTER: any token, a guest's too. REGISTERED: a registered user's.
 * The most frequent comes first: they are tried in this order.
 */
#ifndef TBL_ROUTES_H
#define TBL_ROUTES_H

/* clang-format off */
#define ROUTE_TABLE(X)                                                       \
    X(POST,   "/api/polls/{id}/vote",    VOTER,      handle_vote)            \
    X(GET,    "/api/polls/{id}/results", OPTIONAL,   handle_results)         \
    X(GET,    "/healthz",                ANYONE,     handle_healthz)         \
    X(POST,   "/api/auth/guest",         ANYONE,     handle_guest)           \
    X(GET,    "/api/polls/{id}",         OPTIONAL,   handle_poll)            \
    X(GET,    "/ws/polls/{id}",          OPTIONAL,   handle_ws_poll)         \
    X(GET,    "/ws",                     OPTIONAL,   handle_ws)              \
    X(GET,    "/api/polls/{id}/live",    OPTIONAL,   handle_sse_poll)        \
    X(GET,    "/api/live",               OPTIONAL,   handle_sse)             \
    X(POST,   "/api/votes",              VOTER,      handle_votes)           \
    X(PUT,    "/api/polls/{id}/vote",    VOTER,      handle_vote_change)     \
    X(DELETE, "/api/polls/{id}/vote",    VOTER,      handle_vote_withdraw)   \
    X(POST,   "/api/polls/{id}/skip",    VOTER,      handle_skip)            \
    X(DELETE, "/api/polls/{id}/skip",    VOTER,      handle_unskip)          \
    X(GET,    "/api/polls",              OPTIONAL,   handle_polls)           \
    X(POST,   "/api/polls",              REGISTERED, handle_poll_create)     \
    X(PATCH,  "/api/polls/{id}",         REGISTERED, handle_poll_edit)       \
    X(POST,   "/api/polls/{id}/close",   REGISTERED, handle_poll_close)      \
    X(DELETE, "/api/polls/{id}",         REGISTERED, handle_poll_delete)     \
    X(GET,    "/api/polls/{id}/stats",   OPTIONAL,   handle_stats)           \
    X(GET,    "/api/polls/{id}/results.csv", REGISTERED, handle_results_csv) \
    X(GET,    "/api/polls/{id}/picture.png", ANYONE,     handle_poll_picture) \
    X(GET,    "/api/tags",               OPTIONAL,   handle_tags)            \
    X(GET,    "/api/leaderboard",        OPTIONAL,   handle_leaderboard)     \
    X(POST,   "/api/auth/register",      ANYONE,     handle_register)        \
    X(POST,   "/api/auth/login",         ANYONE,     handle_login)           \
    X(POST,   "/api/auth/logout",        ANYONE,     handle_logout)          \
    X(POST,   "/api/auth/refresh",       VOTER,      handle_refresh)         \
    X(GET,    "/api/users/me",           VOTER,      handle_me)              \
    X(GET,    "/api/users/me/votes",     VOTER,      handle_my_votes)        \
    X(GET,    "/api/users/me/skips",     VOTER,      handle_my_skips)        \
    X(GET,    "/api/users/me/polls",     VOTER,      handle_my_polls)        \
    X(GET,    "/api/users/me/export",    VOTER,      handle_my_export)       \
    X(PATCH,  "/api/users/me",           REGISTERED, handle_me_change)       \
    X(DELETE, "/api/users/me",           VOTER,      handle_me_delete)       \
    X(GET,    "/openapi.yaml",           ANYONE,     handle_openapi)         \
    X(GET,    "/docs",                   ANYONE,     handle_docs)            \
    X(GET,    "/docs/{file}",            ANYONE,     handle_docs_file)       \
    X(GET,    "/metrics",                ANYONE,     handle_metrics)         \
    X(GET,    "/readyz",                 ANYONE,     handle_readyz)          \
    X(GET,    "/",                       ANYONE,     handle_page)            \
    X(GET,    "/p/{id}",                 ANYONE,     handle_poll_document)   \
    X(GET,    "/present/{id}",           ANYONE,     handle_page)            \
    X(GET,    "/embed/{id}",             ANYONE,     handle_poll_document)   \
    X(GET,    "/new",                    ANYONE,     handle_page)            \
    X(GET,    "/leaderboard",            ANYONE,     handle_page)            \
    X(GET,    "/account",                ANYONE,     handle_page)            \
    X(GET,    "/sign-in",                ANYONE,     handle_page)            \
    X(GET,    "/register",               ANYONE,     handle_page)            \
    X(GET,    "/assets/{file}",          ANYONE,     handle_page_file)       \
    X(GET,    "/{page}",                 ANYONE,     handle_page_file)
/* clang-format on */

#endif
