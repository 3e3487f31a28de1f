/* commands.c — the commands of the cluster's data: verify, export, check-config.
 *
 * They read PostgreSQL and write nothing, also while servers run.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "config/config.h"
#include "profile/cluster/cluster.h"
#include "profile/report.h"
#include "store/postgres.h"

enum {
    ERRMSG_BYTES = 1024,
    ANSWER_MS = 3600000, /* of a query over all ballots of some thousand polls */
};

static int say(const char *errmsg)
{
    fprintf(stderr, "pollux: %s\n", errmsg);
    return 1;
}

static int open_to_read(const struct config *config, struct store **ret_store,
                        char *errmsg, size_t size)
{
    struct postgres_opts opts = {
        .dsn = config->postgres_dsn, .read_only = true, .timeout_ms = ANSWER_MS};

    if (cluster_has_dsn(config, errmsg, size) != 0)
        return ERR_INVALID;
    return store_postgres_open(&opts, ret_store, errmsg, size);
}

/* ---- what the profile needs of the configuration ---- */

int cluster_has_dsn(const struct config *config, char *errmsg, size_t size)
{
    if (config->postgres_dsn[0] != '\0')
        return 0;
    snprintf(errmsg, size, "the profile cluster needs postgres.dsn");
    return ERR_INVALID;
}

int cluster_load_secret(const struct config *config, struct secret *ret_secret,
                        char *errmsg, size_t size)
{
    if (config->jwt_secret[0] == '\0') {
        snprintf(errmsg, size,
                 "the profile cluster needs jwt.secret: every process has to sign "
                 "tokens with the same; `openssl rand -hex 32` makes one");
        return ERR_INVALID;
    }
    return secret_load(str_of(config->jwt_secret), NULL, NULL, ret_secret, errmsg,
                       size);
}

/* ---- check-config ---- */

/* A line that a YAML file may hold, since --print writes one. */
int cluster_check_config(const struct config *config)
{
    char errmsg[ERRMSG_BYTES];
    struct postgres_seen seen;
    struct secret secret;
    int rc = cluster_has_dsn(config, errmsg, sizeof errmsg);

    if (rc == 0)
        rc = cluster_load_secret(config, &secret, errmsg, sizeof errmsg);
    if (rc != 0)
        return say(errmsg);
    secret_done(&secret);
    rc = store_postgres_look(config->postgres_dsn, &seen, errmsg, sizeof errmsg);
    if (rc != 0)
        return say(errmsg);
    printf("# database: PostgreSQL %d.%d, schema %d of %d%s\n", seen.server / 10000,
           seen.server % 10000, seen.schema, seen.program,
           seen.schema < seen.program ? "; the next start brings it up to date" : "");
    return 0;
}

/* ---- verify ---- */

int cluster_verify(const struct config *config, bool wants_repair)
{
    struct report report = report_begin(stdout, "checked", "polls");
    char errmsg[ERRMSG_BYTES];
    struct store_totals totals = {0};
    struct store *s;

    if (wants_repair)
        return say("--repair is for a data directory: PostgreSQL repairs itself, or is "
                   "restored from a dump");
    if (open_to_read(config, &s, errmsg, sizeof errmsg) == 0) {
        report_verify(&report, s, &totals);
        s->ops->free(s);
    } else {
        report_wrong(&report, errmsg);
    }
    return report_end(&report, &totals);
}

/* ---- export ---- */

enum { FOUND = 1 };

struct search {
    uint32_t id;
    struct stored_poll found; /* its poll is NULL: not found */
};

static int find_poll(void *user, struct stored_poll *p)
{
    struct search *search = user;

    if (p->poll->id == search->id) {
        search->found = *p;
        return FOUND;
    }
    poll_unref(p->poll);
    return 0;
}

/* Definition and counts are of one statement, so they belong together. */
static int export_poll(struct store *s, uint32_t id, char *errmsg, size_t size)
{
    struct search search = {.id = id};
    const struct stored_poll *p = &search.found;
    struct result r;
    int rc = s->ops->each_poll(s, find_poll, &search);

    if (rc == 0) {
        snprintf(errmsg, size, "there is no poll %" PRIu32, id);
        return ERR_NOT_FOUND;
    }
    if (rc != FOUND) {
        snprintf(errmsg, size, "%s", s->ops->errmsg(s, STORE_READER));
        return rc;
    }
    tally_result_at(p->poll, p->base_version, p->counts, p->skips,
                    clock_now_ms(&clock_system), &r);
    rc = report_csv(p->poll, &r, errmsg, size);
    poll_unref(p->poll);
    return rc;
}

int cluster_export(const struct config *config, uint32_t poll)
{
    char errmsg[ERRMSG_BYTES];
    struct store *s;
    int rc = open_to_read(config, &s, errmsg, sizeof errmsg);

    if (rc == 0) {
        rc = export_poll(s, poll, errmsg, sizeof errmsg);
        s->ops->free(s);
    }
    return rc == 0 ? 0 : say(errmsg);
}

/* ---- backup, restore ---- */

int cluster_no_backup(void)
{
    return say("the profile cluster keeps its data in PostgreSQL: back it up with "
               "pg_dump or pg_basebackup");
}
