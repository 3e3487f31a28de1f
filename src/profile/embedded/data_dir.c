#include "profile/embedded/data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static char *join(const char *dir, const char *name)
{
    struct buf b = {0};

    buf_printf(&b, "%s/%s", dir, name);
    buf_char(&b, '\0');
    return b.data;
}

static int fail(const char *what, const char *path, char *errmsg, size_t size)
{
    snprintf(errmsg, size, "%s %s: %s", what, path, strerror(errno));
    return ERR_UNAVAILABLE;
}

static int make_dir(const char *path, char *errmsg, size_t size)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return 0;
    return fail("cannot make the directory", path, errmsg, size);
}

static int in_use(const struct data_dir *d, char *errmsg, size_t size)
{
    snprintf(errmsg, size,
             "the data directory %s is in use by another pollux: stop it first, or "
             "choose another with --data-dir",
             d->path);
    return ERR_CONFLICT;
}

/* Whoever can write here can replace the database, or read the secret of the tokens.
 * Group access is allowed: containers share volumes in this way. */
static int check_mode(const struct data_dir *d, char *errmsg, size_t size)
{
    struct stat st;

    if (fstat(d->dir_fd, &st) != 0)
        return fail("cannot look at", d->path, errmsg, size);
    if ((st.st_mode & S_IWOTH) == 0)
        return 0;
    snprintf(errmsg, size,
             "everybody on this machine can write to the data directory %s: run chmod "
             "o-w on it, and make sure that nobody has",
             d->path);
    return ERR_CONFLICT;
}

/* Lock the directory, which stays the same when files in it are renamed, and the file,
 * which older programs lock. Not every network file system can lock a directory.
 */
static int take_lock(struct data_dir *d, char *errmsg, size_t size)
{
    char *path = join(d->path, "lock");
    int rc = 0;

    d->dir_fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    d->was_used = access(path, F_OK) == 0;
    d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (d->dir_fd < 0 || d->lock_fd < 0)
        rc = fail("cannot open", d->dir_fd < 0 ? d->path : path, errmsg, size);
    else if ((flock(d->dir_fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
             flock(d->lock_fd, LOCK_EX | LOCK_NB) != 0)
        rc = in_use(d, errmsg, size);
    else
        rc = check_mode(d, errmsg, size);
    mem_free(path);
    return rc;
}

static struct data_dir names_in(const char *path)
{
    return (struct data_dir){.path = mem_strdup(path),
                             .database = join(path, "pollux.db"),
                             .journal = join(path, "journal"),
                             .address_file = join(path, "address"),
                             .dir_fd = -1,
                             .lock_fd = -1};
}

int data_dir_look(const char *path, struct data_dir *ret_dir, char *errmsg, size_t size)
{
    struct data_dir d = names_in(path);

    if (access(d.database, R_OK) != 0) {
        int rc = fail("cannot read", d.database, errmsg, size);

        data_dir_done(&d);
        return rc;
    }
    *ret_dir = d;
    return 0;
}

/* Make the directories above it too, like mkdir -p. If one cannot be made, making the
 * next one reports the error. */
static int make_dirs(const char *path, char *errmsg, size_t size)
{
    char *above = mem_strdup(path);

    for (char *at = strchr(above + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(above, 0755);
        *at = '/';
    }
    mem_free(above);
    return make_dir(path, errmsg, size);
}

int data_dir_open(const char *path, struct data_dir *ret_dir, char *errmsg, size_t size)
{
    struct data_dir d;
    int rc = make_dirs(path, errmsg, size);

    if (rc != 0)
        return rc;
    d = names_in(path);
    rc = take_lock(&d, errmsg, size);
    if (rc == 0)
        rc = make_dir(d.journal, errmsg, size);
    if (rc != 0) {
        data_dir_done(&d);
        return rc;
    }
    unlink(d.address_file); /* a killed process may have left it */
    *ret_dir = d;
    return 0;
}

/* The file is complete before it gets its name, so whoever waits for it reads all of
 * it. */
int data_dir_write_address(const struct data_dir *d, const char *address, char *errmsg,
                           size_t size)
{
    char *draft = join(d->path, "address.new");
    FILE *f = fopen(draft, "we");
    int rc = 0;

    if (f == NULL || fprintf(f, "%s\n", address) < 0)
        rc = fail("cannot write", draft, errmsg, size);
    if (f != NULL && fclose(f) != 0 && rc == 0)
        rc = fail("cannot write", draft, errmsg, size);
    if (rc == 0 && rename(draft, d->address_file) != 0)
        rc = fail("cannot write", d->address_file, errmsg, size);
    mem_free(draft);
    return rc;
}

void data_dir_remove_address(struct data_dir *d)
{
    unlink(d->address_file);
}

void data_dir_done(struct data_dir *d)
{
    if (d->dir_fd >= 0)
        close(d->dir_fd);
    if (d->lock_fd >= 0)
        close(d->lock_fd);
    mem_free(d->path);
    mem_free(d->database);
    mem_free(d->journal);
    mem_free(d->address_file);
    *d = (struct data_dir){.dir_fd = -1, .lock_fd = -1};
}
