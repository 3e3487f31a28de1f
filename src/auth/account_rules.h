/* account_rules.h — what a name, an e-mail address and a password must look like.
 *
 * Bring names and addresses into normal form before (base/text.h). Text that is not
 * UTF-8 breaks every rule. Whether an address exists, only a message to it can tell:
 * the rule keeps out what is surely none.
 *
 * Errors   0, or ERR_INVALID after fault() was called: once for each value that is
 *          wrong, with the first thing that is wrong about it.
 * Threads  pure.
 */
#ifndef AUTH_ACCOUNT_RULES_H
#define AUTH_ACCOUNT_RULES_H

#include "base/fault.h"
#include "base/str.h"

/* 3 to 50 characters that can be shown, one space between words, the letters of one
 * script or of one language (lookalike.h), none in a form of full width and the like.
 */
int account_check_username(struct str username, const struct faults *faults);
/* At most 254 bytes, local@domain; the domain has a dot, or is localhost. */
int account_check_email(struct str email, const struct faults *faults);
/* 8 to 128 characters, any, counted as they are hashed (text_password()). field:
 * "password" or "currentPassword". */
int account_check_password(struct str password, const char *field,
                           const struct faults *faults);

#endif
