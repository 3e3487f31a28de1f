/* routes.h — every path that the server answers: one line each.
 *
 *   method, path ({id}: a positive integer; {file}: one segment of anything; {page}:
 *   the name of a file that the web page has in its root, as favicon.svg), whose role
 *   it is, who may call, handler (app/handlers.h)
 *
 * Role: the processes of a cluster that answer it (config/roles.h); EACH: all of them.
 * A path has one role, whatever the method: deploy/nginx sends requests on by their
 * path.
 * Who: ANYONE: a token is not looked at. OPTIONAL: without a token too, but one that is
 * sent must be good. VOTER: any token, a guest's too. REGISTERED: a registered user's.
 * The most frequent comes first: they are tried in this order.
 */
#ifndef TBL_ROUTES_H
#define TBL_ROUTES_H

/* clang-format off */
#define ROUTE_TABLE(X)                                                                      \
    X(POST,   "/api/polls/{id}/vote",         VOTES, VOTER,      handle_vote)               \
    X(GET,    "/api/polls/{id}/results",      LIVE,  OPTIONAL,   handle_results)            \
    X(GET,    "/healthz",                     EACH,  ANYONE,     handle_healthz)            \
    X(POST,   "/api/auth/guest",              POLLS, ANYONE,     handle_guest)              \
    X(GET,    "/api/polls/{id}",              POLLS, OPTIONAL,   handle_poll)               \
    X(GET,    "/ws/polls/{id}",               LIVE,  OPTIONAL,   handle_ws_poll)            \
    X(GET,    "/ws",                          LIVE,  OPTIONAL,   handle_ws)                 \
    X(GET,    "/api/polls/{id}/live",         LIVE,  OPTIONAL,   handle_sse_poll)           \
    X(GET,    "/api/live",                    LIVE,  OPTIONAL,   handle_sse)                \
    X(POST,   "/api/votes",                   VOTES, VOTER,      handle_votes)              \
    X(PUT,    "/api/polls/{id}/vote",         VOTES, VOTER,      handle_vote_change)        \
    X(DELETE, "/api/polls/{id}/vote",         VOTES, VOTER,      handle_vote_withdraw)      \
    X(POST,   "/api/polls/{id}/skip",         VOTES, VOTER,      handle_skip)               \
    X(DELETE, "/api/polls/{id}/skip",         VOTES, VOTER,      handle_unskip)             \
    X(GET,    "/api/polls",                   POLLS, OPTIONAL,   handle_polls)              \
    X(POST,   "/api/polls",                   POLLS, REGISTERED, handle_poll_create)        \
    X(PATCH,  "/api/polls/{id}",              POLLS, REGISTERED, handle_poll_edit)          \
    X(POST,   "/api/polls/{id}/close",        POLLS, REGISTERED, handle_poll_close)         \
    X(DELETE, "/api/polls/{id}",              POLLS, REGISTERED, handle_poll_delete)        \
    X(GET,    "/api/polls/{id}/stats",        POLLS, OPTIONAL,   handle_stats)              \
    X(GET,    "/api/polls/{id}/results.csv",  POLLS, REGISTERED, handle_results_csv)        \
    X(GET,    "/api/polls/{id}/picture.png",  POLLS, ANYONE,     handle_poll_picture)       \
    X(GET,    "/api/tags",                    POLLS, OPTIONAL,   handle_tags)               \
    X(GET,    "/api/leaderboard",             POLLS, OPTIONAL,   handle_leaderboard)        \
    X(POST,   "/api/auth/register",           POLLS, ANYONE,     handle_register)           \
    X(POST,   "/api/auth/login",              POLLS, ANYONE,     handle_login)              \
    X(POST,   "/api/auth/logout",             POLLS, ANYONE,     handle_logout)             \
    X(POST,   "/api/auth/refresh",            POLLS, VOTER,      handle_refresh)            \
    X(GET,    "/api/users/me",                POLLS, VOTER,      handle_me)                 \
    X(GET,    "/api/users/me/votes",          POLLS, VOTER,      handle_my_votes)           \
    X(GET,    "/api/users/me/skips",          POLLS, VOTER,      handle_my_skips)           \
    X(GET,    "/api/users/me/polls",          POLLS, VOTER,      handle_my_polls)           \
    X(GET,    "/api/users/me/export",         POLLS, VOTER,      handle_my_export)          \
    X(PATCH,  "/api/users/me",                POLLS, REGISTERED, handle_me_change)          \
    X(DELETE, "/api/users/me",                POLLS, VOTER,      handle_me_delete)          \
    X(GET,    "/openapi.yaml",                POLLS, ANYONE,     handle_openapi)            \
    X(GET,    "/docs",                        POLLS, ANYONE,     handle_docs)               \
    X(GET,    "/docs/{file}",                 POLLS, ANYONE,     handle_docs_file)          \
    X(GET,    "/metrics",                     EACH,  ANYONE,     handle_metrics)            \
    X(GET,    "/readyz",                      EACH,  ANYONE,     handle_readyz)             \
    X(GET,    "/",                            POLLS, ANYONE,     handle_page)               \
    X(GET,    "/p/{id}",                      POLLS, ANYONE,     handle_poll_document)      \
    X(GET,    "/present/{id}",                POLLS, ANYONE,     handle_page)               \
    X(GET,    "/embed/{id}",                  POLLS, ANYONE,     handle_poll_document)      \
    X(GET,    "/new",                         POLLS, ANYONE,     handle_page)               \
    X(GET,    "/leaderboard",                 POLLS, ANYONE,     handle_page)               \
    X(GET,    "/account",                     POLLS, ANYONE,     handle_page)               \
    X(GET,    "/sign-in",                     POLLS, ANYONE,     handle_page)               \
    X(GET,    "/register",                    POLLS, ANYONE,     handle_page)               \
    X(GET,    "/assets/{file}",               POLLS, ANYONE,     handle_page_file)          \
    X(GET,    "/{page}",                      POLLS, ANYONE,     handle_page_file)
/* clang-format on */

#endif
