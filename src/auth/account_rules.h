/* account_rules.h — what a name, an e-mail address and a password must look like.
 *
 * Bring names and addresses into normal form first (base/text.h). Text that is not
 * UTF-8 breaks every rule. Only a message can tell whether an address exists; the rule
 * keeps out what cannot be one.
 *
 * Errors   0, or ERR_INVALID after calling fault(): once per wrong value, with the
 *          first thing that is wrong.
 * Threads  pure.
 */
#ifndef AUTH_ACCOUNT_RULES_H
#define AUTH_ACCOUNT_RULES_H

#include "base/fault.h"
#include "base/str.h"

/* 3 to 50 visible characters, single spaces between words, letters of one script or one
 * language (lookalike.h), none of them full-width, circled or the like.
 */
int account_check_username(struct str username, const struct faults *faults);
/* At most 254 bytes, local@domain; the domain has a dot, or is localhost. */
int account_check_email(struct str email, const struct faults *faults);
/* 8 to 128 characters of any kind, counted in the form that is hashed
 * (text_password()). field: "password" or "currentPassword". */
int account_check_password(struct str password, const char *field,
                           const struct faults *faults);

#endif
