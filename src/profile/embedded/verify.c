/* verify.c — the command `verify`: checks that a stopped server's data is sound.
 *
 * It reads all of it and prints what it finds. With --repair it also enters every
 * readable change of the journal into the database, even those after damage, and puts
 * the journal's files aside; it deletes nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ballot/journal.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "profile/embedded/data_dir.h"
#include "profile/embedded/embedded.h"
#include "profile/embedded/identity.h"
#include "profile/report.h"
#include "store/sqlite.h"
#include "store/store.h"

enum { CHUNK = 1024, PATH_BYTES = 4096 };

struct verifying {
    struct data_dir dir;
    struct identity_found identity;
    struct store *store;
    uint64_t position; /* projected up to here */
    struct report report;
};

static void say_wrong(struct verifying *v, const char *text)
{
    report_wrong(&v->report, text);
}

/* ---- the database ---- */

/* With --repair, report what can be repaired, but do not fail because of it. */
static int check_identity(struct verifying *v, bool wants_repair)
{
    char errmsg[EMBEDDED_ERRMSG_BYTES] = "";
    int rc = identity_check(&v->dir, &v->identity, errmsg, sizeof errmsg);

    if (rc == 0)
        return 0;
    if (wants_repair && v->identity.set.known) {
        printf("found: %s\n", errmsg);
        return 0;
    }
    say_wrong(v, errmsg);
    return rc;
}

static void verify_secret(struct verifying *v)
{
    char path[PATH_BYTES], errmsg[EMBEDDED_ERRMSG_BYTES] = "";
    struct secret secret;
    int rc;

    snprintf(path, sizeof path, "%s/jwt.secret", v->dir.path);
    if (access(path, F_OK) != 0)
        return; /* it is configured, or the next start makes it */
    rc = secret_load(STR(""), v->dir.path, NULL, &secret, errmsg, sizeof errmsg);
    if (rc == 0)
        rc = identity_check_secret(&secret, &v->identity.set, errmsg, sizeof errmsg);
    if (rc != 0)
        say_wrong(v, errmsg);
    secret_done(&secret);
}

static int open_store(struct verifying *v, bool wants_repair)
{
    struct sqlite_opts opts = {.path = v->dir.database, .must_exist = true};
    char errmsg[EMBEDDED_ERRMSG_BYTES] = "";
    int rc = check_identity(v, wants_repair);

    if (rc != 0)
        return rc; /* SQLite would take damage in the log for the log's end */
    rc = store_sqlite_open(&opts, &v->store, errmsg, sizeof errmsg);
    if (rc == 0)
        rc = v->store->ops->position(v->store, &v->position);
    if (rc != 0)
        say_wrong(v, errmsg[0] != '\0' ? errmsg : "the database cannot be read");
    return rc;
}

/* ---- the journal ---- */

static int count_waiting(struct journal *j, uint64_t position, uint64_t *ret_n)
{
    struct change *changes = mem_alloc(CHUNK * sizeof *changes);
    uint64_t next = position;
    size_t n = 0;
    int rc;

    *ret_n = 0;
    do {
        rc = journal_read(j, next, changes, CHUNK, &n, &next);
        *ret_n += n;
    } while (rc == 0 && n > 0);
    mem_free(changes);
    return rc;
}

static void verify_journal(struct verifying *v)
{
    struct journal_opts opts = {.dir = v->dir.journal, .read_only = true};
    char errmsg[EMBEDDED_ERRMSG_BYTES] = "";
    struct journal_found found;
    uint64_t n_waiting = 0;
    struct journal *j;

    if (identity_expect(&v->dir, &v->identity, &opts, errmsg, sizeof errmsg) != 0 ||
        journal_open(&opts, &j, &found, errmsg, sizeof errmsg) != 0) {
        say_wrong(v, errmsg);
        return;
    }
    if (identity_check_polls(j, &v->identity.set, errmsg, sizeof errmsg) != 0)
        say_wrong(v, errmsg);
    else if (count_waiting(j, v->position, &n_waiting) != 0)
        say_wrong(v,
                  "journal: it does not reach back to what the database has; put the "
                  "missing segments back, or run: pollux verify --repair");
    printf("journal: %" PRIu64 " changes, %" PRIu64 " of them not in the database yet",
           found.changes, n_waiting);
    if (found.torn_bytes > 0)
        printf("; %" PRIu64 " bytes of a batch that was never acknowledged",
               found.torn_bytes);
    printf("\n");
    journal_close(j);
}

/* ---- repair ---- */

struct salvage {
    struct change *changes;
    size_t n, cap;
};

static void keep(void *user, const struct change *c)
{
    struct salvage *s = user;

    if (s->n == s->cap) {
        s->cap = s->cap != 0 ? s->cap * 2 : CHUNK;
        s->changes = mem_realloc(s->changes, s->cap * sizeof *s->changes);
    }
    s->changes[s->n++] = *c;
}

static int project(struct verifying *v, const struct salvage *s, uint64_t end)
{
    int rc = store_project(v->store, s->changes, s->n, end);

    if (rc != 0)
        say_wrong(v, v->store->ops->errmsg(v->store, STORE_WRITER));
    return rc;
}

/* Keep the old files, under a name with the time. */
static int put_aside(struct verifying *v)
{
    char aside[PATH_BYTES];

    snprintf(aside, sizeof aside, "%s.damaged-%" PRId64, v->dir.journal,
             clock_now_ms(&clock_system));
    if (rename(v->dir.journal, aside) != 0 || mkdir(v->dir.journal, 0700) != 0) {
        say_wrong(v, strerror(errno));
        return ERR_UNAVAILABLE;
    }
    printf("repaired: the old journal is in %s\n", aside);
    return 0;
}

/* Give the next journal another id, so that no old segment can come back. */
static int forget_journal(struct verifying *v)
{
    char errmsg[EMBEDDED_ERRMSG_BYTES];
    int rc = data_set_end_journal(v->dir.database, errmsg, sizeof errmsg);

    if (rc == 0)
        v->identity = (struct identity_found){0}; /* read anew */
    else
        say_wrong(v, errmsg);
    return rc;
}

static void repair(struct verifying *v)
{
    struct journal_opts opts = {.dir = v->dir.journal, .first_position = v->position};
    char errmsg[EMBEDDED_ERRMSG_BYTES];
    struct salvage s = {0};
    uint64_t end;

    if (journal_salvage(&opts, keep, &s, &end, errmsg, sizeof errmsg) != 0) {
        say_wrong(v, errmsg);
    } else if (project(v, &s, end) == 0 && put_aside(v) == 0 &&
               forget_journal(v) == 0) {
        printf("repaired: all %zu changes that can be read are in the database\n", s.n);
        v->position = end;
    }
    mem_free(s.changes);
}

/* ---- the command ---- */

static int open_dir(struct verifying *v, const char *path)
{
    char errmsg[EMBEDDED_ERRMSG_BYTES];
    struct stat st;

    if (stat(path, &st) != 0) { /* only look: do not make it */
        printf("wrong: %s: %s\n", path, strerror(errno));
        return ERR_NOT_FOUND;
    }
    if (data_dir_open(path, &v->dir, errmsg, sizeof errmsg) == 0)
        return 0;
    printf("wrong: %s\n", errmsg);
    return ERR_CONFLICT;
}

int embedded_verify(const struct config *config, bool wants_repair)
{
    struct verifying v = {.report = report_begin(stdout, "checked", "polls")};
    struct store_totals totals = {0};

    if (open_dir(&v, config->data_dir) != 0)
        return 1;
    if (open_store(&v, wants_repair) == 0) {
        if (wants_repair)
            repair(&v);
        report_verify(&v.report, v.store, &totals);
        verify_journal(&v);
        verify_secret(&v);
        v.store->ops->free(v.store);
    }
    data_dir_done(&v.dir);
    return report_end(&v.report, &totals);
}
