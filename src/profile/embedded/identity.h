/* identity.h — do the parts of a data directory belong together?
 *
 *   pollux.db     the data set's id, its journal's id, how many commits it has had
 *   journal/      the journal's id in each segment; reached: the commits, too
 *   jwt.secret    the data set's id
 *
 * A part that is missing beside the others, of another data set, or older than the
 * others, is refused before anything is opened for writing: SQLite would take a damaged
 * write-ahead log for one that ends there, and then remove it. A directory of an older
 * program has no ids: it gets them when it is started.
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

/* What the checks have found out: for those who open the parts. */
struct identity_found {
    struct data_set set; /* known is false: a new directory, or an older program's */
    uint64_t in_file;    /* sqlite_opts.in_file */
};

/* Before the database is opened; a backup also asks it beside a server at work. */
int identity_check(const struct data_dir *d, struct identity_found *ret, char *errmsg,
                   size_t size);

/* After the database was opened, and so has its ids: what it expects of its journal. */
int identity_expect(const struct data_dir *d, struct identity_found *found,
                    struct journal_opts *ret_opts, char *errmsg, size_t size);

/* After the journal was opened: from now on it may not be missing. */
int identity_adopt_journal(const struct data_dir *d, struct identity_found *found,
                           struct journal *j, char *errmsg, size_t size);

/* Does every change that the database lacks speak of a poll that it has? */
int identity_check_polls(struct journal *j, const struct data_set *set, char *errmsg,
                         size_t size);

/* Of the file jwt.secret. One that somebody gave is of any data set. */
int identity_check_secret(const struct secret *s, const struct data_set *set,
                          char *errmsg, size_t size);

/* Is there anything in the directory that is of a data set? `jwt.secret` is. */
bool identity_has_data(const struct data_dir *d);

/* Is the directory's jwt.secret of the data set that is to replace what is there? */
bool identity_keeps_secret(const struct data_dir *d, const struct data_set *set);

#endif
