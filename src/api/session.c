#include "api/session.h"

#include "app/app.h"
#include "app/call.h"
#include "app/origin.h"
#include "app/proxy.h"
#include "app/watchers.h"
#include "auth/jwt.h"
#include "base/err.h"
#include "net/http.h"

/* {"id", "kind"} for a guest; users also have username, email and createdAt. */
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

/* session 0 begins a new one. */
static int add_session(struct call *c, uint32_t user, bool guest, uint64_t session,
                       int64_t issued_ms)
{
    struct token token;
    int rc = jwt_mint_session(c->app->signer, user, guest, session, issued_ms, &token);

    if (rc != 0)
        return rc;
    add_cookie(c, (struct str){token.text, token.len},
               (token.identity.expires_ms - token.identity.issued_ms) / 1000);
    return 0;
}

static int write_token(struct call *c, const struct account *a, int64_t issued_ms)
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
    return 0;
}

bool session_may_begin(struct call *c)
{
    bool may = origin_may_use_cookie(c);

    if (!may)
        call_fail(c, ERR_FOREIGN_ORIGIN, ORIGIN_REFUSED);
    return may;
}

void session_renew(struct call *c)
{
    const struct identity *who = &c->who;
    int64_t now_ms = clock_now_ms(c->app->clock), issued_ms;

    if (now_ms - who->issued_ms < (who->expires_ms - who->issued_ms) / 4)
        return;
    issued_ms = revocations_issue_ms(c->app->revocations, who->user, now_ms);
    if (!revocations_hit(c->app->revocations, who->user, who->issued_ms))
        (void)add_session(c, who->user, who->guest, who->session, issued_ms);
}

int session_write_token(struct call *c, const struct account *a, int64_t issued_ms)
{
    int rc = write_token(c, a, issued_ms);

    return rc != 0 ? rc : add_session(c, a->id, a->guest, 0, issued_ms);
}

/* cookie_rc: the error of making the cookie, or 0. */
static void reply(struct call *c, int status, const struct account *a,
                  int64_t issued_ms, int cookie_rc)
{
    struct buf *out = call_out(c);
    int rc;

    buf_text(out, "{\"user\":");
    view_account(out, a);
    buf_char(out, ',');
    rc = write_token(c, a, issued_ms);
    if (rc == 0)
        rc = cookie_rc;
    if (rc != 0) {
        call_fail(c, rc, NULL);
        return;
    }
    buf_char(out, '}');
    http_add_header(c->req, "Cache-Control", STR("no-store"));
    call_reply(c, status);
}

void session_reply(struct call *c, int status, const struct account *a,
                   int64_t issued_ms)
{
    reply(c, status, a, issued_ms, add_session(c, a->id, a->guest, 0, issued_ms));
}

void session_reply_renewed(struct call *c, const struct account *a, int64_t issued_ms)
{
    int rc = 0;

    if (c->by_cookie)
        rc = add_session(c, a->id, a->guest, c->who.session, issued_ms);
    reply(c, 200, a, issued_ms, rc);
}

void session_end_tokens(struct app *app, uint32_t user, int64_t end_ms)
{
    revocations_add(app->revocations, user, end_ms);
    app->watchers->tokens_ended(app, user, end_ms); /* last: none opens anew */
}

void session_reply_ended(struct call *c)
{
    add_cookie(c, (struct str){NULL, 0}, 0);
    call_no_content(c);
}
