/* secret.h — the key that signs tokens: configured, or made at the first start.
 *
 * The key is the text itself, so the content of `<data.dir>/jwt.secret` may as well be
 * configured as `jwt.secret`, on this server or on another, and tokens stay good.
 *
 * The file is made once: 32 random bytes in hexadecimal, and behind a dot the id of the
 * data set whose accounts its tokens are of; mode 0600, complete and on disk before it
 * has its name. An older file, and one that somebody else made, have no id. Of two
 * processes that start at once one makes it and both read it. A file that others can
 * read is refused: who reads it can be anybody.
 *
 * A short one is taken, since it is somebody's choice, but it should not pass in
 * silence: whoever has a token can try secrets until one fits.
 *
 * Ownership  secret_done() wipes the text; nothing is allocated.
 * Errors     ERR_INVALID      the secret or its file breaks a rule
 *            ERR_UNAVAILABLE  the file can be neither read nor made
 *            errmsg then says what to do, and never holds the secret.
 * Threads    any; each on its own struct.
 */
#ifndef AUTH_SECRET_H
#define AUTH_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { SECRET_BYTES_MAX = 1024, SECRET_ID_BYTES = 16 };

struct secret {
    char text[SECRET_BYTES_MAX];
    size_t len;
};

/* configured: the value of `jwt.secret`; empty: from the file in data_dir, which must
 * be a directory that is there. data_set: for a file that is made now; NULL: not known.
 */
int secret_load(struct str configured, const char *data_dir, const uint8_t *data_set,
                struct secret *ret_secret, char *errmsg, size_t errmsg_size);

/* Any secret of ours that is kept so: the text of dir/name, made when it is missing. */
int secret_from_file(const char *dir, const char *name, const uint8_t *data_set,
                     struct secret *ret_secret, char *errmsg, size_t errmsg_size);

/* Does the secret say of which data set it is? */
bool secret_data_set(const struct secret *s, uint8_t ret_id[SECRET_ID_BYTES]);

/* Shorter than RFC 7518 wants it: worth a warning. */
bool secret_is_short(const struct secret *s);
struct str secret_str(const struct secret *s);
void secret_done(struct secret *s);

#endif
