#include "auth/base64url.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* clang-format off */
static const int8_t values[128] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, /* - */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, /* 0-9 */
    -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, /* A-O */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63, /* P-Z _ */
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* a-o */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1, /* p-z */
};
/* clang-format on */

size_t base64url_encode(const void *bytes, size_t n, char *ret_text)
{
    const uint8_t *in = bytes;
    size_t out = 0;
    uint32_t bits = 0;
    unsigned n_bits = 0;

    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | in[i];
        for (n_bits += 8; n_bits >= 6; n_bits -= 6)
            ret_text[out++] = alphabet[bits >> (n_bits - 6) & 63];
    }
    if (n_bits > 0)
        ret_text[out++] = alphabet[bits << (6 - n_bits) & 63];
    return out;
}

int base64url_decode(struct str text, void *ret_bytes, size_t cap, size_t *ret_n)
{
    uint8_t *out = ret_bytes;
    size_t n = text.len * 3 / 4;
    uint32_t bits = 0;
    unsigned n_bits = 0;

    if (text.len % 4 == 1 || n > cap)
        return ERR_BAD_REQUEST;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c >= sizeof values || values[c] < 0)
            return ERR_BAD_REQUEST;
        bits = bits << 6 | (uint8_t)values[c];
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            *out++ = (uint8_t)(bits >> n_bits);
        }
    }
    if ((bits & ((1U << n_bits) - 1)) != 0)
        return ERR_BAD_REQUEST; /* else two texts would mean the same bytes */
    *ret_n = n;
    return 0;
}
