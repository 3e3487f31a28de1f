#include "work/store_lane.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

/* The projector gives way to votes, but not so far that jobs, which share its thread,
 * starve beside busy loops: at 5 it is given about a quarter of a full core, which is
 * more than it needs for what one core can take in. */
enum { STORE_NICE = 5 };

/* Something that fails or works; its turns are reported. */
struct health {
    store_report_cb *report;
    void *user;
    const char *recovered; /* what is said when it works again */
    atomic_bool failing;   /* the lane writes */
};

struct store_lane {
    struct lane *lane;
    struct store *store;
    struct change_source source;
    _Atomic uint64_t position; /* the lane writes */

    struct mail wake;       /* in the mailbox, or the lane's, while waking is true */
    atomic_bool waking;     /* set by whoever puts wake; cleared by the lane */
    struct change *changes; /* PROJECT_MAX; this and what follows are the lane's */
    bool has_wake;          /* wake has been taken, and waking not cleared */
    bool behind;            /* the source has or may have more */
    uint64_t due_ms;        /* when behind, the time to project; monotonic */
    struct health jobs, projecting;
    void (*committed)(void *user);
    void *user;
};

static void failed(struct health *h, int err, const char *text)
{
    if (!h->failing && h->report != NULL)
        h->report(h->user, err, text);
    h->failing = true;
}

static void worked(struct health *h)
{
    if (h->failing && h->report != NULL)
        h->report(h->user, 0, h->recovered);
    h->failing = false;
}

/* ---- transactions ---- */

/* Report that a transaction has failed, with what the store says. */
static int fail(struct store_lane *l, struct health *h)
{
    failed(h, ERR_UNAVAILABLE, l->store->ops->errmsg(l->store, STORE_WRITER));
    return ERR_UNAVAILABLE;
}

/* ---- jobs ---- */

static const char job_kind[] = "store_job";

static int undo_jobs(struct store_lane *l)
{
    l->store->ops->rollback(l->store);
    return fail(l, &l->jobs);
}

/* All in one transaction. One that finds the store failing ends it for all. */
static int run_jobs(struct store_lane *l, struct mail *jobs)
{
    struct store *s = l->store;

    if (s->ops->begin(s) != 0)
        return undo_jobs(l);
    for (struct mail *m = jobs; m != NULL; m = m->next) {
        struct store_job *job = mail_open_as(m, job_kind);

        job->rc = job->work(s, job);
        if (job->rc == ERR_UNAVAILABLE)
            return undo_jobs(l);
    }
    if (s->ops->commit(s) != 0)
        return undo_jobs(l);
    worked(&l->jobs);
    if (l->committed != NULL)
        l->committed(l->user);
    return 0;
}

static void send_jobs_home(struct mail *jobs, int rc)
{
    while (jobs != NULL) {
        struct store_job *job = mail_open_as(jobs, job_kind);

        jobs = jobs->next; /* a job that has been returned is not looked at again */
        if (rc != 0)
            job->rc = rc;
        else if (job->rc == 0 && job->committed != NULL)
            job->committed(job);
        mail_return(&job->mail);
    }
}

/* ---- projecting ---- */

static int store_changes(struct store_lane *l, size_t n, uint64_t next)
{
    if (store_project(l->store, l->changes, n, next) != 0)
        return fail(l, &l->projecting);
    worked(&l->projecting);
    return 0;
}

/* Fill changes, as far as the source goes: it may give less at a time than it has. An
 * error after the first is left for the next time. */
static int read_changes(struct store_lane *l, size_t *ret_n, uint64_t *ret_next)
{
    uint64_t position = l->position, next = position;
    size_t n = 0, n_more;
    int rc;

    do {
        position = next;
        rc = l->source.read(l->source.user, position, l->changes + n, PROJECT_MAX - n,
                            &n_more, &next);
        n += rc == 0 ? n_more : 0;
        assert(n <= PROJECT_MAX && (rc != 0 || next >= position));
    } while (rc == 0 && next != position && n < PROJECT_MAX);
    *ret_n = n;
    *ret_next = rc == 0 ? next : position;
    return *ret_next != l->position ? 0 : rc;
}

/* One transaction of what the source has. *ret_more: it may have more. */
static int project(struct store_lane *l, bool *ret_more)
{
    uint64_t next;
    size_t n;
    int rc = read_changes(l, &n, &next);

    if (rc != 0) {
        failed(&l->projecting, rc,
               "the journal cannot be read where the store goes on");
        return rc;
    }
    *ret_more = n == PROJECT_MAX;
    if (next == l->position) {
        worked(&l->projecting);
        return 0;
    }
    rc = store_changes(l, n, next);
    if (rc != 0)
        return rc;
    assert(next > l->position); /* the projector only goes on */
    l->position = next;
    l->source.projected(l->source.user, next);
    return 0;
}

/* Until there is no more, or it fails. */
static int project_all(struct store_lane *l, store_progress_cb *progress, void *user)
{
    bool more = true;
    int rc = 0;

    while (rc == 0 && more) {
        uint64_t before = l->position;

        rc = project(l, &more);
        if (l->position != before && progress != NULL)
            progress(user, l->position);
    }
    return rc;
}

static void project_next(struct store_lane *l)
{
    uint64_t now_ms = clock_mono_ms();
    bool more;

    if (now_ms < l->due_ms)
        return;
    /* First let wakes in again, then read: what comes later sends another. */
    if (l->has_wake)
        atomic_store(&l->waking, false);
    l->has_wake = false;
    if (project(l, &more) != 0) {
        l->due_ms = now_ms + PROJECT_RETRY_MS;
        return;
    }
    l->behind = more;
    l->due_ms = more ? now_ms : now_ms + PROJECT_PAUSE_MS;
}

/* ---- the lane ---- */

/* Takes the wake out of a batch, if it is there. */
static struct mail *take_wake(struct store_lane *l, struct mail *batch)
{
    for (struct mail **at = &batch; *at != NULL; at = &(*at)->next)
        if (*at == &l->wake) {
            assert(!l->has_wake); /* there is one, and it waits for a projection */
            *at = l->wake.next;
            l->has_wake = l->behind = true;
            break;
        }
    return batch;
}

static void run(struct mail *batch, void *user)
{
    struct store_lane *l = user;
    struct mail *jobs = take_wake(l, batch);

    if (jobs != NULL) {
        if (l->projecting.failing)
            l->due_ms = 0; /* a job is a reason to try */
        send_jobs_home(jobs, run_jobs(l, jobs));
    }
    if (l->behind)
        project_next(l);
}

static int wake_in_ms(void *user)
{
    struct store_lane *l = user;
    uint64_t now_ms = clock_mono_ms();

    if (!l->behind)
        return -1;
    return now_ms < l->due_ms ? (int)(l->due_ms - now_ms) : 0;
}

static struct store_lane *free_lane(struct store_lane *l)
{
    mem_free(l->changes);
    mem_free(l);
    return NULL;
}

/* Everything but the thread. */
static struct store_lane *new_lane(const struct store_lane_opts *opts)
{
    struct store_lane *l = mem_zalloc(1, sizeof *l);

    l->store = opts->store;
    l->source = *opts->source;
    l->committed = opts->committed;
    l->user = opts->user;
    l->changes = mem_zalloc(PROJECT_MAX, sizeof *l->changes);
    l->jobs = (struct health){.report = opts->report,
                              .user = opts->user,
                              .recovered = "the store works again"};
    l->projecting =
        (struct health){.report = opts->report,
                        .user = opts->user,
                        .recovered = "the journal is entered into the store again"};
    atomic_init(&l->position, 0);
    atomic_init(&l->waking, false);
    return l;
}

static int read_position(struct store_lane *l)
{
    struct store *s = l->store;
    uint64_t position;
    int rc = s->ops->position(s, &position);

    if (rc == 0)
        l->position = position;
    else
        failed(&l->projecting, rc, s->ops->errmsg(s, STORE_READER));
    return rc;
}

int store_lane_start(const struct store_lane_opts *opts, store_progress_cb *progress,
                     struct store_lane **ret_lane)
{
    struct store_lane *l = new_lane(opts);
    struct lane_opts lane = {.name = "store",
                             .max_waiting = opts->max_waiting,
                             .nice = STORE_NICE,
                             .run = run,
                             .wake_in_ms = wake_in_ms,
                             .user = l};
    int rc = read_position(l);

    if (rc == 0)
        rc = project_all(l, progress, opts->user);
    if (rc == 0)
        rc = lane_start(&lane, &l->lane);
    if (rc != 0) {
        free_lane(l);
        return rc;
    }
    *ret_lane = l;
    return 0;
}

int store_lane_submit(struct store_lane *l, struct store_job *job)
{
    assert(job->work != NULL);
    job->mail.kind = job_kind;
    return lane_submit(l->lane, &job->mail);
}

void store_lane_wake(struct store_lane *l)
{
    /* A wake may not be refused, and there is at most this one. */
    if (!atomic_exchange(&l->waking, true))
        mailbox_force(lane_box(l->lane), &l->wake);
}

uint64_t store_lane_position(const struct store_lane *l)
{
    return l->position;
}

bool store_lane_jobs_fail(const struct store_lane *l)
{
    return l->jobs.failing;
}

bool store_lane_projector_fails(const struct store_lane *l)
{
    return l->projecting.failing;
}

const struct mailbox *store_lane_box(const struct store_lane *l)
{
    return lane_box(l->lane);
}

struct store_lane *store_lane_stop(struct store_lane *l)
{
    if (l == NULL)
        return NULL;
    lane_stop(l->lane);
    project_all(l, NULL, NULL); /* what cannot be stored stays in the journal */
    return free_lane(l);
}

/* ---- the read lane ---- */

struct read_lane {
    struct lane *lane;
    struct store *store;
    struct health reading;
};

static void run_reads(struct mail *batch, void *user)
{
    struct read_lane *l = user;

    while (batch != NULL) {
        struct store_job *job = mail_open_as(batch, job_kind);

        batch = batch->next;
        job->rc = job->work(l->store, job);
        if (job->rc == ERR_UNAVAILABLE)
            failed(&l->reading, job->rc, l->store->ops->errmsg(l->store, STORE_READER));
        else
            worked(&l->reading);
        mail_return(&job->mail);
    }
}

int read_lane_start(const struct read_lane_opts *opts, struct read_lane **ret_lane)
{
    struct read_lane *l = mem_zalloc(1, sizeof *l);
    struct lane_opts lane = {
        .name = "read", .max_waiting = opts->max_waiting, .run = run_reads, .user = l};
    int rc;

    l->store = opts->store;
    l->reading = (struct health){.report = opts->report,
                                 .user = opts->user,
                                 .recovered = "the store can be read again"};
    rc = lane_start(&lane, &l->lane);
    if (rc != 0) {
        mem_free(l);
        return rc;
    }
    *ret_lane = l;
    return 0;
}

int read_lane_submit(struct read_lane *l, struct store_job *job)
{
    assert(job->work != NULL);
    job->mail.kind = job_kind;
    return lane_submit(l->lane, &job->mail);
}

bool read_lane_fails(const struct read_lane *l)
{
    return l->reading.failing;
}

const struct mailbox *read_lane_box(const struct read_lane *l)
{
    return lane_box(l->lane);
}

struct read_lane *read_lane_stop(struct read_lane *l)
{
    if (l != NULL) {
        lane_stop(l->lane);
        mem_free(l);
    }
    return NULL;
}
