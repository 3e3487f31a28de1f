/* jwt.h — our tokens: JSON Web Tokens (RFC 7519), HS256, and nothing else.
 *
 *   {"alg":"HS256","typ":"JWT"}
 *   {"sub":"7","iat":1767225600,"exp":1767312000,"kind":"user"}
 *
 * The token in a session cookie has one claim more, `"sid":"0f1e2d3c4b5a6978"`: the
 * session. It lasts longer, is renewed while it is used, and keeps its sid, so that
 * signing out can end whatever was opened in that session.
 *
 * DESIGN
 *
 * A verifier accepts what jwt_mint() writes, byte for byte, and refuses everything else
 * (RFC 8725): the header is compared, never read, so no token can choose its algorithm;
 * the signature is checked before the claims are read; the claims are these in this
 * order. Most tokens in a crowd are seen for the first time, so checking one is
 * fast (about a microsecond, HMAC most of it); a token that was seen is found in a
 * small cache of this verifier's and compared as a whole. Expiry and revocation are
 * asked anew each time.
 *
 * A token ends at its `exp`, or when the lifetime that is configured now for its sort
 * has passed since its `iat`: a lifetime that was made shorter shortens the tokens that
 * are out, and no token outlives the end of its user (revocations.h).
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
    JWT_TEXT_BYTES = 216,       /* the longest token of ours, and its terminator */
    JWT_SECRET_BYTES_GOOD = 32, /* RFC 7518, 3.2: no shorter than the hash */
    JWT_LEEWAY_MS = 60000,      /* how far `iat` may lie ahead: clocks differ */
    JWT_CACHE_TOKENS = 8192     /* of a verifier: 2.1 MiB */
};

struct identity {
    uint32_t user;
    bool guest;
    uint64_t session; /* the cookie's; 0: a token that is in none */
    int64_t issued_ms, expires_ms;
};

/* How long tokens last, by their sort. */
struct jwt_lifetimes {
    int64_t token_ms;         /* of an answer */
    int64_t guest_session_ms; /* of a cookie */
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
 * shorter than JWT_SECRET_BYTES_GOOD works, and is the caller's to warn of. */
int jwt_signer_new(struct str secret, const struct jwt_lifetimes *lifetimes,
                   struct jwt_signer **ret_signer);
struct jwt_signer *jwt_signer_free(struct jwt_signer *s);
/* The longest of them: an end of a user's tokens matters for so long. */
int64_t jwt_longest_ms(const struct jwt_lifetimes *lifetimes);

/* A token as of issued_ms: see revocations_issue_ms(). */
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

/* How many good tokens were in the cache, and how many were not; any thread. */
uint64_t jwt_cache_hits(const struct jwt_verifier *v);
uint64_t jwt_cache_misses(const struct jwt_verifier *v);

#endif
