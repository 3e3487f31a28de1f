#include "core/receipt_blob.h"

#include "base/err.h"

static uint8_t *put(uint8_t *at, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        *at++ = (uint8_t)(n | 0x80);
    *at++ = (uint8_t)n;
    return at;
}

static int take(struct str *s, uint64_t max, uint64_t *ret_n)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s->len && i < 10; i++) {
        uint64_t bits = (uint8_t)s->at[i] & 0x7f;

        if (bits << (7 * i) >> (7 * i) != bits)
            return ERR_INVALID;
        n |= bits << (7 * i);
        if (((uint8_t)s->at[i] & 0x80) == 0) {
            *s = str_skip(*s, i + 1);
            *ret_n = n;
            return n <= max ? 0 : ERR_INVALID;
        }
    }
    return ERR_INVALID;
}

size_t receipt_encode(const struct receipt *r, uint8_t ret_bytes[RECEIPT_BLOB_BYTES])
{
    uint8_t *at = put(ret_bytes, r->option);

    at = put(at, r->version);
    at = put(at, (uint32_t)(r->votes_left + 1)); /* UINT32_MAX (no limit) becomes 0 */
    for (uint32_t i = 0; i < r->n_options && i < LIMIT_OPTIONS; i++)
        at = put(at, r->counts[i]);
    return (size_t)(at - ret_bytes);
}

int receipt_decode(struct str bytes, struct receipt *ret_receipt)
{
    struct receipt r = {0};
    uint64_t option, left, count;

    if (take(&bytes, LIMIT_OPTIONS - 1, &option) != 0 ||
        take(&bytes, UINT64_MAX, &r.version) != 0 ||
        take(&bytes, UINT32_MAX, &left) != 0)
        return ERR_INVALID;
    for (; bytes.len != 0; r.n_options++) {
        if (r.n_options == LIMIT_OPTIONS || take(&bytes, UINT32_MAX, &count) != 0)
            return ERR_INVALID;
        r.counts[r.n_options] = (uint32_t)count;
    }
    if (option >= r.n_options)
        return ERR_INVALID;
    r.option = (uint8_t)option;
    r.votes_left = (uint32_t)left - 1;
    r.voted_ms = ret_receipt->voted_ms;
    *ret_receipt = r;
    return 0;
}
