#include "profile/embedded/identity.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ballot/reached.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum { CHUNK = 4096 };

#define ADVICE                                                                         \
    "Keep a copy of all of data.dir, then put the missing or right files back, or "    \
    "restore a backup: pollux restore --force FILE"

/* The size of the file path + suffix; 0: there is none. */
static uint64_t size_of(const char *path, const char *suffix)
{
    struct buf b = {0};
    struct stat st;
    uint64_t n;

    buf_printf(&b, "%s%s", path, suffix);
    buf_char(&b, '\0');
    n = stat(b.data, &st) == 0 ? (uint64_t)st.st_size : 0;
    buf_done(&b);
    return n;
}

static bool is_empty_dir(const char *path)
{
    DIR *d = opendir(path);
    size_t n = 0;

    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return n <= 2; /* "." and ".." */
}

/* ---- without a database ---- */

/* A secret may be put into a new directory, but not one that we made for another data
 * set. */
static bool secret_is_left(const struct data_dir *d)
{
    uint8_t id[SECRET_ID_BYTES];
    struct secret secret;
    char errmsg[512];
    bool left;

    if (size_of(d->path, "/jwt.secret") == 0)
        return false;
    if (d->was_used)
        return true;
    if (secret_load(STR(""), d->path, NULL, &secret, errmsg, sizeof errmsg) != 0)
        return false; /* whoever needs the secret reports the error */
    left = secret_data_set(&secret, id);
    secret_done(&secret);
    return left;
}

static const char *what_is_left(const struct data_dir *d)
{
    if (!is_empty_dir(d->journal))
        return "its journal";
    if (size_of(d->database, "-wal") != 0 || size_of(d->database, "-journal") != 0)
        return "its write-ahead log";
    return secret_is_left(d) ? "its jwt.secret" : NULL;
}

bool identity_has_data(const struct data_dir *d)
{
    return access(d->database, F_OK) == 0 || what_is_left(d) != NULL ||
           size_of(d->path, "/jwt.secret") != 0 || size_of(d->database, "-shm") != 0;
}

static int check_nothing_left(const struct data_dir *d, char *errmsg, size_t size)
{
    const char *left = what_is_left(d);

    if (left == NULL && size_of(d->database, ".part") != 0)
        left = "the file of a restore that did not end";
    if (left == NULL)
        return 0;
    snprintf(errmsg, size,
             "%s is missing or empty, and %s is there: a start would make a new data "
             "set beside the rest of an old one. " ADVICE
             "; or, to begin anew, choose another --data-dir",
             d->database, left);
    return ERR_CONFLICT;
}

/* ---- the database, and how far it had got ---- */

static int fail_older(const struct data_dir *d, const char *what, uint64_t has,
                      uint64_t had, char *errmsg, size_t size)
{
    snprintf(errmsg, size,
             "%s%s: it has %" PRIu64 " of the %" PRIu64 " commits that it had: "
             "accounts, polls or votes would be lost. " ADVICE,
             d->database, what, has, had);
    return ERR_CONFLICT;
}

/* The file under the log may be an older copy, which the log would not repair. */
static int check_file_alone(const struct data_dir *d, uint64_t in_file, char *errmsg,
                            size_t size)
{
    struct data_set alone;
    char ignored[512];

    if (data_set_read(d->database, true, &alone, ignored, sizeof ignored) != 0 ||
        !alone.known || alone.commits >= in_file)
        return 0;
    return fail_older(d, " is an older copy, which does not fit its write-ahead log",
                      alone.commits, in_file, errmsg, size);
}

static int check_reached(const struct data_dir *d, struct identity_found *f,
                         char *errmsg, size_t size)
{
    bool has_log = size_of(d->database, "-wal") != 0;
    struct reached reached;
    int rc = reached_read(d->journal, f->set.journal_id, &reached);

    if (rc == ERR_CONFLICT) {
        snprintf(errmsg, size,
                 "the journal is of another data set than %s, or from before a "
                 "restore. " ADVICE,
                 d->database);
        return rc;
    }
    if (rc != 0) {
        snprintf(errmsg, size, "%s/reached cannot be read", d->journal);
        return rc;
    }
    f->in_file = has_log ? reached.in_file : f->set.commits;
    if (!reached.has_database)
        return 0;
    if (f->set.commits < reached.commits) /* a running server may have gone on */
        rc = data_set_read(d->database, false, &f->set, errmsg, size);
    if (rc != 0)
        return rc;
    if (f->set.commits < reached.commits)
        return fail_older(d,
                          " or its write-ahead log (-wal) is damaged, missing, or an "
                          "older copy",
                          f->set.commits, reached.commits, errmsg, size);
    return has_log ? check_file_alone(d, reached.in_file, errmsg, size) : 0;
}

int identity_check(const struct data_dir *d, struct identity_found *ret, char *errmsg,
                   size_t size)
{
    int rc;

    *ret = (struct identity_found){0};
    if (size_of(d->database, "") == 0)
        return check_nothing_left(d, errmsg, size);
    rc = data_set_read(d->database, false, &ret->set, errmsg, size);
    if (rc == 0 && ret->set.known)
        rc = check_reached(d, ret, errmsg, size);
    return rc;
}

/* ---- the journal ---- */

int identity_expect(const struct data_dir *d, struct identity_found *found,
                    struct journal_opts *ret_opts, char *errmsg, size_t size)
{
    int rc = 0;

    if (!found->set.known)
        rc = data_set_read(d->database, false, &found->set, errmsg, size);
    ret_opts->first_position = ret_opts->reaches = found->set.position;
    ret_opts->must_exist = found->set.has_journal;
    if (found->set.known) {
        ret_opts->id = found->set.journal_id;
        ret_opts->id_from =
            found->set.has_journal ? found->set.journal_from : UINT64_MAX;
    }
    return rc;
}

int identity_adopt_journal(const struct data_dir *d, struct identity_found *found,
                           struct journal *j, char *errmsg, size_t size)
{
    if (found->set.has_journal)
        return 0;
    return data_set_begin_journal(d->database, journal_id_from(j), errmsg, size);
}

static int check_some(const struct change *changes, size_t n, uint64_t last_poll,
                      char *errmsg, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        if (changes[i].poll <= last_poll)
            continue;
        snprintf(errmsg, size,
                 "the journal has votes on poll %" PRIu32 ", and the database has had "
                 "%" PRIu64 " polls: it is damaged, or an older copy. " ADVICE,
                 changes[i].poll, last_poll);
        return ERR_CONFLICT;
    }
    return 0;
}

int identity_check_polls(struct journal *j, const struct data_set *set, char *errmsg,
                         size_t size)
{
    struct change *changes = mem_alloc(CHUNK * sizeof *changes);
    uint64_t next = set->position;
    size_t n = 0;
    int rc;

    do {
        rc = journal_read(j, next, changes, CHUNK, &n, &next);
        if (rc == 0)
            rc = check_some(changes, n, set->last_poll, errmsg, size);
        else
            snprintf(errmsg, size,
                     "the journal does not hold what the database expects behind "
                     "position %" PRIu64 ". " ADVICE,
                     set->position);
    } while (rc == 0 && n > 0);
    mem_free(changes);
    return rc;
}

/* ---- the secret ---- */

int identity_check_secret(const struct secret *s, const struct data_set *set,
                          char *errmsg, size_t size)
{
    uint8_t id[SECRET_ID_BYTES];

    if (!secret_data_set(s, id) || memcmp(id, set->id, sizeof id) == 0)
        return 0;
    snprintf(errmsg, size,
             "jwt.secret in the data directory is of another data set: whoever has a "
             "token of that one would be somebody else here. Put the right jwt.secret "
             "back, or move this one away: a new one is made, and everybody has to log "
             "in again");
    return ERR_CONFLICT;
}

/* A secret without an id belongs to the data set beside it. */
bool identity_keeps_secret(const struct data_dir *d, const struct data_set *set)
{
    uint8_t id[SECRET_ID_BYTES];
    struct secret secret;
    struct data_set beside;
    char errmsg[512];
    bool has_id, keeps;

    if (size_of(d->path, "/jwt.secret") == 0 ||
        secret_load(STR(""), d->path, NULL, &secret, errmsg, sizeof errmsg) != 0)
        return false;
    has_id = secret_data_set(&secret, id);
    secret_done(&secret);
    if (has_id)
        return memcmp(id, set->id, sizeof id) == 0;
    keeps = size_of(d->database, "") != 0 &&
            data_set_read(d->database, false, &beside, errmsg, sizeof errmsg) == 0;
    return keeps && (!beside.known || memcmp(beside.id, set->id, sizeof id) == 0);
}
