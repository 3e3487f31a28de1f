/* move.c — `import` and `export --all`: from one machine to the cluster, and back.
 *
 * DESIGN
 *
 *   import:        data directory ─▶ checked copy ─▶ rows ─▶ one transaction, checked
 *   export --all:  PostgreSQL at one moment ─▶ rows ─▶ pollux.db.part, checked, renamed
 *
 * The copy is what `backup` makes: it has the end of the journal too, and the directory
 * itself stays as it was.
 */
#include "profile/move.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "profile/cluster/cluster.h"
#include "profile/embedded/data_dir.h"
#include "profile/embedded/embedded.h"
#include "profile/embedded/identity.h"
#include "profile/report.h"
#include "store/part_file.h"
#include "store/rows.h"
#include "store/sqlite_copy.h"

struct moving {
    struct data_dir dir;
    struct part_file part; /* of an export */
    char *copy;            /* of an import; NULL: none */
    struct rows_writer *writer;
    uint64_t all, moved; /* ballots */
    struct report report;
    char errmsg[EMBEDDED_ERRMSG_BYTES];
};

/* ---- rows on their way ---- */

static int pass_origin(void *user, const struct row_origin *o)
{
    struct moving *m = user;
    const struct rows_sink *to = rows_writer_sink(m->writer);

    m->all = o->ballots;
    return to->origin(to->user, o);
}

static int pass_ballot(void *user, const struct row_ballot *b)
{
    struct moving *m = user;
    const struct rows_sink *to = rows_writer_sink(m->writer);

    report_progress(&m->report, ++m->moved, m->all);
    return to->ballot(to->user, b);
}

/* The writer's own, but for those that are counted here. */
#define PASS(name, parameters, arguments)                                              \
    static int pass_##name parameters                                                  \
    {                                                                                  \
        const struct rows_sink *to =                                                   \
            rows_writer_sink(((const struct moving *)user)->writer);                   \
                                                                                       \
        return to->name arguments;                                                     \
    }

PASS(account, (void *user, const struct row_account *a), (to->user, a))
PASS(token_end, (void *user, uint32_t id, int64_t end_ms), (to->user, id, end_ms))
PASS(poll, (void *user, const struct row_poll *p), (to->user, p))
PASS(daily, (void *user, int64_t day, uint32_t id, uint32_t n), (to->user, day, id, n))
PASS(recent, (void *user, int64_t span, uint32_t id, uint32_t n),
     (to->user, span, id, n))
PASS(poll_key, (void *user, const struct row_poll_key *k), (to->user, k))

static struct rows_sink passing(struct moving *m)
{
    m->report = report_begin(stdout, "moved", "votes and skips");
    return (struct rows_sink){pass_origin, pass_account,  pass_token_end,
                              pass_poll,   pass_ballot,   pass_daily,
                              pass_recent, pass_poll_key, m};
}

/* Check what has arrived, and commit it. */
static int commit(struct moving *m)
{
    const struct store_report to = {report_wrong, report_progress, &m->report};
    struct store_totals totals = {0};
    int rc;

    m->report = report_begin(stderr, "checked", "polls");
    rc = rows_writer_commit(m->writer, &to, &totals, m->errmsg, sizeof m->errmsg);
    if (rc == 0)
        report_totals(&totals);
    return rc;
}

/* A writer that failed knows why; a reader's message is there already. */
static void take_errmsg(struct moving *m)
{
    if (m->errmsg[0] == '\0')
        snprintf(m->errmsg, sizeof m->errmsg, "%s", m->writer->errmsg(m->writer));
}

static int end_command(struct moving *m, int rc)
{
    m->writer = rows_writer_free(m->writer);
    if (m->copy != NULL) {
        unlink(m->copy);
        mem_free(m->copy);
    }
    part_file_done(&m->part);
    data_dir_done(&m->dir);
    if (rc != 0)
        fprintf(stderr, "pollux: %s\n", m->errmsg);
    return rc == 0 ? 0 : 1;
}

static struct moving moving_new(void)
{
    return (struct moving){.dir = {.dir_fd = -1, .lock_fd = -1}, .part = {.fd = -1}};
}

/* ---- import ---- */

/* Look before data_dir_open(), which would make what is missing. */
static int open_source(struct moving *m, const char *dir)
{
    int rc = data_dir_look(dir, &m->dir, m->errmsg, sizeof m->errmsg);

    data_dir_done(&m->dir);
    if (rc == 0)
        rc = data_dir_open(dir, &m->dir, m->errmsg, sizeof m->errmsg);
    return rc;
}

static int copy_source(struct moving *m)
{
    struct buf b = {0};

    buf_printf(&b, "%s/import.db", m->dir.path);
    buf_char(&b, '\0');
    m->copy = b.data;
    return embedded_copy(m->dir.path, m->copy, m->errmsg, sizeof m->errmsg);
}

static int import(struct moving *m, const struct config *config)
{
    struct rows_sink to;
    int rc = postgres_rows_begin(config->postgres_dsn, clock_now_ms(&clock_system),
                                 &m->writer, m->errmsg, sizeof m->errmsg);

    if (rc == 0)
        rc = copy_source(m);
    if (rc != 0)
        return rc;
    to = passing(m);
    m->errmsg[0] = '\0';
    rc = sqlite_rows_read(m->copy, &to, m->errmsg, sizeof m->errmsg);
    if (rc != 0)
        take_errmsg(m);
    return rc == 0 ? commit(m) : rc;
}

/* The file's text; false: there is no file, or none that can be read. */
static bool has_secret(const struct moving *m, struct secret *ret)
{
    char errmsg[512];
    struct buf b = {0};
    bool has;

    buf_printf(&b, "%s/jwt.secret", m->dir.path);
    buf_char(&b, '\0');
    has = access(b.data, F_OK) == 0 && /* else it would be made */
          secret_load(STR(""), m->dir.path, NULL, ret, errmsg, sizeof errmsg) == 0;
    buf_done(&b);
    return has;
}

/* Tokens that were given out are good where they are checked with the same secret. */
static void say_secret(const struct moving *m, const struct config *config)
{
    struct secret kept = {0};
    bool has = has_secret(m, &kept);

    if (has && str_eq(secret_str(&kept), str_of(config->jwt_secret)))
        printf("tokens stay good: jwt.secret is that of %s\n", m->dir.path);
    else
        printf("to do: set jwt.secret, or POLLUX_JWT_SECRET, of every process to what "
               "%s%s: else everybody has to log in again\n",
               has ? "is in jwt.secret in " : "was configured for ", m->dir.path);
    secret_done(&kept);
}

int move_import(const struct config *config, const char *dir)
{
    struct moving m = moving_new();
    int rc = cluster_has_dsn(config, m.errmsg, sizeof m.errmsg);

    if (rc == 0)
        rc = open_source(&m, dir);
    if (rc == 0)
        rc = import(&m, config);
    if (rc == 0) {
        say_secret(&m, config);
        printf("ok: everything in %s is in PostgreSQL; start no server on %s again\n",
               dir, dir);
    }
    return end_command(&m, rc);
}

/* ---- export --all ---- */

static int open_target(struct moving *m, const char *dir)
{
    int rc = data_dir_open(dir, &m->dir, m->errmsg, sizeof m->errmsg);

    if (rc == 0 && identity_has_data(&m->dir)) {
        snprintf(m->errmsg, sizeof m->errmsg,
                 "%s holds data already: choose another directory", dir);
        rc = ERR_CONFLICT;
    }
    if (rc == 0)
        rc = part_file_open(m->dir.database, false, &m->part, m->errmsg,
                            sizeof m->errmsg);
    return rc;
}

static int export_all(struct moving *m, const struct config *config)
{
    struct rows_sink to;
    int rc = sqlite_rows_begin(m->part.part, &m->writer, m->errmsg, sizeof m->errmsg);

    if (rc != 0)
        return rc;
    to = passing(m);
    m->errmsg[0] = '\0';
    rc = postgres_rows_read(config->postgres_dsn, &to, m->errmsg, sizeof m->errmsg);
    if (rc != 0)
        take_errmsg(m);
    if (rc == 0)
        rc = commit(m);
    if (rc == 0)
        rc = sqlite_seal(m->part.part, m->errmsg, sizeof m->errmsg);
    if (rc == 0)
        rc = part_file_finish(&m->part, m->errmsg, sizeof m->errmsg);
    return rc;
}

int move_export(const struct config *config, const char *dir)
{
    struct moving m = moving_new();
    int rc = cluster_has_dsn(config, m.errmsg, sizeof m.errmsg);

    if (rc == 0)
        rc = open_target(&m, dir);
    if (rc == 0)
        rc = export_all(&m, config);
    if (rc == 0) {
        printf("to do: set jwt.secret, or POLLUX_JWT_SECRET, to that of the cluster: "
               "else everybody has to log in again\n");
        printf("ok: everything in PostgreSQL is in %s, for a server to start with\n",
               dir);
    }
    return end_command(&m, rc);
}
