/* identity.h — checks that the parts of a data directory belong together.
 *
 *   pollux.db     the data set's id, its journal's id, how many commits it has had
 *   journal/      the journal's id in each segment; reached: the commits, too
 *   jwt.secret    the data set's id
 *
 * If a part is missing, older than the others or of another data set, we refuse before
 * anything is opened for writing: SQLite would take damage in a write-ahead log for the
 * log's end, and then remove the log. A directory of an older program has no ids; it
 * gets them at the start.
 *
 * Errors   ERR_CONFLICT, ERR_UNAVAILABLE. errmsg says what is wrong and what to do.
 * Threads  the owner's, who holds the directory.
 */
#ifndef PROFILE_EMBEDDED_IDENTITY_H
#define PROFILE_EMBEDDED_IDENTITY_H

#include "auth/secret.h"
#include "ballot/journal.h"
#include "profile/embedded/data_dir.h"
#include "store/data_set.h"

/* What the checks found, for opening the parts. */
struct identity_found {
    struct data_set set; /* not known: the directory is new, or an older program's */
    uint64_t in_file;    /* sqlite_opts.in_file */
};

/* Call before opening the database. A backup also calls it while a server runs. */
int identity_check(const struct data_dir *d, struct identity_found *ret, char *errmsg,
                   size_t size);

/* Call when the database is open, and so has its ids. Sets what it expects of its
 * journal. */
int identity_expect(const struct data_dir *d, struct identity_found *found,
                    struct journal_opts *ret_opts, char *errmsg, size_t size);

/* Call when the journal is open: from now on it must not be missing. */
int identity_adopt_journal(const struct data_dir *d, struct identity_found *found,
                           struct journal *j, char *errmsg, size_t size);

/* Check that the database has the poll of every change that it lacks. */
int identity_check_polls(struct journal *j, const struct data_set *set, char *errmsg,
                         size_t size);

/* Check the secret in jwt.secret. One that somebody configured fits every data set. */
int identity_check_secret(const struct secret *s, const struct data_set *set,
                          char *errmsg, size_t size);

/* Is any part of a data set in the directory? `jwt.secret` counts. */
bool identity_has_data(const struct data_dir *d);

/* Does the directory's jwt.secret belong to set, which will replace what is there? */
bool identity_keeps_secret(const struct data_dir *d, const struct data_set *set);

#endif
