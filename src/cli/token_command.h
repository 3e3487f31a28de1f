/* token_command.h — `pollux token`: prints tokens by the million, for load tests and
 * scripts.
 *
 * One line per token: the user's id, a tab, the token. Nothing is stored, and nobody
 * checks whether the users exist.
 *
 * Errors   ERR_INVALID      the ids are not within 1..2^32-1; nothing was written
 *          ERR_UNAVAILABLE  writing to fd failed (errno says why)
 * Threads  any.
 */
#ifndef CLI_TOKEN_COMMAND_H
#define CLI_TOKEN_COMMAND_H

#include "auth/jwt.h"

struct token_command {
    uint64_t first, count; /* users first..first+count-1; count may be 0 */
    bool guest;
};

int token_command_run(const struct token_command *c, const struct jwt_signer *s,
                      int64_t now_ms, int fd);

#endif
