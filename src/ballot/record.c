#include "ballot/record.h"

#include <assert.h>
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "ballot/crc32c.h"

enum { HEADER = 8, FLAG_KEYED = 1 };

/* ---- numbers ---- */

static void put32(struct buf *b, uint32_t n)
{
    n = htole32(n);
    buf_add(b, &n, sizeof n);
}

static void put64(struct buf *b, uint64_t n)
{
    n = htole64(n);
    buf_add(b, &n, sizeof n);
}

/* The bytes left to read. Reading too far sets bad and gives zeros. */
struct cursor {
    const uint8_t *at;
    size_t left;
    bool bad;
};

static void get(struct cursor *c, void *p, size_t n)
{
    if (c->left < n) {
        c->bad = true;
        memset(p, 0, n);
        return;
    }
    memcpy(p, c->at, n);
    c->at += n;
    c->left -= n;
}

static uint8_t get8(struct cursor *c)
{
    uint8_t n;

    get(c, &n, sizeof n);
    return n;
}

static uint32_t get32(struct cursor *c)
{
    uint32_t n;

    get(c, &n, sizeof n);
    return le32toh(n);
}

static uint64_t get64(struct cursor *c)
{
    uint64_t n;

    get(c, &n, sizeof n);
    return le64toh(n);
}

/* ---- writing ---- */

static uint32_t checksum(uint64_t position, uint32_t length, const void *body)
{
    uint64_t head[2] = {htole64(position), htole64(length)};

    return crc32c(crc32c(0, head, sizeof head), body, length);
}

/* Begin a record with an empty header, which end() fills in. */
static size_t begin(struct buf *out, uint8_t type)
{
    size_t start = out->len;

    put64(out, 0);
    buf_add(out, &type, 1);
    return start;
}

static void end(struct buf *out, size_t start, uint64_t position)
{
    static const char zeros[RECORD_ALIGN];
    uint32_t length = (uint32_t)(out->len - start - HEADER);
    uint32_t head[2] = {htole32(length), 0};
    size_t padded = (out->len - start + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);

    head[1] = htole32(checksum(position, length, out->data + start + HEADER));
    memcpy(out->data + start, head, sizeof head);
    buf_add(out, zeros, padded - (out->len - start));
    assert(padded <= RECORD_BYTES_MAX);
}

static void put_receipt(struct buf *out, const struct change *c)
{
    buf_add(out, c->key, sizeof c->key);
    put64(out, c->receipt.version);
    put32(out, c->receipt.votes_left);
    buf_char(out, (char)c->receipt.n_options);
    for (uint32_t i = 0; i < c->receipt.n_options; i++)
        put32(out, c->receipt.counts[i]);
}

void record_add_change(struct buf *out, uint64_t position, const struct change *c)
{
    bool keyed = c->keyed && c->kind == CHANGE_VOTE;
    size_t start = begin(out, (uint8_t)c->kind);

    put32(out, c->poll);
    put32(out, c->user);
    put64(out, (uint64_t)c->at_ms);
    put64(out, c->version);
    buf_char(out, (char)c->option);
    buf_char(out, (char)c->was_option);
    buf_char(out, keyed ? FLAG_KEYED : 0);
    if (keyed)
        put_receipt(out, c);
    if (c->kind == CHANGE_EDIT)
        put64(out, c->edit.id);
    end(out, start, position);
}

void record_add_mark(struct buf *out, uint64_t position, uint64_t durable)
{
    size_t start = begin(out, RECORD_MARK);

    put64(out, durable);
    end(out, start, position);
}

void record_add_segment(struct buf *out, uint64_t position,
                        const struct segment_header *h)
{
    size_t start = begin(out, RECORD_SEGMENT);

    buf_add(out, h->journal_id, sizeof h->journal_id);
    put64(out, h->bytes);
    end(out, start, position);
}

/* ---- reading ---- */

static void get_receipt(struct cursor *in, struct change *c)
{
    struct receipt *r = &c->receipt;

    get(in, c->key, sizeof c->key);
    r->voted_ms = c->at_ms;
    r->option = c->option;
    r->version = get64(in);
    r->votes_left = get32(in);
    r->n_options = get8(in);
    in->bad |= r->n_options > LIMIT_OPTIONS;
    for (uint32_t i = 0; i < r->n_options && !in->bad; i++)
        r->counts[i] = get32(in);
}

static void get_change(struct cursor *in, struct change *c)
{
    uint8_t flags;

    *c = (struct change){.kind = get8(in)};
    c->poll = get32(in);
    c->user = get32(in);
    c->at_ms = (int64_t)get64(in);
    c->version = get64(in);
    c->option = get8(in);
    c->was_option = get8(in);
    flags = get8(in);
    c->keyed = flags == FLAG_KEYED;
    if (c->keyed)
        get_receipt(in, c);
    if (c->kind == CHANGE_EDIT)
        c->edit.id = get64(in);
    in->bad |= flags > FLAG_KEYED || (c->keyed && c->kind != CHANGE_VOTE) ||
               c->kind < CHANGE_VOTE || c->kind > CHANGE_UNSKIP ||
               c->option >= LIMIT_OPTIONS || c->was_option >= LIMIT_OPTIONS;
}

static bool get_body(const uint8_t *body, uint32_t length, uint64_t position,
                     struct record *ret)
{
    struct cursor in = {body, length, false};

    ret->type = body[0];
    if (ret->type == RECORD_MARK) {
        get8(&in);
        ret->durable = get64(&in);
        in.bad |= ret->durable > position; /* it cannot know what comes after */
    } else if (ret->type == RECORD_SEGMENT) {
        get8(&in);
        get(&in, ret->segment.journal_id, sizeof ret->segment.journal_id);
        ret->segment.bytes = get64(&in);
    } else {
        get_change(&in, &ret->change);
    }
    return !in.bad && in.left == 0;
}

int record_read(const uint8_t *data, size_t len, uint64_t position, struct record *ret)
{
    struct cursor in = {data, len, false};
    uint32_t length = get32(&in), crc = get32(&in);
    size_t padded;

    if (in.bad || (length == 0 && crc == 0))
        return RECORD_END;
    padded = ((size_t)length + HEADER + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);
    if (length == 0 || padded > RECORD_BYTES_MAX || padded > len)
        return RECORD_BAD;
    if (checksum(position, length, data + HEADER) != crc)
        return RECORD_BAD;
    return get_body(data + HEADER, length, position, ret) ? (int)padded : RECORD_BAD;
}
