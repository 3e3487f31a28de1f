#include "api/session.h"

#include "app/app.h"
#include "app/call.h"
#include "app/origin.h"
#include "app/proxy.h"
#include "auth/jwt.h"
#include "base/err.h"
#include "net/http.h"

/* {"id", "kind"} of a guest; of a user with username, email and createdAt too. */
static void view_account(struct buf *out, const struct account *a)
{
    buf_text(out, "{\"id\":");
    buf_u64(out, a->id);
    if (!a->guest) {
        buf_text(out, ",\"username\":");
        buf_json_str(out, str_of(a->username));
        buf_text(out, ",\"email\":");
        buf_json_str(out, str_of(a->email));
        buf_text(out, ",\"createdAt\":");
        buf_json_time(out, a->created_ms);
    }
    buf_text(out, a->guest ? ",\"kind\":\"guest\"}" : ",\"kind\":\"user\"}");
}

static void add_cookie(struct call *c, struct str token, int64_t max_age_s)
{
    struct buf cookie = {0};

    if (!origin_may_use_cookie(c))
        return;
    buf_text(&cookie, "pollux_session=");
    buf_str_add(&cookie, token);
    buf_text(&cookie, "; Path=/; Max-Age=");
    buf_i64(&cookie, max_age_s);
    buf_text(&cookie, "; HttpOnly; SameSite=Lax");
    if (proxy_client_uses_tls(c))
        buf_text(&cookie, "; Secure");
    http_add_header(c->req, "Set-Cookie", buf_str(&cookie));
    buf_done(&cookie);
}

int session_write_token(struct call *c, const struct account *a, int64_t issued_ms)
{
    struct buf *out = call_out(c);
    struct token token;
    int rc = jwt_mint(c->app->signer, a->id, a->guest, issued_ms, &token);

    if (rc != 0)
        return rc;
    buf_text(out, "\"token\":\"");
    buf_add(out, token.text, token.len);
    buf_text(out, "\",\"expiresAt\":");
    buf_json_time(out, token.identity.expires_ms);
    add_cookie(c, (struct str){token.text, token.len},
               jwt_lifetime_ms(c->app->signer) / 1000);
    return 0;
}

void session_reply(struct call *c, int status, const struct account *a,
                   int64_t issued_ms)
{
    struct buf *out = call_out(c);
    int rc;

    buf_text(out, "{\"user\":");
    view_account(out, a);
    buf_char(out, ',');
    rc = session_write_token(c, a, issued_ms);
    if (rc != 0) {
        call_fail(c, rc, NULL);
        return;
    }
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, status);
}

void session_reply_ended(struct call *c)
{
    add_cookie(c, (struct str){NULL, 0}, 0);
    call_no_content(c);
}
