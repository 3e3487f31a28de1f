#include "app/pack.h"

#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
    LEVEL = 6,        /* within 1 % of the smallest, for a feed page */
    GZIP_WINDOW = 31, /* 2^15 bytes, and gzip's frame around it */
    MEMORY = 8,       /* zlib's default */
};

/* An answer, as it was and packed; packed is empty where it got no smaller. */
struct kept {
    struct buf plain, packed;
};

struct packer {
    z_stream z;
    bool works; /* zlib got its memory */
    struct kept kept[PACK_KEPT];
    size_t oldest;
    uint64_t hits;
};

struct packer *packer_new(void)
{
    struct packer *p = mem_zalloc(1, sizeof *p);

    p->works = deflateInit2(&p->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY,
                            Z_DEFAULT_STRATEGY) == Z_OK;
    return p;
}

struct packer *packer_free(struct packer *p)
{
    if (p == NULL)
        return NULL;
    if (p->works)
        deflateEnd(&p->z);
    for (size_t i = 0; i < PACK_KEPT; i++) {
        buf_done(&p->kept[i].plain);
        buf_done(&p->kept[i].packed);
    }
    mem_free(p);
    return NULL;
}

static struct kept *find(struct packer *p, struct str body)
{
    for (size_t i = 0; i < PACK_KEPT; i++)
        if (str_eq(buf_str(&p->kept[i].plain), body))
            return &p->kept[i];
    return NULL;
}

/* Into out, if it fits into less room than it has now. */
static void deflate_into(struct packer *p, struct str body, struct buf *out)
{
    deflateReset(&p->z);
    p->z.next_in = (Bytef *)(uintptr_t)body.at; /* zlib does not write there */
    p->z.avail_in = (uInt)body.len;
    p->z.next_out = (Bytef *)buf_reserve(out, body.len);
    p->z.avail_out = (uInt)body.len - 1;
    if (deflate(&p->z, Z_FINISH) == Z_STREAM_END)
        out->len = p->z.total_out;
}

struct str pack(struct packer *p, struct str body)
{
    struct kept *k;

    if (!p->works || body.len < PACK_MIN || body.len > PACK_MAX)
        return (struct str){NULL, 0};
    k = find(p, body);
    if (k != NULL) {
        p->hits++;
    } else {
        k = &p->kept[p->oldest];
        p->oldest = (p->oldest + 1) % PACK_KEPT;
        k->plain.len = 0;
        k->packed.len = 0;
        buf_str_add(&k->plain, body);
        deflate_into(p, body, &k->packed);
    }
    return k->packed.len != 0 ? buf_str(&k->packed) : (struct str){NULL, 0};
}

uint64_t packer_hits(const struct packer *p)
{
    return p->hits;
}
