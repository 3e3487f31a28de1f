/* jwt.h — our tokens: JSON Web Tokens (RFC 7519), only with HS256.
 *
 *   {"alg":"HS256","typ":"JWT"}
 *   {"sub":"7","iat":1767225600,"exp":1767312000,"kind":"user"}
 *
 * The token in a session cookie has one more claim, `"sid":"0f1e2d3c4b5a6978"`, the
 * session. It lasts longer and is renewed while in use; the sid stays the same, so that
 * signing out can end whatever was opened in the session.
 *
 * DESIGN
 *
 * A verifier accepts what jwt_mint() writes, byte for byte, and refuses everything else
 * (RFC 8725): the header is compared, never read, so no token can choose its algorithm;
 * the signature is checked before the claims are read; the claims are these in this
 * order. Most tokens in a crowd are seen for the first time, so checking one is fast
 * (about a microsecond, mostly HMAC). The verifier finds tokens that it has seen in a
 * small cache, and compares them as a whole. It checks expiry and revocation every
 * time.
 *
 * A token ends at its `exp`, or when the lifetime configured now for its kind has
 * passed since its `iat`: so shorter lifetimes also apply to tokens already issued, and
 * no token lasts longer than its user's end is remembered (revocations.h).
 *
 * Shapes     a user is 1..2^32-1.
 * Units      _ms are milliseconds since the Unix epoch; `iat` and `exp` are whole
 *            seconds of it, rounded down.
 * Ownership  _new() gives the object to the caller, who ends it with _free() (accepts
 *            NULL; returns NULL). A verifier borrows its signer and its revocations.
 * Errors     jwt_verify(): ERR_UNAUTHORIZED, whatever the reason.
 *            _new(): ERR_INVALID, ERR_UNAVAILABLE (OpenSSL has no HMAC to give).
 * Threads    a signer is constant: any thread. A verifier: one at a time (one a loop).
 */
#ifndef AUTH_JWT_H
#define AUTH_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/revocations.h"
#include "base/str.h"
#include "tbl/limits.h"

enum {
    JWT_TEXT_BYTES = 216,       /* our longest token, and its terminator */
    JWT_SECRET_BYTES_GOOD = 32, /* RFC 7518, 3.2: no shorter than the hash */
    JWT_LEEWAY_MS = 60000,      /* how far `iat` may be in the future: clocks differ */
    JWT_CACHE_TOKENS = 8192     /* per verifier: 2.1 MiB */
};

struct identity {
    uint32_t user;
    bool guest;
    uint64_t session; /* of a cookie's token; 0: another token */
    int64_t issued_ms, expires_ms;
};

/* How long each kind of token lasts. */
struct jwt_lifetimes {
    int64_t token_ms;         /* in an answer's body */
    int64_t guest_session_ms; /* in a cookie */
    int64_t user_session_ms;
};

struct token {
    char text[JWT_TEXT_BYTES]; /* terminated */
    size_t len;
    struct identity identity;
};

struct jwt_signer;
struct jwt_verifier;

/* ERR_INVALID: the secret is empty, or a lifetime shorter than a second. A secret
 * shorter than JWT_SECRET_BYTES_GOOD works; the caller should warn about it. */
int jwt_signer_new(struct str secret, const struct jwt_lifetimes *lifetimes,
                   struct jwt_signer **ret_signer);
struct jwt_signer *jwt_signer_free(struct jwt_signer *s);
/* The longest lifetime: the end of a user's tokens matters that long. */
int64_t jwt_longest_ms(const struct jwt_lifetimes *lifetimes);

/* Make a token issued at issued_ms: see revocations_issue_ms(). */
int jwt_mint(const struct jwt_signer *s, uint32_t user, bool guest, int64_t issued_ms,
             struct token *ret_token);
/* The same for a cookie; session 0 begins a new one. */
int jwt_mint_session(const struct jwt_signer *s, uint32_t user, bool guest,
                     uint64_t session, int64_t issued_ms, struct token *ret_token);

/* revocations may be NULL: nothing is ever revoked. */
int jwt_verifier_new(const struct jwt_signer *s, struct revocations *revocations,
                     struct jwt_verifier **ret_verifier);
struct jwt_verifier *jwt_verifier_free(struct jwt_verifier *v);

int jwt_verify(struct jwt_verifier *v, struct str token, int64_t now_ms,
               struct identity *ret_identity);

/* How many good tokens were found in the cache, and how many were not; any thread. */
uint64_t jwt_cache_hits(const struct jwt_verifier *v);
uint64_t jwt_cache_misses(const struct jwt_verifier *v);

#endif
