/* test_jwt.c — a verifier takes what the signer writes and nothing else.
 *
 * The vectors were computed with Python's hmac and `openssl dgst`; everything that is
 * forged here is signed with libsodium's HMAC, not with the code under test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "auth/base64url.h"
#include "auth/jwt.h"
#include "base/err.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
#define CLAIMS                                                                         \
    "eyJzdWIiOiI3IiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3NjczMTIwMDAsImtpbmQiOiJ1c2VyIn0"
#define SIGNATURE "vhnvnzsW9tEO-hN_jXl0jAvpld0E7QgRQ8CQDG3a3xM"
#define USER_7 HEADER "." CLAIMS "." SIGNATURE
#define LAST_GUEST                                                                     \
    HEADER ".eyJzdWIiOiI0Mjk0OTY3Mjk1IiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3NjczMTIwMDAs" \
           "ImtpbmQiOiJndWVzdCJ9.xajQ4I3V8zQEOOEE1E4dCPAf8Z_sSvYFso_pyXZj0d0"
#define GUEST_SESSION                                                                  \
    HEADER ".eyJzdWIiOiI3IiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3ODI3Nzc2MDAs"             \
           "ImtpbmQiOiJndWVzdCIsInNpZCI6IjBmMWUyZDNjNGI1YTY5NzgifQ."                   \
           "NqsrBUbT2Y8Ob5a9c3dP6jUHry3ZyelVw_bSTlQaiQc"

static const int64_t IAT = INT64_C(1767225600000);
static const int64_t DAY = 86400000;
static const struct jwt_lifetimes LIFETIMES = {.token_ms = 86400000,
                                               .guest_session_ms = 180 * 86400000LL,
                                               .user_session_ms = 30 * 86400000LL};

struct fixture {
    struct jwt_signer *signer;
    struct revocations *revocations;
    struct jwt_verifier *verifier;
};

static int set_up(void **state)
{
    static struct fixture f;

    assert_int_equal(jwt_signer_new(STR(SECRET), &LIFETIMES, &f.signer), 0);
    f.revocations = revocations_new();
    assert_int_equal(jwt_verifier_new(f.signer, f.revocations, &f.verifier), 0);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    f->verifier = jwt_verifier_free(f->verifier);
    f->revocations = revocations_free(f->revocations);
    f->signer = jwt_signer_free(f->signer);
    return 0;
}

/* header.claims.signature, signed with the right secret whatever they say. */
static struct str forge_encoded(const char *header, const char *claims, char *out,
                                size_t size)
{
    crypto_auth_hmacsha256_state st;
    uint8_t mac[32];
    char signature[44] = {0};
    size_t n = (size_t)snprintf(out, size, "%s.%s", header, claims);

    crypto_auth_hmacsha256_init(&st, (const uint8_t *)SECRET, strlen(SECRET));
    crypto_auth_hmacsha256_update(&st, (const uint8_t *)out, n);
    crypto_auth_hmacsha256_final(&st, mac);
    base64url_encode(mac, sizeof mac, signature);
    snprintf(out + n, size - n, ".%s", signature);
    return str_of(out);
}

static struct str forge(const char *header, const char *claims, char *out, size_t size)
{
    char h[200] = {0}, c[400] = {0};

    base64url_encode(header, strlen(header), h);
    base64url_encode(claims, strlen(claims), c);
    return forge_encoded(h, c, out, size);
}

static int verify(struct fixture *f, const char *token, int64_t now_ms)
{
    struct identity id;

    return jwt_verify(f->verifier, str_of(token), now_ms, &id);
}

static void mints_what_others_would(void **state)
{
    struct fixture *f = *state;
    struct token t;

    assert_int_equal(jwt_mint(f->signer, 7, false, IAT + 999, &t), 0);
    assert_string_equal(t.text, USER_7);
    assert_int_equal(t.len, strlen(USER_7));
    assert_int_equal(t.identity.user, 7);
    assert_false(t.identity.guest);
    assert_int_equal(t.identity.issued_ms, IAT);
    assert_int_equal(t.identity.expires_ms, IAT + DAY);

    assert_int_equal(jwt_mint(f->signer, UINT32_MAX, true, IAT, &t), 0);
    assert_string_equal(t.text, LAST_GUEST);
    assert_true(t.identity.guest);
}

static void the_longest_token_has_room(void **state)
{
    struct fixture *f = *state;
    struct token t;
    int64_t late = (INT64_C(253402300799) - 86400) * 1000;

    assert_int_equal(
        jwt_mint_session(f->signer, UINT32_MAX, true, UINT64_MAX, late - 180 * DAY, &t),
        0);
    assert_int_equal(verify(f, t.text, late - 1), 0);
    assert_true(t.len < JWT_TEXT_BYTES);
    assert_int_equal(jwt_mint(f->signer, UINT32_MAX, true, late, &t), 0);
    assert_int_equal(strlen(t.text), t.len);
    assert_true(t.len < JWT_TEXT_BYTES);
    assert_int_equal(verify(f, t.text, late), 0);
}

static void says_whom_a_token_names(void **state)
{
    struct fixture *f = *state;
    struct identity id;

    assert_int_equal(jwt_verify(f->verifier, STR(USER_7), IAT, &id), 0);
    assert_int_equal(id.user, 7);
    assert_false(id.guest);
    assert_int_equal(id.issued_ms, IAT);
    assert_int_equal(id.expires_ms, IAT + DAY);

    assert_int_equal(jwt_verify(f->verifier, STR(LAST_GUEST), IAT, &id), 0);
    assert_int_equal(id.user, UINT32_MAX);
    assert_true(id.guest);
}

static void refuses_another_spelling(void **state)
{
    static const struct {
        const char *why, *token;
    } rows[] = {
        {"nothing", ""},
        {"dots", ".."},
        {"no claims", HEADER ".." SIGNATURE},
        {"no signature", HEADER "." CLAIMS "."},
        {"no signature, nor its dot", HEADER "." CLAIMS},
        {"cut", HEADER "." CLAIMS ".vhnvnzsW9tEO-hN_jXl0jAvpld0E7QgRQ8CQDG3a3x"},
        {"longer", USER_7 "A"},
        {"a dot behind", USER_7 "."},
        {"padded", USER_7 "="},
        {"white space before", " " USER_7},
        {"white space behind", USER_7 " "},
        {"the scheme's name", "Bearer " USER_7},
        {"the signature's last character, same bytes",
         HEADER "." CLAIMS ".vhnvnzsW9tEO-hN_jXl0jAvpld0E7QgRQ8CQDG3a3xN"},
        {"the signature's first character",
         HEADER "." CLAIMS ".whnvnzsW9tEO-hN_jXl0jAvpld0E7QgRQ8CQDG3a3xM"},
        {"the last bits of the signature",
         HEADER "." CLAIMS ".vhnvnzsW9tEO-hN_jXl0jAvpld0E7QgRQ8CQDG3a3xQ"},
        {"another user's signature",
         HEADER "." CLAIMS ".xajQ4I3V8zQEOOEE1E4dCPAf8Z_sSvYFso_pyXZj0d0"},
        {"alg none, no signature", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." CLAIMS "."},
        {"alg none, our signature",
         "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." CLAIMS "." SIGNATURE},
        {"our signature under a header of our length",
         "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ8." CLAIMS "." SIGNATURE},
        {"another user in the claims",
         HEADER ".eyJzdWIiOiI4IiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3NjczMTIwMDAsImtpbmQi"
                "OiJ1c2VyIn0." SIGNATURE},
        {"a comma for the dot", HEADER "." CLAIMS "," SIGNATURE},
    };
    struct fixture *f = *state;

    /* Twice: before the good token is in the cache, and after. */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (verify(f, rows[i].token, IAT) != ERR_UNAUTHORIZED)
                fail_msg("taken: %s (pass %d)", rows[i].why, pass);
        assert_int_equal(verify(f, USER_7, IAT), 0);
    }
}

static void refuses_other_headers_though_signed(void **state)
{
    static const struct {
        const char *why, *header;
    } rows[] = {
        {"no type", "{\"alg\":\"HS256\"}"},
        {"another order", "{\"typ\":\"JWT\",\"alg\":\"HS256\"}"},
        {"a space", "{\"alg\": \"HS256\",\"typ\":\"JWT\"}"},
        {"none", "{\"alg\":\"none\",\"typ\":\"JWT\"}"},
        {"another algorithm", "{\"alg\":\"HS512\",\"typ\":\"JWT\"}"},
        {"another case", "{\"alg\":\"hs256\",\"typ\":\"JWT\"}"},
        {"a key id", "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../dev/null\"}"},
        {"critical", "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"crit\":[\"x\"]}"},
    };
    struct fixture *f = *state;
    char text[600];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        forge(rows[i].header,
              "{\"sub\":\"7\",\"iat\":1767225600,\"exp\":1767312000,\"kind\":\"user\"}",
              text, sizeof text);
        if (verify(f, text, IAT) != ERR_UNAUTHORIZED)
            fail_msg("taken: %s", rows[i].why);
    }
}

#define CLAIM(sub, iat, exp, kind)                                                     \
    "{\"sub\":\"" sub "\",\"iat\":" iat ",\"exp\":" exp ",\"kind\":\"" kind "\"}"

static void refuses_other_claims_though_signed(void **state)
{
    static const struct {
        const char *why, *claims;
    } rows[] = {
        {"no JSON", "sub=7"},
        {"an empty object", "{}"},
        {"user 0", CLAIM("0", "1767225600", "1767312000", "user")},
        {"no user", CLAIM("", "1767225600", "1767312000", "user")},
        {"a negative user", CLAIM("-7", "1767225600", "1767312000", "user")},
        {"a leading zero", CLAIM("07", "1767225600", "1767312000", "user")},
        {"a user beyond 32 bits",
         CLAIM("4294967296", "1767225600", "1767312000", "user")},
        {"a user beyond 64 bits",
         CLAIM("18446744073709551623", "1767225600", "1767312000", "user")},
        {"a name for the user", CLAIM("ada", "1767225600", "1767312000", "user")},
        {"a number for the user",
         "{\"sub\":7,\"iat\":1767225600,\"exp\":1767312000,\"kind\":\"user\"}"},
        {"another kind", CLAIM("7", "1767225600", "1767312000", "admin")},
        {"no kind", CLAIM("7", "1767225600", "1767312000", "")},
        {"kind in another case", CLAIM("7", "1767225600", "1767312000", "User")},
        {"the kind is missing",
         "{\"sub\":\"7\",\"iat\":1767225600,\"exp\":1767312000}"},
        {"a fraction", CLAIM("7", "1767225600.5", "1767312000", "user")},
        {"an exponent", CLAIM("7", "1767225600", "1e12", "user")},
        {"exp as text", CLAIM("7", "1767225600", "\"1767312000\"", "user")},
        {"exp beyond the year 9999", CLAIM("7", "1767225600", "253402300800", "user")},
        {"exp before iat", CLAIM("7", "1767225600", "1767225599", "user")},
        {"exp at iat", CLAIM("7", "1767225600", "1767225600", "user")},
        {"iat 0", CLAIM("7", "0", "1767312000", "user")},
        {"another order",
         "{\"iat\":1767225600,\"sub\":\"7\",\"exp\":1767312000,\"kind\":\"user\"}"},
        {"a space", "{\"sub\": \"7\",\"iat\":1767225600,\"exp\":1767312000,\"kind\":"
                    "\"user\"}"},
        {"something behind", CLAIM("7", "1767225600", "1767312000", "user") " "},
        {"something behind a guest",
         CLAIM("7", "1767225600", "1767312000", "guest") "}"},
        {"another claim",
         "{\"sub\":\"7\",\"iat\":1767225600,\"exp\":1767312000,\"kind\":\"user\","
         "\"a\":1}"},
    };
    struct fixture *f = *state;
    char text[600];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        forge("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", rows[i].claims, text, sizeof text);
        if (verify(f, text, IAT) != ERR_UNAUTHORIZED ||
            verify(f, text, IAT - 5000) != ERR_UNAUTHORIZED) /* before any exp */
            fail_msg("taken: %s", rows[i].why);
    }
    forge("{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
          CLAIM("7", "1767225600", "1767312000", "user"), text, sizeof text);
    assert_string_equal(text, USER_7); /* so the rows above are signed well */
}

static void refuses_odd_encodings_though_signed(void **state)
{
    static const struct {
        const char *why, *claims;
    } rows[] = {
        {"bits left over",
         "eyJzdWIiOiI3IiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3NjczMTIwMDAsIm"
         "tpbmQiOiJ1c2VyIn1"},
        {"padding", CLAIMS "=="},
        {"a fourth segment", CLAIMS ".AAAA"},
        {"nothing", ""},
        {"longer than any claims of ours",
         CLAIMS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    };
    struct fixture *f = *state;
    char text[600];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        forge_encoded(HEADER, rows[i].claims, text, sizeof text);
        if (verify(f, text, IAT) != ERR_UNAUTHORIZED)
            fail_msg("taken: %s", rows[i].why);
    }
}

static void refuses_huge_tokens(void **state)
{
    static char text[100000];
    struct fixture *f = *state;

    memset(text, 'A', sizeof text - 1);
    memcpy(text, HEADER ".", strlen(HEADER ".")); /* NOLINT: no terminator wanted */
    assert_int_equal(verify(f, text, IAT), ERR_UNAUTHORIZED);
}

static void a_token_ends_at_its_exp(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verify(f, USER_7, IAT + DAY), ERR_UNAUTHORIZED);
    assert_int_equal(verify(f, USER_7, IAT + DAY - 1), 0);
    assert_int_equal(verify(f, USER_7, IAT + DAY - 1), 0);
    assert_int_equal(jwt_cache_hits(f->verifier), 1);
    assert_int_equal(verify(f, USER_7, IAT + DAY), ERR_UNAUTHORIZED); /* cached */
}

static void a_token_from_the_future_waits(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(verify(f, USER_7, IAT - JWT_LEEWAY_MS - 1), ERR_UNAUTHORIZED);
    assert_int_equal(verify(f, USER_7, IAT - JWT_LEEWAY_MS), 0);
}

static void a_shorter_lifetime_shortens_the_tokens_that_are_out(void **state)
{
    struct fixture *f = *state;
    struct jwt_lifetimes shorter = LIFETIMES;
    struct jwt_signer *hour;
    struct jwt_verifier *v;
    struct identity id;

    (void)f;
    shorter.token_ms = 3600000;
    assert_int_equal(jwt_signer_new(STR(SECRET), &shorter, &hour), 0);
    assert_int_equal(jwt_verifier_new(hour, NULL, &v), 0);
    assert_int_equal(jwt_verify(v, STR(USER_7), IAT + 3600000, &id), ERR_UNAUTHORIZED);
    assert_int_equal(jwt_verify(v, STR(USER_7), IAT + 3599999, &id), 0);
    assert_int_equal(id.expires_ms, IAT + 3600000);
    jwt_verifier_free(v);
    jwt_signer_free(hour);
}

/* The vector was computed with `openssl dgst`, as those above. */
static void a_cookie_s_token_names_its_session_and_lasts_longer(void **state)
{
    struct fixture *f = *state;
    struct identity id;
    struct token t, other;

    assert_int_equal(
        jwt_mint_session(f->signer, 7, true, UINT64_C(0x0f1e2d3c4b5a6978), IAT, &t), 0);
    assert_string_equal(t.text, GUEST_SESSION);
    assert_int_equal(t.identity.expires_ms, IAT + 180 * DAY);
    assert_int_equal(jwt_verify(f->verifier, str_of(t.text), IAT + 180 * DAY - 1, &id),
                     0);
    assert_true(id.session == UINT64_C(0x0f1e2d3c4b5a6978) && id.guest && id.user == 7);
    assert_int_equal(verify(f, t.text, IAT + 180 * DAY), ERR_UNAUTHORIZED);

    assert_int_equal(jwt_mint_session(f->signer, 7, false, 0, IAT, &t), 0);
    assert_int_equal(jwt_mint_session(f->signer, 7, false, 0, IAT, &other), 0);
    assert_true(t.identity.session != 0 &&
                t.identity.session != other.identity.session);
    assert_int_equal(t.identity.expires_ms, IAT + 30 * DAY);
    assert_int_equal(jwt_mint(f->signer, 7, false, IAT, &t), 0);
    assert_int_equal(jwt_verify(f->verifier, str_of(t.text), IAT, &id), 0);
    assert_true(id.session == 0);
}

static void a_session_has_one_spelling(void **state)
{
    static const char *const bad[] = {"0000000000000000",  "0f1e2d3c4b5a697",
                                      "0f1e2d3c4b5a69780", "0F1E2D3C4B5A6978",
                                      "0f1e2d3c4b5a697g",  ""};
    struct fixture *f = *state;
    char claims[200], token[600];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(claims, sizeof claims,
                 "{\"sub\":\"7\",\"iat\":1767225600,\"exp\":1767312000,"
                 "\"kind\":\"user\",\"sid\":\"%s\"}",
                 bad[i]);
        forge("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, token, sizeof token);
        assert_int_equal(verify(f, token, IAT), ERR_UNAUTHORIZED);
    }
}

static void the_longest_lifetime_is_one_of_them(void **state)
{
    (void)state;
    assert_int_equal(jwt_longest_ms(&LIFETIMES), 180 * DAY);
    assert_int_equal(jwt_longest_ms(&(struct jwt_lifetimes){3, 1, 2}), 3);
    assert_int_equal(jwt_longest_ms(&(struct jwt_lifetimes){1, 2, 3}), 3);
}

static void another_secret_is_another_server(void **state)
{
    struct fixture *f = *state;
    struct jwt_signer *other;
    struct token t;

    assert_int_equal(
        jwt_signer_new(STR("0123456789abcdef0123456789abcdeF"), &LIFETIMES, &other), 0);
    assert_int_equal(jwt_mint(other, 7, false, IAT, &t), 0);
    assert_int_equal(verify(f, t.text, IAT), ERR_UNAUTHORIZED);
    jwt_signer_free(other);
}

static void revocation_is_heard_through_the_cache(void **state)
{
    struct fixture *f = *state;
    struct token t;

    assert_int_equal(verify(f, USER_7, IAT + 5000), 0);
    assert_int_equal(verify(f, LAST_GUEST, IAT + 5000), 0);
    revocations_born(f->revocations, 7, IAT);
    revocations_add(f->revocations, 7, IAT + 5000);
    assert_int_equal(verify(f, USER_7, IAT + 5000), ERR_UNAUTHORIZED);
    assert_int_equal(verify(f, LAST_GUEST, IAT + 5000), 0);

    assert_int_equal(jwt_mint(f->signer, 7, false, IAT + 6000, &t), 0);
    assert_int_equal(verify(f, t.text, IAT + 5000), 0);
}

static void revocation_is_heard_by_a_new_token(void **state)
{
    struct fixture *f = *state;

    revocations_born(f->revocations, 7, IAT);
    revocations_add(f->revocations, 7, IAT);
    assert_int_equal(verify(f, USER_7, IAT), ERR_UNAUTHORIZED);
}

static void remembers_the_tokens_it_has_seen(void **state)
{
    struct fixture *f = *state;
    struct token t;
    uint64_t hits;

    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t user = 1; user <= 1000; user++) {
            struct identity id;

            assert_int_equal(jwt_mint(f->signer, user, user % 2 == 0, IAT, &t), 0);
            assert_int_equal(
                jwt_verify(f->verifier, (struct str){t.text, t.len}, IAT, &id), 0);
            assert_int_equal(id.user, user);
            assert_int_equal(id.guest, user % 2 == 0);
            assert_int_equal(id.expires_ms, IAT + DAY);
        }
    hits = jwt_cache_hits(f->verifier);
    assert_true(hits > 900 && hits <= 1000); /* a few share a full set */
}

static void forgets_the_oldest_when_it_is_full(void **state)
{
    struct fixture *f = *state;
    struct token t;

    for (uint32_t user = 1; user <= 4 * JWT_CACHE_TOKENS; user++) {
        assert_int_equal(jwt_mint(f->signer, user, false, IAT, &t), 0);
        assert_int_equal(verify(f, t.text, IAT), 0);
    }
    assert_int_equal(jwt_cache_hits(f->verifier), 0);
    assert_int_equal(verify(f, t.text, IAT), 0);
    assert_int_equal(jwt_cache_hits(f->verifier), 1);
}

/* To warn of it is the start's business. */
static void takes_a_short_secret(void **state)
{
    struct jwt_signer *s = NULL;
    struct jwt_verifier *v;
    struct identity who;
    struct token t;

    (void)state;
    assert_int_equal(jwt_signer_new(STR("x"), &LIFETIMES, &s), 0);
    assert_int_equal(jwt_verifier_new(s, NULL, &v), 0);
    assert_int_equal(jwt_mint(s, 7, false, IAT, &t), 0);
    assert_int_equal(jwt_verify(v, str_of(t.text), IAT, &who), 0);
    assert_int_equal(who.user, 7);
    jwt_verifier_free(v);
    jwt_signer_free(s);
}

static void refuses_an_empty_secret(void **state)
{
    struct jwt_signer *s = NULL;

    (void)state;
    assert_int_equal(jwt_signer_new(STR(""), &LIFETIMES, &s), ERR_INVALID);
    for (int i = 0; i < 3; i++) {
        struct jwt_lifetimes bad = LIFETIMES;

        *(int64_t *[]){&bad.token_ms, &bad.guest_session_ms, &bad.user_session_ms}[i] =
            999;
        assert_int_equal(jwt_signer_new(STR(SECRET), &bad, &s), ERR_INVALID);
    }
    assert_null(s);
    assert_null(jwt_signer_free(NULL));
    assert_null(jwt_verifier_free(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mints_what_others_would),
        TEST(the_longest_token_has_room),
        TEST(says_whom_a_token_names),
        TEST(refuses_another_spelling),
        TEST(refuses_other_headers_though_signed),
        TEST(refuses_other_claims_though_signed),
        TEST(refuses_odd_encodings_though_signed),
        TEST(refuses_huge_tokens),
        TEST(a_token_ends_at_its_exp),
        TEST(a_token_from_the_future_waits),
        TEST(a_shorter_lifetime_shortens_the_tokens_that_are_out),
        TEST(a_cookie_s_token_names_its_session_and_lasts_longer),
        TEST(a_session_has_one_spelling),
        cmocka_unit_test(the_longest_lifetime_is_one_of_them),
        TEST(another_secret_is_another_server),
        TEST(revocation_is_heard_through_the_cache),
        TEST(revocation_is_heard_by_a_new_token),
        TEST(remembers_the_tokens_it_has_seen),
        TEST(forgets_the_oldest_when_it_is_full),
        TEST(takes_a_short_secret),
        TEST(refuses_an_empty_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
