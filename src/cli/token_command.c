#include "cli/token_command.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

enum { CHUNK_BYTES = 65536 };

static int flush(int fd, struct buf *b)
{
    while (b->len > 0) {
        ssize_t n = write(fd, b->data, b->len);

        if (n < 0 && errno != EINTR)
            return ERR_UNAVAILABLE;
        if (n > 0)
            buf_consume(b, (size_t)n);
    }
    return 0;
}

static int add_line(const struct jwt_signer *s, uint32_t user, bool guest,
                    int64_t now_ms, struct buf *b)
{
    struct token token;
    int rc = jwt_mint(s, user, guest, now_ms, &token);

    if (rc != 0)
        return rc;
    buf_u64(b, user);
    buf_char(b, '\t');
    buf_add(b, token.text, token.len);
    buf_char(b, '\n');
    return 0;
}

int token_command_run(const struct token_command *c, const struct jwt_signer *s,
                      int64_t now_ms, int fd)
{
    struct buf lines = {0};
    int rc = 0;

    if (c->first < 1 || c->first > UINT32_MAX || c->count > UINT32_MAX - c->first + 1)
        return ERR_INVALID;
    for (uint64_t i = 0; rc == 0 && i < c->count; i++) {
        rc = add_line(s, (uint32_t)(c->first + i), c->guest, now_ms, &lines);
        if (rc == 0 && lines.len >= CHUNK_BYTES)
            rc = flush(fd, &lines);
    }
    if (rc == 0)
        rc = flush(fd, &lines);
    buf_done(&lines);
    return rc;
}
