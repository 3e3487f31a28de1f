#include "app/identity.h"

#include "app/app.h"
#include "app/app_loop.h"
#include "app/call.h"
#include "app/origin.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/err.h"
#include "net/http.h"

static int find_bearer(struct str header, struct str *ret_token)
{
    if (header.len < 7 || !str_eq_nocase((struct str){header.at, 7}, STR("Bearer ")))
        return ERR_UNAUTHORIZED;
    *ret_token = str_trim(str_skip(header, 7));
    return ret_token->len > 0 ? 0 : ERR_UNAUTHORIZED;
}

int identity_find_token(struct call *c, struct str *ret_token)
{
    struct str header = http_header(c->req, "authorization");

    *ret_token = (struct str){NULL, 0};
    if (header.at != NULL)
        return find_bearer(header, ret_token);
    *ret_token = http_cookie(c->req, "pollux_session");
    c->by_cookie = ret_token->len > 0;
    return c->by_cookie && !origin_may_use_cookie(c) ? ERR_FOREIGN_ORIGIN : 0;
}

/* A page says for which user it acts, since the cookie may be another user's by now. */
static bool is_expected(const struct call *c)
{
    struct str expected = http_header(c->req, "x-expect-user");
    uint64_t user;

    return expected.at == NULL ||
           (str_to_u64(expected, UINT32_MAX, &user) == 0 && user == c->who.user);
}

int identity_read(struct call *c)
{
    struct str token;
    int rc = identity_find_token(c, &token);

    if (rc == 0 && token.len > 0)
        rc = jwt_verify(c->loop->verifier, token, clock_now_ms(c->app->clock), &c->who);
    if (rc == 0 && !is_expected(c))
        rc = ERR_UNAUTHORIZED;
    return rc;
}
