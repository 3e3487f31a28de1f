#include "auth/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/jwt.h"
#include "base/err.h"

enum {
    RANDOM_BYTES = 32,
    KEY_CHARS = RANDOM_BYTES * 2,
    ID_CHARS = SECRET_ID_BYTES * 2
};

/* Where the error text goes. */
struct errmsg {
    char *text;
    size_t size;
};

static int fail_errno(struct errmsg m, const char *verb, const char *path)
{
    snprintf(m.text, m.size, "cannot %s %s: %s", verb, path, strerror(errno));
    return ERR_UNAVAILABLE;
}

/* --- making the file --- */

static bool write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static bool write_random_secret(int fd, const uint8_t *data_set)
{
    unsigned char bytes[RANDOM_BYTES];
    char text[KEY_CHARS + 1 + ID_CHARS + 2];
    size_t len = KEY_CHARS;
    bool ok;

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    if (data_set != NULL) {
        text[len++] = '.';
        sodium_bin2hex(text + len, sizeof text - len, data_set, SECRET_ID_BYTES);
        len += ID_CHARS;
    }
    text[len++] = '\n'; /* overwrites the terminator */
    ok = write_all(fd, text, len) && fsync(fd) == 0;
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    return ok;
}

static int sync_dir(const char *dir, struct errmsg m)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int rc = ok ? 0 : fail_errno(m, "write", dir);

    if (fd >= 0)
        close(fd);
    return rc;
}

/* Make path, unless somebody else does so first. link() names a file that is complete,
 * and unlike rename() never replaces another. */
static int make_file(const char *dir, const char *path, const uint8_t *data_set,
                     struct errmsg m)
{
    char temporary[PATH_MAX + 16];
    int fd, rc = 0;

    snprintf(temporary, sizeof temporary, "%s.%08x", path, randombytes_random());
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_errno(m, "create", path);
    if (!write_random_secret(fd, data_set))
        rc = fail_errno(m, "write", path);
    else if (link(temporary, path) != 0 && errno != EEXIST)
        rc = fail_errno(m, "create", path);
    close(fd);
    unlink(temporary);
    return rc != 0 ? rc : sync_dir(dir, m);
}

/* --- reading it --- */

static int check_length(size_t len, const char *what, struct errmsg m)
{
    if (len > 0 && len <= SECRET_BYTES_MAX)
        return 0;
    snprintf(m.text, m.size, "%s is %s: `openssl rand -hex 32` makes one", what,
             len == 0 ? "empty" : "too long");
    return ERR_INVALID;
}

static int check_file(int fd, const char *path, struct errmsg m)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return fail_errno(m, "read", path); /* untested: fstat of an open file */
    if (!S_ISREG(st.st_mode)) {
        snprintf(m.text, m.size, "%s is not a regular file", path);
        return ERR_INVALID;
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        snprintf(m.text, m.size,
                 "%s can be read by others (mode %03o): `chmod 600` it, and replace it "
                 "if somebody may have read it",
                 path, (unsigned)(st.st_mode & 0777));
        return ERR_INVALID;
    }
    return 0;
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

static int read_text(int fd, const char *path, struct secret *ret_secret,
                     struct errmsg m)
{
    char text[SECRET_BYTES_MAX + 8]; /* a line end, and one byte too many */
    size_t len = 0;
    ssize_t n;
    int rc;

    while ((n = read(fd, text + len, sizeof text - len)) > 0)
        len += (size_t)n;
    if (n < 0)
        return fail_errno(m, "read", path);
    while (len > 0 && ends_line(text[len - 1]))
        len--;
    rc = check_length(len, path, m);
    if (rc == 0) {
        memcpy(ret_secret->text, text, len);
        ret_secret->len = len;
    }
    sodium_memzero(text, sizeof text);
    return rc;
}

static int read_file(int fd, const char *path, struct secret *ret_secret,
                     struct errmsg m)
{
    int rc = check_file(fd, path, m);

    return rc != 0 ? rc : read_text(fd, path, ret_secret, m);
}

static int load_file(const char *dir, const char *name, const uint8_t *data_set,
                     struct secret *ret_secret, struct errmsg m)
{
    char path[PATH_MAX];
    int fd, rc;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, name) >= sizeof path) {
        snprintf(m.text, m.size, "the name of the data directory is too long");
        return ERR_INVALID;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (fd < 0 && errno == ENOENT) {
        rc = make_file(dir, path, data_set, m);
        if (rc != 0)
            return rc;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (fd < 0)
        return fail_errno(m, "read", path);
    rc = read_file(fd, path, ret_secret, m);
    close(fd);
    return rc;
}

int secret_from_file(const char *dir, const char *name, const uint8_t *data_set,
                     struct secret *ret_secret, char *errmsg, size_t errmsg_size)
{
    if (sodium_init() < 0) { /* untested: no random numbers in this kernel */
        snprintf(errmsg, errmsg_size, "libsodium cannot start");
        return ERR_UNAVAILABLE;
    }
    return load_file(dir, name, data_set, ret_secret,
                     (struct errmsg){errmsg, errmsg_size});
}

int secret_load(struct str configured, const char *data_dir, const uint8_t *data_set,
                struct secret *ret_secret, char *errmsg, size_t errmsg_size)
{
    struct errmsg m = {errmsg, errmsg_size};
    int rc;

    if (configured.len == 0)
        return secret_from_file(data_dir, "jwt.secret", data_set, ret_secret, errmsg,
                                errmsg_size);
    rc = check_length(configured.len, "jwt.secret", m);
    if (rc != 0)
        return rc;
    memcpy(ret_secret->text, configured.at, configured.len);
    ret_secret->len = configured.len;
    return 0;
}

bool secret_data_set(const struct secret *s, uint8_t ret_id[SECRET_ID_BYTES])
{
    size_t n = 0;

    return s->len == KEY_CHARS + 1 + ID_CHARS && s->text[KEY_CHARS] == '.' &&
           sodium_hex2bin(ret_id, SECRET_ID_BYTES, s->text + KEY_CHARS + 1, ID_CHARS,
                          NULL, &n, NULL) == 0 &&
           n == SECRET_ID_BYTES;
}

bool secret_is_short(const struct secret *s)
{
    return s->len < JWT_SECRET_BYTES_GOOD;
}

struct str secret_str(const struct secret *s)
{
    return (struct str){s->text, s->len};
}

void secret_done(struct secret *s)
{
    sodium_memzero(s, sizeof *s);
}
