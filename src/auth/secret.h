/* secret.h — the key that signs tokens: configured, or created at the first start.
 *
 * The key is the text itself. So you can also configure the content of
 * `<data.dir>/jwt.secret` as `jwt.secret`, on this server or another, and tokens stay
 * good.
 *
 * The file is created once: 32 random bytes in hexadecimal, a dot, and the id of the
 * data set that its tokens are for; mode 0600, complete and on disk before it gets its
 * name. Older files, and files that people made, have no id. If two processes start at
 * once, one creates the file and both read it. A file that others can read is refused:
 * whoever reads it can sign in as anybody.
 *
 * A short secret is accepted, since somebody chose it, but the caller should warn:
 * whoever has a token can try secrets until one fits.
 *
 * Ownership  secret_done() wipes the text; nothing is allocated.
 * Errors     ERR_INVALID      the secret or its file breaks a rule
 *            ERR_UNAVAILABLE  the file can be neither read nor created
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

/* configured: the value of `jwt.secret`; if empty, the secret comes from the file in
 * data_dir, which must exist. data_set: for a file created now; NULL: not known.
 */
int secret_load(struct str configured, const char *data_dir, const uint8_t *data_set,
                struct secret *ret_secret, char *errmsg, size_t errmsg_size);

/* Any other secret kept in this way: the text of dir/name, created if missing. */
int secret_from_file(const char *dir, const char *name, const uint8_t *data_set,
                     struct secret *ret_secret, char *errmsg, size_t errmsg_size);

/* Read the data set's id from the secret. False: it has none. */
bool secret_data_set(const struct secret *s, uint8_t ret_id[SECRET_ID_BYTES]);

/* Shorter than RFC 7518 demands: worth a warning. */
bool secret_is_short(const struct secret *s);
struct str secret_str(const struct secret *s);
void secret_done(struct secret *s);

#endif
