#include "profile/embedded/watch.h"

#include "ballot/journal.h"
#include "base/clock.h"
#include "work/store_lane.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROBE_BYTES = 4096, PROBE_EVERY_MS = 1000, PATH_BYTES = 4096 };

/* ---- metrics ---- */

static uint64_t lag_bytes(const struct embedded_watch *w)
{
    uint64_t position = store_lane_position(w->lane);
    uint64_t synced = journal_synced(w->journal);

    return synced > position ? synced - position : 0;
}

static void write_sync_times(struct scrape *s, void *user)
{
    const struct embedded_watch *w = user;

    scrape_histogram(s, "", journal_sync_times(w->journal), &bounds_sync_us);
}

static void write_journal_failed(struct scrape *s, void *user)
{
    const struct embedded_watch *w = user;

    scrape_count(s, "", atomic_load(&w->journal_failed));
}

static void write_projector_lag(struct scrape *s, void *user)
{
    scrape_count(s, "", lag_bytes(user));
}

static const struct own_metric metrics[] = {
#define X(type, name, write, help) {#type, name, write, help},
    METRIC_TABLE_EMBEDDED(X)
#undef X
};

struct own_metrics embedded_watch_metrics(struct embedded_watch *w)
{
    return (struct own_metrics){metrics, sizeof metrics / sizeof *metrics, w};
}

/* ---- readiness ---- */

/* Write a file of one page, and remove it. */
static const char *probe_disk(const char *dir)
{
    static const char page[PROBE_BYTES];
    char path[PATH_BYTES];
    bool written;
    int fd;

    if ((size_t)snprintf(path, sizeof path, "%s/ready", dir) >= sizeof path)
        return "data.dir is too long a path";
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return "nothing can be written to data.dir";
    written = pwrite(fd, page, sizeof page, 0) == (ssize_t)sizeof page;
    close(fd);
    unlink(path);
    return written ? NULL : "nothing can be written to data.dir";
}

/* Anybody may ask as often as they like, so probe the disk only once a second. */
static const char *check_disk(void *user)
{
    struct embedded_watch *w = user;
    uint64_t now_ms = clock_mono_ms();

    if (w->probed_ms == 0 || now_ms - w->probed_ms >= PROBE_EVERY_MS) {
        w->disk = probe_disk(w->dir);
        w->probed_ms = now_ms;
    }
    return w->disk;
}

static const char *check_journal(void *user)
{
    struct embedded_watch *w = user;

    return atomic_load(&w->journal_failed) ? "votes cannot be made durable" : NULL;
}

/* A full journal refuses votes: say so before it is full. */
static const char *check_projector(void *user)
{
    struct embedded_watch *w = user;

    if (store_lane_projector_fails(w->lane))
        return "the journal cannot be entered into the database";
    if (lag_bytes(w) > w->journal_max_bytes / 4 * 3)
        return "the journal is filling up: the database does not keep up";
    return NULL;
}

static const struct ready_check checks[] = {
    {.name = "disk", .check = check_disk},
    {.name = "journal", .check = check_journal},
    {.name = "projector", .check = check_projector},
};

struct ready_checks embedded_watch_ready(struct embedded_watch *w)
{
    return (struct ready_checks){
        .checks = checks, .n = sizeof checks / sizeof *checks, .user = w};
}
