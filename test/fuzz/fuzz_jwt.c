/* fuzz_jwt.c — no bytes crash the verifier, and what it takes is ours.
 *
 * Random bytes never carry a good signature, so each input is read three times: as a
 * token, as the claims of a token that is signed with the right secret, and as the
 * encoded claims of one. */
#include <assert.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "auth/base64url.h"
#include "auth/jwt.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."

enum { TEXT_BYTES = 1 << 21 };

static const int64_t NOW = INT64_C(1767225600000);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char text[TEXT_BYTES];

static struct str sign(size_t n)
{
    crypto_auth_hmacsha256_state st;
    uint8_t mac[32];

    crypto_auth_hmacsha256_init(&st, (const uint8_t *)SECRET, strlen(SECRET));
    crypto_auth_hmacsha256_update(&st, (const uint8_t *)text, n);
    crypto_auth_hmacsha256_final(&st, mac);
    text[n++] = '.';
    n += base64url_encode(mac, sizeof mac, text + n);
    return (struct str){text, n};
}

/* A token that is taken has one spelling: the one that its identity is written in,
 * whatever its exp is (the lifetime may have cut it). */
static void check_taken(struct str token, const struct identity *id)
{
    char want[128], got[128], claims[128];
    struct str body = str_skip(token, strlen(HEADER));
    const char *exp;
    size_t n = 0;
    int m;

    body.len -= 44;
    assert(base64url_decode(body, claims, sizeof claims - 1, &n) == 0);
    claims[n] = '\0';
    m = snprintf(want, sizeof want, "{\"sub\":\"%u\",\"iat\":%lld,\"exp\":", id->user,
                 (long long)(id->issued_ms / 1000));
    assert(m > 0 && strncmp(claims, want, (size_t)m) == 0);
    exp = claims + m;
    while (*exp >= '0' && *exp <= '9')
        exp++;
    snprintf(got, sizeof got, ",\"kind\":\"%s\"}", id->guest ? "guest" : "user");
    assert(strcmp(exp, got) == 0);
    assert(id->user != 0 && id->issued_ms < id->expires_ms && id->expires_ms > NOW);
}

static void verify(struct str token)
{
    static struct jwt_signer *signer;
    static struct jwt_verifier *verifier;
    const struct jwt_lifetimes lifetimes = {86400000, 86400000, 86400000};
    struct identity id, again;

    if (verifier == NULL) { /* lives as long as the process */
        assert(jwt_signer_new(STR(SECRET), &lifetimes, &signer) == 0);
        assert(jwt_verifier_new(signer, NULL, &verifier) == 0);
    }
    if (jwt_verify(verifier, token, NOW, &id) != 0)
        return;
    check_taken(token, &id);
    assert(jwt_verify(verifier, token, NOW, &again) == 0); /* now from the cache */
    assert(again.user == id.user && again.guest == id.guest &&
           again.session == id.session && again.issued_ms == id.issued_ms &&
           again.expires_ms == id.expires_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = strlen(HEADER);

    if (size > TEXT_BYTES / 2)
        return 0;
    verify((struct str){(const char *)data, size});

    memcpy(text, HEADER, n);
    verify(sign(n + base64url_encode(data, size, text + n)));

    if (size > 0)
        memcpy(text + n, data, size);
    verify(sign(n + size));
    return 0;
}
