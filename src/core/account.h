/* account.h — somebody who votes: a user or a guest.
 *
 * Units  _ms are milliseconds since the Unix epoch.
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "tbl/limits.h"

enum { ACCOUNT_HASH_BYTES = 128 }; /* crypto_pwhash_STRBYTES of libsodium */

struct account {
    uint32_t id;
    bool guest;
    int64_t created_ms;
    char username[LIMIT_USERNAME_CHARS * 4 + 1]; /* empty for a guest */
    char email[LIMIT_EMAIL_BYTES + 1];           /* as given; compared without case */
    char password_hash[ACCOUNT_HASH_BYTES];      /* never leaves the server */
};

#endif
