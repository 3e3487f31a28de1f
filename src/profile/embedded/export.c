/* export.c — the command `export`: reads a poll's result from the data.
 *
 * It reads the database, and then the poll's changes that are only in the journal:
 * together they give the result that a running server shows. Changes that the projector
 * adds to the database in between are skipped by their version.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ballot/journal.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "core/change.h"
#include "core/poll.h"
#include "core/tally.h"
#include "profile/embedded/data_dir.h"
#include "profile/embedded/embedded.h"
#include "profile/report.h"
#include "store/sqlite.h"
#include "store/store.h"

enum { CHUNK = 4096 };

struct exporting {
    uint32_t id;
    struct data_dir dir;
    struct store *store;
    struct journal *journal;
    struct poll *poll;
    struct tally *tally;
    bool deleted;
    char errmsg[EMBEDDED_ERRMSG_BYTES];
};

static int no_such_poll(struct exporting *e)
{
    snprintf(e->errmsg, sizeof e->errmsg, "there is no poll %u", e->id);
    return ERR_NOT_FOUND;
}

/* ---- the database ---- */

enum { FOUND = 1 };

static int find_poll(void *user, struct stored_poll *p)
{
    struct exporting *e = user;

    if (p->poll->id == e->id) {
        e->poll = p->poll;
        return FOUND;
    }
    poll_unref(p->poll);
    return 0;
}

static int load(struct exporting *e, uint64_t *ret_position)
{
    const struct store_ops *ops = e->store->ops;
    int rc = ops->position(e->store, ret_position); /* first: it may lag, not lead */

    if (rc == 0)
        rc = ops->each_poll(e->store, find_poll, e);
    if (rc == 0)
        return no_such_poll(e);
    if (rc == FOUND)
        rc = ops->tally_load(e->store, e->id, &e->tally);
    if (rc == ERR_NOT_FOUND) /* deleted in between */
        return no_such_poll(e);
    if (rc != 0)
        snprintf(e->errmsg, sizeof e->errmsg, "%s",
                 ops->errmsg(e->store, STORE_READER));
    return rc;
}

/* ---- the journal ---- */

static void take(struct exporting *e, const struct change *c)
{
    bool versioned =
        c->kind == CHANGE_VOTE || c->kind == CHANGE_MOVE || c->kind == CHANGE_WITHDRAW;

    if (c->poll != e->id)
        return;
    if (!versioned || c->version > tally_base_version(e->tally))
        tally_apply(e->tally, c);
    e->deleted |= c->kind == CHANGE_DELETE;
}

static int take_journal(struct exporting *e, uint64_t position)
{
    struct change *changes = mem_alloc(CHUNK * sizeof *changes);
    size_t n = 1;
    int rc = 0;

    while (rc == 0 && n != 0 && position < journal_synced(e->journal)) {
        rc = journal_read(e->journal, position, changes, CHUNK, &n, &position);
        for (size_t i = 0; rc == 0 && i < n; i++)
            take(e, &changes[i]);
    }
    mem_free(changes);
    if (rc != 0)
        snprintf(e->errmsg, sizeof e->errmsg,
                 "the journal does not reach back to what the database has; pollux "
                 "verify says more");
    return rc;
}

/* ---- the command ---- */

static int open_all(struct exporting *e)
{
    struct sqlite_opts sqlite = {.path = e->dir.database, .read_only = true};
    struct journal_opts journal = {.dir = e->dir.journal, .live = true};
    struct journal_found found;
    int rc = journal_open(&journal, &e->journal, &found, e->errmsg, sizeof e->errmsg);

    if (rc == 0)
        rc = store_sqlite_open(&sqlite, &e->store, e->errmsg, sizeof e->errmsg);
    return rc;
}

static int print_csv(struct exporting *e)
{
    int64_t now_ms = clock_now_ms(&clock_system);
    struct result r;

    tally_touch(e->tally, now_ms);
    tally_result(e->tally, &r);
    return report_csv(e->poll, &r, e->errmsg, sizeof e->errmsg);
}

static int export_poll(struct exporting *e)
{
    uint64_t position;
    int rc = open_all(e);

    if (rc == 0)
        rc = load(e, &position);
    if (rc == 0)
        rc = take_journal(e, position);
    if (rc == 0 && e->deleted)
        rc = no_such_poll(e);
    return rc == 0 ? print_csv(e) : rc;
}

int embedded_export(const struct config *config, uint32_t poll)
{
    struct exporting e = {.id = poll, .dir = {.dir_fd = -1, .lock_fd = -1}};
    int hold = -1;
    int rc = data_dir_look(config->data_dir, &e.dir, e.errmsg, sizeof e.errmsg);

    if (rc == 0 && journal_hold(e.dir.journal, &hold) != 0) {
        snprintf(e.errmsg, sizeof e.errmsg, "%s: %s", e.dir.journal, strerror(errno));
        rc = ERR_UNAVAILABLE;
    }
    if (rc == 0)
        rc = export_poll(&e);
    if (rc != 0)
        fprintf(stderr, "pollux: %s\n", e.errmsg);
    tally_free(e.tally);
    poll_unref(e.poll);
    if (e.store != NULL)
        e.store->ops->free(e.store);
    journal_close(e.journal);
    if (hold >= 0)
        close(hold);
    data_dir_done(&e.dir);
    return rc == 0 ? 0 : 1;
}
