#include "auth/jwt.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>
#include <string.h>

#include "auth/base64url.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/metric.h"

/* {"alg":"HS256","typ":"JWT"} and the dot behind it. */
static const char HEADER[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

enum {
    HEADER_CHARS = sizeof HEADER - 1,
    MAC_BYTES = 32,
    MAC_CHARS = BASE64URL_CHARS(MAC_BYTES),
    SID_CHARS = 16,
    CLAIMS_MAX = 97, /* with twelve digits per time, and a session */
    CLAIMS_BYTES = 112,
    CACHE_WAYS = 4,
    CACHE_SETS = JWT_CACHE_TOKENS / CACHE_WAYS,
    MIX_WORDS = MAC_CHARS / 8, /* covers 40 of a signature's 43 characters */
};

static_assert((int)JWT_TEXT_BYTES <= (int)LIMIT_TOKEN_BYTES,
              "a token of ours is refused");
static_assert(HEADER_CHARS + BASE64URL_CHARS(CLAIMS_MAX) + 1 + MAC_CHARS <
                  JWT_TEXT_BYTES,
              "the longest token has no room");

static const int64_t SECONDS_MAX = INT64_C(253402300799); /* the end of the year 9999 */

struct jwt_signer {
    EVP_MAC_CTX *keyed; /* only a template: copied wherever one is needed */
    struct jwt_lifetimes lifetimes;
};

/* A verified token, and whom it names. */
struct seen {
    struct identity identity;
    uint8_t len;
    char text[JWT_TEXT_BYTES - 1];
};

struct jwt_verifier {
    EVP_MAC_CTX *mac; /* keyed; restarted for each token */
    struct jwt_lifetimes lifetimes;
    struct revocations *revocations;
    struct counter hits, misses;
    uint64_t mix[MIX_WORDS]; /* the random key of the cache's hash */
    uint64_t tags[CACHE_SETS][CACHE_WAYS];
    uint8_t next_way[CACHE_SETS]; /* the oldest, to be overwritten next */
    struct seen seen[CACHE_SETS][CACHE_WAYS];
};

/* --- signing --- */

static EVP_MAC_CTX *new_keyed_mac(struct str secret)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac); /* accepts NULL */

    EVP_MAC_free(hmac); /* the context keeps its own reference */
    if (mac != NULL &&
        !EVP_MAC_init(mac, (const unsigned char *)secret.at, secret.len, params)) {
        EVP_MAC_CTX_free(mac);
        mac = NULL;
    }
    return mac;
}

/* Write the signature's characters. mac must be restarted before the next. */
static bool sign(EVP_MAC_CTX *mac, const char *text, size_t len,
                 char ret_chars[MAC_CHARS])
{
    uint8_t bytes[MAC_BYTES];
    size_t n = 0;

    if (!EVP_MAC_update(mac, (const unsigned char *)text, len) ||
        !EVP_MAC_final(mac, bytes, &n, sizeof bytes) || n != sizeof bytes)
        return false; /* untested: out of memory in OpenSSL */
    base64url_encode(bytes, sizeof bytes, ret_chars);
    return true;
}

static int64_t whole_seconds(int64_t ms)
{
    return ms / 1000 * 1000;
}

int jwt_signer_new(struct str secret, const struct jwt_lifetimes *lifetimes,
                   struct jwt_signer **ret_signer)
{
    EVP_MAC_CTX *keyed;
    struct jwt_signer *s;

    if (secret.len == 0 || lifetimes->token_ms < 1000 ||
        lifetimes->guest_session_ms < 1000 || lifetimes->user_session_ms < 1000)
        return ERR_INVALID;
    keyed = new_keyed_mac(secret);
    if (keyed == NULL)
        return ERR_UNAVAILABLE; /* untested: no OpenSSL without HMAC at hand */
    s = mem_zalloc(1, sizeof *s);
    s->keyed = keyed;
    s->lifetimes = (struct jwt_lifetimes){
        .token_ms = whole_seconds(lifetimes->token_ms),
        .guest_session_ms = whole_seconds(lifetimes->guest_session_ms),
        .user_session_ms = whole_seconds(lifetimes->user_session_ms)};
    *ret_signer = s;
    return 0;
}

struct jwt_signer *jwt_signer_free(struct jwt_signer *s)
{
    if (s != NULL) {
        EVP_MAC_CTX_free(s->keyed);
        mem_free(s);
    }
    return NULL;
}

int64_t jwt_longest_ms(const struct jwt_lifetimes *l)
{
    int64_t session_ms = l->guest_session_ms > l->user_session_ms ? l->guest_session_ms
                                                                  : l->user_session_ms;

    return l->token_ms > session_ms ? l->token_ms : session_ms;
}

static int64_t lifetime_of(const struct jwt_lifetimes *l, const struct identity *id)
{
    if (id->session == 0)
        return l->token_ms;
    return id->guest ? l->guest_session_ms : l->user_session_ms;
}

static char *put_text(char *at, const char *text)
{
    size_t n = strlen(text);

    memcpy(at, text, n);
    return at + n;
}

static char *put_hex(char *at, uint64_t n)
{
    for (int shift = 4 * (SID_CHARS - 1); shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[n >> shift & 15];
    return at;
}

/* Write the claims that scan_claims() reads; change both together. */
static size_t write_claims(const struct identity *id, char ret_claims[CLAIMS_BYTES])
{
    char *at = ret_claims;

    at = put_text(at, "{\"sub\":\"");
    at = str_put_u64(at, id->user);
    at = put_text(at, "\",\"iat\":");
    at = str_put_u64(at, (uint64_t)id->issued_ms / 1000);
    at = put_text(at, ",\"exp\":");
    at = str_put_u64(at, (uint64_t)id->expires_ms / 1000);
    at = put_text(at, ",\"kind\":\"");
    at = put_text(at, id->guest ? "guest\"" : "user\"");
    if (id->session != 0) {
        at = put_text(at, ",\"sid\":\"");
        at = put_hex(at, id->session);
        *at++ = '"';
    }
    *at++ = '}';
    return (size_t)(at - ret_claims);
}

/* id is complete except for the times. */
static int mint(const struct jwt_signer *s, struct identity id, int64_t issued_ms,
                struct token *ret_token)
{
    EVP_MAC_CTX *mac;
    char claims[CLAIMS_BYTES], *at = ret_token->text;
    bool signed_;

    id.issued_ms = whole_seconds(issued_ms);
    id.expires_ms = id.issued_ms + lifetime_of(&s->lifetimes, &id);
    assert(id.user != 0 && issued_ms > 0 && id.expires_ms / 1000 <= SECONDS_MAX);
    at = put_text(at, HEADER);
    at += base64url_encode(claims, write_claims(&id, claims), at);

    mac = EVP_MAC_CTX_dup(s->keyed);
    signed_ = mac != NULL &&
              sign(mac, ret_token->text, (size_t)(at - ret_token->text), at + 1);
    EVP_MAC_CTX_free(mac);
    if (!signed_)
        return ERR_UNAVAILABLE; /* untested: out of memory in OpenSSL */
    *at = '.';
    at += 1 + MAC_CHARS;
    *at = '\0';
    ret_token->len = (size_t)(at - ret_token->text);
    ret_token->identity = id;
    return 0;
}

int jwt_mint(const struct jwt_signer *s, uint32_t user, bool guest, int64_t issued_ms,
             struct token *ret_token)
{
    return mint(s, (struct identity){.user = user, .guest = guest}, issued_ms,
                ret_token);
}

int jwt_mint_session(const struct jwt_signer *s, uint32_t user, bool guest,
                     uint64_t session, int64_t issued_ms, struct token *ret_token)
{
    struct identity id = {.user = user, .guest = guest, .session = session};

    while (id.session == 0)
        randombytes_buf(&id.session, sizeof id.session);
    return mint(s, id, issued_ms, ret_token);
}

/* --- verifying --- */

int jwt_verifier_new(const struct jwt_signer *s, struct revocations *revocations,
                     struct jwt_verifier **ret_verifier)
{
    EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(s->keyed);
    struct jwt_verifier *v;

    if (mac == NULL || sodium_init() < 0) {
        EVP_MAC_CTX_free(mac);
        return ERR_UNAVAILABLE; /* untested: out of memory in OpenSSL */
    }
    v = mem_zalloc(1, sizeof *v);
    v->mac = mac;
    v->lifetimes = s->lifetimes;
    v->revocations = revocations;
    randombytes_buf(v->mix, sizeof v->mix);
    *ret_verifier = v;
    return 0;
}

struct jwt_verifier *jwt_verifier_free(struct jwt_verifier *v)
{
    if (v != NULL) {
        EVP_MAC_CTX_free(v->mac);
        mem_free(v);
    }
    return NULL;
}

static bool scan_text(struct str *s, struct str want)
{
    if (!str_starts(*s, want))
        return false;
    *s = str_skip(*s, want.len);
    return true;
}

/* 1..max, without leading zeros. */
static bool scan_number(struct str *s, int64_t max, int64_t *ret_n)
{
    int64_t n = 0;
    size_t i = 0;

    if (s->len > 0 && s->at[0] == '0')
        return false;
    for (; i < s->len && s->at[i] >= '0' && s->at[i] <= '9'; i++) {
        n = n * 10 + (s->at[i] - '0');
        if (n > max)
            return false;
    }
    *s = str_skip(*s, i);
    *ret_n = n;
    return i > 0;
}

/* 16 digits, as put_hex() writes them. 0 is no session. */
static bool scan_session(struct str *s, uint64_t *ret_session)
{
    uint64_t n = 0;

    if (s->len < SID_CHARS)
        return false;
    for (size_t i = 0; i < SID_CHARS; i++) {
        char c = s->at[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
        n = n << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *s = str_skip(*s, SID_CHARS);
    *ret_session = n;
    return n != 0;
}

static bool scan_claims(struct str s, struct identity *ret_identity)
{
    int64_t user, issued_s, expires_s;
    uint64_t session = 0;
    bool guest;

    if (!scan_text(&s, STR("{\"sub\":\"")) || !scan_number(&s, UINT32_MAX, &user) ||
        !scan_text(&s, STR("\",\"iat\":")) ||
        !scan_number(&s, SECONDS_MAX, &issued_s) || !scan_text(&s, STR(",\"exp\":")) ||
        !scan_number(&s, SECONDS_MAX, &expires_s) ||
        !scan_text(&s, STR(",\"kind\":\"")))
        return false;
    guest = scan_text(&s, STR("guest\""));
    if (!guest && !scan_text(&s, STR("user\"")))
        return false;
    if (scan_text(&s, STR(",\"sid\":\"")) &&
        (!scan_session(&s, &session) || !scan_text(&s, STR("\""))))
        return false;
    if (!str_eq(s, STR("}")))
        return false;
    *ret_identity = (struct identity){.user = (uint32_t)user,
                                      .guest = guest,
                                      .session = session,
                                      .issued_ms = issued_s * 1000,
                                      .expires_ms = expires_s * 1000};
    return true;
}

static bool authentic(struct jwt_verifier *v, struct str token)
{
    char want[MAC_CHARS];
    size_t n_signed = token.len - MAC_CHARS - 1;

    if (memcmp(token.at, HEADER, HEADER_CHARS) != 0 || token.at[n_signed] != '.')
        return false;
    /* no key given: keeps the one it has */
    if (!EVP_MAC_init(v->mac, NULL, 0, NULL) || !sign(v->mac, token.at, n_signed, want))
        return false;
    /* Compare as text, so that only one spelling of a signature is accepted. */
    return CRYPTO_memcmp(want, token.at + n_signed + 1, MAC_CHARS) == 0;
}

static bool read_token(struct jwt_verifier *v, struct str token, int64_t now_ms,
                       struct identity *ret_identity)
{
    struct str claims = str_skip(token, HEADER_CHARS);
    char bytes[CLAIMS_BYTES];
    struct identity id;
    int64_t lifetime_ms;
    size_t n;

    if (!authentic(v, token))
        return false;
    claims.len -= MAC_CHARS + 1;
    if (base64url_decode(claims, bytes, sizeof bytes, &n) != 0 ||
        !scan_claims((struct str){bytes, n}, &id))
        return false;
    if (id.issued_ms >= id.expires_ms || id.issued_ms > now_ms + JWT_LEEWAY_MS)
        return false;
    lifetime_ms = lifetime_of(&v->lifetimes, &id);
    if (id.expires_ms > id.issued_ms + lifetime_ms)
        id.expires_ms = id.issued_ms + lifetime_ms;
    *ret_identity = id;
    return true;
}

/* A multiplicative hash of the signature, which is random already; the key prevents
 * clients from choosing where their tokens go. Only a token with nearly the whole
 * signature right gets as far as comparing texts, so the time that takes reveals
 * nothing. */
static uint64_t tag_of(const struct jwt_verifier *v, struct str token)
{
    const char *signature = token.at + token.len - MAC_CHARS;
    uint64_t tag = 0;

    for (size_t i = 0; i < MIX_WORDS; i++) {
        unsigned __int128 product;
        uint64_t word;

        memcpy(&word, signature + 8 * i, sizeof word);
        product = (unsigned __int128)(word ^ v->mix[i]) *
                  ((tag ^ UINT64_C(0x9e3779b97f4a7c15)) | 1);
        tag = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    return tag;
}

static bool find(const struct jwt_verifier *v, uint64_t tag, struct str token,
                 struct identity *ret_identity)
{
    size_t set = tag % CACHE_SETS;

    for (size_t way = 0; way < CACHE_WAYS; way++) {
        const struct seen *seen = &v->seen[set][way];

        if (v->tags[set][way] != tag ||
            !str_eq(token, (struct str){seen->text, seen->len}))
            continue;
        *ret_identity = seen->identity;
        return true;
    }
    return false;
}

static void keep(struct jwt_verifier *v, uint64_t tag, struct str token,
                 const struct identity *id)
{
    size_t set = tag % CACHE_SETS, way = v->next_way[set];
    struct seen *seen = &v->seen[set][way];

    v->next_way[set] = (uint8_t)((way + 1) % CACHE_WAYS);
    v->tags[set][way] = tag;
    seen->identity = *id;
    seen->len = (uint8_t)token.len;
    memcpy(seen->text, token.at, token.len);
}

static bool ended(const struct jwt_verifier *v, const struct identity *id,
                  int64_t now_ms)
{
    return now_ms >= id->expires_ms ||
           (v->revocations != NULL &&
            revocations_hit(v->revocations, id->user, id->issued_ms));
}

int jwt_verify(struct jwt_verifier *v, struct str token, int64_t now_ms,
               struct identity *ret_identity)
{
    struct identity id;
    uint64_t tag;
    bool hit;

    if (token.len <= HEADER_CHARS + MAC_CHARS + 1 || token.len >= JWT_TEXT_BYTES)
        return ERR_UNAUTHORIZED;
    tag = tag_of(v, token);
    hit = find(v, tag, token, &id);
    if (!hit && !read_token(v, token, now_ms, &id))
        return ERR_UNAUTHORIZED;
    if (ended(v, &id, now_ms))
        return ERR_UNAUTHORIZED;
    counter_add(hit ? &v->hits : &v->misses, 1);
    if (!hit)
        keep(v, tag, token, &id);
    *ret_identity = id;
    return 0;
}

uint64_t jwt_cache_hits(const struct jwt_verifier *v)
{
    return counter_get(&v->hits);
}

uint64_t jwt_cache_misses(const struct jwt_verifier *v)
{
    return counter_get(&v->misses);
}
